"""How the chapters write a statement: one table of symbols, bare relations, the formula once.

``statement(...)`` reads the short form of `theory/TEMPLATE.md` and builds a `Statement`; what a relation
leaves unsaid, the domains of its symbols, comes from the table ``where``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..foundation.validation import InputError, shown
from .stated import (
    Stated,
    state,
    state_computed,
    state_derivative,
    state_failure,
    state_limit,
    state_quoted,
)
from .statement import Mutant, Statement, Step

__all__ = [
    "FORMULA",
    "state",
    "state_computed",
    "state_derivative",
    "state_failure",
    "state_limit",
    "state_quoted",
    "statement",
]

FORMULA = Stated((), {}, kind="formula")
"""As a step: the statement's formula itself."""

Relations = str | tuple[str, ...] | Stated
"""A claim in the short form: relations that should hold together, or another kind of claim."""

_LABEL = re.compile(r"([a-z][a-z0-9_]*)(?: \(([^)]+)\))?: (.+)", re.DOTALL)


def statement(
    *,
    name: str,
    title: str,
    source: str,
    where: Mapping[str, str],
    steps: Sequence[Any],
    argument: str,
    mutants: Sequence[Any],
    formula: Relations | None = None,
    theorem: tuple[str, str] | None = None,
    **others: Any,
) -> Statement:
    """A `Statement` from its short form.

    Parameters
    ----------
    where
        What each symbol means, by its name and domain: ``{"a, b: positive": "...", "K": "..."}``.
    formula
        The decided relation: text, several texts, or a ``state_...`` of another kind; None where only
        the theorem has a form to show.
    theorem
        The whole claim in words and in LaTeX, where no engine decides it as it stands.
    steps
        Labels and claims in turn; a label is ``"name: what it is for"``, or ``"name (VS1a): ..."`` with the
        step's numbers in the table of contents. ``FORMULA`` stands for the formula.
    mutants
        Mistakes and their claims in turn.
    others
        The other fields of `Statement`.

    Raises
    ------
    InputError
        If a label or a line of ``where`` cannot be read, or the formula is no step.
    """
    symbols, domains = _table(name, where)
    shown = None if formula is None else _claim(formula, domains)
    return Statement(
        name=name,
        title=title,
        source=source,
        formula=shown,
        theorem=None if theorem is None else state_quoted(*theorem),
        steps=tuple(
            _step(name, label, relations, shown, domains)
            for label, relations in _pairs(name, steps)
        ),
        argument=argument,
        mutants=tuple(
            Mutant(f"mutant_{number}", mistake, _claim(relations, domains))
            for number, (mistake, relations) in enumerate(_pairs(name, mutants), start=1)
        ),
        symbols=symbols,
        domains=domains,
        **others,
    )


def _table(name: str, where: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Meanings and domains by symbol."""
    symbols: dict[str, str] = {}
    domains: dict[str, str] = {}
    for key, meaning in where.items():
        names, _, domain = key.partition(":")
        for symbol in map(str.strip, names.split(",")):
            if not symbol or symbol in symbols:
                raise InputError(
                    f"{name}: where names {shown(symbol)} twice, or not at all: {shown(key)}"
                )
            symbols[symbol] = meaning
            if domain:
                domains[symbol] = domain.strip()
    return symbols, domains


def _pairs(name: str, flat: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    if len(flat) % 2:
        raise InputError(
            f"{name}: labels and claims must come in turn; {shown(flat[-1])} is left over"
        )
    return zip(flat[::2], flat[1::2], strict=True)


def _step(
    name: str, label: str, relations: Any, formula: Stated | None, domains: Mapping[str, str]
) -> Step:
    read = _LABEL.fullmatch(label)
    if not read:
        raise InputError(
            f"{name}: a step's label must be 'name: what it is for', got {shown(label)}"
        )
    if relations is FORMULA and formula is None:
        raise InputError(f"{name}: step {read[1]} is FORMULA, but there is no formula")
    stated = formula if relations is FORMULA else _claim(relations, domains)
    assert stated is not None
    return Step(read[1], read[3], stated, tuple((read[2] or "").split()))


def _claim(relations: Relations, domains: Mapping[str, str]) -> Stated:
    if isinstance(relations, Stated):
        return replace(relations, table=domains)
    return replace(
        state(*((relations,) if isinstance(relations, str) else relations)), table=domains
    )
