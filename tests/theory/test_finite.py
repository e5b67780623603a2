"""Whatever number a numeric function is given: it is refused by name, or the answer is finite.

The numbers are typical slips (zero, negative, a fraction for a count, a strength that is far too large),
put in every place of every example of a chapter's ``calls.py``, keywords included.
"""

import inspect
import warnings

import numpy as np
import pytest
from counterpoise.theory.foundation.validation import InputError, InputTypeError
from families import sampled
from numeric_tables import collected, function

EXAMPLES = collected("calls", "ELEMENTWISE") | collected("calls", "OTHERS")
SLIPS = [0, -1, 0.5, 1.5, -5.0, 40.0, 1000.0, 1e-12, -1e-12, 1 + 1e-12]
AS_DOCUMENTED = {
    "balanced_error.group_accuracies",  # nan: a group without classes
    "class_complexity.regularity",  # nan: functions that do not differ
    "comp_sum.label_gaps",  # -inf: the label itself
    "concentration.chernoff_deviation",  # nan: not reached
    "estimated_priors.prior_mismatch_bound",  # inf: no bound
    "gaussian.half_recall_imbalance",  # inf: beyond the largest float
    "gaussian_curves.mills_ratio",  # inf: beyond the largest float
    "offset_family.optimal_logits",  # -inf: a class that does not occur
    "seli_step.step_geometry",  # nan: angles inside a group of one class
}


def leaves(result):
    if isinstance(result, dict):
        result = tuple(result.values())
    if isinstance(result, tuple | list):
        return [leaf for part in result for leaf in leaves(part)]
    return [] if result is None or isinstance(result, str) else [np.asarray(result, dtype=float)]


def calls(name):
    """The example with a slip in one place: a number, the last entry of a list, or all its entries."""
    example = EXAMPLES[name]
    for place, (argument, parameter) in enumerate(
        inspect.signature(function(name)).parameters.items()
    ):
        if place >= len(example):
            if isinstance(parameter.default, int | float) and not isinstance(
                parameter.default, bool
            ):
                yield from ((example, {argument: slip}) for slip in SLIPS)
            continue
        given = example[place]
        if isinstance(given, str | tuple):
            continue
        for slip in SLIPS:
            slips = [slip]
            if isinstance(given, list):
                last = np.array(given, dtype=float)
                last.flat[-1] = slip
                slips = [last.tolist(), np.full(np.shape(given), slip).tolist()]
            for value in slips:
                yield [*example[:place], value, *example[place + 1 :]], {}


NAMES = sorted(EXAMPLES.keys() - AS_DOCUMENTED)
LONG = [
    "logistic_model_enclosure.enclose_logistic_mle",
    "ridge_logistic_enclosure.enclose_ridge_logistic",
]
"""Enclosures that take seconds; those of `enclosed_rates` do not."""


@pytest.mark.parametrize("name", sampled(NAMES, 50, always=set(NAMES) - set(LONG)))
def test_a_slip_is_refused_or_the_answer_is_finite(name):
    for arguments, keywords in calls(name):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                result = function(name)(*arguments, **keywords)
            except (InputError, InputTypeError):
                continue
        assert all(np.isfinite(leaf).all() for leaf in leaves(result)), (arguments, keywords)
