"""Written predictions against results: every kind holds, fails and stays open as the numbers say."""

import csv
from dataclasses import replace

import numpy as np
import pytest
from changed_results import change_members, keep_members
from counterpoise import cli
from counterpoise.methods.predicting import KINDS, predict_recipe, rule_of
from counterpoise.methods.results.prediction_file import Prediction, Predictions, write_predictions
from counterpoise.methods.results.run_results import write_results
from counterpoise.methods.training import Recipe, run
from counterpoise.paper_figs.foretold import held_against, read_foretold, tally
from counterpoise.theory.concentration import mean_interval
from counterpoise.theory.foundation.validation import InputError
from typer.testing import CliRunner


def predictions_of(results, kind, classes=()):
    rules = tuple(rule_of(method, results.class_counts) for method in ("la", "ce"))
    one = Prediction(kind=kind, method="la", rival="ce", classes=classes)
    return Predictions(
        recipe={}, class_counts=results.class_counts, subset="", catalogue="", rules=rules,
        predictions=(one,),
    )  # fmt: skip


def with_recalls(results, gains):
    """LA's recall of every class as far from CE's, by seed; the same in every class."""
    plain = {m.seed: m.class_accuracy for m in results.members if m.method == "ce"}
    return change_members(
        results,
        lambda m: {"class_accuracy": tuple(np.add(plain[m.seed], gains[m.seed]))},
        lambda m: m.method == "la",
    )


@pytest.mark.parametrize(
    ("kind", "gains", "verdict"),
    [
        ("best at its weights", (0.02, 0.03, 0.04), "holds"),
        ("best at its weights", (-0.02, -0.03, -0.04), "fails"),
        ("best at its weights", (-0.05, 0.0, 0.05), "undecided"),
        ("tail gains", (0.02, 0.03, 0.04), "holds"),
        ("tail gains", (-0.02, -0.03, -0.04), "fails"),
        ("head pays", (-0.02, -0.03, -0.04), "holds"),
        ("head pays", (0.02, 0.03, 0.04), "fails"),
        ("same rule", (0.001, 0.002, 0.003), "holds"),
        ("same rule", (0.02, 0.021, 0.022), "fails"),
        ("same rule", (-0.02, -0.021, -0.022), "fails"),
        ("same rule", (0.0, 0.01, 0.02), "undecided"),
    ],
)
def test_recalls_decide_as_their_interval_does(results, kind, gains, verdict):
    changed = with_recalls(results, gains)
    (row,) = held_against(predictions_of(results, kind, (0, 1)), changed)
    sign = -1 if kind == "head pays" else 1
    expected = mean_interval(sign * np.array(gains))
    assert row.verdict == verdict
    assert row.measured == pytest.approx(expected.mean)
    assert row.interval == pytest.approx(expected.interval)


@pytest.mark.parametrize(
    ("slope", "noise", "sign", "size"),
    [
        (1.0, 0.1, "holds", "holds"),
        (0.6, 0.01, "holds", "fails"),
        (1.5, 0.01, "holds", "fails"),
        (1.005, 1e-6, "holds", "holds"),
        (-1.0, 0.1, "fails", "fails"),
        (0.5, 3.0, "undecided", "undecided"),
    ],
)
def test_the_shift_of_logits_has_a_sign_and_a_size(results, slope, noise, sign, size):
    tilt = np.array(rule_of("la", results.class_counts).log_tilt)
    plain = {m.seed: np.array(m.mean_logits) for m in results.members if m.method == "ce"}
    changed = change_members(
        results,
        lambda m: {"mean_logits": tuple(plain[m.seed] + (slope + noise * (m.seed - 1)) * tilt)},
        lambda m: m.method == "la",
    )
    for kind, verdict in (("shift sign", sign), ("shift size", size)):
        (row,) = held_against(predictions_of(results, kind), changed)
        assert row.verdict == verdict
        assert row.measured == pytest.approx(slope)


