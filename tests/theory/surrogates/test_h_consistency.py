"""Surrogates for the balanced error: numbers against 50 digits, reported values, and other computations."""

import mpmath as mp
import numpy as np
import pytest
from counterpoise.theory.decision import (
    f_beta_metric,
    metric_threshold,
    optimal_metric,
    undersampled_posterior,
    undo_undersampling,
)
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.surrogates import (
    balanced_mass,
    balanced_posterior,
    comp_sum_loss,
    comp_sum_loss_of_logits,
    conditional_balanced_regret,
    conditional_minimiser,
    conditional_minimum,
    gca_average_bound,
    gca_loss,
    gca_p_min_bound,
    gca_repaired_weights,
    gca_target_weights,
    gla_average_bound,
    gla_binary_bound,
    gla_loss,
    gla_offset,
    gla_pointwise_bound,
    quadratic_transform,
    sharp_pinsker_constant,
    step_profile,
    transform,
    transform_inverse,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

mp.mp.dps = 50

orders = st.one_of(
    st.sampled_from([-1.0, 0.0, 0.5, 1.0, 1e-9, -1e-9, 0.999]),
    st.floats(-1, 1).filter(lambda q: abs(q) > 1e-20),
)
proper_orders = orders.filter(lambda q: q < 0.9999)
small = st.floats(-30, 0).map(lambda e: 10**e)
probabilities = st.one_of(small, small.map(lambda e: 1 - e).filter(lambda p: 0 < p <= 1))
posteriors = st.lists(st.floats(-12, 0).map(lambda e: 10**e), min_size=2, max_size=6)
logits = st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=5)
tiny_priors = st.floats(-12, -0.31).map(lambda e: 10**e)


def same(value, reference, tolerance=1e-12):
    return abs(mp.mpf(float(value)) - reference) <= tolerance * abs(reference) + mp.mpf(10) ** -305


def psi(log_u, q):
    q = mp.mpf(q)
    return -log_u if q == 0 else -mp.expm1(q * log_u) / q


# ---------------------------------------------------------------------------------------- losses


@given(probabilities, orders)
def test_comp_sum_loss(u, q):
    assert same(comp_sum_loss(u, q), psi(mp.log(mp.mpf(u)), q))


def loss_reference(scores, label, q, rho=1, offset=None):
    offset = offset or [mp.mpf(0)] * len(scores)
    total = mp.fsum(
        mp.exp((mp.mpf(h) - mp.mpf(scores[label])) / rho + o - offset[label])
        for j, (h, o) in enumerate(zip(scores, offset, strict=True))
        if j != label
    )
    return psi(-mp.log1p(total), q)


@given(logits, st.floats(0, 1))
def test_loss_of_logits_is_relative_to_itself_at_any_scale(scores, q):
    losses = [float(comp_sum_loss_of_logits(scores, label, q)) for label in range(len(scores))]
    for label, value in enumerate(losses):
        assert same(value, loss_reference(scores, label, q))


@settings(max_examples=40)
@given(logits, tiny_priors, st.floats(0, 0.9))
def test_gla_and_gca_losses(scores, rare, q):
    rest = (1 - rare) / (len(scores) - 1)
    prior = np.array([rare] + [rest] * (len(scores) - 1))
    rho = np.linspace(0.5, 2, prior.size)
    offset = [mp.log(mp.mpf(float(p))) / (1 - mp.mpf(q)) for p in prior]
    for label in (0, 1):
        reference = loss_reference(scores, label, q, offset=offset)
        assert same(gla_loss(scores, label, prior, q), reference)
        loss = float(gca_loss(scores, label, prior, q, rho))
        reference = loss_reference(scores, label, q, rho=mp.mpf(float(rho[label])))
        assert same(loss, reference / mp.mpf(float(prior[label])), 2e-12)


def test_no_overflow_warning_beyond_the_largest_float():
    assert comp_sum_loss_of_logits([0.0, 1e4], 0, -1.0) == np.inf
    assert comp_sum_loss_of_logits([0.0, 1e4], 1, -1.0) == 0.0


def test_losses_broadcast_over_samples():
    scores = np.random.default_rng(0).normal(size=(4, 5, 3))
    labels = np.random.default_rng(1).integers(0, 3, (4, 5))
    assert gla_loss(scores, labels, [0.2, 0.3, 0.5]).shape == (4, 5)
    assert gca_loss(scores, labels, [0.2, 0.3, 0.5], 0.5, [1, 2, 3]).shape == (4, 5)
    assert np.allclose(
        gla_loss(scores, labels, [0.2, 0.3, 0.5])[1, 2],
        gla_loss(scores[1, 2], labels[1, 2], [0.2, 0.3, 0.5]),
    )


# ----------------------------------------------------------------------- minimiser and transform


@given(posteriors, proper_orders)
def test_conditional_minimum(weights, q):
    with mp.workdps(80):
        b = [mp.mpf(x) for x in weights]
        if q == 0:
            reference = -mp.fsum(x * mp.log(x / mp.fsum(b)) for x in b)
        else:
            m = 1 / (1 - mp.mpf(q))
            reference = (mp.fsum(b) - mp.fsum(x**m for x in b) ** (1 / m)) / mp.mpf(q)
        assert same(conditional_minimum(weights, q), reference)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 1), min_size=3, max_size=3), st.sampled_from([-1, -0.4, 0, 0.5]))
