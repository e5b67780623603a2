"""A claim as text, read when it is first needed, so that a module of formulas imports without SymPy."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .computed import ComputedClaim
    from .failure import FailureClaim
    from .limit import LimitClaim
    from .quoted import QuotedClaim
    from .relation import Claim

    AnyClaim = Claim | LimitClaim | ComputedClaim | FailureClaim | QuotedClaim

__all__ = [
    "Stated",
    "state",
    "state_computed",
    "state_derivative",
    "state_failure",
    "state_limit",
    "state_quoted",
]


@dataclass(frozen=True)
class Stated:
    """A claim as written: the arguments of its builder (`claim` by default), read when first needed.

    ``table``: the domains of a statement's symbols, for those that the claim mentions and its
    ``options`` say nothing of.
    """

    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    kind: str = "claim"
    table: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_values(self) -> bool:
        """Whether both sides have values at a point, as only relations have."""
        return self.kind in ("claim", "derivative", "failure")

    @cached_property
    def claim(self) -> "AnyClaim":
        """The claim as an object."""
        if self.kind == "computed":
            from .computed import computed_claim

            return computed_claim(*self.arguments, **self.options)
        if self.kind == "quoted":
            from .quoted import QuotedClaim

            return QuotedClaim(*self.arguments)
        return self._symbolic({**self._domains(), **self.options})

    def _symbolic(self, options: Mapping[str, Any]) -> "AnyClaim":
        if self.kind == "limit":
            from .limit import limit_claim

            return limit_claim(*self.arguments, **options)
        from .relation import claim, derivative_claim

        if self.kind == "failure":
            from .failure import FailureClaim

            return FailureClaim(claim(*self.arguments, **options))
        return (derivative_claim if self.kind == "derivative" else claim)(
            *self.arguments, **options
        )

    def _domains(self) -> dict[str, str]:
        """Of the table, what the claim mentions."""
        if not self.table:
            return {}
        from ..language.expression import free_names

        texts = [self.arguments, self.options.get("given", ())]
        names = {name for text in _strings(texts) for name in free_names(text)}
        return {name: where for name, where in self.table.items() if name in names}


def _strings(several: Any) -> Iterator[str]:
    for part in (several,) if isinstance(several, str) else several:
        yield from (part,) if isinstance(part, str) else _strings(part)


def state(*relations: str, **options: Any) -> Stated:
    """A claim about one or more relations; the options are those of `counterpoise.theory.claim`."""
    return Stated((list(relations),), options)


def state_limit(*arguments: str, **options: Any) -> Stated:
    """A claim about a limit; the arguments are those of `counterpoise.theory.limit_claim`."""
    return Stated(arguments, options, kind="limit")


def state_derivative(expression: str, variable: str, derivative: str, **options: Any) -> Stated:
    """The claim that the derivative of an expression in a variable is what is written."""
    return Stated((expression, variable, derivative), options, kind="derivative")


def state_failure(*relations: str, **options: Any) -> Stated:
    """The claim that relations fail somewhere in their domain; the options are those of `claim`."""
    return Stated((list(relations),), options, kind="failure")


def state_computed(check: str, **parameters: Any) -> Stated:
    """What the check ``"module:function"`` of `counterpoise.theory.checks` claims for the parameters."""
    return Stated((check,), parameters, kind="computed")


def state_quoted(words: str, latex: str) -> Stated:
    """A formula to show, in words and in LaTeX, that the steps decide, not an engine."""
    return Stated((words, latex), {}, kind="quoted")
