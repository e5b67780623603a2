"""The ledger computes its numbers, and says holds, fails or undecided as the intervals do."""

import numpy as np
import pytest
from counterpoise.paper_figs import ledger
from counterpoise.theory.concentration import mean_interval


def only(rows, part):
    (row,) = [row for row in rows if part in row.prediction]
    return row


def set_logit_slope(results, slope, noise=0.0):
    """Give LA's logits this slope in the log prior, relative to CE's; the seeds differ by noise."""
    log_prior = np.log(results["class_counts"])
    plain = {m["seed"]: m["mean_logits"] for m in results["members"] if m["method"] == "ce"}
    for member in results["members"]:
        if member["method"] == "la":
            tilt = slope + noise * (member["seed"] - 1)
            member["mean_logits"] = (np.array(plain[member["seed"]]) + tilt * log_prior).tolist()


def test_every_prediction_has_its_row(results, dataset):
    rows = ledger(results, dataset)
    assert len(rows) == 8
    assert {row.verdict for row in rows} == {"holds"}
    assert len(ledger(None, dataset)) == 1
    assert ledger(None, None) == []


def test_agreement_fails_once_one_cell_is_off_by_more_than_four(results, dataset):
    off = dataset.copy(deep=True)
    off.z_recall[1, 3, 1] = 4.5
    row = only(ledger(None, off), "Monte Carlo")
    assert row.measured == 4.5
    assert row.verdict == "fails"


def test_slope_is_the_mean_over_seeds_with_its_t_interval(results):
    set_logit_slope(results, -1.0, noise=0.1)
    row = only(ledger(results, None), "mean test logits")
    assert row.measured == pytest.approx(-1.0)
    half = 4.302652729696142 * 0.1 / np.sqrt(3)
    assert row.interval == pytest.approx((-1.0 - half, -1.0 + half))
    assert row.verdict == "holds"


@pytest.mark.parametrize(
    ("slope", "noise", "verdict", "note"),
    [
        (-0.6, 0.01, "fails", "direction holds, size short of −1"),
        (-1.4, 0.01, "fails", "direction holds, size beyond −1"),
        (0.5, 0.01, "fails", "direction opposite"),
        (-0.1, 0.1, "fails", "size excludes −1, direction open"),
        (-0.9, 1.0, "undecided", "interval reaches past 0"),
    ],
)
def test_a_slope_that_is_not_minus_one_is_reported_as_it_is(results, slope, noise, verdict, note):
    set_logit_slope(results, slope, noise)
    row = only(ledger(results, None), "mean test logits")
    assert (row.verdict, row.note) == (verdict, note)


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [([0.01, 0.03], "holds"), ([-0.01, 0.03], "undecided"), ([-0.03, -0.01], "fails")],
)
def test_a_method_beats_ce_only_if_its_interval_says_so(results, interval, verdict):
    for row in results["summary"]:
        if row["method"] == "vs":
            row["interval"] = interval
    assert only(ledger(results, None), "VS has higher").verdict == verdict


def test_one_gradient_above_its_bound_is_enough_to_fail(results):
    results["members"][0]["gradient_bound_ratio"] = 1.01
    row = only(ledger(results, None), "gradient")
    assert row.measured == 1.01
    assert row.verdict == "fails"


def test_margins_that_move_to_frequent_classes_fail(results):
    for member in results["members"]:
        if member["method"] == "ldam-drw":
            member["mean_margin"] = results["class_counts"]
    assert only(ledger(results, None), "training margins").verdict == "fails"


def test_the_margin_slope_does_not_depend_on_the_unit_of_the_scores(results):
    before = only(ledger(results, None), "training margins")
    for member in results["members"]:
        if member["method"] == "ldam-drw":
            member["mean_margin"] = [margin / 30 for margin in member["mean_margin"]]
    after = only(ledger(results, None), "training margins")
    assert after.measured == pytest.approx(before.measured)


def test_negative_margins_decide_nothing(results):
    for member in results["members"]:
        member["mean_margin"] = [-1.0] * 10
    assert only(ledger(results, None), "training margins").verdict == "undecided"


def test_ce_that_is_best_on_rare_classes_fails(results):
    for member in results["members"]:
        member["class_accuracy"] = np.linspace(0.1, 0.9, 10).tolist()
    row = only(ledger(results, None), "Spearman")
    assert row.measured == pytest.approx(-1.0)
    assert row.verdict == "fails"


def test_a_correlations_interval_stays_between_minus_one_and_one(results):
    for member in results["members"]:
        if member["method"] == "ce" and member["seed"] == 0:
            member["class_accuracy"] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.0, 0.1]
    low, high = only(ledger(results, None), "Spearman").interval
    assert 0 < low < high == 1.0


def test_one_seed_decides_nothing(results):
    results["members"] = [m for m in results["members"] if m["seed"] == 0]
    for row in results["summary"]:
        row["interval"] = None
    verdicts = {row.prediction: row.verdict for row in ledger(results, None)}
    assert set(verdicts.values()) == {"undecided", "holds"}
    assert only(ledger(results, None), "gradient").verdict == "holds"


def test_equal_class_counts_decide_nothing(results):
    results["class_counts"] = [100] * 10
    row = only(ledger(results, None), "mean test logits")
    assert np.isnan(row.measured)
    assert row.verdict == "undecided"


def test_methods_that_were_not_trained_have_no_row(results):
    results["members"] = [m for m in results["members"] if m["method"] == "ce"]
    results["summary"] = [s for s in results["summary"] if s["method"] == "ce"]
    (row,) = ledger(results, None)
    assert "Spearman" in row.prediction


def test_an_interval_needs_two_seeds():
    assert mean_interval([0.3]) == (0.3, None)
    assert mean_interval([0.2, 0.4]).interval is not None
    assert np.isnan(mean_interval([]).mean)
