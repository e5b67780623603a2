"""Verdicts of the registry against optima that statements give and optima that are found."""

import numpy as np
import pytest
from counterpoise.methods.predicting import rule_of
from counterpoise.methods.registry import METHODS, RULES, method_of
from counterpoise.methods.training import Recipe
from counterpoise.simulations.worlds import consistency
from counterpoise.simulations.worlds.consistency import (
    EVERY,
    consistency_rows,
    disagreements,
    reached,
    verdict_of,
    worlds_of,
)
from counterpoise.simulations.worlds.finite import FiniteWorld

WIDE = Recipe(batch_size=2**40)
QUICK = (
    "ce", "la", "la@tau=0.5", "inverse-frequency", "focal", "gca", "influence-balanced", "cdt",
    "equalization", "ce+la", "ce+tau-norm", "cdb",
)  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return {row.method: row for row in consistency_rows(QUICK, worlds=3, shared=2, seed=5)}


def test_no_verdict_is_contradicted(found):
    assert disagreements(found.values()) == {}
    for row in found.values():
        assert bool(row.seen) != bool(row.why)
        if row.verdict:
            assert [own.rule for own in row.seen] == ["balanced"] * 3
            assert all(own.excess == 0 for own in row.seen)


def test_a_verdict_that_is_wrong_is_told(found):
    turned = [row._replace(verdict=not row.verdict) for row in found.values() if row.seen]
    told = disagreements(turned)
    assert set(told) == set(QUICK) - {"cdb"}
    assert set(told.values()) == {"has a counterexample", "no counterexample was found"}
    seen = found["la"].seen[0]._replace(as_stated=False)
    assert found["la"]._replace(seen=(seen,)).wrong == "a statement's rule is another one"


def test_optima_are_those_of_the_statements(found):
    stated = {method: [own.as_stated for own in row.seen] for method, row in found.items()}
    assert all(all(stated[method]) for method in ("ce", "la", "la@tau=0.5", "focal", "gca"))
    assert set(stated["cdt"]) == {None}


@pytest.mark.parametrize("method", [*METHODS, *(f"ce+{rule}" for rule in RULES)])
def test_a_declared_verdict_is_that_of_the_stated_optimum(method):
    declared = method_of(method).balanced
    assert verdict_of(method)[0] is declared
    for counts in ((1000, 100, 10), (4000, 90)):
        weights = rule_of(method, counts, WIDE).recall_weights
        if weights is not None:
            assert declared is bool(np.ptp(weights) < 1e-6)


def test_settings_have_no_declared_verdict():
    assert method_of("la").balanced is True
    assert method_of("la@tau=1.0").balanced is None
    assert method_of("la+la").balanced is None
    assert verdict_of("la@tau=1.0")[0] is True
    assert verdict_of("la+la")[0] is verdict_of("vs@gamma=0.0,tau=0.5")[0] is False
    assert set(METHODS) <= set(EVERY)


def test_a_world_worked_out_by_hand():
    """Balanced scores 90/100 > 5/10 and 10/100 < 5/10; posteriors say class 0 at both points."""
    world = FiniteWorld(((90, 5), (10, 5)))
    assert reached("ce", world)[1:3] == ("plain", world.excess([0, 0]))
    assert reached("la", world)[1:3] == ("balanced", 0)
    # a third class, which no weight brings back once half of the log prior is left
    assert reached("la@tau=0.5", FiniteWorld(((60, 9, 1), (39, 1, 2), (1, 1, 1)))).rule == "neither"


def test_an_optimum_that_is_not_found_or_is_a_tie_decides_nothing(monkeypatch):
    world = FiniteWorld(((90, 5), (10, 5)))
    sure = consistency.population_optimum("la", world)
    for optimum in (sure._replace(gradient=1.0), sure._replace(logits=np.zeros((2, 2)))):
        monkeypatch.setattr(consistency, "population_optimum", lambda *_, own=optimum: own)
        assert consistency.reached("la", world).rule == "undecided"


def test_worlds_are_a_stream():
    assert list(worlds_of(3, 7)) == list(worlds_of(5, 7))[:3] != list(worlds_of(3, 8))
