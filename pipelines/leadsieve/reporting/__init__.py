"""What a run tells: its summary as numbers, as text and as HTML, and the explanation of one row."""

from typing import TYPE_CHECKING

from leadsieve.late import late_names
from leadsieve.reporting.periods import Period, periods  # a module has this name, so it cannot come late

if TYPE_CHECKING:
    from leadsieve.reporting.age import old_snapshot
    from leadsieve.reporting.comparison import differences, print_comparison
    from leadsieve.reporting.html import render_html
    from leadsieve.reporting.over_runs import Runs, duplicate_rates, published_runs, recorded_runs
    from leadsieve.reporting.page import render_page
    from leadsieve.reporting.rules import different_rules
    from leadsieve.reporting.screen import cut, plain_table, print_list
    from leadsieve.reporting.sections import Told, markdown, over_runs_page, print_told, tell
    from leadsieve.reporting.steps import next_steps
    from leadsieve.reporting.summary import summarise
    from leadsieve.reporting.tally import Tally
    from leadsieve.reporting.text import print_steps, print_summary
    from leadsieve.reporting.troubleshooting import Issue, Trouble, troubles
    from leadsieve.reporting.why import Act, Change, Explanation, explain
else:
    __getattr__, __dir__ = late_names(
        __name__,
        {
            "leadsieve.reporting.age": ["old_snapshot"],
            "leadsieve.reporting.comparison": ["differences", "print_comparison"],
            "leadsieve.reporting.html": ["render_html"],
            "leadsieve.reporting.over_runs": ["Runs", "duplicate_rates", "published_runs", "recorded_runs"],
            "leadsieve.reporting.page": ["render_page"],
            "leadsieve.reporting.rules": ["different_rules"],
            "leadsieve.reporting.screen": ["cut", "plain_table", "print_list"],
            "leadsieve.reporting.sections": ["Told", "markdown", "over_runs_page", "print_told", "tell"],
            "leadsieve.reporting.steps": ["next_steps"],
            "leadsieve.reporting.summary": ["summarise"],
            "leadsieve.reporting.tally": ["Tally"],
            "leadsieve.reporting.text": ["print_steps", "print_summary"],
            "leadsieve.reporting.troubleshooting": ["Issue", "Trouble", "troubles"],
            "leadsieve.reporting.why": ["Act", "Change", "Explanation", "explain"],
        },
    )

__all__ = [
    "Act",
    "Change",
    "Explanation",
    "Issue",
    "Period",
    "Runs",
    "Tally",
    "Told",
    "Trouble",
    "cut",
    "differences",
    "different_rules",
    "duplicate_rates",
    "explain",
    "markdown",
    "next_steps",
    "old_snapshot",
    "over_runs_page",
    "periods",
    "plain_table",
    "print_comparison",
    "print_list",
    "print_steps",
    "print_summary",
    "print_told",
    "published_runs",
    "recorded_runs",
    "render_html",
    "render_page",
    "summarise",
    "tell",
    "troubles",
]
