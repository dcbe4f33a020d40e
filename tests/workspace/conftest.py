"""The small workspace of the tests of opt-outs, loaded once and copied for each."""

import shutil
from pathlib import Path

import pytest

import leadsieve as ls
from workspace.opt_outs import make_workspace


@pytest.fixture(scope="session")
def small_once(tmp_path_factory: pytest.TempPathFactory) -> ls.Workspace:
    return make_workspace(tmp_path_factory.mktemp("small"))


@pytest.fixture
def small_workspace(small_once: ls.Workspace, tmp_path: Path) -> ls.Workspace:
    return ls.Workspace(shutil.copy(small_once.path, tmp_path / "workspace.duckdb"))
