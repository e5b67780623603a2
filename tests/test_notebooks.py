"""Notebooks and their text twins say the same, and the committed outputs are what a run prints.

Two always run in full, one that trains and one that maps; the others with ``--whole``. What any of them
imports is always there.
"""

import ast
import re

import jupytext
import nbformat
import pytest
from notebook_runs import FOLDER, TWINS, printed, run

NAMES = [twin.stem for twin in TWINS]
ALWAYS = ("map_your_data_before_you_train", "watch_the_bound")


def test_there_is_a_twin_for_each():
    assert NAMES
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_twins_have_the_same_cells(name):
    text, notebook = (jupytext.read(FOLDER / f"{name}{end}") for end in (".py", ".ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in twin.cells] for twin in (text, notebook)]
    assert cells[0] == cells[1], "run: python -m tests.notebook_runs"


def without_digits(text):
    """The text with its fractions open: another processor may round or train to other digits."""
    return re.sub(r"[-+]?\d+\.\d+(e[-+]?\d+)?|1e[-+]?\d+", "#", text)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_notebook_imports_is_there(name):
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    assert imports
    exec(compile(ast.Module(imports, []), name, "exec"), {})


@pytest.mark.parametrize(
    "name",
    [name if name in ALWAYS else pytest.param(name, marks=pytest.mark.whole) for name in NAMES],
)
def test_a_run_prints_what_is_committed(name):
    committed = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    assert any(cells := printed(committed)), "run: python -m tests.notebook_runs"
    again = printed(run(FOLDER / f"{name}.py"))
    assert [[without_digits(text) for text in cell] for cell in again] == [
        [without_digits(text) for text in cell] for cell in cells
    ]


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_a_question_and_says_what_was_learned(name):
    cells = jupytext.read(FOLDER / f"{name}.py").cells
    assert "**Question.**" in cells[0].source
    assert "## What was learned" in cells[-1].source
