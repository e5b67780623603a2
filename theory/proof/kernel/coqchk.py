"""The compiled libraries checked once more, by ``coqchk``: Coq's kernel alone, without its tactics.

``python -m counterpoise.theory.proof.kernel.coqchk`` compiles the lemmas of exported proofs and the theorems
for all K, checks every compiled file of ours (what they require of Coq is taken as it is: ``-norec``), and
prints the axioms of their context: those that any file loaded assumes, whether a theorem uses it or not.

Checked by: a compiled file that was altered.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ...foundation.validation import InputError
from . import field
from .checking import HOW_TO_INSTALL, coq_version
from .project import library

__all__ = ["axioms_of_context", "compile_lemmas"]


def compile_lemmas(folder: Path) -> None:
    """Compile the lemmas of exported proofs in ``folder``.

    Raises
    ------
    InputError
        If Coq or one of its libraries is not installed.
    """
    coq_version()
    for name, text in library().items():
        (folder / f"{name}.v").write_text(text, encoding="utf-8")
        command = ["coqc", "-q", "-w", "none", "-Q", ".", "Counterpoise", f"{name}.v"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InputError(f"{name} does not compile: {done.stderr[-300:]}; {HOW_TO_INSTALL}")


def axioms_of_context(folder: Path, prefix: str, names: Iterable[str]) -> list[str]:
    """The axioms in the context of files compiled in ``folder`` under a logical name, once they pass.

    Raises
    ------
    InputError
        If ``coqchk`` is not installed, or refuses a file.
    """
    program = shutil.which("coqchk")
    if program is None:
        raise InputError(HOW_TO_INSTALL.replace("coqc was", "coqchk was"))
    modules = [part for name in names for part in ("-norec", f"{prefix}.{name}")]
    command = [program, "-silent", "-o", "-Q", ".", prefix, *modules]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr  # the summary is on the second
    if done.returncode:
        raise InputError(f"coqchk refuses {prefix}: {said.strip()[-500:]}")
    told = re.search(r"^\* Axioms:(.*?)^\* ", said, re.DOTALL | re.MULTILINE)
    if told is None:
        raise InputError("coqchk printed no axioms")
    return sorted(line for line in told[1].split() if line != "<none>")


def _main() -> None:
    with tempfile.TemporaryDirectory() as place:
        lemmas, classes = Path(place, "lemmas"), Path(place, "classes")
        for folder in (lemmas, classes):
            folder.mkdir()
        compile_lemmas(lemmas)
        told = {
            "the lemmas of exported proofs": axioms_of_context(
                lemmas, "Counterpoise", [name for name in library() if name != "Unproved"]
            ),
            "the theorems for all K": axioms_of_context(
                classes, "AllK", field.compile_files(classes)
            ),
        }
    for what, axioms in told.items():
        print(f"coqchk accepts {what}; {len(axioms)} axioms in their context:")  # noqa: T201
        print(*(f"  {axiom}" for axiom in axioms), sep="\n")  # noqa: T201


if __name__ == "__main__":
    _main()
