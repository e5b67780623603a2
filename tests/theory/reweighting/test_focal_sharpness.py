"""Focal-SAM: whole classes against single examples, and one displacement against one for each class."""

import numpy as np
import pytest
from counterpoise.theory.reweighting import focal_class_weights
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar

CIFAR_100_LT = np.array([int(500 * 100 ** (-k / 99)) for k in range(100)])


def test_a_frequent_class_weighs_more_and_its_examples_less():
    share = CIFAR_100_LT / CIFAR_100_LT.sum()
    weight = focal_class_weights(share, 3.2)
    assert np.all(np.diff(weight) >= 0)
    assert np.all(np.diff(share * weight) <= 0)
    assert weight.max() / weight.min() < 1.17


@given(st.floats(0.05, 50))
def test_the_weight_of_a_class_is_largest_at_one_over_one_plus_gamma(gamma):
    best = minimize_scalar(
        lambda p: -p * focal_class_weights(p, gamma), bounds=(0, 1), method="bounded"
    )
    assert best.x == pytest.approx(1 / (1 + gamma), abs=1e-4)


@given(st.floats(1e-3, 3), st.lists(st.floats(-1, 1), min_size=2, max_size=4), st.floats(-2, 2))
def test_one_displacement_sees_no_more_than_each_on_its_own(radius, slopes, start):
    grid = start + np.linspace(-radius, radius, 201)
    raised = [np.logaddexp(0, s * grid) - np.logaddexp(0, s * start) for s in slopes]
    shared = np.sum(raised, axis=0).max()
    assert shared <= sum(own.max() for own in raised) + 1e-12
