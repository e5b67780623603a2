"""CVS: population logits by minimisation, refits by calibration, iterated."""

import numpy as np
import pytest
import torch
from counterpoise.theory.vector_scaling import vs_loss
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

PRIOR = np.array([0.7, 0.25, 0.05])
NU, TAU = 0.15, 0.9


def logits(posterior, kappa, tau=TAU):
    return np.log(posterior) - (NU + tau) * np.log(PRIOR) + tau * np.log(kappa)


@pytest.mark.parametrize("seed", range(3))
def test_the_logits_minimise_the_expected_loss(seed):
    rng = np.random.default_rng(seed)
    posterior, kappa = rng.dirichlet([2, 2, 2]), rng.uniform(0.3, 3, 3)

    def risk(u):
        losses = vs_loss(
            np.tile(u, (3, 1)), [0, 1, 2], PRIOR**-NU, offset=TAU * np.log(PRIOR / kappa)
        )
        return posterior @ losses

    found = minimize(risk, np.zeros(3), method="BFGS", options={"gtol": 1e-9}).x
    np.testing.assert_allclose(log_softmax(found), log_softmax(logits(posterior, kappa)), atol=1e-4)


def refit(kappa, tau):
    """Factors that calibrate the scores of all posteriors at once, by least squares on some."""
    posteriors = np.random.default_rng(0).dirichlet([1, 1, 1], size=20)
    scores = softmax(logits(posteriors, kappa, tau), axis=1)
    gap = np.log(posteriors) - np.log(scores)
    factor = (gap - gap[:, :1]).mean(axis=0)
    np.testing.assert_allclose(gap - gap[:, :1], np.tile(factor, (20, 1)), atol=1e-9)
    return np.exp(factor)


def tends_to(tau, steps=400):
    kappa = np.ones(3)
    for _ in range(steps):
        kappa = refit(kappa, tau)
    return kappa


def test_refits_settle_below_one_and_correct_less_than_the_prior():
    kappa = tends_to(TAU)
    np.testing.assert_allclose(
        np.log(kappa), (NU + TAU) / (1 + TAU) * np.log(PRIOR / PRIOR[0]), atol=1e-8
    )
    posterior = PRIOR * np.array([1.0, 1.0, 3.0])
    corrected = logits(posterior / posterior.sum(), kappa)
    assert np.argmax(posterior / PRIOR) == 2
    assert np.argmax(corrected) == 0


def test_refits_never_settle_at_one():
    once = refit(np.ones(3), 1.0)
    np.testing.assert_allclose(softmax(logits(PRIOR, once, 1.0)), PRIOR, atol=1e-12)
    assert refit(once, 1.0) == pytest.approx(np.ones(3))


def largest_score_error(scores, labels, bins=20):
    """The calibration error that the script minimises, by its bins of equal width."""
    confidence, predicted = scores.max(1)
    right = (predicted == labels).double()
    where = (confidence.detach() * bins).ceil().clamp(1, bins)
    gaps = [(confidence - right)[where == b].sum().abs() for b in range(1, bins + 1)]
    return sum(gaps) / len(labels)


def scripts_fit(scores, labels):
    """Its fit: Adam from equal factors at a rate of .01, the best of 200 steps, 50 without a better one."""
    factors = torch.ones(scores.shape[1], dtype=torch.double, requires_grad=True)
    adam, best, kept, waited = torch.optim.Adam([factors], lr=0.01), np.inf, None, 0
    for _ in range(200):
        error = largest_score_error(torch.softmax((scores * factors).log(), 1), labels)
        adam.zero_grad()
        error.backward()
        adam.step()
        with torch.no_grad():
            factors.clamp_(0.1, 10)
        best, kept, waited = (
            (error.item(), factors.detach().clone(), 0)
            if error < best
            else (best, kept, waited + 1)
        )
        if waited >= 50:
            break
    return kept.numpy()


@pytest.mark.parametrize("distance", [2.0, 3.0])
def test_the_scripts_own_fit_hardly_moves(distance):
    rng = np.random.default_rng(0)
    prior = 100 ** -np.linspace(0, 1, 10)
    prior /= prior.sum()
    labels = rng.choice(10, size=8000, p=prior)
    points = distance * np.eye(10)[labels] + rng.normal(size=(8000, 10))
    posterior = softmax(distance * points + np.log(prior), axis=1)
    scores = posterior * prior ** -(NU + TAU)
    scores /= scores.sum(axis=1, keepdims=True)
    factors = scripts_fit(torch.from_numpy(scores), torch.from_numpy(labels))
    power = np.polyfit(np.log(prior), np.log(factors), 1)[0]
    assert abs(power) < 0.05  # exact calibration asks for NU + TAU = 1.05
