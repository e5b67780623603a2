"""What survives on separable data: against 50 digits, other solvers and known paths."""

from fractions import Fraction

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.proof.exact.duality import (
    as_fractions,
    best_halfspace,
    nonnegative_by_elimination,
    nonnegative_by_signs,
    product,
    root,
)
from counterpoise.theory.separable import (
    cost_sensitive_vector,
    shifted_by_ratio,
    softmax_pair,
    two_point_bias,
    weight_influence_bound,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp
from scipy.optimize import minimize

wide = st.floats(1e-6, 1e6)
POINTS = np.array([[3, 1], [1, 2], [2, 4], [-1, -3], [-4, 1], [-2, -3.0]])
LABELS = np.array([1, 1, 1, -1, -1, -1.0])


def _ball_solution(rows, weights, radius):
    """The weighted logistic minimiser on the circle of this radius, by a fine search of the angle."""

    def loss(angle):
        margins = radius * rows @ np.array([np.cos(angle), np.sin(angle)])
        log_losses = np.where(
            margins > 30, -margins, np.log(np.logaddexp(0, -np.minimum(margins, 30)))
        )
        return np.logaddexp.reduce(np.log(weights) + log_losses)

    grid = np.linspace(-np.pi, np.pi, 20001)
    best = grid[np.argmin([loss(a) for a in grid])]
    for width in (1e-3, 1e-5, 1e-7):
        near = best + np.linspace(-width, width, 401)
        best = near[np.argmin([loss(a) for a in near])]
    return np.array([np.cos(best), np.sin(best)])


@pytest.mark.parametrize("radius", [5, 50, 500])
def test_the_bound_holds_on_the_path_and_the_distance_falls_like_one_over_the_norm(radius):
    rows = LABELS[:, None] * POINTS
    weights = np.array([25, 25, 25, 1, 1, 1.0])
    vector = cost_sensitive_vector(POINTS, LABELS)
    margin = 1 / np.linalg.norm(vector)
    found = _ball_solution(rows, weights, radius)
    bound = weight_influence_bound(radius, weights, margin)
    assert 0 <= margin - (rows @ found).min() <= bound.margin_deficit
    distance = np.linalg.norm(found - vector * margin)
    assert distance <= bound.distance
    assert distance < 5 / radius


@settings(deadline=None)
@given(
    radius=wide,
    weights=st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=6),
    margin=wide,
)
def test_the_bound_has_twelve_digits(radius, weights, margin):
    with mp.workdps(50):
        total = mp.fsum(map(mp.mpf, weights))
        deficit = mp.log(2 * total / min(weights)) / mp.mpf(radius)
        expected = float(deficit), float(mp.sqrt(2 * deficit / mp.mpf(margin)))
    np.testing.assert_allclose(
        weight_influence_bound(radius, weights, margin), expected, rtol=1e-12
    )


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [(1.2, (1.4 / 3, 0.8 / 3)), (0.5, (0.2, 0.4)), (3.0, (1.2, 0.6)), (1.0, (1 / 3, 1 / 3))],
)
def test_two_points_in_closed_form(ratio, expected):
    vector = cost_sensitive_vector([[2, 1], [-1, -2]], [1, -1], ratio)
    np.testing.assert_allclose(vector, expected, rtol=1e-12)


def test_the_multiplier_path_tends_to_the_cost_sensitive_vector():
    rows = np.array([[2.0, 1.0], [1.2, 2.4]]) / 1.2  # multipliers 1/1.2 and 1
    limit = np.array([1.4, 0.8]) / np.hypot(1.4, 0.8)
    distances = [np.linalg.norm(_ball_solution(rows, np.ones(2), r) - limit) for r in (10, 50, 200)]
    np.testing.assert_allclose(distances, [0.0976, 0.0299, 0.0087], atol=2e-4)


