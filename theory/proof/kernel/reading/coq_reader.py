"""A reader of Coq's propositions about reals: tokens, precedence, trees; no code of the translator's.

Knows the words that exported statements use, with Coq's own rules for what binds tighter. What it does
not know it refuses.

Checked by: the texts of the whole catalogue, and texts changed by a letter.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ....foundation.validation import InputError

__all__ = [
    "Tree", "conclusion", "conjuncts", "opened", "premises", "quantifiers", "read_proposition",
]  # fmt: skip

Tree = tuple[Any, ...]
"""An operator's name and its parts: ``("+", a, b)``, ``("call", "ln", a)``, ``("number", 2)``."""

_TOKEN = re.compile(
    r"\s*(?:(\d+)|([A-Za-z_][\w']*)|(->|=>|/\\|\\/|<>|<=|>=|%Z|[-+*/^()=<>~,:]))", re.ASCII
)
_RELATIONS = ("=", "<>", "<", "<=", ">", ">=")
_ARITIES = {
    "exp": 1, "ln": 1, "sqrt": 1, "sinh": 1, "cosh": 1, "tanh": 1, "atan": 1, "arcsinh": 1, "sin": 1,
    "cos": 1, "Rabs": 1, "sign": 1, "Phi": 1, "IZR": 1, "Rmax": 2, "Rmin": 2, "Rpower": 2,
    "powerRZ": 2, "power_at_zero": 2, "is_derive": 3,
    "filterlim": 3, "at_right": 1, "at_left": 1, "Rbar_locally": 1, "locally": 1,
}  # fmt: skip
_BINDERS = ("forall", "exists", "fun")


def read_proposition(text: str) -> Tree:
    """The tree of a proposition.

    Raises
    ------
    InputError
        If some of it is not understood.
    """
    reader = _Reader(_tokens(text))
    tree = reader.proposition()
    if reader.next:
        raise InputError(f"Coq text goes on with {reader.next!r}")
    return tree


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if not found:
            raise InputError(f"Coq text has {text[place : place + 10]!r}")
        tokens.append(found[1] or found[2] or found[3])
        place = found.end()
    return tokens


class _Reader:
    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.place = 0

    @property
    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.next
        if expected and token not in expected:
            raise InputError(f"Coq text has {token!r} where {' or '.join(expected)} should be")
        self.place += 1
        return token

    # ------------------------------------------------------------------------- propositions

    def proposition(self) -> Tree:
        if self.next == "forall":
            self.take()
            binders = self.binders()
            self.take(",")
            return ("forall", binders, self.proposition())
        if self.next == "exists":
            self.take()
            name = self.take()
            self.take(":")
            sort = self.take("R", "Z")
            self.take(",")
            return ("exists", ((name, sort),), self.proposition())
        left = self.disjunction()
        if self.next == "->":
            self.take()
            return ("->", left, self.proposition())
        return left

    def binders(self) -> tuple[tuple[str, str], ...]:
        found: list[tuple[str, str]] = []
        while self.next == "(":
            self.take()
            names = []
            while self.next != ":":
                names.append(self.take())
            self.take(":")
            sort = self.take("R", "Z")
            self.take(")")
            found += [(name, sort) for name in names]
        return tuple(found)

    def disjunction(self) -> Tree:
        left = self.conjunction()
        if self.next == "\\/":
            self.take()
            return ("or", left, self.disjunction())
        return left

    def conjunction(self) -> Tree:
        left = self.negation()
        if self.next == "/\\":
            self.take()
            return ("and", left, self.conjunction())
        return left

    def negation(self) -> Tree:
        if self.next == "~":
            self.take()
            return ("not", self.negation())
        return self.relation()

    def relation(self) -> Tree:
        left = self.sum()
        if self.next not in _RELATIONS:
            return left
        sign = self.take()
        middle = self.sum()
        if self.next in _RELATIONS:  # a chain: a <= b < c
            second = self.take("<", "<=")
            if sign not in ("<", "<="):
                raise InputError(f"Coq text has a chain of {sign} and {second}")
            return ("and", (sign, left, middle), (second, middle, self.sum()))
        return (sign, left, middle)

    # --------------------------------------------------------------------------------- terms

    def sum(self) -> Tree:
        left = self.product()
        while self.next in ("+", "-"):
            left = (self.take(), left, self.product())
        return left

    def product(self) -> Tree:
        left = self.signed()
        while self.next in ("*", "/"):
            left = (self.take(), left, self.signed())
        return left

    def signed(self) -> Tree:
        if self.next == "-":
            self.take()
            return ("negative", self.signed())
        if self.next == "/":
            self.take()
            return ("/", ("number", 1), self.signed())
        return self.power()

    def power(self) -> Tree:
        base = self.applied()
        if self.next == "^":
            self.take()
            return ("^", base, self.power())
        return base

    def applied(self) -> Tree:
        if self.next in _ARITIES:
            name = self.take()
            return ("call", name, *(self.atom() for _ in range(_ARITIES[name])))
        return self.atom()

    def atom(self) -> Tree:
        token = self.take()
        if token.isdigit():
            return ("number", int(token))
        if token == "(":
            if self.next == "fun":
                self.take()
                name = self.take()
                self.take(":")
                self.take("R")
                self.take("=>")
                inner: Tree = ("fun", name, self.sum())
            else:
                inner = self.proposition()
            self.take(")")
            if self.next == "%Z":
                self.take()
            return inner
        if not token.replace("'", "").isidentifier() or token in _ARITIES or token in _BINDERS:
            raise InputError(f"Coq text has {token!r} where a term should be")
        return ("name", token)


def opened(tree: Tree) -> tuple[list[tuple[str, str]], Tree]:
    """The variables that a proposition is about, and what it says of them."""
    binders: list[tuple[str, str]] = []
    while tree[0] in ("forall", "exists"):
        binders += tree[1]
        tree = tree[2]
    return binders, tree


def quantifiers(tree: Tree) -> Iterator[str]:
    """How they are bound."""
    while tree[0] in ("forall", "exists"):
        yield tree[0]
        tree = tree[2]


def premises(tree: Tree) -> Iterator[Tree]:
    """What a proposition assumes."""
    while tree[0] == "->":
        yield tree[1]
        tree = tree[2]


def conclusion(tree: Tree) -> Tree:
    """What it says under its premises."""
    while tree[0] == "->":
        tree = tree[2]
    return tree


def conjuncts(tree: Tree) -> Iterator[Tree]:
    """The parts of a conjunction."""
    while tree[0] == "and" and not _is_chain(tree):
        yield tree[1]
        tree = tree[2]
    yield tree


def _is_chain(tree: Tree) -> bool:
    """Whether a conjunction was written as a <= b < c."""
    return tree[1][0] in _RELATIONS and tree[2][0] in _RELATIONS and tree[1][2] is tree[2][1]