@pytest.mark.parametrize(
    ("margin", "verdict"), [(40.0, "holds"), (1.0, "inapplicable"), (-0.1, "inapplicable")]
)
def test_weights_fade_only_where_all_examples_are_fitted_far(results, margin, verdict):
    changed = with_recalls(results, (0.001, 0.002, 0.003))
    changed = change_members(changed, lambda m: {"min_margin": (margin,) * len(m.min_margin)})
    (row,) = held_against(predictions_of(results, "fades"), changed)
    assert row.verdict == verdict


@pytest.mark.parametrize(("ratio", "verdict"), [(0.9, "holds"), (1.1, "fails")])
def test_the_gradient_bound_is_held_by_the_worst(results, ratio, verdict):
    changed = change_members(
        results, lambda m: {"gradient_bound_ratio": ratio if m.seed == 1 else 0.5}
    )
    (row,) = held_against(predictions_of(results, "gradient bound"), changed)
    assert (row.measured, row.verdict) == (ratio, verdict)


def test_every_kind_is_counted(results):
    for kind in KINDS:
        predictions = predictions_of(results, kind, (0, 1))
        rows = held_against(predictions, results)
        (line, total) = tally(rows, predictions.predictions)
        assert line[0] == kind
        assert total[1:] == (("0",) * 4 if kind == "gradient bound" else line[1:])
        assert sorted(line[1:]) == ["0", "0", "0", "1"]
        assert set(rows[0].statements) >= set(KINDS[kind].statements)


def test_a_tolerance_is_that_of_the_prediction(results):
    """What was written before counts, not what the kind says now."""
    changed = with_recalls(results, (0.02, 0.021, 0.022))
    predictions = predictions_of(results, "same rule")
    (row,) = held_against(predictions, changed)
    kinds = {"same rule": {**KINDS["same rule"]._asdict(), "tolerance": 0.03}}
    (wider,) = held_against(replace(predictions, kinds=kinds), changed)
    assert (row.verdict, wider.verdict) == ("fails", "holds")


def test_results_that_are_not_all_of_what_was_predicted_are_refused(tmp_path):
    recipe = Recipe(methods=("ce", "la"), seeds=2, epochs=1)
    write_predictions(tmp_path, predict_recipe(recipe))
    results = run(recipe, tmp_path)
    write_results(tmp_path, keep_members(results, lambda m: (m.method, m.seed) != ("la", 1)))
    with pytest.raises(InputError, match="la, seed 1, is not among"):
        read_foretold(tmp_path)
    write_results(tmp_path, keep_members(results, lambda m: m.seed == 1))
    with pytest.raises(InputError, match="ce, seed 0, is not among"):
        read_foretold(tmp_path)
    write_results(tmp_path, keep_members(results, lambda m: m.seed == 0))  # the first, for now
    assert {m.seed for m in read_foretold(tmp_path).results.members} == {0}
    write_results(tmp_path, replace(results, recipe={**results.recipe, "lr": 0.5}))
    with pytest.raises(InputError, match="another recipe"):
        read_foretold(tmp_path)


def test_predict_train_ledger(tmp_path):
    """The commands one after the other, as a user types them."""
    out = str(tmp_path / "run")

    def typed(*words):
        done = CliRunner().invoke(cli.app, words)
        assert done.exit_code == 0, done.output
        return done.output

    said = typed(
        "predict", "digits", "--out", out, "--method", "ce", "--method", "la", "--method", "vs",
        "--seeds", "2", "--epochs", "2",
    )  # fmt: skip
    assert "unequal multipliers" in said
    assert "the first 1 of 2 seeds" in typed("train", "--out", out, "--first-seeds", "1")
    typed("ledger", out)  # of those
    assert "balanced accuracy" in typed("train", "--out", out, "--resume")
    table = str(tmp_path / "rows.csv")
    said = typed("ledger", out, "--all")
    typed("ledger", out, "--format", "csv", "--out", table)
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == said.count(" minus ") + said.count("over its bound")
    assert {row["verdict"] for row in rows} <= {"holds", "fails", "undecided", "inapplicable"}
    assert {row["in"] for row in rows} == {"training, 2 seeds"}
