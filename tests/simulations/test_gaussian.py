"""The sampled world of plug-in LDA against brute force, against the closed form, against gold."""

import numpy as np
import pytest
from counterpoise.simulations import sample_plug_in, simulate_plug_in, standardised_difference
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.high_dimension import (
    half_recall_log_imbalance,
    plug_in_rates,
    published_log_boundary,
)
from scipy.special import ndtr
from scipy.stats import ks_2samp


def brute_force_rates(n1, n0, dimension, Delta, tau, draws, seed, inverse=None):
    """Draw every training example in d dimensions, train, and integrate the test law exactly."""
    rng = np.random.default_rng(seed)
    mu1 = np.zeros(dimension)
    mu1[0] = 0.5 * Delta
    class1 = rng.standard_normal((draws, n1, dimension)) + mu1
    class0 = rng.standard_normal((draws, n0, dimension)) - mu1
    mean1, mean0 = class1.mean(axis=1), class0.mean(axis=1)
    w = mean1 - mean0
    if inverse:
        rest = np.concatenate([class1 - mean1[:, None], class0 - mean0[:, None]], axis=1)
        pooled = rest.transpose(0, 2, 1) @ rest / (n1 + n0 - 2)
        w = (inverse(pooled) @ w[:, :, None])[:, :, 0]
    cut = ((mean1 + mean0) / 2 * w).sum(axis=1) + (1 - tau) * np.log(n0 / n1)
    length = np.linalg.norm(w, axis=1)
    return ndtr((w @ mu1 - cut) / length), ndtr((cut + w @ mu1) / length)


@pytest.mark.parametrize(
    ("n1", "n0", "dimension", "Delta", "tau"),
    [(3, 12, 3, 1.5, 0.0), (4, 20, 9, 2.0, 0.5), (5, 6, 30, 3.0, 1.0)],
)
def test_sufficient_statistic_has_the_law_of_the_full_training_set(n1, n0, dimension, Delta, tau):
    recall, specificity = brute_force_rates(n1, n0, dimension, Delta, tau, 4000, seed=1)
    rates = sample_plug_in(n1, n0, dimension, Delta, tau=tau, draws=4000, seed=2)
    assert ks_2samp(recall, rates.recall).pvalue > 1e-3
    assert ks_2samp(specificity, rates.specificity).pvalue > 1e-3
    both = ks_2samp(recall + 2 * specificity, rates.recall + 2 * rates.specificity)
    assert both.pvalue > 1e-3, "the two rates must agree jointly, not only one by one"


@pytest.mark.parametrize(
    ("n1", "n0", "dimension", "Delta", "tau"),
    [(3, 8, 3, 1.5, 0.0), (2, 4, 4, 3.0, 0.5), (10, 25, 15, 2.0, 0.5), (4, 40, 30, 3.0, 1.0)],
)
def test_an_estimated_covariance_has_its_law_too(n1, n0, dimension, Delta, tau):
    recall, specificity = brute_force_rates(n1, n0, dimension, Delta, tau, 4000, 1, np.linalg.inv)
    rates = sample_plug_in(
        n1, n0, dimension, Delta, tau=tau, covariance="estimated", draws=4000, seed=2
    )
    assert ks_2samp(recall, rates.recall).pvalue > 1e-3
    assert ks_2samp(specificity, rates.specificity).pvalue > 1e-3
    both = ks_2samp(recall + 2 * specificity, rates.recall + 2 * rates.specificity)
    assert both.pvalue > 1e-3


@pytest.mark.parametrize(
    ("n1", "n0", "dimension", "Delta", "tau"),
    [
        (2, 3, 9, 2.0, 0.0),
        (3, 8, 10, 3.0, 0.5),
        (3, 8, 11, 3.0, 0.0),
        (4, 12, 24, 4.0, 0.0),
        (4, 12, 9, 2.0, 1.0),
    ],
)
def test_a_pseudo_inverse_has_its_law_too(n1, n0, dimension, Delta, tau):
    """From five examples to more than dimensions, one and two dimensions beyond their span among them."""

    def inverse(pooled):
        return np.linalg.pinv(pooled, 1e-9, hermitian=True)

    recall, specificity = brute_force_rates(n1, n0, dimension, Delta, tau, 4000, 1, inverse)
    rates = sample_plug_in(
        n1, n0, dimension, Delta, tau=tau, covariance="pseudo_inverse", draws=4000, seed=2
    )
    assert ks_2samp(recall, rates.recall).pvalue > 1e-3
    assert ks_2samp(specificity, rates.specificity).pvalue > 1e-3
    both = ks_2samp(recall + 2 * specificity, rates.recall + 2 * rates.specificity)
    assert both.pvalue > 1e-3


def test_too_few_examples_estimate_no_covariance():
    with pytest.raises(InputError, match=r"n1 \+ n0 = 31: .* at least 32"):
        sample_plug_in(1, 30, 30, 2.0, covariance="estimated", seed=0)
    sample_plug_in(2, 30, 30, 2.0, covariance="estimated", draws=2, seed=0)
    with pytest.raises(InputError, match=r"n1 \+ n0 = 4: .* at least 5"):
        sample_plug_in(2, 2, 30, 2.0, covariance="pseudo_inverse", seed=0)
    with pytest.raises(InputError, match="unknown covariance"):
        simulate_plug_in(2, 3.0, 2.0, covariance="pooled", seed=0)