@given(
    slope=st.floats(-1e4, 1e4),
    ratio=wide,
    first=st.floats(1e-3, 1e3),
    second=st.floats(1e-3, 1e3),
)
def test_the_two_point_bias_has_twelve_digits_of_its_terms(slope, ratio, first, second):
    with mp.workdps(50):
        w, a, p, q = map(mp.mpf, (slope, ratio, first, second))
        terms = [w * q, w * p, mp.log(a), mp.log(p), mp.log(q)]
        expected = float((terms[0] - terms[1] + terms[2] + terms[3] - terms[4]) / (p + q))
        size = float(mp.fsum(map(abs, terms)) / (p + q))
    bias = two_point_bias(slope, ratio, first, second)
    assert float(bias) == pytest.approx(expected, rel=1e-12, abs=1e-14 * size)


def test_a_ratio_of_a_hundred_is_still_a_sixth_at_a_million_steps():
    slope = np.log(1e6)
    assert two_point_bias(slope, 100.0) / slope == pytest.approx(1 / 6, rel=1e-14)


@pytest.mark.parametrize("ratio", [0.3, 1.0, 2.5])
def test_a_free_bias_only_shifts(ratio):
    def solve(d):
        bounds = np.where(LABELS > 0, d, 1.0)
        constraint = {"type": "ineq", "fun": lambda v: LABELS * (POINTS @ v[:2] + v[2]) - bounds}
        start = np.array([1.0, 1.0, 0.0])
        found = minimize(lambda v: v[:2] @ v[:2], start, constraints=constraint, tol=1e-14).x
        return found[:2], found[2]

    weights, bias = solve(1.0)
    shifted = shifted_by_ratio(weights, bias, ratio)
    expected = solve(ratio)
    np.testing.assert_allclose(shifted.weights, expected[0], atol=1e-6)
    assert shifted.bias == pytest.approx(expected[1], abs=1e-6)


@given(first=wide, second=wide)
def test_a_pair_of_logits_meets_its_constraints(first, second):
    vector = cost_sensitive_vector(POINTS, LABELS)
    one, two = softmax_pair(vector, [first, second])
    np.testing.assert_allclose(first * one - second * two, vector, rtol=1e-12)
    np.testing.assert_allclose(one / vector, first / (first**2 + second**2), rtol=1e-12)


def test_exact_and_floating_solutions_agree():
    rows = as_fractions((LABELS[:, None] * POINTS).astype(int).tolist())
    pair = best_halfspace(rows, [Fraction(1)] * 6)
    exact = [float(v) for v in pair.solution]
    np.testing.assert_allclose(cost_sensitive_vector(POINTS, LABELS), exact, rtol=1e-12)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 4).flatmap(
        lambda k: st.lists(
            st.lists(st.integers(-3, 3), min_size=k, max_size=k), min_size=k, max_size=k
        )
    )
)
def test_both_tests_of_semidefiniteness_agree_with_eigenvalues(rows):
    square = np.array(rows) + np.array(rows).T
    exact = as_fractions(square.tolist())
    least = np.linalg.eigvalsh(square).min()
    by_signs = nonnegative_by_signs(exact)
    assert nonnegative_by_elimination(exact) == by_signs
    if abs(least) > 1e-9:
        assert by_signs == (least > 0)


def test_a_root_has_fifty_digits():
    matrix = as_fractions([[4, 1], [1, 3]])
    half = root(matrix, "1/2")
    error = max(abs(a - b) for r, s in zip(product(half, half), matrix, strict=True)
                for a, b in zip(r, s, strict=True))  # fmt: skip
    assert error < Fraction(1, 10**50)


def test_slips_are_named():
    with pytest.raises(InputError, match="separates"):
        cost_sensitive_vector([[1, 0], [1, 0]], [1, -1])
    with pytest.raises(InputError, match="labels"):
        cost_sensitive_vector([[1, 0]], [2])
    with pytest.raises(InputError, match="weights"):
        weight_influence_bound(1.0, [[1.0]], 1.0)
    with pytest.raises(InputError, match="two numbers"):
        softmax_pair([1.0], [1.0])
