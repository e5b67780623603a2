"""Class-margin bounds and IMMAX's margins against 50 digits, printed numbers and each other."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.margins import (
    balanced_immax_margins,
    class_margin_bound,
    class_sensitive_complexity,
    immax_bound,
    immax_margins,
    ramp,
    stratified_margin_bound,
)
from fifty_digits import agree, counts_to_1e12, exactly, mp, powers
from hypothesis import given, settings
from hypothesis import strategies as st

settings.register_profile("bounds", deadline=None)
settings.load_profile("bounds")

deltas = powers(-12, -0.01)


@st.composite
def samples(draw):
    """Counts, margin errors, margins, and one more positive number a class."""
    counts = draw(counts_to_1e12)
    size = len(counts)
    unit = st.floats(0, 1, allow_subnormal=False)
    errors = draw(st.lists(unit, min_size=size, max_size=size))
    margins, numbers = (
        draw(st.lists(powers(-3, 0), min_size=size, max_size=size)) for _ in range(2)
    )
    return counts, errors, margins, numbers


@given(sample=samples(), delta=deltas)
def test_the_bound_at_fixed_margins(sample, delta):
    counts, errors, margins, complexities = sample
    size = len(counts)
    truth = sum(
        e + 2 * r / g + 3 * mp.sqrt(mp.log(2 * size / mp.mpf(delta)) / (2 * n))
        for n, e, g, r in zip(counts, *map(exactly, (errors, margins, complexities)), strict=True)
    )
    agree(class_margin_bound(errors, margins, complexities, counts, delta), truth / size)


@given(sample=samples(), delta=deltas, largest=powers(0, 6))
def test_the_bound_for_every_margin(sample, delta, largest):
    counts, errors, margins, complexities = sample
    size = len(counts)
    truth = sum(
        e
        + 4 * r / g
        + 3
        * mp.sqrt(
            (mp.log(2 * size / mp.mpf(delta)) + 2 * mp.log(mp.log(8 * largest / g, 2))) / (2 * n)
        )
        for n, e, g, r in zip(counts, *map(exactly, (errors, margins, complexities)), strict=True)
    )
    bound = class_margin_bound(errors, margins, complexities, counts, delta, largest)
    agree(bound, truth / size)


@given(sample=samples(), delta=deltas, norm=powers(-3, 3))
def test_the_stratified_bound(sample, delta, norm):
    counts, errors, margins, radii = sample
    size = len(counts)
    e, g, r = map(exactly, (errors, margins, radii))
    square = sum((a / b) ** 2 / n for a, b, n in zip(r, g, counts, strict=True))
    inverse = sum(1 / mp.mpf(n) for n in counts)
    truth = (
        sum(e) / size
        + 4 * mp.mpf(norm) / mp.sqrt(size) * mp.sqrt(square)
        + mp.mpf(3) / size * mp.sqrt(mp.log(2 / mp.mpf(delta)) / 2 * inverse)
    )
    agree(stratified_margin_bound(errors, margins, counts, radii, norm, delta), truth)


@given(sample=samples(), delta=deltas, norm=powers(-3, 3))
def test_strata_never_do_worse_than_class_by_class(sample, delta, norm):
    counts, errors, margins, radii = map(np.array, sample)
    # 2 sqrt(K) Lam r/sqrt(n) bounds the complexity of the margins of linear scores.
    complexities = 2 * norm * np.sqrt(len(counts)) * radii / np.sqrt(counts)
    by_class = class_margin_bound(errors, margins, complexities, counts, delta)
    by_strata = stratified_margin_bound(errors, margins, counts, radii, norm, delta)
    assert by_strata <= by_class * (1 + 1e-12)


@given(margin=st.floats(-1e4, 1e4, allow_subnormal=False), width=powers(-6, 6))
def test_the_ramp(margin, width):
    truth = min(mp.mpf(1), max(mp.mpf(0), 1 - mp.mpf(margin) / mp.mpf(width)))
    agree(
        ramp(margin, width), truth, absolute=1e-15
    )  # near its foot it is as good as width - margin


def test_the_printed_deviation_and_the_one_that_its_proof_gives():
    doubled, delta, n = np.log(np.log2(2 / 0.1)), np.log(2 * 10 / 0.05), 50
    assert np.sqrt((doubled + delta) / n) == pytest.approx(0.3861, abs=5e-5)
    assert np.sqrt(doubled / n) + np.sqrt(delta / n) == pytest.approx(0.5173, abs=5e-5)


# ---------------------------------------------------------------------------- IMMAX


@given(sample=samples(), total=powers(-3, 3))
def test_immax_margins(sample, total):
    counts, _, _, radii = sample
    for function, power in ((immax_margins, 1), (balanced_immax_margins, -1)):
        shape = [
            (mp.mpf(n) ** power * mp.mpf(r) ** 2) ** (mp.mpf(1) / 3)
            for n, r in zip(counts, radii, strict=True)
        ]
        agree(function(counts, radii, total), [mp.mpf(total) * s / sum(shape) for s in shape])


@given(sample=samples(), norm=powers(-3, 3), delta=deltas)
def test_the_class_sensitive_bound(sample, norm, delta):
    counts, errors, margins, radii = sample
    g, r = exactly(margins), exactly(radii)
    square = sum(n * (a / b) ** 2 for n, a, b in zip(counts, r, g, strict=True))
    complexity = mp.mpf(norm) / sum(counts) * mp.sqrt(square)
    agree(class_sensitive_complexity(counts, margins, radii, norm), complexity)
    deviation = 3 * mp.sqrt(mp.log(2 / mp.mpf(delta)) / (2 * sum(counts)))
    bound = immax_bound(errors[0], counts, margins, radii, norm, delta)
    agree(bound, mp.mpf(errors[0]) + 2 * complexity + deviation)


@given(sample=samples())
def test_immax_margins_have_the_least_complexity(sample):
    counts, _, margins, radii = sample
    best = immax_margins(counts, radii)
    other = np.array(margins) / np.sum(margins)
    least, more = (class_sensitive_complexity(counts, g, radii) for g in (best, other))
    assert least <= more * (1 + 1e-12)


def test_the_majority_has_the_larger_margin_for_plain_error_only():
    assert np.argmax(immax_margins([1000, 10])) == 0
    assert np.argmax(balanced_immax_margins([1000, 10])) == 1


# ---------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: class_margin_bound([0], [1, 1], [1, 1], [5, 5]), "margin_errors has shape"),
        (lambda: class_margin_bound([0, 0], [1, 3], [1, 1], [5, 5], 0.05, 2), "margins = 3"),
        (lambda: class_margin_bound([0, 0], [1, 1], [1, 1], [5, 5], 1), "delta = 1"),
        (lambda: class_margin_bound([0, 2], [1, 1], [1, 1], [5, 5]), "margin_errors = 2"),
        (lambda: stratified_margin_bound([0, 0], [1, 1], [5, 5], [1, 1, 1], 1), "radii has shape"),
        (lambda: stratified_margin_bound([0, 0], [1, 0], [5, 5], 1, 1), "margins = 0"),
        (lambda: class_sensitive_complexity([5, 5], [1]), "margins has shape"),
        (lambda: immax_margins([5, 5], [1, 0]), "radii = 0"),
        (lambda: ramp(0.5, 0), "width = 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
