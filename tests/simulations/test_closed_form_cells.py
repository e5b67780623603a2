"""Every closed form of two Gaussian classes against sampled scores, on 200 random cells of its domain.

Sampled are scores, not rates; a value's standard error comes from the sample. Misses beyond four of them
must be what chance allows, and an error of 2 % planted in any formula must show.
"""

import numpy as np
import pytest
from counterpoise.simulations import sample_plug_in
from counterpoise.theory import gaussian, high_dimension
from scipy.special import ndtr
from scipy.stats import rankdata

pytestmark = pytest.mark.xdist_group("closed forms")  # sampled once

CELLS, SAMPLE, DRAWS, DIMENSION = 200, 40_000, 400, 10_000_000


class Cell:
    """A random point of the formulas' domain, and scores sampled there."""

    def __init__(self, rng):
        self.rng, enough = rng, False
        while not enough:  # for the normal law of a rate
            self.eta, self.evaluation_eta = np.exp(rng.uniform(0, np.log([1000, 1000])))
            self.Delta, self.tau = rng.uniform(0.3, 4), rng.uniform(-0.5, 1.5)
            ends = np.array([[-0.5], [0.5]]) * self.Delta + [
                self.rule(),
                np.log(self.eta) / self.Delta,
            ]
            enough = ndtr(-np.abs(ends)).min() * SAMPLE > 50
        self.beta, self.threshold = rng.uniform(0.5, 2), rng.uniform(-1, 1)
        self.minority = rng.normal(0.5 * self.Delta, 1, SAMPLE)
        self.majority = rng.normal(-0.5 * self.Delta, 1, SAMPLE)

    def rule(self):
        """Threshold of the Bayes rule with logit adjustment."""
        return (1 - self.tau) * np.log(self.eta) / self.Delta

    def at(self, threshold, metric):
        """A function of recall and false positive rate, with its standard error (delta method)."""
        rates = np.array([(self.minority > threshold).mean(), (self.majority > threshold).mean()])
        step = 1e-6
        slopes = [
            (metric(*(rates + step * unit)) - metric(*(rates - step * unit))) / (2 * step)
            for unit in np.eye(2)
        ]
        variance = np.maximum(rates * (1 - rates), 1 / SAMPLE) / SAMPLE
        return metric(*rates), np.sqrt(np.square(slopes) @ variance)


def f_beta(eta, beta):
    return lambda r, f: (1 + beta**2) * r / (beta**2 + r + eta * f)


def sampled_area(cell):
    """Mann and Whitney's share, with DeLong's error."""
    ranks = rankdata(np.concatenate([cell.minority, cell.majority]))
    first = (ranks[:SAMPLE] - rankdata(cell.minority)) / SAMPLE
    second = 1 - (ranks[SAMPLE:] - rankdata(cell.majority)) / SAMPLE
    return first.mean(), np.sqrt((first.var() + second.var()) / SAMPLE)


def sampled_average_precision(cell):
    """Precision averaged over the minority's scores; error by its influence functions."""
    scores = np.sort(cell.minority)
    recall = (np.arange(SAMPLE, 0, -1) - 0.5) / SAMPLE
    false = 1 - np.searchsorted(np.sort(cell.majority), scores) / SAMPLE
    whole = recall + cell.eta * false
    precision = recall / whole
    by_recall = precision + np.cumsum(cell.eta * false / whole**2) / SAMPLE
    below = np.searchsorted(scores, cell.majority)
    by_false = np.concatenate([[0], np.cumsum(cell.eta * recall / whole**2)])[below] / SAMPLE
    return precision.mean(), np.sqrt((by_recall.var() + by_false.var()) / SAMPLE)


def simplex(cell):
    """Accuracy of one of K classes with means at the corners of a simplex: closed form, share, its error."""
    counts = np.exp(cell.rng.uniform(0, 3, cell.rng.integers(3, 6)))
    offset = np.sqrt(2) * (1 - cell.tau) * np.log(counts) / cell.Delta
    x = cell.rng.standard_normal((SAMPLE, counts.size)) + offset
    x[:, 0] += cell.Delta / np.sqrt(2)
    right = x.argmax(1) == 0
    value = gaussian.simplex_accuracies(counts, cell.Delta, cell.tau)[0]
    return value, (right.mean(), np.sqrt(max(right.var(), 1 / SAMPLE) / SAMPLE))


