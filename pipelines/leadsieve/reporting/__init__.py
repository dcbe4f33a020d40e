"""What a run tells: its summary as numbers, as text and as HTML, and the explanation of one row."""

from leadsieve.reporting.age import old_snapshot
from leadsieve.reporting.comparison import differences, print_comparison
from leadsieve.reporting.html import render_html
from leadsieve.reporting.over_runs import Runs, duplicate_rates, published_runs, recorded_runs
from leadsieve.reporting.page import render_page
from leadsieve.reporting.periods import Period, periods
from leadsieve.reporting.rules import different_rules
from leadsieve.reporting.screen import cut, plain_table, print_list
from leadsieve.reporting.sections import Told, markdown, over_runs_page, print_told, tell
from leadsieve.reporting.steps import next_steps
from leadsieve.reporting.summary import advice, summarise
from leadsieve.reporting.text import print_steps, print_summary
from leadsieve.reporting.troubleshooting import Issue, Trouble, troubles
from leadsieve.reporting.why import Act, Change, Explanation, explain

__all__ = [
    "Act",
    "Change",
    "Explanation",
    "Issue",
    "Period",
    "Runs",
    "Told",
    "Trouble",
    "advice",
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
