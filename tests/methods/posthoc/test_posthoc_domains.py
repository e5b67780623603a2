"""Constants outside their domain are refused, after training too; within it every answer is finite."""

import warnings

import numpy as np
import pytest
import torch
from counterpoise.methods.posthoc import (
    LogitAdjustedClassifier,
    PlugInClassifier,
    PriorCorrectedClassifier,
    ThresholdMovingClassifier,
    TunedLogitAdjustedClassifier,
    adjust_logits,
    adjust_probabilities,
    bbse_prior,
    choose_tau,
    choose_threshold,
    cost_threshold,
    expected_f_beta_threshold,
    f_beta_threshold,
    mlls_prior,
    plug_in_threshold,
    retrain_classifier,
    tau_normalized,
    threshold_moving_scores,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

Z, P, W = np.array([[1.0, 2.0, 0.0]]), np.array([[0.2, 0.3, 0.5]]), np.eye(3) + 1.0
PRIOR = (10, 2, 1)
ODD = (
    *(np.nan, np.inf, -np.inf, -1.0, 0.0, 0.5, 1.0, 1e-320, 1e-200, 1e200, 1e308),
    *("x", None, True, [1.0, 2.0], [], {}, 1j),
)


def both(function):
    """For arrays and for tensors of both precisions."""
    yield lambda odd: function(lambda array: array, odd)
    yield lambda odd: function(torch.from_numpy, odd)
    yield lambda odd: function(lambda array: torch.from_numpy(array).float(), odd)


def costs(odd):
    return [[0, odd, odd], [1, 0, 1], [1, 1, 0]]


CALLS = {
    "tau of logits": list(both(lambda of, odd: adjust_logits(of(Z), PRIOR, odd))),
    "prior of logits": list(both(lambda of, odd: adjust_logits(of(Z), (1, odd, 1)))),
    "target prior": list(
        both(lambda of, odd: adjust_logits(of(Z), PRIOR, target_prior=(odd, 1, 1)))
    ),
    "tau of probabilities": list(both(lambda of, odd: adjust_probabilities(of(P), PRIOR, odd))),
    "prior of probabilities": list(
        both(lambda of, odd: adjust_probabilities(of(P), (1, odd, odd)))
    ),
    "costs": list(both(lambda of, odd: threshold_moving_scores(of(P), costs(odd)))),
    "tau of weights": list(both(lambda of, odd: tau_normalized(of(W), odd))),
    "one cost": [lambda odd: cost_threshold(odd, 1.0)],
    "two costs": [lambda odd: cost_threshold(odd, odd)],
    "beta": [lambda odd: f_beta_threshold([0, 1], [0.1, 0.2], odd)],
    "beta of expected": [lambda odd: expected_f_beta_threshold([0.1, 0.2], odd)],
    "weights": [
        lambda odd: f_beta_threshold([0, 1, 1], [0.1, 0.2, 0.3], sample_weight=[odd, odd, 1])
    ],
    "weights of expected": [
        lambda odd: expected_f_beta_threshold([0.1, 0.2, 0.3], sample_weight=[odd, odd, 1])
    ],
    "weights of labels": [
        lambda odd: bbse_prior([0, 1], [0, 1], [0, 1], 2, sample_weight=[odd, 1])
    ],
    "tolerance": [lambda odd: mlls_prior([[0.1, 0.9]], (0.5, 0.5), tolerance=odd)],
    "a score": [lambda odd: f_beta_threshold([0, 1, 1], [odd, odd, 0.1])],
    "a probability": [lambda odd: expected_f_beta_threshold([odd, 0.5])],
    "a posterior": [lambda odd: mlls_prior([[odd, 0.5]], (0.5, 0.5))],
    "chosen for costs": [
        lambda odd: choose_threshold([0, 1], [0.1, 0.2], costs=(odd, 1), draws=2)[:3]
    ],
    "chosen, weighted": [
        lambda odd: choose_threshold([0, 1], [0.1, 0.2], sample_weight=(odd, 1), draws=2)[:3]
    ],
    "chosen at": [lambda odd: choose_threshold([0, 1], [odd, 0.2], draws=2)[:3]],
    "tau chosen": [lambda odd: choose_tau(Z, [1], (odd, 1, 1), draws=2)[:3]],
    "tau chosen for": [lambda odd: choose_tau([[odd, 1.0, 0.0]], [1], PRIOR, draws=2)[:3]],
}


@pytest.mark.parametrize("calls", CALLS.values(), ids=CALLS)
def test_every_number_is_answered_by_numbers_or_refused_in_one_line(calls):
    for call in calls:
        for odd in ODD:
            answer, refusal = 0.0, ""
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                try:
                    answer = call(odd)
                except (InputError, InputTypeError) as error:
                    refusal = str(error)
            assert "\n" not in refusal
            assert len(refusal) < 400
            assert np.isfinite(np.asarray(answer, dtype=float)).all(), (odd, answer)


def test_a_prior_beyond_its_own_precision_is_refused():
    for prior in ([1.0, 3e38, 3e38], [1e-45, 1.0, 3e38]):
        with pytest.raises(InputError, match="class_prior"):
            adjust_logits(torch.from_numpy(Z).float(), torch.tensor(prior))


@pytest.mark.parametrize("of", [np.asarray, torch.tensor])
def test_probabilities_that_are_all_zero_are_refused(of):
    with pytest.raises(InputError, match="zero for every class of an example"):
        adjust_probabilities(of([[0.5, 0.5], [0.0, 0.0]]), (1, 2))
    with pytest.raises(InputError, match="zero for every class of an example"):
        adjust_probabilities(of([[[0.5, 0.0]], [[0.5, 0.0]]]).swapaxes(0, 1), (1, 2))


# ----------------------------------------------------------------------------------- estimators


def world(share=0.2, size=200):
    rng = np.random.default_rng(0)
    y = (rng.random(size) < share).astype(int)
    return rng.normal(y[:, None] * [1.5, 0.5], 1.0), y


class Counted(LogisticRegression):
    """Says that it was fitted."""

    fits = 0

    def fit(self, X, y, sample_weight=None):
        Counted.fits += 1
        return super().fit(X, y, sample_weight)


BAD_PARAMETERS = [
    (LogitAdjustedClassifier, {"tau": np.nan}, "tau = nan"),
    (LogitAdjustedClassifier, {"tau": np.inf}, "tau = inf"),
    (LogitAdjustedClassifier, {"tau": -0.1}, "tau = -0.1"),
    (LogitAdjustedClassifier, {"tau": 1.7e308}, "tau = 1.7e\\+308: too large"),
    (LogitAdjustedClassifier, {"tau": "auto"}, "tau = 'auto'"),
    (LogitAdjustedClassifier, {"tau": None}, "tau"),
    (LogitAdjustedClassifier, {"tau": [1.0, 1.0]}, "tau has shape"),
    (LogitAdjustedClassifier, {"target_prior": [1.0]}, "must match class_prior"),
    (LogitAdjustedClassifier, {"target_prior": [0.5, 0.25, 0.25]}, "must match class_prior"),
    (LogitAdjustedClassifier, {"target_prior": [0.0, 1.0]}, "target_prior = 0"),
    (LogitAdjustedClassifier, {"target_prior": "uniform"}, "target_prior"),
    (ThresholdMovingClassifier, {"cost": np.ones((3, 3)) - np.eye(3)}, "cost has shape"),
    (ThresholdMovingClassifier, {"cost": [0.0, 1.0]}, "cost has shape"),
    (ThresholdMovingClassifier, {"cost": [[0.0, -1.0], [1.0, 0.0]]}, "cost = -1"),
    (ThresholdMovingClassifier, {"cost": [[0.0, np.nan], [1.0, 0.0]]}, "cost = nan"),
    (ThresholdMovingClassifier, {"cost": np.eye(2)}, "diagonal"),
    (ThresholdMovingClassifier, {"rule": "row_sum"}, "did you mean row_sums"),
    (ThresholdMovingClassifier, {"rule": None}, "unknown rule"),
    (PlugInClassifier, {"measure": "F1"}, "unknown measure"),
    (PlugInClassifier, {"measure": 1}, "unknown measure"),
    (PlugInClassifier, {"pos_label": 2}, "pos_label = 2: y has labels 0, 1"),
    (PlugInClassifier, {"pos_label": "yes"}, "pos_label = 'yes'"),
    (PriorCorrectedClassifier, {"method": "em"}, "unknown method"),
    (PriorCorrectedClassifier, {"cv": "five"}, "cv"),
    (PriorCorrectedClassifier, {"cv": 1.5, "method": "bbse"}, "cv"),
    (TunedLogitAdjustedClassifier, {"cv": 0}, "cv = 0"),
    (TunedLogitAdjustedClassifier, {"cv": "five"}, "cv"),
    (TunedLogitAdjustedClassifier, {"random_state": 0.5}, "seed"),
]


@pytest.mark.parametrize(("rule", "options", "message"), BAD_PARAMETERS)
def test_bad_parameters_fail_in_fit_before_the_classifier_is_trained(rule, options, message):
    Counted.fits = 0
    made = rule(Counted(), **options)  # scikit-learn's convention: __init__ only stores
    with pytest.raises((InputError, InputTypeError, ValueError), match=message):
        made.fit(*world())
    assert Counted.fits == 0


@pytest.mark.parametrize(
    "rule",
    [
        LogitAdjustedClassifier,
        PlugInClassifier,
        PriorCorrectedClassifier,
        ThresholdMovingClassifier,
        TunedLogitAdjustedClassifier,
    ],
)
def test_what_is_no_classifier_and_unknown_parameters_are_refused(rule):
    with pytest.raises(InputTypeError, match=r"LogisticRegression\(\) for a class"):
        rule(LogisticRegression).fit(*world())
    with pytest.raises(InputTypeError, match="estimator is str"):
        rule("logistic").fit(*world())
    with pytest.raises(TypeError, match="taus"):
        rule(taus=1.0)
    with pytest.raises(ValueError, match="taus"):
        rule().set_params(taus=1.0)


def test_a_parameter_set_after_fit_counts_from_the_next_fit():
    X, y = world()
    rule = LogitAdjustedClassifier(tau=0.0).fit(X, y)
    before = rule.predict(X)
    np.testing.assert_array_equal(rule.set_params(tau=np.nan).predict(X), before)
    assert (rule.set_params(tau=5.0).fit(X, y).predict(X) != before).any()


def test_weights_beyond_the_largest_sum_are_ratios():
    X, y = world()
    one, two = (
        LogitAdjustedClassifier().fit(X, y, sample_weight=np.full(200, w)) for w in (1.0, 1e306)
    )
    np.testing.assert_allclose(one.class_prior_, two.class_prior_)
    assert plug_in_threshold(y) == pytest.approx(one.class_prior_[1])


def test_training_a_head_refuses_numbers_out_of_range_and_unknown_options():
    features, target = torch.eye(4), torch.tensor([0, 1, 0, 1])
    for options, message in (
        ({"lr": np.nan}, "lr = nan"),
        ({"lr": -1.0}, "lr = -1"),
        ({"momentum": 2.0}, "momentum = 2"),
        ({"weight_decay": -0.1}, "weight_decay = -0.1"),
        ({"epochs": 0}, "epochs = 0"),
    ):
        with pytest.raises(InputError, match=message):
            retrain_classifier(features, target, **options)
    with pytest.raises(InputTypeError, match=r"no option 'epoch'; did you mean epochs\?"):
        retrain_classifier(features, target, epoch=3)


# ------------------------------------------------------------------------------------ pos_label

PAIRS = [("no", "yes"), ("yes", "no"), (2, 1), (1, 2), (1, -1), (0, 1), (1, 0), (True, False)]


@pytest.mark.parametrize(("negative", "positive"), PAIRS)
@pytest.mark.parametrize("measure", ["balanced_accuracy", "f1"])
def test_the_positive_class_of_the_plug_in_rule_may_be_any(negative, positive, measure):
    X, y = world(size=600)
    labels = np.array([negative, positive])
    right = PlugInClassifier(measure=measure).fit(X, y)
    rule = PlugInClassifier(measure=measure, pos_label=positive).fit(X, labels[y])
    assert rule.pos_label_ == positive
    assert rule.threshold_ == pytest.approx(right.threshold_, abs=1e-6)
    answer = rule.predict(X)
    assert (answer == labels[right.predict(X)]).mean() > 0.99
    beyond = rule.decision_function(X)
    certain = np.abs(beyond) > 1e-9
    np.testing.assert_array_equal((beyond > 0)[certain], (answer == rule.classes_[1])[certain])
    if measure == "f1":
        other = PlugInClassifier(measure=measure, pos_label=negative).fit(X, labels[y])
        ours, theirs = (
            f1_score(labels[y], each.predict(X), pos_label=positive) for each in (rule, other)
        )
        assert ours > theirs


@pytest.mark.parametrize(("negative", "positive"), PAIRS)
def test_thresholds_take_any_two_labels(negative, positive):
    y, score = np.array([0, 1, 0, 1, 1]), [0.1, 0.2, 0.3, 0.9, 0.8]
    labels = np.array([negative, positive])[y]
    for given in (labels, labels.tolist()):
        assert plug_in_threshold(given, pos_label=positive) == 0.6
        found = f_beta_threshold(given, score, pos_label=positive)
        assert found == f_beta_threshold(y, score)


def test_labels_without_an_order_of_their_own_need_the_positive_one():
    assert plug_in_threshold([-1, 1, 1, 1]) == 0.75
    for labels in ([1, 2], ["a", "b"], [0, 2], [2, -1]):
        with pytest.raises(InputError, match="give pos_label"):
            plug_in_threshold(labels)
        with pytest.raises(InputError, match="pos_label = 7"):
            f_beta_threshold(labels, [0.1, 0.2], pos_label=7)
    with pytest.raises(InputError, match="3 different labels"):
        plug_in_threshold([0, 1, 2], pos_label=1)
