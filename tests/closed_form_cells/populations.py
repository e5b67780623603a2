"""Closed forms of populations against samples: best thresholds, posteriors, calibration, covered cells.

Where a number is a slope or the place of a maximum, half of a score's noise is sampled and the other half
averaged: the sampled rates are then smooth and still unbiased.
"""

import numpy as np
from counterpoise.theory import gaussian, high_dimension, reweighting
from scipy.optimize import brentq
from scipy.special import expit, ndtr
from scipy.stats import norm

from .measured import SAMPLE, mean_of, slopes_of

MANY = 4_000_000  # labels, of which only the counts are drawn


def log_ratios(cell):
    """The minority's log likelihood ratios, sorted: log imbalances at which the rule gives a score up."""
    half = 0.5 * cell.Delta
    return np.sort(norm.logpdf(cell.minority, half) - norm.logpdf(cell.minority, -half))


def quantile(values, share):
    """Of a sorted sample, with the standard error that its ranks' spread has."""
    spread = np.sqrt(share * (1 - share) / values.size)
    low, middle, high = np.quantile(values, share + spread * np.array([-1, 0, 1]))
    return middle, 0.5 * (high - low)


def half_recall(cell):
    middle, error = quantile(log_ratios(cell), 0.5)
    return gaussian.half_recall_imbalance(cell.Delta), (np.exp(middle), error * np.exp(middle))


def recall_level(cell):
    level = cell.aside().uniform(0.1, 0.9)
    value = gaussian.recall_level_log_imbalance(level, cell.Delta)
    return value, quantile(log_ratios(cell), 1 - level)


def recall_slope(cell):
    """The share above a threshold moves with the scores' mean as the score above it does."""
    cut, centred = np.log(cell.eta) / cell.Delta, cell.minority - 0.5 * cell.Delta
    value = gaussian.recall_slope(cell.eta, cell.Delta)
    return value, mean_of(-centred / cell.Delta * (cell.minority > cut))


