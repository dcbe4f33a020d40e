"""The gate of a run: nothing is published that its expectations have not passed."""

from typing import TYPE_CHECKING

from leadsieve.late import late_names

if TYPE_CHECKING:
    from leadsieve.validation.briefing import Brief, brief
    from leadsieve.validation.gate import Gate
    from leadsieve.validation.published_run import check_published
    from leadsieve.validation.verdict import Result, Verdict
else:
    # The gate's child is started before anything else is loaded, and loads little itself before Great Expectations.
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "leadsieve.validation.briefing": ["Brief", "brief"],
            "leadsieve.validation.gate": ["Gate"],
            "leadsieve.validation.published_run": ["check_published"],
            "leadsieve.validation.verdict": ["Result", "Verdict"],
        },
    )

__all__ = ["Brief", "Gate", "Result", "Verdict", "brief", "check_published"]
