"""Resampling is imbalanced-learn's, on tensors, with as many neighbours as there are."""

import numpy as np
import pytest
import torch
from counterpoise.methods.sampling import resample, smote
from counterpoise.theory.foundation.validation import InputError
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import RandomUnderSampler
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from torch.utils.data import ConcatDataset, Subset, TensorDataset

TARGET = torch.from_numpy(np.repeat([0, 1, 2], [400, 90, 10]))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_smote_draws_on_segments_and_keeps_the_rows_it_was_given():
    features = torch.randn(500, 3, generator=generator())
    rows, labels = resample(smote(TARGET, seed=0), features, TARGET)
    assert torch.equal(rows[:500], features)
    assert torch.equal(labels[:500], TARGET)
    assert torch.bincount(labels).tolist() == [400, 400, 400]
    assert rows.dtype == features.dtype
    for label in range(3):
        own, made = features[label == TARGET], rows[500:][labels[500:] == label]
        assert (made <= own.max(dim=0).values + 1e-6).all()
        assert (made >= own.min(dim=0).values - 1e-6).all()


def test_resampling_is_what_imbalanced_learn_does():
    features = torch.randn(500, 3, dtype=torch.float64, generator=generator())
    for ours, theirs in (
        (smote(TARGET, seed=3), SMOTE(random_state=3)),
        (RandomUnderSampler(random_state=3), RandomUnderSampler(random_state=3)),
    ):
        rows, labels = resample(ours, features, TARGET)
        expected_rows, expected_labels = theirs.fit_resample(features.numpy(), TARGET.numpy())
        np.testing.assert_array_equal(rows, expected_rows)
        np.testing.assert_array_equal(labels, expected_labels)


@pytest.mark.parametrize(("rarest", "neighbours"), [(10, 5), (6, 5), (5, 4), (2, 1)])
def test_smote_asks_for_no_more_neighbours_than_there_are(rarest, neighbours):
    target = np.repeat([0, 1], [30, rarest])
    sampler = smote(target, seed=0)
    assert isinstance(sampler, SMOTE)
    assert sampler.k_neighbors == neighbours
    resample(sampler, torch.randn(len(target), 2, generator=generator()), torch.from_numpy(target))


def test_a_single_point_is_repeated():
    target = torch.tensor([0] * 9 + [1])
    sampler = smote(target, seed=0)
    assert isinstance(sampler, RandomOverSampler)
    features = torch.randn(10, 2, generator=generator())
    rows, labels = resample(sampler, features, target)
    assert torch.equal(rows[labels == 1], features[9:].expand(9, 2))


def test_truth_values_are_labels():
    truth = torch.tensor([True] * 3 + [False] * 9)
    _, labels = resample(smote(truth, seed=0), torch.randn(12, 2, generator=generator()), truth)
    assert labels.dtype == torch.bool
    assert labels.sum() == 9


@pytest.mark.parametrize("fewest", [1, 2, 4, 6])
def test_smote_works_on_folds_with_fewer_members_than_the_whole(fewest):
    target = np.repeat([0, 1, 2], [40, 25, 8])
    sampler = smote(target, seed=0)
    kept = np.flatnonzero(np.append(np.ones(73 - 8), np.arange(8) < fewest))
    features = np.random.default_rng(0).normal(size=(len(kept), 2))
    rows, labels = sampler.fit_resample(features, target[kept])
    assert np.bincount(labels).tolist() == [40, 40, 40]
    np.testing.assert_array_equal(rows[: len(kept)], features)
    own, made = features[target[kept] == 2], rows[len(kept) :][labels[len(kept) :] == 2]
    assert (made >= own.min(axis=0) - 1e-12).all()
    assert (made <= own.max(axis=0) + 1e-12).all()
    if fewest == 1:
        assert (made == own).all()
    # The class that has neighbours enough is treated as ever.
    others = target[kept] != 2
    expected, _ = SMOTE(random_state=0).fit_resample(features[others], target[kept][others])
    made = rows[len(kept) :][labels[len(kept) :] == 1]
    np.testing.assert_array_equal(made, expected[others.sum() :])


def test_smote_is_cross_validated_in_a_pipeline_on_small_classes():
    rng = np.random.default_rng(1)
    target = np.repeat(["common", "rare", "rarest"], [30, 7, 3])
    features = rng.normal(size=(40, 2)) + (target != "common")[:, None]
    model = make_pipeline(smote(target, seed=0), LogisticRegression())
    scores = cross_val_score(model, features, target, cv=StratifiedKFold(3), error_score="raise")
    assert np.isfinite(scores).all()
    assert clone(model[0]).get_params()["k_neighbors"] == 2


KINDS = [
    lambda labels: labels,
    np.array,
    torch.tensor,
    lambda labels: TensorDataset(torch.tensor(labels)),
    lambda labels: ConcatDataset([TensorDataset(torch.tensor(labels))]),
    lambda labels: Subset(TensorDataset(torch.tensor([*labels, 0])), range(len(labels))),
]


@pytest.mark.parametrize("kind", KINDS)
def test_labels_come_as_those_of_class_counts(kind):
    labels = [0] * 9 + [1] * 4
    features = np.random.default_rng(0).normal(size=(13, 2))
    expected = resample(smote(labels, seed=0), features, labels)
    found = resample(smote(kind(labels), seed=0), features, kind(labels))
    for one, other in zip(expected, found, strict=True):
        assert isinstance(other, np.ndarray)
        np.testing.assert_array_equal(one, other)
    rows, made = resample(smote(labels, seed=0), torch.from_numpy(features), kind(labels))
    assert isinstance(rows, torch.Tensor)
    np.testing.assert_array_equal(rows, expected[0])
    np.testing.assert_array_equal(made, expected[1])


@pytest.mark.parametrize("kind", [torch.tensor, np.array, list])
def test_points_between_whole_numbers_are_not_truncated(kind):
    labels = [0] * 9 + [1] * 4
    whole = [[4 * i, i] for i in range(13)]
    expected, _ = SMOTE(random_state=0, k_neighbors=3).fit_resample(np.array(whole, float), labels)
    rows, _ = resample(smote(labels, seed=0), kind(whole), labels)
    np.testing.assert_allclose(rows, expected, rtol=1e-6)
    assert (expected % 1 != 0).any()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: smote(TARGET, 0), "k_neighbors = 0"),
        (lambda: resample(smote(TARGET), torch.ones(3, 2), TARGET), r"\(N, Z\)"),
    ],
)
def test_bad_input_is_refused_with_its_mend(build, message):
    with pytest.raises(InputError, match=message):
        build()
