"""A statement of the theory as an object: what is claimed, by whom, why it holds, and what does not.

Its proof is a list of steps, each a claim that an engine decides; its status is that of its weakest
step. What is shown is bound to the proof: the formula is one of the steps, and a theorem that prose
assembles from the steps says so. Its mutants are false neighbours, typical mistakes of papers and code,
and each must be refuted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import TYPE_CHECKING, Any

from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_seconds, as_seed
from .stated import Stated

if TYPE_CHECKING:
    from ..proof.certificate import Certificate
    from .relation import Claim
    from .stated import AnyClaim

__all__ = ["ASSEMBLED", "DECIDED", "Mutant", "Statement", "Step"]

DECIDED = "decided"
"""The mark of a statement whose shown formula is a claim that an engine decided as it stands."""

ASSEMBLED = "assembled by argument"
"""The mark of one whose shown theorem joins decided steps by prose."""


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
        The decided relation: one of the steps; None where only the theorem has a form to show.
    theorem
        The whole claim in words and LaTeX, where no engine decides it as it stands; it is shown first.
    steps
        What is proved; together they give the statement, as ``argument`` explains.
    argument
        How the steps combine.
    mutants
        False neighbours.
    symbols
        What each symbol means.
    domains
        Where the symbols of the steps and mutants live, unless a claim says otherwise.
    cites
        Steps taken from the literature without proof; they make the status `cited`.
    rests_on
        Names of statements that the argument uses.
    ids
        Its numbers in the table of contents, such as ``("VS1",)``; steps may have numbers besides.
    functions
        Names of the module's numeric functions that compute it.
    corrects
        What the source or common usage says and this statement shows to be wrong, if it does.

    Examples
    --------
    >>> from counterpoise.theory import statements
    >>> ldam = statements()["margins.ldam_two_class"]
    >>> ldam.source
    'Cao et al. (NeurIPS 2019), Section 3.1 and Theorem 3'
    >>> sides = ldam.evaluate(t=0.25, B=1.0, n1=1000, n2=10)
    >>> round(float(sides["left"]), 3), round(float(sides["right"]), 3)
    (0.548, 0.548)
    """

    name: str
    title: str
    source: str
    formula: Stated | None
    steps: tuple[Step, ...]
    argument: str
    mutants: tuple[Mutant, ...]
    theorem: Stated | None = None
    symbols: Mapping[str, str] = field(default_factory=dict)
    domains: Mapping[str, str] = field(default_factory=dict)
    cites: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    corrects: str = ""

    @property
    def claim(self) -> "AnyClaim":
        """The formula as a claim; the theorem where there is no formula."""
        return self._one_of(self.formula, self.theorem)

    @property
    def headline(self) -> "AnyClaim":
        """What is shown first, as a claim: the theorem, else the formula."""
        return self._one_of(self.theorem, self.formula)

    def _one_of(self, first: Stated | None, second: Stated | None) -> "AnyClaim":
        stated = first or second
        if stated is None:
            raise InputError(f"{self.name} has neither a formula nor a theorem to show")
        return stated.claim

    @property
    def mark(self) -> str:
        """How what is shown is tied to the proof: `DECIDED`, or `ASSEMBLED`."""
        return ASSEMBLED if self.theorem else DECIDED

    def shown(self) -> dict[str, Any]:
        """What a certificate says of what is shown: mark, theorem, formula and the step that is it."""
        formula = None
        if self.formula is not None:
            step = self._formula_step()
            formula = {"step": step.name if step else "formula", **self.formula.claim.texts()}
        theorem = list(self.theorem.arguments) if self.theorem else None
        return {"mark": self.mark, "theorem": theorem, "formula": formula}

    def _formula_step(self) -> Step | None:
        if self.formula is None:
            return None
        texts = self.formula.claim.texts()
        alike = (step for step in self.steps if step.stated.kind == self.formula.kind)
        return next((step for step in alike if step.claim.texts() == texts), None)

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> "Certificate":
        """Prove every step; the certificate holds the tree and the weakest status.

        A formula that is no step is decided besides. What is not as pinned (see `claims.pins`) is
        `unknown`, however well its steps hold.
        """
        from ..proof.certificate import Certificate, weakest
        from ..proof.kernel.stored import stamped
        from .pins import difference

        seconds, seed = as_seconds(seconds), as_seed(seed)
        parts = []
        for step in self._to_decide():
            part = step.claim.verify(seconds=seconds, seed=seed)
            parts.append(replace(part, name=step.name, detail=part.detail or step.text))
        for number, text in enumerate(self.cites, start=1):
            parts.append(Certificate(name=f"cited_{number}", status="cited", detail=text))
        reason = difference(self)
        whole = Certificate(
            name=self.name,
            status=weakest([*(part.status for part in parts), *(["unknown"] if reason else [])]),
            engines=tuple(sorted({engine for part in parts for engine in part.engines})),
            detail=reason,
            seconds=sum(part.seconds for part in parts),
            parts=tuple(parts),
            shown=self.shown(),
        )
        return stamped(whole)

    def _to_decide(self) -> tuple[Step, ...]:
        """The steps, and the formula where it is none of them."""
        if self.formula is None or self._formula_step():
            return self.steps
        return (*self.steps, Step("formula", "the formula as it stands", self.formula))

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

        claim = self._valued()
        symbols = tuple(claim.domains)
        left, right = (as_functions(side, symbols, module) for side in claim.relations[0].args)
        return left, right

    def _valued(self) -> "Claim":
        """The formula, if it is a relation between values."""
        if self.formula is None or not self.formula.has_values:
            kind = f"a {self.formula.kind} claim" if self.formula else "shown as a theorem only"
            raise InputError(f"{self.name} has no value at a point: it is {kind}")
        claim: Any = self.formula.claim
        return claim.of if self.formula.kind == "failure" else claim

    def latex(self) -> str:
        """What is shown as LaTeX: the theorem, else the formula with its domains."""
        return self.headline.latex()

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li><code>{escape(step.name)}</code> {escape(step.text)}: ${step.claim.latex()}$</li>"
            for step in self.steps
        )
        return (
            f"<b>{escape(self.title)}</b> <code>{escape(self.name)}</code><br>"
            f"$\\displaystyle {self.latex()}$<br><i>{escape(self.source)}</i> ({self.mark})"
            f"<p>{escape(self.argument)}</p><ol>{rows}</ol>"
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.title}\n  {self.headline}\n  {self.source} ({self.mark})"

    __repr__ = __str__
