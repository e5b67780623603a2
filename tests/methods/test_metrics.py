"""Metrics of uneven classes: equal to scikit-learn's and imbalanced-learn's, and to sums written out."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from counterpoise.methods import metrics
from counterpoise.methods.metrics import (
    balanced_accuracy,
    class_recall,
    expected_calibration_error,
    geometric_mean,
    imbalance_report,
    macro_f1,
    many_medium_few,
)
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from imblearn.metrics import geometric_mean_score
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score

MEANS = (balanced_accuracy, geometric_mean, macro_f1)


@st.composite
def answers(draw, whole=True):
    """Targets and predictions of K classes, each of which occurs in the target if ``whole``."""
    classes = draw(st.integers(2, 5))
    size = draw(st.integers(1, 25))
    each = hnp.arrays(np.int64, size, elements=st.integers(0, classes - 1))
    target, prediction = draw(each), draw(each)
    if whole:
        target = np.concatenate([np.arange(classes), target])
        prediction = np.concatenate([prediction[:1].repeat(classes), prediction])
    return classes, target, prediction


@given(case=answers())
def test_they_are_those_of_scikit_learn_and_imbalanced_learn(case):
    classes, target, prediction = case
    np.testing.assert_allclose(
        class_recall(target, prediction), recall_score(target, prediction, average=None)
    )
    assert balanced_accuracy(target, prediction) == pytest.approx(
        balanced_accuracy_score(target, prediction)
    )
    assert macro_f1(target, prediction) == pytest.approx(
        f1_score(target, prediction, average="macro")
    )
    expected = geometric_mean_score(target, prediction, average="multiclass")
    assert geometric_mean(target, prediction) == pytest.approx(expected)
    report = imbalance_report(target, prediction, np.full(classes, 50))
    assert report.accuracy == accuracy_score(target, prediction)
    assert report.balanced_accuracy == balanced_accuracy(target, prediction)
    assert report.geometric_mean == geometric_mean(target, prediction)
    assert report.macro_f1 == macro_f1(target, prediction)
    assert report.medium == pytest.approx(report.balanced_accuracy)
    assert np.isnan([report.many, report.few, report.calibration_error]).all()


@given(case=answers(whole=False))
def test_classes_that_do_not_occur_have_no_recall_and_count_in_no_mean(case):
    classes, target, prediction = case
    recall = class_recall(target, prediction, labels=range(classes))
    assert recall.shape == (classes,)
    present = np.unique(target)
    np.testing.assert_array_equal(np.flatnonzero(~np.isnan(recall)), present)
    by_hand = [np.mean(prediction[target == y] == y) for y in present]
    assert balanced_accuracy(target, prediction) == pytest.approx(np.mean(by_hand))
    assert geometric_mean(target, prediction) == pytest.approx(
        np.prod(by_hand) ** (1 / len(by_hand))
    )
    assert macro_f1(target, prediction) == pytest.approx(
        f1_score(target, prediction, average="macro", zero_division=0)
    )


@given(case=answers(whole=False), data=st.data(), few=st.integers(1, 30), wider=st.integers(0, 90))
def test_groups_are_means_over_their_classes(case, data, few, wider):
    classes, target, prediction = case
    elements = st.sampled_from([1, few - 1 or 1, few, few + wider, few + wider + 1, 500])
    counts = data.draw(hnp.arrays(np.int64, classes, elements=elements))
    many = few + wider
    found = many_medium_few(target, prediction, counts, few=few, many=many)
    recall = class_recall(target, prediction, labels=range(classes))
    groups = (counts > many, (counts >= few) & (counts <= many), counts < few)
    for value, members in zip(found, groups, strict=True):
        own = [recall[y] for y in range(classes) if members[y] and y in target]
        assert value == pytest.approx(np.mean(own) if own else np.nan, nan_ok=True)


def test_the_groups_of_the_literature_end_at_20_and_100():
    counts, target = (101, 100, 20, 19), np.arange(4)
    found = many_medium_few(target, [0, 1, 0, 0], counts)
    assert found == (1.0, 0.5, 0.0)


@given(seed=st.integers(0, 10**6), classes=st.integers(2, 4), bins=st.integers(1, 20))
@settings(max_examples=50)
def test_the_calibration_error_is_the_sum_over_bins(seed, classes, bins):
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.ones(classes), rng.integers(1, 30))
    target = rng.integers(0, classes, len(p))
    confidence, right = p.max(axis=1), p.argmax(axis=1) == target
    expected = 0.0
    edges = np.linspace(0, 1, bins + 1)
    for below, above in pairwise(edges):
        own = (confidence > below) & (confidence <= above)
        if own.any():
            expected += own.mean() * abs(right[own].mean() - confidence[own].mean())
    assert expected_calibration_error(target, p, bins=bins) == pytest.approx(expected, abs=1e-12)
    logits = np.log(p) + 3.0
    counts = np.full(p.shape[1], 5)
    for scores in (p, logits, logits - 100):
        report = imbalance_report(target, scores, counts, bins=bins)
        assert report.calibration_error == pytest.approx(expected, abs=1e-9)
        assert report.accuracy == right.mean()
    if p.shape[1] == 2:
        one = expected_calibration_error(target, p[:, 1], bins=bins)
        assert one == pytest.approx(expected, abs=1e-9)
        other = expected_calibration_error(target, p[:, 0], bins=bins, pos_label=0)
        assert other == pytest.approx(one, abs=1e-9)


def test_arrays_lists_tensors_maps_and_labels_are_one_thing():
    rng = np.random.default_rng(0)
    target, logits = rng.integers(0, 3, 24), rng.normal(size=(24, 3)).astype(np.float32)
    names, counts = np.array(["a", "b", "c"]), (500, 50, 5)
    predicted = logits.argmax(axis=1)
    expected = repr(imbalance_report(target, logits, counts))
    for given_target, given_logits in (
        (target.tolist(), logits.tolist()),
        (torch.from_numpy(target), torch.from_numpy(logits).requires_grad_()),
        (target.reshape(2, 3, 4), logits.reshape(2, 3, 4, 3).transpose(0, 3, 1, 2)),
    ):
        assert repr(imbalance_report(given_target, given_logits, counts)) == expected
    last = logits.reshape(2, 3, 4, 3)
    assert repr(imbalance_report(target.reshape(2, 3, 4), last, counts, dim=-1)) == expected
    for metric in MEANS:
        value = metric(target, predicted)
        assert metric(target, logits) == metric(names[target], names[predicted]) == value
        assert metric(names[target], logits, labels=names) == value
        assert metric(target, logits, labels=names) == value, "names of classes 0..K-1"
        assert metric(target + 1, predicted + 1) == metric(target - 1, predicted - 1) == value
        assert metric(torch.from_numpy(target), torch.from_numpy(logits).bfloat16()) > 0
    turned = many_medium_few(names[target], names[predicted], (5, 50, 500), labels=["c", "b", "a"])
    assert turned == many_medium_few(target, predicted, counts)


def test_truth_values_and_one_class_of_a_report():
    truth = np.array([True, False, True])
    assert balanced_accuracy(truth, ~truth) == 0.0
    assert geometric_mean(truth, truth) == 1.0
    assert expected_calibration_error(truth, [1.0, 0.0, 1.0]) == 0.0


def test_a_report_is_a_table_of_bounded_length():
    target = np.arange(1000)
    text = repr(imbalance_report(target, target, np.arange(1, 1001)))
    assert "and 980 more classes" in text
    assert len(text.splitlines()) < 40
    assert max(map(len, text.splitlines())) < 60
    named = imbalance_report(["x" * 99, "b"], ["b", "b"], (1, 2), labels=["x" * 99, "b"])
    assert max(map(len, repr(named).splitlines())) < 60


ROWS = [[0.9, 0.1], [0.2, 0.8]]


@pytest.mark.parametrize(
    ("build", "error", "message"),
    [
        (lambda: balanced_accuracy([], []), InputError, "no example"),
        (lambda: balanced_accuracy([0, 1], [0]), InputError, "prediction has shape"),
        (lambda: balanced_accuracy([0, 1], [[0], [1]]), InputError, "the classes two or more"),
        (lambda: balanced_accuracy([0, 1, 1], ROWS), InputError, "dim names the axis"),
        (lambda: balanced_accuracy([0, 2], ROWS), InputError, "target contains 2"),
        (lambda: balanced_accuracy([0, -1], ROWS), InputError, "target contains -1"),
        (lambda: balanced_accuracy([0, 1], [[0.0, np.nan]] * 2), InputError, "prediction = nan"),
        (lambda: balanced_accuracy([0, np.nan], [0, 1]), InputError, "no finite number"),
        (lambda: balanced_accuracy([0, 1], ["a", "b"]), InputTypeError, "several kinds"),
        (lambda: balanced_accuracy([0, 1], [0, 1], labels=[1, 2]), InputError, "contains 0"),
        (lambda: balanced_accuracy([0, 1], [0, 1], labels=["a", "a"]), InputError, "once"),
        (lambda: balanced_accuracy([0, 1], ROWS, labels=["a"]), InputError, "the 1 classes"),
        (lambda: balanced_accuracy(["a", "z"], ROWS, labels=["a", "b"]), InputError, "'z'"),
        (lambda: balanced_accuracy([[0], [0, 1]], [0, 1]), InputError, "unequal length"),
        (lambda: many_medium_few([0, 1], ROWS, (1, 2, 3)), InputError, "the 3 classes"),
        (lambda: many_medium_few([0, 1], ROWS, (1, 0)), InputError, "class_counts"),
        (lambda: many_medium_few([0, 3], [0, 1], (1, 2)), InputError, "target contains 3"),
        (lambda: many_medium_few([0, 1], ROWS, (1, 2), few=50, many=20), InputError, "many = 20"),
        (lambda: many_medium_few([0, 1], ROWS, (1, 2), few=np.nan), InputError, "few = nan"),
        (lambda: expected_calibration_error([0, 1], [[2.0, 0.0]] * 2), InputError, "= 2"),
        (lambda: expected_calibration_error([0, 1], [[0.5, 0.4]] * 2), InputError, "softmax"),
        (lambda: expected_calibration_error([0, 1], ROWS, bins=0), InputError, "bins = 0"),
        (lambda: expected_calibration_error([0, 1], ROWS, pos_label=1), InputError, "labels"),
        (lambda: expected_calibration_error([1, 2], [0.1, 0.2], pos_label=0), InputError, "pos_"),
        (lambda: expected_calibration_error(["a", "b"], [0.1, 0.2]), InputError, "pos_label"),
        (lambda: imbalance_report([0, 1], ROWS, (1, 2), labels=["a"]), InputError, "labels has 1"),
        (lambda: imbalance_report([0, 1], ROWS, (1, 2), bins=1.5), InputError, "bins = 1.5"),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, error, message):
    with pytest.raises(error, match=message):
        build()


def test_every_metric_is_public():
    from counterpoise import methods

    for name in metrics.__all__:
        assert getattr(methods, name) is getattr(metrics, name)
