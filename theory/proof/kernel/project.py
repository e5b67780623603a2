"""Exported theorems as files that a Coq user can read and compile.

One file for each file of the catalogue, with the library beside them, a ``_CoqProject`` and a Makefile.
A theorem that has no proof yet stands there as a definition: its statement, and why.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...foundation.files import output_folder, write_atomically
from ..certificate import Certificate
from .limits.claims import read_limit
from .limits.walk import limit_script
from .scripts import script_of
from .statement import theorem_of
from .terms import NotTranslated

__all__ = ["Export", "exports_of", "library", "source_of", "theorem_name", "write_project"]

COQ = Path(__file__).with_name("coq")
LIBRARY = ("Functions", "Normal", "Limits", "Counterpoise", "Unproved")
"""Files of the library in the order in which they are compiled."""

_HEADER = """\
From Coq Require Import Reals ZArith Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Counterpoise Require Import {library}.
Open Scope R_scope.
"""


def theorem_name(statement: str, step: str) -> str:
    """The name in Coq of a step's theorem."""
    return re.sub(r"\W", "__", f"{statement}.{step}")


@dataclass(frozen=True)
class Export:
    """One step of a statement: its theorem's text, or why there is none; ``script`` in place of its own."""

    statement: str
    certificate: Certificate
    text: str = ""
    script: str = ""
    reason: str = ""

    @property
    def step(self) -> str:
        """The step's name."""
        return self.certificate.name

    @property
    def name(self) -> str:
        """The theorem's name in Coq."""
        return theorem_name(self.statement, self.step)

    @property
    def proof(self) -> str:
        """What stands between ``Proof.`` and ``Qed.``."""
        if self.script:
            return self.script
        if _is_limit(self.certificate):
            return limit_script(read_limit(self.certificate))
        return script_of(theorem_of(self.certificate, self.name), self.certificate)

    @property
    def parts(self) -> int:
        """How many things the theorem says: conditions of definedness, relations, a limit."""
        if not self.text:
            return 0
        if _is_limit(self.certificate):
            value, of, _ = read_limit(self.certificate).parts
            return len(value) + len(of) + 1
        theorem = theorem_of(self.certificate, self.name)
        return len(theorem.conditions) + len(theorem.relations)

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self.statement.split(".")[0]


def exports_of(certificate: Certificate) -> list[Export]:
    """Every step of a stored certificate that claims something, translated where that is possible."""
    found = []
    for part in certificate.parts or (certificate,):
        if part.status == "cited":
            continue
        export = Export(certificate.name, part)
        try:
            text = _statement(part, export.name)
        except NotTranslated as error:
            found.append(Export(certificate.name, part, reason=str(error)))
        else:
            found.append(Export(certificate.name, part, text))
    return found


def _statement(part: Certificate, name: str) -> str:
    if _is_limit(part):
        return read_limit(part).statement
    return theorem_of(part, name).statement


def _is_limit(part: Certificate) -> bool:
    return part.evidence.get("kind") == "limit"


def library() -> dict[str, str]:
    """The Coq files that come with the package, by name."""
    return {name: (COQ / f"{name}.v").read_text(encoding="utf-8") for name in LIBRARY}


def source_of(export: Export) -> str:
    """A theorem with its proof."""
    return f"Theorem {export.name} :\n  {export.text}.\nProof.\n{export.proof}\nQed.\n"


def header(*names: str) -> str:
    """What a file of theorems begins with."""
    return _HEADER.format(library=" ".join(names))


def write_project(folder: Path, exports: Sequence[Export], failed: Mapping[str, str]) -> list[Path]:
    """Write a Coq project; ``failed``: why a theorem has no proof, by its name."""
    texts = {name: text for name, text in library().items() if name != "Unproved"}
    for file in dict.fromkeys(export.file for export in exports):
        here = [export for export in exports if export.file == file]
        texts[file] = header("Counterpoise") + "".join(_entries(here, failed))
    output_folder(folder)
    written = []
    for name, text in texts.items():
        written.append(folder / f"{name}.v")
        write_atomically(written[-1], text.encode())
    written += [folder / "_CoqProject", folder / "Makefile"]
    listed = "\n".join(("-R . Counterpoise", "-arg -w -arg none", *(f"{name}.v" for name in texts)))
    write_atomically(written[-2], f"{listed}\n".encode())
    write_atomically(written[-1], _MAKEFILE.encode())
    return written


_MAKEFILE = """\
# Needs Coq 8.16 or newer with coq-interval and coquelicot (Debian: coq libcoq-interval libcoq-coquelicot).
all: Makefile.coq
\t$(MAKE) -f Makefile.coq

Makefile.coq: _CoqProject
\tcoq_makefile -f _CoqProject -o Makefile.coq

.PHONY: all
"""


def _entries(exports: Iterable[Export], failed: Mapping[str, str]) -> Iterable[str]:
    statement = ""
    for export in exports:
        if export.statement != statement:
            statement = export.statement
            yield f"\n(* {'-' * 20} {statement} *)\n"
        detail = export.certificate.detail
        about = _comment(f"{export.step}: {detail}" if detail else export.step)
        if export.reason:
            yield f"\n{about}(* No theorem: {_plain(export.reason)}. *)\n"
        elif export.name in failed:
            why = _comment(f"No proof was found: {failed[export.name]}")
            yield f"\n{about}{why}Definition {export.name} : Prop :=\n  {export.text}.\n"
        else:
            yield f"\n{about}{source_of(export)}"


def _comment(text: str) -> str:
    return f"(* {_plain(text)} *)\n"


def _plain(text: str) -> str:
    """Text that ends no comment and opens no string in one."""
    return text.replace("(*", "( *").replace("*)", "* )").replace('"', "''")
