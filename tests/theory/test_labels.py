"""Class counts from labels, and what is no label."""

import numpy as np
import pytest
from counterpoise.theory.labels import class_counts
from counterpoise.theory.validation import InputError, InputTypeError
from hypothesis import given
from strategies import class_counts as drawn_counts


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


def test_names_are_no_labels():
    with pytest.raises(InputTypeError, match="labels"):
        class_counts(["cat", "dog"])
