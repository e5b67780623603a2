"""SELI's numbers against 50 digits, against the published tables, and against other solvers."""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.geometry import (
    classifier_cosines,
    gram_cosines,
    margin_optimal_logits,
    sel_matrix,
    seli_grams,
    seli_value,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp


def _powers(matrix, power):
    """A power of a symmetric matrix of mpmath numbers with one zero eigenvalue, and none of it there."""
    values, vectors = mp.eigsy(matrix)
    size = matrix.rows
    drop = min(range(size), key=lambda k: abs(values[k]))
    spectral = mp.zeros(size)
    for k in range(size):
        if k != drop:
            column = vectors[:, k]
            spectral += (values[k] ** power) * (column * column.T)
    return spectral


def _exact(counts, multipliers, margins):
    size = len(counts)
    counts, multipliers, margins = ([mp.mpf(v) for v in r] for r in (counts, multipliers, margins))
    scale = [t / d for t, d in zip(margins, multipliers, strict=True)]
    kernel = mp.matrix([1 / d for d in multipliers])
    projector = mp.eye(size) - kernel * kernel.T / (kernel.T * kernel)[0]
    sizes = mp.diag([n * s**2 for n, s in zip(counts, scale, strict=True)])
    gram = projector * sizes * projector
    return _powers(gram, mp.mpf(1) / 2), mp.diag(scale) * _powers(gram, -mp.mpf(1) / 2) * mp.diag(
        scale
    )


def _as_float(matrix):
    return np.array([[float(matrix[i, j]) for j in range(matrix.cols)] for i in range(matrix.rows)])


counts_lists = st.lists(st.floats(1, 1e12), min_size=2, max_size=6)


@settings(max_examples=40, deadline=None)
@given(counts=counts_lists, data=st.data())
def test_grams_have_twelve_digits_over_the_whole_domain(counts, data):
    size = len(counts)
    positive = st.floats(1e-3, 1e3)
    multipliers = data.draw(
        st.just([1.0] * size) | st.lists(positive, min_size=size, max_size=size)
    )
    margins = data.draw(st.just([1.0] * size) | st.lists(positive, min_size=size, max_size=size))
    with mp.workdps(50):
        classifiers, embeddings = map(_as_float, _exact(counts, multipliers, margins))
    grams = seli_grams(counts, multipliers, margins)
    np.testing.assert_allclose(grams.embeddings, embeddings, rtol=1e-12)
    np.testing.assert_allclose(np.diag(grams.classifiers), np.diag(classifiers), rtol=1e-12)
    lengths = np.sqrt(np.diag(classifiers))
    error = np.abs(grams.classifiers - classifiers) / np.outer(lengths, lengths)
    assert error.max() < 1e-12


@pytest.mark.parametrize("counts", [(3, 3, 3), (10, 10, 1, 1), (7, 3, 2, 1), (20, 5, 1)])
def test_the_solution_is_that_of_the_singular_value_decomposition(counts):
    matrix = sel_matrix(counts)
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    grams = seli_grams(counts)
    np.testing.assert_allclose(left * values @ left.T, grams.classifiers, atol=1e-12)
    labels = np.repeat(np.arange(len(counts)), counts)
    np.testing.assert_allclose(
        right.T * values @ right, grams.embeddings[np.ix_(labels, labels)], atol=1e-12
    )
    assert seli_value(counts) == pytest.approx(values.sum(), rel=1e-13)


@pytest.mark.parametrize("counts", [(3, 3, 3), (20, 5, 1)])
@pytest.mark.parametrize("exponent", [0.0, 0.25, 0.5])
@pytest.mark.parametrize("role", ["margins", "multipliers"])
def test_a_convex_solver_agrees(counts, exponent, role):
    cvxpy = pytest.importorskip("cvxpy")
    temperatures = np.array(counts, dtype=float) ** exponent
    parameters = (
        {"margins": 1 / temperatures} if role == "margins" else {"multipliers": temperatures}
    )
    margins = np.broadcast_to(parameters.get("margins", 1.0), temperatures.shape)
    multipliers = np.broadcast_to(parameters.get("multipliers", 1.0), temperatures.shape)
    logits = cvxpy.Variable((3, 3))
    constraints = [
        multipliers[y] * logits[y, y] - multipliers[c] * logits[c, y] >= margins[y]
        for y in range(3)
        for c in range(3)
        if c != y
    ]
    norm = cvxpy.normNuc(logits @ np.diag(np.sqrt(counts)))
    value = cvxpy.Problem(cvxpy.Minimize(norm), constraints).solve(solver="CLARABEL")
    assert seli_value(counts, **parameters) == pytest.approx(value, rel=1e-6)
    np.testing.assert_allclose(logits.value, margin_optimal_logits(counts, **parameters), atol=1e-5)


def test_margins_of_one_over_root_n_give_a_simplex_and_ldam_exponents_do_not():
    counts = np.array([1000.0, 100.0, 10.0, 1.0])
    simplex = np.full((4, 4), -1 / 3) + np.eye(4) * 4 / 3
    cosines = classifier_cosines(counts, margins=counts**-0.5)
    np.testing.assert_allclose(cosines, simplex, atol=1e-13)
    cosines = classifier_cosines(counts, margins=counts**-0.25)
    assert np.abs(cosines - simplex).max() > 0.1


def test_many_classes_sum_to_zero():
    counts = np.geomspace(1, 1e6, 400)
    grams = seli_grams(counts)
    for gram in grams:
        assert np.abs(gram.sum(axis=0)).max() < 1e-10 * np.diag(gram).max()


def test_slips_are_named():
    with pytest.raises(InputError, match="at least two classes"):
        seli_grams([5])
    with pytest.raises(InputError, match="margins has shape"):
        seli_grams([5, 3], margins=[1, 2, 3])
    with pytest.raises(InputError, match="whole numbers"):
        sel_matrix([1.5, 2])
    with pytest.raises(InputError, match="too many"):
        sel_matrix([1e9, 1])
    with pytest.raises(InputError, match="square"):
        gram_cosines([1.0, 2.0])
    with pytest.raises(InputTypeError):
        seli_grams(["a", "b"])
