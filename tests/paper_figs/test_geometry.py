"""The figure of last-layer geometry from small sweeps, and its page from what was kept."""

import re

import numpy as np
import pytest
import xarray as xr
from counterpoise.methods.training import Recipe, kept_classifiers, kept_features, run
from counterpoise.paper_figs.geometry import measured, page
from counterpoise.paper_figs.geometry.frames import draw
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.simulations.geometry import descent_sweep, frame_distances, ridge_sweep
from counterpoise.theory.foundation.validation import InputError


@pytest.fixture(scope="module")
def sweeps():
    descent = descent_sweep([2.0, 5.0, 12.0], draws=2, stops=(35.0,), seed=1)
    return descent, ridge_sweep([2.0, 10.0], [0.1, 1e-3, 1e-5])


def test_the_figure_says_what_was_measured(sweeps):
    descent, ridge = sweeps
    drawn = draw(descent, ridge)
    far = descent.isel(stop=-1, imbalance=-1)
    numbers = [float(text) for text in re.findall(r"\d+\.\d+", drawn.finding)]
    expected = [far.classifiers_to_seli.mean(), far.classifiers_to_etf.mean(),
                (far.classifiers_to_seli / far.classifiers_to_etf).max()]  # fmt: skip
    np.testing.assert_allclose(numbers[:3], expected, atol=5e-4)
    assert drawn.finding.endswith("theory says 7.")
    above, middle, below = drawn.figure.axes
    assert {text.get_text() for text in middle.get_legend().get_texts()} == {"R = 2", "R = 10"}
    inverse = middle.lines[0].get_xdata()
    np.testing.assert_allclose(inverse, 1 / np.log(1 / ridge.ridge.to_numpy()))
    closed, points = below.lines[:2]
    assert points.get_xdata().size == 6
    assert np.interp(7.0, closed.get_xdata(), closed.get_ydata()) == pytest.approx(90, abs=0.05)
    assert above.get_yscale() == "log"


def test_the_figure_wants_sweeps(sweeps):
    with pytest.raises(InputError, match="ridge lacks"):
        draw(sweeps[0], xr.Dataset())
    with pytest.raises(InputError, match="descent lacks"):
        draw(sweeps[1], sweeps[1])


def test_the_page_is_what_was_kept():
    assert (FOLDER / page.PAGE).read_text(encoding="utf-8") == page.geometry_page()


def test_kept_rows_are_those_of_a_new_measurement():
    """One of each kind, measured anew: the page's numbers come from this code."""
    (again, *_), (kept, *_) = measured._thresholds(), measured.read_rows(measured.COLLAPSE)
    np.testing.assert_allclose(list(kept)[:4], list(again)[:4], rtol=1e-6)
    assert again.above < 1e-4 > kept.above
    rows = [row for row in measured._losses() if row[0] == "cross-entropy"]
    kept = measured.read_rows(measured.LOSSES)[: len(rows)]
    for mine, other in zip(rows, kept, strict=True):
        np.testing.assert_allclose(mine[1:], list(other)[1:], atol=1e-3)


def test_a_kept_network_is_measured(tmp_path):
    """Against the distances of its own head and class means, put together here."""
    recipe = Recipe(methods=("ce",), seeds=1, epochs=2, imbalance_factor=10.0)
    counts = run(recipe, tmp_path / "short", keep_networks=True).class_counts
    row = measured.kept_row(tmp_path / "short", "ce", 0)
    features, target = kept_features(tmp_path / "short", "ce")
    w = kept_classifiers(tmp_path / "short", "ce").double().numpy()
    h = np.stack([features[target == y].double().numpy().mean(axis=0) for y in range(10)])
    expected = frame_distances(w - w.mean(axis=0), h - h.mean(axis=0), counts)
    assert row.classifiers_to_seli == pytest.approx(expected.classifiers_to_seli, rel=1e-9)
    assert row.embeddings_to_etf == pytest.approx(expected.embeddings_to_etf, rel=1e-9)
    assert (row.run, row.largest, row.smallest) == ("short", max(counts), min(counts))
    assert row.variability > 0
