"""Theorems checked by Coq's kernel, each with the axioms that it rests on.

Many theorems go into one run of ``coqc``. A part without a proof rests on an axiom of its own, and so its
theorem does not count; a theorem that ends the run, or outlasts it, is left out and the others go on.
What counts is what ``Print Assumptions`` says: the axioms of the classical reals, and the integers and
floating-point numbers of the machine where interval arithmetic computed with them.

Checked by: forged theorems (false, undefined somewhere, admitted), which must not pass.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ...foundation.validation import InputError
from .project import Export, header, library, source_of

__all__ = ["ACCEPTED", "Checked", "check", "coq_version", "kind_of"]

ACCEPTED = {
    "the classical reals": (
        r"ClassicalDedekindReals\.sig_(not_dec|forall_dec)|Classical_Prop\.classic"
        r"|FunctionalExtensionality\.functional_extensionality_dep"
        r"|ProofIrrelevance\.proof_irrelevance|Eqdep\.Eq_rect_eq\.eq_rect_eq"
        r"|ClassicalEpsilon\.constructive_indefinite_description"
    ),
    "the machine's integers": r"(PrimInt63|Uint63|Sint63|Int63)\.\w+",
    "the machine's floats": r"(PrimFloat|FloatAxioms|FloatOps|SpecFloat)\.\w+",
}
"""Axioms that a theorem may rest on, by what they speak of."""

TOGETHER = 25
"""Theorems in one run."""
SECONDS = 60
"""What one theorem may take, all its parts together."""

HOW_TO_INSTALL = (
    "coqc was not found: install Coq 8.16 or newer with coq-interval and coquelicot"
    " (Debian: apt-get install coq libcoq-interval libcoq-coquelicot; opam: coq-interval coq-coquelicot)"
)


class Checked(NamedTuple):
    """What the kernel says of a theorem: its axioms, or why it is not proved (then there are none)."""

    axioms: tuple[str, ...] = ()
    reason: str = ""


def kind_of(axiom: str) -> str:
    """What an axiom speaks of; empty for one that is not accepted."""
    return next((kind for kind, names in ACCEPTED.items() if re.fullmatch(names, axiom)), "")


@cache
def coq_version() -> str:
    """The version of Coq that is installed.

    Raises
    ------
    InputError
        If there is none; how to install it.
    """
    program = shutil.which("coqc")
    if program is None:
        raise InputError(HOW_TO_INSTALL)
    said = subprocess.run([program, "--print-version"], capture_output=True, text=True, check=False)
    return said.stdout.split(" ")[0].strip()


def check(
    exports: Sequence[Export], *, jobs: int = 1, progress: Callable[[], object] | None = None
) -> dict[str, Checked]:
    """The kernel's verdict on every theorem, by its name.

    Raises
    ------
    InputError
        If Coq or one of its libraries is not installed.
    """
    coq_version()
    found: dict[str, Checked] = {}
    runs = [list(exports[i : i + TOGETHER]) for i in range(0, len(exports), TOGETHER)]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _compile_library(folder)

        def run(index: int) -> None:
            for name, verdict in _checked(runs[index], folder, f"Part{index}"):
                found[name] = verdict
                if progress is not None:
                    progress()

        with ThreadPoolExecutor(jobs or os.cpu_count() or 1) as pool:
            list(pool.map(run, range(len(runs))))
    return found


def _compile_library(folder: Path) -> None:
    for name, text in library().items():
        (folder / f"{name}.v").write_text(text, encoding="utf-8")
        code, _, said = _coqc(folder, name, 300)
        if code:
            missing = re.search(r"Cannot find a physical path bound to logical path (\S+)", said)
            why = f"{missing[1]} is missing; {HOW_TO_INSTALL}" if missing else said[-300:]
            raise InputError(f"the library of lemmas does not compile: {why}")


def _coqc(folder: Path, name: str, seconds: float) -> tuple[int, str, str]:
    """Exit code, what was printed, and the errors; -1 where time was up."""
    command = ["coqc", "-q", "-w", "none", "-R", ".", "Counterpoise", f"{name}.v"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        return -1, (error.stdout or b"").decode(), "it took too long"
    return done.returncode, done.stdout, done.stderr


def _checked(exports: list[Export], folder: Path, file: str) -> Iterator[tuple[str, Checked]]:
    """The verdicts on some theorems; what ends a run is left out of the next."""
    while exports:
        text = header("Counterpoise", "Unproved")
        text += "".join(source_of(export, again=True) for export in exports)
        (folder / f"{file}.v").write_text(text, encoding="utf-8")
        code, said, error = _coqc(folder, file, SECONDS * len(exports))
        parts = re.split(r"^## (\S+)$", said, flags=re.MULTILINE)[1:]
        told = dict(zip(parts[::2], parts[1::2], strict=True))
        if code:  # the theorem that was begun last ended the run
            last = max((i for i, e in enumerate(exports) if e.name in told), default=0)
            yield exports[last].name, Checked(reason=_error(error))
            told.pop(exports[last].name, None)
        else:
            last = len(exports) - 1
        for name, answer in told.items():
            yield name, _verdict(answer)
        exports = exports[last + 1 :]


def _error(said: str) -> str:
    return " ".join(said.partition("Error:")[2].split())[:300] or said[:300]


def _verdict(said: str) -> Checked:
    """From what Coq printed of a theorem: parts without proof, then its axioms."""
    goals, mark, listed = said.rpartition("Axioms:")
    if not mark:
        if "Closed under the global context" in said:
            return Checked()
        return Checked(reason="no axioms were printed")
    axioms = tuple(sorted(re.findall(r"^([A-Za-z_][\w.']*)(?= :|\s*$)", listed, re.MULTILINE)))
    foreign = [axiom for axiom in axioms if not kind_of(axiom)]
    if foreign:
        parts = [" ".join(goal.split()) for goal in goals.split("NOT PROVED")[1:]]
        return Checked(reason="; ".join(parts) or f"rests on {', '.join(foreign)}")
    return Checked(axioms)
