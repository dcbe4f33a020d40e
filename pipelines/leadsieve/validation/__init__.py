"""The gate of a run: nothing is published that its expectations have not passed."""

from leadsieve.validation.gate import Gate
from leadsieve.validation.verdict import Result, Verdict

__all__ = ["Gate", "Result", "Verdict"]
