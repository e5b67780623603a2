"""uLSIF, RuLSIF and LSIF: leave-one-out by refitting, the public package's slip, and optimality."""

import contextlib
import importlib
import io

import numpy as np
import pytest
import torch
from counterpoise.methods.ratios import LSIF, ULSIF, MomentMatching, RuLSIF
from counterpoise.methods.ratios.kernels import gaussian_basis
from counterpoise.methods.ratios.least_squares import (
    coefficients,
    leave_one_out,
    moments,
    not_negative,
)
from counterpoise.theory.reweighting import ulsif_leave_one_out
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics.pairwise import rbf_kernel

RIDGES = np.array([1e-2, 0.1, 1.0, 10.0])


def basis(seed, above=9, below=12, number=5):
    rng = np.random.default_rng(seed)
    return rng.random((above, number)), rng.random((below, number))


def refitted(above, below, ridge, alpha, clipped=False):
    """The objective on the pairs, each left out of a fit from the start."""
    losses = []
    for i in range(min(len(above), len(below))):
        psi, phi = np.delete(above, i, axis=0), np.delete(below, i, axis=0)
        matrix = alpha * psi.T @ psi / len(psi) + (1 - alpha) * phi.T @ phi / len(phi)
        theta = np.linalg.solve(matrix + ridge * np.eye(len(matrix)), psi.mean(axis=0))
        theta = np.maximum(theta, 0) if clipped else theta
        r_above, r_below = above[i] @ theta, below[i] @ theta
        losses.append((alpha * r_above**2 + (1 - alpha) * r_below**2) / 2 - r_above)
    return np.mean(losses)


sizes = st.integers(2, 14)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), above=sizes, below=sizes, alpha=st.sampled_from([0.0, 0.1, 0.7]))
def test_leave_one_out_is_that_of_fits_without_each_pair(seed, above, below, alpha):
    psi, phi = basis(seed, above, below)
    found = leave_one_out(psi, phi, RIDGES, alpha)
    expected = [refitted(psi, phi, ridge, alpha) for ridge in RIDGES]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


def test_leave_one_out_is_the_theorys():
    psi, phi = basis(1, 12, 12)
    expected = [ulsif_leave_one_out(phi, psi, ridge) for ridge in RIDGES]
    np.testing.assert_allclose(leave_one_out(psi, phi, RIDGES), expected, rtol=1e-12)


def scored_by_densratio(above, below, width, ridge):
    """The score of the package ``densratio``, centres at the samples above, to five digits."""
    search = importlib.import_module("densratio.RuLSIF").search_sigma_and_lambda
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        search(above, below, 0.0, above, [width], [ridge], True)
    return float(printed.getvalue().split("score = ")[1])


def left_out(psi, phi, ridge, divided):
    """Leave-one-out as the package writes it, clipped; the last term divided, or not as there."""
    n, number = phi.shape
    matrix = phi.T @ phi / n + ridge * (n - 1) / n * np.eye(number)
    solved = np.linalg.solve(matrix, phi.T)
    leverage = n - (phi.T * solved).sum(axis=0)
    mean = psi.mean(axis=0)
    at_mean = np.linalg.solve(matrix, mean)[:, None] + solved * (mean @ solved / leverage)
    last = (psi.T * solved).sum(axis=0)
    at_pair = np.linalg.solve(matrix, psi.T) + solved * (last / leverage if divided else last)
    theta = np.maximum((n * at_mean - at_pair) / n, 0)
    return ((phi.T * theta).sum(axis=0) ** 2 / 2 - (psi.T * theta).sum(axis=0)).mean()


@pytest.mark.parametrize("ridge", [1e-2, 1e-1])
def test_the_public_packages_score_is_not_leave_one_out(ridge):
    rng = np.random.default_rng(2)
    above, below = rng.normal(0.3, 1, (30, 2)), rng.normal(0, 1, (30, 2))
    psi, phi = (rbf_kernel(x, above, gamma=1 / (2 * 0.7**2)) for x in (above, below))
    found = scored_by_densratio(above, below, 0.7, ridge)
    true = refitted(psi, phi, ridge, 0.0, clipped=True)
    assert found == pytest.approx(left_out(psi, phi, ridge, divided=False), abs=1e-5)
    assert left_out(psi, phi, ridge, divided=True) == pytest.approx(true, rel=1e-8)
    assert abs(found - true) > 0.05 * abs(true)


