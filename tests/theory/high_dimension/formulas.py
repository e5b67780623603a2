"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from hypothesis import strategies as st
from numeric_draws import DELTA, ETA, KAPPA, Sum, arguments, by_keyword, mp, phi, powers

KINDS = st.sampled_from(["known", "estimated", "pseudo_inverse"])


def factors(k, kind):
    if kind == "known":
        return mp.mpf(1), mp.mpf(1)
    if k > 1:
        return mp.sqrt((k - 1) / k), (k - 1) / k
    return mp.sqrt(k * (1 - k)), (1 - k) / k**2


def parts(eta, kappa, Delta, tau, kind):
    """Threshold, direction and Bayes parts of the balanced error."""
    with mp.workdps(120):
        f, c = factors(kappa, kind)
        g1, g0 = (1 + eta) / kappa, (1 + eta) / (eta * kappa)
        spread = mp.sqrt(Delta**2 + g1 + g0)
        half = f * Delta**2 / (2 * spread)
        shift = f * ((g1 - g0) / 2 + c * (1 - tau) * mp.log(eta)) / spread
        error, best = (phi(shift - half) + phi(-shift - half)) / 2, phi(-half)
        return [error - best, best - phi(-Delta / 2), phi(-Delta / 2)]


def effective_parts(kept, threshold, Delta):
    with mp.workdps(120):
        best = phi(-kept / 2)
        error = (phi(threshold - kept / 2) + phi(-threshold - kept / 2)) / 2
        return [error - best, best - phi(-Delta / 2), phi(-Delta / 2)]


def log_rectified_mean(t):
    with mp.workdps(100):
        log_mean = mp.log(t * phi(t) + mp.npdf(t))
    return Sum(log_mean, 0.1)  # it vanishes at t = 0.9


def estimable(given):
    """Arguments eta, kappa, ..., kind with a kappa that the kind of covariance allows."""
    eta, kappa, *rest, kind = given
    allowed = {"estimated": 1.0 + kappa, "pseudo_inverse": kappa if kappa != 1 else 2.0}
    return [eta, allowed.get(kind, kappa), *rest, kind]


def slope_at_balance(kappa, Delta, kind):
    f, c = factors(kappa, kind)
    spread = mp.sqrt(Delta**2 + 4 / kappa)
    return -mp.npdf(f * Delta**2 / 2 / spread) * f * (c + 1 / kappa) / spread


ROWS = {
    "estimated_covariance.inverse_wishart_moments": (
        arguments(st.integers(1, 10**6), st.integers(4, 10**9)).map(lambda a: [a[0], a[0] + a[1]]),
        lambda d, n: [1 / (n - d - 1), (n - 1) / ((n - d) * (n - d - 1) * (n - d - 3))],
    ),
    "lda.centre_shift": (
        arguments(st.one_of(ETA, powers(-15, -1).map(lambda e: 1 + e)), KAPPA),
        lambda e, k: (e - 1 / e) / 2 / k,
    ),
    "centre_bias.undersampled_rate": (
        arguments(ETA, KAPPA, DELTA),
        lambda e, k, D: phi(D**2 / 2 / mp.sqrt(D**2 + 2 * (1 + e) / k)),
    ),
    "centre_bias.centre_correction": (
        arguments(ETA, KAPPA, KINDS).map(estimable),
        lambda e, k, kind: (e - 1 / e) / 2 / k / factors(k, kind)[1],
    ),
    "centre_bias.balanced_error_parts": (
        arguments(ETA, KAPPA, DELTA, st.sampled_from([0.0, 0.5, 1.0]), KINDS).map(estimable),
        parts,
    ),
    "centre_bias.effective_error_parts": (
        arguments(st.floats(0.01, 0.9), st.floats(-30, 30), DELTA).map(
            lambda a: [a[0] * a[2], round(a[1], 6), a[2]]
        ),
        effective_parts,
    ),
    "high_dimensional_lda.recall_slope_at_balance": (
        arguments(KAPPA, DELTA, KINDS).map(lambda a: estimable([1.0, *a])[1:]),
        slope_at_balance,
    ),
    "rectified_gaussian.log_rectified_mean": (
        arguments(st.one_of(st.floats(-40, 40), st.floats(-1e4, 1e4))),
        log_rectified_mean,
    ),
    "regimes.published_score": (
        arguments(ETA, KAPPA, DELTA),
        lambda e, k, D: mp.log(e) / (D * mp.sqrt(k)),
    ),
}
# The functions that do not take a row's arguments in its order.
CALLS = {
    "centre_bias.centre_correction": by_keyword("centre_bias.centre_correction", "covariance"),
    "centre_bias.balanced_error_parts": by_keyword(
        "centre_bias.balanced_error_parts", "covariance"
    ),
    "high_dimensional_lda.recall_slope_at_balance": by_keyword(
        "high_dimensional_lda.recall_slope_at_balance", "covariance"
    ),
}
