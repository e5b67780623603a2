"""What losses, weights, heads and resampled data lead to, against the methods themselves.

Conditional risks of the torch losses are minimised numerically; sampled worlds have fixed seeds.
"""

from itertools import pairwise

import numpy as np
import pytest
import torch
from counterpoise.methods.losses import (
    EqualizationLoss,
    InfluenceBalancedLoss,
    LabelAwareSmoothingLoss,
    SeesawLoss,
)
from counterpoise.methods.posthoc import LearnedWeightScaling, NearestClassMean
from counterpoise.methods.posthoc.heads import train_head
from counterpoise.methods.sampling import LocalClusteringClassifier
from counterpoise.methods.weights import difficulty_weights
from counterpoise.theory.adjustment import nearest_mean_balanced_error, scaled_log_odds
from counterpoise.theory.consistency import (
    balanced_smoothing,
    consistent_equalisation_gamma,
    consistent_seesaw_exponent,
    influence_link,
    influence_margin,
    seesaw_log_odds,
    smoothing_threshold,
)
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.gaussian import cost_threshold, threshold_rates
from counterpoise.theory.reweighting import (
    difficulty_exponent,
    difficulty_threshold,
    smote_density_ratio,
    sub_class_tilts,
)
from scipy.integrate import quad
from scipy.optimize import brentq, minimize
from scipy.stats import norm
from sklearn.tree import DecisionTreeClassifier


def least(loss, posterior):
    """Logits of least conditional risk, from several starts: a row per class, weighted by the posterior."""
    classes = len(posterior)
    eta = torch.as_tensor(posterior, dtype=torch.float64)
    starts = [np.zeros(classes), *(4 * np.eye(classes))]

    def risk(u):
        logits = torch.tensor(u, requires_grad=True)
        value = (eta * loss(logits.expand(classes, classes), torch.arange(classes))).sum()
        value.backward()
        return value.item(), logits.grad.numpy()

    found = [minimize(risk, start, jac=True, options={"gtol": 1e-9}) for start in starts]
    return min(found, key=lambda own: own.fun).x


def field(loss, posterior, score):
    """The expected gradient in the first of two logits, which is what training follows."""
    logits = torch.tensor([score / 2, -score / 2], dtype=torch.float64, requires_grad=True)
    eta = torch.tensor([posterior, 1 - posterior], dtype=torch.float64)
    (eta * loss(logits.expand(2, 2), torch.tensor([0, 1]))).sum().backward()
    return logits.grad[0].item()


# --------------------------------------------------------------------------------- label smoothing


@pytest.mark.parametrize("form", ["paper", "official"])
@pytest.mark.parametrize("classes", [2, 4])
def test_smoothed_labels_act_as_class_weights(form, classes):
    rng = np.random.default_rng(classes)
    counts = np.sort(rng.integers(5, 1000, classes))[::-1]
    loss = LabelAwareSmoothingLoss(counts, 0.35, 0.05, form=form, reduction="none").double()
    spread = classes / (classes - 1) if form == "paper" else 1.0
    tilt = 1 - spread * loss.smoothing.numpy()
    for posterior in rng.dirichlet(np.ones(classes), 10):
        assert least(loss, posterior).argmax() == (tilt * posterior).argmax()


@pytest.mark.parametrize("form", ["paper", "official"])
def test_the_balanced_smoothing_is_consistent(form):
    rng, counts = np.random.default_rng(3), [60, 25, 10]
    loss = LabelAwareSmoothingLoss(counts, 0.3, 0.0, form=form, reduction="none").double()
    loss.smoothing.copy_(torch.from_numpy(balanced_smoothing(counts, form)))
    for posterior in rng.dirichlet(counts, 20):
        assert least(loss, posterior).argmax() == (posterior / counts).argmax()


@pytest.mark.parametrize(("counts", "head", "tail"), [([100, 1], 0.3, 0.0), ([6, 5], 0.4, 0.1)])
def test_two_smoothed_classes_have_one_threshold_whatever_the_counts(counts, head, tail):
    loss = LabelAwareSmoothingLoss(counts, head, tail, reduction="none").double()
    assert brentq(lambda h: field(loss, h, 0.0), 0.1, 0.95) == pytest.approx(
        smoothing_threshold(head, tail), rel=1e-9
    )
    assert smoothing_threshold(0.3, 0.0) == pytest.approx(5 / 7, rel=1e-15)


