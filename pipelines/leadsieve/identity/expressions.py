"""Columns of email and LinkedIn cells, at the speed of column operations.

Cells that are plainly regular are answered by expressions; every other distinct value once by the exact parsers. Both
give the same answer (tests/identity/test_expressions.py says so for any text).
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

import polars as pl
from polars._typing import PolarsDataType

from leadsieve.identity import mailboxes
from leadsieve.identity.domains import RESERVED_TLDS, suffixes, typo_domains
from leadsieve.identity.email import SEPARATOR, parse_email
from leadsieve.identity.linkedin import parse_linkedin
from leadsieve.identity.placeholders import ANY_DOMAIN_LOCALS, EMAIL_WORDS, LOCAL_WORDS, TWIN_WORDS, WORDS
from leadsieve.identity.reasons import EmailReason, LinkedInReason
from leadsieve.identity.slug import PREFIX, RESERVED
from leadsieve.words import EmailStatus, LinkedInStatus

EMAIL_STATUS = pl.Enum([str(status) for status in EmailStatus])
LINKEDIN_STATUS = pl.Enum([str(status) for status in LinkedInStatus])
EMAIL_CELL = pl.Struct({"status": EMAIL_STATUS, "address": pl.String, "reason": pl.String, "suggestion": pl.String})
LINKEDIN_CELL = pl.Struct(
    {
        "status": LINKEDIN_STATUS,
        "key": pl.String,
        "url": pl.String,
        "sales_url": pl.String,
        "reason": pl.String,
        "suggestion": pl.String,
    }
)
_REMEMBERED = 65_536  # distinct odd values kept between batches of a streaming run
_REMEMBERED_LENGTH = 300  # longer cells are parsed again, so that memory stays flat
_LONGEST_REGULAR = 64  # octets; then no limit of RFC 5321 can be broken

_Fields: TypeAlias = tuple[str | None, ...]
_Exact: TypeAlias = Callable[[str | None], _Fields]
_Answers: TypeAlias = Callable[[pl.Series], pl.DataFrame]


def email_cell(expr: pl.Expr) -> pl.Expr:
    """Return a struct {status, address, reason, suggestion} for each cell; a null cell is `empty`."""
    return expr.map_batches(_email_structs, return_dtype=EMAIL_CELL, is_elementwise=True)


def linkedin_cell(expr: pl.Expr) -> pl.Expr:
    """Return a struct {status, key, url, sales_url, reason, suggestion} for each cell; a null cell is `empty`."""
    return expr.map_batches(_linkedin_structs, return_dtype=LINKEDIN_CELL, is_elementwise=True)


def addresses(expr: pl.Expr) -> pl.Expr:
    """Return every address of each cell, in order; an empty list where there is none."""
    return split_addresses(_email_field(expr, "address", pl.String)).fill_null([])


def split_addresses(answered: pl.Expr) -> pl.Expr:
    """Return every address of the field `address` of what `email_answers` told, in order; null where there is none."""
    return answered.str.split(SEPARATOR)


def email_domain(expr: pl.Expr) -> pl.Expr:
    """Return the domain of each canonical address."""
    return expr.str.extract("@([^@]*)$", 1)


def is_role(expr: pl.Expr) -> pl.Expr:
    """Return whether each canonical address is a function's and not a person's (`info@` ...)."""
    return expr.str.contains(_local_of(mailboxes.ROLES))


def is_no_reply(expr: pl.Expr) -> pl.Expr:
    """Return whether nobody reads what is sent to each canonical address."""
    return expr.str.contains(_local_of(mailboxes.NO_REPLIES))


def is_free_provider(expr: pl.Expr) -> pl.Expr:
    """Return whether each canonical address is at a provider where anybody gets a mailbox."""
    return email_domain(expr).is_in(_names(mailboxes.FREE_PROVIDERS))


def is_disposable(expr: pl.Expr) -> pl.Expr:
    """Return whether each canonical address is at a throw-away mail service or below one."""
    return _mapped(email_domain(expr), mailboxes.is_disposable_domain, pl.Boolean)


def mailbox_key(expr: pl.Expr) -> pl.Expr:
    """Return the opt-in key of each canonical address; it warns of a possible same mailbox and never identifies."""
    return _mapped(expr, mailboxes.mailbox_of, pl.String)


class LeadExpressions:
    """`pl.col(...).lead`: a cell's identifier, or null; and what the cell is. `leadsieve.namespace` registers it."""

    def __init__(self, expr: pl.Expr) -> None:
        self._expr = expr

    def email(self) -> pl.Expr:
        """Return the address of a cell that identifies, else null."""
        address = _email_field(self._expr, "address", pl.String)
        return pl.when(~address.str.contains(SEPARATOR, literal=True)).then(address)

    def email_status(self) -> pl.Expr:
        """Return what each cell that should hold an email holds."""
        return _email_field(self._expr, "status", EMAIL_STATUS)

    def linkedin_key(self) -> pl.Expr:
        """Return the key of a person's profile, else null."""
        return _linkedin_field(self._expr, "key", pl.String)

    def linkedin_url(self) -> pl.Expr:
        """Return a URL that opens the profile, else null."""
        return _linkedin_field(self._expr, "url", pl.String)

    def linkedin_status(self) -> pl.Expr:
        """Return what each cell that should hold a LinkedIn profile holds."""
        return _linkedin_field(self._expr, "status", LINKEDIN_STATUS)


