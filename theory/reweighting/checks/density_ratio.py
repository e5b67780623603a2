"""Matrix identities of moment matching, a symbol for every entry; its shrinkage in a sampled world."""

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import sympy
from flint import fmpq_mat
from numpy.typing import NDArray

from ...proof.computation import Finding, check


def _symbols(samples: int, dimension: int) -> tuple[sympy.Matrix, sympy.Matrix, sympy.Symbol]:
    """Features (Z, b), a prototype (Z, 1) and a ridge, all free symbols."""
    phi = sympy.Matrix(dimension, samples, lambda i, j: sympy.Symbol(f"x{i}_{j}"))
    prototype = sympy.Matrix(dimension, 1, lambda i, _: sympy.Symbol(f"f{i}"))
    return phi, prototype, sympy.Symbol("lam")


def _vanishes(difference: sympy.Matrix) -> Finding:
    left = [str(entry) for entry in difference.applyfunc(sympy.expand) if entry.expand() != 0]
    count = len(difference)
    shown = f"an entry differs by {left[0]}" if left else ""
    return Finding(not left, {"entries": count}, f"{count} entries vanish identically", shown)


Integers = NDArray[np.int64]


def _agree_at_integers(finding: Finding, agrees: Callable[[np.random.Generator], bool]) -> str:
    """Whether the claim holds in five random worlds of small integers, in fractions."""
    rng = np.random.default_rng(0)
    if all(agrees(rng) for _ in range(5)):
        return "" if finding.holds else "it holds in five integer worlds"
    return "it fails in an integer world" if finding.holds else ""


def _solve(matrix: Integers, right: Integers) -> fmpq_mat:
    """The solution in fractions, as a column."""
    size = len(right)
    return fmpq_mat(size, size, matrix.ravel().tolist()).solve(fmpq_mat(size, 1, right.tolist()))


def _ridge_difference(samples: int, dimension: int, centre: str) -> sympy.Matrix:
    """Normal equations of the ridge, at the closed form: (G + b lam) (r - r0) = right side."""
    phi, prototype, lam = _symbols(samples, dimension)
    gram, ones = phi.T * phi, sympy.ones(samples, 1)
    mean = phi * ones / samples
    shrunk = samples * lam
    # gradient of r'Gr/b^2 - 2 r'Phi'F/b + lam |r - 1|^2 / b at zero, times b^2/2
    right = samples * phi.T * prototype + shrunk * ones
    closed = {"mean": samples * phi.T * (prototype - mean), "none": samples * phi.T * prototype}
    return right - (gram + shrunk * sympy.eye(samples)) * ones - closed[centre]


def _ridge_again(finding: Finding, *, samples: int, dimension: int, centre: str) -> str:
    """The objective itself, a quadratic: its central differences at the closed form vanish exactly."""

    def agrees(rng: np.random.Generator) -> bool:
        phi = rng.integers(-9, 10, size=(dimension, samples))
        prototype, lam = rng.integers(-9, 10, size=dimension), int(rng.integers(1, 10))
        gram = phi.T @ phi + samples * lam * np.eye(samples, dtype=int)
        # b Phi'(F - mean) in whole numbers
        centred = samples * prototype - (phi.sum(axis=1) if centre == "mean" else 0)
        closed = [1 + Fraction(int(v.p), int(v.q)) for v in _solve(gram, phi.T @ centred).entries()]

        def objective(ratio: list[Fraction]) -> Fraction:
            rows = [
                int(f)
                - sum((int(x) * r for x, r in zip(row, ratio, strict=True)), Fraction(0)) / samples
                for f, row in zip(prototype, phi, strict=True)
            ]
            ridge = Fraction(lam, samples) * sum((r - 1) ** 2 for r in ratio)
            return sum((row**2 for row in rows), Fraction(0)) + ridge

        moved = [
            [objective([r + s * (i == j) for i, r in enumerate(closed)]) for s in (1, -1)]
            for j in range(samples)
        ]
        return all(up == down for up, down in moved)

    return _agree_at_integers(finding, agrees)


@check(
    "symbolic",
    "the minimiser of moment matching with the ridge (lam/b)|r - 1|^2 is 1 + b (G + b lam I)^-1 "
    "Phi'(F - {centre}), for any {samples} samples in {dimension} dimensions",
    again=_ridge_again,
    latex=r"r = 1 + b\,(\Phi^\top\Phi + b\lambda I)^{-1}\Phi^\top(F - \bar z)",
)
def centred_ridge(*, samples: int, dimension: int, centre: str) -> Finding:
    """The closed form satisfies the normal equations, entry by entry."""
    return _vanishes(_ridge_difference(samples, dimension, centre))


