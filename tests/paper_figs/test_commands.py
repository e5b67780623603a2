"""The commands that a report prints are ones that the command line takes, with the data's numbers."""

import shlex
import subprocess
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import counterpoise
import pytest
import typer.main
from counterpoise.cli import app
from counterpoise.methods.results.provenance import commit, versions
from counterpoise.paper_figs import Evidence, draw_all
from counterpoise.paper_figs.report.commands import exact_commands
from counterpoise.simulations import certified_map, loss_map
from counterpoise.simulations.coverage import coverage_sweep
from counterpoise.simulations.plug_in_world import plug_in_sweep
from counterpoise.theory.foundation.validation import numbers_in


@pytest.fixture
def evidence(dataset, results):
    trained = replace(results, recipe=results.recipe | {"methods": ["ce", "la"], "epochs": 7})
    return Evidence(
        simulation=dataset,
        training=trained,
        coverage=coverage_sweep([110.0, 330.0], sets=20, seed=4),
        plug_in=plug_in_sweep([200, 400], draws=5),
        certified=certified_map([1.0], [0.5], [2.0], rule="ridge-logistic", ridge=10.0, loss="vs"),
        losses=loss_map([1.5], [2.0], [3.0], ridge=0.25, evaluation_eta=4.0),
    )


def parsed(command):
    """Verb and options, as the command line reads them."""
    program, verb, *arguments = shlex.split(command)
    assert program == "counterpoise"
    group = typer.main.get_command(app)
    chosen = group.commands[verb]  # type: ignore[attr-defined]
    return verb, chosen.make_context(verb, arguments).params


def test_every_command_is_read_by_the_command_line_with_the_same_numbers(evidence):
    options = dict(map(parsed, exact_commands(evidence).values()))
    simulate = options["simulate"]
    for option, name in (("eta", "eta"), ("kappa", "kappa"), ("separability", "Delta")):
        read = numbers_in(option, simulate[option])
        assert list(read) == evidence.simulation[name].values.tolist()
    assert simulate["draws"] == evidence.simulation.attrs["draws"]
    assert simulate["seed"] == 1
    coverage = options["coverage"]
    assert list(numbers_in("n", coverage["n"])) == [110.0, 330.0]
    assert (coverage["sets"], coverage["seed"], coverage["imbalance_factor"]) == (20, 4, 10.0)
    mapped, losses = options["map"], options["losses"]
    assert (mapped["rule"], mapped["loss"], mapped["ridge"]) == ("ridge-logistic", "vs", 10.0)
    assert list(numbers_in("kappa", mapped["kappa"])) == [0.5]
    assert list(numbers_in("eta", losses["eta"])) == [1.5]
    assert (losses["ridge"], losses["evaluation_eta"]) == (0.25, 4.0)
    train = options["train"]
    assert train["method"] == ["ce", "la"]
    assert (train["seeds"], train["epochs"], train["imbalance_factor"]) == (3, 7, 100.0)


def test_every_measured_figure_has_its_command(evidence):
    drawn = set(draw_all(evidence)) - {"bound_comparison"}  # which is of the theory alone
    assert drawn <= set(exact_commands(evidence))


def test_versions_are_those_installed():
    told = versions()
    assert told["numpy"] == version("numpy")
    assert told["z3-solver"] == version("z3-solver")
    assert "python" in told


def test_the_commit_is_gits_or_nothing():
    root = Path(counterpoise.__file__).parent
    if not (root / ".git").exists():
        assert commit() == ""
        return
    asked = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    assert commit().split(",")[0] == asked.stdout.strip()
