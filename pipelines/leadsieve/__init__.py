"""Make raw lead lists safe to import into an outreach tool."""

from typing import TYPE_CHECKING

from leadsieve.errors import (
    InputError,
    LeadsieveError,
    OutputError,
    SuiteError,
    UsageError,
    ValidationError,
    WorkspaceError,
)
from leadsieve.late import late_names
from leadsieve.namespace import offer_lead

if TYPE_CHECKING:
    from leadsieve.intake import read
    from leadsieve.pipeline import run
    from leadsieve.policy import Policy, load_policy
    from leadsieve.result import Result
    from leadsieve.workspace import Workspace
else:
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "leadsieve.intake": ["read"],
            "leadsieve.pipeline": ["run"],
            "leadsieve.policy": ["Policy", "load_policy"],
            "leadsieve.result": ["Result"],
            "leadsieve.workspace": ["Workspace"],
        },
    )

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

offer_lead()
