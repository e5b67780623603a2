"""Finite worlds: rules and excess against the theory's and against every rule there is."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from counterpoise.simulations.worlds.finite import GAP, FiniteWorld, draw_world
from counterpoise.theory.decision import balanced_regret
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st


@st.composite
def worlds(draw):
    points, classes = draw(st.integers(1, 3)), draw(st.integers(2, 4))
    counts = st.lists(st.integers(1, 60), min_size=points * classes, max_size=points * classes)
    return FiniteWorld.of(np.array(draw(counts)).reshape(points, classes))


def balanced_error(world, rule):
    """From the definition, in fractions."""
    sizes = [sum(column) for column in zip(*world.table, strict=True)]
    missed = [
        Fraction(sum(row[y] for row, own in zip(world.table, rule, strict=True) if own != y), size)
        for y, size in enumerate(sizes)
    ]
    return sum(missed) / len(sizes)


@settings(max_examples=40, deadline=None)
@given(world=worlds())
def test_the_excess_is_that_of_the_definition_for_every_rule(world):
    rules = list(product(range(len(world.class_counts)), repeat=len(world.table)))
    errors = {rule: balanced_error(world, rule) for rule in rules}
    least = min(errors.values())
    mass = world.counts.sum(axis=1) / world.counts.sum()
    for rule in rules[:: max(1, len(rules) // 8)]:
        assert world.excess(rule) == errors[rule] - least
        prior = world.class_counts / world.counts.sum()
        regret = balanced_regret(world.posterior, rule, prior, mass)
        assert regret == pytest.approx(float(world.excess(rule)), abs=1e-12)
    assert world.excess(world.balanced_bayes) == pytest.approx(0, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_drawn_world_keeps_its_rules_apart(seed):
    world = draw_world(seed)
    assert world.gap >= GAP
    assert (world.bayes != world.balanced_bayes).any()
    assert world.excess(world.balanced_bayes) == 0 < world.excess(world.bayes)
    assert 3 <= len(world.table) <= 6
    assert 2 <= len(world.class_counts) <= 5
    assert world == draw_world(seed)


@pytest.mark.parametrize("table", [[[1, 0], [1, 1]], [[1.0, 2.0]], [[1], [2]], [1, 2]])
def test_a_table_must_be_positive_whole_counts(table):
    with pytest.raises(InputError, match="positive whole counts"):
        FiniteWorld.of(table)
