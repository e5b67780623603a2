"""One statement, or a list of them, as a reader of a terminal sees it; from the stored proofs, at once."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

from ..claims.statement import Mutant, Statement, Step
from ..foundation.columns import columns
from ..foundation.validation import InputError
from ..proof.certificate import Certificate
from .attacks import stored_attacks
from .catalogue import TITLES, chapter_of
from .verdicts import stored_certificates

__all__ = ["described", "in_words", "listed"]

_attacks, _proofs = cache(stored_attacks), cache(stored_certificates)


def listed(several: Sequence[Statement]) -> str:
    """Names, tiers and titles, by chapter."""
    certificates = _proofs()
    rows, chapter = [], ""
    for statement in several:
        if chapter != (chapter := chapter_of(statement.name)):
            rows.append([f"{TITLES[chapter]} ({chapter})"])
        tier = certificates[statement.name].tier if statement.name in certificates else None
        told = [tier.name, f"kernel {tier.share}" if tier.by_kernel else ""] if tier else ["", ""]
        rows.append([f"  {statement.name}", *told, ", ".join(statement.ids), statement.title])
    return columns(rows)


def described(statement: Statement) -> dict[str, Any]:
    """All that is known of a statement as plain data: what it says, why, what is false beside it."""
    certificate = _proofs().get(statement.name, Certificate(statement.name, "unknown"))
    shown = statement.shown() if not certificate.shown else certificate.shown
    formula = shown["formula"]
    return {
        "name": statement.name,
        "title": statement.title,
        "chapter": chapter_of(statement.name),
        "numbers": list(statement.ids),
        "status": certificate.status,
        "mark": statement.mark,
        "tier": certificate.tier._asdict(),
        "standing": certificate.standing,
        "source": statement.source,
        "corrects": statement.corrects,
        "theorem": shown["theorem"][0] if shown["theorem"] else None,
        "formula": formula and Certificate("", "unknown", shown={"formula": formula}).says(),
        "symbols": {
            name: {"in": statement.domains.get(name, ""), "means": meaning}
            for name, meaning in statement.symbols.items()
        },
        "argument": statement.argument,
        "steps": [
            {
                "name": step.name,
                "numbers": list(step.ids),
                "status": part.status,
                "tier": part.tier._asdict(),
                "engines": list(part.engines),
                "text": step.text,
                "claim": part.says(),
            }
            for step, part in zip(_decided(statement, certificate), certificate.parts, strict=False)
        ],
        "all_classes": _theorems(statement),
        "cites": list(statement.cites),
        "rests_on": _foundations(statement),
        "false_neighbours": _neighbours(statement),
        "example": _example(statement, certificate),
        "functions": [f"counterpoise.theory.{chapter_of(statement.name)}.{f}" for f in statement.functions],
    }  # fmt: skip


def _decided(statement: Statement, certificate: Certificate) -> list[Step]:
    """The steps; and the formula, where the proof decides it besides."""
    steps = list(statement.steps)
    more = certificate.parts[len(steps) : len(certificate.parts) - len(statement.cites)]
    if more and statement.formula is not None:
        steps.append(Step("formula", "the formula as it stands", statement.formula))
    return steps


def _foundations(statement: Statement) -> dict[str, str]:
    known = _proofs()
    return {name: known[name].standing if name in known else "" for name in statement.rests_on}


def _theorems(statement: Statement) -> list[dict[str, Any]]:
    """What Coq proves of it whole, for all K: names, readings, axioms; none if the files have changed."""
    from ..proof.kernel import field, theorems

    told = theorems.stored()
    if told["files"] != field.fingerprint():
        return []
    return [
        {
            "name": theorem.name,
            "file": f"proof/kernel/coq/field/{theorem.file}.v",
            "says": theorem.says,
            "axioms": told["axioms"][theorem.name],
        }
        for theorem in theorems.THEOREMS
        if statement.name in theorem.statements
    ]


def _neighbours(statement: Statement) -> list[dict[str, Any]]:
    """The false neighbours; the counterexample is stored, or else looked for now."""
    known = {attack.name: attack for attack in _attacks()}
    found = []
    for mutant in statement.mutants:
        attack = known.get(f"{statement.name}/{mutant.name}")
        if attack is None or not _is_of(attack, mutant):
            attack = mutant.claim.refute()
        point = attack.counterexample
        found.append(
            {
                "name": mutant.name,
                "mistake": mutant.text,
                "claim": attack.says(),
                "status": attack.status,
                "counterexample": point["text"] if point else None,
            }
        )
    return found


def _is_of(attack: Certificate, mutant: Mutant) -> bool:
    """Whether a stored counterexample is to what the catalogue says now."""
    texts = {"claim": (), "domain": {}, "given": (), "written": ()} | mutant.claim.texts()
    held = {name: getattr(attack, name) for name in texts}
    return json.dumps(held, default=dict) == json.dumps(texts, default=dict)


# -------------------------------------------------------------------------------- numbers

_VALUES = ("2", "1/2", "3", "1/3", "5", "1/5", "1", "7", "1/10", "10", "0", "-1", "3/2", "100")


def _example(statement: Statement, certificate: Certificate) -> dict[str, Any] | None:
    """Both sides at a point, of the formula or of the first step that tells two sides apart."""
    for stated, part in _with_values(statement, certificate):
        claim: Any = stated.claim.of if stated.kind == "failure" else stated.claim
        point = dict(part.evidence.get("witness") or {}) or _point(claim)
        if point is None:
            continue
        try:
            sides = claim.evaluate(**{name: float(Fraction(at)) for name, at in point.items()})
            left, right = float(sides["left"]), float(sides["right"])
        except (InputError, ValueError, TypeError, ArithmeticError):
            continue
        if left == left and right == right:
            relation = replace(part, domain={}).says()
            holds = bool(sides["holds"])
            return {"of": relation, "at": point, "left": left, "right": right, "holds": holds}
    return None


def _with_values(statement: Statement, certificate: Certificate) -> list[tuple[Any, Certificate]]:
    pairs = [
        (step.stated, part)
        for step, part in zip(_decided(statement, certificate), certificate.parts, strict=False)
        if step.stated.has_values and part.domain and _has_two_sides(part)
    ]
    formula = statement.formula
    return sorted(pairs, key=lambda pair: pair[0] != formula)


def _has_two_sides(part: Certificate) -> bool:
    left, _, right = part.claim[0].partition(" == ")
    return left != right


def _point(claim: Any) -> dict[str, str] | None:
    """A simple number for every symbol, different ones where there is a choice; none under hypotheses."""
    import sympy

    if claim.given:
        return None
    point: dict[str, str] = {}
    for symbol, where in claim.domains.items():
        inside = [value for value in _VALUES if sympy.Rational(value) in where]
        free = [value for value in inside if value not in point.values()]
        if not inside:
            return None
        point[symbol.name] = (free or inside)[0]
    return point


# ---------------------------------------------------------------------------------- words


def in_words(data: Mapping[str, Any]) -> str:
    """What `described` gathered, as text."""
    numbers = f" ({', '.join(data['numbers'])})" if data["numbers"] else ""
    lines = [f"{data['name']}{numbers}: {data['standing']}", "", f"{data['title']}.", ""]
    lines += [f"  {data[key]}" for key in ("theorem", "formula") if data[key]]
    lines += ["", f"Source: {data['source']}"]
    lines += [f"Corrects: {data['corrects']}"] if data["corrects"] else []
    symbols = [[f"  {name}", said["in"], said["means"]] for name, said in data["symbols"].items()]
    lines += _block("Symbols", columns(symbols))
    steps = [
        [f"  {s['name']}", s["tier"]["name"], ", ".join(s["engines"]), s["text"]]
        for s in data["steps"]
    ]
    lines += _block(f"Proof: {data['argument']}", columns(steps))
    if axioms := ", ".join(data["tier"]["axioms"]):
        lines.append(f"  kernel: Coq's kernel checked the step; these rest on {axioms}.")
    proved = [[f"  {t['name']}", t["file"], t["says"]] for t in data["all_classes"]]
    lines += _block("In Coq, for all K", columns(proved))
    lines += _block("Cited", "\n".join(f"  {text}" for text in data["cites"]))
    rests = [[f"  {name}", verdict] for name, verdict in data["rests_on"].items()]
    lines += _block("Rests on", columns(rests))
    lines += _block("False neighbours", "\n".join(map(_neighbour, data["false_neighbours"])))
    if example := data["example"]:
        at = ", ".join(f"{name} = {value}" for name, value in example["at"].items())
        relation = "holds" if example["holds"] else "does not hold"
        sides = f"left side {example['left']:.12g}, right side {example['right']:.12g}: {relation}"
        lines += _block("Numbers", f"  {example['of']}\n  at {at}: {sides}")
    lines += _block("Functions", "\n".join(f"  {name}" for name in data["functions"]))
    return "\n".join(lines)  # fmt: skip


def _block(title: str, text: str) -> list[str]:
    return ["", title, text] if text else []


def _neighbour(said: Mapping[str, Any]) -> str:
    fails = said["counterexample"] or "no counterexample found"
    return f"  {said['mistake']}\n    {said['claim']}\n    {said['status']}: {fails}"
