"""What a start loads, and what is there however the package was loaded."""

import importlib
import json
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import leadsieve
import leadsieve.reporting

HEAVY = {
    "altair",
    "duckdb",
    "fastexcel",
    "great_expectations",
    "numpy",
    "pandas",
    "phonenumbers",
    "polars",
    "pyarrow",
    "sqlalchemy",
    "vl_convert",
}
WHAT_IS_LOADED = """
import json, sys
from leadsieve.cli import main
try:
    main(sys.argv[1:])
finally:
    print("\\n" + json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def in_a_new_process(program, *arguments, cwd=None):
    """Run a program of Python in a process that has imported nothing, and return what it printed."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        timeout=60,
    )
    assert "Traceback" not in ended.stderr
    return ended.stdout


def loaded(*command, cwd):
    return set(json.loads(in_a_new_process(WHAT_IS_LOADED, *command, cwd=cwd).splitlines()[-1]))


@pytest.mark.parametrize(
    "command",
    ["--help", "run --help", "snapshot load --help", "--version", "rnu", "run --no-such-option", "limits"],
)
def test_what_needs_no_data_loads_no_engine(tmp_path, command):
    assert loaded(*command.split(), cwd=tmp_path) & HEAVY == set()


@pytest.mark.parametrize("command", ["--help", "run --help", "snapshot load --help", "--version", "rnu"])
def test_a_help_page_loads_neither_rich_nor_pydantic(tmp_path, command):
    assert loaded(*command.split(), cwd=tmp_path) & {"rich", "pydantic"} == set()


def test_a_run_loads_only_what_it_uses(tmp_path):
    (tmp_path / "leads.csv").write_text("Email,Company\nann@fresh-corp.com,Fresh\n", "utf-8")
    command = ["run", "leads.csv", "--campaign", "Q4 Outreach", "--no-workspace", "--dry-run"]

    found = loaded(*command, cwd=tmp_path)

    assert "polars" in found
    unused = {"altair", "fastexcel", "great_expectations", "phonenumbers", "sqlalchemy", "vl_convert"}
    assert found & unused == set()


@pytest.mark.parametrize(
    "imports",
    [
        "import polars as pl; import leadsieve",
        "import leadsieve; import polars as pl",
        "import leadsieve; leadsieve.read; import polars as pl",
        "import leadsieve.identity; import polars as pl",
        "from polars import col; import leadsieve; import polars as pl",
        "import leadsieve, importlib.util; importlib.util.find_spec('polars'); import polars as pl",
    ],
)
def test_the_namespace_is_there_in_whichever_order_one_imports(imports):
    program = f"{imports}; print(pl.select(pl.lit('Ann@Fresh-Corp.com').lead.email()).item())"

    assert in_a_new_process(program) == "ann@fresh-corp.com\n"


def test_polars_is_left_as_it_would_be_without_us():
    program = (
        "import {} sys, polars; print(polars.__spec__, polars.__loader__ is polars.__spec__.loader, sys.meta_path)"
    )

    after, without = (in_a_new_process(program.format(first)) for first in ("leadsieve,", ""))

    assert without_addresses(after) == without_addresses(without)


def without_addresses(text):
    return [word for word in text.split() if not word.startswith("0x")]


@pytest.mark.parametrize("package", [leadsieve, leadsieve.reporting], ids=lambda package: package.__name__)
def test_every_exported_name_is_there_and_gives_way_to_no_module(package):
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")

    assert set(package.__all__) <= set(dir(package))
    assert [name for name in package.__all__ if isinstance(getattr(package, name), ModuleType)] == []


def test_a_name_that_is_not_there_is_told():
    with pytest.raises(AttributeError, match="module 'leadsieve' has no attribute 'rnu'"):
        leadsieve.rnu  # noqa: B018 -- to ask is the test
