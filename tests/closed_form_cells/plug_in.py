"""Closed forms of plug-in LDA against trained rules, whose covariance is known, estimated or pseudo-inverted.

Rules are sampled at d = 10^7, so that the limit's own error, of order 1/d, is far below the standard error,
of order 1/sqrt(400 d).
"""

import numpy as np
from counterpoise.simulations import sample_plug_in
from counterpoise.theory import gaussian, high_dimension
from scipy.special import ndtr, ndtri

from .measured import mean_of

DRAWS, DIMENSION = 400, 10_000_000
KAPPAS = {"known": (0.1, 30), "estimated": (1.05, 30), "pseudo_inverse": (0.1, 0.95)}


def sampled_rules(cell):
    """Rules trained on the cell's world: closed form, mean over the rules, its standard error."""
    rows = {}
    for covariance, (least, most) in KAPPAS.items():
        rng = cell.aside() if covariance == "pseudo_inverse" else cell.rng
        kappa = float(np.exp(rng.uniform(np.log(least), np.log(most))))
        n1 = round(kappa * DIMENSION / (1 + cell.eta))
        rows |= of_covariance(cell, covariance, n1, round(cell.eta * n1), rng)
        rows |= of_boundary(cell, covariance)
    return rows | of_the_means(cell)


def of_covariance(cell, covariance, n1, n0, rng):
    eta, kappa, d = n0 / n1, (n0 + n1) / DIMENSION, DIMENSION
    point, kind = (eta, kappa, cell.Delta), {"covariance": covariance}

    def trained(tau, minority=n1, majority=n0):
        seed = int(rng.integers(2**31))
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
    # and yet another brings the threshold to where both rates can be told from 0 and 1
    ends = high_dimension.effective_parameters(*point, [0.0, 1.0], **kind).threshold
    other = cell.aside()
    away = other.uniform(0.2, 1) * other.choice(
        [-1, 1]
    )  # nearer the best its cost is of second order
    near = 1 + float(shift + away / (ends[0] - ends[1]))
    moved = sample_plug_in(
        n1, n0, d, cell.Delta, tau=near, draws=DRAWS, seed=other.integers(2**31), **kind
    )
    a, b = ndtri(moved.recall), ndtri(moved.specificity)
    probits = high_dimension.plug_in_probits(*point, near, **kind)
    own = high_dimension.effective_parameters(*point, near, **kind)
    split = high_dimension.balanced_error_parts(*point, near, **kind)
    least = ndtr(-0.5 * (a + b))
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
    place = np.inf
    while abs(place) > 0.5 * D + 2:  # beyond, F1 hardly depends on it
        judged = float(np.exp(other.uniform(0, np.log(1e4))))
        place = gaussian.f1_optimal_threshold(judged, D)
    places, best = greatest_f1(judged, along)
    rows |= {
        "probit of recall": (probits.recall, a),
        "probit of specificity": (probits.specificity, b),
        "effective Delta": (own.Delta, a + b),
        "effective threshold": (own.threshold, (b - a) / 2),
        "threshold part": (split.threshold, moved.balanced_error - least),
        "direction part": (split.direction, least - ndtr(-0.5 * cell.Delta)),
        "greatest F1": (gaussian.best_f1(judged, D), best),
        "F1-optimal threshold": (place, places),
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


def greatest_f1(eta, separations):
    """Of each separation's scores the place of the greatest F1 and its value, by golden section."""
    share = (np.sqrt(5) - 1) / 2
    low, high = -0.5 * separations - 6, 0.5 * separations + 6

    def score(t):
        r, f = ndtr(0.5 * separations - t), ndtr(-0.5 * separations - t)
        return 2 * r / (1 + r + eta * f)

    for _ in range(50):
        left, right = high - share * (high - low), low + share * (high - low)
        below = score(left) < score(right)
        low, high = np.where(below, left, low), np.where(below, high, right)
    return 0.5 * (low + high), score(0.5 * (low + high))


def of_boundary(cell, covariance):
    """Where recall is a half, and how fast it falls at balance, from rules on either side of the place."""
    rng, kind, rows = cell.aside(), {"covariance": covariance}, {}
    least, most = KAPPAS[covariance]

    def rules(log_etas, kappa, Delta, tau):
        """Realised log imbalances, and the recall of rules that see the same noise in all of them."""
        seed, found = int(rng.integers(2**31)), []
        for log_eta in log_etas:
            n1 = round(kappa * DIMENSION / (1 + np.exp(log_eta)))
            n0 = round(kappa * DIMENSION) - n1
            rates = sample_plug_in(
                n1, n0, DIMENSION, Delta, tau=tau, draws=DRAWS, seed=seed, **kind
            )
            found.append((np.log(n0 / n1), rates.recall))
        return found

    def world():
        kappa = float(np.exp(rng.uniform(np.log(least), np.log(most))))
        return round(kappa * DIMENSION) / DIMENSION, rng.uniform(0.3, 4)

    kappa, Delta = world()
    (low, before), (high, after) = rules([-0.0005, 0.0005], kappa, Delta, 0.0)
    slope = high_dimension.recall_slope_at_balance(kappa, Delta, **kind)
    rows["slope of recall at balance"] = slope, *mean_of((after - before) / (high - low))

    levels = {"log imbalance at recall one half": 0.5}
    if covariance == "known":
        levels["log imbalance at a level of recall"] = rng.uniform(0.2, 0.5)
    for name, level in levels.items():
        place = np.inf
        while not 0.05 < place < np.log(1000):
            kappa, Delta = world()
            tau = rng.uniform(0, 1) if level == 0.5 else 0.0
            place = (
                float(high_dimension.half_recall_log_imbalance(kappa, Delta, tau, **kind))
                if level == 0.5
                else high_dimension.recall_level_log_imbalance(level, kappa, Delta)
            )
        (low, before), (at, middle), (high, after) = rules(
            place * np.array([0.99, 1, 1.01]), kappa, Delta, tau
        )
        steep = (ndtri(after) - ndtri(before)).mean() / (high - low)
        rows[name] = place, *mean_of(at + (ndtri(level) - ndtri(middle)) / steep)
    return {f"{covariance} covariance: {name}": row for name, row in rows.items()}


def of_the_means(cell):
    """What the errors of two class means do, each drawn as a chi-square and a normal along the difference."""
    rng = cell.aside()
    kappa = float(np.exp(rng.uniform(np.log(0.1), np.log(30))))
    n1 = round(kappa * DIMENSION / (1 + cell.eta))
    n0, sizes = round(cell.eta * n1), np.array([[n1], [round(cell.eta * n1)]])
    point = n0 / n1, (n1 + n0) / DIMENSION
    squares = rng.chisquare(DIMENSION, (2, DRAWS)) / sizes
    along = rng.standard_normal((2, DRAWS)) * cell.Delta / np.sqrt(sizes)
    noise = rng.chisquare(DIMENSION, DRAWS) * (1 / n1 + 1 / n0)
    loads = high_dimension.class_loads(*point)
    centre = 0.5 * (squares[0] + along[0] - squares[1] - along[1])
    signal = high_dimension.signal_to_noise(*point, cell.Delta)
    rows = {
        "class_loads, minority": (loads.minority, squares[0]),
        "class_loads, majority": (loads.majority, squares[1]),
        "centre_shift": (high_dimension.centre_shift(*point), centre),
        "signal_to_noise": (signal, cell.Delta / np.sqrt(noise)),
    }
    return {name: (value, *mean_of(drawn)) for name, (value, drawn) in rows.items()}
