"""Numbers that name their classes are read by name, by every numeric function that takes one per class."""

import inspect

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import (
    PER_CLASS,
    InputError,
    as_class_counts,
    as_real,
    in_class_order,
)
from hypothesis import given
from hypothesis import strategies as st
from numeric_tables import collected, function

pandas = pytest.importorskip("pandas")
xarray = pytest.importorskip("xarray")

EXAMPLES = collected("calls", "ELEMENTWISE") | collected("calls", "OTHERS")
NAMED = [
    (name, argument, place)
    for name, arguments in EXAMPLES.items()
    for place, (argument, given_) in enumerate(
        zip(inspect.signature(function(name)).parameters, arguments, strict=False)
    )
    if argument in PER_CLASS and isinstance(given_, list)
]
ORDER = [2, 0, 1]


def shuffled(numbers, build):
    """The same numbers in another order, with the classes as names, by one of the makers below."""
    order = ORDER[: len(numbers)] if len(numbers) == 3 else [1, 0]
    return build([numbers[place] for place in order], order)


def as_series(numbers, order):
    return pandas.Series(numbers, index=order)


def as_data_array(numbers, order):
    return xarray.DataArray(numbers, dims="class", coords={"class": order})


def as_row(numbers, order):
    return pandas.DataFrame([numbers, numbers], columns=order).iloc[1]


def as_mapping(numbers, order):
    return dict(zip(order, numbers, strict=True))


MAKERS = [as_series, as_data_array, as_row, as_mapping]


def leaves(result):
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, tuple | list):
        return [leaf for part in result for leaf in leaves(part)]
    return [] if result is None or isinstance(result, str) else [np.asarray(result)]


def called(name, place, value):
    arguments = list(EXAMPLES[name])
    arguments[place] = value
    return leaves(function(name)(*arguments))


@pytest.mark.parametrize(
    ("name", "argument", "place"), NAMED, ids=[f"{n}-{a}" for n, a, _ in NAMED]
)
def test_numbers_are_read_by_the_names_of_their_classes(name, argument, place):
    example = EXAMPLES[name][place]
    usual = called(name, place, example)
    if np.ndim(example) == 2:  # a matrix over pairs of classes: both axes are named
        order = [1, 0] if len(example) == 2 else ORDER
        mixed = [pandas.DataFrame(np.array(example)[np.ix_(order, order)], order, order)]
    else:
        mixed = [shuffled(example, maker) for maker in MAKERS]
    for value in mixed:
        for one, other in zip(usual, called(name, place, value), strict=True):
            np.testing.assert_array_equal(one, other)
    if np.ndim(example) == 1:
        names = ["cat", "dog", "owl"][: len(example)]
        for value in (pandas.Series(example, index=names), as_mapping(example, names)):
            with pytest.raises(InputError, match=f"^{argument} has the (index|keys) .*'cat'"):
                called(name, place, value)


@given(labels=st.lists(st.integers(0, 4), min_size=1), data=st.data())
def test_value_counts_are_counts_whatever_their_order(labels, data):
    _, numbers, counts = np.unique(labels, return_inverse=True, return_counts=True)
    given_ = data.draw(
        st.sampled_from(
            [
                pandas.Series(numbers).value_counts(),
                pandas.Series(numbers.astype(float)).value_counts(ascending=True),
                pandas.DataFrame({"label": numbers}).value_counts(),
                pandas.Series(pandas.Categorical(numbers)).value_counts(),
                dict(pandas.Series(numbers).value_counts()),
            ]
        )
    )
    np.testing.assert_array_equal(as_class_counts(given_), counts)


@pytest.mark.parametrize(
    "index", [[1, 2, 3], [0, 0, 1], [0, 2, 3], [-1, 0, 1], ["0", "1", "2"], [0.5, 1, 2]]
)
def test_an_index_that_is_not_the_classes_is_refused_with_what_to_do(index):
    with pytest.raises(InputError, match=r"index \[.*the classes 0 to 2.*give a list"):
        as_class_counts(pandas.Series([5, 4, 3], index=index))


def test_truth_values_name_two_classes():
    counts = pandas.Series([True, True, True, False]).value_counts()
    assert as_class_counts(counts).tolist() == [1, 3]


def test_what_names_nothing_is_read_by_position():
    for value in (
        [3, 1, 2],
        np.array([3, 1, 2]),
        xarray.DataArray([3, 1, 2]),
        pandas.Series([3, 1, 2]),
    ):
        np.testing.assert_array_equal(as_class_counts(value), [3, 1, 2])


def test_rows_of_examples_are_not_rows_of_classes():
    table = pandas.DataFrame([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], index=[7, 9, 8], columns=[1, 0])
    np.testing.assert_array_equal(as_real("weight", table), [[2, 1], [4, 3], [6, 5]])
    scores = pandas.Series([0.1, 0.2], index=[1, 0])
    np.testing.assert_array_equal(as_real("posterior", scores), [0.1, 0.2])


def test_labels_that_are_known_are_aligned_to():
    counts = pandas.Series([1, 2, 3], index=["c", "a", "b"])
    labels = np.array(["a", "b", "c"])
    assert in_class_order("class_prior", counts, labels).tolist() == [2, 3, 1]
    assert in_class_order("class_prior", pandas.Series([1, 2, 3]), labels).tolist() == [1, 2, 3]
    assert in_class_order("class_prior", {7: 1, 5: 2}, [5, 7]).tolist() == [2, 1]
    for wrong in ({5: 1}, {5: 1, 6: 2}, pandas.Series([1, 2])):
        with pytest.raises(InputError, match=r"the classes \[5, 7\]"):
            in_class_order("class_prior", wrong, [5, 7])
