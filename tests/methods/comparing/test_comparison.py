"""Methods against each other: SciPy's paired test, pairs across folders, and what may not be paired."""

import csv
import io
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from changed_results import change_members, keep_members
from counterpoise.methods.comparing.comparison import MEASURES, compare, compared
from counterpoise.methods.training import Recipe, run, write_results
from counterpoise.theory.foundation.validation import InputError
from scipy import stats

METHODS = ("ce", "la", "drw")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run whose numbers are then drawn at random, so that no two are equal."""
    recipe = Recipe(methods=METHODS, seeds=4, epochs=1, batch_size=128)
    trained = run(recipe, tmp_path_factory.mktemp("comparison") / "run")
    random = np.random.default_rng(0)
    return change_members(trained, lambda m: {name: random.uniform() for name in MEASURES})


def values(results, method, measure):
    return [getattr(m, measure) for m in results.members if m.method == method]


def test_every_pair_has_the_interval_of_a_paired_t_test(results):
    rows = compare({"mine": results})
    assert [(row.against, row.method) for row in rows] == list(combinations(METHODS, 2))
    for row in rows:
        for measure in MEASURES:
            test = stats.ttest_rel(*(values(results, m, measure) for m in row[:2]))
            gap = getattr(row, measure)
            assert gap.interval == pytest.approx(tuple(test.confidence_interval(0.95)))
        test = stats.ttest_rel(*(values(results, m, "balanced_accuracy") for m in row[:2]))
        assert row.together == pytest.approx(tuple(test.confidence_interval(1 - 0.05 / 3)))
        assert row.seeds == 4


def test_against_a_baseline_and_one_pair_alone(results):
    assert [row[:2] for row in compare({"mine": results}, against="la")] == [
        ("ce", "la"),
        ("drw", "la"),
    ]
    (row,) = compare({"mine": results}, ["drw"], "la")
    assert row.balanced_accuracy is not None
    assert row.together == row.balanced_accuracy.interval
    assert "at once" not in compared({"mine": results}, ["drw"], "la")


def test_only_seeds_that_both_have_are_paired(results):
    fewer = keep_members(results, lambda m: m.method != "la" or m.seed in (1, 3))
    seeds = {row.method: row.seeds for row in compare({"mine": fewer}, against="ce")}
    assert seeds == {"la": 2, "drw": 4}
    (row,) = compare({"mine": keep_members(fewer, lambda m: m.seed == 1)}, ["la"], "ce")
    assert row.balanced_accuracy is not None
    assert (row.seeds, row.balanced_accuracy.interval, row.together) == (1, None, None)


def test_a_group_without_classes_has_no_difference(results):
    (row, *_) = compare({"mine": change_members(results, lambda m: {"few": None})})
    assert row.few is None
    assert row.many is not None


def test_folders_are_paired_by_seed(results):
    """The second folder holds the first one's members a tenth better, under other epochs."""
    raised = {"balanced_accuracy": 0.1}
    other = change_members(
        replace(results, recipe={**results.recipe, "epochs": 9}),
        lambda m: {name: getattr(m, name) + gain for name, gain in raised.items()},
    )
    other = keep_members(other, lambda m: m.method == "la")
    runs = {"a": results, "b": other}
    (row,) = compare(runs, ["b:la"], "a:la")
    assert row.balanced_accuracy is not None
    assert row.balanced_accuracy.mean == pytest.approx(0.1)
    assert row.balanced_accuracy.interval == pytest.approx((0.1, 0.1))
    assert {name for row in compare(runs, against="ce") for name in row[:2]} == {
        "ce", "drw", "a:la", "b:la",
    }  # fmt: skip
    assert [row[:2] for row in compare(runs, ["la"])] == [("b:la", "a:la")]
    assert "b differs from a: epochs 9 in place of 1" in compared(runs)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"data": "mnist"}, "data mnist in place of digits"),
        ({"imbalance_factor": 10.0}, "imbalance factor 10 in place of 100"),
        ({"profile": "step"}, "profile step in place of exponential"),
        ({"subset": "seeded"}, "subset seeded in place of canonical"),
        ({"validation": 5}, "validation 5 in place of 0"),
        ({"label_noise": 0.2}, "label noise 0.2 in place of 0"),
    ],
)
def test_runs_on_other_examples_are_not_paired(results, fields, said):
    other = replace(results, recipe={**results.recipe, **fields})
    with pytest.raises(InputError, match=f"b and a cannot be paired.*: {said}"):
        compare({"a": results, "b": other})


def test_other_class_counts_are_not_paired(results):
    other = replace(results, class_counts=(*results.class_counts[:-1], 2))
    with pytest.raises(InputError, match=r"b and a cannot be paired.*other class counts"):
        compare({"a": results, "b": other})


def test_methods_that_are_not_there_or_share_nothing_are_refused(results):
    with pytest.raises(InputError, match="unknown method 'las'"):
        compare({"a": results}, ["las"])
    with pytest.raises(InputError, match="unknown against 'lo'"):
        compare({"a": results}, against="lo")
    with pytest.raises(InputError, match="nothing to compare"):
        compare({"a": results}, ["la"])
    apart = keep_members(results, lambda m: (m.seed == 0) == (m.method == "ce"))
    with pytest.raises(InputError, match="la and ce have no seed in common"):
        compare({"a": apart}, ["la"], "ce")


def test_csv_holds_the_numbers_of_all_measures(results):
    read = list(csv.DictReader(io.StringIO(compared({"a": results}, form="csv"))))
    assert [row["measure"] for row in read[:4]] == list(MEASURES)
    for row in read:
        own, other = (
            np.array(values(results, row[n], row["measure"])) for n in ("method", "minus")
        )
        assert float(row["difference"]) == pytest.approx(100 * (own - other).mean(), rel=1e-6)
        assert bool(row["low_at_once"]) == (row["measure"] == "balanced_accuracy")


def test_the_command_end_to_end(command, results, tmp_path):
    for name in "ab":
        (tmp_path / name).mkdir()
    write_results(tmp_path / "a", results)
    write_results(
        tmp_path / "b", replace(results, recipe={**results.recipe, "imbalance_factor": 9.0})
    )
    said, code = command("compare", tmp_path / "a", "--method", "la", "--against", "ce")
    (row,) = compare({"a": results}, ["la"], "ce")
    assert code == 0
    assert row.balanced_accuracy is not None
    assert f"{100 * row.balanced_accuracy.mean:+.2f} [" in said
    said, code = command("compare", tmp_path / "a", tmp_path / "b")
    assert (code, len(said.strip().splitlines())) == (2, 1)
    assert "imbalance factor 9 in place of 100" in said
    said, code = command("compare", tmp_path / "a", "--against", "lo")
    assert (code, "unknown --against 'lo'" in said) == (2, True)
