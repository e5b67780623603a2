"""Limits of what is learnt from whole samples, against training at d and at d/2.

2 M(d) - M(d/2) has no term of order 1/d. Such means have standard errors of a few percent, so that an error
of 2 % shows in all cells together.
"""

from types import SimpleNamespace

import numpy as np
from counterpoise.simulations import (
    LOSSES,
    limit_metrics,
    loss_settings,
    sample_ridge_logistic,
    sample_ridge_softmax,
)
from counterpoise.theory import high_dimension
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import max_margin
from counterpoise.theory.high_dimension.checks.max_margin import train_max_margin
from scipy.optimize import nnls
from scipy.special import expit, ndtr


def extrapolated(train, draws):
    """Of values (draws, names) that ``train(factor, draws)`` has at d/2 and at d: mean and standard error."""
    whole, half = train(2, draws), train(1, draws)
    errors = [share * values.std(axis=0, ddof=1) for share, values in ((2, whole), (1, half))]
    return 2 * whole.mean(axis=0) - half.mean(axis=0), np.hypot(*errors) / np.sqrt(draws)


def compared(names, limit, measured):
    return {
        name: (value, *pair) for name, value, *pair in zip(names, limit, *measured, strict=True)
    }


def separable(rng, half):
    """Sizes of two separable classes in ``half`` dimensions, and their separation."""
    while True:
        eta, Delta = np.exp(rng.uniform(0, np.log(12))), rng.uniform(0.5, 4)
        kappa = np.exp(rng.uniform(np.log(0.3), np.log(1.5)))
        n1 = round(kappa * half / (1 + eta))
        n0 = round(eta * n1)
        if n1 >= 3 and (n1 + n0) / half < 0.6 * high_dimension.separability_threshold(
            n0 / n1, Delta
        ):
            return n1, n0, Delta


def rates_first(values, Delta):
    """Recall and specificity before alignment, intercept and margin, (draws, 5)."""
    centre = 0.5 * Delta * values[:, 0]
    return np.column_stack([ndtr(centre + values[:, 1]), ndtr(centre - values[:, 1]), values])


MARGIN_NAMES = "recall", "specificity", "alignment", "intercept", "margin"


def of_max_margin(rng, dimension, draws):
    half = dimension // 2
    n1, n0, Delta = separable(rng, half)

    def train(factor, draws):
        sizes = factor * half, factor * n1, factor * n0
        found = [train_max_margin(*sizes, Delta, rng)[:3] for _ in range(draws)]
        return rates_first(np.array(found), Delta)

    limit = max_margin(n0 / n1, (n0 + n1) / half, Delta)
    values = [getattr(limit, name) for name in MARGIN_NAMES]
    return compared(MARGIN_NAMES, values, extrapolated(train, draws))


def trained_for_ratio(d, minority, majority, Delta, ratio, rng):
    """Cosine, intercept and majority's margin of a sample's classifier, by its least-distance problem."""
    labels, scale = np.repeat([1.0, -1.0], [minority, majority]), 1e3
    x = rng.standard_normal((labels.size, d))
    x[:, 0] += 0.5 * Delta * labels
    rows = labels[:, None] * np.column_stack([x, np.full(labels.size, scale)])
    asked = np.where(labels > 0, ratio, 1.0)
    dual, _ = nnls(np.vstack([rows.T, asked]), np.append(np.zeros(d + 1), 1.0))
    w = rows.T @ dual / (1.0 - asked @ dual)
    if (rows @ w / asked).min() < 1 - 1e-6:
        raise ArithmeticError("the sampled problem was not solved")
    norm = np.linalg.norm(w[:-1])
    return w[0] / norm, scale * w[-1] / norm, 1 / norm


