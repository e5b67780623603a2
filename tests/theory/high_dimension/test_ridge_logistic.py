"""The limit of ridge logistic regression: its system, its known limits, its enclosures."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.gaussian import threshold_rates
from counterpoise.theory.high_dimension import (
    corrected_error,
    direction_cosine_squared,
    effective_error_parts,
    enclose_ridge_logistic,
    max_margin,
    ridge_logistic,
    ridge_logistic_world,
    with_margin_ratio,
)
from counterpoise.theory.high_dimension.checks.ridge_logistic import (
    Integrals,
    OneClass,
    enclosed,
)
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

LOSSES = [
    {},
    {"class_weights": (0.6, 4.0)},
    {"tau": 1.0},
    {"tau": 0.7, "class_weights": (0.6, 2.0), "scales": (1.1, 0.5)},
]


def proximal(h, V, weight, scale, offset):
    """u + V f'(u) = h, by bisection."""
    low, high = h, h + V * weight * scale
    for _ in range(200):
        u = 0.5 * (low + high)
        beyond = u - V * weight * scale * expit(-(scale * u + offset)) > h
        low, high = np.where(beyond, low, u), np.where(beyond, u, high)
    return 0.5 * (low + high)


def gaussian_rule():
    """Nodes and weights of expectations over a standard normal."""
    g, mass = np.polynomial.legendre.leggauss(400)
    return 10 * g, 10 * mass * np.exp(-50 * g * g) / np.sqrt(2 * np.pi)


def residuals(world, solution):
    """The system as it is stated, over G itself, with the proximal point found for every G."""
    g, mass = gaussian_rule()
    m, r, V = solution.alignment * solution.norm, solution.norm, solution.curvature
    pull, square, curved = np.zeros(2), np.zeros(2), np.zeros(2)
    for y, sign in enumerate((1, -1)):
        weight, scale, offset = world.weight[y], world.scale[y], world.offset[y]
        u = proximal(m * world.half + sign * solution.intercept + r * g, V, weight, scale, offset)
        z = scale * u + offset
        slope, bend = weight * scale * expit(-z), weight * scale**2 * expit(z) * expit(-z)
        share = world.share[y] * mass
        pull[y], square[y] = share @ slope, share @ slope**2
        curved[y] = share @ (bend / (1 + V * bend))
    kappa = world.kappa
    return np.array(
        [
            kappa * V * world.half * pull.sum() / m - 1,
            (m**2 + kappa * V**2 * square.sum()) / r**2 - 1,
            kappa * V * (world.ridge + curved.sum()) - 1,
            (pull[0] - pull[1]) / pull.sum(),
        ]
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    "cell", [(5.0, 2.0, 3.0, 0.1), (20.0, 0.5, 2.0, 0.01), (2.0, 8.0, 1.0, 1.0)]
)
def test_solutions_satisfy_the_system_as_it_is_stated(cell, loss):
    world, solution = ridge_logistic_world(*cell, **loss), ridge_logistic(*cell, **loss)
    assert np.abs(residuals(world, solution)).max() < 1e-10


def of_exponents(eta, kappa, Delta, ridge, tau, logs):
    weights, scales = 10 ** np.array(logs[:2]), 10 ** np.array(logs[2:])
    return ridge_logistic(
        10**eta, 10**kappa, 10**Delta, 10**ridge, tau=tau, class_weights=weights, scales=scales
    )


@given(
    st.floats(0, 3),
    st.floats(-1, 3),
    st.floats(-1, 1),
    st.floats(-5, 3),
    st.floats(-2, 2),
    st.tuples(*[st.floats(-1, 1)] * 4),
)
@settings(max_examples=40, deadline=None)
def test_what_people_train_is_solved(eta, kappa, Delta, ridge, tau, logs):
    solution = of_exponents(eta, kappa, Delta, ridge, tau, logs)
    assert np.isfinite(solution[:4]).all()
    assert 0 < solution.alignment < 1
    assert solution.norm > 0


@given(
    st.floats(0, 6),
    st.floats(-2, 4),
    st.floats(-2, 1.6),
    st.floats(-8, 8),
    st.floats(-10, 10),
    st.tuples(*[st.floats(-6, 6)] * 4),
)
@settings(max_examples=20, deadline=None)
def test_at_the_far_corners_a_system_is_solved_or_refused(eta, kappa, Delta, ridge, tau, logs):
    try:
        solution = of_exponents(eta, kappa, Delta, ridge, tau, logs)
    except InputError as error:
        said = str(error)
    else:
        assert np.isfinite(solution[:4]).all()
        return
    assert "no solution was found in floats" in said


# ------------------------------------------------------------------------------------ its limits


@pytest.mark.parametrize("loss", LOSSES)
def test_a_large_ridge_leaves_the_difference_of_the_class_means(loss):
    for eta, kappa, Delta in ((1.0, 2.0, 2.0), (10.0, 0.5, 3.0), (30.0, 8.0, 1.0)):
        solution = ridge_logistic(eta, kappa, Delta, 1e6, **loss)
        cosine = np.sqrt(direction_cosine_squared(eta, kappa, Delta))
        assert solution.alignment == pytest.approx(cosine, rel=2e-5)


