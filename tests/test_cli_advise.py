"""``counterpoise advise`` as a user types it: the same answer as in Python, and one line for a slip."""

import sys

import pytest
from counterpoise import advise, cli
from counterpoise.methods.data import load
from counterpoise.theory.foundation import interrupts


@pytest.fixture
def run(monkeypatch, capsys):
    """Exit code, output and errors of the command."""
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["counterpoise", "advise", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ended.value.code, *capsys.readouterr()

    return run


ANSWERS = [
    (["--class-counts", "5000,500,50"], advise([5000, 500, 50])),
    (["--data", "digits"], advise(load("digits").class_counts.tolist())),
    (
        ["--class-counts", "900,90,10", "--sampled", "90,90,10"],
        advise([900, 90, 10], sampled=[90, 90, 10]),
    ),
    (
        ["--class-counts", "900,100", "--costs", "0,1;5,0", "--separable", "--target-prior", "1,1"],
        advise([900, 100], costs=[[0, 1], [5, 0]], separable=True, target_prior=[1, 1]),
    ),
]


@pytest.mark.parametrize(("arguments", "answer"), ANSWERS, ids=lambda value: str(value)[:30])
def test_it_prints_what_advise_answers(run, arguments, answer):
    code, said, errors = run(*arguments)
    assert code == 0, errors
    assert said.strip() == str(answer)


SLIPS = [
    ([], "--class-counts"),
    (["--class-counts", "5,a"], "--class-counts"),
    (["--class-counts", "9,5.5"], "--class-counts"),
    (["--class-counts", "9,5", "--data", "digits"], "not both"),
    (["--class-counts", "9,5", "--metric", "balanced"], "balanced_accuracy"),
    (["--class-counts", "9,5", "--sampled", "class-balance"], "class-balanced"),
    (["--class-counts", "9,5", "--costs", "0,1;2"], "--costs"),
    (["--class-counts", "9,5", "--costs", "1,2,3"], "--costs"),
    (["--class-counts", "9,5", "--target-prior", "1,0"], "--target-prior"),
    (["--data", "digitz"], "digits"),
]


@pytest.mark.parametrize(("arguments", "part"), SLIPS, ids=lambda value: str(value)[:40])
def test_a_slip_is_one_line(run, arguments, part):
    code, said, errors = run(*arguments)
    assert code == 2
    assert part in errors
    assert errors.count("\n") == 1
    assert not said
