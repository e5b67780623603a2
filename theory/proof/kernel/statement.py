"""One Coq theorem for a certificate: the claim as its author wrote it, with domains and hypotheses.

``forall`` the variables in their domains, under the hypotheses: every part has a value, and the
relations hold. Integer variables range over Z. That a claim fails somewhere is an ``exists``.

Checked by: `faithful`, which reads the statement back and compares it with the claim at exact points.
"""

import ast
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from ..certificate import FAILS, Certificate
from ..second.openness import sign_on
from ..second.reading import Piece, all_pieces, read_relation
from ..second.second_opinion import Term, parse
from .terms import NotTranslated, Translator, coq_name

__all__ = ["Theorem", "domain_text", "relations_of", "theorem_of", "written_of"]

_AND = " /\\\n  "
_SIGNS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True)
class Theorem:
    """A statement for Coq: binders, what is assumed, and what is shown, conditions first."""

    name: str
    variables: Mapping[str, str]
    domains: tuple[str, ...]
    given: tuple[str, ...]
    conditions: tuple[str, ...]
    relations: tuple[str, ...]
    fails: bool = False
    integers: frozenset[str] = frozenset()
    is_positive: Callable[[Term], bool] = field(default=lambda term: False, compare=False)

    @property
    def statement(self) -> str:
        """The proposition."""
        shown = list(self.conditions)
        if self.fails:
            shown = [*self.domains, *self.given, *shown]
            both = " /\\ ".join(self.relations)
            shown.append(f"~ ({both})")
            binders = "".join(f"exists {n} : {sort},\n  " for n, sort in self.variables.items())
            return binders + _AND.join(map(_enclosed, shown))
        binders = " ".join(
            f"({' '.join(names)} : {sort})" for sort, names in _grouped(self.variables)
        )
        assumed = "".join(f"{_enclosed(text)} ->\n  " for text in (*self.domains, *self.given))
        body = assumed + _AND.join(map(_enclosed, (*shown, *self.relations)))
        return f"forall {binders},\n  {body}" if binders else body


def _grouped(variables: Mapping[str, str]) -> list[tuple[str, list[str]]]:
    grouped = itertools.groupby(variables.items(), key=lambda item: item[1])
    return [(sort, [name for name, _ in items]) for sort, items in grouped]


def _enclosed(text: str) -> str:
    return f"({text})" if "\\/" in text or "/\\" in text else text


def theorem_of(certificate: Certificate, name: str) -> Theorem:
    """The theorem that a proved certificate claims.

    Raises
    ------
    NotTranslated
        If some part of it has no counterpart; the reason in words.
    """
    kind = certificate.evidence.get("kind")
    if kind == "computed":
        raise NotTranslated("a computation, claimed in words")
    if certificate.status != "proved" or kind not in ("tree", "enumeration", "failure"):
        raise NotTranslated(f"{certificate.status}, with no formula of its own")
    pieces = all_pieces(certificate.domain)
    whole = {n for n, parts in pieces.items() if all(map(_is_whole, parts))}
    names = {name: coq_name(name) for name in pieces}
    if len(set(names.values())) < len(names):
        raise NotTranslated("two variables have one name in Coq")
    boxes = [
        dict(zip(pieces, chosen, strict=True)) for chosen in itertools.product(*pieces.values())
    ]

    def is_positive(term: Term) -> bool:
        return all(sign_on(term, box) == (1, True) for box in boxes)

    translator = Translator(whole, is_positive)
    relations, given = written_of(certificate)
    # In the order of a reader: what the hypotheses need comes before what the claim needs.
    facts = tuple(_relation(text, translator) for text in given)
    claims = tuple(_relation(text, translator) for text in relations)
    return Theorem(
        name,
        {names[n]: "Z" if n in whole else "R" for n in pieces},
        tuple(t for n, parts in pieces.items() if (t := domain_text(names[n], parts, n in whole))),
        facts,
        tuple(translator.conditions),
        claims,
        kind == "failure",
        frozenset(whole),
        is_positive,
    )


def relations_of(certificate: Certificate) -> Sequence[str]:
    """The relations of a claim, or those that fail."""
    if certificate.claim and certificate.claim[0].startswith(FAILS):
        return certificate.claim[0].removeprefix(FAILS).split(" and ")
    return certificate.claim


def written_of(certificate: Certificate) -> tuple[Sequence[str], Sequence[str]]:
    """Relations and hypotheses, as they were written where that is known."""
    relations = relations_of(certificate)
    written = certificate.written
    if len(written) == len(relations) + len(certificate.given):
        return written[: len(relations)], written[len(relations) :]
    return relations, certificate.given


def _relation(text: str, translator: Translator) -> str:
    left, sign, right = read_relation(text)
    match left:
        case ast.Call(func=ast.Name(id="Derivative"), args=[of, ast.Name(id=by)]) if sign == "==":
            if by in translator.integers:
                raise NotTranslated("a derivative in an integer")
            name, function = coq_name(by), translator.text(of)
            return f"is_derive (fun {name} : R => {function}) {name} ({translator.text(right)})"
    return f"{translator.text(left)} {_SIGNS[sign]} {translator.text(right)}"


def _is_whole(piece: Piece) -> bool:
    return piece.integer or (piece.low == piece.high and piece.low.lstrip("-").isdigit())


def domain_text(name: str, pieces: Sequence[Piece], whole: bool = False) -> str:
    """Where a variable lives; empty for the whole line."""
    parts = [_piece(name, piece) for piece in pieces]
    if "" in parts:
        return ""
    if whole:
        parts = [f"({part})%Z" for part in parts]
    return " \\/ ".join(parts)


def _piece(name: str, piece: Piece) -> str:
    constant = Translator()
    ends = [None if end in ("oo", "-oo") else constant.within(parse(end), 1) for end in piece.ends]
    low, high = ends
    if constant.conditions:
        raise NotTranslated("an end of a domain is not plainly a number")
    if low is not None and piece.low == piece.high:
        return f"{name} = {low}"
    below = "" if low is None else f"{low} {'<' if piece.low_open else '<='} "
    above = "" if high is None else f" {'<' if piece.high_open else '<='} {high}"
    return f"{below}{name}{above}" if below or above else ""
