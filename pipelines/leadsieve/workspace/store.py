"""The workspace's file: opened for a moment, never half changed, brought to the schema of today when it is next opened."""

import errno
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

import duckdb

from leadsieve.database import connect, quoted
from leadsieve.errors import WorkspaceError
from leadsieve.holding import held
from leadsieve.identity import KEY_VERSION
from leadsieve.scratch import scratch

SCHEMA_VERSION = 4
_OURS = {"schema_version": SCHEMA_VERSION, "key_version": KEY_VERSION}
T = TypeVar("T")
_POLL = 0.05  # seconds between two tries to open a locked file
_OF_THIS_PROCESS = threading.RLock()
_OPEN_HERE = "with a different configuration"  # DuckDB, of a file that this process has open otherwise
_SAID_BY_SYSTEM = frozenset(os.strerror(number) for number in errno.errorcode)
_FULL = frozenset(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_DUCKDB_BEGINS = slice(8, 12), b"DUCK"


@contextmanager
def writing(path: Path, *, lock_timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open (or make) the workspace and yield a connection inside a transaction: all of it happens, or nothing.

    Raises WorkspaceError when the file is locked for longer than `lock_timeout` seconds, no workspace, or of a newer version.
    """
    _require_folder(path)
    with _one_at_a_time(path, lock_timeout), ExitStack() as stack:
        if not _exists(path):
            folder = _hold_folder(stack, path, lock_timeout)
        # Another process may have made it while this one waited.
        place = path if _exists(path) else stack.enter_context(_new(path, folder))
        yield stack.enter_context(_transaction(place, path, lock_timeout))


@contextmanager
def reading(path: Path, *, lock_timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the workspace for reading and yield the connection; raises WorkspaceError like `writing`, and when it is absent."""
    with _one_at_a_time(path, lock_timeout):
        require(path)
        with closing(_connect(path, path, read_only=True, lock_timeout=lock_timeout)) as con:
            if _is_of_today(con, path):
                yield con
                return
        with writing(path, lock_timeout=lock_timeout):
            pass  # to open it for writing brings it up to date
        with closing(_connect(path, path, read_only=True, lock_timeout=lock_timeout)) as con:
            yield con


def attach(con: duckdb.DuckDBPyConnection, path: Path, *, lock_timeout: float) -> None:
    """Attach the workspace as it stands now to `con`, read-only, under the name `ws`; raises WorkspaceError like `reading`.

    What is attached is a copy that nobody else sees and that goes with the connection: the workspace itself is held for no
    longer than copying its file takes.
    """
    with scratch() as folder:
        copy = folder / "workspace.duckdb"
        with reading(path, lock_timeout=lock_timeout):
            _copy(path, copy)
        # Its folder, and so its name, is gone in a moment; the system keeps an open file for whoever has it open.
        con.execute(f"attach {quoted(copy)} as ws (read_only)")


def _copy(path: Path, copy: Path) -> None:
    try:
        shutil.copyfile(path, copy)
        # Left by a writer that was killed: what it had committed and not yet moved into the file.
        if _log(path).exists():
            shutil.copyfile(_log(path), _log(copy))
    except OSError as error:
        msg = (
            f"The workspace {path} cannot be copied to {copy.parent.parent} ({error.strerror}), where a run reads it. "
            "Free some space there, or name another folder in the environment variable TMPDIR."
        )
        raise WorkspaceError(msg) from error


@contextmanager
def _one_at_a_time(path: Path, lock_timeout: float) -> Iterator[None]:
    """Let the threads of this process go one after the other: closing a file, a process loses every lock that it has on it."""
    if not _OF_THIS_PROCESS.acquire(timeout=lock_timeout):
        raise WorkspaceError(_held(path, "another thread of this process"))
    try:
        yield
    finally:
        _OF_THIS_PROCESS.release()


def _hold_folder(stack: ExitStack, path: Path, lock_timeout: float) -> int:
    """Hold the workspace's folder, so that one process makes a workspace and the others wait; return its descriptor."""
    end = time.monotonic() + lock_timeout
    while True:
        try:
            return stack.enter_context(held(path.parent))
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise WorkspaceError(_held(path, "another process that is making it")) from error
        except OSError as error:
            raise _unwritable(path, error.strerror) from error
        time.sleep(_POLL)


@contextmanager
def _new(path: Path, folder: int) -> Iterator[Path]:
    """Yield where to make a workspace; what is whole takes its place at `path`, and a killed process leaves none there."""
    new = path.with_name(f".{path.name}.new")
    with _told(path):
        _remove(new)
    try:
        yield new
        with _told(path):
            new.rename(path)
            os.fsync(folder)
    finally:
        _remove(new)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say in a sentence why nothing can be made at `path`."""
    try:
        yield
    except OSError as error:
        raise _unwritable(path, error.strerror) from error


@contextmanager
def _transaction(place: Path, path: Path, lock_timeout: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to the file at `place` inside a transaction; messages call it `path`."""
    con = _connect(place, path, read_only=False, lock_timeout=lock_timeout)
    try:
        con.execute("begin")
        if place == path:
            _update(con, _versions(con, path), path)
        else:
            _create(con)
        yield con
        con.execute("commit")
        if place != path:
            con.execute("checkpoint")
    except duckdb.Error as error:
        why = _said_by_system(error)
        if not why and not isinstance(error, duckdb.IOException):
            raise
        raise _unwritable(path, why or _first_line(error)) from error
    finally:
        con.close()


def _is_of_today(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Return whether the file is a workspace of our schema, with keys made by the rules of today; raises WorkspaceError for a newer one."""
    versions = _versions(con, path)
    _refuse_newer(versions, path)
    return versions == _OURS


def require(path: Path, *, needed: bool = True) -> None:
    """Raise WorkspaceError when there is no workspace at `path`: a job in the wrong folder must stop.

    A job for which it is not `needed` is told how to do without.
    """
    if not _exists(path):
        ways = ["Name it with --workspace", "make one with `leadsieve snapshot load`"]
        without = [] if needed else ["say --no-workspace to check the list only against itself"]
        *others, last = [*ways, *without]
        msg = f"There is no workspace at {path}. {', '.join(others)}, or {last}."
        raise WorkspaceError(msg)


def _versions(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, int]:
    """Return the versions of the schema and of the keys; raises WorkspaceError when the file is no workspace."""
    try:
        return {name: int(value) for name, value in con.execute("select name, value from facts_of_file").fetchall()}
    except duckdb.CatalogException as error:
        # DuckDB opens other tables too, a CSV file for one.
        kind = "no DuckDB file" if _is_other_file(path) else "a DuckDB file but no leadsieve workspace"
        msg = f"{path} is {kind}. Name the right file with --workspace."
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
        con.execute(statement(f"migrations/{version}.sql"))
        con.execute("update facts_of_file set value = ? where name = 'schema_version'", [str(version)])
    if _versions(con, path)["key_version"] < KEY_VERSION:
        from leadsieve.workspace.keys import make_anew  # what it needs is only loaded for an old workspace

        make_anew(con)


def statement(name: str) -> str:
    """Return the text of one of the SQL files beside this module."""
    return files("leadsieve.workspace").joinpath(name).read_text("utf-8")


def _create(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(statement("schema.sql"))
    con.executemany("insert into facts_of_file values (?, ?)", [(name, str(value)) for name, value in _OURS.items()])


def _require_folder(path: Path) -> None:
    if not path.parent.is_dir():
        msg = f"The folder of the workspace {path} does not exist. Make it, or name another file with --workspace."
        raise WorkspaceError(msg)


def _connect(place: Path, path: Path, *, read_only: bool, lock_timeout: float) -> duckdb.DuckDBPyConnection:
    made = _mask_others()
    try:
        return _patiently(lambda: connect(place, read_only=read_only), path, lock_timeout)
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
    return ("lock" in str(error) and isinstance(error, duckdb.IOException)) or _OPEN_HERE in str(error)


def _locked(path: Path, error: duckdb.Error) -> WorkspaceError:
    if _OPEN_HERE in str(error):
        return WorkspaceError(_held(path, "a connection of this process"))
    holder = re.search(r"held in (\S+) \(PID (\d+)\)", str(error))
    return WorkspaceError(_held(path, f"process {holder[2]} ({Path(holder[1]).name})" if holder else "another process"))


def _held(path: Path, who: str) -> str:
    return f"The workspace {path} is held by {who}. Wait until it is done or raise --lock-timeout."


def _unusable(path: Path, error: duckdb.Error) -> WorkspaceError:
    if "newer version" in str(error) or "storage version" in str(error).lower():
        return WorkspaceError(f"The workspace {path} was written by a newer DuckDB. Update leadsieve and its DuckDB.")
    why = _said_by_system(error)
    if why and not path.exists():
        return _unwritable(path, why)
    if why:
        return WorkspaceError(
            f"The workspace {path} cannot be opened: {why}. Change its rights, or name another with --workspace."
        )
    return WorkspaceError(f"{path} cannot be opened as a workspace: {_what_it_is(path)}.")


def _what_it_is(path: Path) -> str:
    """Return what stands where a workspace was to be opened, and what to do."""
    if not path.stat().st_size:
        return "it is empty. Remove it, or name the right file with --workspace"
    if _is_other_file(path):
        return "it is no DuckDB file. Name the right file with --workspace"
    return "it is broken. Take it from a backup, or make another with `leadsieve snapshot load`"


def _is_other_file(path: Path) -> bool:
    where, mark = _DUCKDB_BEGINS
    with path.open("rb") as file:
        return file.read(where.stop)[where] != mark


def _exists(path: Path) -> bool:
    """Tell whether a file stands there; raises WorkspaceError for what is none, and where its folder may not be looked into."""
    try:
        if path.exists() and not path.is_file():
            kind = "a folder. Name the file in it with" if path.is_dir() else "no file. Name another with"
            msg = f"{path} cannot be opened as a workspace: it is {kind} --workspace."
            raise WorkspaceError(msg)
        return path.exists()
    except OSError as error:
        msg = f"The workspace {path} cannot be opened: {error.strerror}. Change the rights of its folder, or name another with --workspace."
        raise WorkspaceError(msg) from error


def _said_by_system(error: duckdb.Error) -> str | None:
    """Return the system's own words, with which DuckDB ends a sentence about a file's inner name."""
    said = _first_line(error).rpartition(": ")[2].strip()
    return said if said in _SAID_BY_SYSTEM else None


def _unwritable(path: Path, why: str | None) -> WorkspaceError:
    if why in _FULL:
        advice = "Free some space and run again"
    elif why in _SAID_BY_SYSTEM:
        advice = "Change the rights of its folder, or name another with --workspace"
    else:
        advice = "Mend that and run again"
    kept = "; it is as it was" if path.exists() else ""
    return WorkspaceError(f"The workspace {path} cannot be written: {why}. {advice}{kept}.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].split(": ", 1)[-1]


def _log(path: Path) -> Path:
    """Return where DuckDB keeps what is committed and not yet in the file."""
    return path.with_name(f"{path.name}.wal")


def _remove(path: Path) -> None:
    for leftover in (path, _log(path)):
        leftover.unlink(missing_ok=True)
