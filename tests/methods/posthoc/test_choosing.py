"""tau and thresholds chosen on held-out data: no other is better, and the intervals cover."""

import numpy as np
import pytest
import torch
from counterpoise.methods.posthoc import (
    LogitAdjustedClassifier,
    TunedLogitAdjustedClassifier,
    adjust_logits,
    choose_tau,
    choose_threshold,
    cost_threshold,
    tau_curve,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from strategies import labelled_logits
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@parametrize_with_checks([TunedLogitAdjustedClassifier(GaussianNB(), cv=2)])
def test_it_is_a_scikit_learn_classifier(estimator, check):
    check(estimator)


# ------------------------------------------------------------------------------------------- tau


def accuracy(logits, target, prior, tau, weight=None):
    predicted = adjust_logits(logits, prior, tau).argmax(axis=1)
    own = [
        np.average(
            predicted[target == y] == y, weights=None if weight is None else weight[target == y]
        )
        for y in np.unique(target)
    ]
    return float(np.mean(own))


@given(case=labelled_logits(max_batch=12, max_classes=5))
@settings(max_examples=30, deadline=None)
def test_the_curve_is_the_accuracy_everywhere_and_no_tau_is_better(case):
    prior, logits, target = case
    logits = logits.round(3)  # differences of 1e-198 are ties or not as rounding has it
    curve = tau_curve(logits, target, prior)
    assert curve.taus[0] == 0
    assert curve.taus[-1] == np.inf
    ends = np.minimum(curve.taus, curve.taus[-2] + 2.0)
    for below, above, value in zip(ends, ends[1:], curve.values, strict=False):
        if above - below > 1e-6 * (1 + above):
            tau = (below + above) / 2
            assert value == pytest.approx(accuracy(logits, target, prior, tau))
    chosen = choose_tau(logits, target, prior, draws=2)
    wide = np.diff(curve.taus) > 1e-6 * (1 + curve.taus[:-1])
    assume(wide.any())
    assert chosen.value == pytest.approx(accuracy(logits, target, prior, chosen.tau))
    grid = np.linspace(0, 4, 41) + 1e-7
    assert chosen.value >= max(accuracy(logits, target, prior, tau) for tau in grid) - 1e-9
    best = curve.values >= curve.values[wide].max() - 1e-9
    near = [t for t, good in zip(curve.taus, best, strict=False) if good and t < 1]
    if accuracy(logits, target, prior, 1 + 1e-9) >= chosen.value - 1e-12:
        assert chosen.tau == 1 or near, "the nearest to 1"


def test_a_weight_counts_an_example_as_often():
    rng = np.random.default_rng(0)
    logits, target = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    weight = rng.integers(0, 4, 40)
    rows = np.repeat(np.arange(40), weight)
    one = choose_tau(logits, target, (6, 3, 1), sample_weight=weight, draws=2)
    two = choose_tau(logits[rows], target[rows], (6, 3, 1), draws=2)
    assert one[:2] == pytest.approx(two[:2])


def test_arrays_lists_tensors_and_maps_are_one_thing():
    rng = np.random.default_rng(0)
    logits, target = rng.normal(size=(60, 3)), rng.integers(0, 3, 60)
    expected = choose_tau(logits, target, (6, 3, 1))
    assert choose_tau(logits.tolist(), target.tolist(), [6, 3, 1]) == expected
    tensors = [torch.from_numpy(part) for part in (logits, target, np.array([6, 3, 1]))]
    assert choose_tau(*tensors) == expected
    maps = logits.reshape(5, 12, 3).transpose(0, 2, 1)
    assert choose_tau(maps, target.reshape(5, 12), (6, 3, 1)) == expected
    last = choose_tau(logits.reshape(5, 12, 3), target.reshape(5, 12), (6, 3, 1), dim=-1)
    assert last == expected
    assert choose_tau(logits, target, (6, 3, 1), seed=1) != expected


def test_ties_are_answered_as_argmax_does():
    curve = tau_curve([[1.0, 1.0], [1.0, 1.0]], [0, 1], (1, 1))
    assert curve.values.tolist() == [0.5]
    assert tau_curve([[0.0, 1.0], [0.0, 1.0]], [1, 1], (1, 1)).values.tolist() == [1.0]
    assert choose_tau([[0.0, 1.0]], [1], (9, 1)).tau == 1


SEPARATION = 2.0


def world(rng, counts, steepness):
    """Logits of two Gaussian classes, so many times too steep, and the truth of a tau."""
    target, shift = np.repeat([0, 1], counts), np.log(counts[1] / counts[0])
    x = rng.normal(SEPARATION * target, 1.0)
    margin = steepness * (SEPARATION * x - SEPARATION**2 / 2 + shift)

    def truth(tau):
        cut = SEPARATION / 2 + (tau / steepness - 1) * shift / SEPARATION
        return float(norm.cdf(cut) + norm.cdf(SEPARATION - cut)) / 2

    return np.stack([np.zeros_like(margin), margin], axis=1), target, truth


def covers(interval, value):
    return interval[0] <= value <= interval[1]


def test_intervals_of_tau_cover_and_the_optimism_is_what_is_lost():
    rng, counts, steepness, runs = np.random.default_rng(0), (270, 30), 2.0, 120
    rows = []
    for seed in range(runs):
        logits, target, truth = world(rng, counts, steepness)
        found = choose_tau(logits, target, counts, draws=100, seed=seed)
        value, gain = truth(found.tau), truth(found.tau) - truth(1.0)
        rows.append(
            [
                covers(found.interval, value),
                covers(found.tau_interval, steepness),
                covers(found.gain_interval, gain),
                found.optimism,
                found.value - value,
            ]
        )
    own, of_tau, of_gain, optimism, lost = np.mean(rows, axis=0)
    print(f"coverage {own:.3f}, of tau {of_tau:.3f}, of the gain {of_gain:.3f}")
    assert own > 0.88
    assert of_tau > 0.93
    assert of_gain > 0.88
    assert lost > 0.02, "chosen and judged on the same data it looks better than it is"
    assert optimism == pytest.approx(lost, abs=0.012)


class Steep(GaussianNB):
    """Twice too sure of itself, as a network is: its logits are doubled, so tau should be 2."""

    def predict_proba(self, X):
        p = super().predict_proba(X) ** 2
        return p / p.sum(axis=1, keepdims=True)


def test_a_classifier_chooses_its_tau_by_cross_validation():
    rng, counts = np.random.default_rng(0), (900, 120, 40)

    def draw(counts):
        means, labels = (np.repeat(each, counts) for each in ([0.0, 2.0, 4.0], list("abc")))
        return rng.normal(means)[:, None], labels

    (X, y), (new_X, new_y) = draw(counts), draw(2000)
    rule = TunedLogitAdjustedClassifier(Steep()).fit(X, y)
    assert rule.tau_ == pytest.approx(2, abs=0.5)
    assert rule.chosen_.gain > 0
    same = LogitAdjustedClassifier(Steep(), tau=rule.tau_).fit(X, y)
    np.testing.assert_array_equal(rule.predict(X), same.predict(X))
    inner = make_pipeline(StandardScaler(), LogisticRegression())
    weighted = TunedLogitAdjustedClassifier(inner).fit(X, y, sample_weight=np.ones(len(y)))
    assert weighted.chosen_ == TunedLogitAdjustedClassifier(inner).fit(X, y).chosen_
    plain = LogitAdjustedClassifier(Steep()).fit(X, y)
    answers = [each.predict(new_X) for each in (rule, plain)]
    tuned, fixed = (balanced_accuracy_score(new_y, answer) for answer in answers)
    assert tuned > fixed + 0.005


def test_folds_are_as_many_as_the_rarest_class_has_examples():
    X, y = np.arange(10.0)[:, None], np.repeat([0, 1], [8, 2])
    assert TunedLogitAdjustedClassifier(cv=5).fit(X, y).chosen_.value > 0
    with pytest.raises(InputError, match=r"class 1 has one example"):
        TunedLogitAdjustedClassifier().fit(X[:9], y[:9])


# ------------------------------------------------------------------------------------ thresholds

samples = st.integers(2, 12).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.int64, n, elements=st.integers(0, 1)),
        hnp.arrays(np.float64, n, elements=st.sampled_from(np.linspace(0, 1, 9))),
    )
)


