"""The workspace's file: opened for a moment, never half changed, brought to the schema of today when it is next opened."""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import duckdb
import polars as pl

from leadsieve.errors import WorkspaceError
from leadsieve.identity import KEY_VERSION

SCHEMA_VERSION = 2
_OURS = {"schema_version": SCHEMA_VERSION, "key_version": KEY_VERSION}
T = TypeVar("T")
_POLL = 0.05  # seconds between two tries to open a locked file


@contextmanager
def writing(path: Path, *, lock_timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open (or make) the workspace and yield a connection inside a transaction: all of it happens, or nothing.

    Raises WorkspaceError when the file is locked for longer than `lock_timeout` seconds, no workspace, or of a newer version.
    """
    existed = path.exists()
    con = _connect(path, read_only=False, lock_timeout=lock_timeout)
    done = False
    try:
        con.execute("begin")
        if existed:
            _update(con, _versions(con, path), path)
        else:
            _create(con)
        yield con
        con.execute("commit")
        done = True
    except duckdb.IOException as error:
        msg = f"The workspace {path} cannot be written ({_first_line(error)}). Free some space and run again; it is as it was."
        raise WorkspaceError(msg) from error
    finally:
        con.close()
        if not done and not existed:
            _remove(path)


@contextmanager
def reading(path: Path, *, lock_timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the workspace for reading and yield the connection; raises WorkspaceError like `writing`, and when it is absent."""
    _bring_up_to_date(path, lock_timeout=lock_timeout)
    con = _connect(path, read_only=True, lock_timeout=lock_timeout)
    try:
        yield con
    finally:
        con.close()


def attach(con: duckdb.DuckDBPyConnection, path: Path, *, lock_timeout: float) -> None:
    """Attach the workspace to `con` read-only under the name `ws`; raises WorkspaceError like `reading`."""
    _bring_up_to_date(path, lock_timeout=lock_timeout)
    _patiently(lambda: con.execute(f"attach '{_quoted(path)}' as ws (read_only)"), path, lock_timeout)


def _bring_up_to_date(path: Path, *, lock_timeout: float) -> None:
    """See that the file is a workspace of our schema, and that its keys are made by the rules of today."""
    require(path)
    con = _connect(path, read_only=True, lock_timeout=lock_timeout)
    try:
        versions = _versions(con, path)
    finally:
        con.close()
    _refuse_newer(versions, path)
    if versions != _OURS:
        with writing(path, lock_timeout=lock_timeout):
            pass


def put(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    """Make the temporary table `name` of a frame."""
    con.register("frame", frame.to_arrow())
    con.execute(f"create or replace temp table {name} as from frame")
    con.unregister("frame")


def require(path: Path) -> None:
    """Raise WorkspaceError when there is no workspace at `path`: a job in the wrong folder must stop."""
    if not path.is_file():
        msg = (
            f"There is no workspace at {path}. Name it with --workspace, make one with `leadsieve snapshot load`, "
            "or say --no-workspace to check the list only against itself."
        )
        raise WorkspaceError(msg)


def _versions(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    """Return the versions of the schema and of the keys; raises WorkspaceError when the file is no workspace."""
    try:
        return {name: int(value) for name, value in con.execute("select name, value from facts_of_file").fetchall()}
    except duckdb.CatalogException as error:
        msg = f"{path} is a DuckDB file but no leadsieve workspace. Name the right file with --workspace."
        raise WorkspaceError(msg) from error


def _refuse_newer(versions: Mapping[str, int], path: Path) -> None:
    """Raise WorkspaceError for a workspace of a schema, or of keys, that a newer leadsieve made."""
    for name, ours in _OURS.items():
        if versions[name] > ours:
            msg = f"The workspace {path} was written by a newer leadsieve ({name} {versions[name]}, here {ours}). Update leadsieve."
            raise WorkspaceError(msg)


def _update(con: duckdb.DuckDBPyConnection, versions: Mapping[str, int], path: Path) -> None:
    """Bring a workspace of an older schema or older keys up to date, within the caller's transaction."""
    _refuse_newer(versions, path)
    for version in range(versions["schema_version"] + 1, SCHEMA_VERSION + 1):
        con.execute(_sql(f"migrations/{version}.sql"))
        con.execute("update facts_of_file set value = ? where name = 'schema_version'", [str(version)])
    if versions["key_version"] < KEY_VERSION:
        from leadsieve.workspace.keys import make_anew  # what it needs is only loaded for an old workspace

        make_anew(con)


def _sql(name: str) -> str:
    return files("leadsieve.workspace").joinpath(name).read_text("utf-8")


def _create(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(_sql("schema.sql"))
    con.executemany("insert into facts_of_file values (?, ?)", [(name, str(value)) for name, value in _OURS.items()])


def _connect(path: Path, *, read_only: bool, lock_timeout: float) -> duckdb.DuckDBPyConnection:
    if not path.parent.is_dir():
        msg = f"The folder of the workspace {path} does not exist. Make it, or name another file with --workspace."
        raise WorkspaceError(msg)
    made = _mask_others()
    try:
        return _patiently(lambda: duckdb.connect(str(path), read_only=read_only), path, lock_timeout)
    finally:
        os.umask(made)


def _mask_others() -> int:
    """Let new files be readable by their owner only; return the mask that was there."""
    return os.umask(0o077)


def _patiently(opening: Callable[[], T], path: Path, lock_timeout: float) -> T:
    end = time.monotonic() + lock_timeout
    while True:
        try:
            return opening()
        except duckdb.Error as error:
            if not _is_locked(error):
                raise _unusable(path, error) from error
            if time.monotonic() >= end:
                raise _locked(path, error) from error
        time.sleep(_POLL)


def _is_locked(error: duckdb.Error) -> bool:
    return "lock" in str(error) and isinstance(error, duckdb.IOException)


def _locked(path: Path, error: duckdb.Error) -> WorkspaceError:
    holder = re.search(r"held in (\S+) \(PID (\d+)\)", str(error))
    who = f"process {holder[2]} ({Path(holder[1]).name})" if holder else "another process"
    return WorkspaceError(f"The workspace {path} is held by {who}. Wait until it is done or raise --lock-timeout.")


def _unusable(path: Path, error: duckdb.Error) -> WorkspaceError:
    if "newer version" in str(error) or "storage version" in str(error).lower():
        return WorkspaceError(f"The workspace {path} was written by a newer DuckDB. Update leadsieve and its DuckDB.")
    return WorkspaceError(
        f"{path} cannot be opened as a workspace: it is no DuckDB file, or broken. Name the right file with --workspace."
    )


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].split(": ", 1)[-1]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(path.name + ".wal")):
        leftover.unlink(missing_ok=True)
