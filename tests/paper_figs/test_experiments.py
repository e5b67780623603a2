"""Experiments by one command: all are there, a small one runs, and what an interrupt leaves."""

import re
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest
from counterpoise.cli import app
from counterpoise.methods.training import Recipe
from counterpoise.paper_figs.effects import ENDING, effects_of
from counterpoise.paper_figs.experiments import parts, running
from counterpoise.paper_figs.experiments.parts import Experiment
from counterpoise.paper_figs.experiments.running import (
    EXPERIMENTS,
    TIMES,
    command_minutes,
    experiment_of,
    run_experiment,
    times_of,
)
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.theory.foundation.validation import InputError
from typer.testing import CliRunner

SMALL = Recipe(methods=("ce", "meta-weight-net"), imbalance_factor=20, seeds=2, epochs=1,
               batch_size=512, validation=5, curve_points=1)  # fmt: skip


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_the_stored_effects_name_parts_that_are_there(name):
    parts = experiment_of(name).parts
    assert len(set(parts)) == len(parts) > 0
    commands = {effect.command for effect in effects_of(FOLDER / f"{name}{ENDING}")}
    for command in commands:
        head, *chosen = command.split(" --part ")
        assert head == f"counterpoise experiment {name} --out OUT"
        assert set(chosen) <= set(parts)


def test_a_part_is_foretold_trained_stored_and_timed_by_the_command(tmp_path, monkeypatch):
    part = "digits-meta-imbalance"
    monkeypatch.setattr(parts, "recipe_of", {part: SMALL}.__getitem__)
    words = ["experiment", "meta_weights", "--out", str(tmp_path / "out"), "--part", part]
    for _ in range(2):  # the second time nothing is left to do
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        assert done.exit_code == 0
        assert f"measured {part}" in done.stdout
    results = tmp_path / "out" / "results"
    assert (results / part / "prediction.json").exists()
    assert set(pd.read_csv(results / "meta_members.csv")["run"]) == {part}
    (row,) = times_of(results).itertuples(index=False)
    assert row.part == part
    assert row.finished
    assert row.seconds > 0
    assert row.processor_seconds > 0


def test_interrupted_parts_have_no_time_and_the_page_waits_for_all(tmp_path, monkeypatch):
    measured, fails = [], [True]

    def measure(part, at):
        measured.append(part)
        if part == "second" and fails:
            raise KeyboardInterrupt
        (at.results / f"tuning_{part}.csv").write_text("x")

    def write(folder):
        (folder / "tuning.md").write_text("page")

    made = Experiment(("first", "second"), measure, write)
    monkeypatch.setattr(running, "experiment_of", lambda name: made)
    with pytest.raises(KeyboardInterrupt):
        run_experiment("tuning", tmp_path)
    assert times_of(tmp_path / "results")["finished"].tolist() == [True, False]
    assert run_experiment("tuning", tmp_path, ["first"]) == []
    fails.clear()
    written = run_experiment("tuning", tmp_path)
    names = ["tuning.md", "tuning_first.csv", "tuning_second.csv"]
    assert [path.name for path in written] == names
    assert measured == ["first", "second", "first", "first", "second"]
    times = times_of(tmp_path / "results")
    assert times["finished"].all()
    assert times["seconds"].notna().tolist() == [True, False]
    said = command_minutes("counterpoise experiment tuning --out OUT --part first", times)
    assert said == "0.0 (0.0)"
    assert command_minutes("counterpoise experiment tuning --out OUT", times) == ""
    assert (tmp_path / "results" / TIMES).exists()


def test_every_module_that_a_page_says_to_run_can_be_run():
    root = FOLDER.parents[1]
    pages = [*FOLDER.glob("*.md"), *root.glob("*.md"), *root.glob("*/README.md")]
    told = {
        name
        for page in pages
        for name in re.findall(r"python -m (counterpoise[\w.]*)", page.read_text())
    }
    assert len(told) > 10
    for name in told:
        spec = find_spec(name)
        own = Path(spec.origin)
        run = own.with_name("__main__.py") if spec.submodule_search_locations else own
        assert "__main__" in run.read_text(), name


def test_unknown_names_are_refused_before_any_work(tmp_path):
    with pytest.raises(InputError, match="did you mean experts"):
        run_experiment("expert", tmp_path / "out")
    with pytest.raises(InputError, match="unknown part 'digits'"):
        run_experiment("experts", tmp_path / "out", ["digits"])
    assert not (tmp_path / "out").exists()
