"""Other forms of expressions, proposed by SymPy; Coq proves that they are equal, or nothing comes of them."""

import ast

import sympy

from ....language.expression import read_expression, write
from ...second.second_opinion import Term, parse
from ...second.terms import variables

__all__ = ["evaluated", "one_fraction", "one_term"]


def evaluated(term: Term) -> Term:
    """An expression with its numbers worked out."""
    return parse(write(_read(term)))


def one_fraction(term: Term) -> tuple[Term, Term]:
    """Numerator and denominator of an expression."""
    above, below = sympy.fraction(sympy.together(_read(term)))
    return parse(write(above)), parse(write(below))


def one_term(term: Term) -> Term:
    """A coefficient in factors, so that its sign is seen."""
    factors = sympy.factor(_read(term))
    return parse(write(factors)) if factors.is_Mul else term


def _read(term: Term) -> sympy.Expr:
    symbols = {name: sympy.Symbol(name) for name in variables(term)}
    return read_expression(ast.unparse(term), symbols)
