"""The theory's numbers against mpmath at 50 digits, published tables, and bad input.

Inputs are taken at their exact float64 values, so that whatever differs is the function's error.
Tolerances are relative; where a formula loses digits to cancellation the test's name says so.
"""

import mpmath
import numpy as np
import pytest
from counterpoise.theory.consistency import pairwise_threshold
from counterpoise.theory.decision import balanced_error, group_accuracies
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.gaussian import bayes_rates, boundary_shift, half_recall_imbalance
from counterpoise.theory.high_dimension import (
    class_loads,
    direction_lost,
    half_recall_log_imbalance,
    plug_in_rates,
    published_log_boundary,
    regime,
    sharp_constant,
)
from counterpoise.theory.imbalance import class_prior, exponential_profile, imbalance_factor
from counterpoise.theory.margins import ldam_margins, margin_tradeoff, optimal_margins
from counterpoise.theory.reweighting import (
    class_density_ratio,
    effective_number,
    effective_number_weights,
)
from counterpoise.theory.vector_scaling import logit_adjustment_offset, vs_gradient_bound, vs_scale
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

mp = mpmath.MPContext()
mp.dps = 50
settings.register_profile("numbers", deadline=None)
settings.load_profile("numbers")

TOLERANCE = 1e-12
UNDERFLOW = 1e-300  # below this float64 rounds to zero or to few digits


def powers(low, high):
    """Positive numbers, uniform in their exponent: ``10**low`` to ``10**high``."""
    return st.floats(low, high).map(lambda exponent: float(10.0**exponent))


counts_to_1e12 = st.lists(st.integers(1, 10**12), min_size=2, max_size=8)
etas = powers(0, 12)
kappas = powers(-4, 6)
Deltas = st.one_of(powers(-6, 1.6), st.floats(1e-6, 40))
taus = st.floats(-1, 2)
betas = st.one_of(
    st.floats(0, 1, exclude_max=True, allow_subnormal=False), powers(-12, -1).map(lambda e: 1 - e)
)
unit = st.floats(0, 1, allow_subnormal=False)


def exactly(values):
    return [mp.mpf(float(v)) for v in values]


def agree(values, truth, tolerance=TOLERANCE, absolute=UNDERFLOW):
    """Relative agreement; ``absolute`` for what is too small, or for what cancellation leaves."""
    values = np.ravel(values)
    truth = truth if isinstance(truth, list) else [truth]
    assert len(values) == len(truth)
    for value, exact in zip(values, truth, strict=True):
        assert abs(mp.mpf(float(value)) - exact) <= absolute + tolerance * abs(exact), (
            value,
            exact,
        )


# ---------------------------------------------------------------------------- class counts


@given(counts=counts_to_1e12)
def test_class_prior(counts):
    agree(class_prior(counts), [mp.mpf(n) / sum(counts) for n in counts])


@given(counts=counts_to_1e12)
def test_imbalance_factor(counts):
    agree(imbalance_factor(counts), mp.mpf(max(counts)) / min(counts))


@given(n=st.integers(10, 10**9), K=st.integers(2, 200), share=unit)
def test_the_exponential_profile_is_the_truncated_power(n, K, share):
    factor = float(n) ** (0.99 * share)
    profile = exponential_profile(n, K, factor)
    for i, count in enumerate(profile):
        exact = n * mp.mpf(factor) ** (-mp.mpf(i) / (K - 1))
        assert mp.floor(exact * (1 - TOLERANCE)) <= int(count) <= mp.floor(exact * (1 + TOLERANCE))


@pytest.mark.parametrize(("ratio", "rarest"), [(49, 1), (249, 10), (491, 10)])
def test_the_exponential_profile_reaches_a_whole_smallest_count(ratio, rarest):
    assert exponential_profile(ratio * rarest, 5, ratio)[-1] == rarest


