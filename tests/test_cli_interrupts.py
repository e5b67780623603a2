"""Ctrl-C, sent to real commands at work: an answer within two seconds, in one line, and nothing left over."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("ps"), reason="process groups are those of POSIX"
)


def _listen():
    """As in a terminal: what a shell starts in the background does not hear an interrupt."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(*arguments, cwd, ready, program=("-m", "counterpoise")):
    """A command that is interrupted, as a terminal does it, once ``ready()``: code, lines, seconds."""
    process = subprocess.Popen(
        [sys.executable, *program, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, start_new_session=True,
        preexec_fn=_listen,
    )  # fmt: skip
    try:
        while not ready(process):
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.05)
        time.sleep(0.3)
        start = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=10)
        took = time.monotonic() - start
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert not alive(process.pid)
    return process.returncode, said.strip().splitlines(), took


def alive(session):
    """Processes of the session that are still at work, a moment after its leader's end."""
    for _ in range(20):
        found = subprocess.run(
            ["ps", "-o", "stat=", "-s", str(session)], capture_output=True, text=True, check=False
        ).stdout.split()
        if all(state.startswith("Z") for state in found):
            return []
        time.sleep(0.1)
    return found


def workers(count):
    def ready(process):
        found = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(process.pid)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return len(found.stdout.split()) > count  # one of them keeps track of the others

    return ready


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_proving(tmp_path, jobs):
    ready = workers(2) if jobs == "2" else lambda p: time.sleep(3) or True
    code, lines, took = interrupted("verify", "--jobs", jobs, cwd=tmp_path, ready=ready)
    assert (code, len(lines)) == (130, 1), lines
    assert took < 2
    assert "interrupted" in lines[0]


def test_simulating_with_workers_keeps_the_cells(tmp_path):
    code, lines, took = interrupted(
        "simulate", "--jobs", "2", "--draws", "100000", "--out", tmp_path / "out",
        cwd=tmp_path, ready=lambda p: (tmp_path / "out" / "simulation.cells").exists(),
    )  # fmt: skip
    assert (code, len(lines)) == (130, 1), lines
    assert took < 2
    assert "kept" in lines[0]
    assert "again" in lines[0]


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.whole)])
def test_training_says_how_to_go_on(tmp_path, jobs):
    begun = workers(2) if jobs == "2" else lambda p: (tmp_path / "run" / "members").exists()
    code, lines, took = interrupted(
        "train", "--method", "ce", "--seeds", "9", "--jobs", jobs, "--out", tmp_path / "run",
        cwd=tmp_path, ready=begun,
    )  # fmt: skip
    assert (code, len(lines)) == (130, 1), lines
    assert took < 2
    assert f"counterpoise train --out {tmp_path / 'run'} --resume" in lines[0]


SOLVING = """
import sys
from counterpoise.theory.foundation.interrupts import watch_for_interrupts
from counterpoise.theory.proof.instruments.smt import solve
watch_for_interrupts(lambda: print("interrupted", file=sys.stderr))
names = [f"v_{letter}" for letter in "abcdefgh"]
text = "(set-logic QF_NRA)\\n" + "".join(f"(declare-const {n} Real)\\n" for n in names)
for k, n in enumerate(names):
    others = " ".join(f"(* {n} {m} {names[(k + 3) % 8]})" for m in names)
    text += f"(assert (= (+ {others} (* {n} {n} {n} {n} {n})) {k + 1}.5))\\n"
open("ready", "w").close()
print(solve(text + "(check-sat)\\n", 60_000))
"""


def test_a_solver_that_does_not_listen(tmp_path):
    ready = lambda process: (tmp_path / "ready").exists()  # noqa: E731
    code, lines, took = interrupted(cwd=tmp_path, ready=ready, program=("-c", SOLVING))
    assert (code, lines) == (130, ["interrupted"])
    assert took < 2
