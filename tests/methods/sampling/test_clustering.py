"""Local clustering: an estimator like any other, the plain one unless it splits, better when that helps."""

import numpy as np
import pytest
from counterpoise.methods.sampling import LocalClusteringClassifier
from counterpoise.theory.concentration import mean_interval
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, get_scorer
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

SEEDS = range(6)


@pytest.fixture(autouse=True)
def one_thread():
    """On a shared machine k-means on many threads waits more than it works."""
    with threadpool_limits(1):
        yield


@parametrize_with_checks(
    [
        LocalClusteringClassifier(LogisticRegression(max_iter=1000), n_clusters=2),
        LocalClusteringClassifier(KNeighborsClassifier(3), n_clusters=2, oversample=True),
    ]
)
def test_it_is_a_scikit_learn_classifier(estimator, check):
    check(estimator)


def multi_modal(seed, majority=600, minority=60):
    """A minority in the middle of a majority of four modes: no line separates them."""
    rng = np.random.default_rng(seed)
    centres = np.array([[3, 0], [-3, 0], [0, 3], [0, -3]])[rng.integers(4, size=majority)]
    X = np.vstack([rng.normal(centres, 0.8), rng.normal(0, 0.8, (minority, 2))])
    return X, np.repeat(["common", "rare"], [majority, minority])


def balanced_accuracy(estimator, seed):
    test_X, test_y = multi_modal(1000 + seed, 2000, 2000)
    return balanced_accuracy_score(test_y, estimator.fit(*multi_modal(seed)).predict(test_X))


@pytest.mark.parametrize(
    ("oversample", "class_weight"), [(False, None), (True, None), (False, "balanced")]
)
def test_it_beats_the_plain_linear_classifier_on_a_multi_modal_majority(oversample, class_weight):
    plain = LogisticRegression(class_weight=class_weight)
    gains = []
    for seed in SEEDS:
        cog = LocalClusteringClassifier(plain, oversample=oversample, random_state=seed)
        gains.append(balanced_accuracy(cog, seed) - balanced_accuracy(plain, seed))
    gain = mean_interval(gains)
    print(f"gain in balanced accuracy {gain.mean:.3f}, 95 % interval {gain.interval}")
    assert gain.interval is not None
    assert gain.interval[0] > 0.2


def rare_digit(seed, digit=8, rare=30):
    """One digit, of which 30 examples are seen, against the nine others."""
    X, y = load_digits(return_X_y=True)
    X, label = X / 16, (y == digit).astype(int)
    order = np.random.default_rng(seed).permutation(len(y))
    train, test = order[:900], order[900:]
    kept = np.concatenate([train[label[train] == 1][:rare], train[label[train] == 0]])
    return X[kept], label[kept], X[test], label[test]


@pytest.mark.parametrize("oversample", [False, True])
def test_it_beats_the_plain_linear_classifier_on_a_rare_digit(oversample):
    plain = LogisticRegression(C=10, max_iter=2000)
    gains = []
    for seed in SEEDS:
        X, y, test_X, test_y = rare_digit(seed)
        cog = LocalClusteringClassifier(plain, 9, oversample, random_state=seed)
        answers = (rule.fit(X, y).predict(test_X) for rule in (cog, plain))
        ours, theirs = (balanced_accuracy_score(test_y, answer) for answer in answers)
        gains.append(ours - theirs)
    gain = mean_interval(gains)
    print(f"gain in balanced accuracy {gain.mean:.3f}, 95 % interval {gain.interval}")
    assert gain.interval is not None
    assert gain.interval[0] > 0.02


def test_labels_come_back_as_they_were_given():
    X, y = multi_modal(0)
    cog = LocalClusteringClassifier(random_state=0).fit(X, y)
    assert cog.classes_.tolist() == ["common", "rare"]
    assert set(cog.predict(X)) == {"common", "rare"}
    assert set(cog.class_index_) == {0, 1}
    assert len(cog.class_index_) == 4 + 1


