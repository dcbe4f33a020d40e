"""Publish a folder all at once, or nothing: staged beside its final place, synced, renamed."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from glob import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

from leadsieve.errors import OutputError, UsageError, why_unwritten
from leadsieve.formulas import guarded
from leadsieve.holding import held, is_fresh, is_held
from leadsieve.identity import KEY_VERSION, data_versions

MANIFEST = "manifest.json"
LEDGER = "ledger.parquet"
SUMMARY = "summary.json"
_OUR_KEYS = {"leadsieve", "files"}
_STAGING, _OLD = "staging", "old"
_OF_A_MOMENT = "[^/]+-[0-9]{8}T[0-9]{6}Z"
_NOT_PUBLISHED = ".not-published"
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


@contextmanager
def staged(out: Path, *, force: bool) -> Iterator[Path]:
    """Yield a folder to fill; when the block ends well it stands at `out`, else nothing does.

    Raises UsageError for an existing `out` (without `force`) and one that no run made, OutputError for a disk that is full.
    """
    with _told(out), ExitStack() as undo:
        place = out.resolve()
        _tidy(place)
        _refuse(place, out, force=force)
        _refuse_beside(place, out)
        _make_parents(place, undo)
        staging = _beside(place, _STAGING)
        staging.mkdir(mode=_FOLDER_MODE)
        undo.callback(shutil.rmtree, staging, ignore_errors=True)
        with held(staging):
            yield staging
            _sync(staging)
            # Another run may have published there while this one was at work.
            _refuse(place, out, force=force)
            _swap(staging, place, force=force)
        undo.pop_all()


def keep_aside(staging: Path, out: Path) -> Path | None:
    """Move what was staged to `<out>.not-published`, readable by its owner only, in place of an older one; return it.

    Whatever else stands there stays, and nothing is kept.
    """
    kept = out.with_name(f"{out.name}{_NOT_PUBLISHED}")
    if os.path.lexists(kept) and not _is_ours(kept):
        return None
    shutil.rmtree(kept, ignore_errors=True)
    _sync(staging)
    staging.rename(kept)
    return kept


def refuse(out: Path, *, force: bool) -> None:
    """Raise UsageError early for a folder that could not be published to, or that another run is writing to."""
    with _told(out):
        _tidy(out.resolve())
        _refuse(out.resolve(), out, force=force)
        _refuse_beside(out.resolve(), out)


@contextmanager
def _told(out: Path) -> Iterator[None]:
    """Turn what the system says into a sentence."""
    try:
        yield
    except OSError as error:
        why, advice = why_unwritten(error)
        msg = f"{out} cannot be written: {why}. {advice}, or name another folder; nothing was published."
        raise OutputError(msg) from error


def _refuse(place: Path, out: Path, *, force: bool) -> None:
    if not os.path.lexists(place):
        return
    if not force:
        msg = f"{out} exists already. Name another folder, or replace this one with --force."
        raise UsageError(msg)
    if not _is_ours(place):
        msg = f"{out} is no folder that a run made, so --force does not replace it. Name another folder."
        raise UsageError(msg)


def _refuse_beside(place: Path, out: Path) -> None:
    """Refuse early what another process is about to publish: the later of the two would be refused after all its work."""
    made = place.parent.glob(f".{escape(place.name)}.{_STAGING}-*")
    if any(is_held(staging) for staging in made):
        msg = f"Another run is writing to {out} now. Wait until it is done, or name another folder."
        raise UsageError(msg)


def _is_ours(place: Path) -> bool:
    """Tell a folder that a run made, or an empty one; other programs have a `manifest.json` too."""
    if not place.is_dir():
        return False
    if not any(place.iterdir()):
        return True
    try:
        manifest = json.loads((place / MANIFEST).read_bytes())
    except (FileNotFoundError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.keys() >= _OUR_KEYS


def _make_parents(place: Path, undo: ExitStack) -> None:
    """Make the folders above; on failure those that are still empty go again."""
    missing = [folder for folder in place.parents if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        undo.callback(_remove_empty, folder)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _beside(place: Path, what: str) -> Path:
    return place.with_name(f".{place.name}.{what}-{os.getpid()}")


def _swap(staging: Path, place: Path, *, force: bool) -> None:
    """Move what stands at the place aside (with `force`), the new folder there, then remove the old; on failure put all back."""
    old = _beside(place, _OLD)
    replaced = force and place.exists()
    with held(place) if replaced else nullcontext():
        try:
            if replaced:
                place.rename(old)
            staging.rename(place)
            _sync_folder(place.parent)
        except BaseException:
            _put_back(staging, place, old)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _put_back(staging: Path, place: Path, old: Path) -> None:
    """Undo what a swap has done so far."""
    if not staging.exists():
        place.rename(staging)
    if old.exists():
        old.rename(place)


def _tidy(place: Path) -> None:
    """Remove what killed runs left beside the place; an old folder comes back if the new one never took its place.

    Runs to this place, and those that were called after their moment (`names.default_out`), which no later run is: of these what is
    older than a minute, for one that begins holds its folder a moment after it has made it.
    """
    pattern = re.compile(rf"\.({re.escape(place.name)}|{_OF_A_MOMENT})\.({_STAGING}|{_OLD})-[0-9]+")
    for left in sorted(place.parent.iterdir()) if place.parent.is_dir() else ():
        found = pattern.fullmatch(left.name)
        if not found or is_held(left) or (found[1] != place.name and _is_fresh(left)):
            continue
        home = place.with_name(found[1])
        if found[2] == _OLD and not home.exists():
            left.rename(home)
        else:
            shutil.rmtree(left, ignore_errors=True)


def _is_fresh(folder: Path) -> bool:
    try:
        return is_fresh(folder)
    except FileNotFoundError:  # another run was quicker
        return True


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(_FILE_MODE)
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            path.chmod(_FOLDER_MODE)
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_csv(table: pl.DataFrame, path: Path, *, for_spreadsheets: bool = False) -> None:
    """Write a table as UTF-8 with commas, RFC 4180 quotes, LF and a header.

    `for_spreadsheets` with a BOM, and with an apostrophe before cells that a spreadsheet would run as a formula.
    """
    path.parent.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    told = guarded(table) if for_spreadsheets else table
    told.write_csv(path, include_bom=for_spreadsheets, line_terminator="\n", quote_style="necessary")


def append_csv(table: pl.DataFrame, path: Path, *, for_spreadsheets: bool = False) -> None:
    """Write a table behind what the file has; a new file begins as `write_csv` begins it."""
    if not path.exists():
        write_csv(table, path, for_spreadsheets=for_spreadsheets)
        return
    told = guarded(table) if for_spreadsheets else table
    with path.open("ab") as file:
        told.write_csv(file, include_header=False, line_terminator="\n", quote_style="necessary")


def write_manifest(staging: Path, about: Mapping[str, Any], rows: Mapping[str, int]) -> None:
    """Write, last of all, what the folder was made from and the files in it, with SHA-256 and (for tables) rows."""
    files = sorted(path for path in staging.rglob("*") if path.is_file())
    names = [path.relative_to(staging).as_posix() for path in files]
    with ThreadPoolExecutor() as pool:
        digests = list(pool.map(sha256, files))
    manifest = {
        "leadsieve": version("leadsieve"),
        "key_version": KEY_VERSION,
        "data_versions": data_versions(),
        "made_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        **about,
        "files": [{"file": n, "sha256": d, "rows": rows.get(n)} for n, d in zip(names, digests, strict=True)],
    }
    (staging / MANIFEST).write_text(to_json(manifest), "utf-8")


def to_json(value: Any) -> str:
    """Return plain values as the JSON files of a run have them."""
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
