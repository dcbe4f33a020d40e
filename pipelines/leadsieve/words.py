"""The closed sets of words that code, SQL, files, messages and docs share."""

from enum import StrEnum


class Outcome(StrEnum):
    """What a run decides for a row; exactly one per row."""

    CREATE = "create"
    UPDATE = "update"
    DUPLICATE = "duplicate"
    IN_PROGRESS = "in_progress"
    SUPPRESSED = "suppressed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why a row has its outcome; the gate that decided names it."""

    UNREADABLE_ROW = "unreadable_row"
    INVALID_EMAIL = "invalid_email"
    MULTIPLE_EMAILS = "multiple_emails"
    MISSING_REQUIRED_FIELD = "missing_required_field"
    NO_IDENTIFIER = "no_identifier"
    DUPLICATE_IN_LIST = "duplicate_in_list"
    UNSUBSCRIBED = "unsubscribed"
    DO_NOT_CONTACT = "do_not_contact"
    BOUNCED = "bounced"
    SUPPRESSED_DOMAIN = "suppressed_domain"
    DELETED_EARLIER = "deleted_earlier"
    COOLDOWN = "cooldown"
    IN_CAMPAIGN = "in_campaign"
    NOT_IN_CAMPAIGN = "not_in_campaign"
    ACTIVE_IN_OTHER_CAMPAIGN = "active_in_other_campaign"
    IN_OTHER_CAMPAIGN = "in_other_campaign"
    NEW = "new"
    RE_ENGAGE = "re_engage"
    ACTIVE_ELSEWHERE = "active_elsewhere"


class RowWarning(StrEnum):
    """What a person should know of a row that nothing holds back for it."""

    ACTIVE_ELSEWHERE = "active_elsewhere"
    COLUMN_RENAMED = "column_renamed"
    DELETED_EARLIER = "deleted_earlier"
    FORMULA_LIKE_CELL = "formula_like_cell"
    IDENTITY_CONFLICT = "identity_conflict"
    LINKEDIN_NOT_A_PROFILE = "linkedin_not_a_profile"
    POSSIBLE_SAME_MAILBOX = "possible_same_mailbox"
    PROBABLE_TYPO = "probable_typo"
    SHARED_IDENTIFIER = "shared_identifier"
    # What intake mended to read the record.
    SHORT_ROW = "short_row"
    LONG_ROW = "long_row"
    STRAY_QUOTE = "stray_quote"
    OTHER_DELIMITER = "other_delimiter"
    OTHER_ENCODING = "other_encoding"


class EmailStatus(StrEnum):
    """What a cell that should hold an email holds."""

    VALID = "valid"
    REPAIRED = "repaired"
    INVALID = "invalid"
    MULTIPLE = "multiple"
    EMPTY = "empty"


class LinkedInStatus(StrEnum):
    """What a cell that should hold a LinkedIn profile holds."""

    PERSON_VANITY = "person_vanity"
    PERSON_OPAQUE = "person_opaque"
    NON_PERSON = "non_person"
    SHORTLINK = "shortlink"
    INVALID = "invalid"
    EMPTY = "empty"


class DedupMode(StrEnum):
    """Which leads the run must not create: those of this campaign, in progress anywhere, in the workspace."""

    CAMPAIGN = "campaign"
    ACTIVE = "active"
    WORKSPACE = "workspace"


class ImportMode(StrEnum):
    """What the import may do: create leads, update those that the target holds, or both."""

    CREATE_ONLY = "create-only"
    CREATE_AND_UPDATE = "create-and-update"
    UPDATE_ONLY = "update-only"


class Method(StrEnum):
    """How the leads will be imported; it decides the limits."""

    CSV = "csv"
    API = "api"
    HUBSPOT = "hubspot"
    PIPEDRIVE = "pipedrive"
    SALESFORCE = "salesforce"
    LINKEDIN = "linkedin"
    SALES_NAVIGATOR = "sales-navigator"


class Keep(StrEnum):
    """Which row of a person is tried first to go forward."""

    FIRST = "first"
    FULLEST = "fullest"


class Fill(StrEnum):
    """What the row that goes forward takes from the person's other rows."""

    IDENTIFIERS = "identifiers"
    ALL = "all"
    NONE = "none"


class Validate(StrEnum):
    """What a failed expectation does to a run."""

    GATE = "gate"
    WARN = "warn"
    OFF = "off"


class Deleted(StrEnum):
    """What a run does with a person whose lead somebody deleted earlier."""

    WARN = "warn"
    SUPPRESS = "suppress"
    IGNORE = "ignore"


class Connections(StrEnum):
    """Whether first-degree LinkedIn connections stay in their batch or get batches for the storage campaign."""

    KEEP = "keep"
    SEPARATE = "separate"


class DeletionState(StrEnum):
    """Whether a deletion counts, and if not, why."""

    IN_FORCE = "in_force"
    TO_CONFIRM = "to_confirm"
    PUT_BACK = "put_back"
    LIFTED = "lifted"


class Difference(StrEnum):
    """What became of a campaign or a lead from one snapshot to another."""

    CAMPAIGN_CAME = "campaign_came"
    CAMPAIGN_WENT = "campaign_went"
    CAMPAIGN_CHANGED = "campaign_changed"
    CAME = "came"
    WENT = "went"
    STATUS_CHANGED = "status_changed"
    FIELDS_CHANGED = "fields_changed"


class Advice(StrEnum):
    """What to tidy up in lemlist, or to load again."""

    ARCHIVE = "archive"
    ACTIVE_TWICE = "active_twice"
    OWNERS_OVERLAP = "owners_overlap"
    NEAR_LIMIT = "near_limit"
    NOT_LOADED = "not_loaded"


class ReportBy(StrEnum):
    """What `leadsieve report` adds up by: the rows' source, the runs' campaign, its owner, or the day of the run."""

    SOURCE = "source"
    CAMPAIGN = "campaign"
    OWNER = "owner"
    DAY = "day"


class Span(StrEnum):
    """What one period of a trend is: a run by itself, or a day, a week, a month of them."""

    RUN = "run"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ReportFormat(StrEnum):
    """How `leadsieve report` writes."""

    TEXT = "text"
    CSV = "csv"
    PARQUET = "parquet"
    MARKDOWN = "markdown"
    HTML = "html"


class MatchedOn(StrEnum):
    """How a row is tied to a membership: by its own email, its own profile, both, or through other records."""

    EMAIL = "email"
    LINKEDIN = "linkedin"
    BOTH = "both"
    LINK = "link"


class StatusClass(StrEnum):
    """What a membership's status means for the marks."""

    ACTIVE = "active"
    ENDED = "ended"
