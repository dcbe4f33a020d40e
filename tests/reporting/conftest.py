"""The samples decided and published once, for every test of what a run tells."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

import leadsieve as ls
from leadsieve.reporting import render_page

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
LISTS = [str(SAMPLES / name) for name in json.loads((SAMPLES / "expected.json").read_text("utf-8"))["lists"]]
PRICES = {"leads": 500, "apollo_export": 900.5, "event_booth": 0, "another team's": 1}


def pytest_collection_modifyitems(items):
    """Let every run of these tests publish its real report."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("drawn")


@dataclass(frozen=True)
class Told:
    """A run of the samples, and its page."""

    result: ls.Result
    page: str


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory):
    place = ls.Workspace(tmp_path_factory.mktemp("workspace") / "workspace.duckdb")
    place.load(SAMPLES / "workspace" / "*.csv", campaigns=SAMPLES / "campaigns.csv")
    place.suppress(SAMPLES / "unsubscribes.csv")
    return place


@pytest.fixture(scope="session")
def told(sample_workspace):
    """Run the samples with some options, each distinct run once, and draw its page."""
    done = {}

    def run(**options):
        key = json.dumps(options, sort_keys=True)
        if key not in done:
            result = ls.run(LISTS, campaign="Q4 Outreach", workspace=sample_workspace, **options)
            done[key] = Told(result, page_of(result))
        return done[key]

    return run


@pytest.fixture(scope="session")
def published(told, tmp_path_factory):
    """The folder that a run of the samples was published at, with or without `details`."""
    done = {}

    def publish(**options):
        key = json.dumps(options, sort_keys=True)
        if key not in done:
            done[key] = told(validate="off", **options).result.write(tmp_path_factory.mktemp("runs") / "out")
        return done[key]

    return publish


def page_of(result):
    return render_page(result.parts.scan(), result.summary, result.policy.as_dict())
