"""ProCo's closed form: moments of von Mises-Fisher vectors by quadrature and by samples, and gradients."""

import math

import mpmath
import numpy as np
import pytest
import torch
from counterpoise.methods import LogitAdjustedLoss, ProCoLoss, log_moment, mean_direction
from counterpoise.methods.losses import proco
from counterpoise.theory.adjustment import log_spherical_moment
from hypothesis import given, settings
from hypothesis import strategies as st
from loss_checks import same
from scipy.integrate import quad
from scipy.stats import vonmises_fisher
from torch.nn.functional import cross_entropy, normalize

a_few = settings(deadline=None, max_examples=20)


@a_few
@given(st.integers(2, 40), st.floats(0, 0.95), st.floats(0, 30), st.floats(-1, 1))
def test_the_moment_is_an_integral_over_the_sphere(width, length, size, cosine):
    """By rotation two coordinates matter: with the mean on the first axis, x = (u, sqrt(1 - u^2) v, ...)."""
    mean = torch.zeros(1, width, dtype=torch.float64)
    mean[0, 0] = length
    kappa = float(mean_direction(mean)[1])
    along, across = size * cosine, size * math.sqrt(1 - cosine**2)
    tilted = math.hypot(kappa + along, across)

    def log_mass(k):
        """log of the integral of exp(k u) over the sphere: u = cos(angle) has density sin^(D-2)."""
        whole, _ = quad(
            lambda a: math.exp(k * (math.cos(a) - 1)) * math.sin(a) ** (width - 2),
            0, math.pi, epsabs=0, epsrel=1e-11, limit=200, points=[min(3.0 / math.sqrt(k + 1), 3)],
        )  # fmt: skip
        return k + math.log(whole)

    at = torch.tensor([[along, across, *[0.0] * (width - 2)]], dtype=torch.float64)
    found = float(log_moment(at, mean))
    assert found == pytest.approx(log_mass(tilted) - log_mass(kappa), rel=1e-8, abs=1e-8)


def test_the_moment_is_that_of_samples():
    mean = torch.tensor([[0.3, -0.4, 0.2]], dtype=torch.float64)
    direction, kappa = mean_direction(mean)
    drawn = vonmises_fisher(direction[0].numpy(), float(kappa)).rvs(200_000, random_state=1)
    at = torch.tensor([[1.0, 2.0, -0.5]], dtype=torch.float64)
    values = np.exp(drawn @ at[0].numpy())
    error = 4 * values.std() / math.sqrt(len(values))
    assert math.exp(float(log_moment(at, mean))) == pytest.approx(values.mean(), abs=error)


def test_in_three_dimensions_it_is_a_ratio_of_hyperbolic_sines():
    generator = torch.Generator().manual_seed(0)
    mean = torch.nn.functional.normalize(torch.randn(6, 3, generator=generator).double())
    mean *= torch.tensor([0.01, 0.2, 0.5, 0.8, 0.99, 0.999])[:, None].double()
    at = torch.randn(5, 3, generator=generator).double() * 4
    direction, kappa = mean_direction(mean)
    length = at.norm(dim=1, keepdim=True)
    cosine = (at @ direction.T / length).clamp(-1, 1)
    expected = log_spherical_moment(kappa.numpy(), length.numpy(), cosine.numpy())
    np.testing.assert_allclose(log_moment(at, mean), expected, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("width", [2, 3, 64])
def test_gradients_are_those_of_differences(width):
    at = torch.randn(3, width, dtype=torch.float64, requires_grad=True)
    mean = 0.6 * normalize(torch.randn(2, width, dtype=torch.float64), dim=1)
    assert torch.autograd.gradcheck(lambda z: log_moment(z, mean), at)
    small = (1e-12 * at.detach()).requires_grad_()  # of a class without a direction
    (gradient,) = torch.autograd.grad(log_moment(small, torch.zeros_like(mean)).sum(), small)
    same(gradient, 2 * small.detach() / width, tolerance=1e-6)


def test_without_directions_the_contrast_knows_only_the_prior_and_then_the_classes():
    counts, width = (50, 10, 2), 5
    loss = ProCoLoss(counts, contrast=0.5, width=width).double()
    logits, target = torch.randn(6, 3, dtype=torch.float64), torch.arange(6) % 3
    embedding = normalize(torch.randn(6, width, dtype=torch.float64), dim=1)
    adjusted = LogitAdjustedLoss(counts)(logits, target)
    log_prior = torch.tensor(np.log(np.array(counts) / 62))
    prior = cross_entropy(log_prior.expand(6, 3), target)
    same(loss(logits, target, embedding), adjusted + 0.5 * prior)
    means = torch.stack([embedding[target == y].mean(dim=0) for y in range(3)])
    same(loss.means, means)
    loss.eval()
    expected = cross_entropy(log_moment(embedding / 0.1, means) + log_prior, target)
    same(loss(logits, target, embedding), adjusted + 0.5 * expected)
    same(loss.means, means)
    loss.train()
    loss(logits[:2], target[:2], -embedding[:2])
    same(loss.means[0], 0.9 * means[0] - 0.1 * embedding[0])
    same(loss.means[2], means[2])


@pytest.mark.parametrize(
    ("width", "kappa"), [(1024, 50.0), (1024, 100.0), (2048, 400.0), (64, 1e-3)]
)
def test_the_normaliser_and_its_slope_are_those_of_fifty_digits(width, kappa):
    order, own = width / 2 - 1, torch.tensor([kappa], dtype=torch.float64, requires_grad=True)
    value = proco._LogNormaliser.apply(own, order)
    value.backward()
    with mpmath.workdps(50):
        exact = order * mpmath.log(kappa) - mpmath.log(mpmath.besseli(order, kappa))
        slope = -mpmath.besseli(order + 1, kappa) / mpmath.besseli(order, kappa)
    assert float(value.detach()[0]) == pytest.approx(float(exact), rel=1e-12)
    assert own.grad.item() == pytest.approx(float(slope), rel=1e-9)


@pytest.mark.parametrize("at", [0.0, 1e-3, 2.0, 40.0])
@pytest.mark.parametrize("order", [0.5, 31.0])
def test_the_second_derivative_is_that_of_differences(order, at):
    own = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    value = proco._LogNormaliser.apply(own, order)
    (slope,) = torch.autograd.grad(value.sum(), own, create_graph=True)
    (bend,) = torch.autograd.grad(slope.sum(), own)
    step = 1e-5 * max(at, 1.0)
    low, high = (
        proco._BesselRatio.apply(own.detach().clamp(min=step) + d, order) for d in (-step, step)
    )
    assert bend.item() == pytest.approx(-(high - low).item() / (2 * step), rel=1e-4)
