"""cvc5 in a process of its own, kept for many questions and killed when one takes too long.

Its own process, because cvc5 does not always keep its time limit; kept, because starting one takes
longer than most questions.
"""

import atexit
import json
import os
import select
import subprocess
import sys

from ...foundation.working_time import waiting

__all__ = ["ask_cvc5"]

_PROGRAM = """
import ctypes, json, sys

try:
    ctypes.CDLL(None).prctl(1, 9)  # Linux: to end with whoever asks, however that ends
except (AttributeError, OSError, TypeError):
    pass

import cvc5

def answer_to(text):
    answer = ""
    for options in ({}, {"nl-ext": "full", "nl-ext-tplanes": "true"}, {"nl-cov": "true"}):
        terms = cvc5.TermManager()
        solver = cvc5.Solver(terms)
        solver.setOption("tlimit-per", "8000")
        for key, value in options.items():
            solver.setOption(key, value)
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "claim")
        while not (command := parser.nextCommand()).isNull():
            answer = command.invoke(solver, parser.getSymbolManager()).strip() or answer
        if answer in ("sat", "unsat"):
            break
    return answer

for line in sys.stdin:
    try:
        answer = answer_to(json.loads(line))
    except Exception:
        answer = "error"
    print(answer.split()[0] if answer else "unknown", flush=True)
"""

_running: dict[int, subprocess.Popen[str]] = {}
"""The process, by the process that asks: a forked child must not share its parent's pipes."""


def ask_cvc5(text: str, seconds: float) -> str:
    """``sat``, ``unsat`` or ``unknown`` for SMT-LIB text, within about ``seconds``."""
    solver = _running.get(os.getpid())
    if solver is None or solver.poll() is not None:
        solver = _running[os.getpid()] = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
    answer = ""
    try:
        assert solver.stdin is not None
        assert solver.stdout is not None
        solver.stdin.write(json.dumps(text) + "\n")
        solver.stdin.flush()
        with waiting():
            answered = select.select([solver.stdout], [], [], seconds)[0]
        if answered:
            answer = solver.stdout.readline().strip()
    except OSError:
        pass  # it died: the next question starts another
    finally:
        if (
            not answer
        ):  # out of time, interrupted or dead: an answer that comes late must not be read
            _stop()
    return answer if answer in ("sat", "unsat") else "unknown"


@atexit.register
def _stop() -> None:
    solver = _running.pop(os.getpid(), None)
    if solver is not None:
        solver.kill()
        solver.communicate()
