"""A claim about a limit: what an expression tends to at an end of one variable's domain.

Checked by: SymPy's limit, an identity between it and the value claimed, and a numerical walk to the
end by the second engine.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from ..foundation.validation import InputError, as_seconds, as_seed, one_of
from ..language.domain import Domain
from ..language.expression import Phi, read_expression, write
from ..language.written import LATEX, Notation, shown
from ..proof.certificate import Certificate
from .relation import DomainLike, check_keywords, claim, named_domains

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
    written: tuple[str, str] | None = None

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
        return self.shown(LATEX) if self.written else sympy.latex(self.relations[0])

    def shown(self, notation: Notation) -> str:
        """The limit in a notation, as it was written."""
        if not self.written:
            raise InputError("this limit was not written as text")
        expression, value = (shown(text, notation) for text in self.written)
        where = notation.row(
            notation.name(self.variable.name),
            notation.operator("→"),
            shown(write(self.point), notation),
        )
        return notation.row(
            notation.limit(where),
            notation.fenced("(", expression, ")"),
            notation.operator("="),
            value,
        )

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
        from ..proof.instruments.deadline import limited
        from ..proof.instruments.symbolic import is_zero
        from ..proof.second.recheck import recheck

        seconds, seed = as_seconds(seconds), as_seed(seed)
        start = time.monotonic()
        side = "+" if self.end == "low" else "-"
        limit = limited(
            seconds, lambda: sympy.limit(_plain(self.expression), self.variable, self.point, side)
        )
        counterexample: Mapping[str, Any] | None = None
        evidence = {"kind": "limit", "end": self.end}
        if limit is None or limit.has(sympy.Limit, sympy.AccumBounds):
            status = "unknown"
        elif limit == self.value or is_zero(limit - self.value):
            status = "proved"
        else:
            counterexample = self._difference(limit, seed)
            status = "unknown" if counterexample is None else "refuted"
            evidence["limit"] = write(limit)
        certificate = Certificate(
            name=self.name,
            status=status,
            **self.texts(),
            engines=("symbolic",),
            evidence=evidence,
            counterexample=counterexample,
            seconds=time.monotonic() - start,
        )
        if status == "unknown":
            return certificate
        verdict = recheck(certificate)  # SymPy's limits are not always right
        if verdict.status == "rejected" or (status == "refuted" and verdict.status != "confirmed"):
            detail = f"second engine: {verdict.reason}"
            return replace(certificate, status="unknown", counterexample=None, detail=detail)
        return certificate

    def _difference(self, limit: sympy.Expr, seed: int) -> Mapping[str, Any] | None:
        """A point where the limit is not the value, or None if none was found."""
        if limit in (sympy.oo, -sympy.oo):
            return {"values": {}, "text": f"the limit is {limit}"}
        if limit.has(sympy.oo):
            return None
        relation: Any = sympy.Eq(limit, self.value, evaluate=False)
        used = {symbol.name for symbol in relation.free_symbols}
        others = {s.name: where for s, where in self.domains.items() if s.name in used}
        point = claim(relation, given=(), name=self.name, **others).refute(seed=seed).counterexample
        if point is None:
            return None
        place = ", ".join(f"{name} = {value}" for name, value in point["values"].items())
        text = f"the limit is {write(limit)}, not {write(self.value)}"
        return {"values": point["values"], "text": f"{place}: {text}" if place else text}

    def refute(self, *, seed: int = 0) -> Certificate:
        """The same as `verify`: a limit is computed, not searched for."""
        return self.verify(seed=seed)


def _plain(expression: Any) -> Any:
    """Phi through erfc, whose limits SymPy knows better."""
    return expression.replace(Phi, lambda x: sympy.erfc(-x / sympy.sqrt(2)) / 2)


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
    check_keywords("limit_claim", ("end", "name"), (expression, value))
    where = named_domains(domains)
    if variable not in where:
        raise InputError(
            f"variable = {variable!r}: must be one of {', '.join(where) or 'the domains'}"
        )
    symbols = {key: domain.symbol(key) for key, domain in where.items()}
    return LimitClaim(
        read_expression(expression, symbols),
        read_expression(value, symbols),
        symbols[variable],
        one_of("end", end, ("low", "high")),
        {symbols[key]: domain for key, domain in where.items()},
        name,
        (expression, value),
    )
