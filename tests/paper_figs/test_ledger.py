"""The ledger computes its numbers, and says holds, fails or undecided as the intervals do."""

from dataclasses import replace

import numpy as np
import pytest
from changed_results import change_members, change_summary, keep_members
from counterpoise.paper_figs import Evidence, ledger
from counterpoise.theory.concentration import mean_interval


def only(rows, part):
    (row,) = [row for row in rows if part in row.prediction]
    return row


def of(method):
    return lambda row: row.method == method


def with_logit_slope(results, slope, noise=0.0):
    """LA's logits with this slope in the log prior, relative to CE's; the seeds differ by noise."""
    log_prior = np.log(results.class_counts)
    plain = {m.seed: np.array(m.mean_logits) for m in results.members if m.method == "ce"}

    def tilted(member):
        tilt = slope + noise * (member.seed - 1)
        return {"mean_logits": tuple(plain[member.seed] + tilt * log_prior)}

    return change_members(results, tilted, of("la"))


def test_every_prediction_has_its_row(results, dataset):
    rows = ledger(Evidence(training=results, simulation=dataset))
    assert len(rows) == 8
    assert {row.verdict for row in rows} == {"holds"}
    assert len(ledger(Evidence(simulation=dataset))) == 1
    assert ledger(Evidence()) == []


def test_agreement_fails_once_one_cell_is_off_by_more_than_four(results, dataset):
    off = dataset.copy(deep=True)
    off.z_recall[1, 3, 1] = 4.5
    row = only(ledger(Evidence(simulation=off)), "Monte Carlo")
    assert row.measured == 4.5
    assert row.verdict == "fails"


def test_slope_is_the_mean_over_seeds_with_its_t_interval(results):
    results = with_logit_slope(results, -1.0, noise=0.1)
    row = only(ledger(Evidence(training=results)), "mean test logits")
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
    results = with_logit_slope(results, slope, noise)
    row = only(ledger(Evidence(training=results)), "mean test logits")
    assert (row.verdict, row.note) == (verdict, note)


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [((0.01, 0.03), "holds"), ((-0.01, 0.03), "undecided"), ((-0.03, -0.01), "fails")],
)
def test_a_method_beats_ce_only_if_its_interval_says_so(results, interval, verdict):
    results = change_summary(results, of("vs"), interval=interval)
    assert only(ledger(Evidence(training=results)), "VS has higher").verdict == verdict


def test_one_gradient_above_its_bound_is_enough_to_fail(results):
    first = results.members[0]
    results = change_members(results, lambda m: {"gradient_bound_ratio": 1.01}, first.__eq__)
    row = only(ledger(Evidence(training=results)), "gradient")
    assert row.measured == 1.01
    assert row.verdict == "fails"


def test_margins_that_move_to_frequent_classes_fail(results):
    counts = tuple(map(float, results.class_counts))
    results = change_members(results, lambda m: {"mean_margin": counts}, of("ldam-drw"))
    assert only(ledger(Evidence(training=results)), "training margins").verdict == "fails"


def test_the_margin_slope_does_not_depend_on_the_unit_of_the_scores(results):
    before = only(ledger(Evidence(training=results)), "training margins")
    results = change_members(
        results, lambda m: {"mean_margin": tuple(x / 30 for x in m.mean_margin)}, of("ldam-drw")
    )
    after = only(ledger(Evidence(training=results)), "training margins")
    assert after.measured == pytest.approx(before.measured)


def test_negative_margins_decide_nothing(results):
    results = change_members(results, lambda m: {"mean_margin": (-1.0,) * 10})
    assert only(ledger(Evidence(training=results)), "training margins").verdict == "undecided"


def test_ce_that_is_best_on_rare_classes_fails(results):
    rising = tuple(np.linspace(0.1, 0.9, 10))
    results = change_members(results, lambda m: {"class_accuracy": rising})
    row = only(ledger(Evidence(training=results)), "Spearman")
    assert row.measured == pytest.approx(-1.0)
    assert row.verdict == "fails"


def test_a_correlations_interval_stays_between_minus_one_and_one(results):
    nearly = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.0, 0.1)
    results = change_members(
        results, lambda m: {"class_accuracy": nearly}, lambda m: m.method == "ce" and m.seed == 0
    )
    low, high = only(ledger(Evidence(training=results)), "Spearman").interval
    assert 0 < low < high == 1.0


def test_one_seed_decides_nothing(results):
    results = change_summary(keep_members(results, lambda m: m.seed == 0), interval=None)
    verdicts = {row.prediction: row.verdict for row in ledger(Evidence(training=results))}
    assert set(verdicts.values()) == {"undecided", "holds"}
    assert only(ledger(Evidence(training=results)), "gradient").verdict == "holds"


def test_equal_class_counts_decide_nothing(results):
    results = replace(results, class_counts=(100,) * 10)
    row = only(ledger(Evidence(training=results)), "mean test logits")
    assert np.isnan(row.measured)
    assert row.verdict == "undecided"


def test_methods_that_were_not_trained_have_no_row(results):
    results = keep_members(results, of("ce"))
    (row,) = ledger(Evidence(training=results))
    assert "Spearman" in row.prediction


def test_an_interval_needs_two_seeds():
    assert mean_interval([0.3]) == (0.3, None)
    assert mean_interval([0.2, 0.4]).interval is not None
    assert np.isnan(mean_interval([]).mean)
