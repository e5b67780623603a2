"""A claim about a limit: what an expression tends to at an end of one variable's domain.

Checked by: SymPy's limit, an identity between it and the value claimed, and a numerical walk to the
end by the second engine.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from .claims import DomainLike, claim
from .domain import Domain, domain
from .expression import read_expression, write
from .proof.certificate import Certificate
from .validation import InputError, one_of

__all__ = ["LimitClaim", "limit_claim"]


@dataclass(frozen=True, repr=False)
class LimitClaim:
    """``expression -> value`` as ``variable`` goes to the low or high end of its domain.

    Build one with `limit_claim`.
    """

    expression: sympy.Expr
    value: sympy.Expr
    variable: sympy.Symbol
    end: str
    domains: Mapping[sympy.Symbol, Domain]
    name: str = "limit"

    @property
    def point(self) -> sympy.Expr:
        """Where the variable goes."""
        pieces = self.domains[self.variable].pieces
        return pieces[0].low if self.end == "low" else pieces[-1].high

    @property
    def relations(self) -> tuple[sympy.Basic, ...]:
        """The limit as one SymPy equation, for display."""
        side = "+" if self.end == "low" else "-"
        limit = sympy.Limit(self.expression, self.variable, self.point, side)
        return (sympy.Eq(limit, self.value, evaluate=False),)

    def latex(self) -> str:
        """The claim as LaTeX."""
        return sympy.latex(self.relations[0])

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def texts(self) -> dict[str, Any]:
        """The claim as a certificate holds it: ``claim``, ``domain`` and ``given`` as text."""
        domain = {symbol.name: str(where) for symbol, where in self.domains.items()}
        return {"claim": (str(self),), "domain": domain, "given": ()}

    def __str__(self) -> str:
        where = f"{self.variable} -> {self.point}"
        return f"limit of {write(self.expression)} as {where} is {write(self.value)}"

    __repr__ = __str__

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> Certificate:
        """`proved` if SymPy's limit is identically the value, `refuted` if it differs somewhere."""
        from .proof.deadline import limited
        from .proof.symbolic import is_zero

        start = time.monotonic()
        side = "+" if self.end == "low" else "-"
        limit = limited(
            seconds, lambda: sympy.limit(self.expression, self.variable, self.point, side)
        )
        found: Mapping[str, Any] | None = None
        if limit is None or limit.has(sympy.Limit, sympy.AccumBounds):
            status = "unknown"
        elif limit == self.value or is_zero(limit - self.value):
            status = "proved"
        else:
            others = {s.name: d for s, d in self.domains.items() if s != self.variable}
            used = {s.name for s in (limit - self.value).free_symbols}
            relation: Any = sympy.Eq(limit - self.value, 0, evaluate=False)
            others = {name: where for name, where in others.items() if name in used}
            found = (
                claim(relation, given=(), name=self.name, **others).refute(seed=seed).counterexample
            )
            status = "unknown" if found is None else "refuted"
        return Certificate(
            name=self.name,
            status=status,
            **self.texts(),
            engines=("symbolic",),
            evidence={"kind": "limit", "end": self.end},
            counterexample=found,
            seconds=time.monotonic() - start,
        )

    def refute(self, *, seed: int = 0) -> Certificate:
        """The same as `verify`: a limit is computed, not searched for."""
        return self.verify(seed=seed)


def limit_claim(
    expression: str,
    value: str,
    variable: str,
    end: str = "high",
    *,
    name: str = "limit",
    **domains: DomainLike,
) -> LimitClaim:
    """State a limit: ``limit_claim("(1 - b**n)/(1 - b)", "n", "b", b="(0, 1)", n="positive")``.

    ``end`` is ``"low"`` or ``"high"``: the end of the variable's domain it goes to.
    """
    where = {key: domain(given) for key, given in domains.items()}
    if variable not in where:
        raise InputError(
            f"variable = {variable!r}: must be one of {', '.join(where) or 'the domains'}"
        )
    symbols = {key: own.symbol(key) for key, own in where.items()}
    return LimitClaim(
        read_expression(expression, symbols),
        read_expression(value, symbols),
        symbols[variable],
        one_of("end", end, ("low", "high")),
        {symbols[key]: own for key, own in where.items()},
        name,
    )
