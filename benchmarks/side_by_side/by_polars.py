"""The main job as a script by hand, in Polars; right for what `leads.py` makes, and for no more.

    python by_polars.py LIST MEMBERSHIPS OUT

A person is found in one step of linking, no matter how long the chain is: a profile that any record shows beside the email.
"""

import sys
from pathlib import Path

import polars as pl

TARGET = "Campaign 0"
ENDED = ["done", "interested", "notInterested", "unsubscribed"]
LIMIT = 10_000  # leads a campaign, by CSV


def email() -> pl.Expr:
    """Return the address as it is matched, null where the cell is none."""
    address = pl.col("email").str.strip_chars().str.to_lowercase()
    return pl.when(address.str.contains(r"^[^@\s]+@[^@\s]+\.[a-z]+$")).then(address)


def profile() -> pl.Expr:
    """Return the profile's address in one form, null where the cell is none."""
    slug = pl.col("linkedinUrl").str.to_lowercase().str.extract(r"linkedin\.com/in/([^/?#\s]+)")
    return pl.format("https://www.linkedin.com/in/{}", slug)


def with_persons(records: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return the records with `person`, in their order."""
    return records.join(links, on="key", how="left", maintain_order="left").with_columns(
        person=pl.coalesce("linked", "linkedin_key", "key")
    )


def known(members: pl.DataFrame) -> pl.DataFrame:
    """Return what the workspace knows, one row a person."""
    target, ended = pl.col("campaign") == TARGET, pl.col("status").is_in(ENDED)
    return members.group_by("person").agg(
        in_campaign=target.any(),
        active_elsewhere=(~target & ~ended).any(),
        unsubscribed=(pl.col("status") == "unsubscribed").any(),
    )


def decided(rows: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return the list's rows with `outcome` and `reason`."""
    invalid = (pl.col("email").fill_null("") != "") & pl.col("key").is_null()
    identifiers = pl.concat(
        [rows.filter(~invalid).select("key", "linkedin_key"), members.select("key", "linkedin_key")]
    )
    links = identifiers.drop_nulls().unique("key", keep="any").rename({"linkedin_key": "linked"})
    facts = known(with_persons(members, links))
    rows = with_persons(rows, links).with_columns(person=pl.when(~invalid).then("person"))
    rows = rows.join(facts, on="person", how="left", maintain_order="left")
    gates = [
        (invalid, "failed", "invalid_email"),
        (pl.col("person").is_null(), "failed", "no_identifier"),
        (~pl.col("person").is_first_distinct(), "duplicate", "duplicate_in_list"),
        (pl.col("unsubscribed"), "suppressed", "unsubscribed"),
        (pl.col("in_campaign"), "duplicate", "in_campaign"),
        (pl.col("active_elsewhere"), "in_progress", "active_in_other_campaign"),
        (pl.col("in_campaign").is_not_null(), "create", "re_engage"),
    ]
    outcomes = [pl.when(applies).then(pl.lit(outcome)) for applies, outcome, _ in gates]
    reasons = [pl.when(applies).then(pl.lit(reason)) for applies, _, reason in gates]
    return rows.with_columns(
        outcome=pl.coalesce(*outcomes, pl.lit("create")), reason=pl.coalesce(*reasons, pl.lit("new"))
    )


def main(leads: Path, memberships: Path, out: Path) -> None:
    """Decide every row and write batches, what is left out, and the ledger."""
    (out / "batches").mkdir(parents=True)
    listed = pl.scan_csv(leads, infer_schema=False)
    columns = listed.collect_schema().names()
    rows = listed.with_row_index("row", offset=1).with_columns(key=email(), linkedin_key=profile())
    members = pl.scan_parquet(memberships).select("campaign", "status", key=email(), linkedin_key=profile())
    rows, members = pl.collect_all([rows, members], engine="streaming")
    rows = decided(rows, members)
    taken = (members["campaign"] == TARGET).sum()
    cells = rows.with_columns(email="key", linkedinUrl="linkedin_key", source=pl.lit(leads.stem))
    created = cells.filter(pl.col("outcome") == "create").select(*columns, "source")
    created = created.with_columns(batch=(pl.int_range(pl.len()) + taken) // LIMIT)
    for (batch,), part in created.group_by("batch", maintain_order=True):
        part.drop("batch").write_csv(out / "batches" / f"{int(batch) + 1:03}.csv")
    rows.filter(pl.col("outcome") != "create").select("row", *columns, "outcome", "reason").write_csv(
        out / "excluded.csv"
    )
    ledger = rows.select("row", "linkedin_key", "outcome", "reason", email="key")
    ledger.write_parquet(out / "ledger.parquet")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
