"""One key per email and per LinkedIn profile, whatever the cell looks like; rules and sources in docs/identity.md."""

from leadsieve.identity.email import Email, parse_email
from leadsieve.identity.expressions import (
    EMAIL_CELL,
    EMAIL_STATUS,
    LINKEDIN_CELL,
    LINKEDIN_STATUS,
    addresses,
    email_answers,
    email_cell,
    email_domain,
    is_disposable,
    is_free_provider,
    is_no_reply,
    is_role,
    linkedin_answers,
    linkedin_cell,
    mailbox_key,
    split_addresses,
)
from leadsieve.identity.linkedin import parse_linkedin
from leadsieve.identity.mailboxes import EmailFlag
from leadsieve.identity.profile import LinkedIn
from leadsieve.identity.reasons import EmailReason, LinkedInReason
from leadsieve.identity.versions import KEY_VERSION, data_versions

__all__ = [
    "EMAIL_CELL",
    "EMAIL_STATUS",
    "KEY_VERSION",
    "LINKEDIN_CELL",
    "LINKEDIN_STATUS",
    "Email",
    "EmailFlag",
    "EmailReason",
    "LinkedIn",
    "LinkedInReason",
    "addresses",
    "data_versions",
    "email_answers",
    "email_cell",
    "email_domain",
    "is_disposable",
    "is_free_provider",
    "is_no_reply",
    "is_role",
    "linkedin_answers",
    "linkedin_cell",
    "mailbox_key",
    "parse_email",
    "parse_linkedin",
    "split_addresses",
]
