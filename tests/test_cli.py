"""The commands, run as a user runs them."""

import json
import os
import subprocess
import sys

import pytest
from commands import run, run_here

pytestmark = pytest.mark.xdist_group("commands")  # which share a folder of results


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A small simulation and a small training run, each by a process."""
    folder = tmp_path_factory.mktemp("results")
    simulated = run(
        "simulate", "--eta", "1,100", "--kappa", "0.3,3", "--separability", "2", "--out", folder
    )
    assert simulated.returncode == 0, simulated.stderr
    covered = run("coverage", "--n", "110,330", "--sets", "200", "--out", folder)
    assert covered.returncode == 0, covered.stderr
    trained = run(
        "train", "--method", "ce", "--method", "la", "--seeds", "2", "--epochs", "2",
        "--out", folder / "training",
    )  # fmt: skip
    assert trained.returncode == 0, trained.stderr
    return folder


def test_help_imports_neither_torch_nor_sympy():
    script = (
        "import sys; sys.argv = ['counterpoise', '--help']\n"
        "from counterpoise.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'torch', 'sympy', 'matplotlib', 'xarray'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "verify" in done.stdout
    assert done.stdout.rstrip().endswith("[]")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """What verify says, run by a process, and the file that it writes."""
    file = tmp_path_factory.mktemp("certificates") / "c.json"
    return run("verify", "margins.ldam_two_class", "gaussian.score_law", "--json", file), file


def test_verify_prints_every_statement_and_recheck_confirms_the_file(certificates):
    done, file = certificates
    assert done.returncode == 0, done.stderr
    for word in (
        "margins.ldam_two_class",
        "gaussian.score_law",
        "assembled",
        "interval",
        "seconds",
    ):
        assert word in done.stdout
    assert "2 assembled" in done.stdout
    assert " steps by Coq's kernel" in done.stdout
    again = run("recheck", file)
    assert again.returncode == 0, again.stdout
    assert again.stdout.count(": confirmed") == 2
    assert "2 of 2 certificates confirmed" in again.stdout


def test_verify_fast_rechecks_the_stored_proofs():
    done = run_here("verify", "margins", "--fast", "--jobs", "1")
    assert done.returncode == 0, done.stdout
    assert "margins.ldam_k_class" in done.stdout
    assert "stored proofs, re-checked by the second engines" in done.stdout


def test_generated_mutants_are_scored():
    done = run_here("attack", "margins.ldam_k_class", "--generated")
    assert done.returncode == 0, done.stdout
    assert "score" in done.stdout
    assert "true as well" in done.stdout


def test_coverage_reports_violations_and_writes_its_data(results, tmp_path):
    done = run_here("coverage", "--n", "110", "--sets", "50", "--out", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert "0 of 50" in done.stdout
    assert (tmp_path / "again" / "coverage.nc").exists()
    assert (results / "coverage.nc").exists()


def test_recheck_exits_1_on_altered_evidence(certificates, tmp_path):
    text = certificates[1].read_text()
    place = text.index("identity")
    (tmp_path / "c.json").write_text(text[:place] + "I" + text[place + 1 :])
    done = run_here("recheck", tmp_path / "c.json")
    assert done.returncode == 1
    assert "altered" in done.stderr


def test_attack_prints_a_counterexample_for_every_mutant():
    done = run("attack", "margins.ldam_two_class")
    assert done.returncode == 0
    assert "7 of 7 mutants refuted" in done.stdout
    assert "left side" in done.stdout


def test_figures_and_report_are_drawn_from_the_results(results):
    assert run_here("figures", "--results", results).returncode == 0
    assert (results / "figures" / "regime_map.svg").read_text().startswith("<svg")
    assert (results / "figures" / "bound_coverage.svg").exists()
    done = run("report", "margins.ldam_two_class", "--results", results)
    assert done.returncode == 0, done.stderr
    page = (results / "report.html").read_text()
    assert "Where the literature is corrected" in page
    assert "Bounds against the truth" in page
    assert "<math" in page
    assert "<svg" in page
    assert "margins.ldam_two_class" in page


def test_training_refuses_to_overwrite_and_resumes_to_the_same_table(results):
    table = (results / "training" / "results.json").read_bytes()
    options = ("--method", "ce", "--method", "la", "--seeds", "2", "--epochs", "2")
    folder = ("--out", results / "training")
    assert run_here("train", *options, *folder).returncode == 2
    assert run_here("train", *options, *folder, "--resume").returncode == 0
    assert (results / "training" / "results.json").read_bytes() == table


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("verify", "margins.ldam_two_clas"), "did you mean"),
        (("attack", "nothing"), "unknown statement"),
        (("recheck", "no-such-file.json"), "cannot read"),
        (("simulate", "--eta", "0.5"), "eta"),
        (("simulate", "--kappa", "0"), "kappa"),
        (("simulate", "--eta", "1,x"), "numbers"),
        (("train", "--method", "ladm"), "did you mean"),
        (("train", "--data", "digit"), "did you mean digits"),
        (("train", "--imbalance-factor", "nan"), "--imbalance-factor"),
        (("train", "--seeds", "0"), "seeds"),
        (("train", "--device", "gpu"), "--device"),
        (("figures", "--results", "no-such-folder"), "no results"),
        (("verify", "--jobs", "-1"), "--jobs"),
        (("coverage", "--n", "4"), "n = 4"),
        (("coverage", "--delta", "2"), "delta"),
        (("contents",), "--out"),
        (("fly",), "fly"),
        (("verify", "--jsn", "x"), "--jsn"),
    ],
)
def test_a_slip_is_one_line_and_exit_code_2(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run_here(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir()), "nothing half-written"


def test_a_file_that_is_no_certificate_or_truncated_is_one_line(certificates, tmp_path):
    (tmp_path / "a.json").write_text("{}")
    assert run_here("recheck", tmp_path / "a.json").returncode == 2
    text = certificates[1].read_text()
    (tmp_path / "b.json").write_text(text[: len(text) // 2])
    done = run_here("recheck", tmp_path / "b.json")
    assert done.returncode == 2
    assert "truncated" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="uses a file as a folder, as POSIX refuses it")
@pytest.mark.parametrize(
    "arguments",
    [
        ("simulate", "--eta", "1", "--kappa", "1", "--separability", "1", "--out"),
        ("train", "--method", "ce", "--seeds", "1", "--epochs", "1", "--out"),
        ("demo", "--out"),
    ],
)
def test_a_folder_that_cannot_be_written_is_one_line(arguments, tmp_path):
    (tmp_path / "file").write_text("")
    done = run_here(*arguments, tmp_path / "file" / "folder")
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_damaged_results_are_one_line(results, tmp_path):
    training = tmp_path / "training"
    training.mkdir()
    whole = json.loads((results / "training" / "results.json").read_text())
    (training / "results.json").write_text(json.dumps(whole)[:200])
    done = run_here("figures", "--results", tmp_path)
    assert done.returncode == 2
    assert "results.json" in done.stderr