def _email_field(expr: pl.Expr, field: str, dtype: PolarsDataType) -> pl.Expr:
    def answer(cells: pl.Series) -> pl.Series:
        return email_answers(cells.cast(pl.String))[field].alias(cells.name)

    return expr.map_batches(answer, return_dtype=dtype, is_elementwise=True)


def _linkedin_field(expr: pl.Expr, field: str, dtype: PolarsDataType) -> pl.Expr:
    def answer(cells: pl.Series) -> pl.Series:
        return linkedin_answers(cells.cast(pl.String))[field].alias(cells.name)

    return expr.map_batches(answer, return_dtype=dtype, is_elementwise=True)


@lru_cache
def _local_of(words: frozenset[str]) -> str:
    """Return the shape of addresses that start with one of the words, before a `+` or the `@`."""
    return f"^(?:{'|'.join(sorted(map(re.escape, words)))})(?:[+@]|$)"


def _names(words: frozenset[str]) -> pl.Expr:
    return pl.lit(pl.Series(sorted(words)).implode())


def _mapped(expr: pl.Expr, function: Callable[[str], object], dtype: type[pl.DataType]) -> pl.Expr:
    """Apply a function once per distinct value."""

    def apply(values: pl.Series) -> pl.Series:
        distinct = values.unique().drop_nulls()
        results = pl.Series([function(value) for value in distinct], dtype=dtype)
        return values.replace_strict(distinct, results, default=None, return_dtype=dtype)

    return expr.map_batches(apply, return_dtype=dtype, is_elementwise=True)


# --- email: the regular cells ----------------------------------------------------------------------------------------

_BLANKS = " \t\r\n"
# One address in the dirt that lists have most: mailto, a label, a name before brackets, brackets, quotes, commas (E3).
_BARE_EMAIL = r"([A-Za-z0-9._+-]+@[A-Za-z0-9.-]*[A-Za-z])"
_PEELED_EMAIL = rf"^[ \t\r\n]*(?:(?i:mailto:|e-?mail: ?)|[<(\[\"'])?{_BARE_EMAIL}[>)\]\"',;. \t\r\n]*$"
_NAMED_EMAIL = rf"^[ \t\r\n]*[A-Za-z][A-Za-z .'-]* ?<{_BARE_EMAIL}>[,;. \t\r\n]*$"
_TEMPLATE_END = "]]|>>"  # of one that nobody filled (E12)
# Words of which nothing has to be taken off, and what makes of them a page or several things (E6, E8).
_WORDS_ALONE = "^[A-Za-z0-9](?:(?: ?[A-Za-z0-9._'-])*[A-Za-z0-9])?$"
_SPECIAL_WORDS = "^(?i:www)[.]| (?i:and|or|und|oder|et|ou|y|e|o) "
_LABEL = "[a-z0-9]+(?:-[a-z0-9]+)*"
_LOCAL = "[a-z0-9]+(?:[._+-][a-z0-9]+)*"


