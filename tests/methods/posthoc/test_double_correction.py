"""Correcting what is corrected: a warning names the part that balances, and there is none without cause."""

import warnings

import numpy as np
import pytest
from counterpoise.methods.posthoc import (
    DoubleCorrectionWarning,
    LogitAdjustedClassifier,
    PlugInClassifier,
    PriorCorrectedClassifier,
    ThresholdMovingClassifier,
    adjust_probabilities,
)
from counterpoise.methods.sampling import LocalClusteringClassifier
from imblearn import FunctionSampler
from imblearn.ensemble import (
    BalancedBaggingClassifier,
    BalancedRandomForestClassifier,
    EasyEnsembleClassifier,
    RUSBoostClassifier,
)
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline as make_resampling_pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

RULES = (
    LogitAdjustedClassifier,
    PlugInClassifier,
    ThresholdMovingClassifier,
    PriorCorrectedClassifier,
)
BALANCED = LogisticRegression(class_weight="balanced")
SHALLOW = {"n_estimators": 20, "max_depth": 3, "random_state": 0}


def draw(size=500, share=0.1, seed=0):
    """Two Gaussian classes; the exact share, so that the mean posterior has something to meet."""
    y = (np.arange(size) < size * share).astype(int)
    rng = np.random.default_rng(seed)
    return rng.normal(y[:, None] * [1.5, 0.5], 1.0), y


X, Y = draw()
NEW_X, NEW_Y = draw(4000, seed=1)


