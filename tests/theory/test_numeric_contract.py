"""How numeric functions take their arguments: arrays broadcast, every slip is one named error.

The chapters' ``calls.py`` give one valid call of every public numeric function; what else a call may be
follows from it. A new function is a row in its chapter's table.
"""

import inspect
import warnings
from importlib import import_module

import numpy as np
import pytest
from counterpoise.theory.catalogue import CHAPTERS
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from numeric_examples import INF, NAN
from numeric_tables import collected, function

ELEMENTWISE = collected("calls", "ELEMENTWISE")
EXAMPLES = ELEMENTWISE | collected("calls", "OTHERS")
TESTED_ELSEWHERE = collected("calls", "TESTED_ELSEWHERE")
EXACT = collected("calls", "EXACT")
TAKEN = collected("calls", "TAKEN")
FROM_COUNTS = collected("calls", "FROM_COUNTS")
OUTSIDE = [
    (name, argument, values)
    for name, outside in collected("calls", "OUTSIDE").items()
    for argument, values in outside.items()
]

NO_NUMBERS = {
    "nan": NAN,
    "inf": INF,
    "-inf": -INF,
    "text": "two",
    "nothing": None,
    "truth": True,
    "truths": [True, False],
    "complex": 1j,
    "object": object(),
    "ragged": [[1.0], [1.0, 2.0]],
    "mapping": {},
}


def call(name, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return function(name)(*arguments)


def leaves(result):
    """All arrays and numbers of a result."""
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, tuple | list):
        return [leaf for part in result for leaf in leaves(part)]
    return [] if result is None or isinstance(result, str) else [np.asarray(result, dtype=float)]


def numeric_places(arguments):
    return [i for i, argument in enumerate(arguments) if not isinstance(argument, tuple | str)]


def replaced(arguments, place, value):
    return [*arguments[:place], value, *arguments[place + 1 :]]


def within(vector, value):
    """The vector, or matrix, with the value as its last entry."""
    entries = np.array(vector, dtype=object)
    entries.flat[-1] = value
    return entries.tolist()


def public_functions():
    for chapter, files in CHAPTERS.items():
        for file in set(files) - set(TESTED_ELSEWHERE):
            module = import_module(f"counterpoise.theory.{chapter}.{file}")
            for name in module.__all__:
                function = getattr(module, name)
                if inspect.isfunction(function) and inspect.signature(function).parameters:
                    yield f"{file}.{name}", function