@given(sample=samples, costs=st.none() | st.tuples(st.floats(0.1, 9), st.floats(0.1, 9)))
@settings(max_examples=50, deadline=None)
def test_no_threshold_is_better(sample, costs):
    target, p = sample
    assume(0 < target.sum() < len(target))
    found = choose_threshold(target, p, costs=costs, draws=2)

    def value(cut):
        chosen = p > cut
        if costs is None:
            return -balanced_accuracy_score(target, chosen)
        wrong = (chosen & (target == 0)) * costs[0] + (~chosen & (target == 1)) * costs[1]
        return float(wrong.mean())

    cuts = np.linspace(0, 1, 17)[1:-1:2]
    assert abs(found.value) == pytest.approx(abs(value(found.threshold)))
    assert value(found.threshold) <= min(value(cut) for cut in cuts) + 1e-12
    assert 0 < found.threshold < 1
    expected = target.mean() if costs is None else cost_threshold(*costs)
    assert found.elkan == pytest.approx(expected)
    if np.abs(p - found.elkan).min() > 1e-9:
        assert abs(found.elkan_value) == pytest.approx(abs(value(found.elkan)))


def test_intervals_of_a_threshold_cover():
    """Right posteriors: the best threshold is Elkan's, and its cost is known in closed form."""
    rng, share, costs, runs = np.random.default_rng(1), 0.1, (1.0, 4.0), 100
    elkan, shift = cost_threshold(*costs), np.log(share / (1 - share))

    def truth(threshold):
        cut = (np.log(threshold / (1 - threshold)) - shift) / SEPARATION + SEPARATION / 2
        return (1 - share) * norm.sf(cut) * costs[0] + share * norm.cdf(cut - SEPARATION) * costs[1]

    rows = []
    for seed in range(runs):
        y = np.repeat([0, 1], [270, 30])
        x = rng.normal(SEPARATION * y, 1.0)
        p = 1 / (1 + np.exp(-(SEPARATION * x - SEPARATION**2 / 2 + shift)))
        found = choose_threshold(y, p, costs=costs, draws=100, seed=seed)
        assert found.elkan == pytest.approx(elkan)
        value = truth(found.threshold)
        rows.append(
            [
                covers(found.interval, value),
                covers(found.threshold_interval, elkan),
                found.optimism,
                value - found.value,
            ]
        )
    own, of_threshold, optimism, lost = np.mean(rows, axis=0)
    assert own > 0.86
    assert of_threshold > 0.93
    assert lost > 0.01
    assert optimism == pytest.approx(lost, abs=0.015)


