"""What a run tells: its summary as numbers, as text and as HTML, and the explanation of one row."""

from leadsieve.reporting.comparison import differences, print_comparison
from leadsieve.reporting.html import render_html
from leadsieve.reporting.screen import cut, plain_table, print_list
from leadsieve.reporting.steps import next_steps
from leadsieve.reporting.summary import advice, summarise
from leadsieve.reporting.text import print_steps, print_summary
from leadsieve.reporting.why import Explanation, explain

__all__ = [
    "Explanation",
    "advice",
    "cut",
    "differences",
    "explain",
    "next_steps",
    "plain_table",
    "print_comparison",
    "print_list",
    "print_steps",
    "print_summary",
    "render_html",
    "summarise",
]
