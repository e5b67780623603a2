"""Every torch loss is its symbolic twin, in value and gradient; the reference has 40 digits.

A twin is the paper's formula in SymPy symbols, for logits and parameters alike. SymPy differentiates
it and compiles it once for each number of classes and target; mpmath evaluates it at the exact
values of the float64 inputs, so that whatever differs is the torch loss's error.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import mpmath
import numpy as np
import pytest
import sympy
import torch
from counterpoise.methods import (
    BalancedSoftmaxLoss,
    CDTLoss,
    ClassBalancedLoss,
    CVSLoss,
    FocalLoss,
    LDAMLoss,
    LogitAdjustedLoss,
    MarginSoftmaxLoss,
    VSLoss,
    margin_softmax_loss,
)
from counterpoise.methods import focal_link as torch_focal_link
from counterpoise.theory.vector_scaling import (
    adjusted_probabilities,
    focal_link,
    log_link,
    margin_softmax,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from strategies import labelled_logits

DIGITS = 40
MAX_CLASSES = 5
VALUE, GRADIENT = 1e-10, 1e-8  # of one or of the entry's size, whichever is larger
QUICK = settings(max_examples=20, deadline=None)  # for each of many losses

torch.set_num_threads(1)

unit = st.floats(0, 1, allow_subnormal=False)


def problems(size=8.0):
    """Class counts (K,) to a million with K = 2..5, logits (B, K), targets (B,)."""
    return labelled_logits(max_batch=3, size=size, max_classes=MAX_CLASSES, max_count=10**6)


# ---------------------------------------------------------------------------- the papers' formulas


class Counts(NamedTuple):
    """Class counts as symbols, with the statistics that formulas use as symbols of their own."""

    n: tuple[sympy.Symbol, ...]
    total: sympy.Symbol
    least: sympy.Symbol
    most: sympy.Symbol

    def log_prior(self):
        return [sympy.log(n / self.total) for n in self.n]

    def relative(self, power):
        return [(n / self.most) ** power for n in self.n]


def cross_entropy_twin(z, y, counts):
    return margin_softmax(z, y)


def logit_adjusted_twin(z, y, counts, tau):
    return margin_softmax(z, y, offset=[tau * log for log in counts.log_prior()])


def balanced_softmax_twin(z, y, counts):
    return margin_softmax(z, y, offset=[sympy.log(n) for n in counts.n])


def ldam_twin(z, y, counts, max_margin, s):
    margin = max_margin * (counts.least / counts.n[y]) ** sympy.Rational(1, 4)
    return margin_softmax(z, y, scale=[s] * len(z), target_margin=s * margin)


def vs_twin(z, y, counts, gamma, tau):
    offset = [tau * log for log in counts.log_prior()]
    return margin_softmax(z, y, scale=counts.relative(gamma), offset=offset)


def cdt_twin(z, y, counts, gamma):
    return margin_softmax(z, y, scale=counts.relative(gamma))


def cvs_twin(z, y, counts, ratio, tau):
    offset = [tau * (log - j * sympy.log(ratio)) for j, log in enumerate(counts.log_prior())]
    weight = (counts.n[y] / counts.total) ** sympy.Rational(-1, 4)
    return margin_softmax(z, y, weight=weight, offset=offset)


def focal_twin(z, y, counts, gamma):
    return margin_softmax(z, y, link=focal_link(gamma))


def class_balanced_twin(z, y, counts, beta):
    inverse = [(1 - beta) / (1 - beta**n) for n in counts.n]
    return margin_softmax(z, y, weight=len(z) * inverse[y] / sympy.Add(*inverse))


class Pair(NamedTuple):
    """A torch loss and its twin; both take the parameters in the order of their strategies."""

    loss: Callable[..., torch.nn.Module]
    twin: Callable[..., sympy.Expr]
    parameters: tuple[st.SearchStrategy[float], ...] = ()
    size: float = 8.0


PAIRS = {
    "cross-entropy": Pair(lambda n: MarginSoftmaxLoss(reduction="none"), cross_entropy_twin),
    "logit-adjusted": Pair(
        lambda n, tau: LogitAdjustedLoss(n, tau, reduction="none"),
        logit_adjusted_twin,
        (st.floats(-2, 3),),
    ),
    "balanced-softmax": Pair(
        lambda n: BalancedSoftmaxLoss(n, reduction="none"), balanced_softmax_twin
    ),
    "ldam": Pair(
        lambda n, margin, s: LDAMLoss(n, margin, s, reduction="none"),
        ldam_twin,
        (unit, st.floats(0.1, 30)),
        size=5.0,
    ),
    "vs": Pair(
        lambda n, gamma, tau: VSLoss(n, gamma, tau, reduction="none"),
        vs_twin,
        (unit, st.floats(-2, 3)),
    ),
    "cdt": Pair(lambda n, gamma: CDTLoss(n, gamma, reduction="none"), cdt_twin, (unit,)),
    "cvs": Pair(
        lambda n, ratio, tau: CVSLoss(n, ratio ** np.arange(len(n)), tau, 0.25, reduction="none"),
        cvs_twin,
        (st.floats(0.3, 3), st.floats(-2, 3)),
    ),
    "focal": Pair(
        lambda n, gamma: FocalLoss(gamma, reduction="none"), focal_twin, (st.floats(0, 5),)
    ),
    "class-balanced": Pair(
        lambda n, beta: ClassBalancedLoss(n, beta, reduction="none"),
        class_balanced_twin,
        (st.one_of(unit.filter(lambda b: b < 1), st.floats(1e-12, 1e-3).map(lambda e: 1 - e)),),
    ),
}
every_pair = pytest.mark.parametrize("name", PAIRS)


# ---------------------------------------------------------------------------- evaluation


def names(letter, num_classes):
    return sympy.symbols(f"{letter}0:{num_classes}", real=True)


@cache
def compiled(name, num_classes, target):
    """The twin's value followed by its gradient in the logits, as one function of all symbols."""
    pair = PAIRS[name]
    z = names("z", num_classes)
    n = sympy.symbols(f"n0:{num_classes}", positive=True)
    counts = Counts(n, *sympy.symbols("N n_min n_max", positive=True))
    parameters = sympy.symbols(f"theta0:{len(pair.parameters)}", real=True)
    value = pair.twin(z, target, counts, *parameters)
    symbols = [*z, *n, *counts[1:], *parameters]
    return function_of(symbols, [value, *(value.diff(z_k) for z_k in z)])


