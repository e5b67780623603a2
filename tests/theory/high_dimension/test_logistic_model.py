"""Maximum likelihood where the logistic model holds: printed numbers, the system as printed, training.

Printed numbers, and where they were read:

- Sur, Candes (PNAS 2019), kappa = 0.2, gamma^2 = 5: (alpha, lambda, sqrt(kappa) sigma) = (1.499, 3.027,
  2.1214), in the tests of the SLOE package (Yadlowsky, Yun, McLean, D'Amour, NeurIPS 2021), to three places.
- Sur, Chen, Candes (PTRF 2019), abstract: likelihood ratios are 1.5 chi-squares at kappa = 0.3, no signal.
- Zhao, Sur, Candes (Bernoulli 2022), Table 13, kappa = 0.2, in the tests of the brglm2 package: with an
  intercept (gamma^2 = 5), and without (gamma^2 = 5 + theta^2).

Of the 35 entries of Table 13 ten are off in their last digit, by at most 0.4 %: no error of ours, as the
balls are 1e-12 wide. The documentation of the glmhd package prints 1.169051 (alpha), 3.349089 (sigma) at
kappa = 0.1, gamma^2 = 5 and 2.345512 (sigma) without signal, each off by about 0.1 % (1.167782, 3.346564,
2.347369).
"""

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import enclose_logistic_mle, logistic_mle
from counterpoise.theory.high_dimension.checks import logistic_model as balls
from counterpoise.theory.high_dimension.checks.logistic_model import enclosed
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit

ROOT5 = 5**0.5
THETAS = (0.0, 0.5, 1.0, 2.0, 2.5)
WITH_INTERCEPT = {
    "inflation": ("1.50", "1.51", "1.56", "1.83", "2.31"),
    "curvature": ("3.03", "3.13", "3.45", "5.47", "8.96"),
    "spread": ("4.75", "4.84", "5.16", "7.01", "10.00"),
    "intercept": ("0", "0.76", "1.559", "3.68", "5.8"),
}
WITHOUT = {
    "inflation": ("1.50", "1.51", "1.55", "1.75", "1.95"),
    "curvature": ("3.03", "3.12", "3.42", "4.83", "6.26"),
    "spread": ("4.75", "4.84", "5.13", "6.45", "7.73"),
}


def rounds_to(ball, scale, printed):
    """Whether every number of a ball, times a scale, is printed so."""
    half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    ends = [(ball.mid + side * ball.radius) * scale for side in (-1, 1)]
    return all(abs(end - float(printed)) < half for end in ends)


def test_enclosures_hold_what_sur_and_candes_print():
    limit = enclose_logistic_mle(5, ROOT5)
    assert rounds_to(limit.signal, 1 / ROOT5, "1.499")
    assert rounds_to(limit.curvature, 1.0, "3.027")
    assert rounds_to(limit.noise, 1.0, "2.1214")
    for ball, value in zip(limit, logistic_mle(5, ROOT5), strict=True):
        assert 0 < ball.radius < 1e-13
        assert abs(ball.mid - value) < 1e-11
    assert not rounds_to(limit.curvature, 1.02, "3.027")


def test_enclosure_holds_the_printed_factor_of_likelihood_ratios():
    assert rounds_to(enclose_logistic_mle(1 / 0.3, 0.0).likelihood_ratio, 1.0, "1.5")


def table(printed, intercepts):
    """Relative gaps of the printed numbers, and how many round as printed."""
    gaps, agreeing = [], 0
    for column, theta in enumerate(THETAS):
        gamma = ROOT5 if intercepts else (5 + theta**2) ** 0.5
        limit = logistic_mle(5, gamma, theta if intercepts else 0.0)
        ours = {
            "inflation": limit.signal / gamma,
            "curvature": limit.curvature,
            "spread": limit.noise * ROOT5,
            "intercept": limit.intercept,
        }
        for name, values in printed.items():
            text = values[column]
            gaps.append(abs(ours[name] - float(text)) / max(float(text), 1.0))
            digits = len(text.partition(".")[2])
            agreeing += abs(ours[name] - float(text)) <= 0.5 * 10.0**-digits
    return max(gaps), agreeing


def test_table_13_with_and_without_intercept():
    gap, agreeing = table(WITH_INTERCEPT, True)
    assert gap < 4e-3
    assert agreeing == 13
    gap, agreeing = table(WITHOUT, False)
    assert gap < 3e-3
    assert agreeing == 12