def of_margin_ratio(rng, dimension, draws):
    """Classifiers trained for another margin of the minority, at random and where errors should balance."""
    half, best = dimension // 2, 0.0
    while not 0.2 < best < 10:
        n1, n0, Delta = separable(rng, half)
        plain = max_margin(n0 / n1, (n0 + n1) / half, Delta)
        best = high_dimension.balancing_margin_ratio(plain)
    ratio = np.exp(rng.uniform(-1.5, 1.5))
    limit = high_dimension.with_margin_ratio(plain, ratio, Delta)

    def training(ratio):
        def train(factor, draws):
            sizes = factor * half, factor * n1, factor * n0
            found = [trained_for_ratio(*sizes, Delta, ratio, rng) for _ in range(draws)]
            return rates_first(np.array(found), Delta)

        return extrapolated(train, draws)

    values = [getattr(limit, name) for name in MARGIN_NAMES]
    rows = compared(MARGIN_NAMES, values, training(ratio))
    (*_, intercept, _), (*_, error, _) = training(best)
    slope = 2 * plain.margin / (1 + best) ** 2  # of the intercept in the ratio
    rows["balancing_margin_ratio"] = best, best - intercept / slope, error / slope
    return rows


def of_half_recall(rng, dimension, draws):
    """The log imbalance of recall one half, from classifiers trained there."""
    half, log_eta = dimension // 2, 0.0
    while not np.log(1.3) < log_eta < np.log(9):
        kappa, Delta = rng.uniform(0.6, 1.5), rng.uniform(0.5, 4)
        if kappa < 0.6 * high_dimension.separability_threshold(1, Delta):
            log_eta = np.log(high_dimension.half_recall_imbalance(kappa, Delta))
    n1 = round(kappa * half / (1 + np.exp(log_eta)))
    n0 = round(np.exp(log_eta) * n1)
    kappa = (n0 + n1) / half
    value = np.log(high_dimension.half_recall_imbalance(kappa, Delta))

    def train(factor, draws):
        sizes = factor * half, factor * n1, factor * n0
        found = np.array([train_max_margin(*sizes, Delta, rng)[:3] for _ in range(draws)])
        return 0.5 * Delta * found[:, :1] + found[:, 1:2]  # recall's probit

    def probit(log_eta):
        limit = max_margin(np.exp(log_eta), kappa, Delta)
        return 0.5 * Delta * limit.alignment + limit.intercept

    (mean,), (error,) = extrapolated(train, draws)
    slope = (probit(value + 0.01) - probit(value - 0.01)) / 0.02
    return {"half_recall_imbalance, log": (value, np.log(n0 / n1) - mean / slope, error / -slope)}


def of_separability(rng, dimension, draws):
    """Examples per dimension after which labelled examples drawn one by one are separable no more."""
    half = dimension // 2
    eta, Delta = np.exp(rng.uniform(0, np.log(10))), rng.uniform(0, 2.2)
    limit = high_dimension.separability_threshold(eta, Delta)

    def last(d):
        most = int(4 * limit * d) + 40
        labels = np.where(rng.random(most) < 1 / (1 + eta), 1.0, -1.0)
        x = rng.standard_normal((most, d))
        x[:, 0] += 0.5 * Delta * labels
        rows = labels[:, None] * np.column_stack([x, np.ones(most)])
        low, high = d, most  # that many are separable, are not
        while high - low > 1:
            middle = (low + high) // 2
            dual = np.vstack([rows[:middle].T, np.ones(middle)])
            _, residual = nnls(dual, np.append(np.zeros(d + 1), 1.0))
            low, high = (middle, high) if residual > 1e-7 else (low, middle)
        return low / d

    def train(factor, draws):
        return np.array([[last(factor * half)] for _ in range(draws)])

    return compared(["separability_threshold"], [limit], extrapolated(train, draws))


