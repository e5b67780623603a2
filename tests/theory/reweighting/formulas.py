"""How to draw arguments of the chapter's numeric functions, and independent formulas for them."""

from itertools import product

from hypothesis import strategies as st
from numeric_draws import COUNTS, UNIT, arguments, columns, mp, powers


def sampling(counts, q):
    weights = [n**q for n in counts]
    return [w / mp.fsum(weights) for w in weights]


def by_enumeration(w, n, size):
    """Every batch of the others, with its probability."""
    found = []
    for own in w:
        terms = []
        for batch in product(range(len(w)), repeat=int(size) - 1):
            chance = mp.fprod(n[c] / mp.fsum(n) for c in batch)
            terms.append(chance * own / (own + mp.fsum(w[c] for c in batch)))
        found.append(mp.fsum(terms))
    return [len(w) * x / mp.fsum(found) for x in found]


def exponent(accuracy, form="paper"):
    ratio = max(accuracy) / (min(accuracy) + mp.mpf(0.01))
    if form == "cifar":
        return 1 / (1 + mp.exp(-ratio))
    return 2 / (1 + mp.exp(-max(ratio - 1, 0)))


def points_in_between(y):
    """Density ratio of SMOTE's new points, by u = v^2 near the end where large deviates have their mass."""

    def ratio(root):
        u = root**2
        square = u**2 + (1 - u) ** 2
        return 2 * root * mp.exp(-(y**2) * (1 / square - 1) / 2) / mp.sqrt(square)

    end = mp.sqrt(mp.mpf(1) / 2)
    stop = min(end, 12 / max(abs(y), mp.mpf(1)))
    cuts = [stop * i / 8 for i in range(9)]
    return 2 * mp.quad(ratio, cuts)


def scatter(b, size):
    """By the moments: of an inverse Wishart's trace, of the inverse of a beta variable."""
    if b == 1:
        return mp.mpf(0)
    if b < size:
        return mp.sqrt((b - 1) / ((size - 1) - (b - 1) - 1))
    first, second = (b - size + 1) / 2, (size - 1) / 2
    return mp.sqrt(mp.beta(first - 1, second) / mp.beta(first, second) - 1) if second else mp.mpf(0)


def clamped(mean, deviation):
    """The integral of r against its density from 0, about where its mass is."""
    with mp.workdps(25):
        start = max(-mean / deviation, mp.mpf(-14))
        end = max(start, 0) + 14
        cuts = [start + (end - start) * i / 16 for i in range(17)]
        return mp.quad(lambda z: (mean + deviation * z) * mp.npdf(z), cuts)


def tilts_of_sub_classes(counts, clusters):
    return [n / min(counts) for n in counts]


ROWS = {
    "class_sampling.sampling_probability": (
        arguments(columns(COUNTS), st.floats(-40, 40)),
        sampling,
    ),
    "class_sampling.progressive_probability": (
        arguments(columns(COUNTS), UNIT),
        lambda n, t: [(1 - t) * x / mp.fsum(n) + t / len(n) for x in n],
    ),
    "difficulty.difficulty_exponent": (
        arguments(columns(UNIT, least=1), st.sampled_from(["paper", "cifar"])),
        exponent,
    ),
    "difficulty.difficulty_power": (
        arguments(columns(UNIT, least=1).filter(lambda c: min(c[0]) < 1), st.floats(0, 30)),
        lambda a, t: [(1 - x) ** t for x in a],
    ),
    "density_ratio.expected_mean_ratio": (
        arguments(st.integers(1, 10**12), st.just(0.0) | powers(-12, 12), st.integers(1, 10**6)),
        lambda b, s, z: min(b, z) / (min(b, z) + s),
    ),
    "ratio_spread.expected_ratio_scatter": (
        arguments(st.integers(1, 10**9), st.integers(1, 10**6)).filter(
            lambda a: a[0] == 1 or abs(a[0] - a[1]) > 1
        ),
        scatter,
    ),
    "ratio_spread.clamped_mean_ratio": (
        arguments(st.floats(-9, 9), powers(-6, 6)).filter(lambda a: a[0] > -5 * a[1]),
        clamped,
    ),
    "resampled_classes.smote_density_ratio": (
        arguments(st.one_of(st.floats(-10, 10), powers(-6, 8))),
        points_in_between,
    ),
    "focal_sharpness.focal_class_weights": (
        arguments(UNIT, st.floats(0, 30)),
        lambda p, g: (1 - p) ** g,
    ),
    "resampled_classes.sub_class_tilts": (
        arguments(columns(COUNTS, st.integers(1, 9))),
        tilts_of_sub_classes,
    ),
    "batch_means.batch_mean_weights": (
        arguments(columns(powers(-4, 4), COUNTS), st.integers(1, 6)).filter(
            lambda a: len(a[0]) <= 4
        ),
        by_enumeration,
    ),
}
