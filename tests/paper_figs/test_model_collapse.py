"""Models over imbalance as stored: the page is what the numbers give, the prediction what theory gives."""

import json

import numpy as np
import pytest
import xarray as xr
from counterpoise.methods.results.records import read_json
from counterpoise.paper_figs.model_collapse import foretold, measured, page
from counterpoise.paper_figs.model_collapse.figure import LOOKS, draw
from counterpoise.paper_figs.model_collapse.places import nearest, place_text, places
from counterpoise.paper_figs.model_collapse.verdicts import verdicts
from counterpoise.paper_figs.model_collapse.worlds import WORLDS
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.simulations.models import MEASURES, MODELS, Collapse, GaussianSource, with_rates
from counterpoise.theory.foundation.validation import InputError

TINY = WORLDS["gaussian-few"]._replace(
    eta=(1, 4, 9), replicates=2, gaussian=GaussianSource(4, 80, 2.0, 100)
)
NAME = "gaussian-few"


@pytest.fixture(scope="module")
def told():
    return {NAME: foretold.foretold_of(TINY)}


def made_up(told, shift=0.0):
    """A world in which all models have the recall that is foretold of LDA, moved by ``shift``."""
    law = np.clip(np.array(told[NAME]["lda_recall"][0]) + shift, 0, 1)
    recall = np.broadcast_to(law[:, None] + np.array([-0.003, 0.003]), (len(MODELS), 3, 2)).copy()
    axes = ("model", "eta", "replicate")
    measures = {name: (axes, np.full_like(recall, 0.9)) for name in MEASURES}
    counts = {"n1": ("eta", [40, 16, 8]), "n0": ("eta", [40, 64, 72])}
    world = xr.Dataset(
        {**measures, "recall": (axes, recall), **counts},
        coords={"model": list(MODELS), "eta": list(TINY.eta)},
    )
    return {NAME: with_rates(world)}


def test_the_page_is_what_the_stored_numbers_give():
    assert (FOLDER / page.PAGE).read_text(encoding="utf-8") == page.model_collapse_page()[0]
    assert (FOLDER / page.FIGURE).exists()


@pytest.mark.parametrize("name", WORLDS)
def test_stored_worlds_are_those_that_are_described(name):
    world, stored = WORLDS[name], measured.load_world(name)
    assert stored.eta.values.tolist() == list(world.eta)
    assert stored.replicate.size == world.replicates
    assert stored.model.values.tolist() == list(MODELS)
    assert json.loads(stored.attrs["versions"])["scikit-learn"]
    told = read_json(foretold.PREDICTION)["worlds"][name]
    assert stored.attrs["kappa"] == pytest.approx(told["kappa"])
    assert int(stored.n1[0] + stored.n0[0]) == told["n"]


@pytest.mark.parametrize("name", [name for name, world in WORLDS.items() if world.gaussian])
def test_the_prediction_is_what_theory_gives(name):
    stored = read_json(foretold.PREDICTION)["worlds"][name]
    for key, value in foretold.foretold_of(WORLDS[name]).items():
        if isinstance(value, dict):
            assert stored[key] == pytest.approx(value, rel=1e-6)
        elif key == "boundaries":
            assert stored[key][0] == pytest.approx(value[0])
        else:
            np.testing.assert_allclose(stored[key], value, rtol=1e-6)


def test_a_prediction_comes_first_and_is_written_once(tmp_path, monkeypatch):
    monkeypatch.setattr(foretold, "PREDICTION", tmp_path / "foretold.json")
    monkeypatch.setattr(measured, "PREDICTION", tmp_path / "foretold.json")
    for module in (foretold, measured):
        monkeypatch.setattr(module, "WORLDS", {NAME: TINY})
    monkeypatch.setattr(measured, "FOLDER", tmp_path)
    with pytest.raises(InputError, match="written before"):
        measured.measure(tmp_path / "cells")
    foretold.foretell()
    with pytest.raises(InputError, match="written once"):
        foretold.foretell()
    measured.measure(tmp_path / "cells")
    stored = measured.load_world(NAME)
    assert set(MEASURES) <= set(stored)
    assert stored.recall.dtype == np.float64
    assert 0.5 < float(stored.recall.sel(model="lda", eta=1).mean()) <= 1
    before = (tmp_path / f"model_collapse_{NAME}.nc").read_bytes()
    measured.measure(tmp_path / "cells")
    assert (tmp_path / f"model_collapse_{NAME}.nc").read_bytes() == before


def test_verdicts_hold_and_fail(told):
    world = made_up(told)
    lines = verdicts(world, told, {NAME: places(world[NAME], told[NAME])})
    assert "follows the limit law at 3 of 3" in lines[2]
    assert lines[2].startswith("- **holds:**")
    worse = made_up(told, -0.3)
    lines = verdicts(worse, told, {NAME: places(worse[NAME], told[NAME])})
    assert lines[2].startswith("- **fails:**")
    lda = next(line for line in lines if "LDA foretold to collapse" in line)
    assert lda.startswith("- **fails:**")


def test_the_figure_tells_its_models_apart_and_says_what_is_nearest(told):
    assert len(set(LOOKS.values())) == len(MODELS)
    world = made_up(told)
    figure = draw(world, told, {NAME: places(world[NAME], told[NAME])})
    svg = figure.svg()
    for label in (*(model.label for model in MODELS.values()), "Δ√κ, published", "minority recall"):
        assert label in svg
    assert f"over {len(MODELS)} that were found" in figure.finding
    with pytest.raises(InputError, match="nothing to draw"):
        draw({}, told, {})


@pytest.mark.parametrize(
    ("eta", "expected"),
    [(90.0, "published"), (11.0, "half published"), (4.0, "exact"), (0.0, "exact"), (np.inf, None)],
)
def test_the_nearest_boundary_is_near_in_log_eta(eta, expected):
    assert nearest(eta, {"published": 100.0, "half published": 10.0, "exact": 5.0}) == expected


def test_a_place_is_told_with_what_was_measured():
    assert place_text(None) == "not fitted"
    assert place_text(Collapse(np.inf, np.inf, np.inf, 1, 99)) == "> 99"
    assert place_text(Collapse(0, 0, 1.5, 1, 99)) == "< 1 [< 1, 1.5]"


def test_a_model_that_was_hardly_fitted_has_no_place(told):
    world = made_up(told)[NAME]
    world.recall.loc[{"model": "qda", "eta": [4, 9]}] = np.nan
    found = {place.model: place for place in places(world, told[NAME])}
    assert found["qda"].collapse is None
    assert found["qda"].nearest is None
    assert found["lda"].nearest is not None


def test_a_max_margin_place_is_foretold_only_where_classes_separate(told):
    assert set(told[NAME]["collapse"]) == {"lda", "logistic"}, "kappa = 20 does not separate"
    few = TINY._replace(gaussian=GaussianSource(20, 40, 3.0))
    assert "linear-svm" in foretold.foretold_of(few)["collapse"]