FORMULAS = {
    "recall": lambda c: (gaussian.bayes_rates(c.eta, c.Delta, c.tau).recall, c.at(c.rule(), lambda r, f: r)),
    "specificity": lambda c: (
        gaussian.bayes_rates(c.eta, c.Delta, c.tau).specificity, c.at(c.rule(), lambda r, f: 1 - f)
    ),
    "threshold_rates": lambda c: (
        gaussian.threshold_rates(c.threshold, c.Delta).recall, c.at(c.threshold, lambda r, f: r)
    ),
    "bayes_balanced_error": lambda c: (
        gaussian.bayes_balanced_error(c.eta, c.Delta, c.tau), c.at(c.rule(), lambda r, f: (1 - r + f) / 2)
    ),
    "bayes_error": lambda c: (
        gaussian.bayes_error(c.eta, c.Delta),
        c.at(np.log(c.eta) / c.Delta, lambda r, f: (1 - r + c.eta * f) / (1 + c.eta)),
    ),
    "precision": lambda c: (
        gaussian.precision(c.eta, c.Delta, c.tau, evaluation_eta=c.evaluation_eta),
        c.at(c.rule(), lambda r, f: r / (r + c.evaluation_eta * f)),
    ),
    "negative_predictive_value": lambda c: (
        gaussian.negative_predictive_value(c.eta, c.Delta, c.tau, evaluation_eta=c.evaluation_eta),
        c.at(c.rule(), lambda r, f: c.evaluation_eta * (1 - f) / (1 - r + c.evaluation_eta * (1 - f))),
    ),
    "f1_score": lambda c: (
        gaussian.f1_score(c.threshold, c.Delta, c.eta, c.beta), c.at(c.threshold, f_beta(c.eta, c.beta))
    ),
    "best_f1": lambda c: (
        gaussian.best_f1(c.eta, c.Delta, c.beta),
        c.at(gaussian.f1_optimal_threshold(c.eta, c.Delta, c.beta), f_beta(c.eta, c.beta)),
    ),
    "geometric_mean": lambda c: (
        gaussian.geometric_mean(c.threshold, c.Delta), c.at(c.threshold, lambda r, f: np.sqrt(r * (1 - f)))
    ),
    "youden_index": lambda c: (
        gaussian.youden_index(c.threshold, c.Delta), c.at(c.threshold, lambda r, f: r - f)
    ),
    "simplex_accuracies": simplex,
    "roc_area": lambda c: (gaussian.roc_area(c.Delta), sampled_area(c)),
    "average_precision": lambda c: (gaussian.average_precision(c.eta, c.Delta), sampled_average_precision(c)),
}  # fmt: skip


def plug_in(cell):
    """Rates over trained rules: recall, specificity, and both after under-sampling."""
    kappa = float(np.exp(cell.rng.uniform(np.log(0.1), np.log(30))))
    n1 = round(kappa * DIMENSION / (1 + cell.eta))
    n0 = round(cell.eta * n1)
    eta, kappa = n0 / n1, (n0 + n1) / DIMENSION
    rates = sample_plug_in(
        n1, n0, DIMENSION, cell.Delta, tau=cell.tau, draws=DRAWS, seed=int(cell.rng.integers(2**31))
    )
    fewer = sample_plug_in(
        n1, n1, DIMENSION, cell.Delta, draws=DRAWS, seed=int(cell.rng.integers(2**31))
    )
    closed = high_dimension.plug_in_rates(eta, kappa, cell.Delta, cell.tau)
    noise = np.sqrt(1 / n1 + 1 / n0)
    along = (cell.Delta + noise * cell.rng.standard_normal(DRAWS)) ** 2
    cosine = along / (along + noise**2 * cell.rng.chisquare(DIMENSION - 1, DRAWS))
    point = eta, kappa, cell.Delta
    return {
        "plug_in recall": (closed.recall, rates.recall),
        "plug_in specificity": (closed.specificity, rates.specificity),
        "undersampled_rate": (high_dimension.undersampled_rate(*point), fewer.recall),
        "direction_cosine_squared": (high_dimension.direction_cosine_squared(*point), cosine),
        "corrected_error": (
            high_dimension.corrected_error(*point),
            ndtr(-0.5 * cell.Delta * np.sqrt(cosine)),
        ),
    }


@pytest.fixture(scope="module")
def table():
    """For every formula: its values, the sampled ones, their standard errors; shape (cells, 3)."""
    rng = np.random.default_rng(20)
    rows = {}
    for _ in range(CELLS):
        cell = Cell(rng)
        for name, formula in FORMULAS.items():
            value, (measured, error) = formula(cell)
            rows.setdefault(name, []).append((value, measured, error))
        for name, (value, drawn) in plug_in(cell).items():
            error = np.hypot(drawn.std(ddof=1) / np.sqrt(DRAWS), 1e-12)
            rows.setdefault(name, []).append((value, drawn.mean(), error))
    return {name: np.array(row) for name, row in rows.items()}


def standardised(rows, planted=1.0):
    return (rows[:, 1] - planted * rows[:, 0]) / rows[:, 2]


NAMES = [
    *FORMULAS, "plug_in recall", "plug_in specificity", "undersampled_rate",
    "direction_cosine_squared", "corrected_error",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_sampled_values_are_within_four_standard_errors(table, name):
    z = standardised(table[name])
    assert len(z) == CELLS
    assert np.abs(z).max() < 4
    assert (np.abs(z) > 2).mean() < 0.12  # 4.6 % by chance
    assert abs(z.mean()) < 4 / np.sqrt(CELLS)


@pytest.mark.parametrize("name", NAMES)
def test_an_error_of_two_percent_shows(table, name):
    for planted in (0.98, 1.02):
        assert (np.abs(standardised(table[name], planted)) > 4).mean() > 0.05