# -------------------------------------------------------------------------------- influence balance


@pytest.mark.parametrize("weighted", [True, False])
def test_influence_balance_predicts_by_weight_times_posterior(weighted):
    rng, prior = np.random.default_rng(5), np.array([0.8, 0.15, 0.05])
    weight = 1 / prior if weighted else np.ones(3)
    for size, posterior in zip([0.01, 1.0, 30.0] * 4, rng.dirichlet(9 * prior, 12), strict=True):
        features = torch.full((3, 1), size, dtype=torch.float64)
        own = InfluenceBalancedLoss(1.0, weight=weight, epsilon=0.1, reduction="none").double()
        found = least(lambda z, y, own=own, h=features: own(z, y, h), posterior)
        assert found.argmax() == (weight * posterior).argmax()


def test_the_influence_link_is_the_losss():
    loss = InfluenceBalancedLoss(1.0, epsilon=0.2, reduction="none")
    logits = torch.tensor([[0.3, -1.0, 2.0]], dtype=torch.float64)
    features = torch.tensor([[1.5, -0.5]], dtype=torch.float64)
    p = logits.softmax(1)[0, 1].item()
    found = loss(logits, torch.tensor([1]), features).item()
    assert influence_link(p, 2.0, 0.2) == pytest.approx(found, rel=1e-12)


@pytest.mark.parametrize("size", [0.0, 0.5, 20.0])
def test_a_detached_factor_is_a_margin_on_the_true_class(size):
    loss = InfluenceBalancedLoss(1.0, detach_factor=True, reduction="sum")
    logits = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    target, features = torch.tensor([0, 1, 2, 0]), torch.full((4, 1), size, dtype=torch.float64)
    first, second = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss(first, target, features).backward()
    one_hot = torch.nn.functional.one_hot(target, 3)
    lowered = second - float(influence_margin(size)) * one_hot
    torch.nn.functional.cross_entropy(lowered, target, reduction="sum").backward()
    torch.testing.assert_close(first.grad, second.grad / (2 * size + 1e-3), rtol=1e-8, atol=0)


# --------------------------------------------------------------------------------- spared negatives


@pytest.mark.parametrize("q", [0.0, 2.0])
@pytest.mark.parametrize("epsilon", [1e-2, 0.7])
@pytest.mark.parametrize(("ratio", "p"), [(100, 0.8), (3, 1.0), (20, 1.5)])
def test_seesaw_rests_right_of_zero_above_its_odds(ratio, p, q, epsilon):
    loss = SeesawLoss(2, p, q, epsilon=epsilon, class_counts=[ratio, 1], reduction="none").double()
    log_odds = float(seesaw_log_odds(ratio, p))
    for shift in (-0.3, -1e-6, 1e-6, 0.3):
        posterior = 1 / (1 + np.exp(-(log_odds + shift)))
        rest = brentq(lambda f, h=posterior: field(loss, h, f), -40, 40, xtol=1e-14)
        assert np.sign(rest) == np.sign(shift)
        values = [field(loss, posterior, f) for f in np.linspace(-8, 8, 33)]
        assert np.all(np.diff(values) > 0)
    assert (log_odds < np.log(ratio)) == (p < consistent_seesaw_exponent(ratio))


def test_the_consistent_seesaw_exponent_balances():
    for ratio in (1.5, 10.0, 1e6):
        p = consistent_seesaw_exponent(ratio)
        assert 1 < p < 2
        assert seesaw_log_odds(ratio, p) == pytest.approx(np.log(ratio), rel=1e-12)


def test_a_spared_negative_is_a_class_weight():
    rows, gamma = 40000, 0.9
    loss = EqualizationLoss(
        [999, 1], gamma=gamma, reduction="none", generator=torch.Generator().manual_seed(1)
    )
    logits = torch.tensor([0.4, -0.7]).expand(rows, 2)
    plain = torch.nn.functional.cross_entropy(logits[:1], torch.tensor([0])).item()
    found = loss(logits, torch.zeros(rows, dtype=torch.long))
    error = found.std().item() / rows**0.5
    assert abs(found.mean().item() - (1 - gamma) * plain) < 4 * error
    torch.testing.assert_close(
        loss(logits, torch.ones(rows, dtype=torch.long)),
        torch.nn.functional.cross_entropy(
            logits, torch.ones(rows, dtype=torch.long), reduction="none"
        ),
    )


