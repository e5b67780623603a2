"""The floor stands on its own: it loads no solver, and what is slow to load only when it is named.

torch.optim loads SymPy, which counts with flint's integers if it finds them: that is switched off.
"""

import os
import subprocess
import sys

import pytest
from counterpoise import methods
from counterpoise.methods import (
    losses,
    metrics,
    models,
    posthoc,
    protocols,
    ratios,
    sampling,
    watching,
    weights,
)

SCRIPT = """
import sys
from counterpoise.methods import LDAMLoss, adjust_logits, power_sampler, power_weights, tau_normalized
print(*sorted({"sklearn", "imblearn", "sympy"} & set(sys.modules)))
from counterpoise.methods import LocalClusteringClassifier, LogitAdjustedClassifier
print("sklearn" in sys.modules)
import counterpoise.methods.training
print(*sorted({"z3", "flint", "cvxpy", "cvc5"} & set(sys.modules)))
"""


def test_methods_load_no_solver_and_what_is_slow_when_it_is_named():
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SYMPY_GROUND_TYPES": "python"},
    )
    assert answer.stdout.split("\n")[:3] == ["", "True", ""]


def test_no_name_stands_in_two_rooms():
    rooms = [losses, metrics, models, posthoc, protocols, ratios, sampling, watching, weights]
    names = [name for room in rooms for name in room.__all__]
    assert sorted([*names, "class_counts"]) == methods.__all__
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "module",
    [losses, models, posthoc, ratios, sampling, watching, weights],
    ids=lambda m: m.__name__,
)
def test_every_method_can_be_imported_from_the_floor(module):
    assert module.__all__
    for name in module.__all__:
        assert name in dir(module)
        assert getattr(methods, name) is getattr(module, name)
        assert name in methods.__all__
        assert name in dir(methods)


def test_an_unknown_name_is_no_attribute():
    with pytest.raises(AttributeError, match="has no attribute 'SuperLoss'"):
        _ = methods.SuperLoss