def _push_difference(samples: int, dimension: int, strength: str) -> sympy.Matrix:
    phi, _, lam = _symbols(samples, dimension)
    primal = phi * phi.T + sympy.sympify(strength) * lam * sympy.eye(dimension)
    return (phi.T * phi + lam * sympy.eye(samples)) * phi.T - phi.T * primal


def _push_again(finding: Finding, *, samples: int, dimension: int, strength: str) -> str:
    """Both systems solved for one prototype, instead of multiplied out."""

    def agrees(rng: np.random.Generator) -> bool:
        phi = rng.integers(-9, 10, size=(dimension, samples))
        prototype, lam = rng.integers(-9, 10, size=dimension), int(rng.integers(1, 10))
        dual = _solve(phi.T @ phi + lam * np.eye(samples, dtype=int), phi.T @ prototype)
        ridge = Fraction(strength) * lam
        primal = ridge.denominator * (phi @ phi.T) + ridge.numerator * np.eye(dimension, dtype=int)
        features = fmpq_mat(samples, dimension, phi.T.ravel().tolist())
        return dual == features * _solve(primal, ridge.denominator * prototype)

    return _agree_at_integers(finding, agrees)


@check(
    "symbolic",
    "(Phi'Phi + lam I) Phi' = Phi' (Phi Phi' + {strength} lam I) for any {samples} samples in {dimension} "
    "dimensions: the sample-space solution is the feature-space one",
    again=_push_again,
    latex=r"(\Phi^\top\Phi + \lambda I)^{-1}\Phi^\top = \Phi^\top(\Phi\Phi^\top + \lambda I)^{-1}",
)
def push_through(*, samples: int, dimension: int, strength: str) -> Finding:
    """Both products, expanded."""
    return _vanishes(_push_difference(samples, dimension, strength))


def _masked_difference(sizes: list[int], masked: bool) -> sympy.Matrix:
    """All classes in one matrix: its product with the stacked class solutions is the stacked right side."""
    total = sum(sizes)
    label = [y for y, size in enumerate(sizes) for _ in range(size)]
    phi, _, _ = _symbols(total, 2)
    gram = phi.T * phi
    u = sympy.Matrix(total, 1, lambda i, _: sympy.Symbol(f"u{i}"))
    mask = sympy.Matrix(total, total, lambda i, j: int(not masked or label[i] == label[j]))
    whole = gram.multiply_elementwise(mask) * u
    parts = sympy.zeros(total, 1)
    for y in range(len(sizes)):
        rows = [i for i in range(total) if label[i] == y]
        block = gram.extract(rows, rows) * u.extract(rows, [0])
        for place, row in enumerate(rows):
            parts[row] = block[place]
    return whole - parts


def _masked_again(finding: Finding, *, sizes: list[int], masked: bool) -> str:
    """Each class's product as features times their weighted sum: no Gram matrix is formed."""
    label = np.repeat(np.arange(len(sizes)), sizes)

    def agrees(rng: np.random.Generator) -> bool:
        phi, u = rng.integers(-9, 10, size=(2, label.size)), rng.integers(-9, 10, size=label.size)
        mask = (label[:, None] == label) | (not masked)
        whole = [
            int(sum(phi[:, i] @ phi[:, j] * u[j] for j in np.flatnonzero(row)))
            for i, row in enumerate(mask)
        ]
        parts = [int(phi[:, i] @ (phi[:, label == y] @ u[label == y])) for i, y in enumerate(label)]
        return whole == parts

    return _agree_at_integers(finding, agrees)


@check(
    "symbolic",
    "one Gram matrix masked by equal labels ({masked}) acts on every class of sizes {sizes} as its own Gram "
    "matrix does",
    again=_masked_again,
)
def one_solve(*, sizes: list[int], masked: bool) -> Finding:
    """The masked matrix and the blocks applied to a free vector."""
    return _vanishes(_masked_difference(sizes, masked))