@pytest.mark.parametrize("n_clusters", [1, {}, {"common": 1}])
def test_one_cluster_a_class_is_the_plain_classifier(n_clusters):
    X, y = multi_modal(1)
    plain = LogisticRegression().fit(X, y)
    cog = LocalClusteringClassifier(n_clusters=n_clusters).fit(X, y)
    np.testing.assert_array_equal(cog.predict(X), plain.predict(X))
    np.testing.assert_allclose(cog.estimator_.coef_, plain.coef_)


def test_a_mapping_splits_the_classes_it_names():
    X, y = multi_modal(2)
    cog = LocalClusteringClassifier(n_clusters={"rare": 3, "common": 2}, random_state=0).fit(X, y)
    assert cog.class_index_.tolist() == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("base", [LogisticRegression(), KNeighborsClassifier(5), GaussianNB()])
@pytest.mark.parametrize("classes", [2, 3])
def test_the_scores_are_what_is_predicted_by(base, classes):
    X, y = multi_modal(6)
    if classes == 3:
        y = np.where((y == "common") & (X[:, 0] > 2), "other", y)
    cog = LocalClusteringClassifier(base, random_state=0).fit(X, y)
    scores = cog.decision_function(X)
    assert scores.shape == ((len(y), 3) if classes == 3 else (len(y),))
    index = scores.argmax(axis=1) if classes == 3 else (scores > 0).astype(int)
    np.testing.assert_array_equal(cog.classes_[index], cog.predict(X))
    assert not hasattr(cog, "predict_proba")


def test_the_scores_rank_examples():
    cog, plain = LocalClusteringClassifier(random_state=0), LogisticRegression()
    X, y = multi_modal(7)
    ours, theirs = (get_scorer("roc_auc")(rule.fit(*multi_modal(6)), X, y) for rule in (cog, plain))
    assert ours > theirs + 0.2


def test_a_classifier_without_scores_has_none():
    assert not hasattr(LocalClusteringClassifier(Silent()), "decision_function")


class Silent(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        return self


def test_balanced_classes_are_not_split():
    X, y = multi_modal(3, 50, 50)
    assert LocalClusteringClassifier().fit(X, y).class_index_.tolist() == [0, 1]


class Recorder(LogisticRegression):
    def fit(self, X, y):
        self.counts_ = np.bincount(y)
        return super().fit(X, y)


def test_over_sampling_brings_small_classes_to_the_size_of_the_sub_classes():
    X, y = multi_modal(4, 600, 40)
    counts = LocalClusteringClassifier(Recorder(), random_state=0).fit(X, y).estimator_.counts_
    assert counts[-1] == 40
    over = LocalClusteringClassifier(Recorder(), oversample=True, random_state=0).fit(X, y)
    np.testing.assert_array_equal(over.estimator_.counts_[:-1], counts[:-1])
    assert over.estimator_.counts_[-1] == 40 * round(150 / 40)


def test_coinciding_points_give_fewer_sub_classes():
    X = np.array([[0.0]] * 9 + [[1.0]] * 9 + [[5.0]] * 3)
    y = np.repeat([0, 1], [18, 3])
    with pytest.warns(UserWarning, match="distinct clusters"):
        cog = LocalClusteringClassifier(n_clusters=4).fit(X, y)
    assert cog.class_index_.tolist() == [0, 0, 1]


def test_a_seed_makes_the_fit_repeatable():
    X, y = multi_modal(5)
    one, two = (LocalClusteringClassifier(random_state=3).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(one.estimator_.coef_, two.estimator_.coef_)


@pytest.mark.parametrize(
    ("n_clusters", "error", "message"),
    [
        (0, InputError, "n_clusters = 0"),
        (2.5, InputError, "one whole number"),
        ([2, 1], InputError, "one whole number"),
        ("auto", InputTypeError, "n_clusters = 'auto'"),
        ({"other": 2}, InputError, "names class 'other'"),
        ({0: 2}, InputError, "names class 0"),
        ({"rare": 0}, InputError, "n_clusters = 0"),
    ],
)
def test_bad_cluster_numbers_are_refused(n_clusters, error, message):
    with pytest.raises(error, match=message):
        LocalClusteringClassifier(n_clusters=n_clusters).fit(*multi_modal(0))
