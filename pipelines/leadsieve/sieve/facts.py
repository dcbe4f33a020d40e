"""What is known of every row before anything is decided."""

import duckdb
import numpy as np
import polars as pl

from leadsieve.database import small_table
from leadsieve.sieve.columns import Marks, fetched, marked, marks_at, placed
from leadsieve.words import Reason

REASON = pl.Enum([str(reason) for reason in Reason])
_KNOWN = ("in_campaign", "active_elsewhere", "in_workspace")


def facts_of_rows(con: duckdb.DuckDBPyConnection, rows: int) -> pl.DataFrame:
    """Return one row for every row of the list, in its order.

    In: list_people, failed, forward, shared_rows, same_mailbox, and what `_of_people` reads. Out: row, source (its number),
    failed (why it cannot be imported), duplicate_of (the row that goes forward in its place), has_shared, same_mailbox, and
    what is known of its person.
    """
    person = placed(con, "select row - 1, person from list_people", rows)
    forward = placed(con, "select row - 1, duplicate_of::integer from forward", rows)
    return pl.DataFrame(
        {
            "row": pl.int_range(1, rows + 1, dtype=pl.UInt32, eager=True),
            "source": placed(con, "select row - 1, source from list_people", rows),
            "failed": _reasons(con, rows),
            "duplicate_of": pl.Series(forward).replace(0, None),
            "has_shared": marked(con, "select row - 1 from shared_rows", rows),
            "same_mailbox": marked(con, "select row - 1 from same_mailbox", rows),
            **_of_people(con, int(person.max(initial=0)) + 1)[person].to_dict(),
        }
    )


def _reasons(con: duckdb.DuckDBPyConnection, rows: int) -> pl.Series:
    places, reasons = fetched(con, "select row - 1, reason from failed")
    number = np.zeros(rows, np.uint8)
    number[places] = pl.Series(reasons, dtype=REASON).to_physical().to_numpy() + 1
    return pl.Series([None, *REASON.categories], dtype=REASON).gather(number)


def _of_people(con: duckdb.DuckDBPyConnection, size: int) -> pl.DataFrame:
    """Return nobody and every person, by number.

    In: memberships, person_memberships, held (person, hold), holds, conflicted, connected, ws.connections, deleted, settings.
    Out: person, in_campaign, active_elsewhere, in_workspace, is_connection (these null for nobody), not_launched (active
    elsewhere, and nowhere launched), identity_conflict, deleted_earlier (and only warned of), hold (its number in holds),
    suppressed (the hold's reason), only_by_status.
    """
    (told_connections,) = con.execute("select exists (from ws.connections)").fetchall()[0]
    people = pl.DataFrame(
        {
            "person": pl.int_range(size, dtype=pl.Int32, eager=True),
            **_known(con, size),
            "is_connection": marked(con, "select person from connected", size),
            "identity_conflict": marked(con, "select person from conflicted", size),
            "deleted_earlier": marked(
                con, "select person from deleted, settings g where not held and g.deleted = 'warn'", size
            ),
            "hold": pl.Series(placed(con, "select person, hold + 1 from held", size)).replace(0, None) - 1,
        }
    )
    holds = small_table(
        con, "select reason, only_by_status from holds order by hold", {"reason": REASON, "only_by_status": pl.Boolean}
    )
    somebody = pl.col("person") > 0
    return people.with_columns(
        pl.when(somebody).then(pl.col("person", *_KNOWN)),
        # Without connections nobody knows who is one.
        pl.when(somebody & told_connections).then("is_connection").alias("is_connection"),
        suppressed=holds["reason"].gather(people["hold"]),
        only_by_status=holds["only_by_status"].gather(people["hold"]).fill_null(value=False),
    )


def _known(con: duckdb.DuckDBPyConnection, size: int) -> dict[str, Marks]:
    """Return what the workspace's memberships make of every person."""
    nth, in_target, active, launched = fetched(
        con,
        "select nth, in_target, active and not in_target, active and not in_target and launched from memberships where counts",
    )
    person, of_person = fetched(con, "select person, nth from person_memberships")
    count = int(max(nth.max(initial=-1), of_person.max(initial=-1))) + 1

    def any_of(which: Marks) -> Marks:
        return marks_at(person[marks_at(nth[which], count)[of_person]], size)

    elsewhere = any_of(active)
    return {
        "in_campaign": any_of(in_target),
        "active_elsewhere": elsewhere,
        "in_workspace": any_of(nth >= 0),
        "not_launched": elsewhere & ~any_of(launched),
    }
