"""Logit adjustment and balanced softmax: values to 50 digits, and the witnesses of the literature."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.adjustment import (
    adjusted_logits,
    logit_adjusted_loss,
    multiple_binary_logits,
    training_logits,
    training_posterior,
)
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

mp = mpmath.MPContext()
mp.dps = 50

COUNTS = st.integers(1, 10**12)
LOGITS = st.one_of(st.floats(-30, 30), st.floats(-1e4, 1e4))
a_few = settings(deadline=None, max_examples=60)


@a_few
@given(st.lists(st.tuples(LOGITS, COUNTS), min_size=2, max_size=6), st.floats(-1, 2), st.data())
def test_the_loss_and_the_adjusted_logits_to_50_digits(entries, tau, data):
    logits, counts = (np.array(side, dtype=float) for side in zip(*entries, strict=True))
    target = data.draw(st.integers(0, len(logits) - 1))
    total = mp.fsum(mp.mpf(n) for n in counts)
    log_prior = [mp.log(mp.mpf(n) / total) for n in counts]
    post_hoc = [mp.mpf(u) - mp.mpf(tau) * p for u, p in zip(logits, log_prior, strict=True)]
    for value, exact, u in zip(adjusted_logits(logits, counts, tau), post_hoc, logits, strict=True):
        assert abs(mp.mpf(float(value)) - exact) <= 1e-14 * max(abs(u), 100)
    adjusted = [mp.mpf(u) + mp.mpf(tau) * p for u, p in zip(logits, log_prior, strict=True)]
    gaps = [v - adjusted[target] for v in adjusted]
    exact = mp.log1p(mp.fsum(mp.exp(g) for j, g in enumerate(gaps) if j != target))
    value = mp.mpf(float(logit_adjusted_loss(logits, target, counts, tau)))
    # the exponents, of this size, are rounded once
    scale = max(1, *(abs(u) for u in logits))
    assert abs(value - exact) <= 1e-300 + max(1e-12, 1e-14 * scale) * exact


def test_a_batch_is_the_row_by_row_loss():
    rng = np.random.default_rng(0)
    logits, target = rng.normal(size=(7, 4)), rng.integers(0, 4, 7)
    prior = [0.6, 0.2, 0.15, 0.05]
    rows = [logit_adjusted_loss(u, y, prior, 0.7) for u, y in zip(logits, target, strict=True)]
    np.testing.assert_allclose(logit_adjusted_loss(logits, target, prior, 0.7), rows, rtol=1e-15)


def test_loss_of_the_prior_ratio():
    assert logit_adjusted_loss([0, 0], 0, [0.9, 0.1]) == pytest.approx(np.log1p(1 / 9), rel=1e-14)
    assert logit_adjusted_loss([0, 0], 1, [0.9, 0.1]) == pytest.approx(np.log(10), rel=1e-14)


def test_dividing_by_the_prior_is_not_adjusting():
    prior = np.array([0.9, 0.1])
    for logits, divided, adjusted in (([1, -0.1], 0, 1), ([6, 4.9], 1, 1), ([4, 1], 1, 0)):
        assert np.argmax(np.array(logits) / prior) == divided
        assert adjusted_logits(logits, prior).argmax() == adjusted


def test_double_correction_example():
    prior, posterior = np.array([0.7, 0.3]), np.array([0.75, 0.25])
    np.testing.assert_allclose(posterior / prior, [1.0714, 0.8333], atol=1e-4)
    np.testing.assert_allclose(posterior / prior**2, [1.5306, 2.7778], atol=1e-4)
    assert adjusted_logits(np.log(posterior), prior).argmax() == 0
    assert adjusted_logits(np.log(posterior), prior, 2.0).argmax() == 1


@a_few
@given(st.lists(st.tuples(st.floats(-20, 20), COUNTS), min_size=2, max_size=6))
def test_balanced_softmax_to_50_digits(entries):
    logits, counts = (np.array(side, dtype=float) for side in zip(*entries, strict=True))
    phi = np.exp(logits - logits.max())
    phi /= phi.sum()
    mass = [mp.mpf(v) * mp.mpf(n) for v, n in zip(phi, counts, strict=True)]
    total = mp.fsum(mass)
    size, spread = mp.fsum(mp.mpf(n) for n in counts), mp.fsum(mp.mpf(v) for v in phi)
    classes = len(counts)
    answers = (training_posterior, training_logits, multiple_binary_logits)
    for i, (posterior, logit, binary) in enumerate(
        zip(*(answer(phi, counts) for answer in answers), strict=True)
    ):
        assert mp.almosteq(mp.mpf(float(posterior)), mass[i] / total, 1e-12)
        truth = mp.log(mass[i] / (total - mass[i]))
        assert abs(mp.mpf(float(logit)) - truth) <= 1e-12
        v, n = mp.mpf(phi[i]) / spread, mp.mpf(counts[i])
        printed = mp.log(v / (1 - v)) - mp.log(
            (size / classes / n) * (size - n) / (size - size / classes)
        )
        assert abs(mp.mpf(float(binary)) - printed) <= 1e-12
        if classes == 2:
            assert binary == pytest.approx(logit, abs=1e-12)


def test_the_multiple_binary_form_is_wrong_for_three_classes():
    density, counts = np.array([0.5, 0.2, 0.05]), [100, 30, 10]
    np.testing.assert_allclose(
        multiple_binary_logits(density / density.sum(), counts), [2.303, -1.618, -4.511], atol=1e-3
    )
    np.testing.assert_allclose(
        training_logits(density / density.sum(), counts), [2.040, -2.130, -4.719], atol=1e-3
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: logit_adjusted_loss([0, 0], 2, [1, 2]), "target = 2"),
        (lambda: logit_adjusted_loss([0, 0], 0.5, [1, 2]), "class indices"),
        (lambda: adjusted_logits([0, 0, 0], [1, 2]), "last axis"),
        (lambda: adjusted_logits([0, 0], [1, 0]), "class_prior = 0"),
        (lambda: training_logits([1.0], [3]), "at least two classes"),
        (lambda: training_posterior([0.5, 0.5], [1, -1]), "class_counts = -1"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InputError, match=message):
        call()
