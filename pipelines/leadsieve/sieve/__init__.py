"""From keys to decisions: persons, facts, suppression, outcomes, in DuckDB over narrow tables."""

from leadsieve.sieve.steps import Sieved, prepared, sieve, storage_campaign
from leadsieve.sieve.target import Target

__all__ = ["Sieved", "Target", "prepared", "sieve", "storage_campaign"]
