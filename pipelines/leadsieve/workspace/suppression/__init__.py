"""Who must not be written to, above every dedup mode: by email, domain, LinkedIn profile, phone, or keyed hash of an email."""

from leadsieve.workspace.suppression.changes import (
    Added,
    Erased,
    add_suppressions,
    erase_suppressions,
    export_suppressions,
    list_suppressions,
    remove_suppressions,
)

__all__ = [
    "Added",
    "Erased",
    "add_suppressions",
    "erase_suppressions",
    "export_suppressions",
    "list_suppressions",
    "remove_suppressions",
]