def test_only_the_priors_ratio_makes_equalisation_consistent():
    gamma = consistent_equalisation_gamma(999, 1)
    assert (1 - gamma) * 999 == pytest.approx(1, rel=1e-12)
    with pytest.raises(InputError, match="rare exceeds frequent"):
        consistent_equalisation_gamma(1, 2)


# ------------------------------------------------------------------------------- difficulty weights


@pytest.mark.parametrize(("eta", "Delta", "tau"), [(100, 2.0, 1.0), (5, 0.5, 3.0), (1e4, 4, 0.3)])
def test_difficulty_weights_rest_at_their_own_optimum(eta, Delta, tau):
    def next_threshold(t):
        rates = threshold_rates(t, Delta)
        weights = difficulty_weights([rates.recall.item(), rates.specificity.item()], tau).numpy()
        return cost_threshold(eta, Delta, false_negative=weights[0], false_positive=weights[1])

    found = difficulty_threshold(eta, Delta, tau)
    assert 0 < found < np.log(eta) / Delta
    assert brentq(lambda t: next_threshold(t) - t, -1, np.log(eta) / Delta + 1) == pytest.approx(
        found, rel=1e-9
    )
    assert next_threshold(0.0) == pytest.approx(np.log(eta) / Delta, rel=1e-12)


@pytest.mark.parametrize("tau", ["dynamic", "cifar"])
def test_a_dynamic_exponent_rests_short_of_balance_too(tau):
    def move(t):
        rates = threshold_rates(t, 2.0)
        weights = difficulty_weights([rates.recall.item(), rates.specificity.item()], tau).numpy()
        return cost_threshold(50, 2.0, false_negative=weights[0], false_positive=weights[1]) - t

    rest = brentq(move, -2, 3)
    assert 0 < rest < np.log(50) / 2
    assert difficulty_exponent([0.9, 0.5]) < difficulty_exponent([0.95, 0.4])


# ------------------------------------------------------------------------------------ second stages


def test_learned_scales_do_not_move_logits_that_sum_to_zero():
    generator = torch.Generator().manual_seed(2)
    target = (torch.rand(4000, generator=generator) < 0.1).long()
    features = torch.randn(4000, 2, generator=generator) + 1.5 * target[:, None]
    head = torch.nn.Linear(2, 2)
    with torch.no_grad():
        head.weight.copy_(torch.tensor([[-0.7, -0.6], [0.7, 0.6]]))
        head.bias.copy_(torch.tensor([1.2, -1.2]))
    before = head(features).argmax(1)
    scaled = LearnedWeightScaling(head, 2)
    train_head(scaled, features, target, epochs=5, generator=generator)
    assert scaled.factor.min() > 0
    assert not torch.allclose(scaled.factor, torch.ones(2), atol=1e-2)
    assert torch.equal(scaled(features).argmax(1), before)


def test_the_tie_of_two_scaled_logits():
    rng = np.random.default_rng(0)
    for f, g, c in zip(*rng.uniform(0.1, 3, (2, 20)), rng.normal(size=20), strict=True):
        z = scaled_log_odds(f, g, c)
        assert f * (c + z / 2) == pytest.approx(g * (c - z / 2), abs=1e-12)
        assert abs(z) < 2 * abs(c)


def test_nearest_means_are_the_balanced_rule_of_spherical_classes():
    rng, means = np.random.default_rng(7), np.array([[0.0, 0, 0], [2, 0, 1], [0, 3, 0]])
    target = rng.choice(3, 60000, p=[0.9, 0.08, 0.02])
    features = means[target] + rng.normal(size=(60000, 3))
    rule = NearestClassMean(torch.from_numpy(features), torch.from_numpy(target))
    points = rng.normal(size=(20000, 3)) * 2 + 1
    density = norm.logpdf(points[:, None, :] - means).sum(-1)
    found = rule(torch.from_numpy(points)).argmax(1).numpy()
    assert (found == density.argmax(1)).mean() > 0.99


def test_the_balanced_error_of_nearest_means():
    rng, size = np.random.default_rng(8), 100000
    step = np.array([2.0, 1.0, 2.0])  # of length 3
    narrow, wide = rng.normal(size=(size, 3)), step + 2.5 * rng.normal(size=(size, 3))
    wrong = [((x - step) ** 2).sum(1) < (x**2).sum(1) for x in (narrow, wide)]
    found = (wrong[0].mean() + (1 - wrong[1].mean())) / 2
    assert found == pytest.approx(nearest_mean_balanced_error(3, 1, 2.5), abs=4 * 0.5 / size**0.5)
    # the densities' own rule does better: there is something to lose
    denser = [norm.logpdf(x).sum(1) > norm.logpdf(x, step, 2.5).sum(1) for x in (narrow, wide)]
    assert (1 - denser[0].mean() + denser[1].mean()) / 2 < found - 0.03