CIFAR10 = {
    10: "5000 3871 2997 2320 1796 1391 1077 834 645 500",
    20: "5000 3584 2569 1842 1320 946 678 486 348 250",
    50: "5000 3237 2096 1357 878 568 368 238 154 100",
    100: "5000 2997 1796 1077 645 387 232 139 83 50",
    200: "5000 2775 1540 854 474 263 146 81 45 25",
}
CIFAR100 = {
    10: (19573, 50, (69, 31, 0)),
    20: (15907, 25, (53, 47, 0)),
    50: (12608, 10, (41, 41, 18)),
    100: (10847, 5, (35, 35, 30)),
    200: (9502, 2, (30, 31, 39)),
}


@pytest.mark.parametrize("factor", CIFAR10)
def test_cifar_10_lt_has_the_published_counts(factor):
    assert exponential_profile(5000, 10, factor).tolist() == [*map(int, CIFAR10[factor].split())]


@pytest.mark.parametrize("factor", CIFAR100)
def test_cifar_100_lt_has_the_published_total_minimum_and_groups(factor):
    counts = exponential_profile(500, 100, factor)
    groups = (counts > 100).sum(), ((counts >= 20) & (counts <= 100)).sum(), (counts < 20).sum()
    assert (counts.sum(), counts.min(), groups) == CIFAR100[factor]


# ---------------------------------------------------------------------------- effective number


@given(counts=counts_to_1e12, beta=betas)
def test_effective_number(counts, beta):
    b = mp.mpf(beta)
    # of 50 digits, 1 - b**n loses at most 16
    agree(effective_number(counts, beta), [(1 - b**n) / (1 - b) for n in counts])


@given(counts=counts_to_1e12, beta=betas)
def test_effective_number_weights(counts, beta):
    b = mp.mpf(beta)
    inverse = [(1 - b) / (1 - b**n) for n in counts]
    truth = [len(counts) * w / sum(inverse) for w in inverse]
    agree(effective_number_weights(counts, beta), truth)


# ---------------------------------------------------------------------------- margins and scales


@given(counts=counts_to_1e12, margin=st.floats(0, 10, allow_subnormal=False))
def test_ldam_margins(counts, margin):
    truth = [mp.mpf(margin) * (mp.mpf(min(counts)) / n) ** (mp.mpf(1) / 4) for n in counts]
    agree(ldam_margins(counts, margin), truth)


@given(counts=counts_to_1e12, total=powers(-6, 6))
def test_optimal_margins(counts, total):
    shape = [mp.mpf(n) ** (-mp.mpf(1) / 4) for n in counts]
    agree(optimal_margins(counts, total), [mp.mpf(total) * s / sum(shape) for s in shape])


@given(counts=counts_to_1e12, data=st.data())
def test_margin_tradeoff(counts, data):
    margins = data.draw(
        st.lists(powers(-6, 6), min_size=len(counts), max_size=len(counts)), label="margins"
    )
    pairs = zip(exactly(margins), counts, strict=True)
    agree(margin_tradeoff(margins, counts), sum(1 / (g * mp.sqrt(n)) for g, n in pairs))


@given(counts=counts_to_1e12, tau=st.floats(-3, 3, allow_subnormal=False))
def test_the_logit_adjustment_offset_to_rounding_of_the_prior(counts, tau):
    """Absolute: the log of a prior near one is only as good as the rounding of that prior."""
    truth = [mp.mpf(tau) * mp.log(mp.mpf(n) / sum(counts)) for n in counts]
    agree(logit_adjustment_offset(counts, tau), truth, absolute=3e-15)


@given(counts=counts_to_1e12, gamma=st.floats(-2, 5, allow_subnormal=False))
def test_vs_scale(counts, gamma):
    truth = [(mp.mpf(n) / max(counts)) ** mp.mpf(gamma) for n in counts]
    agree(vs_scale(counts, gamma), truth)


@given(scale=st.lists(powers(-6, 6), min_size=2, max_size=6), p=unit, weight=powers(-6, 6))
def test_vs_gradient_bound(scale, p, weight):
    for target in range(len(scale)):
        b = exactly(scale)
        most = max(b[:target] + b[target + 1 :])
        truth = mp.mpf(weight) * (1 - mp.mpf(p)) * mp.sqrt(b[target] ** 2 + most**2)
        agree(vs_gradient_bound(scale, target, p, weight), truth)


