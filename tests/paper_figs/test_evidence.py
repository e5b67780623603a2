"""Evidence is what a folder of results holds, and nothing more."""

import subprocess
import sys
from dataclasses import replace

import pytest
from counterpoise.methods.training import FailedMember, write_results
from counterpoise.paper_figs import Evidence, findings, load_evidence
from counterpoise.paper_figs.evidence import found_in
from counterpoise.simulations import certified_map, loss_map, save_dataset
from counterpoise.simulations.coverage import coverage_sweep
from counterpoise.simulations.plug_in_world import plug_in_sweep
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.proof.certificate import Certificate


@pytest.fixture(scope="module")
def maps():
    """A certified map and a loss map, of a cell each."""
    return certified_map([1.0], [2.0], [3.0]), loss_map([1.0], [2.0], [3.0], ridge=1.0)


@pytest.fixture
def folder(tmp_path, dataset, results, maps):
    """A folder in which every command has left its file."""
    (tmp_path / "training").mkdir()
    save_dataset(dataset, tmp_path / "simulation.nc")
    save_dataset(coverage_sweep([110.0], sets=20), tmp_path / "coverage.nc")
    save_dataset(plug_in_sweep([200, 400], draws=5), tmp_path / "plug_in.nc")
    save_dataset(maps[0], tmp_path / "certified.nc")
    save_dataset(maps[1], tmp_path / "losses.nc")
    write_results(tmp_path / "training", results)
    return tmp_path


def test_a_full_folder_is_loaded_whole(folder, dataset, results):
    evidence = load_evidence(folder)
    assert evidence.training == results
    assert evidence.simulation is not None
    assert evidence.simulation.equals(dataset)
    assert evidence.coverage is not None
    assert evidence.coverage.attrs["sets"] == 20
    assert evidence.plug_in is not None
    assert evidence.plug_in.examples.to_numpy().tolist() == [200, 400]
    assert evidence.certified is not None
    assert evidence.certified.attrs["rule"] == "plug-in"
    assert evidence.losses is not None
    assert evidence.losses.attrs["ridge"] == 1.0
    assert (evidence.certificates, evidence.attacks) == ((), ())
    assert evidence.commands[-1] == "counterpoise report"


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("simulation.nc", "simulation"),
        ("coverage.nc", "coverage"),
        ("plug_in.nc", "plug_in"),
        ("certified.nc", "certified"),
        ("losses.nc", "losses"),
        ("training/results.json", "training"),
    ],
)
def test_a_part_that_is_not_there_is_none(folder, file, part):
    (folder / file).unlink()
    evidence = load_evidence(str(folder))
    assert getattr(evidence, part) is None
    assert evidence.is_measured


@pytest.mark.parametrize(
    "file",
    [
        "simulation.nc",
        "coverage.nc",
        "plug_in.nc",
        "certified.nc",
        "losses.nc",
        "training/results.json",
    ],
)
def test_a_damaged_part_is_named(folder, file):
    (folder / file).write_bytes((folder / file).read_bytes()[:100])
    with pytest.raises(InputError, match=file.replace(".", r"\.")):
        load_evidence(folder)


def test_a_folder_without_results_is_refused(tmp_path):
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(
            InputError, match="holds no results: run counterpoise simulate or train"
        ):
            load_evidence(folder)


def test_proofs_are_added_and_the_measurements_stay(results):
    proofs = [Certificate("one", "proved"), Certificate("two", "unknown")]
    evidence = Evidence(training=results).with_proofs(proofs, [Certificate("one/x", "refuted")])
    assert evidence.training is results
    first = findings(evidence)[0]
    assert "of 2 statements with 0 steps, 1 have every step proved" in first
    assert "1 of 1 false neighbours refuted" in first


def test_findings_say_only_what_was_done(dataset, results):
    assert findings(Evidence()) == []
    assert [line.split(":")[0] for line in findings(Evidence(simulation=dataset))] == [
        "Simulation",
        "Boundary",
        "Ledger",
    ]
    (trained, _) = findings(Evidence(training=results))
    assert trained.startswith("Training (digits, made long-tailed, imbalance factor 100, 3 seeds)")


def test_figures_need_no_torch():
    script = (
        "import sys, counterpoise.paper_figs; print(*sorted({'torch', 'z3'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


def test_the_folder_of_a_run_will_do(folder, results):
    assert load_evidence(folder / "training").training == results
    assert load_evidence(folder / "training").simulation is None


def test_what_is_found_and_what_is_not_is_said(folder):
    assert all(line.startswith("found: ") for line in found_in(folder))
    assert len(found_in(folder)) == 6
    (folder / "simulation.nc").unlink()
    (folder / "training" / "results.json").rename(folder / "training" / "recipe.json")
    said = found_in(folder)
    assert any(line.startswith("not found: simulation.nc") and "simulate" in line for line in said)
    assert any("unfinished" in line and "--resume" in line for line in said)
    assert load_evidence(folder).training is None


def test_members_that_diverged_are_left_out_and_named(folder, results):
    lost = FailedMember(method="la", seed=9, epoch=2, why="its loss is nan at step 3")
    write_results(folder / "training", replace(results, failed=(lost,)))
    assert "left out: la, seed 9, in epoch 2: its loss is nan at step 3" in found_in(folder)
    said = findings(Evidence(training=load_evidence(folder).training))
    assert any(line.startswith("Left out") and str(lost) in line for line in said)


def test_a_run_of_which_nothing_is_left_is_no_evidence(folder, results):
    lost = FailedMember(method="la", seed=0, epoch=2, why="its loss is nan at step 3")
    write_results(folder / "training", replace(results, members=(), summary=(), failed=(lost,)))
    assert load_evidence(folder).training is None
    with pytest.raises(InputError, match="all 1 members diverged"):
        load_evidence(folder / "training")


def test_of_two_runs_the_one_not_used_is_named(folder, results):
    write_results(folder, results)
    assert any(line.startswith("not used") for line in found_in(folder))


def test_an_unfinished_run_alone_says_how_to_go_on(tmp_path):
    (tmp_path / "recipe.json").write_text("{}")
    with pytest.raises(InputError, match="--resume"):
        load_evidence(tmp_path)