def _mean_ratio(samples: int, spread: float, dimension: int, draws: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    mean = np.zeros(dimension)
    mean[0] = 1.0
    noise = rng.standard_normal((draws, samples, dimension)) * np.sqrt(spread / dimension)
    features = mean + noise
    gram = features @ features.transpose(0, 2, 1)
    ratio = samples * np.linalg.solve(gram, (features @ mean)[..., None])[..., 0]
    return ratio.mean(axis=1)


def _shrinkage_again(
    finding: Finding, *, samples: int, spread: float, dimension: int, draws: int, tolerance: float
) -> str:
    """Other features, and the least-squares ratio by the pseudo-inverse of the features themselves."""
    rng = np.random.default_rng(1)
    mean = np.full(dimension, dimension**-0.5)
    features = rng.normal(mean, (spread / dimension) ** 0.5, size=(draws, samples, dimension))
    values = samples * (mean @ np.linalg.pinv(features)).mean(axis=1)
    error = abs(values.mean() - samples / (samples + spread))
    holds = error <= tolerance + 5 * values.std() / draws**0.5
    return "" if bool(holds) == finding.holds else f"another seed is off by {error:.4f}"


@check(
    "montecarlo",
    "with {samples} samples of relative spread {spread} in {dimension} dimensions, and the true mean as "
    "prototype, the mean ratio is b/(b + tau^2) within {tolerance} and 5 standard errors of {draws} draws",
    again=_shrinkage_again,
)
def shrinkage(
    *, samples: int, spread: float, dimension: int, draws: int, tolerance: float
) -> Finding:
    """Sampled features, solved exactly, against the high-dimensional formula."""
    values = _mean_ratio(samples, spread, dimension, draws)
    predicted, error = samples / (samples + spread), float(values.std() / draws**0.5)
    off = abs(float(values.mean()) - predicted)
    detail = f"measured {values.mean():.4f} +- {error:.4f}, predicted {predicted:.4f}"
    return Finding(off <= tolerance + 5 * error, {"off": off}, detail, detail)


def _limiting_scatter(samples: int, dimension: int, noise: NDArray[np.float64]) -> float:
    """Mean square of r - 1, r the limit of small noise: least |noise w| on sum w = 1, of least norm."""
    ones = np.ones(samples)
    if samples < dimension:
        direction = np.linalg.solve(noise.T @ noise, ones)
    else:
        direction = ones - np.linalg.pinv(noise) @ (noise @ ones)
    ratio = samples * direction / direction.sum()
    return float(((ratio - 1) ** 2).mean())


def _predicted_scatter(samples: int, dimension: int) -> float:
    if samples < dimension:
        return (samples - 1) / (dimension - 1 - samples)
    return (dimension - 1) / (samples - dimension - 1)


def _scatter_again(
    finding: Finding, *, samples: int, dimension: int, draws: int, tolerance: float
) -> str:
    """Other features with noise of a thousandth of the mean, and eq. (7) by their pseudo-inverse."""
    rng = np.random.default_rng(1)
    mean = np.full(dimension, dimension**-0.5)
    squares = []
    for _ in range(draws // 4):
        features = mean[:, None] + 1e-3 * rng.standard_normal((dimension, samples))
        ratio = samples * np.linalg.pinv(features) @ mean
        squares.append(float(((ratio - 1) ** 2).mean()))
    off = abs(float(np.mean(squares)) - _predicted_scatter(samples, dimension))
    holds = off <= tolerance + 5 * float(np.std(squares)) / len(squares) ** 0.5
    return "" if holds == finding.holds else f"another seed is off by {off:.4f}"


@check(
    "montecarlo",
    "with {samples} samples in {dimension} dimensions, the true mean as prototype and small noise, the mean "
    "square of r - 1 is the stated one within {tolerance} and 5 standard errors of {draws} draws",
    again=_scatter_again,
)
def scatter(*, samples: int, dimension: int, draws: int, tolerance: float) -> Finding:
    """The limit of small noise, sampled, against the closed form."""
    rng = np.random.default_rng(0)
    squares = [
        _limiting_scatter(samples, dimension, rng.standard_normal((dimension - 1, samples)))
        for _ in range(draws)
    ]
    predicted, error = _predicted_scatter(samples, dimension), float(np.std(squares)) / draws**0.5
    off = abs(float(np.mean(squares)) - predicted)
    detail = f"measured {np.mean(squares):.4f} +- {error:.4f}, predicted {predicted:.4f}"
    return Finding(off <= tolerance + 5 * error, {"off": off}, detail, detail)
