from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.identity_cases import raw_cells
from identity.identity_strategies import (
    cells,
    other_places,
    placeholder_emails,
    regular_emails,
    regular_leads,
    regular_profiles,
    signless_emails,
    wrapped,
)
from leadsieve.identity import (
    Email,
    LinkedIn,
    addresses,
    email_cell,
    email_domain,
    is_disposable,
    is_free_provider,
    is_no_reply,
    is_role,
    linkedin_cell,
    mailbox_key,
    parse_email,
    parse_linkedin,
)

EMAIL_FIELDS = ("status", "address", "reason", "suggestion")
LINKEDIN_FIELDS = ("status", "key", "url", "sales_url", "reason", "suggestion")
quick = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
email_columns = st.lists(
    cells("email") | regular_emails | wrapped(regular_emails) | placeholder_emails | signless_emails | st.none(),
    max_size=12,
)
linkedin_columns = st.lists(
    cells("linkedin") | regular_profiles | wrapped(regular_profiles) | regular_leads | other_places | st.none(),
    max_size=12,
)


def fields(found: Email | LinkedIn, names: tuple[str, ...]) -> dict[str, str | None]:
    return {name: getattr(found, name) for name in names}


def asked(function: Callable[[pl.Expr], pl.Expr], column: list[str | None]) -> list[dict[str, str | None]]:
    frame = pl.DataFrame({"cell": column}, schema={"cell": pl.String})
    return frame.select(function(pl.col("cell")).alias("found")).unnest("found").rows(named=True)


@quick
@given(email_columns)
def test_an_email_column_answers_as_the_exact_path_does(column: list[str | None]) -> None:
    assert asked(email_cell, column) == [fields(parse_email(cell), EMAIL_FIELDS) for cell in column]


@quick
@given(linkedin_columns)
def test_a_linkedin_column_answers_as_the_exact_path_does(column: list[str | None]) -> None:
    assert asked(linkedin_cell, column) == [fields(parse_linkedin(cell), LINKEDIN_FIELDS) for cell in column]


@pytest.mark.parametrize(
    ("function", "parse", "names", "kind"),
    [(email_cell, parse_email, EMAIL_FIELDS, "email"), (linkedin_cell, parse_linkedin, LINKEDIN_FIELDS, "linkedin")],
    ids=["email", "linkedin"],
)
def test_the_labelled_cells_answer_alike_in_a_column(function, parse, names, kind) -> None:
    column = [*raw_cells(kind), None]
    assert asked(function, column) == [fields(parse(cell), names) for cell in column]


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
@pytest.mark.parametrize(
    ("function", "kind"), [(email_cell, "email"), (linkedin_cell, "linkedin")], ids=["email", "linkedin"]
)
def test_a_lazy_column_answers_as_an_eager_one(function, kind, engine) -> None:
    frame = pl.DataFrame({"cell": [*raw_cells(kind), None] * 20})
    found = function(pl.col("cell")).alias("found")
    assert frame.lazy().select(found).collect(engine=engine).equals(frame.select(found))


@pytest.mark.parametrize("dtype", [pl.String, pl.Null], ids=["text", "null"])
@pytest.mark.parametrize("function", [email_cell, linkedin_cell], ids=["email", "linkedin"])
def test_a_column_of_nulls_is_empty_cells(function, dtype) -> None:
    found = pl.DataFrame({"cell": pl.Series([None, None], dtype=dtype)}).select(function(pl.col("cell")).alias("found"))
    assert found.unnest("found")["status"].to_list() == ["empty", "empty"]


@pytest.mark.parametrize("function", [email_cell, linkedin_cell], ids=["email", "linkedin"])
def test_a_column_without_rows_keeps_its_type(function) -> None:
    frame = pl.DataFrame({"cell": ["x"]})
    whole = frame.select(function(pl.col("cell")))
    assert frame.clear().select(function(pl.col("cell"))).schema == whole.schema


@pytest.mark.parametrize("function", [email_cell, linkedin_cell], ids=["email", "linkedin"])
def test_a_column_can_be_answered_within_groups_and_renamed(function) -> None:
    frame = pl.DataFrame({"g": [1, 1, 2], "cell": ["jane@acme.com", "n/a", None]})
    found = frame.group_by("g", maintain_order=True).agg(function(pl.col("cell")).struct.field("status").alias("s"))
    assert [len(s) for s in found["s"]] == [2, 1]


def test_the_namespace_gives_identifiers_only_where_a_cell_identifies() -> None:
    frame = pl.DataFrame(
        {
            "e": ["Jane@Acme.com", "<bob@acme.com>", "a@b.co;c@d.co", "jane@acme.con", "n/a", None],
            "l": [
                "linkedin.com/in/Jané",
                "urn:li:member:5",
                "https://lnkd.in/x",
                "https://www.linkedin.com/feed",
                "Jane Doe",
                None,
            ],
        }
    )
    found = frame.select(
        email=pl.col("e").lead.email(),
        email_status=pl.col("e").lead.email_status(),
        key=pl.col("l").lead.linkedin_key(),
        url=pl.col("l").lead.linkedin_url(),
        status=pl.col("l").lead.linkedin_status(),
    )
    assert found.to_dict(as_series=False) == {
        "email": ["jane@acme.com", "bob@acme.com", None, None, None, None],
        "email_status": ["valid", "repaired", "multiple", "invalid", "empty", "empty"],
        "key": ["https://www.linkedin.com/in/jané", "urn:li:member:5", None, None, None, None],
        "url": ["https://www.linkedin.com/in/jan%C3%A9", None, None, None, None, None],
        "status": ["person_vanity", "person_opaque", "shortlink", "non_person", "invalid", "empty"],
    }


def test_every_address_of_a_cell_is_listed() -> None:
    frame = pl.DataFrame({"e": ["jane@acme.com", "A@b.co; c@d.co", "nobody", None]})
    assert frame.select(addresses(pl.col("e")))["e"].to_list() == [["jane@acme.com"], ["a@b.co", "c@d.co"], [], []]


ADDRESSES = ["info+x@acme.com", "no-reply@mailinator.com", "jane.doe+x@googlemail.com", "jane@sub.yopmail.com", None]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (is_role, [True, False, False, False, None]),
        (is_no_reply, [False, True, False, False, None]),
        (is_disposable, [False, True, False, True, None]),
        (is_free_provider, [False, False, True, False, None]),
        (email_domain, ["acme.com", "mailinator.com", "googlemail.com", "sub.yopmail.com", None]),
        (
            mailbox_key,
            ["info+x@acme.com", "no-reply@mailinator.com", "janedoe@gmail.com", "jane@sub.yopmail.com", None],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_what_is_said_of_an_address_is_said_of_a_column(function, expected, engine) -> None:
    frame = pl.DataFrame({"a": ADDRESSES}).lazy().select(function(pl.col("a")).alias("found"))
    assert frame.collect(engine=engine)["found"].to_list() == expected
