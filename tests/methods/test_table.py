"""The table of methods is what the generator writes, and no method is missing from it."""

import pytest
from counterpoise.methods import local_clustering, losses, posthoc, sampling, table, weights
from counterpoise.methods.table_rows import SECTIONS
from counterpoise.theory.catalogue import statements

ROWS = [row for rows in SECTIONS.values() for row in rows]
LISTED = {row.build.split(":")[1] for row in ROWS}


def test_the_file_equals_what_the_generator_writes():
    assert table.README.read_text(encoding="utf-8") == table.render()


def test_every_method_has_one_row():
    assert len(LISTED) == len(ROWS)
    assert {name for name in losses.__all__ if name.endswith("Loss")} - LISTED <= {"ClassLoss"}
    assert {name for name in weights.__all__ if name.endswith("_weights")} <= LISTED
    assert {name for name in sampling.__all__ if name.endswith(("sampler", "Sampler"))} <= LISTED
    assert {name for name in posthoc.__all__ if name.endswith("Classifier")} <= LISTED
    assert set(local_clustering.__all__) <= LISTED


def test_every_statement_can_be_verified_by_name():
    assert {name for row in ROWS for name in row.statements} <= set(statements())


def test_every_status_is_backed_by_a_statement():
    for row in ROWS:
        assert row.statements, row.build


def test_a_row_without_its_method_or_statement_is_refused():
    row = ROWS[0]
    with pytest.raises(AttributeError):
        table._row(row._replace(build="losses:NoLoss"))
    with pytest.raises(LookupError, match="no statement"):
        table._row(row._replace(statements=("consistency.none",)))
