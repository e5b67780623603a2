"""A claim about a limit: what an expression tends to at an end of one variable's domain.

Checked by: a limit that is found for all parameters at once (`proof.tending`), an identity between it
and the value claimed, and a numerical walk to the end by the second engine.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from ..foundation.validation import InputError, as_seconds, as_seed, one_of
from ..foundation.working_time import work_clock
from ..language.expression import Phi, read_expression, write
from ..language.written import LATEX, Notation, shown
from ..numbers.domain import Domain, Piece
from ..proof.certificate import Certificate
from .relation import DomainLike, check_keywords, claim, named_domains

__all__ = ["LimitClaim", "limit_claim"]


_FOLLOWED = "SymPy's limit, followed numerically; not established by rigorous means"


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
        """`proved` if the limit is found for all parameters at once and is the value, `refuted` if it
        differs somewhere; without parameters `checked` if SymPy alone finds it and numbers follow it."""
        from ..numbers.deadline import within

        seconds, seed = as_seconds(seconds), as_seed(seed)
        start = work_clock()
        certificate = within(seconds, lambda: self._verify(seconds, seed))
        if certificate is None:
            certificate = self._certificate("unknown", detail="the time is up")
        return replace(certificate, seconds=work_clock() - start)

    def _verify(self, seconds: float, seed: int) -> Certificate:
        from ..numbers.deadline import limited

        found = [self._limit(box) for box in self._boxes()]
        if all(limit is not None and self._is_value(limit, box) for limit, box in found):
            return self._rechecked(self._certificate("proved"))
        side = "+" if self.end == "low" else "-"
        guess = limited(
            seconds / 2,
            lambda: sympy.limit(_plain(self.expression), self.variable, self.point, side),
        )
        told = [limit for limit, _ in found if limit is not None] or [guess]
        for limit in told:
            if limit is None or limit.has(sympy.Limit, sympy.AccumBounds):
                continue
            if all(self._is_value(limit, box) for _, box in found):
                if len(self.domains) > 1:  # one of SymPy's is for generic parameters only
                    continue
                return self._rechecked(self._certificate("checked", detail=_FOLLOWED))
            if point := self._difference(limit, seed):
                refuted = self._certificate("refuted", counterexample=point, limit=write(limit))
                return self._rechecked(refuted)
        return self._certificate("unknown", detail="no limit found for all parameters")

    def _certificate(
        self,
        status: str,
        *,
        detail: str = "",
        counterexample: Mapping[str, Any] | None = None,
        **evidence: str,
    ) -> Certificate:
        return Certificate(
            name=self.name,
            status=status,
            **self.texts(),
            engines=("symbolic",),
            evidence={"kind": "limit", "end": self.end} | evidence,
            counterexample=counterexample,
            detail=detail,
        )

    def _rechecked(self, certificate: Certificate) -> Certificate:
        """The certificate, or `unknown` if the second engine does not follow it."""
        from ..proof.second.recheck import recheck

        verdict = recheck(certificate)
        sure = ["confirmed", "sampled"] + ["undecided"] * (certificate.status == "proved")
        if verdict.status in sure:
            return certificate
        return self._certificate("unknown", detail=f"second engine: {verdict.reason}")

    def _boxes(self) -> list[dict[sympy.Symbol, Piece]]:
        """Every combination of pieces of the parameters, integers taken as reals."""
        names = [symbol for symbol in self.domains if symbol != self.variable]
        several = [
            [Piece(p.low, p.high, p.low_open, p.high_open) for p in self.domains[symbol].pieces]
            for symbol in names
        ]
        return [dict(zip(names, pieces, strict=True)) for pieces in itertools.product(*several)]

    def _limit(self, box: dict[sympy.Symbol, Piece]) -> tuple[Any, dict[sympy.Symbol, Piece]]:
        """The limit for every value of the parameters in a box, or None."""
        from ..proof.instruments.tending import limit_at

        direction = 1 if self.end == "low" else -1
        return limit_at(self.expression, self.variable, self.point, direction, box, seconds=4), box

    def _is_value(self, limit: Any, box: Mapping[sympy.Symbol, Piece]) -> bool:
        from ..numbers.normal_form import identical

        if limit == self.value or limit.has(sympy.oo) or self.value.has(sympy.oo):
            return bool(limit == self.value)
        return identical(limit, self.value, box)

    def _difference(self, limit: sympy.Expr, seed: int) -> Mapping[str, Any] | None:
        """A point of the parameters where the limit, found there for certain, is not the value."""
        relation: Any = sympy.Eq(limit, self.value, evaluate=False)
        used = {symbol.name for symbol in relation.free_symbols}
        others = {s.name: where for s, where in self.domains.items() if s.name in used}
        values: Mapping[str, str] = {}
        if limit.has(sympy.oo) or self.value.has(sympy.oo):
            if used or limit == self.value:
                return None
        else:
            told = claim(relation, given=(), name=self.name, **others).refute(seed=seed)
            if told.counterexample is None:
                return None
            values = told.counterexample["values"]
        if not self._differs_at(values, seed):
            return None
        place = ", ".join(f"{name} = {value}" for name, value in values.items())
        text = f"the limit is {write(limit)}, not {write(self.value)}"
        return {"values": values, "text": f"{place}: {text}" if place else text}

    def _differs_at(self, values: Mapping[str, str], seed: int) -> bool:
        """Whether the limit is certainly not the value where the parameters have these values."""
        from ..numbers.exact_signs import compare
        from ..proof.problem import Problem
        from ..proof.refuter.falsify import feasible_point

        others = {s: where for s, where in self.domains.items() if s != self.variable}
        point: dict[Any, Any] = {}
        if others:
            point = dict(feasible_point(Problem((), others), seed=seed) or {})
        point |= {s: read_expression(values[s.name], {}) for s in others if s.name in values}
        there = replace(
            self,
            expression=self.expression.subs(point),
            domains={self.variable: self.domains[self.variable]},
        )
        limit, _ = there._limit({})
        return limit is not None and compare(limit, self.value.subs(point)) in (1, -1)

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

    Examples
    --------
    >>> effective_number = limit_claim("(1 - b**n)/(1 - b)", "n", "b", b="(0, 1)", n="positive")
    >>> effective_number.verify().status
    'proved'
    """
    check_keywords("limit_claim", ("end", "name"), (expression, value))
    where = named_domains(domains)
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
        (expression, value),
    )
