"""The limit of ridge logistic regression against training, on random cells.

A cell is (eta, kappa, Delta, ridge) and one of four losses; a row gives, for each quantity, the mean over
trained classifiers less the limit, in standard errors. The limit differs from the mean by O(1/d): with
``--richardson`` the mean is 2 M(d) - M(d/2), from which the 1/d term is gone.
Run with ``python -m tests.ridge_logistic_cells``.
"""

import argparse
from typing import NamedTuple

import numpy as np
from counterpoise.simulations import LOSSES, loss_settings, sample_ridge_logistic
from counterpoise.theory.gaussian import threshold_rates
from counterpoise.theory.high_dimension import ridge_logistic, ridge_logistic_world
from counterpoise.theory.high_dimension.ridge_logistic import limit_residuals
from scipy.optimize import fsolve

QUANTITIES = ("recall", "specificity", "alignment", "norm", "intercept")


class Cell(NamedTuple):
    eta: float
    kappa: float
    Delta: float
    ridge: float
    loss: str

    def settings(self, eta):
        """Keywords of the loss at the imbalance of the sample."""
        return loss_settings(self.loss, eta)


def cells(count, seed):
    rng = np.random.default_rng(seed)
    low, high = np.log([1.0, 0.3, 1.0, 1e-3]), np.log([30.0, 8.0, 4.0, 1.0])
    return [
        Cell(*np.exp(rng.uniform(low, high)).tolist(), list(LOSSES)[number % len(LOSSES)])
        for number in range(count)
    ]


class Compared(NamedTuple):
    """Of each quantity; limit and mean of shape (5,)."""

    limit: np.ndarray
    mean: np.ndarray
    error: np.ndarray

    def z(self, limit=None):
        """Of a limit, by default the right one."""
        return (self.mean - (self.limit if limit is None else limit)) / self.error


def counts(cell, d):
    minority = max(1, round(cell.kappa * d / (1 + cell.eta)))
    return minority, round(cell.eta * minority)


def solution_of(cell, n1, n0, d):
    """The limit at the whole numbers of a sample."""
    return ridge_logistic(n0 / n1, (n0 + n1) / d, cell.Delta, cell.ridge, **cell.settings(n0 / n1))


def limit_of(cell, n1, n0, d):
    solution = solution_of(cell, n1, n0, d)
    return np.array([getattr(solution, name) for name in QUANTITIES])


def wrong_limit_of(cell, n1, n0, d, equation, error=0.02):
    """The root of the system with one expectation in one of its four equations too large by ``error``."""
    world = ridge_logistic_world(
        n0 / n1, (n0 + n1) / d, cell.Delta, cell.ridge, **cell.settings(n0 / n1)
    )
    right = solution_of(cell, n1, n0, d)
    m, b, r = right.alignment * right.norm, right.intercept, right.norm
    start = np.array([np.log(m), b, np.log(r), np.log(right.curvature)])

    def residuals(unknowns):
        m, r, V = np.exp(unknowns[[0, 2, 3]])
        values = limit_residuals(world, unknowns)[0].copy()
        kept = [0.0, (m / r) ** 2, world.kappa * V * world.ridge]  # without an expectation
        if equation == 3:  # the minority's pull
            values[3] = ((1 + error) * (1 + values[3]) - (1 - values[3])) / 2
        else:
            values[equation] -= error * (1 - values[equation] - kept[equation])
        return values

    unknowns = fsolve(residuals, start, xtol=1e-10)
    m, r, b = np.exp(unknowns[0]), np.exp(unknowns[2]), unknowns[1]
    rates = threshold_rates(-b / r, 2 * world.half * m / r)
    return np.array([rates.recall, rates.specificity, m / r, r, b])


def compared(cell, d, draws, seed, richardson=False):
    """Trained classifiers of one dimension, or of two whose means are combined, against the limit."""
    n1, n0 = counts(cell, d // 2 if richardson else d)
    parts = []
    for factor, share in ((2, 2.0), (1, -1.0)) if richardson else ((1, 1.0),):
        trained = sample_ridge_logistic(
            factor * n1,
            factor * n0,
            factor * (d // 2) if richardson else d,
            cell.Delta,
            cell.ridge,
            draws=draws * (1 if factor == 2 or not richardson else 4),
            seed=np.random.SeedSequence(seed, spawn_key=(factor,)),
            **cell.settings(n0 / n1),
        )
        values = np.array([getattr(trained, name) for name in QUANTITIES])
        error = values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
        parts.append((share * values.mean(axis=1), share * error))
    means, errors = np.array(parts).transpose(1, 0, 2)
    limit = limit_of(cell, n1, n0, d // 2 if richardson else d)
    return Compared(limit, means.sum(axis=0), np.sqrt(np.sum(errors**2, axis=0)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=40)
    parser.add_argument("--dimension", type=int, default=400)
    parser.add_argument("--draws", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--richardson", action="store_true")
    given = parser.parse_args()
    d = given.dimension // 2 if given.richardson else given.dimension
    rows, planted, misses = [], [], []
    for number, cell in enumerate(cells(given.cells, given.seed)):
        result = compared(cell, given.dimension, given.draws, number, given.richardson)
        rows.append(result.z())
        planted.append(
            [result.z(wrong_limit_of(cell, *counts(cell, d), d, equation)) for equation in range(4)]
        )
        misses += [
            f"cell {number}, {name}: z = {z:+.2f}"
            for name, z in zip(QUANTITIES, rows[-1], strict=True)
            if abs(z) > 4
        ]
        numbers = " ".join(f"{value:8.4g}" for value in cell[:4])
        shown = " ".join(f"{z:+6.2f}" for z in rows[-1])
        print(
            f"{number:3d} {numbers} {cell.loss:9s} {shown}  recall {result.limit[0]:.3g}",
            flush=True,
        )
    z = np.array(rows)
    for name, column in zip(QUANTITIES, z.T, strict=True):
        size = np.abs(column)
        print(
            f"{name:12s} max |z| {size.max():.2f}, above 2: {np.sum(size > 2)}, above 4: "
            f"{np.sum(size > 4)}, mean z {column.mean():+.2f}, rms {np.sqrt(np.mean(column**2)):.2f}"
        )
    for equation, column in enumerate(np.abs(planted).max(axis=2).T, start=1):
        print(
            f"2 % planted in equation {equation}: max |z| {column.max():.2f}, "
            f"cells beyond 4: {np.sum(column > 4)}"
        )
    print("\n".join(["misses beyond 4 standard errors:", *(misses or ["none"])]))


if __name__ == "__main__":
    main()
