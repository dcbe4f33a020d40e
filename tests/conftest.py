"""What all tests share: reports are drawn only where a test looks at one."""

from pathlib import Path
from typing import Any

import pytest

from leadsieve import output


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let runs publish an empty report: drawing takes a second, and hundreds of tests publish. `drawn` tests draw it."""
    if not request.node.get_closest_marker("drawn"):
        monkeypatch.setattr(output, "_write_report", _blank)


def _blank(_: Any, staging: Path) -> None:
    (staging / "report.html").write_text("<!doctype html>\n", "utf-8")