def test_conditional_minimiser_against_a_numerical_optimum(weights, q):
    b = np.array(weights)

    def risk(h):
        return float(sum(b * comp_sum_loss_of_logits(h, np.arange(3), q)))

    found = minimize(risk, np.zeros(3), tol=1e-10)
    assert risk(np.log(conditional_minimiser(b, q))) <= found.fun + 1e-9
    best = float(conditional_minimum(b, q))
    assert found.fun == pytest.approx(best + 0.0, rel=1e-6, abs=1e-7)


def test_named_least_risks():
    b = np.array([0.5, 0.3, 0.2])
    assert conditional_minimum(b, 0) == pytest.approx(-np.sum(b * np.log(b)), rel=1e-14)
    assert conditional_minimum(b, -1) == pytest.approx(np.sum(np.sqrt(b)) ** 2 - 1, rel=1e-14)
    assert conditional_minimum(b, 1) == pytest.approx(0.5, rel=1e-14)
    assert conditional_minimum([1.0, 0.0], 0.5) == 0.0


@given(st.one_of(small, st.floats(1e-30, 1)), orders, st.integers(2, 1000))
def test_transform(t, q, classes):
    with mp.workdps(160):
        x, order = mp.mpf(t), mp.mpf(q)
        scale = mp.mpf(classes) ** -order if q >= 0 else mp.mpf(2) ** -order
        if q == 1:
            shape = x
        elif q == 0:
            low = (1 - x) * mp.log1p(-x) if t < 1 else 0
            shape = ((1 + x) * mp.log1p(x) + low) / 2
        else:
            m = 1 / (1 - order)
            shape = ((((1 + x) ** m + (1 - x) ** m) / 2) ** (1 / m) - 1) / order
        value = float(transform(t, q, classes))
        assert same(value, scale * shape)
        assert value >= float(quadratic_transform(t, q, classes)) * (1 - 1e-12)


@given(small, orders)
def test_transform_inverse(t, q):
    value = transform(t, q, 5)
    assert float(transform_inverse(value, q, 5)) == pytest.approx(t, rel=1e-11)


def test_transform_inverse_beyond_the_range_is_one():
    assert transform_inverse(5.0, 0.3, 3) == 1.0
    assert transform_inverse([0.0, 1e9], 0.0, 3).tolist() == [0.0, 1.0]


# --------------------------------------------------------------------------------- the measures


def random_joint(rng, points, classes):
    joint = rng.dirichlet(np.full(points * classes, 0.5)).reshape(points, classes) + 1e-6
    return joint / joint.sum()


def test_density_of_the_balanced_measure_averages_to_the_number_of_classes():
    joint = random_joint(np.random.default_rng(0), 50, 4)
    mass, prior = joint.sum(1), joint.sum(0)
    w = balanced_mass(joint / mass[:, None], prior)
    assert mass @ w == pytest.approx(4, rel=1e-13)
    q = balanced_posterior(joint / mass[:, None], prior)
    chosen = np.zeros(50)
    regret = conditional_balanced_regret(joint / mass[:, None], prior, chosen)
    assert np.allclose(regret, w * (q.max(1) - q[:, 0]))


def regrets(rng, points, classes):
    """Balanced regret of GLA and GCA models with their surrogate regrets (q = 0), in one world."""
    joint = random_joint(rng, points, classes)
    mass, prior = joint.sum(1), joint.sum(0)
    p = joint / mass[:, None]
    noise = rng.normal(scale=0.7, size=p.shape)
    q = balanced_posterior(p, prior)
    s = p * np.exp(noise)
    s /= s.sum(1, keepdims=True)
    u = q * np.exp(noise)
    u /= u.sum(1, keepdims=True)
    gla = mass @ conditional_balanced_regret(p, prior, (s / prior).argmax(1))
    gca = mass @ conditional_balanced_regret(p, prior, u.argmax(1))
    gla_loss_regret = float(np.sum(mass[:, None] * p * np.log(p / s)))
    weights = mass * balanced_mass(p, prior)
    gca_loss_regret = float(np.sum(weights[:, None] * q * np.log(q / u)))
    return prior, gla, gla_loss_regret, gca, gca_loss_regret


def test_bounds_hold_in_random_worlds_of_many_classes():
    rng = np.random.default_rng(3)
    for classes in (2, 3, 5, 8):
        for _ in range(100):
            prior, gla, gla_surrogate, gca, gca_surrogate = regrets(rng, 6, classes)
            assert gla <= gla_average_bound(gla_surrogate, prior)
            assert gla <= gla_pointwise_bound(gla_surrogate, prior)
            assert gca <= gca_average_bound(gca_surrogate, classes)
            assert gca_average_bound(gca_surrogate, classes) <= gca_p_min_bound(
                gca_surrogate, prior
            )


