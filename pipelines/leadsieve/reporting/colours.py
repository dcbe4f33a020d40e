"""The colours of the charts by name, in light and in dark: told apart by people who see few colours, and on paper by their shade."""

from typing import Final

LIGHT: Final = {
    "on": "#ffffff",
    "input": "#6c757e",
    "create": "#1a69a6",
    "update": "#3f8f9a",
    "duplicate": "#66717c",
    "in_progress": "#ad7200",
    "suppressed": "#8b5c93",
    "skipped": "#8b939a",
    "failed": "#b8482a",
    "new": "var(--create)",
    "known": "var(--duplicate)",
    "repeats": "var(--skipped)",
}
DARK: Final = {
    **LIGHT,
    "on": "#101214",
    "input": "#8d969e",
    "create": "#6cb2e8",
    "update": "#6fc0cb",
    "duplicate": "#97a2ad",
    "in_progress": "#e3ab3d",
    "suppressed": "#c093c8",
    "skipped": "#717a82",
    "failed": "#ec8767",
}


def declared(colours: dict[str, str]) -> str:
    """Return the colours as CSS declares them."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
