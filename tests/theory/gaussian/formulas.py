"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import COUNTS, DELTA, SHARE, UNIT, Sum, arguments, columns, mp, phi, powers


def recall_level(recall, Delta):
    with mp.workdps(80):
        probit = mp.sqrt(2) * mp.erfinv(2 * recall - 1)
    return Sum.of(Delta**2 / 2, -Delta * probit)


def log_false_over_true(t, Delta):
    # far below the means both rates are one up to exp(-t^2/2)
    with mp.workdps(100 + int(min(t * t, 1600)) * (t < 0)):
        return mp.log(phi(-t - Delta / 2) / phi(Delta / 2 - t))


def simplex_of_two(counts, Delta, tau):
    shift = (1 - tau) * mp.log(counts[0] / counts[1]) / Delta
    return [phi(Delta / 2 + shift), phi(Delta / 2 - shift)]


ROWS = {
    "gaussian.recall_level_log_imbalance": (arguments(SHARE, DELTA), recall_level),
    "gaussian_curves.log_false_over_true": (
        arguments(st.one_of(st.floats(-40, 40), st.floats(-1e5, 1e5)), DELTA),
        log_false_over_true,
    ),
    "gaussian_decisions.geometric_mean": (
        arguments(st.floats(-52, 52), DELTA),
        lambda t, D: mp.sqrt(phi(D / 2 - t) * phi(D / 2 + t)),
    ),
    "gaussian_decisions.undersampled_posterior": (
        arguments(UNIT, powers(-15, 0)),
        lambda p, b: p / (p + b * (1 - p)),
    ),
    "simplex_gaussian.simplex_accuracies": (
        arguments(columns(COUNTS, most=2), DELTA, st.sampled_from([0.0, 0.5, 1.0])),
        simplex_of_two,
    ),
}
