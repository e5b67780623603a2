"""What watched runs say of weights and bounds, from tables whose answers are known; and the law's figure."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from counterpoise.paper_figs.density_ratio import framework, law, page
from counterpoise.paper_figs.density_ratio.grouped import group_means
from counterpoise.paper_figs.density_ratio.moves import (
    acting_epochs,
    bound_orders,
    class_moves,
    weight_moves,
)
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.simulations.ratio_world import gaussian_features, ratio_rows
from counterpoise.theory.foundation.validation import InputError


def watched(weight, curve, methods=("density-ratio",), seeds=2, epochs=6, classes=4):
    """A table whose weights and curves are functions of (epoch, class, method)."""
    rows = [
        {
            "method": method, "seed": seed, "epoch": epoch, "class": y, "count": 100 // (y + 1),
            "curve_min": curve(epoch, y), "weight": weight(epoch, y),
            "union": 1.0 + order + 0.01 * seed, "stratified": -order,
        }
        for order, method in enumerate(methods)
        for seed in range(seeds)
        for epoch in range(1, epochs + 1)
        for y in range(classes)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_weights_that_rise_while_the_curve_falls_have_correlation_minus_one_in_the_few():
    # the weight of the rarest class rises by what that of the most frequent falls
    table = watched(
        lambda epoch, y: 1.0 if epoch < 3 else 1.0 + 0.1 * epoch * (y - 1.5),
        lambda epoch, y: 1.0 - 0.1 * epoch,
    )
    found = weight_moves(table, "density-ratio", "curve_min")
    assert found["few"].mean == pytest.approx(-1.0)
    assert found["many"].mean == pytest.approx(1.0)
    assert found["few"].interval is not None
    each = class_moves(table, "density-ratio", "curve_min")
    assert [round(one.mean, 6) for one in each.values()] == [1, 1, -1, -1]
    assert acting_epochs(table, "density-ratio") == 4


def test_weights_that_stand_still_have_no_correlation():
    table = watched(lambda epoch, y: float(y + 1), lambda epoch, y: 1.0 / epoch)
    assert weight_moves(table, "density-ratio", "curve_min") == {"many": None, "few": None}


def test_no_interval_of_a_correlation_reaches_beyond_one():
    table = watched(lambda epoch, y: 1.0 + 0.1 * epoch * y, lambda epoch, y: 1.0 - 0.1 * epoch)
    last = (table.seed == 1) & (table.epoch == table.epoch.max())
    table.loc[last, "curve_min"] = 1.0  # in one of two seeds it jumps: -1, and less of it
    for found in class_moves(table, "density-ratio", "curve_min").values():
        low, high = found.interval
        assert -1.0 <= low <= found.mean <= high <= 1.0
        assert high - low > 1.0  # two seeds say little


def test_a_bound_orders_methods_as_their_error_does_or_against_it():
    methods = ("ce", "la", "drw", "density-ratio")
    table = watched(lambda epoch, y: 1.0, lambda epoch, y: 1.0, methods)
    members = [
        SimpleNamespace(method=name, seed=seed, balanced_accuracy=0.9 - 0.1 * order)
        for order, name in enumerate(methods)
        for seed in range(2)
    ]
    results = SimpleNamespace(members=members)
    found, count = bound_orders(table, results, "union")
    assert (found.mean, count) == (1.0, 4)
    assert bound_orders(table, results, "stratified")[0].mean == -1.0
    with pytest.raises(InputError, match="order needs three"):
        bound_orders(table[table.method.isin(["ce", "la"])], results, "union")


def test_some_methods_alone_are_ordered():
    methods = ("ce", "la", "drw", "density-ratio")
    table = watched(lambda epoch, y: 1.0, lambda epoch, y: 1.0, methods)
    errors = {"ce": 0.1, "la": 0.9, "drw": 0.2, "density-ratio": 0.3}
    members = [
        SimpleNamespace(method=name, seed=seed, balanced_accuracy=1 - error)
        for name, error in errors.items()
        for seed in range(2)
    ]
    results = SimpleNamespace(members=members)
    assert bound_orders(table, results, "union")[0].mean == pytest.approx(0.4)
    found, count = bound_orders(table, results, "union", ("ce", "drw", "density-ratio"))
    assert (found.mean, count) == (1.0, 3)


def test_groups_are_by_rank():
    counts = (50, 5000, 83, 2997, 139, 1796, 232, 1077, 387, 645)
    recall = tuple(counts.index(n) / 10 for n in counts)
    results = SimpleNamespace(
        class_counts=counts, members=[SimpleNamespace(method="ce", class_accuracy=recall)]
    )
    found = group_means(results, "ce")
    assert found["many"] == pytest.approx([0.3])
    assert found["medium"] == pytest.approx([0.75])
    assert found["few"] == pytest.approx([0.2])
    assert found["all"] == pytest.approx([0.45])


def test_the_law_is_drawn_and_says_how_far_the_mean_ratio_is_off():
    rows = ratio_rows(*gaussian_features([60, 20], 8, 0.5), batch_size=16, batches=40)
    drawn = law.draw({"sampled": rows, "again": rows})
    off = max(abs(row.mean - row.predicted_mean) for row in rows)
    assert f"{off:.2f} (sampled)" in drawn.finding
    assert len(drawn.figure.axes) == 4
    with pytest.raises(InputError, match="worlds"):
        law.draw({})


def test_one_batch_goes_from_features_to_shares_of_the_weight():
    features, target = gaussian_features([60, 12], 4, 0.5)
    rows = framework.batch_rows(features, target, batch_size=36, batches=20)
    samples = [row for row in rows if row.kind == "sample"]
    assert len(samples) == 36
    assert [row.label for row in rows if row.kind == "prototype"] == [0, 1]
    raw = np.array([max(row.ratio, 1e-9) * row.unmoved for row in samples])
    assert [row.weight for row in samples] == pytest.approx(list(raw / raw.mean()))
    assert {row.label: row.unmoved for row in samples} == pytest.approx({0: 72 / 60, 1: 72 / 12})
    shares = framework.weight_shares(rows)
    assert sum(weight for _, weight in shares.values()) == pytest.approx(1)
    assert shares[1][1] > shares[1][0]  # the rare class gains
    # a plane keeps the distance of two prototypes, as it goes through both
    first, second = ((row.across, row.up) for row in rows[-2:])
    assert 0.5 < np.hypot(*np.subtract(first, second)) < 2.5
    drawn = framework.draw(rows)
    assert f"{100 * shares[1][1]:.1f} %" in drawn.finding
    assert len(drawn.figure.axes) == 4
    with pytest.raises(InputError, match="classes have samples"):
        framework.draw([row for row in rows if row.label == 0])
    with pytest.raises(InputError, match="target has shape"):
        framework.batch_rows(features, target[1:])


def test_the_page_is_what_the_stored_runs_give():
    assert (FOLDER / page.PAGE).read_text(encoding="utf-8") == page.ratio_page()
    measured = page.read_law(FOLDER / page.LAW)["learnt"]
    assert np.isfinite([row.mean for row in measured]).all()