def _email_structs(cells: pl.Series) -> pl.Series:
    """Answer one batch of email cells: those in key form, those that need trim and lower, the odd ones."""
    return email_answers(cells.cast(pl.String)).to_struct(cells.name)


def email_answers(cells: pl.Series) -> pl.DataFrame:
    """Return what each cell that should hold an email holds, one row each: the fields of `EMAIL_CELL`.

    Nobody calls it inside of an expression who can help it: every thread of Polars would build the patterns anew.
    """
    return _answered(cells, _is_plain_email(cells), _valid, _odd_email_answers)


def _odd_email_answers(cells: pl.Series) -> pl.DataFrame:
    return _answered(
        cells,
        _is_blank(cells),
        lambda _: _frame(EMAIL_CELL, cells.len(), status=EmailStatus.EMPTY),
        _trimmed_email_answers,
    )


def _trimmed_email_answers(cells: pl.Series) -> pl.DataFrame:
    is_ascii = cells.str.contains(r"^[\x00-\x7f]*$")  # "K" (Kelvin) lowers to k, and is the exact path's to judge
    trimmed = cells.str.strip_chars(_BLANKS).str.to_lowercase()
    plain = _is_plain_email(trimmed) & is_ascii.fill_null(value=False)
    return _answered(cells, plain, lambda _: _valid(trimmed), _peeled_email_answers)


def _peeled_email_answers(cells: pl.Series) -> pl.DataFrame:
    peeled = cells.str.extract(_PEELED_EMAIL, 1).fill_null(cells.str.extract(_NAMED_EMAIL, 1)).str.to_lowercase()
    return _answered(
        cells,
        _is_plain_email(peeled) & ~cells.str.contains(_TEMPLATE_END),
        lambda _: _frame(EMAIL_CELL, cells.len(), status=EmailStatus.REPAIRED, address=peeled),
        _signless_email_answers,
    )


def _signless_email_answers(cells: pl.Series) -> pl.DataFrame:
    return _answered(
        cells,
        _is_signless(cells),
        lambda _: _frame(EMAIL_CELL, cells.len(), status=EmailStatus.INVALID, reason=EmailReason.NO_AT_SIGN),
        lambda odd: _exact_answers(odd, EMAIL_CELL, _remembered_email),
    )


def _is_signless(cells: pl.Series) -> pl.Series:
    """Tell which cells are words without an at-sign that say nothing else: `jane.doe at acme.com`, a name."""
    words = cells.str.contains(_WORDS_ALONE) & (cells.str.len_bytes() <= _LONGEST_REGULAR)
    special = cells.str.contains(_SPECIAL_WORDS) | cells.str.to_lowercase().is_in(_placeholders())
    return (words & ~special).fill_null(value=False)


def _is_plain_email(cells: pl.Series) -> pl.Series:
    plain = cells.str.contains(_regular_email()) & (cells.str.len_bytes() <= _LONGEST_REGULAR)
    domains = pl.select(pl.lit(cells).str.slice(pl.lit(cells).str.find("@", literal=True) + 1)).to_series()
    special = cells.str.contains(_special_local()) | domains.is_in(_special_domains())
    return (plain & ~special).fill_null(value=False)


def _valid(cells: pl.Series) -> pl.DataFrame:
    return _frame(EMAIL_CELL, cells.len(), status=EmailStatus.VALID, address=cells)