def function_of(symbols, expressions):
    return sympy.lambdify(symbols, expressions, "mpmath", cse=True)


def evaluate(function, *arguments):
    """The function's values at the exact values of the arguments, rounded once, to float64."""
    with mpmath.workdps(DIGITS):
        return [float(v) for v in function(*(mpmath.mpf(float(a)) for a in arguments))]


def twin_rows(name, problem, parameters):
    """The twin's losses (B,) and gradients (B, K)."""
    counts, logits, targets = problem
    statistics = (counts.sum(), counts.min(), counts.max())
    rows = [
        evaluate(compiled(name, counts.size, int(y)), *z, *counts, *statistics, *parameters)
        for z, y in zip(logits, targets, strict=True)
    ]
    return np.array(rows)[:, 0], np.array(rows)[:, 1:]


def torch_rows(loss, logits, targets):
    """The torch losses (B,) and gradients (B, K)."""
    logits = torch.from_numpy(logits).requires_grad_()
    values = loss(logits, torch.from_numpy(targets))
    (gradients,) = torch.autograd.grad(values.sum(), logits)
    return values.detach().numpy(), gradients.numpy()


def agree(one, other, tolerance):
    np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def drawn(data, name):
    pair = PAIRS[name]
    problem = data.draw(problems(pair.size), label="counts, logits, targets")
    return problem, [data.draw(p, label="parameter") for p in pair.parameters]


# ---------------------------------------------------------------------------- losses and twins


@every_pair
@QUICK
@given(data=st.data())
def test_a_loss_has_its_twins_value_and_gradient(name, data):
    problem, parameters = drawn(data, name)
    loss = PAIRS[name].loss(problem[0], *parameters)
    ours, twins = torch_rows(loss, *problem[1:]), twin_rows(name, problem, parameters)
    agree(ours[0], twins[0], VALUE)
    agree(ours[1], twins[1], GRADIENT)


