"""The door for users: state a claim about named quantities, get a proof or a counterexample.

>>> claim("log(1 + exp(x)) >= x", x="real").verify().status
'proved'

A claim is a conjunction of relations that should hold at every point of a domain. Verdicts: `proved`,
`checked` (an identity seen to hold deeper than anything hides, not shown symbolically), `refuted` (with
a point where exact arithmetic shows it false), `unknown`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NewType, overload

import numpy as np
import sympy
from numpy.typing import NDArray
from sympy.core.relational import Relational

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, InputTypeError, as_real, as_seconds, as_seed, shown
from ..language.expression import (
    CONSTANTS,
    FUNCTIONS,
    Condition,
    Phi,
    free_names,
    known_functions,
    read_expression,
    read_relations,
    write_relation,
)
from ..language.written import LATEX, Written
from ..numbers.domain import Domain, domain
from ..proof.certificate import Certificate
from ..proof.instruments.definedness import obligations
from ..proof.problem import Problem

__all__ = ["Claim", "check_keywords", "claim", "derivative_claim", "named_domains"]

if TYPE_CHECKING:
    from .classes import AllClassesClaim

    DomainLike = str | sympy.Set | Domain
    RelationLike = str | Relational | sympy.And
else:  # by name, as help shows them
    DomainLike, RelationLike = NewType("DomainLike", object), NewType("RelationLike", object)


@dataclass(frozen=True, repr=False)
class Claim(Problem):
    """Relations that should hold for every value of the symbols in their domains, under ``given``.

    Build one with `claim`. A `Problem` that can be read, evaluated, proved and attacked.

    Examples
    --------
    >>> tangent = claim("exp(x) >= 1 + x", x="real")
    >>> tangent
    exp(x) >= 1 + x for all x in (-oo, oo)
    >>> bool(tangent.evaluate(x=[-1.0, 0.5, 2.0])["holds"].all())
    True
    >>> bool(tangent.verify())  # whether it is proved
    True
    """

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> Certificate:
        """Prove or refute, within about ``seconds``; the verdict is never a guess.

        They are seconds of work (the thread's CPU time, and waits for solvers): a busy machine takes longer
        on the wall, and changes no verdict.
        """
        from ..proof.engine import verify_claim

        return verify_claim(self, seconds=as_seconds(seconds), seed=as_seed(seed))

    def refute(self, *, seed: int = 0) -> Certificate:
        """Look for a counterexample only: `refuted`, or `unknown`."""
        from ..proof.engine import refute_claim

        return refute_claim(self, seed=as_seed(seed))

    def evaluate(self, **values: ArrayLike) -> dict[str, NDArray[Any]]:
        """Both sides of the first relation at numbers (they broadcast), and whether it ``holds``.

        Raises
        ------
        InputError
            If a symbol has no value, a name is unknown, or a value lies outside its domain.
        """
        arrays = [self._inside(symbol, values) for symbol in self.domains]
        unknown = sorted(set(values) - {symbol.name for symbol in self.domains})
        if unknown:
            raise InputError(
                f"{shown(unknown[0])} is no symbol of the claim; it has {self._names()}"
            )
        relation = self.relations[0]
        sides = [_numeric(side, tuple(self.domains))(*arrays) for side in relation.args]
        return {"left": sides[0], "right": sides[1], "holds": _HOLDS[relation.rel_op](*sides)}

    def latex(self) -> str:
        """The claim as LaTeX, domains included."""
        parts = self.written.parts(LATEX) if self.written else map(sympy.latex, self.relations)
        body = r" \;\wedge\; ".join(parts)
        where = ", ".join(
            rf"{sympy.latex(symbol)} \in {sympy.latex(where.as_set())}"
            for symbol, where in self.domains.items()
        )
        if self.given:
            facts = self.written_given
            conditions = facts.parts(LATEX) if facts else map(sympy.latex, self.given)
            where += r",\; " + r",\; ".join(conditions)
        return rf"{body} \qquad ({where})" if where else body

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        relations = " and ".join(write_relation(relation) for relation in self.relations)
        where = ", ".join(f"{symbol} in {where}" for symbol, where in self.domains.items())
        return f"{relations} for all {where}" if where else relations

    __repr__ = __str__

    def _names(self) -> str:
        return ", ".join(symbol.name for symbol in self.domains) or "none"

    def _inside(self, symbol: sympy.Symbol, values: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
        if symbol.name not in values:
            raise InputError(f"{symbol.name} has no value; the claim is about {self._names()}")
        array = as_real(symbol.name, values[symbol.name])
        where = self.domains[symbol]
        for value in array.flat:
            if sympy.Rational(float(value)) not in where:
                raise InputError(f"{symbol.name} = {value:g}: must lie in {where}")
        return array


_HOLDS: Mapping[str, Any] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "==": lambda a, b: np.isclose(a, b, rtol=1e-12, atol=0), "!=": np.not_equal,
}  # fmt: skip


def _numeric(side: Any, symbols: tuple[sympy.Symbol, ...]) -> Any:
    from ..proof.instruments.sampling import numeric

    return numeric(sympy.sympify(side), symbols)


@overload
def claim(
    relation: RelationLike | Sequence[RelationLike],
    *,
    given: RelationLike | Sequence[RelationLike] = (),
    name: str = "claim",
    **domains: DomainLike,
) -> Claim: ...
@overload
def claim(
    relation: str | Sequence[str], *, name: str = "claim", classes: str, **domains: DomainLike
) -> "AllClassesClaim": ...
def claim(
    relation: Any,
    *,
    given: Any = (),
    name: str = "claim",
    classes: Any = None,
    **domains: Any,
) -> Any:
    """State a claim.

    Parameters
    ----------
    relation
        Text such as ``"1 <= (1 - b**n)/(1 - b) <= n"``, a SymPy relation, or several of them. Numbers
        in text are exact (``0.1`` is 1/10).
    given
        Hypotheses under which it should hold, in the same notations.
    classes
        The name of a number of classes, such as ``"K"``: the claim, as text, may then speak of families
        of numbers, one a class, through ``Sum(p[j]*log(p[j]/q[j]))``, ``Prod``, ``Max`` and ``Min``, and
        is about every number of classes, 1 and more (``K="integer 2.."`` for 2 and more). The result is
        an `AllClassesClaim`.
    domains
        For every symbol: ``"real"``, ``"positive"``, ``"(0, 1)"``, ``"[0, oo)"``,
        ``"integer 1..20"``, ``"(0, 1) u {2}"`` or a `sympy.Set`. A family's domain is that of each
        of its numbers, or ``"simplex"`` (positive, summing to 1) or ``"closed simplex"`` (zeros allowed:
        log(0) has no value); an index that stands for one class (``z[y]``) is a ``"class"``. No symbol can be
        called ``given``, ``name`` or ``classes``, which are keywords of this function.

    Raises
    ------
    InputError
        If a symbol has no domain, a domain is empty or names no symbol, or the text is not a relation.
    InputTypeError
        If it is neither text nor a SymPy relation.

    Examples
    --------
    >>> print(claim("x**2 >= x", x="real").refute().status)
    refuted
    >>> print(claim("Sum(1/p[j]) >= K**2", classes="K", p="simplex").verify().status)
    proved
    """
    for key in domains:
        _check_name(key)
    if classes is not None:
        from .classes import all_classes_claim

        check_keywords("claim", _KEYWORDS, (relation, given))
        return all_classes_claim(relation, classes, given=given, name=name, domains=domains)
    where = named_domains(domains)
    symbols = {key: value.symbol(key) for key, value in where.items()}
    _refuse_names(relation)
    check_keywords("claim", _KEYWORDS, (relation, given))
    relations, conditions = _read_all("relation", relation, symbols, where)
    facts, more = _read_all("given", given, symbols, where)
    conditions = tuple(dict.fromkeys((*conditions, *more)))
    if not relations:
        raise InputError(f"relation = {shown(relation)}: a claim needs at least one relation")
    used = {s for r in (*relations, *facts) for s in r.free_symbols}
    for key, symbol in symbols.items():
        if symbol not in used and not _mentions(relation, key):
            raise InputError(f"{shown(key)} has a domain but does not occur in the claim")
    inside = {symbols[key]: where[key] for key in where}
    return Claim(relations, inside, facts, conditions, name, _written(relation), _written(given))


def _refuse_names(relation: Any) -> None:
    """A statement, or the name of one, is no relation: say how to get at its claim."""
    if hasattr(relation, "mutants"):
        raise InputTypeError(
            f"relation is the statement {relation.name}: it has .claim and .verify()"
        )
    if isinstance(relation, str) and re.fullmatch(r"[a-z]\w*\.[a-z]\w*", relation):
        raise InputError(
            f"relation = {relation!r} reads as the name of a statement: see statements()[{relation!r}], "
            "which has a .claim, and suggests near names"
        )


def _written(given: Any) -> Written | None:
    """What was written, if all of it was text."""
    several = given if isinstance(given, list | tuple) else [given]
    texts = tuple(part for part in several if isinstance(part, str))
    return Written(texts) if len(texts) == len(several) else None


def named_domains(domains: Mapping[str, DomainLike]) -> dict[str, Domain]:
    """Every variable's domain; an error says whose it is.

    Raises
    ------
    InputError
        If a domain is empty or cannot be read.
    InputTypeError
        If it is neither text nor a set.
    """
    where = {}
    for key, value in domains.items():
        try:
            where[key] = domain(value)
        except (InputError, InputTypeError) as error:
            raise type(error)(f"{key}: {error}") from None
    return where


def _check_name(key: str) -> None:
    if key in CONSTANTS or key in FUNCTIONS:
        raise InputError(
            f"{shown(key)} cannot be a variable: it is the name of a constant or function"
        )
    if not (key.isascii() and key.isidentifier()):
        raise InputError(f"{shown(key)} cannot be a variable: use ASCII letters, digits and _")


_KEYWORDS = ("given", "name", "classes")


def check_keywords(function: str, keywords: Sequence[str], parts: Any) -> None:
    """A variable cannot have the name of a keyword of the function: it could get no domain.

    Raises
    ------
    InputError
        If a relation, or one of several, has such a variable.
    """
    if isinstance(parts, list | tuple):
        for part in parts:
            check_keywords(function, keywords, part)
        return
    names = _names_in(parts)
    listed = " and ".join([", ".join(keywords[:-1]), keywords[-1]])
    for key in keywords:
        if key in names:
            raise InputError(
                f"{shown(key)} cannot be a variable: {listed} are keywords of {function}(); "
                "give the variable another name"
            )


def _names_in(part: Any) -> set[str]:
    """The variables of a text or a SymPy relation; none of what is neither, or cannot be read."""
    if isinstance(part, str):
        try:
            return free_names(part)
        except InputError:
            return set()  # whoever reads it says why
    return {str(symbol) for symbol in getattr(part, "free_symbols", ())}


def derivative_claim(
    expression: str, variable: str, derivative: str, **domains: DomainLike
) -> Claim:
    """The claim that ``derivative`` is the derivative of ``expression`` in ``variable``.

    SymPy differentiates; the claim is the identity between its result and what is written.
    """
    check_keywords("claim", _KEYWORDS, (expression, derivative))
    where = named_domains(domains)
    if variable not in where:
        raise InputError(f"variable = {shown(variable)}: must be one of {', '.join(where)}")
    symbols = {key: value.symbol(key) for key, value in where.items()}
    left = sympy.diff(read_expression(expression, symbols), symbols[variable])
    right = read_expression(derivative, symbols)
    relation: Any = sympy.Eq(left, right, evaluate=False)
    used = {
        symbol.name for symbol in relation.free_symbols
    }  # a constant's derivative loses symbols
    kept = {name: values for name, values in domains.items() if name in used}
    identity = claim(relation, given=(), name="claim", **kept)
    everything = {symbols[key]: where[key] for key in where}
    return replace(
        identity, domains=everything, written=Written((expression, derivative), variable)
    )


def _mentions(relation: Any, key: str) -> bool:
    """Whether the text names a symbol that SymPy cancelled (as in ``x - x == 0``)."""
    several = relation if isinstance(relation, list | tuple) else [relation]
    return any(isinstance(part, str) and key in free_names(part) for part in several)


def _read_all(
    role: str, given: Any, symbols: Mapping[str, sympy.Symbol], where: Mapping[str, Domain]
) -> tuple[tuple[Relational, ...], tuple[Condition, ...]]:
    several = given if isinstance(given, list | tuple) else [given]
    relations: list[Relational] = []
    conditions: list[Condition] = []
    for part in several:
        stated, required = _read(role, part, symbols, where)
        for relation in stated:
            for side in relation.args:
                _check_functions(role, side)
        relations += stated
        conditions += required
    return tuple(relations), tuple(conditions)


def _read(
    role: str, part: Any, symbols: Mapping[str, sympy.Symbol], where: Mapping[str, Domain]
) -> tuple[list[Relational], list[Condition]]:
    if isinstance(part, str):
        try:
            return read_relations(part, symbols)
        except InputError as error:
            raise InputError(f"{role}: {error}") from None
    if isinstance(part, sympy.And):
        several = [_read(role, inner, symbols, where) for inner in part.args]
        relations = [relation for stated, _ in several for relation in stated]
        return relations, [condition for _, required in several for condition in required]
    if isinstance(part, bool) or part in (sympy.true, sympy.false):
        raise InputError(
            f"{role}: SymPy already evaluated this relation to {part}; give it as text, or build it "
            "with evaluate=False"
        )
    if not isinstance(part, Relational):
        raise InputTypeError(
            f"{role} = {shown(part)}: must be text or a SymPy relation such as Ge(a, b)"
        )
    adopted = _adopt(part, symbols, where)
    return [adopted], list(obligations(adopted))


def _adopt(
    relation: Relational, symbols: Mapping[str, sympy.Symbol], where: Mapping[str, Domain]
) -> Relational:
    """The relation in the symbols of the claim, with exact numbers and known functions only."""
    renaming = {}
    for symbol in relation.free_symbols:
        if symbol.name not in symbols:  # type: ignore[attr-defined]
            raise InputError(f"{symbol} has no domain: give one, {symbol}='real'")
        _check_assumptions(symbol, where[symbol.name])  # type: ignore[attr-defined]
        renaming[symbol] = symbols[symbol.name]  # type: ignore[attr-defined]
    sides = []
    side: Any
    for side in relation.args:
        side = sympy.sympify(side).doit().xreplace(renaming)
        floats = {f: sympy.Rational(str(f)) for f in side.atoms(sympy.Float)}
        sides.append(side.xreplace(floats))
    adopted: Any = relation.func(*sides, evaluate=False)
    return adopted


def _check_assumptions(symbol: Any, where: Domain) -> None:
    """A symbol that SymPy believes positive may already have been simplified as such."""
    implied = where.symbol(symbol.name).assumptions0
    telling = (
        "positive",
        "negative",
        "nonnegative",
        "nonpositive",
        "nonzero",
        "even",
        "odd",
        "integer",
    )
    for fact in (*telling, *symbol.assumptions0):
        value = symbol.assumptions0.get(fact)
        if value is not None and implied.get(fact) is not value:
            raise InputError(
                f"symbol {symbol} was declared {'' if value else 'not '}{fact}, but its domain is "
                f"{where}: SymPy may already have simplified with the stronger assumption"
            )


_KNOWN = {f for f in FUNCTIONS.values() if isinstance(f, type)} | {Phi, sympy.exp, sympy.log}


def _check_functions(role: str, side: sympy.Basic) -> None:
    if side.has(sympy.I, sympy.nan, sympy.zoo, sympy.oo):
        raise InputError(
            f"{role}: {side} is not a real number; both sides must be real expressions"
        )
    for part in sympy.preorder_traversal(side):
        arithmetic = part.is_Add or part.is_Mul or part.is_Pow or part.is_Atom  # type: ignore[attr-defined]
        if not arithmetic and part.func not in _KNOWN:
            raise InputError(
                f"{role}: {part} is outside what a claim may use; known functions: {known_functions()}"
            )