@lru_cache(maxsize=1)
def _regular_email() -> str:
    """Return the shape whose answer is known: below a last label with wildcards only `acme.jp`."""
    known = suffixes()
    wild = {parent.rpartition(".")[2] for parent in known.wildcards}
    plain = _either(known.tlds - wild - RESERVED_TLDS)
    two_labels = _either(wild - known.wildcards)
    below = _either(
        {name for name in known.longer - known.wildcards if name.count(".") == 1 and name.rpartition(".")[2] in wild}
    )
    return rf"^{_LOCAL}@(?:(?:{_LABEL}\.)+(?:{plain}|{below})|{_LABEL}\.(?:{two_labels}))$"


@lru_cache(maxsize=1)
def _special_local() -> str:
    """Return the words that may stand for no address: regular in shape, the exact path's to judge."""
    return rf"^(?:{_either(LOCAL_WORDS | TWIN_WORDS | ANY_DOMAIN_LOCALS)})@"


@lru_cache(maxsize=1)
def _special_domains() -> pl.Series:
    """Return bare suffixes and probable typos; a pattern of so many names would take 0.1 s to build in every thread."""
    return pl.Series(sorted(suffixes().longer | typo_domains())).implode()


@lru_cache(maxsize=1)
def _placeholders() -> pl.Series:
    """Return the words that say that there is no address."""
    return pl.Series(sorted(WORDS | EMAIL_WORDS)).implode()


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(re.escape(word) for word in words if word.isascii()))


# --- LinkedIn: the regular cells -------------------------------------------------------------------------------------

_PLAIN_SLUG = "^[a-z0-9][a-z0-9_-]{2,99}$"
_SPECIAL_SLUG = f"^(?:(?:{_either(RESERVED)})$|a[a-p][a-z0-9_-]aa[a-p])"
_SHAPED_LINKEDIN = (
    r"^[ \t\r\n]*(?:(?i:linkedin): ?|[<(\"'])?(?i:(?:https?://)?(?:(?:www|m|[a-z]{2})\.)?linkedin\.com)/in/"
    r"([A-Za-z0-9][A-Za-z0-9_-]{2,99})"
    r"(?:/(?:details?|recent-activity|overlay|edit|opportunities)(?:/[A-Za-z0-9_-]{3,})*|/[a-z]{2}(?:-[a-z]{2})?)?"
    r"/?(?:\?[A-Za-z0-9_=&%~+-]*)?[>)\"',;! \t\r\n]*$"
)


def _linkedin_structs(cells: pl.Series) -> pl.Series:
    """Answer one batch of LinkedIn cells: those in key form, those whose slug can be cut out, the odd ones."""
    return linkedin_answers(cells.cast(pl.String)).to_struct(cells.name)


def linkedin_answers(cells: pl.Series) -> pl.DataFrame:
    """Return what each cell that should hold a LinkedIn profile holds, one row each: the fields of `LINKEDIN_CELL`."""
    return _answered(cells, _is_plain_linkedin(cells), _vanity, _odd_linkedin_answers)


def _odd_linkedin_answers(cells: pl.Series) -> pl.DataFrame:
    return _answered(
        cells,
        _is_blank(cells),
        lambda _: _frame(LINKEDIN_CELL, cells.len(), status=LinkedInStatus.EMPTY, reason=LinkedInReason.EMPTY),
        _shaped_linkedin_answers,
    )


def _shaped_linkedin_answers(cells: pl.Series) -> pl.DataFrame:
    keys = PREFIX + cells.str.extract(_SHAPED_LINKEDIN, 1).str.to_lowercase()
    return _answered(
        cells,
        _is_plain_linkedin(keys),
        lambda _: _vanity(keys),
        lambda odd: _exact_answers(odd, LINKEDIN_CELL, _remembered_linkedin),
    )


