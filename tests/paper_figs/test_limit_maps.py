"""Maps of limits as figures: the undecided looks so, bounds are not rounded down, numbers are the data's."""

import numpy as np
import pytest
import xarray as xr
from counterpoise.paper_figs import Evidence, draw_all
from counterpoise.paper_figs.limits import certified_map, loss_map
from counterpoise.paper_figs.limits.certified_map import _upward
from counterpoise.paper_figs.report.report import render
from counterpoise.simulations import certified_map as certified
from counterpoise.simulations import loss_map as losses
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.high_dimension import half_recall_imbalance
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def bounded():
    """A decided cell, one on an edge, and one where classes do not separate."""
    edge = float(half_recall_imbalance(0.4, 2.0))
    return certified([1.0, edge], [0.4, 40.0], [2.0], rule="max-margin")


@pytest.fixture(scope="module")
def compared():
    return losses([1.0, 10.0], [2.0], [2.0], ridge=0.3)


def hatches(drawn):
    cells = drawn.figure.axes[0].patches
    return [cell.get_hatch() for cell in cells]


def test_what_is_not_decided_is_hatched_and_counted(bounded):
    drawn = certified_map.draw(bounded)
    assert bounded.regime.values.ravel().tolist() == [0, -1, -1, -1]
    assert hatches(drawn) == [None, "xxxxxx", "//////", "xxxxxx"]
    assert drawn.finding.startswith(
        "1 of 4 cells are decided, 1 have a bound that decides no regime"
    )
    assert "2 have none" in drawn.finding
    texts = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert len(texts) == 2
    assert f"{float(bounded.recall[0, 0, 0]):.3f}" in texts[0]


@given(st.floats(1e-300, 1.0))
def test_a_bound_is_printed_rounded_up(radius):
    assert radius <= float(_upward(radius)) <= 2.0 * radius


def test_losses_are_drawn_from_their_parts(compared):
    drawn = loss_map.draw(compared)
    assert len(drawn.figure.axes) == 8
    shown = drawn.figure.axes[0].images[0].get_array()
    part = compared.balanced_error_threshold_part.sel(loss=0, Delta=2.0)
    assert np.array_equal(shown, part.to_numpy())
    assert f"plain {float(part.max()):.3f}" in drawn.finding


def test_report_shows_the_maps_it_is_given(bounded, compared):
    evidence = Evidence(certified=bounded, losses=compared)
    assert evidence.is_measured
    assert list(draw_all(evidence)) == ["certified_map", "loss_map"]
    page = render(evidence, [])
    assert 'id="certified_map"' in page
    assert 'id="loss_map"' in page
    assert "counterpoise map --rule max-margin --eta 1," in page
    assert "counterpoise losses --eta 1,10 --kappa 2 --separability 2 --ridge 0.3" in page


@pytest.mark.parametrize("draw", [certified_map.draw, loss_map.draw])
def test_other_data_is_refused(draw):
    with pytest.raises(InputError, match="dataset lacks"):
        draw(xr.Dataset({"recall": ("eta", [0.5])}))
