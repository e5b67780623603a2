"""Class counts that name their classes are read by name, by everything on this floor that takes them."""

import inspect

import numpy as np
import pytest
from counterpoise import methods
from counterpoise.theory.foundation.validation import InputError
from held_numbers import held_numbers

pandas = pytest.importorskip("pandas")

COUNTS = [20, 70, 10]
BY_FREQUENCY = pandas.Series([0] * 20 + [1] * 70 + [2] * 10).value_counts()
BY_NAME = pandas.Series(["cat"] * 20 + ["dog"] * 70 + ["owl"] * 10).value_counts()
# What some need besides.
ALSO = {"num_features": 4, "start": 2, "q": 0.5, "head": 0.3, "tail": 0.1, "num_classes": 3}


def takes_counts(public):
    return (  # neither errors nor records
        callable(public)
        and not (isinstance(public, type) and issubclass(public, Exception | tuple))
        and "class_counts" in (taken := inspect.signature(public).parameters)
        and not {"prediction", "class_recall"} & set(taken)  # metrics only group by the counts
    )


TAKERS = [name for name in methods.__all__ if takes_counts(getattr(methods, name))]


def built(name, counts):
    maker = getattr(methods, name)
    needed = inspect.signature(maker).parameters.values()
    also = {p.name: ALSO[p.name] for p in needed if p.name in ALSO and p.default is p.empty}
    return maker(**also, class_counts=counts)


def test_groups_by_training_counts_are_read_by_class():
    true, given = [0, 1, 2, 2], [0, 0, 2, 1]
    usual = methods.many_medium_few(true, given, COUNTS)
    for counts in (BY_FREQUENCY, dict(BY_FREQUENCY)):
        np.testing.assert_equal(methods.many_medium_few(true, given, counts), usual)


def test_there_are_takers():
    assert {"power_weights", "LogitAdjustedLoss", "DensityRatioWeights"} <= set(TAKERS)


@pytest.mark.parametrize("name", TAKERS)
def test_counts_by_frequency_are_counts_by_class(name):
    usual = held_numbers(built(name, COUNTS))
    assert any(number.size == 3 for number in usual)
    for counts in (BY_FREQUENCY, dict(BY_FREQUENCY)):
        for one, other in zip(usual, held_numbers(built(name, counts)), strict=True):
            np.testing.assert_array_equal(one, other)
    with pytest.raises(InputError, match=r"class_counts has the index \['dog', 'cat', 'owl'\]"):
        built(name, BY_NAME)


def test_weights_of_a_schedule_are_read_by_class():
    weights = pandas.Series([3.0, 1.0, 2.0], index=[2, 0, 1])
    stage = methods.DeferredReweighting(COUNTS, 0, weights).stage(0)
    assert stage.weight.tolist() == [1, 2, 3]
