"""A claim about a limit, read from its certificate, and the theorem that says it in Coq.

``forall`` the parameters in their domains: the limit's value has a value, the expression has one all over
the variable's domain, and ``filterlim`` of the expression at the end that is meant is that limit. The two
texts of the claim are walked as they stand.

Checked by: `reading_back`, by a way of its own.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ...certificate import Certificate
from ...second.openness import sign_on
from ...second.reading import Box, Piece, all_pieces
from ...second.second_opinion import Term, parse
from ..statement import domain_text
from ..terms import NotTranslated, Translator, coq_name

__all__ = ["INFINITE", "LimitClaim", "read_limit"]

INFINITE = {"oo": "p_infty", "-oo": "m_infty"}
_CLAIM = re.compile(r"^limit of (.*) as (\w+) -> (\S+) is (.*)$", re.DOTALL)
_AND = " /\\\n  "


@dataclass(frozen=True)
class LimitClaim:
    """``of`` tends to ``value`` (a text, perhaps oo or -oo) as ``by`` goes to ``place``, the ``end`` of its
    domain; ``pieces``: every variable's domain."""

    of: Term
    by: str
    place: str
    end: str
    value: str
    pieces: Mapping[str, list[Piece]]

    @property
    def piece(self) -> Piece:
        """Where the variable comes from."""
        return self.pieces[self.by][0 if self.end == "low" else -1]

    def boxes(self) -> list[Box]:
        """The domain as boxes."""
        chosen = itertools.product(*self.pieces.values())
        return [dict(zip(self.pieces, parts, strict=True)) for parts in chosen]

    def translator(self) -> Translator:
        """What writes the claim's expressions."""
        boxes = self.boxes()
        return Translator((), lambda term: all(sign_on(term, box) == (1, True) for box in boxes))

    @property
    def filter(self) -> str:
        """Where the variable goes."""
        if self.place in INFINITE:
            return f"(Rbar_locally {INFINITE[self.place]})"
        side = "at_right" if self.end == "low" else "at_left"
        return f"({side} {Translator().within(parse(self.place), 5)})"

    @property
    def parts(self) -> tuple[list[str], list[str], str]:
        """The conditions of the value, those of the expression, and the limit."""
        value, of = self.translator(), self.translator()
        if self.value in INFINITE:
            target = f"(Rbar_locally {INFINITE[self.value]})"
        else:
            target = f"(locally {value.within(parse(self.value), 5)})"
        limit = (
            f"filterlim (fun {coq_name(self.by)} : R => {of.text(self.of)}) {self.filter} {target}"
        )
        return value.conditions, of.conditions, limit

    @property
    def statement(self) -> str:
        """The proposition."""
        others = " ".join(coq_name(name) for name in self.pieces if name != self.by)
        domains = {name: domain_text(coq_name(name), parts) for name, parts in self.pieces.items()}
        own = domains.pop(self.by)
        value, of, limit = self.parts
        shown = [_enclosed(condition) for condition in value]
        if of:
            before = f"{_enclosed(own)} -> " if own else ""
            needed = " /\\ ".join(map(_enclosed, of))
            shown.append(f"(forall ({coq_name(self.by)} : R), {before}{needed})")
        assumed = "".join(f"{_enclosed(text)} ->\n  " for text in domains.values() if text)
        body = assumed + _AND.join([*shown, limit])
        return f"forall ({others} : R),\n  {body}" if others else body


def _enclosed(text: str) -> str:
    return f"({text})" if "\\/" in text or "/\\" in text else text


def read_limit(certificate: Certificate) -> LimitClaim:
    """The limit that a certificate claims.

    Raises
    ------
    NotTranslated
        If it is not proved, or has no counterpart; the reason in words.
    """
    if certificate.status != "proved":
        raise NotTranslated(f"a limit, {certificate.status}")
    found = _CLAIM.match(certificate.claim[0])
    if found is None or certificate.given or len(certificate.claim) > 1:
        raise NotTranslated("more than one limit")
    of, by, place, value = found.groups()
    pieces = all_pieces(certificate.domain)
    if any(piece.integer for parts in pieces.values() for piece in parts):
        raise NotTranslated("a limit over integers")
    if len(set(map(coq_name, pieces))) < len(pieces):
        raise NotTranslated("two variables have one name in Coq")
    end = certificate.evidence["end"]
    limit = LimitClaim(parse(of), by, place, end, value, pieces)
    if place != (limit.piece.low if end == "low" else limit.piece.high):
        raise NotTranslated("a limit inside a domain")
    return limit
