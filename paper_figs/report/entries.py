"""Statements with their certificates and counterexamples, as the plain entries that the report shows.

The theorem is MathML, what was decided is text as the certificate holds it. Checked by: the report of
the real catalogue.
"""

import re
from collections.abc import Iterable
from typing import Any

from ...theory.catalogue import TITLES, chapter_of, statements
from ...theory.claims import QuotedClaim, Statement
from ...theory.proof.certificate import Certificate
from .mathml import theorem
from .plain import decided_text, symbol_text, typeset

__all__ = ["attack_entry", "claim_entry", "entries"]


def entries(
    certificates: Iterable[Certificate], attacks: Iterable[Certificate]
) -> list[dict[str, Any]]:
    """One entry a certificate, in order, each with the attacks on its false neighbours."""
    known = statements()
    attacked: dict[str, list[Certificate]] = {}
    for attack in attacks:
        attacked.setdefault(known[attack.name.split("/")[0]].name, []).append(attack)
    return [claim_entry(known[c.name], c, attacked.get(c.name, [])) for c in certificates]


def claim_entry(
    statement: Statement, certificate: Certificate, attacks: Iterable[Certificate] = ()
) -> dict[str, Any]:
    """What the report says of one statement, its tier, and the attacks on its false neighbours."""
    attacks = list(attacks)
    headline = statement.headline
    quoted = isinstance(headline, QuotedClaim)
    decided = [*certificate.parts, *attacks]
    tier = certificate.tier
    return {
        "name": statement.name,
        "title": typeset(statement.title),
        "source": typeset(statement.source),
        "tier": tier.name,
        "kernel": tier.share if tier.by_kernel else "",
        "axioms": list(tier.axioms),
        "engines": list(certificate.engines),
        "argument": typeset(statement.argument),
        "rests_on": list(statement.rests_on),
        "corrects": typeset(statement.corrects),
        "chapter": TITLES[chapter_of(statement.name)],
        "symbols": _symbols(statement, decided),
        "theorem": theorem(headline.formula if quoted else statement.latex()),
        "words": headline.words if quoted else str(headline),
        "steps": _steps(statement, certificate),
        "cites": list(statement.cites),
        "attacks": [attack_entry(statement, attack) for attack in attacks],
    }


def attack_entry(statement: Statement, certificate: Certificate) -> dict[str, Any]:
    """What the report says of one mutant; the certificate's name ends with the mutant's."""
    key = certificate.name.rsplit("/", 1)[-1]
    mutant = next(mutant for mutant in statement.mutants if mutant.name == key)
    found = certificate.counterexample
    return {
        "name": key,
        "mutant": typeset(mutant.text),
        "status": certificate.status,
        "counterexample": "" if found is None else typeset(found["text"]),
        "formula": decided_text(certificate),
    }


def _steps(statement: Statement, certificate: Certificate) -> list[dict[str, str]]:
    texts = {step.name: step.text for step in statement.steps}
    return [
        {
            "name": part.name,
            "tier": part.tier.name,
            "engine": ", ".join(part.engines),
            "text": typeset(texts.get(part.name, part.detail)),
            "formula": decided_text(part),
        }
        for part in certificate.parts
        if part.claim
    ]


def _symbols(statement: Statement, decided: Iterable[Certificate]) -> list[tuple[str, str]]:
    """The symbols that occur in what is shown, with their meanings."""
    used = {name for part in decided for name in part.domain}
    for part in decided:
        for text in (*part.claim, *part.given, *part.written):
            used |= set(re.findall(r"[A-Za-z]\w*", text)) - {"a"}
    return [
        (symbol_text(name), typeset(meaning))
        for name, meaning in statement.symbols.items()
        if name in used
    ]
