"""The gate of a run: nothing is published that its expectations have not passed."""

from leadsieve.validation.briefing import Brief, brief
from leadsieve.validation.gate import Gate
from leadsieve.validation.published_run import check_published
from leadsieve.validation.verdict import Result, Verdict

__all__ = ["Brief", "Gate", "Result", "Verdict", "brief", "check_published"]