def fitted_cut(cell, weight):
    """Where a logistic model of both classes, the majority weighted, says one half: maximum likelihood."""
    x = np.concatenate([cell.minority, cell.majority])
    design = np.column_stack([x, np.ones_like(x)])
    label = np.arange(x.size) < SAMPLE
    weights = np.where(label, 1.0, weight)
    w = np.zeros(2)
    for _ in range(50):
        p = expit(design @ w)
        curve = (design * (weights * p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(curve, design.T @ (weights * (label - p)))
        w = w + step * min(1.0, 2.0 / np.abs(step).max())
        if np.abs(step).max() < 1e-9:
            break
    each = np.linalg.solve(curve, (design * (weights * (label - p))[:, None]).T)
    spread = (each[1] + each[0] * -w[1] / w[0]) / w[0]  # of -w[1]/w[0], up to sign
    error = np.sqrt(spread[label].var() + spread[~label].var()) * np.sqrt(SAMPLE)
    return -w[1] / w[0], error


def boundary_shift(cell):
    return gaussian.boundary_shift(cell.eta, cell.Delta), fitted_cut(cell, cell.eta)


def cost_threshold(cell):
    costs = np.exp(cell.aside().uniform(-1, 1, 2))
    value = gaussian.cost_threshold(
        cell.eta, cell.Delta, false_positive=costs[0], false_negative=costs[1]
    )
    return value, fitted_cut(cell, cell.eta * costs[0] / costs[1])


def f1_threshold(cell):
    """The place of the greatest F_beta of sampled scores, half of whose noise is averaged."""
    rng, value, Delta = cell.aside(), 9.0, 0.0
    while abs(value) > 0.5 * Delta + 2:  # else no score of one of the classes says anything
        eta, Delta = np.exp(rng.uniform(0, np.log(1000))), rng.uniform(0.3, 4)
        beta = rng.uniform(0.5, 2)
        value = float(gaussian.f1_optimal_threshold(eta, Delta, beta))
    width = np.sqrt(0.5)
    places = width * rng.standard_normal((2, SAMPLE)) + 0.5 * Delta * np.array([[1], [-1]])

    def rates(t):
        z = (places - t) / width
        return ndtr(z), -np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi) / width

    def slope(r, f, dr, df):
        """Of log F_beta."""
        return dr / r - (dr + eta * df) / (beta**2 + r + eta * f)

    def sampled_slope(t):
        share, density = rates(t)
        return slope(*share.mean(axis=1), *density.mean(axis=1))

    best = brentq(sampled_slope, -0.5 * Delta - 4, 0.5 * Delta + 4)
    share, density = rates(best)
    by_r, by_f, by_dr, by_df = slopes_of(
        slope, np.concatenate([share.mean(axis=1), density.mean(axis=1)])
    )
    minority, majority = by_r * share[0] + by_dr * density[0], by_f * share[1] + by_df * density[1]
    curve = (sampled_slope(best + 1e-4) - sampled_slope(best - 1e-4)) / 2e-4
    return value, (best, np.sqrt((minority.var() + majority.var()) / SAMPLE) / abs(curve))


def calibration(cell):
    """Gap of a stated probability to the posterior, which is a ratio of densities, at sampled scores."""
    rng = cell.aside()
    scale = cell.Delta * np.exp(rng.uniform(-0.7, 0.7))
    shift = -np.log(cell.eta) + rng.uniform(-2, 2)

    def gaps(scores):
        minority, majority = (norm.pdf(scores, side * cell.Delta) for side in (0.5, -0.5))
        return np.abs(expit(scale * scores + shift) - minority / (minority + cell.eta * majority))

    of_minority, of_majority = gaps(cell.minority), gaps(cell.majority)
    mean = (of_minority.mean() + cell.eta * of_majority.mean()) / (1 + cell.eta)
    spread = np.sqrt(of_minority.var() + cell.eta**2 * of_majority.var()) / (1 + cell.eta)
    value = gaussian.calibration_error(scale, shift, cell.Delta, cell.eta)
    return value, (mean, spread / np.sqrt(SAMPLE))


def undersampled(cell):
    """Share of the minority among labels of one posterior, once most majority labels were thrown away."""
    rng = cell.aside()
    posterior, kept = rng.uniform(0.02, 0.5), rng.uniform(0.05, 1)
    minority = rng.binomial(MANY, posterior)
    whole = minority + rng.binomial(MANY - minority, kept)
    share = minority / whole
    value = gaussian.undersampled_posterior(posterior, kept)
    return value, (share, np.sqrt(share * (1 - share) / whole))


def unsampled(cell):
    """Labels among the kept, of which a majority label stands for all that were thrown away beside it."""
    rng = cell.aside()
    posterior, kept = rng.uniform(0.02, 0.9), rng.uniform(0.05, 1)
    minority = rng.binomial(MANY, posterior)
    share = kept * minority / (kept * minority + MANY - minority)
    spread = kept * MANY / (kept * minority + MANY - minority) ** 2
    error = spread * np.sqrt(MANY * posterior * (1 - posterior))
    return gaussian.unsampled_posterior(posterior, kept), (share, error)


def lowest_precision(cell):
    """Average precision of the ranking that puts every minority example last, of drawn labels."""
    rng = cell.aside()
    prior = rng.uniform(0.02, 0.5)
    found = []
    for minority in rng.binomial(SAMPLE, prior, 25):
        rank = np.arange(minority) + 0.5
        found.append(np.mean(rank / (rank + SAMPLE - minority)))
    return gaussian.lowest_average_precision(prior), mean_of(np.array(found))


def rectified(formula, power):
    def row(cell):
        t = cell.aside().uniform(-2, 2)
        values = np.maximum(cell.minority - 0.5 * cell.Delta + t, 0) ** power
        return getattr(high_dimension, formula)(t), mean_of(values)

    return row


def inverse_rectified(cell):
    """The shift at which the sampled mean is a given one."""
    noise, value = cell.majority + 0.5 * cell.Delta, np.exp(cell.aside().uniform(-4, 1))
    found = brentq(lambda t: np.maximum(noise + t, 0).mean() - value, -6, 6)
    spread = np.maximum(noise + found, 0).std() / (noise > -found).mean()
    return high_dimension.inverse_rectified_mean(value), (found, spread / np.sqrt(SAMPLE))


def clamped(cell):
    mean, scatter = cell.aside().uniform([-1, 0.2], [2, 3])
    ratios = mean + scatter * (cell.minority - 0.5 * cell.Delta)
    return reweighting.clamped_mean_ratio(mean, scatter), mean_of(np.maximum(ratios, 0))


def smote_density(cell):
    """Density of points between two of a class, the nearer one's noise averaged."""
    rng = cell.aside()
    place, deviate = rng.uniform(0, 0.5, SAMPLE), rng.uniform(0, 3)
    nearer = (deviate - place * rng.standard_normal(SAMPLE)) / (1 - place)
    density = norm.pdf(nearer) / (1 - place) / norm.pdf(deviate)
    return reweighting.smote_density_ratio(deviate), mean_of(density)


def distinct(cell):
    """Cells of uneven probability that draws hit."""
    rng, hit = cell.aside(), np.zeros(1)
    while hit.var() < 0.1:  # else the number is all but certain
        chances = rng.dirichlet(np.full(rng.integers(2, 60), rng.uniform(0.3, 3)))
        draws = int(np.exp(rng.uniform(0, np.log(200))))
        hit = np.count_nonzero(rng.multinomial(draws, chances, size=2000), axis=1).astype(float)
    return reweighting.expected_distinct_cells(chances, draws), mean_of(hit)


def distinct_variance(cell):
    """Of evenly likely cells; its error from the fourth moment."""
    rng = cell.aside()
    cells, draws = (int(x) for x in np.exp(rng.uniform(np.log(5), np.log(40), 2)))
    hit = np.count_nonzero(rng.multinomial(draws, np.full(cells, 1 / cells), size=20_000), axis=1)
    mean, error = mean_of((hit - hit.mean()) ** 2 * 20_000 / 19_999)
    return reweighting.distinct_cells_variance(cells, draws), (mean, error)


def inverse_wishart(moment):
    """Traces of powers of the inverses of sampled covariance matrices."""

    def row(cell):
        rng = cell.aside()
        d = int(rng.integers(1, 6))
        N = d + int(rng.integers(20, 60))
        data = rng.standard_normal((2000, N, d))
        inverse = np.linalg.inv(data.transpose(0, 2, 1) @ data)
        power = inverse if moment == "first" else inverse @ inverse
        traces = np.trace(power, axis1=1, axis2=2) / d
        return getattr(high_dimension.inverse_wishart_moments(d, N), moment), mean_of(traces)

    return row


FORMULAS = {
    "half_recall_imbalance": half_recall,
    "recall_level_log_imbalance": recall_level,
    "recall_slope": recall_slope,
    "boundary_shift": boundary_shift,
    "cost_threshold": cost_threshold,
    "log_false_over_true": lambda c: (
        gaussian.log_false_over_true(c.threshold, c.Delta), c.at(c.threshold, lambda r, f: np.log(f / r))
    ),
    "f1_optimal_threshold": f1_threshold,
    "calibration_error": calibration,
    "undersampled_posterior": undersampled,
    "unsampled_posterior": unsampled,
    "lowest_average_precision": lowest_precision,
    "rectified_mean": rectified("rectified_mean", 1),
    "rectified_square": rectified("rectified_square", 2),
    "inverse_rectified_mean": inverse_rectified,
    "clamped_mean_ratio": clamped,
    "smote_density_ratio": smote_density,
    "expected_distinct_cells": distinct,
    "distinct_cells_variance": distinct_variance,
    "inverse_wishart_moments, first": inverse_wishart("first"),
    "inverse_wishart_moments, second": inverse_wishart("second"),
}  # fmt: skip
