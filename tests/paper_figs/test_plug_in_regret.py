"""The figure of plug-in regret draws from a small sweep and prints the slopes it measured."""

import pytest
from counterpoise.paper_figs import plug_in_regret
from counterpoise.simulations.plug_in_world import log_slope, plug_in_sweep
from counterpoise.theory.foundation.validation import InputError


@pytest.fixture(scope="module")
def dataset():
    return plug_in_sweep([200, 400, 800], draws=20)


def test_the_figure_holds_its_labels_and_its_slopes(dataset):
    figure = plug_in_regret.draw(dataset)
    svg = figure.svg()
    for label in ("training examples n", "threshold ½", "two normal classes", "hard world"):
        assert label in svg
    for world in ("gaussian", "hard"):
        cells = dataset.sel(world=world)
        for name in ("regret", "bound"):
            slope = log_slope(cells.examples, cells[name], cells[f"{name}_se"]).slope
            assert f"slope {slope:.3f}" in svg
            assert f"{slope:.2f}".replace("-", "−") in figure.caption


def test_another_data_set_is_refused(dataset):
    for other in (dataset.drop_vars("bound"), dataset.isel(examples=[0])):
        with pytest.raises(InputError, match="give a plug_in_sweep"):
            plug_in_regret.draw(other)