# ------------------------------------------------------------------------------------ constants


@given(st.one_of(tiny_priors, st.floats(-16, -1).map(lambda e: 0.5 - 10**e), st.floats(0.01, 0.99)))
def test_sharp_pinsker_constant(p):
    exact = mp.mpf(p)
    d = 1 - 2 * exact
    reference = mp.mpf(2) if d == 0 else (mp.log(1 - exact) - mp.log(exact)) / d
    assert same(sharp_pinsker_constant(p), reference)


def test_sharp_binary_bound_is_attained_at_the_mirrored_posterior():
    for p in (0.01, 0.2, 0.4, 0.499):
        kl = (1 - 2 * p) * np.log((1 - p) / p)
        assert gla_binary_bound(kl, p) == pytest.approx((1 - 2 * p) / (p * (1 - p)), rel=1e-12)
        a = np.linspace(1e-6, 1 - 1e-6, 200001)
        a = a[np.abs(a - p) > 1e-4]
        ratio = (a * np.log(a / p) + (1 - a) * np.log((1 - a) / (1 - p))) / (a - p) ** 2
        assert ratio.min() == pytest.approx(float(sharp_pinsker_constant(p)), rel=1e-7)


def test_share_of_the_pointwise_bound_that_two_classes_attain():
    share = [
        round(float(gla_binary_bound(1.0, p) / gla_pointwise_bound(1.0, [p, 1 - p])), 3)
        for p in (1e-1, 1e-2, 1e-3, 1e-4)
    ]
    assert share == [0.474, 0.330, 0.269, 0.233]
    assert gla_binary_bound(1.0, 0.5) == pytest.approx(2 * np.sqrt(2))


def test_offset_of_generalised_cross_entropy_restores_the_balanced_rule():
    prior, posterior = np.array([0.58, 0.42]), np.array([0.55, 0.45])
    scores = np.log(conditional_minimiser(posterior, 0.5))
    assert (scores - np.log(prior)).argmax() == 0  # plain logit adjustment: the wrong class
    assert (scores - gla_offset(prior, 0.5)).argmax() == (posterior / prior).argmax() == 1


def test_unequal_margins_target_and_repair():
    """The optimal scores of a three-class risk are ordered by the weighted posterior over the margin."""
    prior, rho = np.array([0.5, 0.3, 0.2]), np.array([0.5, 1.0, 3.0])
    posterior = np.array([0.42, 0.31, 0.27])
    assert np.allclose(gca_target_weights(prior, rho), 1 / (prior * rho))

    def best(weights):
        def risk(h):
            return float(posterior @ gca_loss(h, np.arange(3), prior, 0.0, rho, weights))

        return minimize(risk, np.zeros(3), tol=1e-12).x

    plain, repaired = best(None), best(gca_repaired_weights(prior, rho))
    assert (np.argsort(plain) == np.argsort(posterior / prior / rho)).all()
    assert (np.argsort(repaired) == np.argsort(posterior / prior)).all()
    assert (np.argsort(plain) != np.argsort(posterior / prior)).any()


# --------------------------------------------------------------------------- thresholds, profiles


def test_f1_threshold_is_half_the_best_value_on_a_population():
    rng = np.random.default_rng(5)
    eta, mass = rng.beta(0.5, 3, 400), rng.dirichlet(np.ones(400))
    best, threshold = optimal_metric(f_beta_metric(float(mass @ eta)), eta, mass)
    assert threshold == pytest.approx(best / 2)
    cuts = [2 * (mass * eta)[eta >= c].sum() / (mass @ eta + mass[eta >= c].sum()) for c in eta]
    assert best == pytest.approx(max(cuts))
    assert metric_threshold(f_beta_metric(0.1, 2.0), 0.5) == pytest.approx(0.1)


@given(st.one_of(small, st.floats(0, 1)), st.floats(-12, 0).map(lambda e: 10**e))
def test_undersampling_and_back(p, keep):
    exact, beta = mp.mpf(p), mp.mpf(keep)
    assert same(undersampled_posterior(p, keep), exact / (exact + beta * (1 - exact)))
    assert same(undo_undersampling(p, keep), beta * exact / (beta * exact - exact + 1))


def test_step_profile():
    assert step_profile(5000, 10, 100).tolist() == [5000] * 5 + [50] * 5
    with pytest.raises(InputError):
        step_profile(50, 10, 100)


@pytest.mark.parametrize(
    "call",
    [
        lambda: gla_offset([0.5, 0.5], 1.0),
        lambda: gla_offset([0.5, 0.6]),
        lambda: comp_sum_loss(0.0, 0.5),
        lambda: comp_sum_loss_of_logits([0.0, 1.0], 2),
        lambda: gca_loss([0.0, 1.0, 2.0], 0, [0.5, 0.5]),
        lambda: transform(0.5, 1.5),
        lambda: conditional_minimiser([0.5, 0.5], 1.0),
        lambda: sharp_pinsker_constant(1.0),
    ],
)
def test_what_is_outside_the_domain_is_refused(call):
    with pytest.raises(InputError):
        call()
