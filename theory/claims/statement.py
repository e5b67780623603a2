"""A statement of the theory as an object: what is claimed, by whom, why it holds, and what does not.

Its proof is a list of steps, each a claim that an engine decides; its status is that of its weakest
step. Its mutants are false neighbours, typical mistakes of papers and code, and each must be refuted.
Statements are written as text and read on first use, so that a module of formulas imports quickly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from ..foundation.validation import InputError, as_seconds, as_seed

if TYPE_CHECKING:
    from ..proof.certificate import Certificate
    from .computed import ComputedClaim
    from .failure import FailureClaim
    from .limit import LimitClaim
    from .quoted import QuotedClaim
    from .relation import Claim

    AnyClaim = Claim | LimitClaim | ComputedClaim | FailureClaim | QuotedClaim

__all__ = [
    "Mutant",
    "Stated",
    "Statement",
    "Step",
    "mutants",
    "state",
    "state_computed",
    "state_derivative",
    "state_failure",
    "state_limit",
    "state_quoted",
    "steps",
]


@dataclass(frozen=True)
class Stated:
    """A claim as written: the arguments of its builder (`claim` by default), read when first needed."""

    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    kind: str = "claim"

    @property
    def has_values(self) -> bool:
        """Whether both sides have values at a point, as only relations have."""
        return self.kind in ("claim", "derivative", "failure")

    @cached_property
    def claim(self) -> "AnyClaim":
        """The claim as an object."""
        if self.kind == "limit":
            from .limit import limit_claim

            return limit_claim(*self.arguments, **self.options)
        if self.kind == "computed":
            from .computed import computed_claim

            return computed_claim(*self.arguments, **self.options)
        if self.kind == "quoted":
            from .quoted import QuotedClaim

            return QuotedClaim(*self.arguments)
        from .relation import claim, derivative_claim

        if self.kind == "failure":
            from .failure import FailureClaim

            return FailureClaim(claim(*self.arguments, **self.options))
        build = derivative_claim if self.kind == "derivative" else claim
        return build(*self.arguments, **self.options)


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


@dataclass(frozen=True)
class Step:
    """One step of a proof: its name, what it is for, its claim, and the numbers it goes by."""

    name: str
    text: str
    stated: Stated
    ids: tuple[str, ...] = ()

    @property
    def claim(self) -> "AnyClaim":
        """The claim as an object."""
        return self.stated.claim


@dataclass(frozen=True)
class Mutant(Step):
    """A false neighbour of a statement: its claim, and the mistake it stands for."""


@dataclass(frozen=True, repr=False)
class Statement:
    """A named claim of the theory.

    Parameters
    ----------
    name
        ``"module.statement"``, as the catalogue lists it.
    title
        The claim in words.
    source
        Paper and equation, or "derived here".
    formula
        The claim as the reader should see it.
    steps
        What is proved; together they give the statement, as ``argument`` explains.
    argument
        How the steps combine.
    mutants
        False neighbours.
    symbols
        What each symbol means.
    cites
        Steps taken from the literature without proof; they make the status `cited`.
    rests_on
        Names of statements that the argument uses.
    ids
        Its numbers in the table of contents, such as ``("VS1",)``; steps may have their own besides.
    functions
        Names of the module's numeric functions that compute it.
    corrects
        What the source or common usage says and this statement shows to be wrong, if it does.
    """

    name: str
    title: str
    source: str
    formula: Stated
    steps: tuple[Step, ...]
    argument: str
    mutants: tuple[Mutant, ...]
    symbols: Mapping[str, str] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    corrects: str = ""

    @property
    def claim(self) -> "AnyClaim":
        """The formula as a claim."""
        return self.formula.claim

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> "Certificate":
        """Prove every step; the certificate holds the tree and the weakest status."""
        from ..proof.certificate import Certificate, weakest

        seconds, seed = as_seconds(seconds), as_seed(seed)
        parts = []
        for step in self.steps:
            part = step.claim.verify(seconds=seconds, seed=seed)
            parts.append(replace(part, name=step.name, detail=part.detail or step.text))
        for number, text in enumerate(self.cites, start=1):
            parts.append(Certificate(name=f"cited_{number}", status="cited", detail=text))
        return Certificate(
            name=self.name,
            status=weakest(part.status for part in parts),
            engines=tuple(sorted({engine for part in parts for engine in part.engines})),
            seconds=sum(part.seconds for part in parts),
            parts=tuple(parts),
        )

    def attack(self, *, seed: int = 0) -> "list[Certificate]":
        """Try to refute every mutant; each certificate should come back `refuted`."""
        seed = as_seed(seed)
        return [
            replace(
                mutant.claim.refute(seed=seed),
                name=f"{self.name}/{mutant.name}",
                detail=mutant.text,
            )
            for mutant in self.mutants
        ]

    def evaluate(self, **values: ArrayLike) -> dict[str, Any]:
        """Both sides of the formula at numbers, and whether it holds; see `Claim.evaluate`.

        Raises
        ------
        InputError
            If the formula has no value at a point, or a value is missing or outside its domain.
        """
        return self._valued().evaluate(**values)

    def lambdify(self, module: str = "numpy") -> tuple[Any, Any]:
        """The two sides of the formula as functions (of the symbols, in the domain's order).

        ``module``: ``"numpy"``, ``"scipy"``, ``"mpmath"`` or ``"torch"``.
        """
        from ..language.expression import as_functions

        own = self._valued()
        symbols = tuple(own.domains)
        left, right = (as_functions(side, symbols, module) for side in own.relations[0].args)
        return left, right

    def _valued(self) -> "Claim":
        """The formula, if it is a relation between values."""
        own: Any = self.claim
        if not self.formula.has_values:
            raise InputError(
                f"{self.name} has no value at a point: it is a {self.formula.kind} claim"
            )
        return own.of if self.formula.kind == "failure" else own

    def latex(self) -> str:
        """The formula as LaTeX, with its domains."""
        return self.claim.latex()

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>{escape(step.text)}: ${step.claim.latex()}$</li>" for step in self.steps
        )
        return (
            f"<b>{escape(self.title)}</b> <code>{escape(self.name)}</code><br>"
            f"$\\displaystyle {self.latex()}$<br><i>{escape(self.source)}</i>"
            f"<p>{escape(self.argument)}</p><ol>{rows}</ol>"
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.title}\n  {self.claim}\n  {self.source}"

    __repr__ = __str__


def steps(*entries: tuple[str, Stated] | tuple[str, Stated, str]) -> tuple[Step, ...]:
    """Steps from (text, claim) or (text, claim, ids) entries, named step_1, step_2, ...

    ``ids`` are the step's own numbers in the table of contents, with blanks between: ``"VS1a VS1b"``.
    """
    return tuple(
        Step(f"step_{i}", text, own, tuple(" ".join(ids).split()))
        for i, (text, own, *ids) in enumerate(entries, start=1)
    )


def mutants(*pairs: tuple[str, Stated]) -> tuple[Mutant, ...]:
    """Mutants from (mistake, claim) pairs, named mutant_1, mutant_2, ..."""
    return tuple(Mutant(f"mutant_{i}", text, own) for i, (text, own) in enumerate(pairs, start=1))
