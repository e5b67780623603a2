"""What the engines work on: relations that should hold over domains, under hypotheses.

A claim is a problem with verbs; the engines know only this side of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy.core.relational import Relational

from ..language.expression import Condition, write_relation
from ..language.written import Written
from ..numbers.domain import Domain

__all__ = ["Problem"]


@dataclass(frozen=True, repr=False)
class Problem:
    """Relations that should hold for every value of the symbols in their domains, under ``given``.

    ``relations``: the conjuncts; ``domains``: symbol to `Domain`; ``conditions``: what makes every part
    of them a real number; ``written`` and ``written_given``: relations and hypotheses as their author
    wrote them, where that was text.
    """

    relations: tuple[Relational, ...]
    domains: Mapping[sympy.Symbol, Domain]
    given: tuple[Relational, ...] = ()
    conditions: tuple[Condition, ...] = ()
    name: str = field(default="claim", compare=False)
    written: Written | None = field(default=None, compare=False)
    written_given: Written | None = field(default=None, compare=False)

    def texts(self) -> dict[str, Any]:
        """The problem as a certificate holds it: ``claim``, ``domain``, ``given``, and what was
        ``written`` (relations, then hypotheses) where that was text."""
        texts = {
            "claim": tuple(write_relation(relation) for relation in self.relations),
            "domain": {symbol.name: str(where) for symbol, where in self.domains.items()},
            "given": tuple(write_relation(fact) for fact in self.given),
        }
        if self.written is None or self.written_given is None:
            return texts | {"written": ()}
        return texts | {"written": self.written.relations() + self.written_given.relations()}
