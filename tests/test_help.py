"""What `help` shows of the doors can be read: types go by short names, rooms show what is in them."""

import importlib
import inspect

import counterpoise.theory
import pytest
from counterpoise.theory.catalogue import CHAPTERS

DOORS = ["counterpoise.theory", "counterpoise.simulations", "counterpoise.methods"]
DOORS += ["counterpoise.simulations.geometry"]
DOORS += ["counterpoise.methods.training", *(f"counterpoise.theory.{name}" for name in CHAPTERS)]
LONGEST = 140  # letters of one type, as `inspect` writes it


def callables(door):
    module = importlib.import_module(door)
    for name in dir(module):
        found = getattr(module, name)
        if inspect.isfunction(found) or inspect.isclass(found):
            yield name, found
        if inspect.isclass(found):
            methods = inspect.getmembers(found, inspect.isfunction)
            yield from ((f"{name}.{key}", own) for key, own in methods if not key.startswith("_"))


@pytest.mark.parametrize("door", DOORS)
def test_no_signature_spells_out_what_has_a_name(door):
    for name, found in callables(door):
        if not getattr(found, "__module__", "").startswith("counterpoise"):
            continue
        try:
            parameters = inspect.signature(found).parameters.values()
        except ValueError:
            continue  # some classes of the standard library's have none
        for parameter in parameters:
            shown = inspect.formatannotation(parameter.annotation)
            assert len(shown) <= LONGEST, f"{door}.{name}: {parameter.name}: {shown}"


def test_theory_shows_its_chapters():
    assert set(CHAPTERS) <= set(dir(counterpoise.theory))


def test_a_name_that_is_not_there_is_answered_with_a_near_one():
    with pytest.raises(AttributeError, match="statements"):
        _ = counterpoise.theory.statment
