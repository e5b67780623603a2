"""Claims about sums, products and extremes over any number of classes.

>>> from counterpoise.theory import claim
>>> gibbs = claim("Sum(p[j]*log(p[j]/q[j])) >= 0", classes="K", p="simplex", q="simplex")
>>> gibbs.verify().status
'proved'

Checked by: proofs applied again by the second opinion, sums written out for small numbers of classes.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..foundation.validation import InputError, InputTypeError, as_seconds, as_seed, shown
from ..language.expression import CONSTANTS, excerpt, parse, read_relations
from ..language.spelling import spelled
from ..numbers.domain import domain
from ..proof.certificate import Certificate
from ..proof.second.sums.ledger import Ledger
from ..proof.second.sums.reading import AGGREGATES, World, entry, names_in

__all__ = ["AllClassesClaim", "all_classes_claim"]

_LOWER = {"sum": "Sum", "prod": "Prod", "product": "Prod", "Product": "Prod"}


@dataclass(frozen=True, repr=False)
class AllClassesClaim:
    """Relations that should hold for every number of classes and all values; `claim` builds one.

    Examples
    --------
    >>> from counterpoise.theory import claim
    >>> entropy = claim("-Sum(p[j]*log(p[j])) <= log(K) - 1/100", classes="K", p="simplex")
    >>> entropy
    -Sum(p[j] * log(p[j])) <= log(K) - 1 / 100 for all K in integer 1.., p in simplex
    >>> entropy.refute().counterexample["text"]
    'K = 1, p = (1): left side 0, right side -1/100'
    """

    relations: tuple[str, ...]
    classes: str
    domains: Mapping[str, str]
    name: str = "claim"

    def verify(self, *, seconds: float = 60.0, seed: int = 0) -> Certificate:
        """Prove for every number of classes, or refute for some, within about ``seconds``."""
        from ..proof.kernel.stored import stamped_claim
        from ..proof.sums.proving import Question, verify_all_classes

        asked = Question(self.relations, self.classes, self.domains, self.name)
        found = verify_all_classes(asked, seconds=as_seconds(seconds), seed=as_seed(seed))
        return stamped_claim(found)

    def refute(self, *, seed: int = 0) -> Certificate:
        """Look for a counterexample only, with few classes: `refuted`, or `unknown`."""
        from ..proof.sums.proving import Question, refute_all_classes

        asked = Question(self.relations, self.classes, self.domains, self.name)
        return refute_all_classes(asked, seed=as_seed(seed))

    def texts(self) -> dict[str, Any]:
        """The claim as a certificate holds it."""
        return {
            "claim": self.relations, "domain": dict(self.domains), "given": (), "written": self.relations
        }  # fmt: skip

    def __str__(self) -> str:
        where = ", ".join(f"{name} in {where}" for name, where in self.domains.items())
        return f"{' and '.join(self.relations)} for all {where}"

    __repr__ = __str__


def all_classes_claim(
    relation: str | Sequence[str],
    classes: str,
    *,
    given: Any,
    name: str,
    domains: Mapping[str, Any],
) -> AllClassesClaim:
    """What `claim` makes of ``classes``: see there.

    Raises
    ------
    InputError
        If a name has no domain, an index stands outside of a sum, or a sum runs over two.
    InputTypeError
        If a relation is not text.
    """
    if given:
        raise InputError("given: a claim about any number of classes takes no hypotheses")
    if not isinstance(classes, str) or not re.fullmatch(r"[A-Za-z]\w*", classes, re.ASCII):
        raise InputError(f"classes = {shown(classes)}: must name the number of classes, as in 'K'")
    several = [relation] if isinstance(relation, str) else relation
    if not isinstance(several, list | tuple) or not all(isinstance(part, str) for part in several):
        raise InputTypeError(f"relation = {shown(relation)}: must be text with Sum(...) and p[j]")
    texts = [_capital(part) for part in several]
    for text in texts:
        _check_grammar(text)
    relations = tuple(told for text in texts for told in spelled(text))
    where = {classes: "integer 1.."} | {key: _where(key, value) for key, value in domains.items()}
    try:
        world = World.of(classes, where, relations)
        for text in relations:
            _check_arithmetic(text, world)
    except ValueError as error:
        raise InputError(f"relation: {error}") from None
    used = set().union(*(re.findall(r"\w+", text) for text in relations))
    if idle := next((key for key in domains if key not in used and key != classes), ""):
        raise InputError(f"{shown(idle)} has a domain but does not occur in the claim")
    return AllClassesClaim(relations, classes, where, name)


def _capital(text: str) -> str:
    return re.sub(r"\b(sum|prod|product|Product)(?=\s*\()", lambda found: _LOWER[found[1]], text)


_GRAMMAR = (
    ast.BoolOp, ast.And, ast.Tuple, ast.Compare, ast.BinOp, ast.UnaryOp, ast.Call, ast.Name,
    ast.Subscript, ast.Constant, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq, ast.Add,
    ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.USub, ast.UAdd, ast.Load,
)  # fmt: skip


def _check_grammar(text: str) -> None:
    """The text is relations of arithmetic, functions and subscripts, as far as its syntax tells."""
    node = parse(text)
    parts = node.values if isinstance(node, ast.BoolOp) else [node]
    parts = node.elts if isinstance(node, ast.Tuple) else parts
    if not all(isinstance(part, ast.Compare) for part in parts):
        raise InputError(
            f"{excerpt(text)} is not a relation: write one with <=, <, >=, >, == or !="
        )
    for part in ast.walk(node):
        called = not isinstance(part, ast.Call) or (
            isinstance(part.func, ast.Name) and not part.keywords
        )
        if not isinstance(part, _GRAMMAR) or not called:
            raise InputError(f"cannot read {excerpt(text)} as mathematics")


def _where(key: str, given: Any) -> str:
    if key in AGGREGATES or key in CONSTANTS:
        raise InputError(
            f"{shown(key)} cannot be a variable: it is the name of a constant or function"
        )
    words = " ".join(given.split()) if isinstance(given, str) else ""
    if words in ("simplex", "closed simplex", "class"):
        return words
    if words == "open simplex":
        return "simplex"
    try:
        return str(domain(given))
    except (InputError, InputTypeError) as error:
        hint = "; a family may be a 'simplex' or 'closed simplex', an index a 'class'"
        raise type(error)(f"{key}: {error}{hint}") from None


def _check_arithmetic(text: str, world: World) -> None:
    """The relation and the terms of its sums are made of known functions."""
    ledger = Ledger(world)
    told = [ledger.read(text), *(f"{atom.body} == 0" for atom in ledger.atoms.values())]
    for part in told:
        names = names_in(part)
        entries = {entry(f, i): f for f in world.families for i in (*world.indices, *world.members)}
        symbols = {
            name: domain(_ordinary(world.domains.get(entries.get(name, name), "real"))).symbol(name)
            for name in names
        }
        read_relations(part, symbols)


def _ordinary(where: str) -> str:
    return {"simplex": "(0, 1]", "closed simplex": "[0, 1]"}.get(where, where)