@pytest.mark.parametrize("alpha", [0.0, 0.2])
def test_arrays_and_tensors_give_the_same(alpha):
    psi, phi = basis(3)
    as_tensors = torch.from_numpy(psi), torch.from_numpy(phi)
    np.testing.assert_allclose(
        coefficients(*as_tensors, 0.1, alpha), coefficients(psi, phi, 0.1, alpha), rtol=1e-12
    )
    np.testing.assert_allclose(
        leave_one_out(*as_tensors, torch.from_numpy(RIDGES), alpha),
        leave_one_out(psi, phi, RIDGES, alpha),
        rtol=1e-12,
    )
    np.testing.assert_allclose(gaussian_basis(*as_tensors, 0.7), gaussian_basis(psi, phi, 0.7))
    np.testing.assert_allclose(
        gaussian_basis(psi, phi, 0.7), rbf_kernel(psi, phi, gamma=1 / (2 * 0.7**2)), rtol=1e-12
    )


def test_with_a_linear_basis_it_is_moment_matching():
    """theta'f of uLSIF on the samples of a class is its ratio with a ridge towards 0."""
    rng = np.random.default_rng(0)
    above, below = rng.random((20, 4)), rng.random((8, 4))
    matching = MomentMatching(1, 4, ridge=0.3, prior=0)
    matching.observe(torch.from_numpy(above), torch.zeros(20, dtype=torch.long))
    ratio = matching.ratio(torch.from_numpy(below), torch.zeros(8, dtype=torch.long))
    ridge = 0.3 * (below**2).sum() / 8 / 8  # relative to the mean squared norm, over b
    model = ULSIF(basis="linear", ridge=ridge).fit(above, below)
    np.testing.assert_allclose(below @ model.coef_, ratio, rtol=1e-10)


def test_without_a_mixture_the_relative_ratio_is_the_ratio():
    rng = np.random.default_rng(0)
    above, below = rng.normal(0.3, 1, (40, 2)), rng.normal(0, 1, (50, 2))
    one, other = ULSIF().fit(above, below), RuLSIF(alpha=0).fit(above, below)
    np.testing.assert_array_equal(one.predict(below), other.predict(below))


def test_a_relative_ratio_is_bounded():
    rng = np.random.default_rng(0)
    above, below = rng.normal(5, 0.1, (50, 1)), rng.normal(0, 1, (50, 1))
    assert RuLSIF(alpha=0.2).fit(above, below).predict(above).max() <= 5


def test_what_is_chosen_is_the_best_of_the_grid():
    rng = np.random.default_rng(0)
    above, below = rng.normal(0.3, 1, (30, 2)), rng.normal(0, 1, (40, 2))
    chosen = ULSIF(width=[0.3, 1.0, 3.0], ridge=[0.01, 0.1]).fit(above, below)
    losses = {
        (w, r): ULSIF(width=w, ridge=r).fit(above, below).loss_
        for w in (0.3, 1.0, 3.0)
        for r in (0.01, 0.1)
    }
    assert (chosen.width_, chosen.ridge_) == min(losses, key=losses.get)


def test_coefficients_of_lsif_meet_the_conditions_of_optimality():
    psi, phi = basis(4, 40, 60, 8)
    theta = not_negative(psi, phi, 0.05)
    matrix, vector = moments(psi, phi)
    slope = matrix @ theta - vector + 0.05
    assert theta.min() == 0
    assert slope.min() > -1e-8
    assert abs(slope * theta).max() < 1e-8
    assert LSIF(width=[0.5, 1.0]).fit(psi, phi).width_ in (0.5, 1.0)