def test_every_public_numeric_function_has_an_example():
    known = {function(name) for name in EXAMPLES}
    missing = [
        name
        for name, member in public_functions()
        if member not in known and name not in TESTED_ELSEWHERE
    ]
    assert not missing, f"give one valid call in calls.py, and a row in formulas.py, of {missing}"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_valid_and_single_precision_and_arrays_are_fine(name):
    result = call(name, EXAMPLES[name])
    for kind in (np.array, lambda values: np.array(values, dtype=np.float32)):
        if name in EXACT:
            continue
        places = [i for i in numeric_places(EXAMPLES[name]) if isinstance(EXAMPLES[name][i], list)]
        arguments = list(EXAMPLES[name])
        for i in places:
            integers = np.array(arguments[i]).dtype.kind == "i"
            arguments[i] = np.array(arguments[i]) if integers else kind(arguments[i])
        for one, other in zip(leaves(result), leaves(call(name, arguments)), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_arrays_broadcast_like_those_of_ufuncs(name):
    arguments = ELEMENTWISE[name]
    arrays = [
        np.full((2, 1) if place % 2 else (3,), number) for place, number in enumerate(arguments)
    ]
    shape = (2, 3) if len(arguments) > 1 else (3,)
    for one, other in zip(leaves(call(name, arguments)), leaves(call(name, arrays)), strict=True):
        assert other.shape == shape
        np.testing.assert_allclose(np.broadcast_to(one, shape), other, rtol=1e-13)
    empty = call(name, [np.zeros(0), *arguments[1:]])
    assert all(leaf.shape == (0,) for leaf in leaves(empty))
    if len(arguments) > 1:
        misfits = [np.full(place + 2, number) for place, number in enumerate(arguments)]
        with pytest.raises(InputError, match="shapes do not fit"):
            call(name, misfits)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_no_number_is_refused(name):
    arguments = EXAMPLES[name]
    defaults = [
        parameter.default for parameter in inspect.signature(function(name)).parameters.values()
    ]
    for place in numeric_places(arguments):
        for kind, value in NO_NUMBERS.items():
            if kind in TAKEN.get(name, ()) and place == 0:
                continue
            if value is None and defaults[place] is None:
                continue
            slips = [value]
            if isinstance(value, float) and isinstance(arguments[place], list):
                slips.append(within(arguments[place], value))
            for slip in slips:
                with pytest.raises((InputError, InputTypeError)):
                    call(name, replaced(arguments, place, slip))


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize(
    "shape", [(0,), (7,), (7, 7), (1, 2, 3, 4)], ids=lambda shape: "x".join(map(str, shape))
)
def test_a_shape_fits_or_is_refused(name, shape):
    arguments = EXAMPLES[name]
    for place in numeric_places(arguments):
        try:
            result = call(name, replaced(arguments, place, np.full(shape, 0.5)))
        except (InputError, InputTypeError):
            continue
        if shape == (0,) and "empty" not in TAKEN.get(name, ()):
            assert any(leaf.size == 0 for leaf in leaves(result))


def place_of(name, argument):
    return list(inspect.signature(function(name)).parameters).index(argument)


def with_argument(name, argument, value):
    """A call of the example with one argument replaced; of a list, its last entry."""
    example, place = EXAMPLES[name], place_of(name, argument)
    listed = isinstance(example[place], list)
    return call(name, replaced(example, place, within(example[place], value) if listed else value))


def with_counts(name, counts):
    return call(name, replaced(EXAMPLES[name], place_of(name, "class_counts"), counts))


def short(name):
    return name.split(".")[1]


@pytest.mark.parametrize("name", FROM_COUNTS, ids=short)
@pytest.mark.parametrize("bad", [0, -3, NAN, INF, -INF])
def test_a_count_that_is_not_positive_and_finite_is_named(name, bad):
    last = len(EXAMPLES[name][place_of(name, "class_counts")]) - 1
    with pytest.raises(InputError, match=rf"^class_counts\[{last}\] = "):
        with_argument(name, "class_counts", bad)


@pytest.mark.parametrize("name", FROM_COUNTS, ids=short)
@pytest.mark.parametrize("bad", [[], 5, [[1, 2]]])
def test_class_counts_that_are_not_a_vector_are_refused(name, bad):
    with pytest.raises(InputError, match=r"^class_counts has shape"):
        with_counts(name, bad)


@pytest.mark.parametrize("name", FROM_COUNTS, ids=short)
@pytest.mark.parametrize("bad", ["many", ["5", "7"], [1, "a"], {}, [[1], [1, 2]], [1j, 2]])
def test_class_counts_that_are_not_numbers_are_refused(name, bad):
    with pytest.raises(InputTypeError, match=r"^class_counts = "):
        with_counts(name, bad)


OF_ARGUMENTS = pytest.mark.parametrize(
    ("name", "argument", "outside"), OUTSIDE, ids=[f"{row[0]}-{row[1]}" for row in OUTSIDE]
)


@OF_ARGUMENTS
def test_a_value_outside_the_domain_is_refused_by_the_arguments_name(name, argument, outside):
    for bad in outside:
        with pytest.raises(InputError, match=f"^{argument} = "):
            with_argument(name, argument, bad)


@OF_ARGUMENTS
def test_a_string_is_refused_by_the_arguments_name(name, argument, outside):
    with pytest.raises(InputTypeError, match=f"^{argument} = "):
        with_argument(name, argument, "two")
