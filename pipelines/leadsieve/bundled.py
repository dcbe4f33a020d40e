"""What travels with the package: samples and suites, from the wheel or from the checkout."""

from importlib.resources import files
from pathlib import Path

_IN_CHECKOUT = {"samples": "data/samples", "expectations": "expectations"}


def bundled(what: str) -> Path:
    """Return the folder of the bundled `samples` or `expectations`."""
    package = Path(str(files("leadsieve")))
    installed = package / "bundled" / what
    return installed if installed.is_dir() else package.parents[1] / _IN_CHECKOUT[what]
