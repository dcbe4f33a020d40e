"""What a run decided, as plain data: what the output is written from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from leadsieve.batching import Plan
from leadsieve.lead_list import LeadList
from leadsieve.policy import Policy
from leadsieve.sieve import Sieved
from leadsieve.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a run decided. `ledger` has one row for every record of the input; `summary` holds the counts of `summary.json`."""

    ledger: pl.DataFrame
    summary: Mapping[str, Any]
    policy: Policy
    lead_list: LeadList
    sieved: Sieved
    plan: Plan
    workspace: Workspace | None
