"""Class counts from labels, and what is no label."""

import numpy as np
import pandas
import pytest
import torch
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from counterpoise.theory.imbalance import class_counts, class_prior
from counterpoise.theory.surrogates import as_class_prior
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from strategies import class_counts as drawn_counts
from torch.utils.data import ConcatDataset, Subset, TensorDataset


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
        ([0, 1], 3, "class 2 of 3 has no example; floor=1 counts it as one"),
        ([0, 1, 10**12], None, "class 2 of 1000000000001 has no example"),
        ([0, -100], None, "labels = -100: .*ignore_index=-100 leaves them out"),
        ([[1, 1], [1, 0]], None, r"multi_label=True counts .* \.ravel\(\)"),
        ([[0, 0], [0, 1]], 2, r"multi_label=True counts .* \.ravel\(\)"),
        (np.zeros((2, 3, 3)), None, r"\.ravel\(\)"),
        ([[0.5, 0.5], [1.0, 0.0]], None, r"shares of classes: give \.argmax"),
        (np.eye(3), 4, "has 3 columns, one for each class: num_classes = 4"),
        (np.zeros((0, 3)), None, "at least one"),
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

    def __len__(self):
        return max(map(len, self.__dict__.values()), default=0)


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
        torch.tensor(LABELS)[:, None],
        pandas.Series(LABELS, index=[5, 4, 3, 0, 1, 2]),
        pandas.DataFrame({"label": LABELS}),
        ConcatDataset([Held(targets=LABELS[:2]), TensorDataset(torch.tensor(LABELS[2:]))]),
        Subset(Subset(Held(targets=[1, *LABELS, 1]), range(1, 8)), torch.arange(6)),
        Subset(ConcatDataset([Held(labels=LABELS), Held(labels=[9])]), list(range(6))),
        ConcatDataset([Subset(Held(labels=LABELS), [i]) for i in range(6)]),
    ],
)
def test_a_data_set_is_counted_by_the_labels_it_holds(data):
    assert class_counts(data).tolist() == [3, 2, 1]


@given(labels=st.lists(st.integers(0, 3), min_size=1), kind=st.sampled_from([int, bool, float]))
def test_one_hot_rows_are_counted_by_column(labels, kind):
    rows = np.eye(4, dtype=kind)[labels]
    expected = np.bincount(labels, minlength=4)
    for given_ in (rows, torch.from_numpy(rows), rows.tolist(), pandas.DataFrame(rows)):
        assert class_counts(given_, floor=1).tolist() == np.maximum(expected, 1).tolist()
    if (expected == 0).any():
        with pytest.raises(InputError, match="has no example"):
            class_counts(rows)


@given(
    rows=arrays(
        np.int64, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=st.integers(0, 1)
    )
)
def test_labels_of_many_classes_are_counted_where_they_are_positive(rows):
    expected = rows.sum(axis=0)
    for given_ in (rows, rows.astype(bool), TensorDataset(torch.from_numpy(rows))):
        counts = class_counts(given_, multi_label=True, floor=1)
        assert counts.tolist() == np.maximum(expected, 1).tolist()
    if rows.shape[1] > 1 and (rows.sum(axis=1) != 1).any():
        with pytest.raises(InputError, match="multi_label=True"):
            class_counts(rows, floor=1)


@pytest.mark.parametrize(
    "labels", [[0, 1, 1], [[0, 2], [1, 0]], [[0.5, 1.0]], np.zeros((2, 2, 2)), []]
)
def test_several_labels_come_as_a_matrix_of_zeros_and_ones(labels):
    with pytest.raises(InputError, match="needs zeros and ones"):
        class_counts(labels, multi_label=True)


@given(
    mask=arrays(np.int64, (2, 3, 4), elements=st.sampled_from([0, 1, 2, 255])),
    ignored=st.sampled_from([255, -100]),
)
def test_pixels_without_a_label_are_not_counted(mask, ignored):
    mask[mask == 255] = ignored
    labels = mask[mask != ignored]
    if labels.size == 0:
        with pytest.raises(InputError, match="at least one"):
            class_counts(mask, 3, ignore_index=ignored, floor=1)
        return
    counts = class_counts(mask, 3, ignore_index=ignored, floor=1)
    assert counts.tolist() == np.maximum(np.bincount(labels, minlength=3), 1).tolist()


def test_positives_that_are_not_known_are_not_counted():
    known = [[1, 0, -1], [1, 1, -1], [0, -1, 1]]
    assert class_counts(known, multi_label=True, ignore_index=-1).tolist() == [2, 1, 1]


@pytest.mark.parametrize("floor", [0, 0.5, -1, 1.5, [1]])
def test_a_floor_is_a_whole_number_of_examples(floor):
    with pytest.raises(InputError, match=r"^floor = "):
        class_counts([0, 1], floor=floor)


def test_a_floor_is_the_least_that_a_class_counts():
    assert class_counts([0, 0, 0, 1, 3], floor=2).tolist() == [3, 2, 2, 2]
    with pytest.raises(InputError, match=r"class_counts\[2\] = 0: .*floor=1"):
        class_prior([3, 2, 0])


@pytest.mark.parametrize("ignore_index", [0.5, [1, 2]])
def test_a_label_to_ignore_is_one_whole_number(ignore_index):
    with pytest.raises(InputError, match=r"^ignore_index = .*one whole number"):
        class_counts([0, 1], ignore_index=ignore_index)


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
