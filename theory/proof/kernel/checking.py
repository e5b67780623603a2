"""Theorems checked by Coq's kernel, each with the axioms that it rests on.

Many theorems go into one run of ``coqc``. A part without a proof rests on an axiom of its own, and so its
theorem does not count; a theorem that ends the run is left out and the others go on. What counts is what
``Print Assumptions`` says: the axioms of the classical reals, and the integers and floating-point numbers
of the machine where interval arithmetic computed with them. It takes seconds, so that it is asked of many
theorems at once, those that computed apart from the others: a theorem's axioms are those of its group.

Checked by: forged theorems (false, undefined somewhere, admitted), which must not pass.
"""

import atexit
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache
from pathlib import Path
from typing import NamedTuple

from ...foundation.validation import InputError
from .project import Export, header, library, source_of

Told = Callable[[dict[str, "Checked"]], object]

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

TOGETHER = 120
"""Theorems in one run."""
SECONDS = 60
"""What one theorem may take, all its parts together."""

HOW_TO_INSTALL = (
    "coqc was not found: install Coq 8.16 or newer with coq-interval and coquelicot"
    " (Debian: apt-get install coq libcoq-interval libcoq-coquelicot; opam: coq-interval coq-coquelicot)"
)


class Checked(NamedTuple):
    """What the kernel says of a theorem: its axioms, or why it is not proved (then there are none).

    ``unproved`` names the parts that have no proof; it is empty where the whole was refused.
    """

    axioms: tuple[str, ...] = ()
    reason: str = ""
    unproved: tuple[str, ...] = ()


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
    exports: Sequence[Export], *, jobs: int = 1, progress: Told | None = None
) -> dict[str, Checked]:
    """The kernel's verdict on every theorem, by its name; ``progress`` is told those of every run.

    Raises
    ------
    InputError
        If Coq or one of its libraries is not installed.
    """
    coq_version()
    found: dict[str, Checked] = {}
    jobs = jobs or os.cpu_count() or 1
    size = max(1, min(TOGETHER, -(-len(exports) // jobs)))
    runs = [list(exports[i : i + size]) for i in range(0, len(exports), size)]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _compile_library(folder)

        with ThreadPoolExecutor(jobs) as pool:
            begun = [
                pool.submit(_checked, run, folder, f"Part{index}") for index, run in enumerate(runs)
            ]
            for ended in as_completed(begun):  # here, since precision is one for all threads
                verdicts = ended.result()
                found.update(verdicts)
                if progress is not None:
                    progress(verdicts)
    return found


def _compile_library(folder: Path) -> None:
    shutil.copytree(_compiled_library(), folder, dirs_exist_ok=True)


@cache
def _compiled_library() -> Path:
    """The library of lemmas, compiled once a process: it takes longer than most theorems."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, text in library().items():
        (folder / f"{name}.v").write_text(text, encoding="utf-8")
        code, _, said = _coqc(folder, name, 300)
        if code:
            missing = re.search(r"Cannot find a physical path bound to logical path (\S+)", said)
            why = f"{missing[1]} is missing; {HOW_TO_INSTALL}" if missing else said[-300:]
            raise InputError(f"the library of lemmas does not compile: {why}")
    return folder


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


def _checked(exports: list[Export], folder: Path, file: str) -> dict[str, Checked]:
    """The verdicts on some theorems; what ends a run is left out of the next."""
    found: dict[str, Checked] = {}
    sources = {e.name: f'Goal True. idtac "## {e.name}". Abort.\n{source_of(e)}' for e in exports}
    while sources:
        text = header("Counterpoise", "Unproved") + "".join(sources.values())
        (folder / f"{file}.v").write_text(text, encoding="utf-8")
        code, said, error = _coqc(folder, file, SECONDS * len(sources))
        parts = re.split(r"## (\S+)$", said, flags=re.MULTILINE)[1:]
        told = dict(zip(parts[::2], parts[1::2], strict=True))
        if not code:
            return found | _by_axioms(told, folder, file)
        ended = next((name for name in reversed(sources) if name in told), next(iter(sources)))
        found[ended] = Checked(reason=_error(error))
        del sources[ended]
    return found


def _by_axioms(told: dict[str, str], folder: Path, file: str) -> dict[str, Checked]:
    """The verdicts after a run that went through: what it printed of every theorem is given."""
    found: dict[str, Checked] = {}
    groups: dict[bool, list[str]] = {}
    for name, said in told.items():
        parts = [" ".join(part.split()) for part in said.split("NOT PROVED")[1:]]
        if parts:
            found[name] = Checked(reason="; ".join(parts), unproved=tuple(parts))
        else:
            groups.setdefault("MACHINE" in said, []).append(name)
    for names in groups.values():
        found |= _together(names, folder, file)
    return found


def _together(names: list[str], folder: Path, file: str) -> dict[str, Checked]:
    """What some theorems rest on, asked of all at once, and of halves where one rests on something else."""
    (answer,) = _axioms([names], folder, file)
    if not answer.reason or len(names) == 1:
        return dict.fromkeys(names, answer)
    half = len(names) // 2
    return _together(names[:half], folder, file) | _together(names[half:], folder, file)


def _axioms(groups: list[list[str]], folder: Path, file: str) -> list[Checked]:
    """What groups of theorems of a compiled file rest on, each as a whole."""
    lines = [f"From Counterpoise Require {file} Counterpoise.", "From Coq Require Import Reals."]
    for index, names in enumerate(groups):
        *first, last = [f"{file}.{name}" for name in names]
        whole = "".join(f"(conj {name} " for name in first) + last + ")" * len(first)
        lines.append(f'Goal True. idtac "## {index}". Abort.')
        lines.append(f"Definition all_{index} := {whole}.\nPrint Assumptions all_{index}.")
    (folder / f"{file}Axioms.v").write_text("\n".join(lines), encoding="utf-8")
    code, said, error = _coqc(folder, f"{file}Axioms", SECONDS * (5 + len(groups)))
    if code:
        return [Checked(reason=f"the axioms were not printed: {_error(error)}")] * len(groups)
    return [_verdict(part) for part in re.split(r"## \d+$", said, flags=re.MULTILINE)[1:]]


def _error(said: str) -> str:
    return " ".join(said.partition("Error:")[2].split())[:300] or said[:300]


def _verdict(said: str) -> Checked:
    """From what Coq printed of the axioms of a theorem."""
    _, mark, listed = said.rpartition("Axioms:")
    if not mark:
        if "Closed under the global context" in said:
            return Checked()
        return Checked(reason="no axioms were printed")
    axioms = tuple(sorted(re.findall(r"^([A-Za-z_][\w.']*)(?= :|\s*$)", listed, re.MULTILINE)))
    foreign = [axiom for axiom in axioms if not kind_of(axiom)]
    return Checked(reason=f"rests on {', '.join(foreign)}") if foreign else Checked(axioms)
