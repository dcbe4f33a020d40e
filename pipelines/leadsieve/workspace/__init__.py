"""The team's state as known here: campaigns, who is in them with which status, who is suppressed. One DuckDB file."""

from leadsieve.workspace.facade import Workspace
from leadsieve.workspace.imports import Imported, Unshown
from leadsieve.workspace.runs import record_run
from leadsieve.workspace.snapshots import Loaded
from leadsieve.workspace.statuses import known_statuses, status_table
from leadsieve.workspace.store import attach, require
from leadsieve.workspace.suppression import Added
from leadsieve.workspace.suppression.hashing import CHECK as HASH_CHECK
from leadsieve.workspace.suppression.hashing import hashes_of, key_of_hashes
from leadsieve.workspace.tombstones import Departure, deletions

__all__ = [
    "HASH_CHECK",
    "Added",
    "Departure",
    "Imported",
    "Loaded",
    "Unshown",
    "Workspace",
    "attach",
    "deletions",
    "hashes_of",
    "key_of_hashes",
    "known_statuses",
    "record_run",
    "require",
    "status_table",
]
