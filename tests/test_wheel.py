"""The wheel brings all that the commands need, and nothing of the workshop."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOREIGN = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the checkout by the tools that are here, without an index."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def files(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment of its own that has the wheel, and of the present one the dependencies but not the checkout."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(folder)}))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # A plain path entry does not run the .pth files of that folder, so an editable install of the checkout stays out.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return folder / "bin" / "python"


def run(python, folder, *arguments):
    environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return subprocess.run(
        [python, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=180
    )


@pytest.mark.parametrize("folder", ["data/samples", "expectations"])
def test_samples_and_suites_travel_in_the_wheel(files, folder):
    kept = [path for path in (ROOT / folder).rglob("*") if path.suffix in {".csv", ".json", ".md"}]
    bundled = f"leadsieve/bundled/{Path(folder).name}"

    assert kept
    assert {f"{bundled}/{path.relative_to(ROOT / folder).as_posix()}" for path in kept} <= files


def test_every_file_of_the_package_is_in_the_wheel(files):
    source = ROOT / "pipelines"
    kept = [path for path in (source / "leadsieve").rglob("*") if path.is_file() and path.suffix != ".pyc"]

    assert {path.relative_to(source).as_posix() for path in kept} <= files


def test_nothing_of_the_workshop_is_in_the_wheel(files):
    below = [name for name in files if name.startswith("leadsieve/bundled/")]

    assert [name for name in below if name.endswith(".py")] == []
    assert [name for name in files if "__pycache__" in name or name.endswith((".pyc", ".duckdb"))] == []
    assert {name.split("/")[0].split("-")[0] for name in files} == {"leadsieve"}


def test_the_installed_package_is_the_wheels(installed, tmp_path):
    ended = run(installed, tmp_path, "-c", "import leadsieve; print(leadsieve.__file__)")

    assert Path(ended.stdout.strip()).is_relative_to(installed.parents[1])


def test_the_demo_runs_in_an_empty_folder_from_the_wheel_alone(installed, tmp_path):
    ended = run(installed, tmp_path, "-m", "leadsieve.cli", "demo")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("Written to demo/out\n")
    manifest = json.loads((tmp_path / "demo" / "out" / "manifest.json").read_text("utf-8"))
    assert manifest["validated"] == {"mode": "gate", "passed": True}
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
