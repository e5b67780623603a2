"""The ledger computes its numbers, and says holds, fails or undecided as the intervals do."""

from dataclasses import replace

import numpy as np
import pytest
from changed_results import change_members, keep_members
from counterpoise.methods.registry import METHODS
from counterpoise.paper_figs import Evidence, ledger, predictions_trained
from counterpoise.simulations.coverage import coverage_sweep
from counterpoise.simulations.plug_in_world import plug_in_sweep
from counterpoise.theory.catalogue import statements
from counterpoise.theory.concentration import mean_interval
from scipy.optimize import minimize
from scipy.special import logsumexp
from scipy.stats import binomtest


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


def with_differences(results, method, differences):
    """The method's balanced accuracies as far from CE's, seed by seed."""
    plain = {m.seed: m.balanced_accuracy for m in results.members if m.method == "ce"}
    return change_members(
        results,
        lambda m: {"balanced_accuracy": plain[m.seed] + differences[m.seed]},
        of(method),
    )


def test_every_prediction_has_its_row(results, dataset):
    rows = ledger(Evidence(training=results, simulation=dataset))
    assert {row.verdict for row in rows if row.is_predicted} == {"holds"}
    assert [row.is_predicted for row in rows] == [True] * 5 + [False] * 6
    assert len(ledger(Evidence(simulation=dataset))) == 2
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
    ("differences", "verdict"),
    [
        ((0.018, 0.02, 0.022), "holds"),
        ((-0.1, 0.0, 0.2), "undecided"),
        ((-0.022, -0.02, -0.018), "fails"),
    ],
)
def test_la_is_not_below_ce_only_if_its_interval_says_so(results, differences, verdict):
    results = with_differences(results, "la", differences)
    row = only(ledger(Evidence(training=results)), "accuracy of LA minus")
    assert row.verdict == verdict
    half = 4.302652729696142 * np.std(differences, ddof=1) / np.sqrt(3)
    assert row.measured == pytest.approx(np.mean(differences))
    assert row.interval == pytest.approx((row.measured - half, row.measured + half))


@pytest.mark.parametrize("method", ["vs", "ldam-drw", "drw", "density-ratio"])
def test_an_accuracy_that_no_statement_predicts_decides_nothing(results, method):
    for differences in ((0.2, 0.2, 0.2), (-0.2, -0.2, -0.2)):
        changed = with_differences(results, method, differences)
        row = only(ledger(Evidence(training=changed)), f"accuracy of {METHODS[method].label} minus")
        assert (row.statements, row.predicted, row.verdict) == ((), "", "measured")
        assert row.assuming.startswith("no statement predicts this")


def test_every_row_cites_statements_of_the_catalogue_or_says_that_none_predicts_it(
    results, dataset
):
    evidence = Evidence(
        training=results,
        simulation=dataset,
        coverage=coverage_sweep([110.0], sets=20),
        plug_in=plug_in_sweep([200, 400], draws=5),
    )
    rows = ledger(evidence)
    assert len({row.prediction for row in rows}) == len(rows) == 16
    for row in rows:
        assert set(row.statements) <= set(statements())
        assert bool(row.predicted) == row.is_predicted == (row.verdict != "measured")
        assert row.is_predicted or row.assuming.startswith("no statement predicts this")


def test_only_methods_whose_population_optimum_is_balanced_are_predicted():
    """Solved numerically: the optimum of the loss that is trained last picks argmax eta/pi."""
    counts = np.array([600, 300, 100])
    prior = counts / counts.sum()
    log = np.log(prior)
    late = {  # what the last stage of each method minimises: weights and offsets of a softmax loss
        "la": (np.ones(3), log),
        "balanced-softmax": (np.ones(3), log),
        "drs": (1 / prior, np.zeros(3)),
        "tla-adrw": stage_constants("tla-adrw", counts),
    }
    assert set(late) == set(predictions_trained._OPTIMAL)
    rng = np.random.default_rng(5)
    for weight, offset in late.values():
        for posterior in rng.dirichlet(np.ones(3), 20):
            found = minimize(
                lambda u, w=weight, d=offset, p=posterior: float(
                    np.sum(p * w * (logsumexp(u + d) - (u + d)))
                ),
                np.zeros(3),
                tol=1e-10,
            )
            assert found.x.argmax() == (posterior / prior).argmax()


