"""Closed forms of two Gaussian classes' scores, and of K on a simplex, against sampled scores.

Sampled are scores, not rates; a value's standard error comes from the sample.
"""

import numpy as np
from counterpoise.theory import gaussian, high_dimension
from scipy.special import ndtr
from scipy.stats import rankdata

from .measured import SAMPLE, mean_of


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

    def aside(self):
        """Random numbers that leave the cell's own as they are."""
        return self.rng.spawn(1)[0]

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


def smote(cell):
    """What is left of a variance between a point and another of its class."""
    first, second = cell.rng.standard_normal((2, 4 * SAMPLE))
    place = cell.rng.random(4 * SAMPLE)
    return high_dimension.SMOTE_CONTRACTION, mean_of(((1 - place) * first + place * second) ** 2)


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
    "SMOTE_CONTRACTION": smote,
}  # fmt: skip