def found(estimator, X=X, y=Y, rule=LogitAdjustedClassifier, **options):
    """The rule, fitted, and what it warned of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", DoubleCorrectionWarning)
        fitted = rule(estimator, **options).fit(X, y)
    assert len(caught) <= 1
    for warning in caught:
        assert warning.filename == __file__, "the warning points at the call of fit"
    return fitted, [str(warning.message) for warning in caught]


class Boosted(BaseEstimator):
    """Has the parameters of XGBoost, LightGBM and CatBoost that balance two classes."""

    def __init__(self, scale_pos_weight=1, is_unbalance=False, auto_class_weights=None):
        self.scale_pos_weight = scale_pos_weight
        self.is_unbalance = is_unbalance
        self.auto_class_weights = auto_class_weights

    def fit(self, X, y):
        scale = 9.0 if self.is_unbalance or self.auto_class_weights else self.scale_pos_weight
        self.own_ = LogisticRegression(class_weight={0: 1, 1: scale}).fit(X, y)
        self.classes_ = self.own_.classes_
        return self

    def predict(self, X):
        return self.own_.predict(X)

    def predict_proba(self, X):
        return self.own_.predict_proba(X)


BALANCING = {
    "class weights": (BALANCED, "LogisticRegression (class_weight='balanced')"),
    "a mapping": (
        LogisticRegression(class_weight={0: 1, 1: 9}),
        "LogisticRegression (class_weight",
    ),
    "a mapping of one class": (LogisticRegression(class_weight={1: 9}), "class_weight"),
    "a forest": (RandomForestClassifier(class_weight="balanced_subsample", **SHALLOW), "subsample"),
    "in a pipeline": (make_pipeline(StandardScaler(), BALANCED), "at logisticregression ("),
    "in two": (make_pipeline(make_pipeline(BALANCED)), "at pipeline.logisticregression"),
    "a sampler": (
        make_resampling_pipeline(StandardScaler(), RandomUnderSampler(), LogisticRegression()),
        "RandomUnderSampler at randomundersampler (resamples",
    ),
    "an over-sampler": (
        make_resampling_pipeline(RandomOverSampler(), LogisticRegression()),
        "RandomOverSampler",
    ),
    "SMOTE": (make_resampling_pipeline(SMOTE(), LogisticRegression()), "SMOTE at smote"),
    "a sampler before calibration": (
        make_resampling_pipeline(
            RandomUnderSampler(), CalibratedClassifierCV(LogisticRegression())
        ),
        "RandomUnderSampler",
    ),
    "a balanced forest": (
        BalancedRandomForestClassifier(**SHALLOW, sampling_strategy="all", replacement=True),
        "BalancedRandomForestClassifier (sampling_strategy='all')",
    ),
    "balanced bagging": (BalancedBaggingClassifier(LogisticRegression(), 3), "BalancedBagging"),
    "an easy ensemble": (EasyEnsembleClassifier(3), "EasyEnsembleClassifier"),
    "RUSBoost": (RUSBoostClassifier(n_estimators=5), "RUSBoostClassifier"),
    "a search": (
        GridSearchCV(make_pipeline(BALANCED), {"logisticregression__C": [1.0]}),
        "at logisticregression (class_weight='balanced')",
    ),
    "found by a search": (
        GridSearchCV(LogisticRegression(), {"class_weight": ["balanced"]}),
        "class_weight='balanced'",
    ),
    "one against rest": (OneVsRestClassifier(BALANCED), "at estimator"),
    "voting": (VotingClassifier([("a", BALANCED)], voting="soft"), "LogisticRegression at a"),
    "bagging": (BaggingClassifier(BALANCED, 3), "LogisticRegression at estimator"),
    "the last of a stack": (
        StackingClassifier([("a", LogisticRegression())], BALANCED),
        "at final_estimator",
    ),
    "imposed priors": (LinearDiscriminantAnalysis(priors=[0.5, 0.5]), "priors given"),
    "naive priors": (GaussianNB(priors=[0.4, 0.6]), "GaussianNB (priors given)"),
    "uniform priors": (BernoulliNB(fit_prior=False), "fit_prior=False"),
    "a rule around a rule": (
        make_pipeline(LogitAdjustedClassifier()),
        "LogitAdjustedClassifier at logitadjustedclassifier (corrects",
    ),
    "a weight of positives": (Boosted(scale_pos_weight=9.0), "Boosted (scale_pos_weight=9)"),
    "unbalanced": (Boosted(is_unbalance=True), "is_unbalance=True"),
    "automatic weights": (Boosted(auto_class_weights="Balanced"), "auto_class_weights"),
}

INNOCENT = {
    "plain": LogisticRegression(),
    "even weights": LogisticRegression(class_weight={0: 2.0, 1: 2.0}),
    "no weight": LogisticRegression(class_weight={}),
    "weight one": LogisticRegression(class_weight={1: 1}),
    "positives once": Boosted(),
    "a plain pipeline": make_pipeline(StandardScaler(), LogisticRegression()),
    "balanced selection": make_pipeline(SelectFromModel(BALANCED), LogisticRegression()),
    "calibrated": CalibratedClassifierCV(BALANCED),
    "calibrated by isotonic regression": CalibratedClassifierCV(BALANCED, method="isotonic"),
    "a calibrated sampler": CalibratedClassifierCV(
        make_resampling_pipeline(RandomUnderSampler(random_state=0), LogisticRegression())
    ),
    "calibrated one against rest": OneVsRestClassifier(CalibratedClassifierCV(BALANCED)),
    "a stack": StackingClassifier(
        [("a", BALANCED), ("b", RandomForestClassifier(class_weight="balanced", **SHALLOW))]
    ),
    "a calibrated support vector machine": CalibratedClassifierCV(
        SVC(class_weight={0: 1, 1: 9}), ensemble=False
    ),
    "a support vector machine's own sigmoid": SVC(
        class_weight={0: 1, 1: 9}, probability=True, random_state=0
    ),
    "sampling that does nothing": make_resampling_pipeline(FunctionSampler(), LogisticRegression()),
    "true priors": LinearDiscriminantAnalysis(priors=[0.9, 0.1]),
    "a rule that does nothing": make_pipeline(LogitAdjustedClassifier(tau=0.0)),
    "a search among plain ones": GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}),
}


@pytest.mark.parametrize(("estimator", "named"), BALANCING.values(), ids=BALANCING)
def test_what_balances_is_named_with_its_place_and_the_mend(estimator, named):
    rule, (message,) = found(estimator)
    assert named in message
    assert "adjust_probabilities" in message
    assert "target_prior" in message
    assert "class_weight=None" in message
    assert len(message) < 500
    # and it is true: the mean posterior is far from the share of positives
    assert rule.estimator_.predict_proba(NEW_X)[:, 1].mean() > 0.15


@pytest.mark.parametrize("estimator", INNOCENT.values(), ids=INNOCENT)
def test_what_does_not_balance_or_is_calibrated_is_not_warned_of(estimator):
    rule, messages = found(estimator)
    assert messages == []
    p = rule.estimator_.predict_proba(NEW_X)[:, 1]
    assert p.mean() == pytest.approx(0.1, abs=0.03), "the posterior has the share of positives"


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_that_needs_the_posterior_warns(rule):
    _, (message,) = found(BALANCED, rule=rule)
    assert message.startswith(f"{rule.__name__} needs the posterior of the training data")
    assert found(LogisticRegression(), rule=rule)[1] == []


def test_nothing_is_corrected_twice_where_nothing_is_corrected():
    assert found(BALANCED, tau=0.0)[1] == []
    assert found(BALANCED, target_prior=[0.9, 0.1])[1] == []
    assert found(BALANCED, *draw(share=0.5))[1] == [], "equal shares"
    assert len(found(BALANCED, target_prior=[0.5, 0.5])[1]) == 1


def test_weights_of_examples_count_in_the_shares_and_are_not_warned_of():
    weight = np.where(Y == 1, 9.0, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rule = LogitAdjustedClassifier().fit(X, Y, sample_weight=weight)
    plain = LogitAdjustedClassifier().fit(X, Y)
    agree = (rule.predict(NEW_X) == plain.predict(NEW_X)).mean()
    assert agree > 0.97, "weighted and corrected for the weighted shares is corrected once"


def test_every_mend_of_the_message_gives_back_the_balanced_rule():
    right = LogitAdjustedClassifier().fit(X, Y)
    twice, _ = found(BALANCED)
    truth = balanced_accuracy_score(NEW_Y, right.predict(NEW_X))
    assert balanced_accuracy_score(NEW_Y, twice.predict(NEW_X)) < truth - 0.1
    mended, _ = found(BALANCED, target_prior=right.class_prior_)
    calibrated, _ = found(CalibratedClassifierCV(BALANCED))
    p = BALANCED.fit(X, Y).predict_proba(NEW_X)
    undone = adjust_probabilities(p, [0.5, 0.5], target_prior=right.class_prior_)
    answers = [
        mended.predict(NEW_X),
        calibrated.predict(NEW_X),
        adjust_probabilities(undone, right.class_prior_).argmax(axis=1),
    ]
    for answer in answers:
        assert balanced_accuracy_score(NEW_Y, answer) == pytest.approx(truth, abs=0.02)


def test_many_parts_are_one_warning_of_bounded_length():
    many = VotingClassifier([(f"a{i}", BALANCED) for i in range(9)], voting="soft")
    _, (message,) = found(many)
    assert "and 6 more" in message
    assert len(message) < 600


def test_three_classes_and_local_clustering():
    rng = np.random.default_rng(0)
    y = np.repeat(["a", "b", "c"], [300, 60, 30])
    x = rng.normal(np.repeat([0.0, 2.0, 4.0], [300, 60, 30]))[:, None]
    weights = {"a": 1, "b": 1}
    assert found(LogisticRegression(class_weight=weights), x, y)[1] == []
    assert len(found(LogisticRegression(class_weight=weights | {"c": 2}), x, y)[1]) == 1
    assert len(found(OneVsRestClassifier(BALANCED), x, y)[1]) == 1
    assert found(OneVsRestClassifier(LogisticRegression(class_weight={0: 1, 1: 1})), x, y)[1] == []
    local = CalibratedClassifierCV(LocalClusteringClassifier(oversample=True, random_state=0))
    assert found(local, x, y)[1] == []
