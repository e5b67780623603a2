"""Every closed form of two Gaussian classes against sampled scores and sampled rules, on random cells.

Sampled are scores, not rates; a value's standard error comes from the sample. Trained rules are sampled at
d = 10^7, so that the limit's own error is far below the standard error. Max-margin classifiers, which need
whole samples, are trained at d and at d/2: 2 M(d) - M(d/2) has no term of order 1/d.
Run with ``python -m tests.closed_form_cells``: a line for each formula, with what two percent less and more
would show. Misses beyond four standard errors must be what chance allows.
"""

import argparse

import numpy as np
from counterpoise.simulations import sample_plug_in
from counterpoise.theory import gaussian, high_dimension
from counterpoise.theory.high_dimension.checks.max_margin import train_max_margin
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

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


def mean_of(drawn):
    return drawn.mean(), np.hypot(drawn.std(ddof=1) / np.sqrt(drawn.size), 1e-12)


def sampled_rules(cell):
    """Rules trained on the cell's world: closed form, mean over the rules, its standard error."""
    rows = {}
    for covariance in ("known", "estimated"):
        least = 0.1 if covariance == "known" else 1.05
        kappa = float(np.exp(cell.rng.uniform(np.log(least), np.log(30))))
        n1 = round(kappa * DIMENSION / (1 + cell.eta))
        rows |= of_covariance(cell, covariance, n1, round(cell.eta * n1))
    return rows


def of_covariance(cell, covariance, n1, n0):
    eta, kappa, d = n0 / n1, (n0 + n1) / DIMENSION, DIMENSION
    point, kind = (eta, kappa, cell.Delta), {"covariance": covariance}

    def trained(tau, minority=n1, majority=n0):
        seed = int(cell.rng.integers(2**31))
        return sample_plug_in(
            minority, majority, d, cell.Delta, tau=tau, draws=DRAWS, seed=seed, **kind
        )

    closed, rates = high_dimension.plug_in_rates(*point, cell.tau, **kind), trained(cell.tau)
    effective = high_dimension.effective_parameters(*point, cell.tau, **kind)
    parts = high_dimension.balanced_error_parts(*point, cell.tau, **kind)
    # adding the correction to the score is logit adjustment of another strength
    shift = high_dimension.centre_correction(eta, kappa, **kind) / np.log(eta)
    corrected = trained(1 + float(shift))
    adjusted, over = high_dimension.plug_in_rates(*point, 1.0, **kind), trained(1.0)
    r, f, seen = rates.recall, 1 - rates.specificity, cell.evaluation_eta
    t, D = effective.threshold, effective.Delta
    error = high_dimension.corrected_error(*point, **kind)
    rows = {
        "recall": (closed.recall, r),
        "specificity": (closed.specificity, 1 - f),
        "balanced error": (closed.balanced_error, (1 - r + f) / 2),
        "balanced error, its three parts": (sum(parts), (1 - r + f) / 2),
        "recall over-sampled": (adjusted.recall, over.recall),
        "recall bias-corrected": (1 - error, corrected.recall),
        "specificity bias-corrected": (1 - error, corrected.specificity),
        "balanced error bias-corrected": (error, corrected.balanced_error),
        "precision": (1 / (1 + seen * np.exp(gaussian.log_false_over_true(t, D))), r / (r + seen * f)),
        "F1": (gaussian.f1_score(t, D, seen), 2 * r / (1 + r + seen * f)),
        "G-mean": (gaussian.geometric_mean(t, D), np.sqrt(r * (1 - f))),
        "Youden's index": (gaussian.youden_index(t, D), r - f),
    }  # fmt: skip
    # along a direction the scores are those of a separation: twice the probit of its own midpoint
    along = ndtri_of(corrected)
    rows |= {
        "ROC area": (gaussian.roc_area(D), ndtr(along / np.sqrt(2))),
        "PR area": (gaussian.average_precision(seen, D), pr_areas(seen, along)),
        "direction's cosine squared": (
            high_dimension.direction_cosine_squared(*point, **kind), (along / cell.Delta) ** 2,
        ),
    }  # fmt: skip
    if covariance == "known":
        fewer = trained(0.0, n1, n1)
        rows["recall under-sampled"] = (high_dimension.undersampled_rate(*point), fewer.recall)
        rows["specificity under-sampled"] = (
            high_dimension.undersampled_rate(*point),
            fewer.specificity,
        )
    found = {
        f"{covariance} covariance: {name}": (value, *mean_of(drawn))
        for name, (value, drawn) in rows.items()
    }
    # a false positive rate that is one less a rate has the rate's rounding
    blur = np.max(2e-16 * seen * r / (r + seen * f) ** 2)
    value, mean, spread = found[f"{covariance} covariance: precision"]
    found[f"{covariance} covariance: precision"] = value, mean, np.hypot(spread, blur)
    return found


