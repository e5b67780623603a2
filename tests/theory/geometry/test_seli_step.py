"""SELI's closed forms for two sizes of class against the published table, 50 digits and the general code."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.geometry import (
    gram_cosines,
    orthogonal_minorities_imbalance,
    seli_grams,
    step_geometry,
    step_singular_values,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp

# K = 10, rho = 1/2: norm ratios of classifiers and embeddings, four cosines.
TABLE = [
    (1, 1, 1, -0.111, -0.111, -0.111, 1),
    (10, 1.635, 0.592, 0.033, -0.139, -0.187, 0.964),
    (100, 2.401, 0.340, 0.338, -0.196, -0.228, 0.812),
    (1000, 3.011, 0.192, 0.671, -0.245, -0.243, 0.576),
]


@pytest.mark.parametrize("row", TABLE)
def test_the_published_table(row):
    geometry = step_geometry(row[0], 5, 5)
    computed = [
        np.sqrt(geometry.classifier_majority / geometry.classifier_minority),
        np.sqrt(geometry.embedding_majority / geometry.embedding_minority),
        geometry.classifier_cosine_minority,
        geometry.classifier_cosine_across,
        geometry.embedding_cosine_minority,
        geometry.alignment_minority,
    ]
    np.testing.assert_allclose(computed, row[1:], atol=5.1e-4)


@settings(max_examples=80, deadline=None)
@given(
    ratio=st.floats(1, 1e12),
    first=st.integers(1, 60),
    second=st.integers(1, 60),
)
def test_closed_forms_have_twelve_digits(ratio, first, second):
    geometry = step_geometry(ratio, first, second)
    with mp.workdps(50):
        k1, k2, r = mp.mpf(first), mp.mpf(second), mp.sqrt(mp.mpf(ratio))
        k = k1 + k2
        q = mp.sqrt((k2 * r**2 + k1) / k)
        w = [r * (1 - 1 / k1) + q * k2 / (k1 * k), (1 - 1 / k2) + q * k1 / (k2 * k)]
        h = [(1 - 1 / k1) / r + k2 / (k1 * k * q), (1 - 1 / k2) + k1 / (k2 * k * q)]
        expected = [*w, *h]
        expected.append((w[0] - r) / w[0] if first > 1 else mp.nan)
        crossing = (w[1] - 1) / w[1] if second > 1 else mp.nan
        expected.append(crossing)
        expected.append(-q / k / mp.sqrt(w[0] * w[1]))
        expected.append((h[0] - 1 / r) / h[0] if first > 1 else mp.nan)
        expected.append((h[1] - 1) / h[1] if second > 1 else mp.nan)
        expected.append(-1 / q / k / mp.sqrt(h[0] * h[1]))
        expected += [(1 - 1 / k) / mp.sqrt(w[i] * h[i]) for i in (0, 1)]
        expected = [float(e) for e in expected]
    computed = np.array([float(v) for v in geometry])
    # A cosine that passes through zero has absolute, not relative, accuracy there.
    np.testing.assert_allclose(np.delete(computed, 5), np.delete(expected, 5), rtol=1e-12)
    np.testing.assert_allclose(computed[5], expected[5], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(("first", "second", "ratio"), [(5, 5, 100.0), (7, 3, 12.5), (2, 9, 1e6)])
def test_the_general_code_agrees(first, second, ratio):
    grams = seli_grams([ratio] * first + [1.0] * second)
    geometry = step_geometry(ratio, first, second)
    classifiers, embeddings = map(gram_cosines, grams)
    assert grams.classifiers[0, 0] == pytest.approx(float(geometry.classifier_majority), rel=1e-12)
    assert grams.embeddings[-1, -1] == pytest.approx(float(geometry.embedding_minority), rel=1e-12)
    assert classifiers[-1, -2] == pytest.approx(
        float(geometry.classifier_cosine_minority), abs=1e-12
    )
    assert embeddings[0, 1] == pytest.approx(float(geometry.embedding_cosine_majority), rel=1e-10)
    values = np.linalg.eigvalsh(grams.classifiers)
    expected = step_singular_values(ratio, first, second)
    for value, times in zip(expected, (first - 1, second - 1, 1), strict=True):
        assert np.sum(np.abs(values - value) < 1e-9 * values.max()) >= times


def test_the_crossing_is_seven_for_half_and_depends_on_the_share_only():
    assert orthogonal_minorities_imbalance(0.5) == pytest.approx(7.0, rel=1e-15)
    for first, second in ((3, 7), (6, 14), (1, 2)):
        ratio = orthogonal_minorities_imbalance(second / (first + second))
        geometry = step_geometry(ratio, first, second)
        assert geometry.classifier_cosine_minority == pytest.approx(0.0, abs=1e-14)
    tiny = orthogonal_minorities_imbalance(1e-12)
    assert tiny == pytest.approx(3.0, rel=1e-11)


def test_one_class_a_group_has_no_inner_angle():
    geometry = step_geometry([1.0, 10.0], 1, 2)
    assert np.isnan(geometry.classifier_cosine_majority).all()
    assert np.isfinite(geometry.classifier_cosine_minority).all()
    with pytest.raises(InputError, match="imbalance"):
        step_geometry(0.5, 2, 2)
