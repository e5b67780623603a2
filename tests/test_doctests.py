"""Every public name of the doors has an example in its docstring, and every example says the truth."""

import doctest
import importlib
import inspect

import pytest

DOORS = (
    "counterpoise.theory",
    "counterpoise.simulations",
    "counterpoise.simulations.geometry",
    "counterpoise.simulations.worlds",
    "counterpoise.methods",
    "counterpoise.methods.training",
    "counterpoise.methods.data",
    "counterpoise.methods.optim",
    "counterpoise.methods.self_supervised",
)
OTHERS = (
    "counterpoise.methods.listing",
    "counterpoise.methods.point_clouds",
    "counterpoise.methods.comparing.comparison",
    "counterpoise.methods.comparing.differing",
    "counterpoise.theory.foundation.forms",
    "counterpoise.methods.published.table",
    "counterpoise.methods.published.tables",
    "counterpoise.theory.foundation.columns",
    "counterpoise.theory.foundation.normal",
    "counterpoise.theory.foundation.threads",
    "counterpoise.theory.catalogue.selecting",
    "counterpoise.theory.claims.relation",
    "counterpoise.theory.proof.kernel.field",
    "counterpoise.theory.proof.kernel.theorems",
    "counterpoise.theory.proof.instruments.rates",
    "counterpoise.theory.claims.classes",
    "counterpoise.simulations.worlds.consistency",
    "counterpoise.simulations.worlds.implicit_bias",
    "counterpoise.simulations.worlds.optimum",
    "counterpoise.theory.high_dimension.ridge_logistic",
    "counterpoise.theory.high_dimension.ridge_softmax",
    "counterpoise.theory.high_dimension.enclosed_rates",
    "counterpoise.theory.high_dimension.ridge_logistic_enclosure",
    "counterpoise.theory.high_dimension.logistic_model",
    "counterpoise.theory.high_dimension.logistic_model_enclosure",
)
"""Modules whose examples are run as well, without one for each name being asked for."""


def public():
    """Functions and classes of the doors, once each, by the name they are reached by."""
    seen = set()
    for door in DOORS:
        module = importlib.import_module(door)
        for name in module.__all__:
            found = getattr(module, name)
            ours = getattr(found, "__module__", "").startswith("counterpoise")
            if (
                not ours
                or id(found) in seen
                or not inspect.isroutine(found) | inspect.isclass(found)
            ):
                continue
            seen.add(id(found))
            if not getattr(found, "_is_protocol", False):  # which nobody calls
                yield pytest.param(found, id=f"{door}.{name}")


def run(found, name):
    """The examples of a docstring, run where its module stands; how many there are."""
    names = dict(vars(inspect.getmodule(found) or found))
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    said = []
    for test in finder.find(found, name, globs=names):
        runner.run(test, out=said.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
    return runner.tries


@pytest.mark.parametrize("found", list(public()))
def test_every_public_name_has_an_example_that_holds(found):
    assert run(found, found.__name__) > 0, "no example: add one that begins with >>>"


@pytest.mark.parametrize("name", OTHERS)
def test_other_examples_hold(name):
    module = importlib.import_module(name)
    named = [getattr(module, public) for public in module.__all__]
    examples = [module, *(own for own in named if inspect.isroutine(own) or inspect.isclass(own))]
    assert sum(run(found, name) for found in examples) > 0