# ---------------------------------------------------------------------------- density ratio


@settings(max_examples=40)
@given(data=st.data(), b=st.integers(1, 5), Z=st.integers(1, 4), ridge=powers(-2, 6))
def test_class_density_ratio_to_the_condition_of_its_system(data, b, Z, ridge):
    """The Gram matrix plus its ridge has condition number at most ``1 + b / ridge``."""
    numbers = st.floats(0.015625, 10, width=32)
    features = data.draw(hnp.arrays(np.float64, (b, Z), elements=numbers), label="features")
    prototype = data.draw(hnp.arrays(np.float64, Z, elements=numbers), label="prototype")
    phi, F = mp.matrix(features.tolist()), mp.matrix(prototype.tolist())
    gram = phi * phi.T
    penalty = mp.mpf(ridge) * sum(gram[i, i] for i in range(b)) / b
    mean = mp.matrix([sum(phi[i, k] for i in range(b)) / b for k in range(Z)])
    solution = mp.lu_solve(gram + penalty * mp.eye(b), phi * (F - mean))
    truth = [1 + b * solution[i] for i in range(b)]
    size = (
        1 + max(abs(t - 1) for t in truth) + b / ridge * float(np.ptp([*prototype, *features.flat]))
    )
    agree(class_density_ratio(features, prototype, ridge), truth, 0, 1e-13 * (1 + b / ridge) * size)


# ---------------------------------------------------------------------------- balanced error


@given(accuracy=st.lists(unit, min_size=1, max_size=20))
def test_balanced_error_to_rounding_of_the_accuracy(accuracy):
    """Absolute: an error below 1e-4 has lost that many of its digits."""
    truth = 1 - sum(exactly(accuracy)) / len(accuracy)
    agree(balanced_error(accuracy), truth, absolute=1e-15)


@given(data=st.data(), counts=st.lists(st.integers(1, 200), min_size=1, max_size=20))
def test_group_accuracies(data, counts):
    size = len(counts)
    accuracy = data.draw(st.lists(unit, min_size=size, max_size=size), label="accuracy")
    groups = group_accuracies(accuracy, counts)
    belongs = {
        "many": lambda n: n > 100,
        "medium": lambda n: 20 <= n <= 100,
        "few": lambda n: n < 20,
    }
    for name, inside in belongs.items():
        members = [mp.mpf(a) for a, n in zip(accuracy, counts, strict=True) if inside(n)]
        if members:
            agree(groups[name], sum(members) / len(members))
        else:
            assert np.isnan(groups[name])


# ---------------------------------------------------------------------------- consistency


def threshold(weight_positive, weight_negative, margin_positive, margin_negative, gamma):
    w, v, d, e, g = exactly(
        (weight_positive, weight_negative, margin_positive, margin_negative, gamma)
    )
    negative = v / (1 + mp.exp(-g * e))
    return negative / (w / (1 + mp.exp(-g * d)) + negative)


weights = powers(-6, 6)


@given(w=weights, v=weights, d=st.floats(-50, 50), e=st.floats(-50, 50), g=powers(-2, 1))
def test_pairwise_threshold(w, v, d, e, g):
    agree(pairwise_threshold(w, v, d, e, g), threshold(w, v, d, e, g))


@pytest.mark.parametrize(("d", "e"), [(-800.0, -800.0), (-800.0, -801.0), (-1e4, -1e4)])
def test_pairwise_threshold_at_margins_whose_sigmoids_underflow(d, e):
    agree(pairwise_threshold(1.0, 2.0, d, e), threshold(1.0, 2.0, d, e, 1.0))


# ---------------------------------------------------------------------------- Gaussian


@given(eta=etas, Delta=Deltas)
def test_boundary_shift(eta, Delta):
    agree(boundary_shift(eta, Delta), mp.log(mp.mpf(eta)) / mp.mpf(Delta))


