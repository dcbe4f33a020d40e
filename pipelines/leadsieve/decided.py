"""What a run decided, as plain data: what the output is written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from leadsieve.batching import Plan
from leadsieve.lead_list import LeadList
from leadsieve.policy import Policy
from leadsieve.sieve import Sieved
from leadsieve.spool import FileSpool
from leadsieve.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which columns the batch files have: the lead fields that the list gave, and its chosen custom variables."""

    fields: tuple[str, ...]
    variables: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a run decided. `parts` is the ledger, one row for every record of the input; `summary` holds the counts of `summary.json`.

    `shape` says which columns the batch files have.
    """

    parts: FileSpool
    shape: Shape
    summary: Mapping[str, Any]
    policy: Policy
    lead_list: LeadList
    sieved: Sieved
    plan: Plan
    workspace: Workspace | None
