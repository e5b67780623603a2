"""The tables beside results.json say what the results say; times stand apart from both."""

from dataclasses import replace

import numpy as np
import pytest
from counterpoise.methods.results.tidy import write_tables
from counterpoise.methods.results.timing import write_timings
from counterpoise.methods.training import Recipe, load_results, load_tables, run
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from result_strategies import run_results


@pytest.fixture(scope="module", params=["linear", "mlp"])
def finished(request, tmp_path_factory):
    """A run over rows of three classes, as heads together and as networks one by one."""
    random, folder = np.random.default_rng(0), tmp_path_factory.mktemp("run")
    labels = np.repeat([0, 1, 2], [120, 40, 12])
    rows = random.normal(size=(len(labels), 5)) + 1.5 * np.eye(3, 5)[labels]
    np.savez(folder / "rows.npz", X=rows, y=labels)
    recipe = Recipe(
        data=str(folder / "rows.npz"), model=request.param, methods=("ce", "la", "ldam-drw"),
        seeds=2, epochs=3, batch_size=32,
    )  # fmt: skip
    return recipe, folder / "out", run(recipe, folder / "out")


def of(value):
    return np.nan if value is None else value


def assert_same(tables, results):
    """Every number of the tables is that of the results, to the bit."""
    members = {(m.method, m.seed): m for m in results.members}
    assert len(tables.members) == len(members)
    assert len(tables.classes) == len(members) * len(results.class_counts)
    for row in tables.members.to_dict("records"):
        member = members[row["method"], row["seed"]]
        for name in ("balanced_accuracy", "many", "few", "expected_calibration_error"):
            np.testing.assert_array_equal(row[name], of(getattr(member, name)))
        assert row["train_loss"] == member.history.train_loss[-1]
        assert (row["best_epoch"], row["best_balanced_accuracy"]) == member.history.best
    for row in tables.classes.to_dict("records"):
        member, place = members[row["method"], row["seed"]], row["class"]
        assert row["class_name"] == results.class_names[place]
        assert row["count"] == results.class_counts[place]
        assert row["recall"] == member.class_accuracy[place]
        assert row["class_weight"] == member.history.class_weights[-1][place]
        for name in ("min_margin", "mean_logits", "train_accuracy", "bound_terms"):
            values = getattr(member, name)
            expected = np.nan if values is None else values[place]
            np.testing.assert_array_equal(row[name], expected)


def test_a_run_leaves_its_tables(finished):
    _, folder, results = finished
    tables = load_tables(folder)
    assert_same(tables, results)
    bounded = tables.classes.groupby("method").bound_terms.count()
    assert bounded.to_dict() == {"ce": 6, "la": 6, "ldam-drw": 0}


@given(results=run_results())
@settings(max_examples=20, deadline=None)
def test_tables_of_any_results_are_read_back_to_the_bit(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write_tables(folder, results)
    write_timings(folder, [])
    assert_same(load_tables(folder), results)


@pytest.mark.parametrize("name", ["a\rb", "a\nb", "a\r\nb", 'a,"b', " NA", "1", "µ"])
def test_any_name_of_a_class_is_read_back(finished, tmp_path, name):
    named = replace(finished[2], class_names=(name, "b", "c"))
    write_tables(tmp_path, named)
    write_timings(tmp_path, [])
    assert_same(load_tables(tmp_path), named)


def test_times_are_of_each_member_and_not_among_the_results(finished):
    recipe, folder, results = finished
    times = load_tables(folder).timings
    assert list(zip(times.method, times.seed, strict=True)) == [
        (m.method, m.seed) for m in results.members
    ]
    assert (times.epochs == 3).all()
    assert (times.seconds > 0).all()
    assert times.seconds_per_epoch.to_list() == (times.seconds / 3).to_list()
    assert (times.together == (2 * 3 if recipe.model == "linear" else 1)).all()  # seeds and methods
    assert "seconds" not in (folder / "results.json").read_text(encoding="utf-8")


def test_a_resumed_run_writes_the_same_tables(finished, tmp_path):
    recipe, folder, results = finished
    run(recipe, tmp_path)
    for lost in ("results.json", "classes.csv", "members/la-seed0.json"):
        (tmp_path / lost).unlink()
    assert run(recipe, tmp_path, resume=True) == results
    for name in ("members.csv", "classes.csv", "results.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
    assert len(load_tables(tmp_path).timings) == len(results.members)


def test_missing_or_damaged_tables_are_one_line(finished, tmp_path):
    with pytest.raises(InputError, match=r"has no members\.csv"):
        load_tables(tmp_path)
    write_tables(tmp_path, load_results(finished[1]))
    for broken in ("", "method,seed\nce,x\n", "method,seed\nce\n", 'method,seed\n"ce,0\n'):
        (tmp_path / "timings.csv").write_text(broken)
        with pytest.raises(InputError, match=r"timings\.csv is damaged"):
            load_tables(tmp_path)
