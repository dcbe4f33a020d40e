"""The settings of a run: defaults, a policy file (`leadsieve.toml`), options over it."""

import difflib
import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files
from math import inf
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Self, TypeVar, cast, get_args, get_origin, get_type_hints

from leadsieve.errors import UsageError
from leadsieve.resources import Resources, resources
from leadsieve.small_html import html_list, html_table
from leadsieve.words import (
    Connections,
    DedupMode,
    Deleted,
    Fill,
    ImportMode,
    Keep,
    Method,
    Reason,
    StatusClass,
    Validate,
)

POLICY_FILE = "leadsieve.toml"
_OF_THE_MACHINE = ("memory", "threads", "lock_timeout")
LIST_REASONS = (Reason.UNSUBSCRIBED, Reason.DO_NOT_CONTACT, Reason.BOUNCED)
"""What a column of a list can say of a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressColumn:
    """Columns of a list in which certain words mean that the row's person must not be written to."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    reason: str


@cache
def default_suppress_columns() -> tuple[SuppressColumn, ...]:
    """Return the columns of known CRM exports that hold an opt-out or a bounce."""
    table = tomllib.loads(files("leadsieve").joinpath("suppress_columns.toml").read_text("utf-8"))
    return tuple(_suppress_column(row) for row in table["column"])


