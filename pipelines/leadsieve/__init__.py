"""Make raw lead lists safe to import into an outreach tool."""

from leadsieve.errors import (
    InputError,
    LeadsieveError,
    OutputError,
    SuiteError,
    UsageError,
    ValidationError,
    WorkspaceError,
)
from leadsieve.intake import read
from leadsieve.pipeline import run
from leadsieve.policy import Policy, load_policy
from leadsieve.result import Result
from leadsieve.workspace import Workspace

__all__ = [
    "InputError",
    "LeadsieveError",
    "OutputError",
    "Policy",
    "Result",
    "SuiteError",
    "UsageError",
    "ValidationError",
    "Workspace",
    "WorkspaceError",
    "load_policy",
    "read",
    "run",
]
