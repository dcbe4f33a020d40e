import re
import subprocess
import sys
from pathlib import Path

import pytest

import leadsieve.identity

ROOT = Path(__file__).parent.parent.parent
RULES = (ROOT / "docs" / "identity.md").read_text(encoding="utf-8")
CODE = Path(leadsieve.identity.__file__).parent


def test_the_scores_page_is_current() -> None:
    script = ROOT / "benchmarks" / "identity_scores.py"
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("module", sorted(CODE.glob("*.py")), ids=lambda path: path.stem)
def test_every_rule_that_the_code_cites_is_on_the_page(module: Path) -> None:
    cited = set(re.findall(r"\b[LE]\d{1,2}\b", re.sub(r"(?m)^[^\"#]*$", "", module.read_text(encoding="utf-8"))))
    assert cited <= set(re.findall(r"(?m)^\| ([LE]\d{1,2}) \|", RULES))


@pytest.mark.parametrize("name", ["SURPLUS", *leadsieve.identity.__all__])
def test_what_is_exported_is_there(name: str) -> None:
    assert hasattr(leadsieve.identity, name) == (name != "SURPLUS")
