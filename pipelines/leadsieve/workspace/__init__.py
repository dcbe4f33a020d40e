"""The team's state as known here: campaigns, who is in them with which status, who is suppressed. One DuckDB file."""

from leadsieve.workspace.facade import Workspace
from leadsieve.workspace.snapshots import Loaded
from leadsieve.workspace.statuses import known_statuses, status_table
from leadsieve.workspace.store import attach, put, require
from leadsieve.workspace.suppression import Added

__all__ = ["Added", "Loaded", "Workspace", "attach", "known_statuses", "put", "require", "status_table"]
