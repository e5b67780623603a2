"""Post-hoc rules: weights of examples, thresholds at the edge of precision, pipelines, slips."""

import numpy as np
import pytest
import sklearn
import torch
from counterpoise.methods.posthoc import (
    LogitAdjustedClassifier,
    PlugInClassifier,
    PriorCorrectedClassifier,
    ThresholdMovingClassifier,
    bbse_prior,
    expected_f_beta_threshold,
    f_beta_threshold,
    plug_in_threshold,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# ------------------------------------------------------------------------------------ thresholds


@given(data=st.data(), n=st.integers(2, 10), beta=st.floats(0.2, 5))
def test_a_weight_counts_an_example_as_often(data, n, beta):
    weight = data.draw(hnp.arrays(np.int64, n, elements=st.integers(0, 3)))
    score = data.draw(hnp.arrays(np.float64, n, elements=st.sampled_from(np.linspace(0, 1, 9))))
    target = data.draw(hnp.arrays(np.bool_, n))
    repeated = np.repeat(np.arange(n), weight)
    if score[repeated].any():
        found = expected_f_beta_threshold(score, beta, sample_weight=weight)
        assert found == pytest.approx(expected_f_beta_threshold(score[repeated], beta))
    assume(len(set(target[repeated])) == 2)
    found = f_beta_threshold(target, score, beta, sample_weight=weight)
    assert found == pytest.approx(f_beta_threshold(target[repeated], score[repeated], beta))


TINY = np.finfo(np.float64).eps
LARGEST = np.finfo(np.float64).max


@pytest.mark.parametrize(
    ("target", "score"),
    [
        ([0, 1], [1 + TINY, 1 + 2 * TINY]),
        ([0, 1], [1.2e308, 1.7e308]),
        ([0, 1], [-1.7e308, 1.7e308]),
        ([1, 1, 0], [1e17] * 3),
        ([1, 1, 0], [-LARGEST] * 3),
        ([0, 1], [0.0, 5e-324]),
        ([0, 1], np.nextafter(np.float32(1), np.array([1, 2], np.float32))),
        ([0, 1], np.array([1.001, 1.002], np.float16)),
    ],
)
def test_the_threshold_attains_its_value_at_the_edge_of_precision(target, score):
    found = f_beta_threshold(target, score)
    chosen = np.asarray(score) > found.threshold
    hits = (chosen & np.equal(target, 1)).sum()
    assert found.value == pytest.approx(2 * hits / (np.sum(target) + chosen.sum()))
    assert found.value >= 0.8
    assert found.threshold < np.inf


def test_truth_values_are_labels():
    truth = np.array([False, True, True, True])
    assert plug_in_threshold(truth) == plug_in_threshold(torch.from_numpy(truth)) == 0.75
    assert f_beta_threshold(truth.tolist(), [0.1, 0.2, 0.3, 0.4]).threshold < 0.2
    np.testing.assert_allclose(bbse_prior(truth, truth, ~truth, 2), [0.75, 0.25])


# ----------------------------------------------------------------------------------- estimators


def world(seed=0, size=400, share=0.25):
    rng = np.random.default_rng(seed)
    y = (rng.random(size) < share).astype(int)
    return rng.normal(y[:, None] * [1.5, 0.5], 1.0), y, rng.integers(0, 4, size)


def test_weights_count_in_the_confusion_matrix():
    target, predicted = np.repeat([0, 0, 1, 1], [1, 2, 1, 3]), np.repeat([0, 1, 0, 1], [1, 2, 1, 3])
    weight = np.arange(7)
    rows = np.repeat(np.arange(7), weight)
    np.testing.assert_allclose(
        bbse_prior(target, predicted, [0, 1, 1], 2, sample_weight=weight),
        bbse_prior(target[rows], predicted[rows], [0, 1, 1], 2),
    )


@pytest.mark.parametrize("method", ["mlls", "bbse"])
def test_weights_count_in_the_estimated_prior(method):
    """Positives seen at half their rate and counted twice: the new prior is found nonetheless."""
    X, y, _ = world(1, 6000)
    kept = np.flatnonzero((y == 0) | (np.arange(len(y)) % 2 == 0))
    weight = np.where(y[kept] == 1, 2.0, 1.0)
    rule = PriorCorrectedClassifier(method=method).fit(X[kept], y[kept], sample_weight=weight)
    new_X, _, _ = world(2, 6000, share=0.6)
    assert rule.class_prior_[1] == pytest.approx(0.25, abs=0.02)
    assert rule.adapt(new_X).target_prior_[1] == pytest.approx(0.6, abs=0.05)


def test_weights_move_the_threshold_for_f1():
    X, y, weight = world()
    rows = np.repeat(np.arange(len(y)), weight)
    weighted = PlugInClassifier(GaussianNB(), "f1").fit(X, y, sample_weight=weight)
    repeated = PlugInClassifier(GaussianNB(), "f1").fit(X[rows], y[rows])
    assert weighted.threshold_ == pytest.approx(repeated.threshold_)


def test_a_pipeline_hands_the_weights_to_its_last_step():
    X, y, weight = world()
    inner = make_pipeline(StandardScaler(), make_pipeline(StandardScaler(), LogisticRegression()))
    scaled = StandardScaler().fit_transform(X)
    expected = LogitAdjustedClassifier().fit(scaled, y, sample_weight=weight).predict_proba(scaled)
    found = LogitAdjustedClassifier(inner).fit(X, y, sample_weight=weight).predict_proba(X)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    rule = PriorCorrectedClassifier(inner, "bbse").fit(X, y, sample_weight=weight)
    assert rule.adapt(X).target_prior_.sum() == pytest.approx(1)


def test_with_metadata_routing_a_pipeline_hands_the_weights_where_they_were_asked_for():
    X, y, weight = world()
    with sklearn.config_context(enable_metadata_routing=True):
        inner = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=True),
            LogisticRegression().set_fit_request(sample_weight=True),
        )
        found = LogitAdjustedClassifier(inner).fit(X, y, sample_weight=weight)
    scaler = found.estimator_[0]
    np.testing.assert_allclose(scaler.mean_, np.average(X, axis=0, weights=weight))


