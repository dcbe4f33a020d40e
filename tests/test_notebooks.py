"""Notebooks are stripped, numbered questions that call the package; `make test` also runs them as they stand, with nbmake."""

import ast
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST_CELL = 18
# Of all samples the least like the first: cp1252, semicolons, German headers, no profiles, and nobody whom the workspace knows.
SECOND_LIST = "../data/samples/event_booth.csv"
LONGEST_RUN_S = 300


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def notebook(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def nodes(notebook: nbformat.NotebookNode) -> list[ast.AST]:
    return [node for cell in code_cells(notebook) for node in ast.walk(ast.parse(cell.source))]


def is_parameters(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def test_notebooks_are_numbered_and_named_by_their_question():
    assert [path.stem[:2] for path in NOTEBOOKS] == [f"{n:02}" for n in range(1, 9)]
    assert all(re.fullmatch(r"\d\d(_[a-z]+)+", path.stem) for path in NOTEBOOKS)


def test_a_notebook_opens_with_its_title_and_question(notebook):
    first = notebook.cells[0]
    assert (first.cell_type, first.source.startswith("# "), "?" in first.source) == ("markdown", True, True)


def test_no_output_or_machine_is_kept(notebook):
    assert all(not cell.outputs and cell.execution_count is None for cell in code_cells(notebook))
    assert not notebook.metadata
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)


def test_the_parameters_are_the_first_code_and_point_at_the_samples(notebook):
    first, *others = code_cells(notebook)
    assert is_parameters(first)
    assert not any(is_parameters(cell) for cell in others)
    assert "lead_list = " in first.source
    assert "../data/samples/" in first.source
    assert all(isinstance(node, ast.Assign) for node in ast.parse(first.source).body)


def test_cells_are_short_and_define_no_function(notebook):
    assert all(len(cell.source.splitlines()) <= LONGEST_CELL for cell in code_cells(notebook))
    defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
    assert not any(isinstance(node, defined) for node in nodes(notebook))


def test_what_a_cell_showed_stands_below_it(notebook):
    pairs = zip(notebook.cells, notebook.cells[1:], strict=False)
    assert all(after.cell_type == "markdown" for cell, after in pairs if cell.cell_type == "code")


@pytest.mark.parametrize("shown", ["GT(", "alt.Chart(", 'alt.renderers.enable("svg")'])
def test_a_notebook_shows_tables_and_plots_that_need_no_network(notebook, shown):
    assert any(shown in cell.source for cell in code_cells(notebook))


def test_no_path_is_absolute(notebook):
    texts = [node.value for node in nodes(notebook) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if re.match(r"[/~]|[A-Za-z]:[\\/]", text)] == []


def test_the_last_cell_asserts_what_plain_sql_counts(notebook):
    last = notebook.cells[-1].source
    assert last.count("assert ") >= 2
    assert "duckdb" in last
    assert "ledger" in last


def test_a_notebook_passes_on_another_list_and_leaves_nothing_behind(notebook, tmp_path):
    place = next(n for n, cell in enumerate(notebook.cells) if is_parameters(cell))
    notebook.cells.insert(place + 1, nbformat.v4.new_code_cell(f"lead_list = {SECOND_LIST!r}"))
    files = sorted(FOLDER.rglob("*"))
    client = NotebookClient(
        notebook, kernel_name="python3", timeout=LONGEST_RUN_S, resources={"metadata": {"path": str(FOLDER)}}
    )

    client.execute(env={**os.environ, "TMPDIR": str(tmp_path)})

    assert not [out for cell in code_cells(notebook) for out in cell.outputs if out.output_type == "error"]
    assert (sorted(FOLDER.rglob("*")), list(tmp_path.iterdir())) == (files, [])