@pytest.mark.parametrize("name", PAIRS)
def test_twins_are_told_apart_by_the_tolerance(name):
    """A mutant of each pair, the twin of cross-entropy in its place, is noticed."""
    problem = (np.array([100, 20, 5]), np.array([[2.0, -1.0, 0.3]]), np.array([1]))
    parameters = [0.5, 0.7][: len(PAIRS[name].parameters)]
    value, gradient = twin_rows(name, problem, parameters)
    plain, plain_gradient = twin_rows("cross-entropy", problem, [])
    differs = name != "cross-entropy"
    assert (abs(value - plain) > 1e3 * VALUE).all() == differs
    assert (abs(gradient - plain_gradient).max() > 1e3 * GRADIENT) == differs


# ---------------------------------------------------------------------------- the functional


@st.composite
def constants(draw, num_classes):
    """Weight, positive scale, offset and target margin, each of shape (K,), by name."""

    def vector(low, high):
        return draw(hnp.arrays(np.float64, num_classes, elements=st.floats(low, high)))

    return {
        "weight": vector(0.01, 10),
        "scale": vector(0.1, 3),
        "offset": vector(-8, 8),
        "target_margin": vector(-2, 5),
    }


TORCH_LINKS = {"default": lambda gamma: None, "log": lambda gamma: torch.neg}
TORCH_LINKS["focal"] = torch_focal_link
every_link = pytest.mark.parametrize("link", TORCH_LINKS)


@cache
def functional(link, num_classes, target):
    """The functional's twin: value; slopes in logits, scale, offset, target's margin and weight."""
    z, scale, offset = (names(letter, num_classes) for letter in "zbd")
    weight, margin, gamma = sympy.symbols("alpha m gamma", real=True)
    value = margin_softmax(
        z,
        target,
        weight=weight,
        scale=scale,
        offset=offset,
        target_margin=margin,
        link=focal_link(gamma) if link == "focal" else log_link,
    )
    variables = [*z, *scale, *offset, margin, weight]
    return function_of([*variables, gamma], [value, *(value.diff(v) for v in variables)])


def functional_rows(link, logits, targets, held, gamma):
    rows = [
        evaluate(
            functional(link, len(z), int(y)),
            *(*z, *held["scale"], *held["offset"]),
            *(held["target_margin"][y], held["weight"][y], gamma),
        )
        for z, y in zip(logits, targets, strict=True)
    ]
    return np.array(rows)


def tensors(held):
    return {name: torch.from_numpy(constant) for name, constant in held.items()}


def call(link, gamma, held, reduction="none"):
    def loss(logits, targets):
        return margin_softmax_loss(
            logits, targets, **tensors(held), link=TORCH_LINKS[link](gamma), reduction=reduction
        )

    return loss


@st.composite
def functional_problems(draw):
    _, logits, targets = draw(problems(5.0))
    return logits, targets, draw(constants(logits.shape[1])), draw(st.floats(0, 5))


@every_link
@QUICK
@given(problem=functional_problems())
def test_the_functional_has_its_twins_value_gradient_and_mean(link, problem):
    logits, targets, held, gamma = problem
    values, gradients = torch_rows(call(link, gamma, held), logits, targets)
    rows = functional_rows(link, *problem)
    agree(values, rows[:, 0], VALUE)
    agree(gradients, rows[:, 1 : 1 + logits.shape[1]], GRADIENT)
    mean = call(link, gamma, held, "mean")(torch.from_numpy(logits), torch.from_numpy(targets))
    # over the sum of the targets' weights
    agree(mean.item(), rows[:, 0].sum() / held["weight"][targets].sum(), VALUE)


@every_link
@QUICK
@given(problem=functional_problems())
def test_the_gradient_in_the_constants_is_the_twins(link, problem):
    logits, targets, held, gamma = problem
    K = logits.shape[1]
    learnt = tensors(held)
    wanted = [learnt[name].requires_grad_() for name in ("scale", "offset", "target_margin")]
    if link != "default":  # torch's own cross-entropy has no derivative in the class weights
        wanted.append(learnt["weight"].requires_grad_())
    total = margin_softmax_loss(
        torch.from_numpy(logits),
        torch.from_numpy(targets),
        **learnt,
        link=TORCH_LINKS[link](gamma),
        reduction="sum",
    )
    slopes = torch.autograd.grad(total, wanted)
    rows = functional_rows(link, *problem)
    own = np.eye(K)[targets]
    agree(slopes[0], rows[:, 1 + K : 1 + 2 * K].sum(axis=0), GRADIENT)
    agree(slopes[1], rows[:, 1 + 2 * K : 1 + 3 * K].sum(axis=0), GRADIENT)
    agree(slopes[2], rows[:, 1 + 3 * K] @ own, GRADIENT)
    if link != "default":
        agree(slopes[3], rows[:, 2 + 3 * K] @ own, GRADIENT)


