"""Claims about any number of classes as statements for Coq: sums over the naturals below K.

A family is a function on the naturals, a class one below K, and ``Sum``, ``Prod``, ``Max`` and ``Min`` are
those of ``coq/field/Sums.v``. As in `statement`, every part that may have no value leaves a condition that is
stated beside the claim, for every class where it stands under a sum. The proofs are written by hand, in
``coq/field/ClassClaims.v``; a test holds what is proved there against what is generated here from the claims.

Checked by: statements evaluated with few classes beside the claims; false claims, which the same scripts
must not prove.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..second.reading import Piece, all_pieces, read_relation
from ..second.second_opinion import Term, parse
from ..second.sums.reading import World, read_aggregates
from .terms import NotTranslated, Translator, coq_name

__all__ = ["CLAIMS", "statement_for_all_classes"]

CLAIMS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "claim_kl": ("Sum(p[j]*log(p[j]/q[j])) >= 0", {"p": "simplex", "q": "simplex"}),
    "claim_entropy": ("-Sum(p[j]*log(p[j])) <= log(K)", {"p": "simplex"}),
    "claim_pinsker": (
        "Sum(p[j]*log(p[j]/q[j])) >= Sum(Abs(p[j]-q[j]))**2/2", {"p": "simplex", "q": "simplex"}
    ),
    "claim_log_sum_exp": (
        "Max(z[j]) <= log(Sum(exp(z[j]))) <= Max(z[j]) + log(K)", {"z": "real"}
    ),
    "claim_cauchy": (
        "Sum(a[j]*b[j])**2 <= Sum(a[j]**2)*Sum(b[j]**2)", {"a": "real", "b": "real"}
    ),
    "claim_am_gm": ("Prod(x[j])**(1/K) <= Sum(x[j])/K", {"x": "positive"}),
    "claim_max_mean": ("Max(x[j]) >= Sum(x[j])/K", {"x": "real"}),
    "claim_inverse_sum": ("Sum(1/p[j]) >= K**2", {"p": "simplex"}),
    "claim_fano": (
        "-Sum(p[j]*log(p[j])) <= binary_entropy(p[y]) + (1-p[y])*log(K-1)",
        {"p": "simplex", "y": "class", "K": "integer 2.."},
    ),
    "claim_cross_entropy": (
        "-log(exp(z[y])/Sum(exp(z[j]))) >= 0", {"z": "real", "y": "class"}
    ),
}  # fmt: skip
"""The claims about K classes that are proved in Coq as they are exported, by the theorems' names."""

