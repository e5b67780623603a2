"""The class-wise bounds: each term against mpmath, the published shapes, and what must not change."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.bounds import (
    Bound,
    bound_shapes,
    compare_bounds,
    data_dependent_bound,
    equalising_weights,
    error_surrogate,
    error_surrogate_constants,
    mistake_cost,
    norm_ball,
    peeling_cost,
    peeling_level,
    prior_prefactor,
    rdr_bound,
    rdr_curve,
    stratified_bound,
    union_bound,
    vs_certificate,
    weight_prefactor,
)
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.imbalance import exponential_profile
from counterpoise.theory.vector_scaling import LossConstants, vs_loss, vs_loss_constants
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import labelled_logits

mp = mpmath.MPContext()
mp.dps = 50
QUICK = settings(max_examples=40, deadline=None)
UNIT = LossConstants(np.array(1.0), np.array(1.0))


def not_tiny(value):
    """Not so small that products underflow, where a bound has no digits left."""
    return value == 0 or value > 1e-100


@st.composite
def worlds(draw):
    """Counts to 1e12, upper bounds, risks below them, Lipschitz constants, radii, norm, delta."""
    counts = np.array(draw(st.lists(st.integers(1, 10**12), min_size=2, max_size=6)), dtype=float)

    def per_class(low, high):
        return np.array(
            draw(st.lists(st.floats(low, high), min_size=counts.size, max_size=counts.size))
        )

    upper = per_class(0.01, 100)
    risks = upper * per_class(0, 1)
    constants = LossConstants(per_class(0, 50), upper)
    ball = norm_ball(draw(st.floats(0, 100).filter(not_tiny)), per_class(0, 30))
    return counts, risks, constants, ball, 10.0 ** draw(st.floats(-12, -0.1))


def exactly(values):
    return [mp.mpf(float(v)) for v in np.ravel(values)]


def same(bound, empirical, complexity, deviation):
    for value, truth in zip(bound, (empirical, complexity, deviation), strict=True):
        assert abs(mp.mpf(float(value)) - truth) <= 1e-12 * abs(truth) + mp.mpf("1e-300")
    assert bound.total == pytest.approx(sum(map(float, bound)), rel=1e-12)


@given(world=worlds())
@QUICK
def test_every_term_of_the_three_bounds(world):
    counts, risks, constants, ball, delta = world
    n, r, u, m, radii = map(
        exactly, (counts, risks, constants.lipschitz, constants.upper, ball.class_radii)
    )
    classes, total, norm, d = len(n), sum(n), mp.mpf(float(ball.norm)), mp.mpf(delta)
    bounds = compare_bounds(counts, risks, constants, ball, delta=delta)
    each = range(classes)
    root = 2 * mp.sqrt(2) * norm
    log_union, log_two = mp.log(2 * classes / d), mp.log(2 / d)
    same(
        bounds.union,
        sum(r) / classes,
        root / mp.sqrt(classes) * sum(u[y] * radii[y] / mp.sqrt(n[y]) for y in each),
        3 / mp.mpf(classes) * sum(m[y] * mp.sqrt(log_union / (2 * n[y])) for y in each),
    )
    same(
        bounds.stratified,
        sum(r) / classes,
        root / mp.sqrt(classes) * mp.sqrt(sum((u[y] * radii[y]) ** 2 / n[y] for y in each)),
        3 / mp.mpf(classes) * mp.sqrt(log_two / 2 * sum(m[y] ** 2 / n[y] for y in each)),
    )
    factor = total / (classes * min(n))
    kappa_rad = mp.sqrt(2) * max(radii) * norm * mp.sqrt(classes / total)
    same(
        bounds.data_dependent,
        factor * sum(n[y] * r[y] for y in each) / total,
        factor * 2 * mp.sqrt(2) * kappa_rad * sum(u[y] * mp.sqrt(n[y] / total) for y in each),
        factor * 3 * max(m) * mp.sqrt(log_two / (2 * total)),
    )


@given(world=worlds())
@QUICK
def test_the_stratified_bound_is_below_both_in_every_term(world):
    bounds = compare_bounds(*world[:4], delta=world[4])
    for ours, union, published in zip(
        bounds.stratified, bounds.union, bounds.data_dependent, strict=True
    ):
        assert ours <= union * (1 + 1e-12)
        assert ours <= published * (1 + 1e-12)


@pytest.mark.parametrize(
    ("classes", "factor", "largest", "deviation", "complexity"),
    [
        (10, 100, 5000, (0.3003, 0.9076, 0.0908), (0.05783, 0.57785, 0.02229)),
        (100, 100, 500, (1.0909, 0.8487, 0.0870), (0.17857, 1.74681, 0.02136)),
        (10, 10, 5000, (0.1396, 0.1165, 0.0368), (0.02688, 0.08499, 0.00904)),
        (2, 100, 5000, (0.3454, 2.8953, 0.2895), (0.07778, 0.77782, 0.07106)),
    ],
)
def test_the_shapes_on_long_tailed_profiles(classes, factor, largest, deviation, complexity):
    counts = exponential_profile(largest, classes, factor)
    shapes = bound_shapes(counts)
    assert [float(b.deviation) for b in shapes] == pytest.approx(deviation, abs=5.1e-5)
    assert [float(b.complexity) for b in shapes] == pytest.approx(complexity, abs=5.1e-6)
    ball = norm_ball(1.0, 1.0, classes)
    for shape, full in zip(shapes, compare_bounds(counts, 0.0, UNIT, ball), strict=True):
        assert full.deviation == pytest.approx(float(shape.deviation), rel=1e-13)
    factors = np.array([1, np.sqrt(2), 1]) * 2 * np.sqrt(2 * classes)
    full = [float(b.complexity) for b in compare_bounds(counts, 0.0, UNIT, ball)]
    assert full == pytest.approx(factors * [float(b.complexity) for b in shapes], rel=1e-12)


def test_the_prefactor_of_long_tailed_cifar():
    counts = exponential_profile(5000, 10, 100)
    assert prior_prefactor(counts / counts.sum()) == pytest.approx(24.8, abs=0.02)


def test_balanced_classes_have_the_rate_of_the_whole_sample():
    bound = stratified_bound([25] * 4, 0.0, UNIT, 0.0)
    assert bound.deviation == pytest.approx(3 * np.sqrt(np.log(2 / 0.05) / 200), rel=1e-14)


def test_complexities_may_be_given_instead_of_a_norm_ball():
    counts, mu = [30, 5], LossConstants(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    complexities = np.array([0.1, 0.3])
    union = union_bound(counts, 0.1, mu, complexities)
    assert union.complexity == pytest.approx(2 * np.sqrt(2) * (0.1 + 0.6) / 2)
    assert stratified_bound(counts, 0.1, mu, complexities).complexity == pytest.approx(
        union.complexity
    )
    assert stratified_bound(counts, 0.1, mu, 0.25).complexity == pytest.approx(0.5)
    both = data_dependent_bound(counts, 0.1, mu, 0.2, regularity=1.5, class_prior=[0.9, 0.1])
    share = np.sqrt(np.array([30, 5]) / 35)
    assert both.complexity == pytest.approx(5 * 2 * np.sqrt(2) * 0.3 * (share @ [1, 2]))


def test_a_training_curve_is_bounded_at_once():
    counts = np.array([30, 5])
    risks = np.array([[0.5, 0.9], [0.2, 0.4], [0.0, 0.1]])
    levels = np.array([[0.5, 0.5], [0.6, 0.5], [0.9, 0.7]])
    constants = vs_loss_constants(1.0, np.ones(2), levels)
    risks = np.minimum(risks, constants.upper)
    ball = norm_ball([1.0, 2.0, 3.0], np.ones((3, 2)))
    together = compare_bounds(counts, risks, constants, ball)
    for i in range(3):
        one = LossConstants(constants.lipschitz[i], constants.upper[i])
        alone = compare_bounds(counts, risks[i], one, norm_ball(ball.norm[i], [1.0, 1.0]))
        for many, single in zip(together, alone, strict=True):
            assert [term[i] for term in many] == pytest.approx([float(t) for t in single])


# ------------------------------------------------------------------------------------- peeling


@given(p=st.floats(0, 1, exclude_max=True))
def test_the_level_is_the_largest_of_the_grid_below(p):
    number, level = peeling_level(p)
    assert level == 1 - 2.0**-number
    assert number == 1 or level <= p
    assert p < 1 - mp.mpf(2) ** (-int(number) - 1)


def test_the_cost_of_a_level():
    assert peeling_cost([1, 1]) == pytest.approx(2 * np.log(1.6449340668), rel=1e-10)
    assert peeling_cost([3, 1]) - peeling_cost([1, 1]) == pytest.approx(2 * np.log(3))
    k = np.arange(1.0, 1e6)
    assert np.exp(-np.log(k) * 2 - np.log(np.pi**2 / 6)).sum() == pytest.approx(1, abs=1e-6)


@given(problem=labelled_logits(max_batch=6, size=6, max_classes=4))
@QUICK
def test_the_certificate_of_a_network_is_its_parts(problem):
    _, logits, target = problem
    classes = logits.shape[1]
    logits = np.vstack([logits, np.eye(classes)])
    target = np.concatenate([target, np.arange(classes)])
    ball = norm_ball(1.0, 1.0, classes)
    certificate = vs_certificate(logits, target, ball)
    losses = vs_loss(logits, target)
    worst = np.array([np.exp(-losses[target == y]).min() for y in range(classes)])
    number = np.maximum(1, np.floor(-np.log2(1 - worst)))
    level = 1 - 2.0**-number
    risks = [np.minimum(losses[target == y], -np.log(level[y])).mean() for y in range(classes)]
    upper = np.maximum(-np.log(level), risks)
    constants = LossConstants(np.sqrt(2) * (1 - level), upper)
    counts = np.bincount(target)
    expected = stratified_bound(counts, risks, constants, ball, level_index=number)
    assert [float(t) for t in certificate] == pytest.approx([float(t) for t in expected], rel=1e-9)
    assert certificate.deviation > stratified_bound(counts, risks, constants, ball).deviation


# ------------------------------------------------------------------------------ balanced error


def test_what_a_mistake_costs():
    assert mistake_cost([0.0, 0.0, 0.0]) == pytest.approx(np.log(2))
    prior = np.array([0.7, 0.2, 0.1])
    expected = np.log1p([0.1 / 0.7, 0.1 / 0.2, 0.2 / 0.1])
    assert mistake_cost(np.log(prior)) == pytest.approx(expected, rel=1e-13)
    assert mistake_cost(np.log([0.9, 0.1]))[0] == pytest.approx(0.105, abs=1e-3)


@given(problem=labelled_logits(max_batch=6, size=10, max_classes=5), p=st.floats(0.01, 0.99))
@QUICK
def test_the_surrogate_is_at_least_one_on_every_mistake(problem, p):
    counts, logits, target = problem
    offset = np.log(counts / counts.sum())
    losses = vs_loss(logits, target, offset=offset)
    target_logit = logits[np.arange(len(target)), target]
    wrong = np.where(np.arange(logits.shape[1]) == target[:, np.newaxis], -np.inf, logits)
    mistake = wrong.max(axis=1) >= target_logit
    spread = np.repeat(losses[:, np.newaxis], logits.shape[1], axis=1)
    for level in (None, p):
        values = error_surrogate(spread, offset, level)[np.arange(len(target)), target]
        constants = error_surrogate_constants(offset, level)
        assert np.all(values[mistake] >= 1 - 1e-12)
        assert np.all(values <= constants.upper[target] * (1 + 1e-12))


@given(p=st.floats(1e-3, 0.999))
@QUICK
def test_the_default_level_has_the_smallest_constants(p):
    best, other = (error_surrogate_constants([0.0, 0.0], level) for level in (None, p))
    assert np.all(best.lipschitz <= other.lipschitz * (1 + 1e-14))
    assert np.all(best.upper <= other.upper * (1 + 1e-14))
    assert best.lipschitz == pytest.approx(np.sqrt(2) * 0.5 / np.log(2), rel=1e-14)


# ------------------------------------------------------------------------------- density ratio


@given(world=worlds(), power=st.floats(-2, 2), scale=st.floats(1e-3, 1e3))
@QUICK
def test_the_weight_aware_bound(world, power, scale):
    counts, risks, constants, ball, delta = world
    prior = counts / counts.sum()
    weight = prior**-power
    weighted = rdr_bound(counts, risks, weight, constants, ball, delta=delta)
    scaled = rdr_bound(counts, risks, scale * weight, constants, ball, delta=delta)
    assert [float(t) for t in weighted] == pytest.approx([float(t) for t in scaled], rel=1e-11)
    assert weighted.empirical >= risks.mean() * (1 - 1e-12)
    best = rdr_bound(counts, risks, 1 / prior, constants, ball, delta=delta)
    plain = rdr_bound(counts, risks, 1.0, constants, ball, delta=delta)
    published = data_dependent_bound(counts, risks, constants, ball, delta=delta)
    assert [float(t) for t in plain] == pytest.approx([float(t) for t in published], rel=1e-11)
    assert best.empirical == pytest.approx(risks.mean(), rel=1e-11)
    for least, value in zip(best, weighted, strict=True):
        assert least <= value * (1 + 1e-11)


def test_the_prefactor_of_weights():
    assert weight_prefactor([1, 1], [0.9, 0.1]) == pytest.approx(5)
    assert weight_prefactor([1 / 0.9, 10], [0.9, 0.1]) == pytest.approx(0.5)


def test_the_curve_and_its_equalising_weights():
    counts = exponential_profile(5000, 10, 10)
    curve = rdr_curve(counts, 0.0)
    assert curve[:3] == pytest.approx([0.4946, 0.4352, 0.3830], abs=1e-4)
    weights = equalising_weights(curve)
    assert weights * curve == pytest.approx(np.full(10, (weights * curve)[0]))
    assert np.prod(weights) == pytest.approx(1)


def test_weights_that_forget_a_class_break_the_plain_reading():
    counts, risks = [900, 100], np.array([1.0, 0.0])
    weight = np.array([0.01, 1.0])
    weighted = data_dependent_bound(
        counts, weight * risks, LossConstants(np.zeros(2), weight), 0.0, regularity=1.0
    )
    assert weighted.empirical == pytest.approx(0.045)
    assert rdr_bound(counts, risks, weight, UNIT, 0.0, regularity=1.0).empirical >= 0.5


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: union_bound([5, 5], 2.0, UNIT, 0.1), "clip"),
        (lambda: union_bound([5, 5], [0.1, 0.2, 0.3], UNIT, 0.1), "class_risks"),
        (lambda: stratified_bound([5, 5], 0.1, UNIT, [0.1, 0.2, 0.3]), "complexity"),
        (lambda: stratified_bound([5, 5], 0.1, UNIT, 0.1, delta=1.0), "delta"),
        (lambda: stratified_bound([5, 5], 0.1, UNIT, 0.1, level_index=[1.5, 1]), "whole"),
        (lambda: data_dependent_bound([5, 5], 0.1, UNIT, 0.1), "regularity"),
        (
            lambda: data_dependent_bound([5, 5], 0.1, UNIT, norm_ball(1, [1, 1]), regularity=1),
            "leave it out",
        ),
        (lambda: norm_ball(1.0, 1.0), "outputs"),
        (lambda: prior_prefactor([0.5, 0.6]), "add up to 1"),
        (lambda: weight_prefactor([1, 0], [0.5, 0.5]), "class_weight"),
        (lambda: weight_prefactor([1, 1, 1], [0.5, 0.5]), "class_weight"),
        (lambda: rdr_curve([5, 5], [0.1, 0.2, 0.3]), "probability"),
        (lambda: mistake_cost([0.0]), "K >= 2"),
        (lambda: peeling_level(1.0), "probability"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_a_bound_adds_up():
    assert Bound(np.array(1.0), np.array(2.0), np.array(3.0)).total == 6