def _setting(default: Any, explained: str) -> Any:
    """Declare a setting with its default and the sentence that `leadsieve init` writes above it."""
    if callable(default):
        return field(default_factory=default, metadata={"explained": explained})
    return field(default=default, metadata={"explained": explained})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Every setting of a run. An option of the command line wins over the file, the file over the default."""

    workspace: str = _setting("workspace.duckdb", "The team's workspace: campaigns, who is in them, who is suppressed.")
    dedup: DedupMode = _setting(
        DedupMode.ACTIVE,
        "Which leads must not be created: those in this `campaign`, also those `active` in another one, or whoever stands "
        "anywhere in the `workspace`.",
    )
    import_mode: ImportMode = _setting(
        ImportMode.CREATE_ONLY, "What the import may do: `create-only`, `create-and-update`, `update-only`."
    )
    method: Method = _setting(
        Method.CSV,
        "How the leads will be imported; it decides the limits: `csv`, `api`, `hubspot`, `pipedrive`, `salesforce`, "
        "`linkedin`, `sales-navigator`.",
    )
    keep: Keep = _setting(
        Keep.FIRST,
        "Which row of a person is tried first: the `first` of the list, or the `fullest` (most filled fields).",
    )
    fill: Fill = _setting(
        Fill.IDENTIFIERS,
        "What the row that goes forward takes from the person's other rows where they agree: `identifiers` (and names), "
        "`all` fields, or `none`.",
    )
    overwrite: bool = _setting(
        False, "Whether an update also changes cells that differ (empty ones are always filled)."
    )
    source_column: str = _setting("", "The list's column that says where a row came from; empty: the file's name.")
    required_fields: tuple[str, ...] = _setting((), "Fields (lemlist's names) without which a row fails.")
    invalid_email: Literal["fail", "drop"] = _setting(
        "fail", "A broken email: `fail` the row, or `drop` the email and go on with the LinkedIn profile."
    )
    multiple_emails: Literal["fail", "first"] = _setting(
        "fail", "Two or more emails in one cell: `fail` the row, or take the `first`."
    )
    mailbox: bool = _setting(
        False,
        "Whether rows are warned of whose address another person's is delivered beside (Gmail's dots and the like); the "
        "warning never changes an outcome.",
    )
    storage_campaigns: tuple[str, ...] = _setting(
        (), "Campaigns that only keep contacts; they take no part in the duplicate marks."
    )
    archived: Literal["count", "ignore"] = _setting(
        "count", "Whether archived campaigns `count` like any other or are left out of the marks (`ignore`)."
    )
    suppress_statuses: tuple[str, ...] = _setting(
        ("unsubscribed",), "Statuses of a lead, in any campaign, that hold the person back from every import."
    )
    hash_key_file: str = _setting(
        "",
        "The file with the key of opt-outs that are kept as keyed hashes, relative to the folder that you run in; the environment's "
        "LEADSIEVE_HASH_KEY wins over it.",
    )
    deleted: Deleted = _setting(
        Deleted.WARN,
        "A person whose lead somebody deleted in lemlist: `warn` of the row, `suppress` it, or `ignore` the deletion.",
    )
    crm_sources: tuple[str, ...] = _setting(
        (), "Sources that a CRM feeds: whoever was deleted is suppressed when such a source brings them back."
    )
    cooldown: int = _setting(
        0, "Days for which nobody is written to again after their lead ended in a campaign; 0: none."
    )
    connections: Connections = _setting(
        Connections.KEEP,
        "First-degree LinkedIn connections: `keep` them in their batch, or `separate` them into batches for the first of "
        "`storage_campaigns`.",
    )
    max_age: float = _setting(
        24.0, "Hours after which a run warns that the campaigns should be exported and loaded again; 0: never."
    )
    phone_region: str = _setting("", "The country (such as `FR`) of phone numbers that are written without +.")
    segment: str = _setting("", "A column whose every value gets a campaign of its own, `NAME – VALUE`.")
    together: str = _setting(
        "", "A column whose equal values share a batch where the limit allows, such as `companyDomain`."
    )
    balance: bool = _setting(False, "Whether the batches that are left to fill are made of equal size.")
    max_batch: int = _setting(0, "A limit of your own, lower than lemlist's; 0: lemlist's.")
    allow_above_limit: bool = _setting(False, "Whether `max_batch` may also raise lemlist's limit.")
    columns: tuple[str, ...] = _setting((), "The custom variables that the batches carry; empty: all.")
    split_names: bool = _setting(
        False,
        "Whether a column of full names also gives the first and last name, where no column is one; it stays as it is beside them.",
    )
    mappings: str = _setting(
        "leadsieve-mappings.toml",
        "The file of the mappings that `leadsieve inspect --save-mapping` saved, relative to the folder that you run in; empty: "
        "none are used.",
    )
    encoding: str = _setting("", "The lists' encoding where the guess is wrong, such as `cp1252`; empty: guess.")
    validate: Validate = _setting(
        Validate.GATE, "What a failed expectation does: `gate` (nothing is published), `warn`, or `off` (not checked)."
    )
    expectations: tuple[str, ...] = _setting(
        (),
        "Suites of your own, such as `ours/*.json`, relative to the folder that you run in; they warn unless they say `critical`.",
    )
    details: bool = _setting(
        False, "Whether report.html names the leads that were held back; without it nobody is named in it."
    )
    currency: str = _setting("", "The currency of `prices`, such as `EUR`, as the report shows it.")
    lock_timeout: float = _setting(10.0, "Seconds to wait for a workspace that another process holds.")
    memory: str = _setting(
        "",
        "How much memory a job may use, such as `2GB`; empty: 3 GB, or half of what the machine has where that is less.",
    )
    threads: int = _setting(0, "How many threads a job may use; 0: as many as there are cores.")
    prices: Mapping[str, float] = _setting(
        lambda: MappingProxyType({}),
        "What the rows of a source cost: source = price; the report says what a new lead costs.",
    )
    map: Mapping[str, str] = _setting(lambda: MappingProxyType({}), "The lists' columns by hand: column = field.")
    statuses: Mapping[str, str] = _setting(
        lambda: MappingProxyType({}),
        "What a lead's status means: status = `active` or `ended`, over the built-in table.",
    )
    suppress_columns: tuple[SuppressColumn, ...] = _setting(
        default_suppress_columns,
        "Columns of a list or a CRM export that say `do not write to this person`: names, the words that say so (`*`: any), the reason.",
    )

    def with_options(self, **options: Any) -> Self:
        """Return the policy with every option that was given (is not None) in its place.

        Raises UsageError for unknown names (all at once, with the nearest known one) and for values that cannot be.
        """
        given = {name: value for name, value in options.items() if value is not None}
        return _over(self, given, where="Among the options").checked()

    def with_columns(self, told: Mapping[str, str]) -> "CommandPolicy":
        """Return the policy with the columns that a command maps over its own; raises UsageError for an unknown field."""
        both = self.with_options(map={**self.map, **told})
        return CommandPolicy(**{name: getattr(both, name) for name in _names()}, asked=tuple(told))

    def checked(self) -> Self:
        """Return the policy itself.

        Raises UsageError for values that contradict each other or lemlist's vocabulary, all at once.
        """
        wrong = [sentence for check in _CHECKS for sentence in check(self)]
        if wrong:
            raise UsageError(" ".join(wrong))
        return self

    @property
    def resources(self) -> Resources:
        """How much of the machine a job may use; raises UsageError for a `memory` that is none."""
        return resources(self.memory, self.threads)

    def digest(self) -> str:
        """Return the SHA-256 of all settings that can change what is decided, the same for equal policies."""
        rules = {name: value for name, value in self.as_dict().items() if name not in _OF_THE_MACHINE}
        return hashlib.sha256(json.dumps(rules, sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the manifest."""
        return {name: _plain(getattr(self, name)) for name in _names()}

    def _repr_html_(self) -> str:
        """Show in Jupyter what differs from the defaults."""
        plain, usual = self.as_dict(), Policy().as_dict()
        lines = [(name, json.dumps(value, ensure_ascii=False)) for name, value in plain.items() if value != usual[name]]
        told = html_table("Policy", ("setting", "value"), lines) if lines else "<h4>Policy: all at its default</h4>"
        hint = '`policy.with_options(dedup="workspace")` gives another one; `leadsieve init` writes a file with every setting explained.'
        return told + html_list("What to do next", [hint, "`leadsieve.run(..., policy=policy)` runs by it."])


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPolicy(Policy):
    """The policy of a command that maps columns itself: each that it names must be in the list, unlike those of a file."""

    asked: tuple[str, ...]