@pytest.mark.parametrize("tau", [0.0, 1.0])
@pytest.mark.parametrize("Delta", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("kappa", [0.1, 0.5, 2.0, 20.0])
@pytest.mark.parametrize("eta", [1.0, 3.0, 100.0])
def test_closed_form_is_within_four_standard_errors_of_monte_carlo(eta, kappa, Delta, tau):
    result = simulate_plug_in(eta, kappa, Delta, tau=tau, seed=7)
    theory = plug_in_rates(result.eta, result.kappa, Delta, tau)
    for measured, predicted, error in (
        (result.recall, theory.recall, result.recall_se),
        (result.specificity, theory.specificity, result.specificity_se),
    ):
        assert abs(standardised_difference(measured, predicted, error)) < 4


def test_agreement_has_the_power_to_reject_a_closed_form_without_centre_bias():
    """Mutant: the threshold term alone, without the loads' difference."""
    result = simulate_plug_in(3.0, 20.0, 2.0, seed=7)
    loads = np.array([1 / result.n1, 1 / result.n0]) * result.dimension
    spread = np.sqrt(4.0 + loads.sum())
    mutant = ndtr((2.0 - np.log(result.eta)) / spread)
    assert abs(result.recall - mutant) > 100 * result.recall_se


# Known covariance: d, eta, d/n, Delta, tau, recall, specificity (theory columns).
# The last row says d = 400, but only d = 300 gives its digits.
GOLDEN = [
    (400, 5, 0.5, 2, 0.0, 0.3836, 0.9596),
    (400, 10, 0.2, 3, 0.0, 0.6398, 0.9894),
    (400, 3, 2.0, 3, 0.0, 0.5658, 0.9688),
    (400, 10, 1.0, 4, 0.0, 0.5510, 0.9980),
    (300, 10, 0.2, 3, 1.0, 0.8503, 0.9479),
]


@pytest.mark.parametrize(("d", "eta", "load", "Delta", "tau", "recall", "specificity"), GOLDEN)
def test_simulation_reproduces_the_golden_rows(d, eta, load, Delta, tau, recall, specificity):
    n = round(d / load)
    n1 = round(n / (1 + eta))
    closed = plug_in_rates((n - n1) / n1, n / d, Delta, tau)
    assert closed.recall == pytest.approx(recall, abs=6e-5)
    assert closed.specificity == pytest.approx(specificity, abs=6e-5)
    rates = sample_plug_in(n1, n - n1, d, Delta, tau=tau, seed=3)
    # At this d the bias is of the order of the standard error: so is the tolerance.
    assert rates.recall.mean() == pytest.approx(recall, abs=5e-3)
    assert rates.specificity.mean() == pytest.approx(specificity, abs=5e-3)


# Half recall: Delta, kappa, half-recall eta (known), recall at the published boundary.
HALF_RECALL = [
    (2, 0.1, 1.20, 0.219),
    (2, 1.0, 2.53, 0.162),
    (2, 5.0, 4.71, 0.008),
    (3, 0.5, 3.52, 0.143),
    (3, 2.0, 9.22, 0.005),
    (3, 10.0, 25.4, 0.0),
    (4, 2.0, 20.1, 0.0),
]


@pytest.mark.parametrize(("Delta", "kappa", "eta", "published_recall"), HALF_RECALL)
def test_measured_recall_is_one_half_on_the_exact_boundary(Delta, kappa, eta, published_recall):
    exact = float(np.exp(half_recall_log_imbalance(kappa, Delta)))
    assert exact == pytest.approx(eta, rel=5e-3)
    on_boundary = simulate_plug_in(exact, kappa, Delta, seed=5)
    assert on_boundary.recall == pytest.approx(0.5, abs=4 * on_boundary.recall_se + 1e-5)
    published = float(np.exp(published_log_boundary(kappa, Delta)))
    beyond = simulate_plug_in(published, kappa, Delta, seed=5)
    assert beyond.recall == pytest.approx(published_recall, abs=6e-4)


def test_same_seed_same_numbers_and_another_seed_others():
    first, again, other = (simulate_plug_in(5, 1, 2, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first.recall != other.recall


def test_realised_counts_are_whole_and_close_to_what_was_asked():
    result = simulate_plug_in(7.3, 0.37, 2, dimension=1000, seed=0)
    assert isinstance(result.n1, int)
    assert isinstance(result.n0, int)
    assert result.eta == pytest.approx(7.3, rel=0.02)
    assert result.kappa == pytest.approx(0.37, rel=0.02)


def test_a_world_without_minority_examples_is_refused_with_the_mend():
    with pytest.raises(
        InputError, match=r"eta = 100 .*lower eta or raise kappa, .* to [.\d]+"
    ) as error:
        simulate_plug_in(100, 0.5, 2, dimension=50, seed=0)
    mend = float(str(error.value).split()[-1])
    assert simulate_plug_in(100, mend, 2, dimension=50, seed=0).n1 == 1


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"eta": 0.5}, "eta"),
        ({"kappa": 0.0}, "kappa"),
        ({"Delta": -1.0}, "Delta"),
        ({"tau": np.nan}, "tau"),
        ({"dimension": 2}, "dimension"),
        ({"dimension": 10.5}, "dimension"),
        ({"draws": 1}, "draws"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_values_are_named(change, name):
    arguments = {"eta": 5.0, "kappa": 1.0, "Delta": 2.0, "seed": 0} | change
    with pytest.raises(InputError, match=f"^{name} = "):
        simulate_plug_in(**arguments)


def test_a_seed_of_the_wrong_type_is_named():
    with pytest.raises(InputTypeError, match="seed = 'x'"):
        simulate_plug_in(5, 1, 2, seed="x")  # pyright: ignore[reportArgumentType]
