"""The main job as a script by hand, in pandas; right for what `leads.py` makes, and for no more.

    python by_pandas.py LIST MEMBERSHIPS OUT

A person is found in one step of linking, no matter how long the chain is: the first profile that a record shows beside the email.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

TARGET = "Campaign 0"
ENDED = ["done", "interested", "notInterested", "unsubscribed"]
LIMIT = 10_000  # leads a campaign, by CSV


def with_keys(records: pd.DataFrame) -> pd.DataFrame:
    """Return the records with the address and the profile as they are matched: `key` and `linkedin_key`, NA where the cell is none."""
    address = records["email"].str.strip().str.lower()
    slug = records["linkedinUrl"].str.lower().str.extract(r"linkedin\.com/in/([^/?#\s]+)", expand=False)
    return records.assign(
        key=address.where(address.str.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", na=False)),
        linkedin_key="https://www.linkedin.com/in/" + slug,
    )


def persons(records: pd.DataFrame, links: pd.Series) -> pd.Series:
    """Return each record's person: the profile linked to its address, else its own, else its address."""
    return records["key"].map(links).fillna(records["linkedin_key"]).fillna(records["key"])


def facts(members: pd.DataFrame) -> pd.DataFrame:
    """Return what the workspace knows, one row a person."""
    target = members["campaign"] == TARGET
    told = pd.DataFrame(
        {
            "person": members["person"],
            "in_campaign": target,
            "active_elsewhere": ~target & ~members["status"].isin(ENDED),
            "unsubscribed": members["status"] == "unsubscribed",
        }
    )
    return told.groupby("person", sort=False).any()


def decided(rows: pd.DataFrame, members: pd.DataFrame) -> pd.DataFrame:
    """Return the list's rows with keys, `outcome` and `reason`."""
    rows = with_keys(rows)
    rows["row"] = np.arange(1, len(rows) + 1)
    invalid = rows["email"].notna() & rows["key"].isna()
    both = pd.concat([rows.loc[~invalid, ["key", "linkedin_key"]], members[["key", "linkedin_key"]]]).dropna()
    links = both.drop_duplicates("key").set_index("key")["linkedin_key"]
    members["person"] = persons(members, links)
    rows["person"] = persons(rows, links).mask(invalid)
    known = rows[["person"]].join(facts(members), on="person")
    gates = [
        (invalid, "failed", "invalid_email"),
        (rows["person"].isna(), "failed", "no_identifier"),
        (rows["person"].duplicated(), "duplicate", "duplicate_in_list"),
        (known["unsubscribed"].isin([True]), "suppressed", "unsubscribed"),
        (known["in_campaign"].isin([True]), "duplicate", "in_campaign"),
        (known["active_elsewhere"].isin([True]), "in_progress", "active_in_other_campaign"),
        (known["in_campaign"].notna(), "create", "re_engage"),
    ]
    applies, outcomes, reasons = zip(*gates, strict=True)
    applies = [gate.to_numpy(bool) for gate in applies]
    rows["outcome"], rows["reason"] = np.select(applies, outcomes, "create"), np.select(applies, reasons, "new")
    return rows


def main(leads: Path, memberships: Path, out: Path) -> None:
    """Decide every row and write batches, what is left out, and the ledger."""
    (out / "batches").mkdir(parents=True)
    listed = pd.read_csv(leads, dtype=str)
    members = with_keys(pd.read_parquet(memberships, columns=["campaign", "status", "email", "linkedinUrl"]))
    rows = decided(listed, members)
    created = rows[rows["outcome"] == "create"]
    created = created.assign(email=created["key"], linkedinUrl=created["linkedin_key"], source=leads.stem)[
        [*listed.columns, "source"]
    ]
    batches = (np.arange(len(created)) + (members["campaign"] == TARGET).sum()) // LIMIT
    for batch, part in created.groupby(batches):
        part.to_csv(out / "batches" / f"{batch + 1:03}.csv", index=False)
    excluded = rows.loc[rows["outcome"] != "create", ["row", *listed.columns, "outcome", "reason"]]
    excluded.to_csv(out / "excluded.csv", index=False)
    ledger = rows[["row", "key", "linkedin_key", "outcome", "reason"]].rename(columns={"key": "email"})
    ledger.to_parquet(out / "ledger.parquet", index=False)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