def ndtri_of(rates):
    """Separation of a rule's scores, from its two rates: the sum of their probits."""
    return ndtri(rates.recall) + ndtri(rates.specificity)


def pr_areas(eta, separations):
    """Area under the precision-recall curve of each separation, over its mean to first order."""
    middle, step = separations.mean(), 1e-4
    low, value, high = gaussian.average_precision(eta, middle + step * np.array([-1, 0, 1]))
    return value + (high - low) / (2 * step) * (separations - middle)


def smote(cell):
    """What is left of a variance between a point and another of its class."""
    first, second = cell.rng.standard_normal((2, 4 * SAMPLE))
    place = cell.rng.random(4 * SAMPLE)
    return high_dimension.SMOTE_CONTRACTION, mean_of(((1 - place) * first + place * second) ** 2)


FORMULAS["SMOTE_CONTRACTION"] = smote


def sampled_max_margin(rng, dimension, draws):
    """The max-margin classifier of one random world of separable classes, all its numbers."""
    half = dimension // 2
    while True:
        eta, Delta = np.exp(rng.uniform(0, np.log(12))), rng.uniform(0.5, 4)
        kappa = np.exp(rng.uniform(np.log(0.3), np.log(1.5)))
        n1 = round(kappa * half / (1 + eta))
        n0 = round(eta * n1)
        if n1 >= 3 and (n1 + n0) / half < 0.6 * high_dimension.separability_threshold(
            n0 / n1, Delta
        ):
            break
    limit = high_dimension.max_margin(n0 / n1, (n0 + n1) / half, Delta)
    means, errors = [], []
    for factor, share in ((2, 2.0), (1, -1.0)):
        found = np.array(
            [
                train_max_margin(factor * half, factor * n1, factor * n0, Delta, rng)[:3]
                for _ in range(draws)
            ]
        )
        centre = 0.5 * Delta * found[:, 0]
        rates = ndtr(centre + found[:, 1]), ndtr(centre - found[:, 1])
        values = np.column_stack([*rates, found])
        means.append(share * values.mean(axis=0))
        errors.append(share * values.std(axis=0, ddof=1) / np.sqrt(draws))
    names = "recall", "specificity", "alignment", "intercept", "margin"
    mean, error = np.sum(means, axis=0), np.hypot(*errors)
    return {
        f"max-margin: {name}": (getattr(limit, name), mean[k], error[k])
        for k, name in enumerate(names)
    }


def table(cells=CELLS, seed=20):
    """For every formula: its values, the sampled ones, their standard errors; shape (cells, 3)."""
    rng, rows = np.random.default_rng(seed), {}
    for _ in range(cells):
        cell = Cell(rng)
        found = {
            name: (value, *measured)
            for name, (value, measured) in ((name, call(cell)) for name, call in FORMULAS.items())
        }
        for name, row in (found | sampled_rules(cell)).items():
            rows.setdefault(name, []).append(row)
    return {name: np.array(row) for name, row in rows.items()}


def max_margin_table(cells, dimension, draws, seed=0):
    rows = {}
    for number in range(cells):
        rng = np.random.default_rng([seed, number])
        for name, row in sampled_max_margin(rng, dimension, draws).items():
            rows.setdefault(name, []).append(row)
    return {name: np.array(row) for name, row in rows.items()}


def standardised(rows, planted=1.0):
    return (rows[:, 1] - planted * rows[:, 0]) / rows[:, 2]


def together(z):
    """The cells' mean in its standard errors."""
    return z.mean() * np.sqrt(len(z))


def told(name, rows):
    z = standardised(rows)
    planted = [standardised(rows, factor) for factor in (0.98, 1.02)]
    caught = ", ".join(
        f"{np.sum(np.abs(wrong) > 4)} (together {together(wrong):+.1f})" for wrong in planted
    )
    return (
        f"{name:53s} cells {len(z)}, max |z| {np.abs(z).max():.2f}, above 2: {np.sum(np.abs(z) > 2)}, "
        f"above 4: {np.sum(np.abs(z) > 4)}, together {together(z):+.1f}; 2 % planted, above 4: {caught}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=CELLS)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--max-margin", action="store_true", help="only what needs whole samples")
    parser.add_argument("--dimension", type=int, default=60)
    parser.add_argument("--draws", type=int, default=40)
    given = parser.parse_args()
    if given.max_margin:
        found = max_margin_table(given.cells, given.dimension, given.draws, given.seed)
    else:
        found = table(given.cells, given.seed)
    for name, rows in found.items():
        print(told(name, rows))


if __name__ == "__main__":
    main()