def test_three_unequal_variances_can_agree_with_nearest_means():
    r = (8 * np.log(2) / 3) ** 0.5
    x, means, deviations = np.linspace(-9, 9, 3000), np.array([-2, 0, 2]) * r, np.array([2, 1, 2])
    density = norm.logpdf(x[:, None], means, deviations)
    assert np.array_equal(density.argmax(1), np.abs(x[:, None] - means).argmin(1))
    assert not np.array_equal(density[:, :2].argmax(1), np.abs(x[:, None] - means[:2]).argmin(1))


# -------------------------------------------------------------------------------- resampled classes


def test_smote_density_is_a_density_with_two_thirds_of_the_variance():
    def moment(power):
        value = quad(lambda y: y**power * smote_density_ratio(y) * norm.pdf(y), -40, 40, points=[0])
        return value[0]

    assert moment(0) == pytest.approx(1, abs=1e-9)
    assert moment(2) == pytest.approx(2 / 3, abs=1e-9)
    assert np.all(smote_density_ratio(np.linspace(1, 50, 99)) < 1)
    assert np.all(smote_density_ratio(np.linspace(0, 0.5**0.5, 99)) > 1)


def test_smote_with_all_neighbours_draws_from_that_density():
    from imblearn.over_sampling import SMOTE

    rng, minority = np.random.default_rng(4), 1500
    x = np.concatenate([rng.normal(9, 1, 60000), norm.ppf((np.arange(minority) + 0.5) / minority)])
    label = np.repeat([0, 1], [60000, minority])
    found, labels = SMOTE(k_neighbors=minority - 1, random_state=0).fit_resample(x[:, None], label)
    new = found[len(x) :, 0]
    assert np.all(labels[len(x) :] == 1)
    edges = np.array([0.0, 0.5, 1.0, 1.5, 2.0, 3.0])
    for low, high in pairwise(edges):
        mass = quad(lambda y: smote_density_ratio(y) * norm.pdf(y), low, high)[0]
        share = ((new > low) & (new < high)).mean()
        assert share == pytest.approx(mass, abs=5 * (mass / len(new)) ** 0.5 + 0.003)
        assert (share < norm.cdf(high) - norm.cdf(low)) == (low >= 1)


@pytest.mark.parametrize("oversample", [True, False])
def test_the_tilts_of_sub_classes_are_those_of_the_rows_trained_on(oversample):
    rng = np.random.default_rng(6)
    counts, clusters = np.array([400, 120, 37, 9]), [4, 2, 1, 1]
    target = np.repeat(np.arange(4), counts)
    found = LocalClusteringClassifier(
        n_clusters=dict(enumerate(clusters)), oversample=oversample, random_state=0
    )
    features = rng.normal(size=(len(target), 2))
    found.fit(features, target)
    sub_class = found._split(features, target)
    rows = found._rows(sub_class) if oversample else np.arange(len(target))
    trained = np.bincount(target[rows])
    assert sub_class_tilts(counts, clusters, oversample) == pytest.approx(trained / trained.min())


def test_sub_classes_of_a_flexible_classifier_predict_as_the_class_itself():
    rng = np.random.default_rng(9)
    x = rng.integers(0, 12, 20000)
    majority = rng.random(20000) < 0.55 + 0.04 * (x % 6) + 0.1 * (x > 8)
    target, features = np.where(majority, 0, 1), x[:, None].astype(float)
    tree = DecisionTreeClassifier(random_state=0)
    cog = LocalClusteringClassifier(tree, n_clusters={0: 4}, random_state=0).fit(features, target)
    points = np.arange(12.0)[:, None]
    assert np.array_equal(cog.predict(points), tree.fit(features, target).predict(points))


@pytest.mark.parametrize("clusters", [[1], [1, 2, 3], [1, 1.5], [0, 1]])
def test_clusters_that_do_not_fit_are_named(clusters):
    with pytest.raises(InputError, match="clusters"):
        sub_class_tilts([10, 5], clusters)
