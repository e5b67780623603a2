"""Proof scripts: what Coq is told to try for a theorem; its kernel alone decides whether it is a proof.

A script proves the parts of a theorem in turn, each with those before it as hypotheses.
"""

import ast
import contextlib
from collections.abc import Sequence

from ..certificate import Certificate
from ..second.reading import read_relation
from ..second.second_opinion import NotReal, parse
from .statement import Theorem, relations_of, written_of
from .terms import NotTranslated, Translator, coq_name
from .tree_cases import case_tactic, identity_tactic

__all__ = ["parts", "script_of"]

SECONDS = 10
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
        return "".join(places) + parts(["relation"] * count) + "."
    return f"prepare; {parts(_tactics(theorem, certificate))}."


def _tactics(theorem: Theorem, certificate: Certificate) -> list[str]:
    """A tactic for every part: by the tree of its case, where there is one, else without."""
    by_tree: dict[str, list[str]] = {}
    words = Translator(theorem.integers, theorem.is_positive)
    relations = relations_of(certificate)
    texts = dict(zip(relations, written_of(certificate)[0], strict=True))
    about = theorem.integers, theorem.is_positive, certificate.evidence.get("witness") or {}
    for case in certificate.evidence.get("cases", ()):
        relation = case["relation"]
        left, sign, right = read_relation(relation)
        with contextlib.suppress(NotTranslated, NotReal):
            if case["tree"]["rule"] == "identity":
                tactic = identity_tactic(texts[relation], certificate.domain, *about)
                by_tree.setdefault(relation, []).append(tactic)
                continue
            tactic = case_tactic(case, texts.get(relation) or relation, *about)
            by_tree.setdefault(relation, []).append(tactic)
            if sign == "!=" and ast.unparse(right) == "0":
                by_tree.setdefault(f"{words.stated(left)} <> 0", []).append(tactic)
            elif sign in (">", ">=") and ast.unparse(right) == "0":
                text = f"0 {'<' if sign == '>' else '<='} {words.stated(left)}"
                by_tree.setdefault(text, []).append(tactic)
    keys = [*theorem.conditions, *relations]
    return [_either(by_tree.get(key, ())) for key in keys]


def _either(tactics: Sequence[str]) -> str:
    """The tactics that know no tree, briefly; those that do; then the former again, at more length."""
    if not tactics:
        return "relation"
    return f"first [quickly | {' | '.join(tactics)} | relation]"


def parts(tactics: list[str], seconds: int = SECONDS) -> str:
    """The parts of a conjunction, each proved with those before it at hand."""
    *first, last = [f"first [timeout {seconds} (abstract ({t})) | give_up]" for t in tactics]
    opened = "".join(f"(apply and_then; [ {tactic} | intro;\n  " for tactic in first)
    return opened + last + " ])" * len(first)