def _is_plain_linkedin(cells: pl.Series) -> pl.Series:
    slugs = cells.str.slice(len(PREFIX))  # the patterns would read the prefix twice, which takes longer than cutting
    plain = cells.str.starts_with(PREFIX) & slugs.str.contains(_PLAIN_SLUG) & ~slugs.str.contains(_SPECIAL_SLUG)
    return plain.fill_null(value=False)


def _vanity(keys: pl.Series) -> pl.DataFrame:
    return _frame(LINKEDIN_CELL, keys.len(), status=LinkedInStatus.PERSON_VANITY, key=keys, url=keys)


# --- regular and odd together ----------------------------------------------------------------------------------------


def _frame(dtype: pl.Struct, height: int, **fields: pl.Series | str | None) -> pl.DataFrame:
    """Return an answer for each of `height` cells: a field is a column, one text for all, or null."""

    def column(field: pl.Field) -> pl.Series:
        told = fields.get(field.name)
        if isinstance(told, pl.Series):
            return told.alias(field.name)
        return pl.repeat(told and str(told), height, dtype=field.dtype, eager=True).alias(field.name)

    return pl.DataFrame([column(field) for field in dtype.fields])


def _is_blank(cells: pl.Series) -> pl.Series:
    return (cells == "").fill_null(value=True)


def _answered(cells: pl.Series, regular: pl.Series, known: _Answers, otherwise: _Answers) -> pl.DataFrame:
    """Put the answers of regular cells (`known`, for all) and odd ones (`otherwise`, for those only) together."""
    if regular.all():
        return known(cells)
    odd = otherwise(cells.filter(~regular))
    if odd.height == cells.len():
        return odd
    both, places = known(cells), (~regular).arg_true()
    return pl.DataFrame([_mended(both[name], places, odd[name]) for name in both.columns])


def _mended(known: pl.Series, places: pl.Series, odd: pl.Series) -> pl.Series:
    """Return what is known of all cells with the odd ones at their places; most fields have nothing to tell of either."""
    is_untold = odd.null_count() == odd.len() and known.null_count() == known.len()
    return known if is_untold else known.clone().scatter(places, odd)


def _exact_answers(cells: pl.Series, dtype: pl.Struct, exact: _Exact) -> pl.DataFrame:
    """Ask the exact path once per distinct cell."""
    asked = cells.alias("cell").to_frame()
    distinct = asked.unique(maintain_order=True)
    schema = {field.name: field.dtype for field in dtype.fields}
    columns = zip(*[exact(cell) for cell in distinct["cell"]], strict=True)
    answers = pl.DataFrame(dict(zip(schema, columns, strict=True)), schema=schema)
    joined = asked.join(distinct.hstack(answers), on="cell", how="left", maintain_order="left", nulls_equal=True)
    return joined.drop("cell")


def _email_fields(cell: str | None) -> _Fields:
    found = parse_email(cell)
    return str(found.status), found.address, found.reason and str(found.reason), found.suggestion


def _linkedin_fields(cell: str | None) -> _Fields:
    found = parse_linkedin(cell)
    reason = found.reason and str(found.reason)
    return str(found.status), found.key, found.url, found.sales_url, reason, found.suggestion


_cached_email = lru_cache(_REMEMBERED)(_email_fields)
_cached_linkedin = lru_cache(_REMEMBERED)(_linkedin_fields)


def forget() -> None:
    """Forget the odd cells that were answered, which only a benchmark needs."""
    _cached_email.cache_clear()
    _cached_linkedin.cache_clear()


def _remembered_email(cell: str | None) -> _Fields:
    return (_email_fields if len(cell or "") > _REMEMBERED_LENGTH else _cached_email)(cell)


def _remembered_linkedin(cell: str | None) -> _Fields:
    return (_linkedin_fields if len(cell or "") > _REMEMBERED_LENGTH else _cached_linkedin)(cell)
