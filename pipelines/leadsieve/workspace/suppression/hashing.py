"""Addresses as keyed hashes (HMAC-SHA-256, RFC 2104): still held back, no longer readable. What it protects: docs/suppression.md."""

import hmac
import os
import re
from pathlib import Path
from typing import Final

import polars as pl

from leadsieve.counts import counted
from leadsieve.errors import UsageError, WorkspaceError

KEY_VARIABLE: Final = "LEADSIEVE_HASH_KEY"
CHECK: Final = "hash_key_check"
"""The fact of a workspace that tells its key from another: a number made with the key, not the key."""

PREFIX: Final = "hmac-sha256:"
_READY = re.compile(rf"{PREFIX}([0-9a-f]{{64}})", re.IGNORECASE)
_SHORTEST = 32  # RFC 2104, 3: keys shorter than the hash's 32 bytes are strongly discouraged
_MAKE_ONE = (
    f"`openssl rand -hex 32` makes one; name its file with `hash_key_file` in the policy, or put it in {KEY_VARIABLE}"
)


def ready_hash(value: str) -> str | None:
    """Return the hash that a cell such as `hmac-sha256:<64 hex>` names, or null."""
    found = _READY.fullmatch(value.strip())
    return found[1].lower() if found else None


def hash_of(address: str, key: bytes) -> str:
    """Return the keyed hash of a canonical address, in lower-case hexadecimal."""
    return hmac.digest(key, address.encode(), "sha256").hex()


def hashes_of(addresses: pl.Series, key: bytes) -> pl.Series:
    """Return the keyed hash of every address."""
    return pl.Series([hash_of(address, key) for address in addresses], dtype=pl.String)


def check_of(key: bytes) -> str:
    """Return what a workspace keeps of its key, a whole number like its other facts."""
    return str(int.from_bytes(hmac.digest(key, b"leadsieve hash key check", "sha256")[:8]))


def read_key(file: str) -> bytes | None:
    """Return the key of the environment, else of the key file (empty: none), or null when neither gives one.

    Raises UsageError for a file that cannot be read and for a key that is too short.
    """
    told = os.environ.get(KEY_VARIABLE, "").strip()
    where = KEY_VARIABLE
    if not told and file:
        where = f"The key file {file}"
        try:
            told = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            msg = f"{where}, which `hash_key_file` names, cannot be read. Mend the policy or the file; {_MAKE_ONE}."
            raise UsageError(msg) from error
    if (told or where != KEY_VARIABLE) and len(told) < _SHORTEST:
        msg = f"{where} holds a key of fewer than {_SHORTEST} characters. Use a random one: {_MAKE_ONE}."
        raise UsageError(msg)
    return told.encode() or None


def required_key(file: str, why: str) -> bytes:
    """Return the key; raises WorkspaceError when there is none, and `why` it is needed."""
    key = read_key(file)
    if key is None:
        msg = f"{why}, and no key is given. Give the key that the team uses for it ({_MAKE_ONE})."
        raise WorkspaceError(msg)
    return key


def key_of_hashes(file: str, *, hashes: int, check: str | None) -> bytes | None:
    """Return the key of a workspace that holds so many hashes, or null when it holds none.

    Raises WorkspaceError when there is no key, or when it is not the one that the hashes were made with (`check`).
    """
    if not hashes:
        return None
    held = counted(hashes, "opt-out")
    key = required_key(file, f"The workspace holds {held} as keyed hashes")
    if check != check_of(key):
        msg = (
            f"The workspace holds {held} as keyed hashes made with another key than the one given. "
            f"Give the first key again, by `hash_key_file` in the policy or by {KEY_VARIABLE}."
        )
        raise WorkspaceError(msg)
    return key
