"""Notebooks are stripped, numbered questions that call the package; `make test` also runs them with nbmake."""

from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 18


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{n:02}" for n in range(1, len(NOTEBOOKS) + 1)] != []


def test_a_notebook_opens_with_its_title_and_question(notebook):
    first = notebook.cells[0]
    assert (first.cell_type, first.source.startswith("# "), "?" in first.source) == ("markdown", True, True)


def test_no_output_or_machine_is_kept(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))
    assert not notebook.metadata


def test_the_parameters_stand_in_one_cell_and_point_at_the_samples(notebook):
    tagged = [cell for cell in code_cells(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    assert "../data/samples/" in tagged[0].source


def test_cells_are_short_and_define_no_function(notebook):
    assert all(len(cell.source.splitlines()) <= LONGEST_CELL for cell in code_cells(notebook))
    assert not any("def " in cell.source for cell in code_cells(notebook))


def test_the_last_cell_asserts(notebook):
    assert notebook.cells[-1].source.count("assert ") >= 2
