"""The commands that read: help, lists, one statement, methods, this machine; whole through a pipe."""

import json
import os
import subprocess
import sys
import time

import pytest
from commands import run as run_process
from counterpoise import cli
from counterpoise.methods.registry import METHODS, RULES
from counterpoise.theory.catalogue import statements


@pytest.fixture
def run(monkeypatch, capsys):
    """Run a command here; its exit code and what it printed."""
    monkeypatch.setattr(
        "counterpoise.theory.foundation.interrupts.watch_for_interrupts", lambda last_words: None
    )

    def command(*arguments):
        monkeypatch.setattr("sys.argv", ["counterpoise", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, capsys.readouterr().out

    return command


def test_bare_is_help_and_every_command_has_a_short_h(run):
    code, text = run()
    assert code == 0
    names = [c.name or c.callback.__name__ for c in cli.app.registered_commands]
    assert all(f"\n  {name} " in text for name in names)
    assert "..." not in text.split("Commands:")[1], "cut"
    for name in names:
        code, text = run(name, "-h")
        assert (code, "--help" in text) == (0, True)


def test_the_version_is_that_of_the_package(run):
    from counterpoise import __version__

    assert run("--version") == (0, f"counterpoise {__version__}\n")


def test_the_help_of_train_lists_methods_and_data(run):
    text = run("train", "--help")[1]
    assert all(key in text for key in METHODS)
    assert all(f"+{rule}" in text for rule in RULES)
    assert "digits" in text.split("Data sets:")[1]


def test_show_says_all_of_a_statement(run):
    text = run("show", "LD2")[1]
    ldam = statements()["margins.ldam_two_class"]
    for word in (
        ldam.title, ldam.source, ldam.argument, *ldam.symbols.values(), *(m.text for m in ldam.mutants),
        *(s.name for s in ldam.steps), "refuted: ", "holds", "interval, symbolic",
    ):  # fmt: skip
        assert word in text
    (data,) = json.loads(run("show", "margins.ldam_two_class", "--json")[1])
    assert len(data["false_neighbours"]) == len(ldam.mutants)
    assert run("show", "LD2", "--latex")[1].strip() == ldam.latex()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["LD2"], ["margins.ldam_two_class"]),
        (["ld2"], ["margins.ldam_two_class"]),
        (["margins.*"], [name for name in statements() if name.startswith("margins.")]),
        (["ldam", "trade-off"], ["margins.ldam_two_class"]),
    ],
)
def test_lists_are_searched_by_word_number_and_pattern(run, words, expected):
    lines = run("list", *words)[1].splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == expected


def test_everything_is_listed(run):
    text = run("list")[1]
    assert all(f"\n  {name} " in text for name in statements())


def test_methods_are_listed_and_described(run):
    text = run("methods")[1]
    assert all(key in text for key in METHODS)
    assert all(f"+{rule}" in text for rule in RULES)
    assert "ce+tau-norm" in run("methods", "tau_normalized")[1]
    assert "RetrainingRule(epochs=3)" in run("methods", "ce+crt@epochs=3")[1]
    assert "it is for examples with several labels" in run("methods", "MultiLabelLoss")[1]
    text = run("methods", "ldam-drw")[1]
    row = METHODS["ldam-drw"]
    assert all(
        word in text for word in (row.name, row.paper, row.loss, row.schedule, *row.statements)
    )


def test_the_doctor_finds_what_is_missing(run, monkeypatch):
    code, text = run("doctor")
    assert code == 0
    assert all(word in text for word in ("python", "torch", "cuda", "digits", "cvc5", "z3"))
    monkeypatch.setattr("counterpoise.theory.proof.trial._QUESTIONS", {"z3": lambda: 1 / 0})
    code, text = run("doctor")
    assert code == 1
    assert "pip install --force-reinstall z3-solver" in text


def test_pins_are_only_printed_unless_told(run, monkeypatch, tmp_path):
    from counterpoise.theory.claims import pins
    from counterpoise.theory.proof.kernel import pinned

    stored = pins.PINS.read_bytes()
    monkeypatch.setattr(pins, "pins", dict)
    monkeypatch.setattr(pins, "write_pins", lambda known: pytest.fail("wrote"))
    monkeypatch.setattr(pinned, "write_pins", lambda exports: pytest.fail("wrote"))
    code, text = run("pin")
    assert code == 1
    assert "margins.ldam_two_class" in text
    assert text.splitlines()[-1].startswith("0 of ")
    assert pins.PINS.read_bytes() == stored


