"""Tables as every command prints them."""

from collections.abc import Collection, Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text


def plain_table(*columns: str, right: Collection[int] = (), title: str = "") -> Table:
    """Return a table without lines; `right` are the columns (from 0) that hold numbers. No cell is ever wrapped."""
    table = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        box=None,
        padding=(0, 2, 0, 0),
        pad_edge=False,
        header_style="dim",
    )
    for number, column in enumerate(columns):
        table.add_column(Text(column), justify="right" if number in right else "left")
    return table


def cut(text: str) -> Text:
    """Return a text of the user's as a cell that gives way first where the screen is narrow, and is never read as markup."""
    return Text(text, no_wrap=True, overflow="ellipsis")


def print_list(title: str, lines: Iterable[str], console: Console) -> None:
    """Print the lines below a title, each with a bullet; nothing at all when there is no line."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for line in lines:
        table.add_row("  •", Text(line))
    if table.row_count:
        console.print()
        console.print(Text(title, style="bold"))
        console.print(table)