@given(eta=etas, Delta=Deltas, tau=taus)
def test_bayes_rates_down_to_underflow(eta, Delta, tau):
    half, shift = mp.mpf(Delta) / 2, (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta)) / mp.mpf(Delta)
    rates = bayes_rates(eta, Delta, tau)
    agree(rates.recall, mp.ncdf(half - shift))
    agree(rates.specificity, mp.ncdf(half + shift))


@given(eta=etas, Delta=Deltas, tau=taus)
def test_the_balanced_error_of_rates_to_rounding_of_the_rates(eta, Delta, tau):
    """Absolute: errors below 1e-16 come out as zero."""
    half, shift = mp.mpf(Delta) / 2, (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta)) / mp.mpf(Delta)
    truth = (mp.ncdf(shift - half) + mp.ncdf(-half - shift)) / 2
    agree(bayes_rates(eta, Delta, tau).balanced_error, truth, absolute=1e-15)


@given(Delta=st.floats(1e-6, 37.6))
def test_half_recall_imbalance(Delta):
    agree(half_recall_imbalance(Delta), mp.exp(mp.mpf(Delta) ** 2 / 2))


def test_half_recall_imbalance_overflows_to_infinity():
    assert half_recall_imbalance(38.0) == np.inf


@pytest.mark.parametrize(("Delta", "eta"), [(1, 1.65), (2, 7.39), (3, 90.0), (4, 2981)])
def test_golden_half_recall_of_the_bayes_rule(Delta, eta):
    assert half_recall_imbalance(Delta) == pytest.approx(eta, rel=3e-3)
    assert bayes_rates(half_recall_imbalance(Delta), Delta).recall == pytest.approx(0.5, abs=1e-14)


# ---------------------------------------------------------------------------- plug-in LDA


def loads(eta, kappa):
    e, k = exactly((eta, kappa))
    return (1 + e) / k, (1 + e) / (e * k)


def probits(eta, kappa, Delta, tau=0.0):
    g1, g0 = loads(eta, kappa)
    half, against = mp.mpf(Delta) ** 2 / 2, (g1 - g0) / 2 + (1 - mp.mpf(tau)) * mp.log(mp.mpf(eta))
    spread = mp.sqrt(mp.mpf(Delta) ** 2 + g1 + g0)
    return (half - against) / spread, (half + against) / spread


@given(eta=etas, kappa=kappas)
def test_class_loads(eta, kappa):
    agree(class_loads(eta, kappa), list(loads(eta, kappa)))


@given(eta=etas, kappa=kappas, Delta=Deltas, tau=taus)
def test_plug_in_rates_down_to_underflow(eta, kappa, Delta, tau):
    truth = [mp.ncdf(z) for z in probits(eta, kappa, Delta, tau)]
    agree(plug_in_rates(eta, kappa, Delta, tau), truth)


def brackets_half_recall(kappa, Delta, slack):
    """Whether the root is within ``slack`` of the answer: the left side increases in l."""
    k, half = mp.mpf(kappa), mp.mpf(Delta) ** 2 / 2
    answer = mp.mpf(float(half_recall_log_imbalance(kappa, Delta)))
    below, above = answer - slack(answer), answer + slack(answer)
    return below + mp.sinh(below) / k < half < above + mp.sinh(above) / k


@given(kappa=kappas, Delta=Deltas)
def test_half_recall_log_imbalance_to_fourteen_decimals(kappa, Delta):
    """The eta it stands for, exp(l), is therefore relatively accurate everywhere."""
    assert brackets_half_recall(kappa, Delta, lambda l: 1e-14 + TOLERANCE * l * (l > 0.01))


@pytest.mark.parametrize(("kappa", "Delta"), [(0.017871, 1.103e-6), (0.016681, 1.2564e-6)])
def test_half_recall_log_imbalance_is_relatively_accurate_near_balance(kappa, Delta):
    assert brackets_half_recall(kappa, Delta, lambda l: TOLERANCE * l)