@pytest.mark.parametrize(("kappa", "Delta"), [(0.5, 2.0), (2.0, 2.0), (8.0, 1.0)])
def test_balanced_and_large_ridge_reach_the_bayes_optimal_error(kappa, Delta):
    """Of this problem, the means unknown: the error of the posterior mean, which for a flat prior of mu's
    direction is along sum_i y_i x_i, a normal of mean n mu and covariance n I. That a large ridge attains
    it is said by Mignacco et al.; the number is derived here, Phi(-D^2/2/sqrt(D^2 + 4/kappa)).
    """
    best = float(corrected_error(1.0, kappa, Delta))
    errors = [1 - ridge_logistic(1.0, kappa, Delta, ridge).recall for ridge in (1e-3, 1, 1e2, 1e6)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == pytest.approx(best, rel=1e-5)
    ball = enclose_ridge_logistic(1.0, kappa, Delta, 1e6).recall
    assert abs(1 - best - ball.mid) < ball.radius + 1e-7


@pytest.mark.parametrize("triplet", [(10.0, 2.0, 3.0), (4.0, 0.5, 3.0), (1.0, 1.0, 2.0)])
def test_a_vanishing_ridge_leaves_the_max_margin_classifier_of_separable_data(triplet):
    """The norm grows like log(1/ridge) and the distance to the limit falls like its inverse."""
    limit = max_margin(*triplet)
    near, nearer = (ridge_logistic(*triplet, ridge) for ridge in (1e-7, 1e-8))

    def extrapolated(value):
        return (nearer.norm * value(nearer) - near.norm * value(near)) / (nearer.norm - near.norm)

    assert extrapolated(lambda s: s.alignment) == pytest.approx(limit.alignment, abs=2e-3)
    assert extrapolated(lambda s: s.intercept / s.norm) == pytest.approx(limit.intercept, abs=5e-3)
    assert extrapolated(lambda s: s.recall) == pytest.approx(limit.recall, abs=3e-3)
    assert limit.alignment < nearer.alignment < near.alignment


def test_scales_survive_a_vanishing_ridge_as_a_margin_ratio():
    limit = with_margin_ratio(max_margin(10.0, 1.0, 3.0), 2.0, 3.0)
    near, nearer = (
        ridge_logistic(10.0, 1.0, 3.0, ridge, scales=(1.0, 0.5), tau=1.0, class_weights=(1.0, 3.0))
        for ridge in (1e-7, 1e-8)
    )
    slope = (nearer.intercept - near.intercept) / (nearer.norm - near.norm)
    assert slope == pytest.approx(limit.intercept, abs=2e-2)


def test_many_examples_and_little_ridge_leave_the_population_rule():
    """Whose log odds are Delta x - log(eta), x along the best direction."""
    solution = ridge_logistic(5.0, 1e4, 2.0, 1e-8)
    assert solution.alignment == pytest.approx(1.0, abs=2e-4)
    assert solution.norm == pytest.approx(2.0, abs=1e-3)
    assert solution.intercept == pytest.approx(-np.log(5.0), abs=1e-3)


@pytest.mark.parametrize("loss", [{}, {"tau": 2.0}, {"scales": (0.5, 0.5)}])
def test_a_balanced_problem_has_no_intercept(loss):
    solution = ridge_logistic(1.0, 2.0, 2.0, 0.1, **loss)
    assert solution.intercept == pytest.approx(0.0, abs=1e-12)
    assert solution.recall == pytest.approx(solution.specificity, rel=1e-12)


def test_at_balance_the_classes_can_be_exchanged():
    one = ridge_logistic(1.0, 2.0, 2.0, 0.1, class_weights=(1.0, 3.0), scales=(0.7, 1.2))
    other = ridge_logistic(1.0, 2.0, 2.0, 0.1, class_weights=(3.0, 1.0), scales=(1.2, 0.7))
    assert one.intercept == pytest.approx(-other.intercept, rel=1e-12)
    assert one.recall == pytest.approx(other.specificity, rel=1e-12)


def test_logit_adjustment_moves_the_free_intercept_and_nothing_else():
    plain, adjusted = (ridge_logistic(10.0, 2.0, 3.0, 0.01, tau=tau) for tau in (0.0, 1.0))
    assert adjusted.intercept - plain.intercept == pytest.approx(np.log(10.0), rel=1e-12)
    assert adjusted[:2] == pytest.approx(plain[:2], rel=1e-12)


def test_weights_and_ridge_scale_together():
    one = ridge_logistic(10.0, 2.0, 3.0, 0.01)
    other = ridge_logistic(10.0, 2.0, 3.0, 0.07, class_weights=(7.0, 7.0))
    assert other[:3] == pytest.approx(one[:3], rel=1e-12)


# ----------------------------------------------------------------------------------- its metrics


def test_rates_and_parts_follow_from_the_effective_parameters():
    solution = ridge_logistic(10.0, 2.0, 3.0, 0.01)
    separability, threshold = solution.effective
    assert separability == pytest.approx(3.0 * solution.alignment)
    rates = threshold_rates(threshold, separability)
    assert (solution.recall, solution.specificity) == (rates.recall, rates.specificity)
    parts = effective_error_parts(separability, threshold, 3.0)
    assert sum(parts) == pytest.approx(float(rates.balanced_error), rel=1e-12)
    assert min(parts) > 0


# -------------------------------------------------------------------------------- its enclosures


@pytest.mark.parametrize(
    ("cell", "loss"),
    [((10.0, 2.0, 3.0, 0.1), loss) for loss in LOSSES] + [((30.0, 0.3, 1.0, 1e-3), {})],
)
def test_enclosures_are_tight_and_floats_are_beside_them(cell, loss):
    enclosure, solution = enclose_ridge_logistic(*cell, **loss), ridge_logistic(*cell, **loss)
    for ball, value in zip(enclosure, solution, strict=False):
        assert ball.radius < 1e-8 * max(1.0, abs(value))
        assert abs(ball.mid - value) <= ball.radius + 1e-12 * max(1.0, abs(value))


@pytest.mark.parametrize("loss", LOSSES)
def test_enclosures_reach_from_a_millionth_to_a_thousand(loss):
    for cell in ((100.0, 0.3, 5.0), (1000.0, 30.0, 0.5)):
        for ridge in (1e-6, 1e3):
            assert enclose_ridge_logistic(*cell, ridge, **loss).recall.radius < 1e-9


def test_where_there_is_no_enclosure_an_error_says_so():
    assert 0 < ridge_logistic(10.0, 2.0, 3.0, 1e-8).recall < 1
    with pytest.raises(ArithmeticError, match="not enclosed"):
        enclose_ridge_logistic(10.0, 2.0, 3.0, 1e-8)


def test_certified_integrals_are_those_over_the_gaussian_itself():
    """With the proximal point found for every G; anywhere, not only at solutions."""
    m, b, r, V, half = 1.5, -0.75, 2.0, 4.0, 1.25
    weight, scale, offset = 1.5, 0.75, 0.5
    side = OneClass(*(arb(value) for value in (0.5, weight, scale, offset)), sign=-1)
    integrals = Integrals(side, [arb(value) for value in (m, b, r, V)], arb(half), 2.0**-60)
    g, mass = gaussian_rule()
    u = proximal(m * half - b + r * g, V, weight, scale, offset)
    z = scale * u + offset
    t, bend = weight * scale * expit(-z), weight * scale**2 * expit(z) * expit(-z)
    for power in (1, 2):
        ball = integrals.pull(power)
        assert float(ball.rad()) < 1e-13
        assert float(ball.mid()) == pytest.approx(mass @ t**power, rel=1e-12)
    for of_g, of_t in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0, 2)):
        ball = integrals.curved(of_g, of_t)
        assert float(ball.rad()) < 1e-13
        value = mass @ (g**of_g * t**of_t * bend / (1 + V * bend))
        assert float(ball.mid()) == pytest.approx(value, rel=1e-12)


