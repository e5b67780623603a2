"""Class counts from labels, and what is no label."""

import numpy as np
import pytest
import torch
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.imbalance import class_counts
from counterpoise.theory.surrogates import as_class_prior
from hypothesis import given
from strategies import class_counts as drawn_counts
from torch.utils.data import Subset, TensorDataset


@given(counts=drawn_counts(max_count=50))
def test_counts_come_back_from_their_labels(counts):
    labels = np.repeat(np.arange(counts.size), counts)
    assert (class_counts(labels) == counts).all()
    assert (class_counts(labels[::-1].tolist(), counts.size) == counts).all()


@pytest.mark.parametrize(
    ("labels", "num_classes", "message"),
    [
        ([], None, "at least one"),
        ([0, 1.5], None, "whole numbers"),
        ([0, -1], None, "labels = -1"),
        ([0, 3], 3, "labels contains 3: must be below num_classes = 3"),
        ([0, 2], None, "class 1 of 3 has no example"),
        ([0, 1], 3, "class 2 of 3 has no example"),
    ],
)
def test_what_is_no_label_is_refused(labels, num_classes, message):
    with pytest.raises(InputError, match=message):
        class_counts(labels, num_classes)


LABELS = [0, 2, 1, 0, 0, 1]


class Held:
    """A data set that keeps its labels under one name."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


@pytest.mark.parametrize(
    "data",
    [
        Held(targets=LABELS),
        Held(targets=torch.tensor(LABELS)),
        Held(labels=np.array(LABELS)),
        Held(labels=lambda: None, targets=LABELS),
        TensorDataset(torch.zeros(6, 2), torch.tensor(LABELS)),
        Subset(Held(targets=[*LABELS, 2, 2]), range(6)),
        Subset(TensorDataset(torch.tensor([1, *LABELS])), torch.arange(1, 7)),
        torch.tensor(LABELS, dtype=torch.bfloat16),
    ],
)
def test_a_data_set_is_counted_by_the_labels_it_holds(data):
    assert class_counts(data).tolist() == [3, 2, 1]


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor, lambda x: Held(targets=x)])
def test_truth_values_are_labels_of_two_classes(kind):
    assert class_counts(kind([True, False, True])).tolist() == [1, 2]


@pytest.mark.parametrize("data", [Held(), Held(tensors=()), None, {0: 1}, iter(LABELS)])
def test_what_holds_no_labels_is_told_what_does(data):
    with pytest.raises(InputTypeError, match=r"labels is a \w+: give .* \.targets, \.labels"):
        class_counts(data)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_shares_may_be_a_tensor_of_any_precision(dtype):
    shares = torch.tensor([0.625, 0.375], dtype=dtype, requires_grad=True)
    np.testing.assert_array_equal(as_class_prior(shares), [0.625, 0.375])
    rounded = torch.tensor([0.1, 0.2, 0.7], dtype=dtype)
    if dtype != torch.bfloat16:  # which is read as exact
        np.testing.assert_allclose(as_class_prior(rounded), [0.1, 0.2, 0.7], atol=1e-3)


def test_ragged_labels_are_refused():
    with pytest.raises(InputTypeError, match="labels"):
        class_counts([[0, 1], [0]])


def test_names_are_no_labels():
    with pytest.raises(InputTypeError, match="labels"):
        class_counts(["cat", "dog"])