def _plain(value: Any) -> Any:
    if isinstance(value, SuppressColumn):
        return {"names": list(value.names), "words": list(value.words), "reason": str(value.reason)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return dict(value)
    return str(value) if isinstance(value, StrEnum) else value


def _unknown_fields(policy: Policy) -> Iterator[str]:
    """Complain of names that should be lemlist's fields and are not; a column may be mapped to nothing."""
    for setting, names in (
        ("required_fields", policy.required_fields),
        ("map", [name for name in policy.map.values() if name]),
    ):
        if not names:
            continue
        from leadsieve.schema import LEAD_FIELDS  # with Polars, which is told its threads before it is loaded

        unknown = sorted(set(names) - set(LEAD_FIELDS))
        if unknown:
            yield f"`{setting}` names fields that lemlist does not have: {_nearest(unknown, LEAD_FIELDS)}."


def _wrong_statuses(policy: Policy) -> Iterator[str]:
    wrong = sorted(status for status, said in policy.statuses.items() if said not in set(StatusClass))
    if wrong:
        named = ", ".join(f"`{status}`" for status in wrong)
        yield f"`statuses` says of {named} neither `active` nor `ended`; use one of these two."


def _wrong_numbers(policy: Policy) -> Iterator[str]:
    for name in ("max_batch", "max_age", "lock_timeout", "cooldown", "threads"):
        if not getattr(policy, name) >= 0:
            yield f"`{name}` cannot be negative; 0 is for none."
    wrong = sorted(source for source, price in policy.prices.items() if not 0 <= price < inf)
    if wrong:
        yield f"`prices` of {', '.join(wrong)} is no price; write a number that is not negative."


def _no_memory(policy: Policy) -> Iterator[str]:
    try:
        _ = policy.resources
    except UsageError as error:
        yield f"`memory`: {error}"


def _no_storage_campaign(policy: Policy) -> Iterator[str]:
    if policy.connections is Connections.SEPARATE and not policy.storage_campaigns:
        yield "`connections` is `separate`, but `storage_campaigns` names no campaign for them; name one there."


def _wrong_region(policy: Policy) -> Iterator[str]:
    if not policy.phone_region:
        return
    # Its tables take a while to load, and most policies name no country.
    from phonenumbers import SUPPORTED_REGIONS

    if policy.phone_region not in SUPPORTED_REGIONS:
        yield "`phone_region` names no country; write two capital letters, such as `FR`."


_CHECKS: tuple[Callable[[Policy], Iterator[str]], ...] = (
    _unknown_fields,
    _wrong_statuses,
    _wrong_numbers,
    _no_memory,
    _no_storage_campaign,
    _wrong_region,
)


def load_policy(path: Path | None) -> Policy:
    """Return the policy in `path`, else in `leadsieve.toml` of the working folder, else the defaults.

    Raises UsageError for a file that is missing or no TOML, unknown keys (naming the nearest) and wrong values.
    """
    if path is None:
        path = Path(POLICY_FILE)
        if not path.is_file():
            return Policy()
    try:
        # Windows editors write a byte order mark, which TOML does not allow.
        table = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        msg = f"The policy file {path} cannot be read: {error.strerror}. Check the path given to --policy."
        raise UsageError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"The policy file {path} is not valid TOML ({error}). Mend that place and run again."
        raise UsageError(msg) from error
    return policy_from(table, where=f"In the policy file {path}")


def policy_from(table: Mapping[str, Any], *, where: str = "In the policy") -> Policy:
    """Return the policy that `table` (parsed TOML) describes; all its unknown keys and wrong values are told at once."""
    return _over(Policy(), table, where=where).checked()


P = TypeVar("P", bound=Policy)


def _over(policy: P, table: Mapping[str, Any], *, where: str) -> P:
    """Return the policy with the settings of `table` in place of its own."""
    hints = get_type_hints(Policy)
    unknown = sorted(set(table) - set(_names()))
    values, wrong = {}, []
    for name in table.keys() & hints.keys():
        try:
            values[name] = _typed(hints[name], table[name])
        except (ValueError, TypeError):
            wrong.append(f"`{name}` is {_choices(hints[name])}")
    if unknown or wrong:
        raise UsageError(_told(where, unknown, sorted(wrong)))
    return replace(policy, **values)


def _names() -> tuple[str, ...]:
    return tuple(f.name for f in fields(Policy))


def _told(where: str, unknown: list[str], wrong: list[str]) -> str:
    parts = [f"there are unknown names: {_nearest(unknown, _names())}"] if unknown else []
    parts += [f"some values cannot be: {'; '.join(wrong)}"] if wrong else []
    return f"{where} {', and '.join(parts)}. `leadsieve init` writes a file with all settings."


def _nearest(unknown: Sequence[str], known: Sequence[str]) -> str:
    """Return the names, each with the known one that it is nearest to."""
    parts = []
    for name in unknown:
        near = difflib.get_close_matches(name.lower(), [k.lower() for k in known], n=1, cutoff=0.4)
        hint = next((f" (did you mean `{k}`?)" for k in known if near == [k.lower()]), "")
        parts.append(f"`{name}`{hint}")
    return ", ".join(parts)


def _typed(kind: Any, value: Any) -> Any:
    """Return a TOML value as the type of its setting; raises ValueError or TypeError where it is none of its values."""
    if get_origin(kind) is Literal:
        return get_args(kind)[get_args(kind).index(value)]
    if kind == tuple[SuppressColumn, ...]:
        return tuple(row if isinstance(row, SuppressColumn) else _suppress_column(row) for row in value)
    if get_origin(kind) is tuple:
        return _texts(value)
    if get_origin(kind) is not None:
        _, of_items = get_args(kind)
        return MappingProxyType({key: _plainly(of_items, item) for key, item in _table(value).items()})
    if issubclass(kind, StrEnum):
        return kind(value)
    return _plainly(kind, value)


def _suppress_column(row: Any) -> SuppressColumn:
    names, words, reason = (_table(row).get(key) for key in ("names", "words", "reason"))
    if set(row) != {"names", "words", "reason"} or reason not in LIST_REASONS:
        raise ValueError
    return SuppressColumn(names=_texts(names), words=_texts(words), reason=str(reason))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(_exactly(str, item) for item in (value if type(value) is tuple else _exactly(list, value)))


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError
    return value


def _plainly(kind: type, value: Any) -> Any:
    """Return a value of exactly this type; a whole number is also a number."""
    return float(value) if kind is float and type(value) is int else _exactly(kind, value)


def _exactly(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError
    return value


_SAID = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes"}


def _choices(kind: Any) -> str:
    """Say what a setting of this type may be."""
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f"`{word}`" for word in get_args(kind))
    if kind == tuple[SuppressColumn, ...]:
        reasons = ", ".join(f"`{reason}`" for reason in LIST_REASONS)
        return f"a list of tables, each with `names`, `words` (lists of texts) and `reason` (one of {reasons})"
    if get_origin(kind) is tuple:
        return "a list of texts"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return "one of " + ", ".join(f"`{word}`" for word in kind)
    if get_origin(kind) is not None:
        return "a table of numbers" if float in get_args(kind) else "a table of texts"
    return _SAID[kind]


def policy_template() -> str:
    """Return a policy file with every setting explained and at its default."""
    head = "# leadsieve's policy: every setting, explained, at its default. Options of the command line win over this file.\n"
    plain = [f for f in fields(Policy) if f.name not in {"map", "statuses", "prices", "suppress_columns"}]
    body = "\n".join(f"# {_explained(f)}\n{f.name} = {_toml(f.default)}\n" for f in plain)
    return f"{head}\n{body}\n{_tables()}"


def _explained(setting: Any) -> str:
    return cast(str, setting.metadata["explained"])


def _toml(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    # TOML's basic strings, numbers and booleans are written like JSON's.
    return json.dumps(value, ensure_ascii=False)


def _tables() -> str:
    told = {f.name: _explained(f) for f in fields(Policy)}
    columns = "\n".join(
        f"[[suppress_columns]]\nnames = {_toml(c.names)}\nwords = {_toml(c.words)}\nreason = {_toml(c.reason)}\n"
        for c in default_suppress_columns()
    )
    return (
        f'# {told["map"]}\n[map]\n# "Work e-mail" = "email"\n\n'
        f'# {told["statuses"]}\n[statuses]\n# snoozed = "active"\n\n'
        f'# {told["prices"]}\n[prices]\n# "Q4 LinkedIn Scrape" = 490.0\n\n'
        f"# {told['suppress_columns']}\n# A file that names any of them replaces all of them.\n{columns}"
    )
