"""Margins: optimal splits for any exponents, and the LDAM loss, against 50 digits and brute force."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.margins import (
    best_reachable_margins,
    equal_pairwise_margins,
    ldam_hinge,
    ldam_loss,
    margin_tradeoff,
    optimal_margins,
    reachable,
    tradeoff_margins,
)
from fifty_digits import agree, counts_to_1e12, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import linprog, minimize_scalar

settings.register_profile("margins", deadline=None)
settings.load_profile("margins")

# ---------------------------------------------------------------------------- the trade-off


@pytest.mark.parametrize(
    ("exponent", "value"),
    [(-1 / 4, 0.547851), (1 / 4, 1.357851), (-1 / 2, 0.695701), (0, 0.695701), (-1 / 3, 0.562760)],
)
def test_the_trade_off_at_other_exponents(exponent, value):
    counts = np.array([1000.0, 10.0])
    shape = counts**exponent
    assert margin_tradeoff(shape / shape.sum(), counts) == pytest.approx(value, abs=1e-6)


@given(counts=st.tuples(st.integers(1, 10**9), st.integers(1, 10**9)))
def test_two_classes_by_search(counts):
    found = minimize_scalar(
        lambda t: margin_tradeoff([t, 1 - t], counts), bounds=(1e-9, 1 - 1e-9), method="bounded"
    )
    best = margin_tradeoff(optimal_margins(counts), counts)
    assert best <= found.fun * (1 + 1e-12)
    assert best == pytest.approx(sum(n**-0.25 for n in counts) ** 2, rel=1e-12)


@given(
    counts=counts_to_1e12,
    total=powers(-6, 6),
    p=st.floats(0.1, 5),
    q=st.floats(-3, 3, allow_subnormal=False),
    data=st.data(),
)
def test_margins_for_any_exponents(counts, total, p, q, data):
    weights = data.draw(st.lists(powers(-3, 3), min_size=len(counts), max_size=len(counts)))
    shape = [
        (mp.mpf(w) * mp.mpf(n) ** -mp.mpf(q)) ** (1 / (mp.mpf(p) + 1))
        for w, n in zip(weights, counts, strict=True)
    ]
    allocated = tradeoff_margins(
        counts, total, margin_power=p, count_power=q, class_weights=weights
    )
    agree(allocated, [mp.mpf(total) * s / sum(shape) for s in shape])


@given(counts=counts_to_1e12)
def test_the_default_exponents_are_ldams(counts):
    np.testing.assert_allclose(tradeoff_margins(counts), optimal_margins(counts), rtol=1e-13)


@given(
    counts=st.lists(st.integers(1, 10**6), min_size=2, max_size=5),
    p=st.floats(0.3, 3),
    q=st.floats(-1, 2),
    data=st.data(),
)
def test_no_other_split_of_the_budget_does_better(counts, p, q, data):
    best = tradeoff_margins(counts, margin_power=p, count_power=q)
    draw = st.lists(st.floats(0.01, 1), min_size=len(counts), max_size=len(counts))
    other = np.array(data.draw(draw))
    scale = np.asarray(counts, dtype=float) ** -q
    value = [np.sum(scale * g**-p) for g in (best, other / other.sum())]
    assert value[0] <= value[1] * (1 + 1e-10)


def test_the_printed_rule_for_an_imbalanced_test_set_is_not_the_best():
    counts, shares = np.array([1000.0, 10.0]), np.array([10.0, 1000.0]) / 1010
    printed = (shares / counts) ** 0.25
    margins = printed / printed.sum(), tradeoff_margins(counts, class_weights=shares)
    values = [np.sum(shares / (g * np.sqrt(counts))) for g in margins]
    assert values == pytest.approx([0.34785, 0.33321], abs=1e-5)


# ---------------------------------------------------------------------------- reaching margins by biases


@st.composite
def separated(draw, max_classes=4):
    classes = draw(st.integers(2, max_classes))
    pairwise = draw(hnp.arrays(np.float64, (classes, classes), elements=st.floats(0.1, 3)))
    counts = draw(st.lists(st.integers(1, 10**4), min_size=classes, max_size=classes))
    return pairwise, np.array(counts)


def _pairs(classes):
    return [(j, k) for j in range(classes) for k in range(classes) if j != k]


@given(problem=separated(), data=st.data())
def test_reachability_is_that_of_a_linear_program(problem, data):
    pairwise, counts = problem
    size = counts.size
    wanted = np.array(data.draw(st.lists(st.floats(-1, 3), min_size=size, max_size=size)))
    rows = np.zeros((size * (size - 1), size + 1))
    for row, (j, k) in zip(rows, _pairs(size), strict=True):
        row[k], row[j], row[-1] = 1, -1, 1
    limit = [pairwise[j, k] - wanted[j] for j, k in _pairs(size)]
    program = linprog(
        np.r_[np.zeros(size), -1], A_ub=rows, b_ub=limit, bounds=[(None, None)] * size + [(None, 1)]
    )
    feasibility = reachable(pairwise, wanted)
    if abs(program.x[-1]) > 1e-7:  # the program's slack decides, away from the solver's rounding
        assert feasibility.holds == (program.x[-1] > 0)
    if feasibility.holds:
        gap = [
            pairwise[j, k] + feasibility.biases[j] - feasibility.biases[k] for j, k in _pairs(size)
        ]
        assert min(g - wanted[j] for g, (j, _) in zip(gap, _pairs(size), strict=True)) >= -1e-12
    else:
        steps = list(
            zip(feasibility.cycle, (*feasibility.cycle[1:], feasibility.cycle[0]), strict=True)
        )
        assert sum(pairwise[j, k] - wanted[j] for j, k in steps) < 1e-12
        assert len(set(feasibility.cycle)) == len(feasibility.cycle) >= 2


def test_pair_conditions_alone_do_not_suffice():
    pairwise = [[0, 0.2, 2], [2, 0, 0.2], [0.2, 2, 0]]
    assert set(reachable(pairwise, [1, 1, 1]).cycle) == {0, 1, 2}
    assert reachable(pairwise, [0.2, 0.2, 0.2]).holds


@pytest.mark.parametrize(
    ("counts", "margins", "value"),
    [
        ((1000, 10), (0.4805, 1.5195), None),
        ((1000, 100, 10), (0.7843, 0.7843, 1.2157), 0.42794),
        ((1000, 10, 10), (1, 1, 1), None),
    ],
)
def test_equal_pairwise_margins(counts, margins, value):
    best = equal_pairwise_margins(counts)
    assert best == pytest.approx(margins, abs=5e-5)
    if value:
        assert margin_tradeoff(best, counts) == pytest.approx(value, abs=1e-5)
        assert margin_tradeoff([1, 1, 1], counts) == pytest.approx(0.44785, abs=1e-5)


@given(counts=counts_to_1e12, margin=powers(-3, 3))
def test_equal_pairwise_margins_at_fifty_digits(counts, margin):
    shares = [mp.mpf(n) ** (-mp.mpf(1) / 2) for n in counts]
    rarest = counts.index(min(counts))
    top, others = shares[rarest], sum(s for k, s in enumerate(shares) if k != rarest)
    common = mp.sqrt(top) + mp.sqrt(others)
    truth = [2 * mp.sqrt(others) / common * margin] * len(counts)
    truth[rarest] = 2 * mp.sqrt(top) / common * margin
    agree(
        equal_pairwise_margins(counts, margin),
        truth if top > others else [mp.mpf(margin)] * len(counts),
    )


@given(counts=st.lists(st.integers(1, 10**5), min_size=2, max_size=4))
def test_the_program_finds_the_closed_form(counts):
    found = best_reachable_margins(np.ones((len(counts), len(counts))), counts)
    best = margin_tradeoff(equal_pairwise_margins(counts), counts)
    assert margin_tradeoff(found, counts) == pytest.approx(best, rel=1e-6)
    assert margin_tradeoff(found, counts) >= best * (1 - 1e-9)


@settings(max_examples=15)
@given(problem=separated(max_classes=3), data=st.data())
def test_no_biases_do_better_than_the_program(problem, data):
    pairwise, counts = problem
    best = best_reachable_margins(pairwise, counts)
    assert reachable(pairwise, best * (1 - 1e-9)).holds
    shifted = pairwise + np.zeros_like(pairwise)
    np.fill_diagonal(shifted, np.inf)
    draw = hnp.arrays(np.float64, (200, counts.size), elements=st.floats(-1, 1))
    for bias in data.draw(draw):
        margins = (shifted + bias[:, None] - bias).min(axis=1)
        if margins.min() > 0:
            assert margin_tradeoff(best, counts) <= margin_tradeoff(margins, counts) * (1 + 1e-7)


# ---------------------------------------------------------------------------- the LDAM loss


@st.composite
def scored(draw, size=1e4):
    classes = draw(st.integers(2, 6))
    number = st.floats(-size, size, allow_subnormal=False)
    logits = draw(st.lists(number, min_size=classes, max_size=classes))
    margins = draw(
        st.lists(st.floats(0, 1, allow_subnormal=False), min_size=classes, max_size=classes)
    )
    return logits, draw(st.integers(0, classes - 1)), margins


def _exact_exponents(logits, target, margins):
    return [
        mp.mpf(z) - mp.mpf(logits[target]) + mp.mpf(margins[target])
        for j, z in enumerate(logits)
        if j != target
    ]


@given(case=st.one_of(scored(), scored(size=1.0)), scale=st.sampled_from([1.0, 30.0]))
def test_the_loss_at_fifty_digits(case, scale):
    # The tail exp(-s d) carries the rounding of s d, d up to 20000: a relative error of s d units.
    exponents = [scale * a for a in _exact_exponents(*case)]
    truth = mp.log1p(sum(mp.exp(a) for a in exponents))
    agree(ldam_loss(*case, scale), truth)


@given(case=scored())
def test_the_hinge_to_rounding_of_the_logits(case):
    truth = max(mp.mpf(0), *_exact_exponents(*case))
    agree(ldam_hinge(*case), truth, absolute=1e-11)


@given(case=scored(size=5), scale=st.floats(0.5, 1000))
def test_the_loss_over_its_scale_is_the_hinge_up_to_log_k_over_s(case, scale):
    hinge, smooth = ldam_hinge(*case), ldam_loss(*case, scale) / scale
    assert hinge - 1e-12 <= smooth <= hinge + np.log(len(case[0])) / scale + 1e-12


def test_a_batch_is_its_rows():
    logits, target, margins = (
        np.arange(12.0).reshape(2, 2, 3) % 5,
        np.array([[0, 1], [2, 0]]),
        [0.1, 0.2, 0.5],
    )
    batch = ldam_loss(logits, target, margins, 30)
    rows = [
        ldam_loss(z, y, margins, 30)
        for z, y in zip(logits.reshape(4, 3), target.ravel(), strict=True)
    ]
    assert batch.shape == (2, 2)
    np.testing.assert_array_equal(batch.ravel(), rows)


# ---------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ldam_loss([1, 2], 2, [0.1, 0.1]), "target = 2"),
        (lambda: ldam_loss([1, 2], 0.5, [0.1, 0.1]), "target = 0.5"),
        (lambda: ldam_loss([1, 2], [0], [0.1, 0.1]), "target has shape"),
        (lambda: ldam_loss([1, 2], 0, [0.1]), "margins has shape"),
        (lambda: ldam_loss([1], 0, [0.1]), "logits has shape"),
        (lambda: ldam_loss([1, 2], 0, [0.1, 0.1], 0), "scale = 0"),
        (lambda: tradeoff_margins([1, 2], class_weights=[1, 2, 3]), "class_weights has shape"),
        (lambda: tradeoff_margins([1, 2], margin_power=0), "margin_power = 0"),
        (lambda: reachable([[0, 1]], [1]), "pairwise_margins has shape"),
        (lambda: reachable([[0, 1], [1, 0]], [1]), "margins has shape"),
        (lambda: best_reachable_margins([[0, -1], [-1, 0]], [1, 1]), "no biases"),
        (lambda: best_reachable_margins([[0, 1], [1, 0]], [1]), "class_counts has shape"),
        (lambda: equal_pairwise_margins([3]), "at least two"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words.replace("(", r"\(")):
        call()


def test_text_is_no_number():
    with pytest.raises(InputTypeError):
        tradeoff_margins(["many", "few"])
