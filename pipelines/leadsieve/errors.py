"""Every error that leadsieve raises for the person in front of it.

::

    LeadsieveError
    ├── UsageError      the command, an option or the policy is wrong        exit status 2
    ├── SuiteError      a suite of expectations is wrong                     exit status 2
    ├── InputError      a list or an export cannot be used                   exit status 3
    ├── WorkspaceError  the workspace cannot be used                         exit status 3
    ├── OutputError     the result cannot be written                         exit status 3
    └── ValidationError the output did not pass its expectations             exit status 1

A message is one or two sentences: what happened, to what, what to do. It never quotes a person's data. A bad *row* is no
error: it carries a `Reason`.
"""

import errno
import os
import re
from typing import ClassVar


class LeadsieveError(Exception):
    """The base of all errors that a person is told in one sentence."""

    exit_status: ClassVar[int] = 3


class UsageError(LeadsieveError):
    """The command, an option or the policy is wrong."""

    exit_status = 2


class SuiteError(LeadsieveError):
    """A suite of expectations cannot be read, or asks for what nobody can check."""

    exit_status = 2


class InputError(LeadsieveError):
    """A list or an export cannot be used."""


class WorkspaceError(LeadsieveError):
    """The workspace is absent, locked, broken or of another version."""


class OutputError(LeadsieveError):
    """The result cannot be written where it should stand."""


class ValidationError(LeadsieveError):
    """The output did not pass its expectations; nothing was published."""

    exit_status = 1


def system_number(error: Exception) -> int | None:
    """Return the system's number of what went wrong, where the error tells it; Polars only writes it into its text."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return getattr(error, "errno", None) or (int(found[1]) if found else None)


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def why_unwritten(error: Exception) -> tuple[str, str]:
    """Return why a place cannot be written, without the inner name that was tried, and what to do first."""
    number = system_number(error)
    return os.strerror(number) if number else str(error), "Free some space" if number in _FULL else "Mend that"
