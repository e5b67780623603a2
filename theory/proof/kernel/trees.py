"""What turns a certificate's proof tree into a Coq tactic: every node becomes a tactic for its goal.

The goal of a node is ``0 < G`` or ``0 <= G``, G in the node's own words, for real variables: integers are
read as the reals that they are (``relax`` in the library does that first). A rule without a lemma is left
to the tactics that know no tree; what is written here is only tried, and the kernel judges.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from mpmath import mp

from ..second.openness import sign_on
from ..second.reading import Piece, inner_point
from ..second.second_opinion import NotReal, Term, end_value, value_of
from ..second.slopes import NoDerivative, derivative
from .canonical import NoForm
from .forms import Hint, explicit, hints
from .terms import Translator

__all__ = ["LEAF", "Box", "Rule", "Tree", "number"]

LEAF = "sign_of"

Box = Mapping[str, Piece]
Rule = Callable[["Tree", Term, bool, Any], str]


@dataclass(frozen=True)
class Tree:
    """Writes tactics on a box; ``rules`` by name, ``is_positive`` as in `Translator`, ``witness`` a point
    where the hypotheses hold, as text."""

    rules: Mapping[str, Rule]
    is_positive: Callable[[Term], bool]
    box: Box
    witness: Mapping[str, str] = field(default_factory=dict)
    counter: list[int] = field(default_factory=lambda: [0])

    def on(self, box: Box) -> "Tree":
        """The same on another box."""
        return replace(self, box=box)

    def without(self, name: str) -> "Tree":
        """The same without a variable."""
        return self.on({n: piece for n, piece in self.box.items() if n != name})

    def plain(self) -> Translator:
        """A translator whose conditions nobody reads."""
        return Translator(
            (), lambda term: sign_on(term, self.box) == (1, True) or self.is_positive(term)
        )

    def text(self, term: Term) -> str:
        """An expression in Coq."""
        return self.plain().text(term)

    def fresh(self) -> str:
        """A name for a hypothesis."""
        self.counter[0] += 1
        return f"H_{self.counter[0]}"

    def tactic(self, goal: Term, strict: bool, node: Any) -> str:
        """What proves the goal of a node."""
        rule = self.rules.get(node["rule"])
        return LEAF if rule is None else rule(self, goal, strict, node)

    def sign(self, term: Term, strict: bool) -> str:
        """That an expression is positive, or not negative."""
        return f"0 {'<' if strict else '<='} {self.plain().within(term, 3)}"

    def shown(self, term: Term, strict: bool, node: Any) -> str:
        """A tactic that adds the sign of an expression to what is known."""
        name = self.fresh()
        return f"assert ({name} : {self.sign(term, strict)}) by ({self.tactic(term, strict, node)})"

    def into(self, goal: Term, form: Term, then: str) -> str:
        """The goal in another form, and on with that."""
        return f"by_form ({self.text(form)}); [{self.equal(goal, form)} | {then}]"

    def follow(self, goal: Term, form: Term, strict: bool, node: Any) -> str:
        """The goal in another form, which a node proves."""
        return self.into(goal, form, self.tactic(form, strict, node))

    def function(self, name: str, term: Term) -> str:
        """An expression as a function of a variable, whose name in Coq is given."""
        return f"(fun {name} : R => {self.text(term)})"

    def signed_at_a_point(self, term: Term) -> int:
        """The sign of an expression at a point of the box: a guess at its sign everywhere."""
        try:
            with mp.workdps(30):
                return int(mp.sign(value_of(term, self._point(), 15)))
        except (NotReal, KeyError):
            return 1

    def _point(self) -> Mapping[str, Any]:
        return {
            name: end_value(self.witness[name]) if name in self.witness
            else inner_point(piece, Fraction(3 + index, 8 + index))
            for index, (name, piece) in enumerate(self.box.items())
        }  # fmt: skip

    def equal(self, left: Term, right: Term) -> str:
        """What proves an identity: by the forms of its roots, powers and exponentials, if it has any."""
        forms = self._by_forms(left, right)
        return f"first [plainly | {forms} | same]" if forms else "same"

    def _by_forms(self, left: Term, right: Term) -> str:
        try:
            found, roots = hints([left, right], self.signed_at_a_point)
        except NoForm:
            return ""
        names: list[str] = []
        steps = []
        for hint in found:
            part, form = self.text(hint.part), self.text(hint.form)
            names.append("" if part == form else self.fresh())
            if names[-1]:
                proof = self._proof(
                    hint, [(self.text(h.part), n) for h, n in zip(found, names, strict=False)]
                )
                steps.append(f"assert ({names[-1]} : {part} = {form}) by ({proof})")
        squares = []
        for root, degree, base in roots:
            squares.append(self.fresh())
            power = f"{self.plain().within(root, 5)} ^ {degree} = {self.text(base)}"
            steps.append(f"assert ({squares[-1]} : {power}) by root_power")
        outer = [
            (self.text(hint.part), name)
            for hint, name in zip(found, names, strict=True)
            if hint.outer and name
        ]
        outer.sort(key=lambda row: -len(row[0]))  # what contains another is put in first
        steps += [f"try rewrite {name}" for _, name in outer]
        if not steps:
            return ""
        ring = (
            f"field_simplify_eq; [ring [{' '.join(squares)}] | nonzero ..]" if squares else "same"
        )
        return "; ".join([*steps, f"first [plainly | {ring}]"])

    def _proof(self, hint: Hint, names: Sequence[tuple[str, str]]) -> str:
        inner = [names[index] for index in hint.inner if names[index][1]]
        inner.sort(key=lambda row: -len(row[0]))
        tried = "; ".join(f"try rewrite {name}" for _, name in inner)
        rewriting = f"ltac:({tried})" if inner else "idtac"
        if hint.product is None:
            return f"form {rewriting}"
        return f"log_form ({self.text(hint.product)}) {rewriting}"

    def slope(self, of: Term, name: str, is_: Term) -> str:
        """What proves a derivative: by the plain rules first, whose result is then the one that is told."""
        try:
            by_rules = derivative(explicit(of), name)
        except NoDerivative:
            return "slope_of"
        told = f"refine (is_derive_eq _ _ ({self.text(by_rules)}) _ _ _)"
        return (
            f"first [slope_plain | {told}; [slope_plain | {self.equal(by_rules, is_)}] | slope_of]"
        )


def number(value: int) -> Term:
    """An integer as an expression."""
    return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