@given(kappa=kappas, Delta=Deltas)
def test_published_log_boundary(kappa, Delta):
    agree(published_log_boundary(kappa, Delta), mp.mpf(Delta) * mp.sqrt(mp.mpf(kappa)))


def test_the_sharp_constant_is_the_maximum_of_asinh_of_half_a_square_over_x():
    x = mp.findroot(lambda x: x**2 / mp.sqrt(1 + x**4 / 4) - mp.asinh(x**2 / 2), 2.57675)
    agree(sharp_constant(), mp.asinh(x**2 / 2) / x)
    assert sharp_constant() == pytest.approx(0.743186684, abs=5e-10)


@given(eta=etas, kappa=kappas, Delta=Deltas)
def test_regime_away_from_its_cut_points(eta, kappa, Delta):
    recall = mp.ncdf(probits(eta, kappa, Delta)[0])
    cuts = (mp.mpf("0.05"), mp.mpf("0.5"), mp.mpf("0.9") * mp.ncdf(probits(1, kappa, Delta)[0]))
    if min(abs(recall / cut - 1) for cut in cuts) < TOLERANCE:
        return
    expected = 3 if recall < cuts[0] else 2 if recall < cuts[1] else 1 if recall < cuts[2] else 0
    assert regime(eta, kappa, Delta) == expected


@given(eta=etas, kappa=kappas, Delta=Deltas)
def test_direction_lost_away_from_its_cut_point(eta, kappa, Delta):
    squared_cosine = 1 / (1 + sum(loads(eta, kappa)) / mp.mpf(Delta) ** 2)
    if abs(squared_cosine - 0.5) > TOLERANCE:
        assert direction_lost(eta, kappa, Delta) == (squared_cosine < 0.5)


@pytest.mark.parametrize(
    ("Delta", "kappa", "known", "published", "recall"),
    [
        (2, 0.1, 1.20, 1.88, 0.219),
        (2, 1, 2.53, 7.39, 0.162),
        (2, 5, 4.71, 87.5, 0.008),
        (3, 0.5, 3.52, 8.34, 0.143),
        (3, 2, 9.22, 69.6, 0.005),
        (3, 10, 25.4, 1.3e4, 0),
        (4, 2, 20.1, 286, 0),
    ],
)
def test_golden_half_recall_of_the_plug_in_rule(Delta, kappa, known, published, recall):
    boundary = np.exp(published_log_boundary(kappa, Delta))
    assert np.exp(half_recall_log_imbalance(kappa, Delta)) == pytest.approx(known, rel=5e-3)
    assert boundary == pytest.approx(published, rel=5e-3 if published < 1e4 else 5e-2)
    assert plug_in_rates(boundary, kappa, Delta).recall == pytest.approx(recall, abs=5.1e-4)


# ---------------------------------------------------------------------------- golden vectors