_OVER = {"Sum": "bigsum", "Prod": "bigprod", "Max": "bigmax"}
_SIGNS = {"==": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SIMPLEX = {"simplex": "positive_distribution", "closed simplex": "distribution"}


def statement_for_all_classes(
    relations: Sequence[str], classes: str, domains: Mapping[str, str]
) -> str:
    """The proposition that relations hold for every number of classes and all values.

    Raises
    ------
    NotTranslated
        If some part has no counterpart; the reason in words.

    Examples
    --------
    >>> print(statement_for_all_classes(["Sum(p[j]) <= 1"], "K", {"K": "integer 1..", "p": "simplex"}))
    forall (K : nat) (p : nat -> R),
      (1 <= K)%nat ->
      positive_distribution K p ->
      bigsum K (fun j => p j) <= 1
    """
    world = World.of(classes, domains, relations)
    if re.fullmatch(r"\{\d+\}|integer \d+\.\.\d+", domains[classes]):
        raise NotTranslated("the number of classes is bounded")
    if taken := {*_OVER.values(), *_SIMPLEX.values()} & {*domains}:
        raise NotTranslated(f"{taken.pop()} is a word of the library")
    reader = _Reader(world)
    shown = [reader.relation(text) for text in relations]
    assumed = [reader.domain(name, where) for name, where in domains.items()]
    sorts = {name: "nat -> R" if name in world.families else "R" for name in domains}
    sorts |= dict.fromkeys((classes, *world.members), "nat")
    binders = " ".join(f"({coq_name(name)} : {sorts[name]})" for name in domains)
    body = "".join(f"  {text} ->\n" for text in assumed if text)
    return f"forall {binders},\n{body}  " + " /\\\n  ".join([*reader.conditions, *shown])


@dataclass
class _Reader:
    """Turns texts with sums into Coq; ``conditions`` collects what they need, inner parts first."""

    world: World
    conditions: list[str] = field(default_factory=list)
    atoms: dict[str, str] = field(default_factory=dict)

    def relation(self, text: str) -> str:
        """A relation; its conditions are collected."""
        left, sign, right = read_relation(read_aggregates(text, self.world, self._atom))
        return f"{self._text(left, '')} {_SIGNS[sign]} {self._text(right, '')}"

    def _atom(self, kind: str, body: str) -> str:
        """A name for an aggregate, whose text in Coq is kept; inner ones have their names by now."""
        index = self.world.indices[0]
        inner = self._text(parse(body), index)
        if kind == "Min":
            text = f"- bigmax {coq_name(self.world.classes)} (fun {index} => - ({inner}))"
        else:
            text = f"{_OVER[kind]} {coq_name(self.world.classes)} (fun {index} => {inner})"
        name = f"S{len(self.atoms)}"
        self.atoms[name] = text
        return name

    def _text(self, term: Term, index: str) -> str:
        """An expression; ``index``: that of the sum it stands under, or empty."""
        translator = Translator((), lambda term: True)
        text = self._filled(translator.text(term), index)
        for condition in translator.conditions:
            told = self._filled(condition, index)
            if index and re.search(rf"\b{index}\b", told):
                told = f"(forall {index}, ({index} < {coq_name(self.world.classes)})%nat -> {told})"
            if told not in self.conditions:
                self.conditions.append(told)
        return text

    def _filled(self, text: str, index: str) -> str:
        """Entries, sums and the number of classes for the variables that stand for them."""
        values = dict(self.atoms)
        for family in self.world.families:
            for at in (*self.world.members, *([index] if index else [])):
                values[f"{family}_{at}"] = f"{coq_name(family)} {coq_name(at)}"
        count = coq_name(self.world.classes)
        values[count] = f"INR {count}"
        whole = re.fullmatch(r"[\w']+", text)

        def told(found: re.Match[str]) -> str:
            value = values.get(found[0])
            if value is None:
                return found[0]
            return value if whole or _stands_free(found) else f"({value})"

        return re.sub(r"[A-Za-z][\w']*", told, text)

    def domain(self, name: str, where: str) -> str:
        """What is assumed of a name; empty for any number."""
        count = coq_name(self.world.classes)
        if name == self.world.classes:
            return f"({self.world.least} <= {count})%nat"
        if where == "class":
            return f"({coq_name(name)} < {count})%nat"
        if where in _SIMPLEX:
            return f"{_SIMPLEX[where]} {count} {coq_name(name)}"
        if name not in self.world.families:
            return _within(coq_name(name), all_pieces({name: where})[name])
        entry = f"{coq_name(name)} {self.world.indices[0]}"
        told = _within(entry, all_pieces({name: where})[name])
        index = self.world.indices[0]
        return told and f"(forall {index}, ({index} < {count})%nat -> {told})"


def _stands_free(found: re.Match[str]) -> bool:
    """Whether an application put here is an operand of ``+ - *`` or a relation, not an argument."""
    before, after = found.string[: found.start()].rstrip(), found.string[found.end() :].lstrip()
    return before[-1:] in ("", "+", "*", "(", ">", "<", "=") and after[:1] in (
        "", "+", "-", "*", "/", ")", "<", ">", "=",
    )  # fmt: skip


def _within(name: str, pieces: Sequence[Piece]) -> str:
    """Where a number lies; empty for the whole line."""
    if len(pieces) > 1 or pieces[0].integer:
        raise NotTranslated("a domain of several pieces, or of integers")
    piece = pieces[0]
    constant = Translator()
    ends = [None if end in ("oo", "-oo") else constant.within(parse(end), 1) for end in piece.ends]
    below = "" if ends[0] is None else f"{ends[0]} {'<' if piece.low_open else '<='} "
    above = "" if ends[1] is None else f" {'<' if piece.high_open else '<='} {ends[1]}"
    return f"{below}{name}{above}" if below or above else ""