def test_enclosures_tell_neighbours_apart():
    """A system wrong by 1e-9 has another solution, which the ball does not hold."""
    ball = enclose_ridge_logistic(10.0, 2.0, 3.0, 0.1).recall
    assert ball.holds(ball.mid)
    assert not ball.holds(ridge_logistic(10.0, 2.0 * (1 + 1e-9), 3.0, 0.1).recall)
    assert not ball.holds(ridge_logistic(10.0, 2.0, 3.0, 0.1 * (1 + 1e-9)).recall)


def test_a_box_without_a_solution_is_not_accepted():
    world, solution = ridge_logistic_world(10.0, 2.0, 3.0, 0.1), ridge_logistic(10.0, 2.0, 3.0, 0.1)
    near = np.array(
        [
            solution.alignment * solution.norm,
            solution.intercept,
            solution.norm,
            solution.curvature,
        ]
    )
    balls = enclosed(world, near.tolist(), 10.0, 0.0)
    assert balls[4][0] == pytest.approx(solution.recall, rel=1e-12)
    for unknown in (0, 3):
        moved = near * np.where(np.arange(4) == unknown, 1 + 1e-5, 1.0)
        with pytest.raises(ArithmeticError, match="not enclosed"):
            enclosed(world, moved.tolist(), 10.0, 0.0)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eta": 0.5}, r"^eta = 0\.5"),
        ({"kappa": 1e-3}, "^kappa = "),
        ({"Delta": 0.0}, "^Delta = 0"),
        ({"ridge": 0.0}, "^ridge = 0"),
        ({"tau": 11.0}, "^tau = 11"),
        ({"class_weights": (1.0, 0.0)}, "^class_weights = 0"),
        ({"class_weights": 2.0}, "^class_weights has shape"),
        ({"scales": (1.0, 1.0, 1.0)}, "^scales has shape"),
    ],
)
def test_a_bad_value_is_named(change, words):
    arguments = {"eta": 5.0, "kappa": 1.0, "Delta": 2.0, "ridge": 0.1} | change
    for function in (ridge_logistic, enclose_ridge_logistic):
        with pytest.raises(InputError, match=words):
            function(**arguments)
