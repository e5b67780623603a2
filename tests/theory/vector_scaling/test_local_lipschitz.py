"""The VS loss's numbers against mpmath at 50 digits, and its constants against gradients and pairs."""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.vector_scaling import (
    bounded_logit_probability,
    clipped_loss,
    literal_probability,
    local_lipschitz_constant,
    minimal_logit,
    minimal_probability,
    offsets_of_pairwise_margins,
    scale_norm,
    vs_gradient_bound,
    vs_log_odds,
    vs_loss,
    vs_loss_constants,
    vs_parameters,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import labelled_logits

mp = mpmath.MPContext()
mp.dps = 50
QUICK = settings(max_examples=40, deadline=None)
EPS = np.finfo(float).eps

scales = st.lists(st.floats(0.05, 4), min_size=2, max_size=6)


def exact_odds(logits, target, scale, offset):
    """Log odds against the target, and the size of the scores, whose rounding they inherit."""
    scores = [
        mp.mpf(float(b)) * mp.mpf(float(u)) + mp.mpf(float(d))
        for u, b, d in zip(logits, scale, offset, strict=True)
    ]
    wrong = sum(mp.exp(s - scores[target]) for j, s in enumerate(scores) if j != target)
    return mp.log(wrong), float(max(map(abs, scores)))


@st.composite
def problems(draw, size=1e4):
    _, logits, target = draw(labelled_logits(max_batch=2, size=size, max_classes=5))
    classes = logits.shape[1]
    scale = draw(st.lists(st.floats(0.05, 3), min_size=classes, max_size=classes))
    offset = draw(st.lists(st.floats(-30, 30), min_size=classes, max_size=classes))
    return logits, target, np.array(scale), np.array(offset)


@given(problem=problems(), weight=st.floats(0.01, 100))
@QUICK
def test_the_loss_and_its_odds_to_the_rounding_of_the_scores(problem, weight):
    logits, target, scale, offset = problem
    odds = vs_log_odds(logits, target, scale, offset)
    losses = vs_loss(logits, target, weight, scale, offset)
    for row, y, a, loss in zip(logits, target, odds, losses, strict=True):
        truth, size = exact_odds(row, y, scale, offset)
        slack = 8 * EPS * (1 + size)
        assert abs(a - truth) <= slack + 1e-12 * abs(truth)
        exact = mp.mpf(weight) * mp.log1p(mp.exp(truth))
        assert abs(loss - exact) <= 1e-300 + (slack + 1e-12) * exact


def test_a_weight_per_class_is_the_targets():
    logits = np.zeros((2, 3))
    assert vs_loss(logits, [0, 2], weight=[1, 5, 2]) == pytest.approx(np.log(3) * np.array([1, 2]))


def test_the_witness_against_the_all_ones_direction():
    beta = np.array([1, 0.5])
    assert vs_loss([0, 0], 0, scale=beta) == pytest.approx(0.6931, abs=1e-4)
    assert vs_loss([1, 1], 0, scale=beta) == pytest.approx(0.4741, abs=1e-4)
    assert vs_loss(1 / beta, 0, scale=beta) == pytest.approx(np.log(2), rel=1e-15)


@pytest.mark.parametrize(("classes", "ratio"), [(10, 6.40), (100, 70.0), (1000, 706)])
def test_the_published_scale_constant_over_the_tight_one(classes, ratio):
    ones = np.ones(classes)
    assert scale_norm(ones) == pytest.approx(np.sqrt(2), rel=1e-15)
    assert (scale_norm(ones, "sum") / scale_norm(ones))[0] == pytest.approx(ratio, rel=1e-3)


@given(scale=scales, p=st.floats(0, 1), weight=st.floats(0.01, 100))
@QUICK
def test_the_constant_is_the_gradient_bound_of_every_class(scale, p, weight):
    tight = local_lipschitz_constant(weight, scale, p)
    assert tight == pytest.approx(
        [vs_gradient_bound(scale, y, p, weight) for y in range(len(scale))], rel=1e-14
    )
    assert np.all(tight <= local_lipschitz_constant(weight, scale, p, form="sum") * (1 + 1e-14))
    for y, value in enumerate(tight):
        others = [mp.mpf(b) for j, b in enumerate(scale) if j != y]
        exact = mp.mpf(weight) * (1 - mp.mpf(p)) * mp.sqrt(mp.mpf(scale[y]) ** 2 + max(others) ** 2)
        assert abs(value - exact) <= 1e-12 * exact


@given(problem=problems(size=6), p=st.floats(0.01, 0.99), weight=st.floats(0.1, 10))
@QUICK
def test_no_pair_of_logits_beats_the_constant_of_the_clipped_loss(problem, p, weight):
    logits, target, scale, offset = problem
    rng = np.random.default_rng(0)
    constants = vs_loss_constants(weight, scale, p)
    other = logits + rng.normal(size=logits.shape) * rng.choice([0.01, 1, 5], size=(len(logits), 1))
    here, there = (
        clipped_loss(vs_loss(u, target, weight, scale, offset), p, weight) for u in (logits, other)
    )
    limit = constants.lipschitz[target] * np.linalg.norm(other - logits, axis=1)
    assert np.all(np.abs(here - there) <= limit * (1 + 1e-9) + 1e-12)
    assert np.all(here <= constants.upper[target] * (1 + 1e-15))


def test_the_minimal_probability_is_no_function_of_the_minimal_logit():
    for wrong, q in ((0, 0.5761), (5, 0.0179)):
        logits = [[1, wrong, 0], [0, 9, 0], [0, 0, 9]]
        assert minimal_logit(logits, [0, 1, 2])[0] == 1
        assert minimal_probability(logits, [0, 1, 2])[0] == pytest.approx(q, abs=1e-4)


@given(problem=labelled_logits(max_batch=6, size=8, max_classes=4))
@QUICK
def test_bounded_logits_bound_the_minimal_probability(problem):
    _, logits, target = problem
    classes = logits.shape[1]
    logits = np.vstack([logits, np.zeros((classes, classes))])
    target = np.concatenate([target, np.arange(classes)])
    bound = float(np.abs(logits).max())
    low = bounded_logit_probability(minimal_logit(logits, target), bound)
    least = minimal_probability(logits, target)
    assert np.all(low <= least * (1 + 1e-13))
    soft = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    for y in range(classes):
        assert least[y] == pytest.approx(soft[target == y, y].min(), rel=1e-12)


def test_the_literal_reading_exceeds_the_minimal_probability():
    logits, target = [[0.0, 5.0], [-5.0, 0.0]], [0, 1]
    assert literal_probability(minimal_logit(logits, target))[0] == 0.5
    assert minimal_probability(logits, target)[0] < 0.01


def test_parameters_of_the_members():
    counts = [90, 10]
    assert vs_parameters("CE", counts).offset.tolist() == [0, 0]
    assert vs_parameters("weighted CE", counts).weight == pytest.approx([10 / 9, 10])
    assert vs_parameters("CB", counts, base=0.5).weight == pytest.approx([0.5, 0.5 / (1 - 0.5**10)])
    assert vs_parameters("LA", counts, tau=2).offset == pytest.approx(2 * np.log([0.9, 0.1]))
    assert vs_parameters("CDT", counts, gamma=0.5).scale == pytest.approx([1, 1 / 3])
    vs = vs_parameters("VS", counts, gamma=0.5)
    assert vs.scale[1] == pytest.approx(1 / 3)
    assert vs.offset[1] == pytest.approx(np.log(0.1))
    assert vs_parameters("TLA+ADRW", counts, nu=0.5).weight == pytest.approx([0.9**-0.5, 0.1**-0.5])


@given(offset=st.lists(st.floats(-20, 20), min_size=2, max_size=6))
@QUICK
def test_margins_that_are_differences_give_the_offsets_back(offset):
    offsets = np.array(offset)
    recovered = offsets_of_pairwise_margins(offsets[np.newaxis, :] - offsets[:, np.newaxis])
    assert recovered is not None
    assert recovered == pytest.approx(offsets - offsets[0], abs=1e-12)


def test_ldam_and_equalisation_are_no_members():
    ldam = np.array([[0, 0.5, 0.5], [0.3, 0, 0.3], [0.1, 0.1, 0]])
    assert offsets_of_pairwise_margins(ldam) is None
    assert offsets_of_pairwise_margins(np.tile(np.log([1, 0.9, 0.5]), (3, 1))) is None


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: vs_loss([1.0], 0), "K >= 2"),
        (lambda: vs_loss([[1.0, 2.0]], [0.5]), "whole class index"),
        (lambda: vs_loss([[1.0, 2.0]], [2]), "target"),
        (lambda: scale_norm([1.0]), "K >= 2"),
        (lambda: scale_norm([1, 2], "max"), "unknown form"),
        (lambda: vs_loss_constants(1, [1, 1], 1.0), "probability"),
        (lambda: minimal_probability([[1.0, 2.0]], [0]), "every class"),
        (lambda: bounded_logit_probability([3.0, 1.0], 2.0), "bound"),
        (lambda: offsets_of_pairwise_margins([[1.0, 2.0]]), r"\(K, K\)"),
        (lambda: vs_parameters("LDAM", [5, 3]), "unknown loss"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
