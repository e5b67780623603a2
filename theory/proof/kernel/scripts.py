"""Proof scripts: what Coq is told to try for a theorem; its kernel alone decides whether it is a proof.

A script proves the parts of a theorem in turn, each with those before it as hypotheses.
"""

from ..certificate import Certificate
from ..second.second_opinion import parse
from .statement import Theorem
from .terms import Translator, coq_name

__all__ = ["script_of"]

SECONDS = 30
"""What one part may take."""


def script_of(theorem: Theorem, certificate: Certificate) -> str:
    """Coq's text between ``Proof.`` and ``Qed.``."""
    if theorem.fails:
        point = certificate.evidence["point"]["values"]
        places = [
            f"exists ({Translator().text(parse(point[n]))})"
            f"{'%Z' if theorem.variables[coq_name(n)] == 'Z' else ''}.\n"
            for n in certificate.domain
        ]
        count = len(theorem.domains) + len(theorem.given) + len(theorem.conditions) + 1
        return "".join(places) + _parts(["relation"] * count) + "."
    count = len(theorem.conditions) + len(theorem.relations)
    return f"prepare; {_parts(['relation'] * count)}."


def _parts(tactics: list[str]) -> str:
    """The parts of a conjunction, each proved with those before it at hand."""
    *first, last = [f"first [timeout {SECONDS} (abstract ({t})) | give_up]" for t in tactics]
    opened = "".join(f"(apply and_then; [ {tactic} | intro;\n  " for tactic in first)
    return opened + last + " ])" * len(first)
