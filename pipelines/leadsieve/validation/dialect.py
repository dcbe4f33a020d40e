"""Let Great Expectations query a DuckDB connection that is already open.

Over duckdb-engine as it is, every expectation ends in "list index out of range": GX reads a result after its connection
was given back, giving back rolls back, and duckdb-engine's cursor is the connection itself, so the rollback throws the
rows away that were not fetched yet. Here each statement has a cursor of its own, and transactions do nothing, which
is right for checks that only read.
"""

import duckdb
import duckdb_engine
import sqlalchemy as sa

URL = "duckdb+leadsieve:///:memory:"


class _Connection(duckdb_engine.ConnectionWrapper):
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        super().__init__(connection)
        self._connection = connection

    def cursor(self) -> duckdb_engine.CursorWrapper:
        return duckdb_engine.CursorWrapper(self._connection.cursor(), self)

    def begin(self) -> None:
        """Do nothing: checks only read."""

    def commit(self) -> None:
        """Do nothing: checks only read."""

    def rollback(self) -> None:
        """Do nothing: a rollback would throw away rows that were not fetched yet."""


class ReadingDialect(duckdb_engine.Dialect):
    """duckdb-engine's dialect without transactions, and with regular expressions that GX knows how to write."""

    name = "duckdb"
    supports_statement_cache = False
    # GX looks for this attribute to write REGEXP_MATCHES(column, pattern), which is DuckDB's partial match.
    DremioDialect = True

    def do_begin(self, _connection: object) -> None:
        """Do nothing: checks only read."""

    def do_rollback(self, _connection: object) -> None:
        """Do nothing: see `_Connection.rollback`."""

    def do_commit(self, _connection: object) -> None:
        """Do nothing: checks only read."""


sa.dialects.registry.register("duckdb.leadsieve", __name__, ReadingDialect.__name__)


def borrowed(connection: duckdb.DuckDBPyConnection) -> _Connection:
    """Return a new handle on an open connection, in the form that SQLAlchemy's `creator` asks for."""
    return _Connection(connection.cursor())
