"""The page of finite worlds: what its table gives, and counterexamples that are minimised again."""

import json
from fractions import Fraction

import numpy as np
import pytest
from counterpoise.methods.registry import METHODS
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.paper_figs.worlds import page
from counterpoise.simulations.worlds.consistency import EVERY, reached, verdict_of
from counterpoise.simulations.worlds.finite import GAP, FiniteWorld

ROWS = {row["method"]: row for row in page.stored_rows()}
TRIED = {method: row for method, row in ROWS.items() if row["worlds"] != "0"}
VERDICT = {"yes": True, "no": False, "": None}


def test_the_page_is_what_the_table_gives():
    assert (FOLDER / page.PAGE).read_text(encoding="utf-8") == page.consistency_page()


def test_every_method_has_a_row_with_its_verdict():
    assert tuple(ROWS) == EVERY
    for method, row in ROWS.items():
        verdict, statements = verdict_of(method)
        assert VERDICT[row["verdict"]] is verdict
        assert row["statements"].split() == list(statements)
    assert set(METHODS) - set(TRIED) == {
        "cdb", "density-ratio", "meta-softmax", "meta-weight-net", "mixup", "paco", "ride",
    }  # fmt: skip


def test_agreement_with_the_verdicts_is_total():
    for method, row in TRIED.items():
        assert row["wrong"] == "", method
        if row["verdict"] == "yes":
            assert row["balanced"] == row["worlds"] == str(page.WORLDS), method
        if row["verdict"] == "no":
            assert row["world"], method
        if row["as_stated"]:
            assert row["as_stated"] == f"{row['worlds']}/{row['worlds']}", method


MISSED = [method for method, row in TRIED.items() if row["world"]]


@pytest.mark.parametrize("method", MISSED)
def test_a_stored_counterexample_is_one(method):
    row = ROWS[method]
    world = FiniteWorld.of(np.array(json.loads(row["world"])))
    predicted = json.loads(row["predicted"])
    assert world.gap >= GAP
    assert world.balanced_bayes.tolist() == json.loads(row["best"])
    assert world.excess(predicted) == Fraction(row["excess"]) > 0
    if not row["as_stated"]:  # no statement gives the optimum: it is found again
        own = reached(method, world)
        assert own.rule != "balanced"
        assert own.optimum.predicted.tolist() == predicted
