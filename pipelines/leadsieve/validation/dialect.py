"""Let Great Expectations query a DuckDB connection that is already open.

Over duckdb-engine as it is, every expectation ends in "list index out of range": GX reads a result after its connection
was given back, giving back rolls back, and duckdb-engine's cursor is the connection itself, so the rollback throws the
rows away that were not fetched yet. Here each statement has a cursor of its own, and transactions do nothing, which
is right for checks that only read.
"""

from typing import Any

import duckdb
import duckdb_engine
import sqlalchemy as sa

# What GX is told of a column's type; anything else is a text to it.
KINDS: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "BIGINT": sa.BigInteger,
    "BOOLEAN": sa.Boolean,
    "INTEGER": sa.Integer,
    "TIMESTAMP": sa.DateTime,
    "UBIGINT": sa.BigInteger,
}
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

    def get_columns(self, connection: sa.Connection, table_name: str, schema: str | None = None, **_: Any) -> list[Any]:
        """Return the columns of one table; duckdb-engine's way asks the whole catalogue, which takes longer than most checks."""
        table = ".".join(self.identifier_preparer.quote(name) for name in (schema, table_name) if name)
        found = connection.exec_driver_sql(f"describe {table}").fetchall()
        return [
            {"name": row[0], "type": KINDS.get(row[1], sa.String)(), "nullable": True, "default": None} for row in found
        ]

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
