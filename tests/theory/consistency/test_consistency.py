"""Population minimisers of softmax losses: closed forms against optimisers and 50 digits."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.consistency import (
    face_gradient,
    is_consistent,
    misclassified_posterior,
    optimal_logits,
    sum_of_others,
    true_class_margin_posterior,
)
from counterpoise.theory.decision import balanced_scores
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

mp = mpmath.MPContext()
mp.dps = 50


@st.composite
def losses(draw, max_classes=6):
    """Weights, offsets, priors and a posterior of one problem."""
    classes = draw(st.integers(2, max_classes))

    def vector(low, high):
        return np.array(draw(st.lists(st.floats(low, high), min_size=classes, max_size=classes)))

    posterior = 10 ** vector(-6, 0)
    return 10 ** vector(-3, 3), vector(-50, 50), 10 ** vector(0, 12), posterior / posterior.sum()


def pairwise_risk(logits, tilt, margins):
    """``sum_y tilt_y log(1 + sum_j exp(D_yj + u_j - u_y))`` and its gradient."""
    terms = margins + logits[None, :] - logits[:, None]
    np.fill_diagonal(terms, 0.0)
    top = terms.max(axis=1, keepdims=True)
    total = np.exp(terms - top).sum(axis=1, keepdims=True)
    share = np.exp(terms - top) / total
    gradient = tilt @ share - tilt
    return float(tilt @ (top + np.log(total))[:, 0]), gradient


def minimiser(tilt, margins):
    found = minimize(
        pairwise_risk, np.zeros(len(tilt)), (tilt, margins), jac=True, method="BFGS",
        options={"gtol": 1e-10},
    )  # fmt: skip
    return found.x - found.x.mean()


@given(problem=losses())
@settings(max_examples=60, deadline=None)
def test_optimal_logits_to_50_digits(problem):
    weight, offset, _, posterior = problem
    for value, w, d, h in zip(
        optimal_logits(posterior, weight, offset), weight, offset, posterior, strict=True
    ):
        terms = [mp.log(mp.mpf(w)), mp.log(mp.mpf(h)), -mp.mpf(d)]
        scale = max(abs(term) for term in terms)  # the terms may cancel
        assert abs(mp.mpf(float(value)) - sum(terms)) <= 1e-14 * max(scale, 1)


def test_optimal_logits_minimise_the_conditional_risk():
    rng = np.random.default_rng(0)
    for _ in range(5):
        posterior, weight = rng.dirichlet(np.ones(4)), rng.uniform(0.2, 3, 4)
        offset = rng.normal(size=4)
        best = minimiser(weight * posterior, offset[None, :] - offset[:, None])
        expected = optimal_logits(posterior, weight, offset)
        np.testing.assert_allclose(best, expected - expected.mean(), atol=1e-6)


def test_a_class_of_posterior_zero_has_logit_minus_infinity():
    assert optimal_logits([1.0, 0.0])[1] == -np.inf


@given(problem=losses())
@settings(max_examples=60, deadline=None)
def test_an_inconsistent_loss_misclassifies_its_witness(problem):
    weight, offset, counts, _ = problem
    offset = offset / 10
    prior = counts / counts.sum()
    if is_consistent(weight, offset, prior):
        return
    tilt = np.log(weight * prior) - offset
    if np.ptp(tilt) < 1e-6:
        return
    posterior = misclassified_posterior(weight, offset, prior)
    predicted = optimal_logits(posterior, weight, offset).argmax()
    assert posterior.sum() == pytest.approx(1, rel=1e-12)
    assert predicted == tilt.argmax()
    assert balanced_scores(posterior, prior).argmax() == tilt.argmin() != predicted


@given(problem=losses())
@settings(max_examples=60, deadline=None)
def test_weights_delta_over_prior_with_offsets_log_delta_are_consistent(problem):
    delta, _, counts, posterior = problem
    assert is_consistent(delta / counts, np.log(delta), counts)
    r = posterior / counts
    logits = optimal_logits(posterior, delta / counts, np.log(delta))
    np.testing.assert_allclose(logits, np.log(r), rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("nu", "tau", "expected"),
    [(0, 1, True), (1, 0, True), (0.25, 0.75, True), (0.1, 0.75, False), (0.15, 1, False),
     (0.5, 0.5, True), (1, 1, False), (0, 0, False)],
)  # fmt: skip
def test_exponents_that_sum_to_one_are_consistent(nu, tau, expected):
    prior = np.array([0.7, 0.25, 0.05])
    assert is_consistent(prior**-nu, tau * np.log(prior), prior) == expected


def test_uniform_priors_need_no_correction():
    assert is_consistent(1.0, 0.0, [5, 5, 5])
    assert is_consistent(1.0, [[0.0, 0.0], [0.0, 1.0]], [1, 1]).tolist() == [True, False]


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=9))
@settings(deadline=None)
def test_sum_of_others_loses_nothing_to_cancellation(values):
    for i, value in enumerate(sum_of_others(np.array(values))):
        exact = mp.fsum(mp.mpf(v) for j, v in enumerate(values) if j != i)
        assert abs(mp.mpf(float(value)) - exact) <= 1e-14 * exact


# -------------------------------------------------------------------------- three or more classes


def test_the_witness_against_pair_conditions():
    margins = np.zeros((3, 3))
    margins[0, 2] = margins[2, 0] = 2
    push = np.full(3, 1 / 3)
    for pair in ([0, 1], [0, 2], [1, 2]):
        np.testing.assert_allclose(face_gradient(push, margins, pair), 0, atol=1e-16)
    assert face_gradient(push, margins)[1] == pytest.approx((2 / (2 + np.exp(2)) - 2 / 3) / 3)
    best = minimiser(np.array([0.34, 0.32, 0.34]), margins)
    assert best[1] - best[0] == pytest.approx(0.8458, abs=5e-5)
    assert best[2] - best[0] == pytest.approx(0, abs=1e-7)


def test_the_face_gradient_is_that_of_the_risk():
    rng = np.random.default_rng(1)
    margins, push = rng.normal(size=(5, 5)), rng.uniform(0.5, 2, 5)
    face = np.array([0, 2, 4])
    face_margins = margins[np.ix_(face, face)].copy()
    np.testing.assert_allclose(
        face_gradient(push, margins, face), pairwise_risk(np.zeros(3), push[face], face_margins)[1]
    )


def test_the_offset_family_is_stationary_on_every_face():
    delta = np.array([0.5, 2.0, 7.0, 1e-3])
    margins = np.log(delta)[None, :] - np.log(delta)[:, None]
    for face in ([0, 1], [1, 2, 3], [0, 1, 2, 3]):
        np.testing.assert_allclose(face_gradient(delta, margins, face), 0, atol=1e-14)


def test_the_posterior_of_a_true_class_margin_loss_inverts_its_minimiser():
    rng = np.random.default_rng(2)
    for classes in (2, 3, 5):
        logits = rng.normal(size=classes)
        margin, weight = rng.uniform(-1, 2, classes), rng.uniform(0.3, 3, classes)
        posterior = true_class_margin_posterior(np.exp(logits), margin, weight)
        best = minimiser(weight * posterior, np.repeat(margin[:, None], classes, axis=1))
        np.testing.assert_allclose(best, logits - logits.mean(), atol=1e-6)


@given(
    st.lists(st.tuples(st.floats(-30, 30), st.floats(-100, 100)), min_size=2, max_size=6)
)  # fmt: skip
@settings(deadline=None)
def test_the_posterior_of_a_true_class_margin_loss_to_50_digits(entries):
    logits, margins = (np.array(side) for side in zip(*entries, strict=True))
    z = np.exp(logits)
    exact_z = [mp.mpf(v) for v in z]
    total = mp.fsum(exact_z)
    mass = [v * (v * mp.exp(-mp.mpf(m)) + total - v) for v, m in zip(exact_z, margins, strict=True)]
    for value, exact in zip(true_class_margin_posterior(z, margins), mass, strict=True):
        assert mp.almosteq(mp.mpf(float(value)), exact / mp.fsum(mass), 1e-12, 1e-300)


def test_unequal_margins_with_inverse_weights_misclassify():
    prior = np.array([0.7, 0.2, 0.1])
    z = np.array([0.35, 0.34, 0.31])
    posterior = true_class_margin_posterior(z, np.log([2.0, 1.0, 1.0]), 1 / prior)
    assert balanced_scores(posterior, prior).argmax() == 1 != z.argmax()


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=6), st.floats(-3, 3))
@settings(deadline=None)
def test_equal_margins_with_inverse_weights_keep_the_order(logits, margin):
    z = np.exp(np.array(logits))
    prior = np.arange(1.0, len(logits) + 1)
    score = true_class_margin_posterior(z, margin, 1 / prior) / prior
    order = np.argsort(z, kind="stable")
    assert np.all(np.diff(score[order]) >= -1e-12 * score.max())


# ----------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: optimal_logits([0.5, 1.5]), "posterior = 1.5"),
        (lambda: optimal_logits([0.5, 0.5], [1, 2, 3]), "last axis counts the classes"),
        (lambda: optimal_logits(0.5), "shape"),
        (lambda: is_consistent([1, 0], 0, [1, 2]), "weight = 0"),
        (lambda: misclassified_posterior(1.0, [0, 0], [3, 3]), "consistent"),
        (lambda: misclassified_posterior(1.0, 0.0, [[3, 4], [1, 2]]), "class_prior"),
        (lambda: face_gradient([1, 1], np.zeros((3, 3))), "margins has shape"),
        (lambda: face_gradient([1, 1], np.zeros((2, 2)), [0, 0]), "different class indices"),
        (lambda: face_gradient([1, 1], np.zeros((2, 2)), [0, 5]), "0 to 1"),
        (lambda: true_class_margin_posterior([1, 0], 0.0), "probabilities = 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_text_is_no_number():
    with pytest.raises(InputTypeError, match="posterior"):
        optimal_logits(["a", "b"])  # type: ignore[list-item]
