"""Closed forms of the simulated worlds against Monte Carlo, on random cells of their domains.

Misses beyond four standard errors must be what chance allows, and an error of 2 % planted in any formula must
show. Always on 50 cells, with ``--whole`` on 200; what is learnt from whole samples is compared on a few
cells here, and on 200 by ``python -m tests.closed_form_cells --sampled "max-margin"``.
"""

import importlib
import inspect

import numpy as np
import pytest
from closed_form_cells import CELLS, sample_table, standardised, table, together
from closed_form_cells.coverage import ELSEWHERE, HELD
from closed_form_cells.plug_in import KAPPAS
from closed_form_cells.populations import FORMULAS as POPULATIONS
from closed_form_cells.scores import FORMULAS as SCORES
from scipy.stats import binom

pytestmark = pytest.mark.xdist_group("closed forms")  # sampled once

OF_RULES = (
    "recall", "specificity", "balanced error", "balanced error, its three parts", "recall over-sampled",
    "recall bias-corrected", "specificity bias-corrected", "balanced error bias-corrected", "precision",
    "F1", "G-mean", "Youden's index", "ROC area", "PR area", "direction's cosine squared",
    "probit of recall", "probit of specificity", "effective Delta", "effective threshold", "threshold part",
    "direction part", "greatest F1", "F1-optimal threshold", "slope of recall at balance",
    "log imbalance at recall one half",
)  # fmt: skip
OF_KNOWN = (
    "recall under-sampled", "specificity under-sampled", "log imbalance at a level of recall",
)  # fmt: skip
NAMES = (
    *SCORES,
    *POPULATIONS,
    *(f"{kind} covariance: {name}" for kind in KAPPAS for name in OF_RULES),
    *(f"known covariance: {name}" for name in OF_KNOWN),
    "class_loads, minority",
    "class_loads, majority",
    "centre_shift",
    "signal_to_noise",
)


@pytest.fixture(scope="module")
def sampled(request):
    return table(CELLS if request.config.getoption("whole") else 50)


@pytest.mark.parametrize("name", NAMES)
def test_sampled_values_are_within_four_standard_errors(sampled, name):
    z = np.abs(standardised(sampled[name]))
    assert z.max() < 4
    assert binom.sf(np.sum(z > 2) - 1, z.size, 0.0455) > 1e-4
    assert abs(together(sampled[name])) < 4


@pytest.mark.parametrize("name", NAMES)
def test_an_error_of_two_percent_shows(sampled, name):
    for planted in (0.98, 1.02):
        single = np.abs(standardised(sampled[name], planted)) > 4
        assert single.mean() > 0.05 or abs(together(sampled[name], planted)) > 4


def test_nothing_that_was_sampled_is_left_out(sampled):
    assert set(sampled) == set(NAMES)


@pytest.mark.parametrize("chapter", ["gaussian", "high_dimension"])
def test_every_public_function_is_sampled_or_says_why_not(chapter):
    room = f"counterpoise.theory.{chapter}"
    public = {
        name
        for module in importlib.import_module(room).MODULES
        for name in importlib.import_module(f"{room}.{module}").__all__
        if inspect.isroutine(getattr(importlib.import_module(f"{room}.{module}"), name))
    }
    assert set(HELD[chapter]) | set(ELSEWHERE[chapter]) == public
    assert not set(HELD[chapter]) & set(ELSEWHERE[chapter])


@pytest.mark.parametrize(
    ("world", "cells", "dimension", "draws", "telling"),
    [
        ("max-margin", 16, 60, 40, "specificity"),
        ("margin ratio", 8, 40, 20, ""),
        ("half recall", 4, 40, 30, ""),
        ("separability", 4, 30, 10, ""),
        ("ridge logistic", 16, 40, 20, "roc_auc"),
        ("ridge softmax", 3, 60, 10, ""),
        ("logistic model", 8, 40, 20, ""),
    ],
)
def test_what_is_learnt_from_samples_is_at_its_limit(world, cells, dimension, draws, telling):
    """Where nothing is telling, an error of 2 % asks for more cells and draws before it shows."""
    rows = sample_table(world, cells, dimension, draws)
    for name, row in rows.items():
        assert np.abs(standardised(row)).max() < 4, name
        assert abs(together(row)) < 4, name
    for planted in (0.98, 1.02) if telling else ():
        assert abs(together(rows[f"{world}: {telling}"], planted)) > 4