@QUICK
@given(problem=functional_problems(), data=st.data())
def test_a_pairwise_offset_is_the_twin_with_the_targets_row(problem, data):
    logits, targets, held, gamma = problem
    K = logits.shape[1]
    matrix = data.draw(hnp.arrays(np.float64, (K, K), elements=st.floats(-8, 8)))
    values, _ = torch_rows(call("default", gamma, {**held, "offset": matrix}), logits, targets)
    for value, z, y in zip(values, logits, targets, strict=True):
        row = functional_rows("default", z[None], [y], {**held, "offset": matrix[y]}, gamma)
        agree(value, row[0, 0], VALUE)


@cache
def probabilities(num_classes):
    z, scale, offset = (names(letter, num_classes) for letter in "zbd")
    return function_of([*z, *scale, *offset], adjusted_probabilities(z, scale=scale, offset=offset))


@QUICK
@given(problem=functional_problems())
def test_adjusted_probabilities_are_what_the_functional_takes_the_logarithm_of(problem):
    logits, _, held, _ = problem
    K = logits.shape[1]
    expected = evaluate(probabilities(K), *logits[0], *held["scale"], *held["offset"])
    adjusted = {name: torch.from_numpy(held[name]) for name in ("scale", "offset")}
    every = torch.from_numpy(logits[:1]).expand(K, -1)
    losses = margin_softmax_loss(every, torch.arange(K), **adjusted, reduction="none")
    agree(torch.exp(-losses), expected, VALUE)


# ---------------------------------------------------------------------------- the scale identity


@every_link
@QUICK
@given(problem=functional_problems())
def test_torchs_gradient_over_the_scale_sums_to_zero(link, problem):
    logits, targets, held, gamma = problem
    _, gradients = torch_rows(call(link, gamma, held), logits, targets)
    terms = gradients / held["scale"]
    agree(terms.sum(axis=1) / (1 + abs(terms).max(axis=1)), 0, 1e-13)


@cache
def weighted_sum(link, num_classes):
    """``sum_k (1/beta_k) dL/dz_k`` of the functional's twin, for the last class as target."""
    z, scale, offset = (names(letter, num_classes) for letter in "zbd")
    margin, gamma = sympy.symbols("m gamma", real=True)
    value = margin_softmax(
        z,
        num_classes - 1,
        scale=scale,
        offset=offset,
        target_margin=margin,
        link=focal_link(gamma) if link == "focal" else log_link,
    )
    total = sympy.Add(*(value.diff(z_k) / b for z_k, b in zip(z, scale, strict=True)))
    return function_of([*z, *scale, *offset, margin, gamma], [total])


@pytest.mark.parametrize("link", ["log", "focal"])
@QUICK
@given(problem=functional_problems())
def test_the_twins_gradient_over_the_scale_sums_to_zero_to_30_digits(link, problem):
    logits, _, held, gamma = problem
    margin = held["target_margin"][-1]
    function = weighted_sum(link, logits.shape[1])
    (total,) = evaluate(function, *logits[0], *held["scale"], *held["offset"], margin, gamma)
    assert abs(total) < 1e-30


@pytest.mark.parametrize("name", ["vs", "cdt"])
@QUICK
@given(data=st.data())
def test_vs_and_cdt_gradients_over_their_scale_sum_to_zero(name, data):
    problem, (gamma, *rest) = drawn(data, name)
    counts, logits, targets = problem
    inverse_scale = (counts.max() / counts) ** gamma
    loss = PAIRS[name].loss(counts, gamma, *rest)
    for rows in (torch_rows(loss, logits, targets), twin_rows(name, problem, [gamma, *rest])):
        terms = rows[1] * inverse_scale
        agree(terms.sum(axis=1) / (1 + abs(terms).max(axis=1)), 0, 1e-13)