CIFAR10_LT_100 = (5000, 2997, 1796, 1077, 645, 387, 232, 139, 83, 50)
GOLDEN = {
    "log prior": (
        lambda n: logit_adjustment_offset(n),
        "-0.908742 -1.420568 -1.932618 -2.444001 -2.956685 "
        "-3.467511 -3.979198 -4.491462 -5.007095 -5.513913",
    ),
    "LDAM margins": (
        lambda n: ldam_margins(n),
        "0.158114 0.179697 0.204238 0.232091 0.263829 0.299768 0.340675 0.387221 0.440497 0.5",
    ),
    "class-balanced weights": (
        lambda n: effective_number_weights(n, 0.9999),
        "0.050611 0.0769 0.121134 0.195037 0.318805 0.52459 0.868349 1.442627 2.409223 3.992724",
    ),
    "inverse VS scale": (
        lambda n: 1 / vs_scale(n),
        "1 1.165964 1.359562 1.584989 1.848515 2.154655 2.512144 2.929453 3.419539 3.981072",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_golden_vectors_of_cifar_10_lt(name):
    function, printed = GOLDEN[name]
    np.testing.assert_allclose(
        function(CIFAR10_LT_100), [float(x) for x in printed.split()], rtol=0, atol=6e-7
    )


@pytest.mark.parametrize(
    ("function", "printed"),
    [
        (lambda n: ldam_margins(n), (0.2364354, 0.35355339, 0.5)),
        (lambda n: 1 / vs_scale(n), (1, 1.6206566, 2.45645605)),
        (lambda n: effective_number_weights(n, 0.9999), (0.11589562, 0.57716699, 2.30693739)),
    ],
    ids=["LDAM margins", "inverse VS scale", "class-balanced weights"],
)
def test_golden_vectors_of_three_classes(function, printed):
    np.testing.assert_allclose(function((100, 20, 5)), printed, rtol=0, atol=5.1e-8)


# ---------------------------------------------------------------------------- bad input

NAN, INF = float("nan"), float("inf")
FROM_COUNTS = {
    "class_prior": class_prior,
    "imbalance_factor": imbalance_factor,
    "effective_number": lambda n: effective_number(n, 0.9),
    "effective_number_weights": lambda n: effective_number_weights(n, 0.9),
    "ldam_margins": ldam_margins,
    "optimal_margins": optimal_margins,
    "margin_tradeoff": lambda n: margin_tradeoff([1.0, 1.0], n),
    "logit_adjustment_offset": logit_adjustment_offset,
    "vs_scale": vs_scale,
    "group_accuracies": lambda n: group_accuracies([0.5, 0.5], n),
}


@pytest.mark.parametrize("name", FROM_COUNTS)
@pytest.mark.parametrize("bad", [0, -3, NAN, INF, -INF])
def test_a_count_that_is_not_positive_and_finite_is_named(name, bad):
    with pytest.raises(InputError, match=r"^class_counts\[1\] = "):
        FROM_COUNTS[name]([5, bad])


@pytest.mark.parametrize("name", FROM_COUNTS)
@pytest.mark.parametrize("bad", [[], 5, [[1, 2]]])
def test_class_counts_that_are_not_a_vector_are_refused(name, bad):
    with pytest.raises(InputError, match=r"^class_counts has shape"):
        FROM_COUNTS[name](bad)


@pytest.mark.parametrize("name", FROM_COUNTS)
@pytest.mark.parametrize("bad", ["many", ["5", "7"], [1, "a"], {}, [[1], [1, 2]], [1j, 2]])
def test_class_counts_that_are_not_numbers_are_refused(name, bad):
    with pytest.raises(InputTypeError, match=r"^class_counts = "):
        FROM_COUNTS[name](bad)


NOT_REAL = (NAN, INF)
POSITIVE, NOT_NEGATIVE = (0.0, -1.0, *NOT_REAL), (-0.1, *NOT_REAL)
ETA = (0.99, 0.0, -1.0, *NOT_REAL)
UNIT = (-0.1, 1.1, *NOT_REAL)
ARGUMENTS = [  # function, the argument's name, values outside its domain
    (lambda x: effective_number([5, 7], x), "beta", (*UNIT, 1.0)),
    (lambda x: effective_number_weights([5, 7], x), "beta", (*UNIT, 1.0)),
    (lambda x: exponential_profile(x, 10, 10), "max_count", (0.5, *NOT_REAL)),
    (lambda x: exponential_profile(100, 10, x), "imbalance_factor", (*ETA, 101.0)),
    (lambda x: ldam_margins([5, 7], x), "max_margin", NOT_NEGATIVE),
    (lambda x: optimal_margins([5, 7], x), "total", POSITIVE),
    (lambda x: margin_tradeoff([1.0, x], [5, 7]), "margins", POSITIVE),
    (lambda x: logit_adjustment_offset([5, 7], x), "tau", NOT_REAL),
    (lambda x: vs_scale([5, 7], x), "gamma", NOT_REAL),
    (lambda x: vs_gradient_bound([1.0, x], 0, 0.5), "scale", POSITIVE),
    (lambda x: vs_gradient_bound([1.0, 1.0], 0, x), "target_probability", UNIT),
    (lambda x: vs_gradient_bound([1.0, 1.0], 0, 0.5, x), "weight", POSITIVE),
    (lambda x: class_density_ratio([[1.0], [x]], [1.0]), "features", NOT_REAL),
    (lambda x: class_density_ratio([[1.0]], [x]), "prototype", NOT_REAL),
    (lambda x: class_density_ratio([[1.0]], [1.0], x), "ridge", POSITIVE),
    (lambda x: balanced_error([0.5, x]), "class_accuracy", UNIT),
    (lambda x: group_accuracies([0.5, x], [5, 7]), "class_accuracy", UNIT),
    (lambda x: pairwise_threshold(x, 1, 0, 0), "weight_positive", POSITIVE),
    (lambda x: pairwise_threshold(1, x, 0, 0), "weight_negative", POSITIVE),
    (lambda x: pairwise_threshold(1, 1, x, 0), "margin_positive", NOT_REAL),
    (lambda x: pairwise_threshold(1, 1, 0, x), "margin_negative", NOT_REAL),
    (lambda x: pairwise_threshold(1, 1, 0, 0, x), "gamma", POSITIVE),
    (lambda x: boundary_shift(x, 2), "eta", ETA),
    (lambda x: boundary_shift(2, x), "Delta", POSITIVE),
    (lambda x: bayes_rates(x, 2), "eta", ETA),
    (lambda x: bayes_rates(2, x), "Delta", POSITIVE),
    (lambda x: bayes_rates(2, 2, x), "tau", NOT_REAL),
    (lambda x: half_recall_imbalance(x), "Delta", POSITIVE),
    (lambda x: class_loads(x, 1), "eta", ETA),
    (lambda x: class_loads(2, x), "kappa", POSITIVE),
    (lambda x: plug_in_rates(x, 1, 2), "eta", ETA),
    (lambda x: plug_in_rates(2, x, 2), "kappa", POSITIVE),
    (lambda x: plug_in_rates(2, 1, x), "Delta", POSITIVE),
    (lambda x: plug_in_rates(2, 1, 2, x), "tau", NOT_REAL),
    (lambda x: half_recall_log_imbalance(x, 2), "kappa", POSITIVE),
    (lambda x: half_recall_log_imbalance(1, x), "Delta", POSITIVE),
    (lambda x: published_log_boundary(x, 2), "kappa", POSITIVE),
    (lambda x: published_log_boundary(1, x), "Delta", POSITIVE),
    (lambda x: regime(x, 1, 2), "eta", ETA),
    (lambda x: regime(2, x, 2), "kappa", POSITIVE),
    (lambda x: regime(2, 1, x), "Delta", POSITIVE),
    (lambda x: direction_lost(x, 1, 2), "eta", ETA),
    (lambda x: direction_lost(2, x, 2), "kappa", POSITIVE),
    (lambda x: direction_lost(2, 1, x), "Delta", POSITIVE),
]


@pytest.mark.parametrize(("function", "name", "outside"), ARGUMENTS)
def test_a_value_outside_the_domain_is_refused_by_the_arguments_name(function, name, outside):
    for bad in outside:
        with pytest.raises(InputError, match=f"^{name} = "):
            function(bad)


@pytest.mark.parametrize(("function", "name", "outside"), ARGUMENTS)
def test_a_string_is_refused_by_the_arguments_name(function, name, outside):
    with pytest.raises(InputTypeError, match=f"^{name} = "):
        function("two")


@pytest.mark.parametrize("K", [1, 0, -2])
def test_a_profile_of_fewer_than_two_classes_is_refused(K):
    with pytest.raises(InputError, match=r"^num_classes = "):
        exponential_profile(100, K, 10)


@pytest.mark.parametrize("target", [-1, 2, 100])
def test_a_target_outside_the_scale_is_refused(target):
    with pytest.raises(InputError, match=r"^target = "):
        vs_gradient_bound([1.0, 2.0], target, 0.5)
