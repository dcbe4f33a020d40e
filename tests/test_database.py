"""DuckDB as all rooms open it."""

from leadsieve.database import connect


def test_no_progress_bar_is_written_to_standard_output():
    """It would stand beside the JSON that a batch job reads there."""
    with connect() as con:
        assert con.execute("select current_setting('enable_progress_bar')").fetchall() == [(False,)]