def of_ridge_logistic(rng, dimension, draws):
    """Ridge logistic regression under one of four losses, and all its metrics."""
    half, n1 = dimension // 2, 0
    while n1 < 4:
        eta, kappa = np.exp(rng.uniform([0, np.log(0.8)], np.log([10, 8])))
        n1 = round(kappa * half / (1 + eta))
    n0, Delta = round(eta * n1), rng.uniform(1.5, 4)
    ridge, seen = np.exp(rng.uniform([np.log(0.003), 0], [0, np.log(100)]))
    settings = loss_settings(str(rng.choice(list(LOSSES))), n0 / n1)
    own = "alignment", "norm", "intercept"
    names = (
        "recall", "specificity", "precision", "f1", "f1_threshold", "geometric_mean", "balanced_error",
        "f1_threshold_part", "balanced_error_threshold_part", "balanced_error_direction_part", "roc_auc",
        "average_precision", "calibration_error",
    )  # fmt: skip

    def metrics(solution):
        found = limit_metrics(solution, Delta, seen)
        return [*(getattr(solution, name) for name in own), *(found[name] for name in names)]

    def train(factor, draws):
        trained = sample_ridge_logistic(
            factor * n1, factor * n0, factor * half, Delta, ridge, draws=draws,
            seed=int(rng.integers(2**31)), **settings,
        )  # fmt: skip
        values = []
        for alignment, norm, intercept, recall, specificity in zip(*trained, strict=True):
            effective = SimpleNamespace(Delta=alignment * Delta, threshold=-intercept / norm)
            values.append(metrics(SimpleNamespace(
                alignment=alignment, norm=norm, intercept=intercept, recall=recall,
                specificity=specificity, effective=effective,
            )))  # fmt: skip
        return np.array(values)

    limit = high_dimension.ridge_logistic(n0 / n1, (n0 + n1) / half, Delta, ridge, **settings)
    return compared(own + names, metrics(limit), extrapolated(train, draws))


def of_ridge_softmax(rng, dimension, draws):
    """Ridge softmax regression of three or four classes."""
    half, K = dimension // 2, int(rng.integers(3, 5))
    kappa, ridge = np.exp(rng.uniform(np.log([0.5, 0.02]), np.log([6, 1])))
    Delta, each = rng.uniform(1.5, 4), max(2, round(kappa * half / K))

    def train(factor, draws):
        seed = int(rng.integers(2**31))
        sizes = K, factor * each, factor * half
        return np.array(sample_ridge_softmax(*sizes, Delta, ridge, draws=draws, seed=seed)).T

    limit = high_dimension.ridge_softmax(K, K * each / half, Delta, ridge)
    names = "alignment", "norm", "accuracy"
    values = [getattr(limit, name) for name in names]
    return compared(names, values, extrapolated(train, draws))


def of_logistic_model(rng, dimension, draws):
    """Maximum likelihood where the logistic model holds."""
    half, limit = dimension // 2, None
    while limit is None:
        kappa, gamma, theta = rng.uniform([6, 0.3, -1.5], [16, 2, 1.5])
        n = round(kappa * half)
        try:
            limit = high_dimension.logistic_mle(n / half, gamma, theta)
        except InputError:  # classes that may separate
            limit = None
        if (
            limit is not None and limit.noise > 2
        ):  # samples of so few dimensions then often separate
            limit = None

    def fitted(n, d):
        x = np.column_stack([rng.standard_normal((n, d)), np.ones(n)])
        label = rng.random(n) < expit(theta + gamma * x[:, 0])
        w = np.zeros(d + 1)
        for _ in range(40):
            p = expit(x @ w)
            curve = (x * (p * (1 - p))[:, None]).T @ x
            step = np.linalg.solve(curve, x.T @ (label - p))
            w = w + step * min(1.0, 2.0 / np.abs(step).max())
            if np.abs(step).max() < 1e-9:
                break
        else:
            raise ArithmeticError("a sample's classes separate")
        noise, curvature = np.sum(w[1:-1] ** 2), np.trace(np.linalg.inv(curve)[:-1, :-1])
        return w[0], np.sqrt(noise), w[-1], curvature, noise / curvature

    def train(factor, draws):
        return np.array([fitted(factor * n, factor * half) for _ in range(draws)])

    names = "signal", "noise", "intercept", "curvature", "likelihood_ratio"
    values = [getattr(limit, name) for name in names]
    return compared(names, values, extrapolated(train, draws))


SAMPLED = {
    "max-margin": of_max_margin,
    "margin ratio": of_margin_ratio,
    "half recall": of_half_recall,
    "separability": of_separability,
    "ridge logistic": of_ridge_logistic,
    "ridge softmax": of_ridge_softmax,
    "logistic model": of_logistic_model,
}
