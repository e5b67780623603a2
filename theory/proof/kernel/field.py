"""The Coq files of `theorems`: their order, their hash, how they compile, the axioms of what they prove.

Checked by: compiling them where ``coqc`` is installed.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from hashlib import sha256
from pathlib import Path

from ...foundation.validation import InputError

__all__ = [
    "FOLDER",
    "axioms",
    "compile_files",
    "files",
    "fingerprint",
    "needed",
    "refusal",
    "source",
]

FOLDER = Path(__file__).parent / "coq" / "field"


@cache
def source(file: str) -> str:
    """The text of one file, ``Sums`` for ``Sums.v``."""
    return (FOLDER / f"{file}.v").read_text(encoding="utf-8")


@cache
def files() -> tuple[str, ...]:
    """Every file of the library, each after those that it requires.

    >>> files()[0]
    'Sums'
    """
    needs = {path.stem: sorted(_required(source(path.stem))) for path in sorted(FOLDER.glob("*.v"))}
    return tuple(TopologicalSorter(needs).static_order())


def _required(text: str) -> set[str]:
    return set(" ".join(re.findall(r"From AllK Require Import([^.]*)\.", text)).split())


def needed(names: Iterable[str]) -> tuple[str, ...]:
    """These files and all that they require, in the order in which they compile.

    >>> needed(["Inequalities"])
    ('Sums', 'Gibbs', 'Inequalities')
    """
    pending = list(names)
    wanted = set(pending)
    while pending:
        new = _required(source(pending.pop())) - wanted
        wanted |= new
        pending += new
    return tuple(name for name in files() if name in wanted)


def compile_files(folder: Path, names: Iterable[str] | None = None) -> tuple[str, ...]:
    """Compile files (all, if none is named) and what they require with ``coqc`` in ``folder``; which.

    Raises
    ------
    InputError
        If ``coqc`` is not installed, or refuses a file.
    """
    wanted = needed(files() if names is None else names)
    for name in wanted:
        error = refusal(folder, name, source(name))[1]
        if error:
            raise InputError(f"coqc refuses {name}.v: {error[-500:]}")
    return wanted


def refusal(folder: Path, name: str, text: str) -> tuple[str, str]:
    """What ``coqc`` printed of a file, and its error: empty if it compiled.

    Raises
    ------
    InputError
        If ``coqc`` is not installed.
    """
    program = shutil.which("coqc")
    if program is None:
        raise InputError(
            "coqc was not found: install Coq 8.16 or newer (Debian: apt-get install coq)"
        )
    (folder / f"{name}.v").write_text(text, encoding="utf-8")
    command = [program, "-q", "-w", "none", "-Q", ".", "AllK", f"{name}.v"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout, (done.stderr.strip() or "an error") if done.returncode else ""


def axioms(folder: Path, groups: Iterable[Iterable[tuple[str, str]]]) -> list[tuple[str, ...]]:
    """The axioms of each group of theorems, taken together, from files compiled in ``folder``.

    A theorem is given with its file: ``("Gibbs", "gibbs")``. One group for all takes a second, one for each
    theorem a second each.

    Raises
    ------
    InputError
        If a theorem is not in its file, or the file is not compiled.
    """
    named = [[f"@{file}.{theorem}" for file, theorem in group] for group in groups]
    required = sorted({name[1:].partition(".")[0] for group in named for name in group})
    lines = [f"From AllK Require {' '.join(required)}."]
    for place, group in enumerate(named):
        lines += [
            f"Definition group{place} := ({', '.join(group)}).",
            'Goal True. idtac "##". Abort.',
        ]
        lines += [f"Print Assumptions group{place}."]
    said, error = refusal(folder, "Asked", "\n".join(lines) + "\n")
    if error:
        raise InputError(f"coqc does not know a theorem: {error[-500:]}")
    return [_listed(told.partition("Axioms:")[2]) for told in said.split("##\n")[1:]]


def _listed(axioms: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"^([A-Za-z_][\w.']*)(?=\s*:|\s*$)", axioms, re.MULTILINE)))


def fingerprint() -> str:
    """A hash of all files: what was checked is what stands here."""
    return sha256("".join(source(name) for name in files()).encode()).hexdigest()
