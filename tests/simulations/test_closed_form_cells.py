"""Every closed form of two Gaussian classes against sampled scores, on 200 random cells of its domain.

Misses beyond four standard errors must be what chance allows, and an error of 2 % planted in any formula must
show. Max-margin classifiers, which have to be trained, are compared on a few cells here; on 200 by
``python -m tests.closed_form_cells --max-margin``.
"""

import numpy as np
import pytest
from closed_form_cells import (
    CELLS,
    FORMULAS,
    max_margin_table,
    standardised,
    table,
    together,
)

pytestmark = pytest.mark.xdist_group("closed forms")  # sampled once

OF_RULES = (
    "recall", "specificity", "balanced error", "balanced error, its three parts", "recall over-sampled",
    "recall bias-corrected", "specificity bias-corrected", "balanced error bias-corrected", "precision",
    "F1", "G-mean", "Youden's index", "ROC area", "PR area", "direction's cosine squared",
)  # fmt: skip
NAMES = (
    *FORMULAS,
    *(f"{kind} covariance: {name}" for kind in ("known", "estimated") for name in OF_RULES),
    "known covariance: recall under-sampled",
    "known covariance: specificity under-sampled",
)


@pytest.fixture(scope="module")
def sampled():
    return table()


@pytest.mark.parametrize("name", NAMES)
def test_sampled_values_are_within_four_standard_errors(sampled, name):
    z = standardised(sampled[name])
    assert len(z) == CELLS
    assert np.abs(z).max() < 4
    assert (np.abs(z) > 2).mean() < 0.12  # 4.6 % by chance
    assert abs(z.mean()) < 4 / np.sqrt(CELLS)


@pytest.mark.parametrize("name", NAMES)
def test_an_error_of_two_percent_shows(sampled, name):
    for planted in (0.98, 1.02):
        assert (np.abs(standardised(sampled[name], planted)) > 4).mean() > 0.05


def test_nothing_that_was_sampled_is_left_out(sampled):
    assert set(sampled) == set(NAMES)


def test_trained_max_margin_classifiers_are_at_their_limit():
    """The other numbers ask for more cells and draws before an error of 2 % shows."""
    rows = max_margin_table(cells=16, dimension=60, draws=40)
    for name, row in rows.items():
        assert np.abs(standardised(row)).max() < 4, name
        assert abs(together(standardised(row))) < 4, name
    for planted in (0.98, 1.02):
        assert abs(together(standardised(rows["max-margin: specificity"], planted))) > 4