def test_a_theorem_that_says_something_else_is_printed_with_its_pin(run, monkeypatch):
    from counterpoise.theory.proof.kernel import pinned

    pins = pinned.pinned()
    step = pins["theorems"]["margins.ldam_two_class"]
    other = pins["theorems"] | {"margins.ldam_two_class": {**step, "attained": "1 <= 2"}}
    monkeypatch.setattr(pinned, "pinned", lambda: {**pins, "theorems": other})
    code, text = run("pin")
    assert code == 1
    assert "margins.ldam_two_class/attained\n  - 1 <= 2\n  + forall " in text
    assert text.splitlines()[-1].startswith("1 of ")


def test_what_is_unknown_now_is_not_written_over_a_proof(run, monkeypatch, tmp_path):
    from dataclasses import replace

    from counterpoise.theory.catalogue import refuse_to_lose, stored_certificates
    from counterpoise.theory.claims.statement import Statement
    from counterpoise.theory.foundation.validation import InputError

    known = stored_certificates()

    def weaker(name, **change):
        whole = known[name]
        first = replace(whole.parts[0], status="unknown", evidence={}, **change)
        return replace(whole, status="unknown", parts=(first, *whole.parts[1:]))

    monkeypatch.setattr(Statement, "verify", lambda self: weaker(self.name))
    code, _ = run("contents", "--out", str(tmp_path), "imbalance", "--write", "--jobs", "1")
    assert code == 2
    assert not list(tmp_path.rglob("*"))
    with pytest.raises(InputError, match="nothing was written") as told:
        refuse_to_lose([weaker("diversity.gini")])
    assert "\n" not in str(told.value)
    refuse_to_lose([weaker("diversity.gini", claim=("another claim",)), known["diversity.gini"]])


def test_pages_are_written_from_stored_proofs_without_proving(run, monkeypatch, tmp_path):
    from counterpoise.theory.catalogue.verdicts import THEORY
    from counterpoise.theory.claims.statement import Statement

    monkeypatch.setattr(Statement, "verify", lambda self: pytest.fail("proved"))
    assert run("contents", "--out", str(tmp_path), "imbalance", "--stored")[0] == 0
    for name in ("README.md", "imbalance/README.md", "imbalance/proofs.json.gz"):
        assert (tmp_path / name).read_bytes() == (THEORY / name).read_bytes()


def test_pages_that_stand_there_are_not_overwritten_unless_told(tmp_path):
    (tmp_path / "README.md").write_text("mine")
    done = run_process("contents", "--out", tmp_path, "imbalance")
    assert done.returncode == 2
    assert "--write" in done.stderr
    assert (tmp_path / "README.md").read_text() == "mine"


EACH = (
    ["--help"], ["list", "margins/*"], ["show", "data_dependent_bound.certificate"], ["methods"],
    ["verify", "--fast", "margin_exponents", "--jobs", "1"], ["attack", "margins.ldam_k_class"],
)  # fmt: skip
# One process for all of them, that says before each which it is.
PIPED = """
import json, sys
from counterpoise.cli import main
for words in json.loads(sys.argv[1]):
    print("###", *words, flush=True)
    sys.argv = ["counterpoise", *words]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, words
"""


def test_what_goes_through_a_pipe_is_whole():
    narrow, wide = (
        subprocess.run(
            [sys.executable, "-c", PIPED, json.dumps(EACH)],
            capture_output=True, text=True, check=True, env={**os.environ, "COLUMNS": width},
        )
        for width in ("40", "400")
    )  # fmt: skip
    parts = [text.stdout.split("### ")[1:] for text in (narrow, wide)]
    assert len(parts[0]) == len(EACH)
    for ours, theirs in zip(*parts, strict=True):
        assert len(ours.splitlines()) > 2
        assert ours == theirs
        assert "…" not in ours
        assert "\x1b" not in ours
    assert narrow.stderr == wide.stderr == ""


def test_a_reader_that_has_seen_enough_is_no_error():
    command = f"{sys.executable} -m counterpoise list | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


def test_showing_a_statement_proves_and_attacks_nothing(monkeypatch):
    from counterpoise.theory.catalogue import described
    from counterpoise.theory.claims.relation import Claim

    for verb in ("verify", "refute"):
        monkeypatch.setattr(Claim, verb, lambda *_, **__: pytest.fail("went to work"))
    start = time.perf_counter()
    for statement in list(statements().values())[::12]:
        data = described(statement)
        assert all(row["counterexample"] for row in data["false_neighbours"])
        assert all(step["status"] != "unknown" for step in data["steps"])
    assert time.perf_counter() - start < 20
