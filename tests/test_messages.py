"""No message is long, whatever was handed in."""

import inspect

import numpy as np
import pytest
import torch
from counterpoise import methods
from counterpoise.theory.claims import claim, limit_claim
from counterpoise.theory.foundation.validation import InputError, InputTypeError, one_of, shown
from hypothesis import given
from hypothesis import strategies as st
from numeric_tables import collected, function

MANY = 20_000
LONG = {
    "nan": [float("nan")] * MANY,
    "names": ["cat"] * MANY,
    "many names": np.full(100_000, "cat"),
    "text": "cat " * MANY,
    "mapping": {f"class {label}": 1 for label in range(MANY)},
    "classes": {label + 1: 1 for label in range(MANY)},
    "tensor": torch.full((MANY,), float("nan")),
    "whole": 10**5000,
    "nested": [[["deep" * 99] * 9] * 9] * 9,
}
OF_LONG = pytest.mark.parametrize("kind", LONG)
EXAMPLES = collected("calls", "ELEMENTWISE") | collected("calls", "OTHERS")
BUILT = [
    name
    for name in methods.__all__
    if inspect.isclass(getattr(methods, name)) or inspect.isfunction(getattr(methods, name))
    if not (
        isinstance(getattr(methods, name), type) and issubclass(getattr(methods, name), Exception)
    )
]


def refused(call, *arguments, **keywords):
    """The message of an error of ours, or nothing."""
    try:
        call(*arguments, **keywords)
    except (InputError, InputTypeError) as error:
        return str(error)
    return ""


@OF_LONG
def test_messages_of_numeric_functions_are_short(kind):
    seen = 0
    for name, arguments in EXAMPLES.items():
        for place, argument in enumerate(arguments):
            changed = [*arguments[:place], LONG[kind], *arguments[place + 1 :]]
            if isinstance(argument, list | float | int):
                message = refused(function(name), *changed)
                assert len(message) <= 300
                assert "\n" not in message
                seen += bool(message)
    assert seen > 100


@OF_LONG
def test_messages_of_methods_are_short(kind):
    seen = 0
    for name in BUILT:
        signature = inspect.signature(getattr(methods, name))
        for argument in signature.parameters:
            usual = {"class_counts": [5, 3, 2], "target": [0, 0, 1], "num_classes": 3}
            known = {key: usual[key] for key in usual if key in signature.parameters}
            try:
                getattr(methods, name)(**{**known, argument: LONG[kind]})
            except (InputError, InputTypeError) as error:
                seen += 1
                length = len(str(error))
            except (TypeError, AttributeError, RuntimeError, ValueError):
                continue  # a needed argument is missing
            else:
                continue
            assert length <= 300, (name, argument)
    assert seen > 20


@pytest.mark.parametrize("kind", ["text", "mapping", "nan"])
def test_messages_of_claims_are_short(kind):
    for call in (
        lambda: claim(LONG[kind]),
        lambda: claim("x**2 >= 0", x=LONG[kind]),
        lambda: claim("x" * MANY + " >= 0", x="real"),
        lambda: limit_claim(LONG[kind], 1, "x", 0, x="real"),
        lambda: one_of("method", LONG[kind], [f"method {i}" for i in range(MANY)]),
    ):
        message = refused(call)
        assert 0 < len(message) <= 300


class Broken:
    """A value whose representation fails."""

    def __repr__(self):
        raise RuntimeError


@given(value=st.recursive(st.none() | st.text() | st.integers() | st.floats(), st.lists))
def test_a_value_is_shown_on_one_short_line(value):
    assert len(shown(value)) <= 100
    assert "\n" not in shown(value)
    if len(repr(value)) <= 30 and not isinstance(value, list):
        assert shown(value) == repr(value)


@OF_LONG
def test_a_long_value_is_shown_by_its_beginning(kind):
    text = shown(LONG[kind])
    assert 0 < len(text) <= 100


def test_what_cannot_be_shown_is_named_by_its_type():
    assert shown(Broken()).startswith("<Broken")
    assert shown([Broken()]).startswith("[<Broken")


def test_a_long_message_keeps_its_beginning_and_its_end():
    message = str(InputError("margins = " + "9" * 5000 + ": must be positive"))
    assert len(message) == 300
    assert message.startswith("margins = 999")
    assert message.endswith("99: must be positive")
    assert InputTypeError("short").args == ("short",)