class SinglePrecision(GaussianNB):
    """As a network answers: in float32, rounded past one."""

    def predict_proba(self, X):
        p = super().predict_proba(X).astype(np.float32)
        p[0] = 1.0000001, 0.0
        return p


def test_posteriors_of_single_precision_may_be_rounded_past_one():
    X, y, _ = world()
    for rule in (LogitAdjustedClassifier, ThresholdMovingClassifier, PriorCorrectedClassifier):
        assert rule(SinglePrecision()).fit(X, y).predict(X)[0] == 0


def changed_after_fit():
    X, y, _ = world()
    rule = PriorCorrectedClassifier(method="bbse").fit(X, y)
    rule.set_params(method="mlls").fit(X, y)
    rule.set_params(method="bbse").adapt(X)


def fitted(rule, weight=None):
    X, y, _ = world()
    return rule.fit(X, y, sample_weight=weight)


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (changed_after_fit, InputError, "fit again"),
        (lambda: fitted(ThresholdMovingClassifier(cost="balanced")), InputTypeError, "cost = 'bal"),
        (
            lambda: fitted(LogitAdjustedClassifier(), np.linspace(-1, 1, 400)),
            InputError,
            "sample_weight = -1: must not be negative",
        ),
        (
            lambda: fitted(LogitAdjustedClassifier(KNeighborsClassifier()), np.ones(400)),
            InputError,
            "KNeighborsClassifier takes no sample_weight",
        ),
        (
            lambda: fitted(
                PlugInClassifier(make_pipeline(StandardScaler(), KNeighborsClassifier())),
                np.ones(400),
            ),
            InputError,
            "KNeighborsClassifier takes no sample_weight",
        ),
        (lambda: f_beta_threshold([0, 1], [0, 1], sample_weight=[1, -1]), InputError, "= -1"),
        (lambda: f_beta_threshold([0, 1], [0, 1], sample_weight=[1, 0]), InputError, "label 1"),
        (lambda: f_beta_threshold([0, 1], [0, 1], sample_weight=[1]), InputError, "has shape"),
        (
            lambda: expected_f_beta_threshold([0.0, 1.0], sample_weight=[1, 0]),
            InputError,
            "zero wherever",
        ),
        (
            lambda: bbse_prior([0, 1], [0, 1], [0, 1], 2, sample_weight=[0, 0]),
            InputError,
            "not all zero",
        ),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, error, message):
    with pytest.raises(error, match=message):
        build()
