"""The table of methods is what the generator writes, and no method is missing from it."""

from dataclasses import replace

import pytest
from counterpoise.methods import losses, posthoc, sampling, table, weights
from counterpoise.methods.registry import METHODS, ROWS
from counterpoise.theory.catalogue import statements

LISTED = {row.name for row in ROWS}


def test_the_file_equals_what_the_generator_writes():
    assert table.README.read_text(encoding="utf-8") == table.render()


def test_type_checkers_are_told_every_module_that_has_public_names():
    for path, text in table.faces().items():
        assert path.read_text(encoding="utf-8") == text
        assert "import *" in text


def test_every_method_has_one_row():
    assert len(LISTED) == len(ROWS)
    assert {name for name in losses.__all__ if name.endswith("Loss")} <= LISTED
    assert {name for name in weights.__all__ if name.endswith("_weights")} <= LISTED
    assert {name for name in sampling.__all__ if name.endswith(("sampler", "Sampler"))} <= LISTED
    assert {name for name in posthoc.__all__ if name.endswith("Classifier")} <= LISTED


def test_every_row_is_a_line_of_the_file():
    lines = table.render().splitlines()
    for row in ROWS:
        assert sum(line.startswith(f"| `{row.name}` |") for line in lines) == 1, row.name
    for key in METHODS:
        assert sum(line.startswith(f"| `{key}` |") for line in lines) == 1, key


def test_every_statement_can_be_verified_by_name():
    assert {name for row in ROWS for name in row.statements} <= set(statements())


def test_every_status_is_backed_by_a_statement():
    for row in ROWS:
        assert row.statements, row.name


def test_a_row_without_its_method_or_statement_is_refused():
    row = ROWS[0]
    with pytest.raises(AttributeError):
        table._row(replace(row, name="NoLoss"))
    with pytest.raises(LookupError, match="no statement"):
        table._row(replace(row, statements=("consistency.none",)))
