"""Each loss against its paper's formula, evaluated independently: 50 digits, plain exponentials.

The reference knows nothing of the package: it sums exponentials that would overflow in float64, and
differentiates by differences with a step of 1e-20. Value to 1e-10, gradient to 1e-8.
"""

from collections.abc import Callable
from typing import NamedTuple

import mpmath
import numpy as np
import pytest
import torch
from counterpoise.methods import (
    ClassBalancedLoss,
    EqualizationLoss,
    GCALoss,
    GLALoss,
    IMMAXLoss,
    InfluenceBalancedLoss,
    LabelAwareSmoothingLoss,
    LADELoss,
    LDAMHingeLoss,
    PairwiseMarginLoss,
    SeesawLoss,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mpf
from strategies import labelled_logits

VALUE, GRADIENT = 1e-10, 1e-8
STEP = mpf(10) ** -20
few = settings(max_examples=15)

unit = st.floats(0, 1, allow_subnormal=False)
positive = st.floats(0.25, 4)
order = st.one_of(
    st.sampled_from([0.0, 0.5]), st.floats(-0.5, 0.95).filter(lambda q: abs(q) > 1e-3)
)


# ------------------------------------------------------------------------------ the papers' formulas
# Arguments: logits z, target y, counts n (lists of mpf), and the parameters.


def softmax(z):
    powers = [mpmath.exp(s) for s in z]
    return [power / sum(powers) for power in powers]


def cross_entropy(z, y):
    return -mpmath.log(softmax(z)[y])


def psi(u, q):
    return -mpmath.log(u) if q == 0 else (1 - u**q) / q


def hinge(z, y, n, max_margin):
    margin = max_margin * (min(n) / n[y]) ** (mpf(1) / 4)
    return max(max([s for j, s in enumerate(z) if j != y]) - z[y] + margin, mpf(0))


def gla(z, y, n, q):
    return psi(
        softmax([s + mpmath.log(c / sum(n)) / (1 - q) for s, c in zip(z, n, strict=True)])[y], q
    )


def gca(z, y, n, q, power):
    rho = [(c / max(n)) ** power for c in n]
    return sum(n) / n[y] * psi(softmax([s / rho[y] for s in z])[y], q)


def immax(z, y, n, mean):
    roots = [mpmath.cbrt(c) for c in n]
    rho = [mean * len(n) * root / sum(roots) for root in roots]
    others = [mpmath.exp((s - z[y]) / rho[y]) for j, s in enumerate(z) if j != y]
    return mpmath.log(1 + sum(others))


def smoothing(z, y, n, head, tail, shape, form):
    if max(n) == min(n):
        e = head
    else:
        x = (n[y] - min(n)) / (max(n) - min(n))
        grown = {"concave": mpmath.sin(mpmath.pi * x / 2), "linear": x}
        grown["convex"] = 1 + mpmath.sin(3 * mpmath.pi / 2 + mpmath.pi * x / 2)
        e = tail + (head - tail) * grown[shape]
    p, K = softmax(z), len(z)
    if form == "paper":
        label = [1 - e if j == y else e / (K - 1) for j in range(K)]
    else:
        label = [(1 - e if j == y else 0) + e / K for j in range(K)]
    return -sum(t * mpmath.log(s) for t, s in zip(label, p, strict=True))


def influence(z, y, n, alpha, size):
    p = softmax(z)
    distance = sum(abs(s - (j == y)) for j, s in enumerate(p))
    return alpha * cross_entropy(z, y) / (distance * size + mpf("0.001"))


def sigmoid(z, y, n, beta, gamma):
    inverse = [(1 - beta) / (1 - beta**c) for c in n]
    right = [1 / (1 + mpmath.exp(-s if j == y else s)) for j, s in enumerate(z)]
    loss = -sum((1 - p) ** gamma * mpmath.log(p) for p in right)
    return len(n) * inverse[y] / sum(inverse) * loss


def equalization(z, y, n, threshold):
    kept = [j for j in range(len(z)) if j == y or n[j] / sum(n) >= threshold]
    return -mpmath.log(mpmath.exp(z[y]) / sum(mpmath.exp(z[j]) for j in kept))


def seesaw(z, y, n, p, q, at):
    """``at``: the logits at which the factors are taken, as they are not differentiated."""
    score = softmax(at)
    total = mpmath.exp(z[y])
    for j in range(len(z)):
        if j != y:
            compensation = max(1, score[j] / max(score[y], mpf(0.01))) ** q
            total += min(1, n[j] / n[y]) ** p * compensation * mpmath.exp(z[j])
    return -mpmath.log(mpmath.exp(z[y]) / total)


def pairwise(z, y, n, tau, nu):
    terms = [(n[j] / n[y]) ** tau * mpmath.exp(s - z[y]) for j, s in enumerate(z) if j != y]
    return n[y] ** -nu * mpmath.log(1 + sum(terms))


class Pair(NamedTuple):
    """A loss per example, its reference, and the strategies of their parameters."""

    loss: Callable[..., torch.nn.Module]
    reference: Callable[..., mpf]
    parameters: tuple[st.SearchStrategy, ...] = ()


def per_example(build):
    return lambda *arguments: build(*arguments, reduction="none")


class WithFeatures(InfluenceBalancedLoss):
    """Features of a given L1 norm."""

    def __init__(self, alpha, size):
        super().__init__(alpha, reduction="none")
        self.size = size

    def forward(self, logits, target):
        features = torch.tensor([[-0.25, 0.75]], dtype=torch.float64) * self.size
        return super().forward(logits, target, features.expand(len(target), -1))


PAIRS = {
    "hinge": Pair(per_example(LDAMHingeLoss), hinge, (unit,)),
    "gla": Pair(per_example(GLALoss), gla, (order,)),
    "gca": Pair(
        lambda n, q, power: GCALoss(n, q, (n / n.max()) ** power, reduction="none"),
        gca,
        (order, st.floats(-0.2, 0.2)),
    ),
    "immax": Pair(per_example(IMMAXLoss), immax, (positive,)),
    "smoothing": Pair(
        per_example(LabelAwareSmoothingLoss),
        smoothing,
        (
            st.floats(0.1, 0.9),
            st.floats(0, 0.1),
            st.sampled_from(["concave", "linear", "convex"]),
            st.sampled_from(["paper", "official"]),
        ),
    ),
    "influence": Pair(
        lambda n, *rest: WithFeatures(*rest), influence, (st.floats(1, 1e4), positive)
    ),
    "sigmoid": Pair(
        lambda n, beta, gamma: ClassBalancedLoss(n, beta, "focal", gamma, reduction="none"),
        sigmoid,
        (st.floats(0, 0.999), st.floats(0, 4)),
    ),
    "equalization": Pair(
        lambda n, share: EqualizationLoss(n, share, 1.0, reduction="none"), equalization, (unit,)
    ),
    "seesaw": Pair(
        lambda n, p, q: SeesawLoss(len(n), p, q, class_counts=n, reduction="none"),
        seesaw,
        (unit, st.floats(0, 3)),
    ),
    "pairwise": Pair(
        lambda n, tau, nu: PairwiseMarginLoss(
            1.0 / n**nu, tau * np.log(n[None, :] / n[:, None]), reduction="none"
        ),
        pairwise,
        (st.floats(-1, 2), unit),
    ),
}
every_pair = pytest.mark.parametrize("name", PAIRS)


# ------------------------------------------------------------------------------ evaluation


def exactly(value):
    return mpf(float(value)) if isinstance(value, float | int | np.number) else value


def reference_rows(name, problem, parameters):
    """Losses (B,) and gradients (B, K) of the reference, rounded once."""
    counts, logits, targets = problem
    n = [mpf(int(c)) for c in counts]
    parameters = [exactly(p) for p in parameters]
    values, gradients = [], []
    with mpmath.workdps(50):
        for row, y in zip(logits, targets, strict=True):
            z = [mpf(float(s)) for s in row]
            fixed = [z] if name == "seesaw" else []

            def at(k, step, z=z, y=int(y), fixed=fixed):
                moved = [s + step * (j == k) for j, s in enumerate(z)]
                return PAIRS[name].reference(moved, y, n, *parameters, *fixed)

            values.append(float(at(0, 0)))
            gradients.append(
                [float((at(k, STEP) - at(k, -STEP)) / (2 * STEP)) for k in range(len(z))]
            )
    return np.array(values), np.array(gradients)


def torch_rows(loss, logits, targets):
    logits = torch.from_numpy(logits).requires_grad_()
    values = loss(logits, torch.from_numpy(targets))
    (gradients,) = torch.autograd.grad(values.sum(), logits)
    return values.detach().numpy(), gradients.numpy()


@every_pair
@few
@given(data=st.data())
def test_a_loss_has_its_formulas_value_and_gradient(name, data):
    problem = data.draw(labelled_logits(max_batch=2, size=6.0, max_classes=5, max_count=10**5))
    parameters = [data.draw(p) for p in PAIRS[name].parameters]
    if name == "hinge":  # a tie has no gradient
        assume(all(len(set(row)) == len(row) for row in problem[1].round(12)))
    values, gradients = torch_rows(PAIRS[name].loss(problem[0], *parameters), *problem[1:])
    expected, slopes = reference_rows(name, problem, parameters)
    np.testing.assert_allclose(values, expected, rtol=VALUE, atol=VALUE)
    np.testing.assert_allclose(gradients, slopes, rtol=GRADIENT, atol=GRADIENT)


@pytest.mark.parametrize("name", PAIRS)
def test_the_tolerance_tells_formulas_apart(name):
    """Cross-entropy in a reference's place is noticed."""
    problem = (np.array([100, 20, 5]), np.array([[2.0, -1.0, 0.3]]), np.array([1]))
    parameters = {
        "smoothing": [0.4, 0.1, "concave", "paper"],
        "influence": [1000.0, 1.75],
        "equalization": [0.1],
        "immax": [1.5],
        "gca": [0.5, 0.2],
    }.get(name, [0.5, 0.5][: len(PAIRS[name].parameters)])
    values, gradients = torch_rows(PAIRS[name].loss(problem[0], *parameters), *problem[1:])
    plain, slopes = torch_rows(torch.nn.CrossEntropyLoss(reduction="none"), *problem[1:])
    assert abs(values - plain).min() > 1e3 * VALUE
    assert abs(gradients - slopes).max() > 1e3 * GRADIENT


# ------------------------------------------------------------------------------ LADE, a loss of batches


def lade(rows, targets, n, strength, alpha, form):
    """``mean CE + alpha L``, from the papers' sums."""
    B, K, total = len(rows), len(n), sum(n)
    prior = [c / total for c in n]
    balanced = sum(
        cross_entropy([s + mpmath.log(p) for s, p in zip(z, prior, strict=True)], y)
        for z, y in zip(rows, targets, strict=True)
    )
    loss = balanced / B
    for c in range(K):
        own = [z[c] for z, y in zip(rows, targets, strict=True) if y == c]
        mean = sum(own) / len(own) if own else mpf(0)
        weights = [1 / (K * prior[y if form == "paper" else c]) for y in targets]
        moment = sum(w * mpmath.exp(z[c]) for w, z in zip(weights, rows, strict=True)) / B
        log_moment = mpmath.log(moment)
        loss -= alpha * prior[c] * (mean - log_moment - strength * log_moment**2)
    return loss


@pytest.mark.parametrize("form", ["paper", "official"])
@few
@given(problem=labelled_logits(max_batch=4, size=6.0, max_classes=4), strength=unit, alpha=unit)
def test_lade_has_its_formulas_value_and_gradient(form, problem, strength, alpha):
    counts, logits, targets = problem
    z = torch.from_numpy(logits).requires_grad_()
    value = LADELoss(counts, strength, alpha, form)(z, torch.from_numpy(targets))
    (gradient,) = torch.autograd.grad(value, z)
    with mpmath.workdps(50):
        n = [mpf(int(c)) for c in counts]
        rows = [[mpf(float(s)) for s in row] for row in logits]

        def at(i, k, step):
            moved = [list(row) for row in rows]
            moved[i][k] += step
            return lade(moved, targets.tolist(), n, mpf(strength), mpf(alpha), form)

        expected = float(at(0, 0, 0))
        slopes = [
            [float((at(i, k, STEP) - at(i, k, -STEP)) / (2 * STEP)) for k in range(len(n))]
            for i in range(len(rows))
        ]
    np.testing.assert_allclose(value.item(), expected, rtol=VALUE, atol=VALUE)
    np.testing.assert_allclose(gradient.numpy(), slopes, rtol=GRADIENT, atol=GRADIENT)