@settings(max_examples=4, deadline=None)
@given(st.floats(4, 40), st.floats(0.0, 2.0), st.floats(-1.5, 1.5))
def test_solves_the_system_as_it_is_printed(kappa, gamma, theta):
    """Over (Z, G), the proximal point found for each."""
    limit = logistic_mle(kappa, gamma, theta)
    nodes, mass = np.polynomial.hermite_e.hermegauss(70)
    z, g = np.meshgrid(nodes, nodes)
    mass = np.outer(mass, mass) / (2 * np.pi)
    V, expectations = limit.curvature, np.zeros(4)
    for y in (1, -1):
        h = y * (limit.signal * z + limit.noise * g + limit.intercept)
        u = h
        for _ in range(60):  # Newton's method on a convex or concave side: 60 steps are ample
            u = u - (u - V * expit(-u) - h) / (1 + V * expit(u) * expit(-u))
        assert abs(u - V * expit(-u) - h).max() < 1e-9
        t, chance = expit(-u), mass * expit(y * (theta + gamma * z))
        bend = t * (1 - t)
        terms = (y * t * z, y * t, t * t, bend / (1 + V * bend))
        expectations += [np.sum(chance * term) for term in terms]
    assert expectations[:2] == pytest.approx(0, abs=1e-8)
    assert kappa * V**2 * expectations[2] == pytest.approx(limit.noise**2, rel=1e-7)
    assert kappa * V * expectations[3] == pytest.approx(1, rel=1e-7)


def trained(n, d, gamma, theta, rng):
    """m, s and b of an estimate."""
    x = rng.standard_normal((n, d))
    y = np.where(rng.random(n) < expit(theta + gamma * x[:, 0]), 1.0, -1.0)
    rows = np.column_stack([x, np.ones(n)]) * y[:, None]

    def loss(w):
        margin = rows @ w
        return np.logaddexp(0, -margin).sum(), -rows.T @ expit(-margin)

    w = minimize(loss, np.zeros(d + 1), jac=True, method="L-BFGS-B", options={"ftol": 1e-13}).x
    return w[0], np.linalg.norm(w[1:d]), w[-1]


def test_training_on_samples_gives_the_limit():
    rng = np.random.default_rng(0)
    d, draws = 100, 60
    values = np.array([trained(8 * d, d, 1.5, 1.0, rng) for _ in range(draws)])
    error = values.std(axis=0, ddof=1) / np.sqrt(draws)
    limit = logistic_mle(8, 1.5, 1.0)
    against = np.array([limit.signal, limit.noise, limit.intercept])
    assert (abs(values.mean(axis=0) - against) < 4 * error + 2 / d).all()
    assert (abs(values.mean(axis=0)[[0, 2]] - [1.5, 1.0]) > 8 * error[[0, 2]]).all()


def test_many_examples_give_the_truth():
    limit = logistic_mle(1e4, 2.0, -1.0)
    assert limit[:3] == pytest.approx((2.0, 0.0, -1.0), abs=0.03)
    assert limit.likelihood_ratio == pytest.approx(1, abs=1e-3)


def test_coarser_rules_have_wider_balls_that_hold_the_finer(monkeypatch):
    """The bounds on the trapezoidal rule's error hold, and are not idle."""
    near = logistic_mle(20, 1.0, 1.0)
    fine = enclosed(20.0, 1.0, 1.0, near)
    widths = [max(radius for _, radius in fine)]
    for decay in (42, 35):
        monkeypatch.setattr(balls, "_DECAY", decay)
        coarse = enclosed(20.0, 1.0, 1.0, near)
        for (mid, radius), (middle, _) in zip(coarse, fine, strict=True):
            assert abs(mid - middle) <= radius
        widths.append(max(radius for _, radius in coarse))
    assert widths[0] < 1e-14
    assert widths[1] < 0.1 * widths[2]


def test_wrong_number_is_not_enclosed():
    near = logistic_mle(10, 0.0)
    with pytest.raises(ArithmeticError, match="not enclosed"):
        enclosed(10.0, 0.0, 0.0, near._replace(noise=near.noise * 1.001))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((2.0, 0.0, 0.0), "kappa"),
        ((5.0, -1.0, 0.0), "gamma"),
        ((5.0, 1.0, float("nan")), "theta"),
        ((2.5, 2.0, 2.0), "separate"),
    ],
)
def test_bad_input_is_named(given, message):
    with pytest.raises(InputError, match=message):
        logistic_mle(*given)