def test_the_positive_label_may_be_any():
    target, p = np.array([0, 1, 0, 1, 1]), np.array([0.1, 0.2, 0.3, 0.9, 0.8])
    expected = choose_threshold(target, p)
    for labels in (["no", "yes"], [2, 1], [1, -1], [False, True], ["b", "a"]):
        given = [labels[y] for y in target]
        assert choose_threshold(given, p, pos_label=labels[1]) == expected
        assert choose_threshold(np.array(given), p, pos_label=labels[1]) == expected
    assert choose_threshold(2 * target - 1, torch.from_numpy(p)) == expected
    other = choose_threshold(target, 1 - p, pos_label=0)
    assert other.value == pytest.approx(expected.value)


TWO = ([[0.0, 1.0], [1.0, 0.0]], [0, 1], (9, 1))
P = [0.2, 0.8]


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: choose_tau(TWO[0], [0, 2], (9, 1)), InputError, "target = 2"),
        (lambda: choose_tau(TWO[0], [0, 0.5], (9, 1)), InputError, "class indices"),
        (lambda: choose_tau(TWO[0], [0], (9, 1)), InputError, "target has shape"),
        (lambda: choose_tau(TWO[0], [0, 1], (9, 1, 1)), InputError, "the 3 classes"),
        (lambda: choose_tau([[0.0, np.inf]], [0], (9, 1)), InputError, "logits = inf"),
        (lambda: choose_tau(*TWO[:2], (9, 0)), InputError, "class_prior = 0"),
        (lambda: choose_tau(*TWO, level=1.0), InputError, "level = 1"),
        (lambda: choose_tau(*TWO, level=np.nan), InputError, "level = nan"),
        (lambda: choose_tau(*TWO, draws=1), InputError, "draws = 1"),
        (lambda: choose_tau(*TWO, seed=-1), InputError, "seed"),
        (lambda: choose_tau(*TWO, sample_weight=[0, 0]), InputError, "not all zero"),
        (lambda: choose_threshold([0, 1], [0.1, 1.2]), InputError, "probability = 1.2"),
        (lambda: choose_threshold([0, 1], [0.1]), InputError, "must match target"),
        (lambda: choose_threshold([0, 1], P, costs=(1, 0)), InputError, "costs = 0"),
        (lambda: choose_threshold([0, 1], P, costs=(1, 2, 3)), InputError, "two numbers"),
        (lambda: choose_threshold(["a", "b"], P), InputError, "give pos_label"),
        (lambda: choose_threshold([1, 2], P), InputError, "give pos_label"),
        (lambda: choose_threshold(["a", "b"], P, pos_label="c"), InputError, "pos_label = 'c'"),
        (lambda: choose_threshold([0, 1], P, sample_weight=[1, 0]), InputError, "leaves one"),
        (lambda: choose_threshold([0, 0], P), InputError, "1 different labels"),
        (
            lambda: TunedLogitAdjustedClassifier(random_state=-1).fit([[0.0], [1.0]], [0, 1]),
            InputError,
            "seed",
        ),
        (lambda: TunedLogitAdjustedClassifier(cv=1).fit([[0.0]] * 4, [0, 1] * 2), InputError, "cv"),
        (
            lambda: TunedLogitAdjustedClassifier(GaussianNB).fit([[0.0]] * 4, [0, 1] * 2),
            InputTypeError,
            r"GaussianNB\(\) for a class",
        ),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, error, message):
    with pytest.raises(error, match=message):
        build()
