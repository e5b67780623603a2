"""Statements with their certificates and counterexamples, as the plain entries that the report shows.

Relations become MathML as they were written, theorems from their LaTeX. Checked by: the report of the
real catalogue.
"""

from collections.abc import Iterable
from typing import Any

import sympy
from latex2mathml.converter import convert as latex_to_mathml
from markupsafe import Markup
from sympy.printing.mathml import mathml

from ..theory.catalogue import TITLES, chapter_of, statements
from ..theory.claims import Claim, FailureClaim, LimitClaim, QuotedClaim, Statement
from ..theory.language.written import MATHML
from ..theory.proof.certificate import Certificate

__all__ = ["attack_entry", "claim_entry", "entries"]


def entries(
    certificates: Iterable[Certificate], attacks: Iterable[Certificate]
) -> list[dict[str, Any]]:
    """One entry a certificate, in order, each with the attacks on its false neighbours."""
    known = statements()
    attacked: dict[str, list[dict[str, Any]]] = {}
    for attack in attacks:
        statement = known[attack.name.split("/")[0]]
        attacked.setdefault(statement.name, []).append(attack_entry(statement, attack))
    return [
        claim_entry(known[proof.name], proof) | {"attacks": attacked.get(proof.name, [])}
        for proof in certificates
    ]


def claim_entry(statement: Statement, certificate: Certificate) -> dict[str, Any]:
    """What the report says of one statement and its verdict."""
    return {
        "name": statement.name,
        "title": statement.title,
        "source": statement.source,
        "status": certificate.status,
        "mark": statement.mark,
        "engines": list(certificate.engines),
        "seconds": certificate.seconds,
        "argument": statement.argument,
        "rests_on": list(statement.rests_on),
        "corrects": statement.corrects,
        "chapter": TITLES[chapter_of(statement.name)],
        "symbols": dict(statement.symbols),
        "mathml": formula(statement.headline),
        "decided": formula(statement.claim) if statement.theorem and statement.formula else None,
        "steps": [
            {
                "name": part.name,
                "status": part.status,
                "engine": ", ".join(part.engines),
                "text": step.text,
                "mathml": formula(step.claim),
            }
            for step, part in zip(statement.steps, certificate.parts, strict=False)
        ],
        "cites": list(statement.cites),
    }


def attack_entry(statement: Statement, certificate: Certificate) -> dict[str, Any]:
    """What the report says of one mutant; the certificate's name ends with the mutant's."""
    key = certificate.name.rsplit("/", 1)[-1]
    mutant = next(mutant for mutant in statement.mutants if mutant.name == key)
    found = certificate.counterexample
    return {
        "statement": statement.name,
        "mutant": mutant.text,
        "status": certificate.status,
        "counterexample": "" if found is None else found["text"],
        "mathml": formula(mutant.claim),
    }


def formula(claim: Any) -> Markup:
    """The claim's relations and domains as one MathML element; its words if it has no relations."""
    if isinstance(claim, FailureClaim):
        return Markup("<p>not always:</p>") + formula(claim.of)
    if isinstance(claim, QuotedClaim):
        return Markup(latex_to_mathml(claim.formula, display="block"))
    if not isinstance(claim, Claim | LimitClaim):
        return Markup("<p>{}</p>").format(str(claim))
    parts = _relations(claim)
    if isinstance(claim, Claim):
        facts = claim.written_given
        parts += facts.parts(MATHML) if facts else [_print(fact) for fact in claim.given]
        parts += [
            f"{_print(symbol)}<mo>∈</mo>{_print(where.as_set())}"
            for symbol, where in claim.domains.items()
        ]
    body = '<mo separator="true">,</mo><mspace width="0.6em"/>'.join(
        f"<mrow>{part}</mrow>" for part in parts
    )
    return Markup(f'<math display="block"><mrow>{body}</mrow></math>')


def _relations(claim: Claim | LimitClaim) -> list[str]:
    """The relations as their author wrote them, else as SymPy prints them."""
    if claim.written is None:
        return [_print(relation) for relation in claim.relations]
    return [claim.shown(MATHML)] if isinstance(claim, LimitClaim) else claim.written.parts(MATHML)


def _print(part: sympy.Basic) -> str:
    return mathml(part, printer="presentation", fold_short_frac=False)
