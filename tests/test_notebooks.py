"""Notebooks and their text twins say the same; the notebooks themselves are run by nbmake."""

from pathlib import Path

import counterpoise
import jupytext
import pytest

FOLDER = Path(counterpoise.__file__).parent / "notebooks"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py"))


def test_there_is_a_twin_for_each():
    assert NAMES
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_twins_have_the_same_cells(name):
    text, notebook = (jupytext.read(FOLDER / f"{name}{end}") for end in (".py", ".ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in twin.cells] for twin in (text, notebook)]
    assert cells[0] == cells[1], "run: jupytext --sync notebooks/*.ipynb"


@pytest.mark.parametrize("name", NAMES)
def test_it_asks_a_question_and_says_what_was_learned(name):
    cells = jupytext.read(FOLDER / f"{name}.py").cells
    assert "**Question.**" in cells[0].source
    assert "## What was learned" in cells[-1].source