def stage_constants(method, counts):
    """Weights and offsets of the last stage of a method of the registry."""
    loss = METHODS[method].build_loss(counts)
    constants = METHODS[method].build_schedule(counts, 5).stage(9).constants(loss)
    weight = np.asarray(constants["weight"], dtype=float)
    assert np.allclose(np.asarray(constants["scale"], dtype=float), 1.0)
    return weight, np.asarray(constants["offset"], dtype=float)


def test_a_cell_on_the_wrong_side_of_the_boundary_fails(dataset):
    assert only(ledger(Evidence(simulation=dataset)), "wrong side").measured == 0
    turned = dataset.assign(recall_mc=1 - dataset.recall_mc)
    row = only(ledger(Evidence(simulation=turned)), "wrong side")
    assert row.verdict == "fails"
    assert row.measured == int((abs(dataset.recall_mc - 0.5) > 4 * dataset.recall_se).sum())


@pytest.mark.parametrize(
    ("violations", "verdict"), [(0, "holds"), (60, "holds"), (100, "undecided"), (160, "fails")]
)
def test_a_bounds_rate_is_judged_by_its_interval(violations, verdict):
    coverage = coverage_sweep([110.0, 330.0], sets=1000)
    coverage.violations.loc[{"bound": "union", "cut": 1.0}] = violations / 2
    row = only(ledger(Evidence(coverage=coverage)), "union over classes")
    assert row.measured == violations / 2000
    assert row.interval == pytest.approx(binomtest(violations, 2000).proportion_ci(method="exact"))
    assert row.verdict == verdict


def test_a_regret_above_its_bound_fails():
    dataset = plug_in_sweep([200, 400], draws=5)
    assert only(ledger(Evidence(plug_in=dataset)), "regret").verdict == "holds"
    dataset.largest_ratio[1, 0] = 1.1
    assert only(ledger(Evidence(plug_in=dataset)), "regret").verdict == "fails"


def test_one_gradient_above_its_bound_is_enough_to_fail(results):
    first = results.members[0]
    results = change_members(results, lambda m: {"gradient_bound_ratio": 1.01}, first.__eq__)
    row = only(ledger(Evidence(training=results)), "gradient")
    assert row.measured == 1.01
    assert row.verdict == "fails"


def test_the_margin_slope_does_not_depend_on_the_unit_of_the_scores(results):
    before = only(ledger(Evidence(training=results)), "training margins")
    results = change_members(
        results, lambda m: {"mean_margin": tuple(x / 30 for x in m.mean_margin)}, of("ldam-drw")
    )
    after = only(ledger(Evidence(training=results)), "training margins")
    assert after.measured == pytest.approx(before.measured)


def test_negative_margins_have_no_slope(results):
    results = change_members(results, lambda m: {"mean_margin": (-1.0,) * 10})
    assert np.isnan(only(ledger(Evidence(training=results)), "training margins").measured)


def test_ce_that_is_best_on_rare_classes_has_a_negative_correlation(results):
    rising = tuple(np.linspace(0.1, 0.9, 10))
    results = change_members(results, lambda m: {"class_accuracy": rising})
    row = only(ledger(Evidence(training=results)), "Spearman")
    assert row.measured == pytest.approx(-1.0)
    assert row.verdict == "measured"


def test_a_correlations_interval_stays_between_minus_one_and_one(results):
    nearly = (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.0, 0.1)
    results = change_members(
        results, lambda m: {"class_accuracy": nearly}, lambda m: m.method == "ce" and m.seed == 0
    )
    low, high = only(ledger(Evidence(training=results)), "Spearman").interval
    assert 0 < low < high == 1.0


def test_one_seed_decides_nothing(results):
    results = keep_members(results, lambda m: m.seed == 0)
    verdicts = {row.verdict for row in ledger(Evidence(training=results)) if row.is_predicted}
    assert verdicts == {"undecided", "holds"}
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
