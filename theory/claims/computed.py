"""Claims that a computation decides: finite enumeration, convex programs, quadrature, sampled worlds.

Such a claim names a check of `counterpoise.theory.checks` and its parameters; see `proof.computation`.
"""

import inspect
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..foundation.validation import InputError, as_seconds, as_seed, shown
from ..proof.certificate import Certificate
from ..proof.computation import ENGINES, Check, find_check

__all__ = ["ComputedClaim", "computed_claim"]


_LATEX_SPECIAL = re.compile(r"[&%$#_{}]")


def _escaped(match: re.Match[str]) -> str:
    return "\\" + match[0]


@dataclass(frozen=True, repr=False)
class ComputedClaim:
    """A check with its parameters. Build one with `computed_claim`."""

    check: Check
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str = field(default="computed", compare=False)

    def texts(self) -> dict[str, Any]:
        """The claim as a certificate holds it."""
        return {"claim": (str(self),), "domain": {}, "given": ()}

    def __str__(self) -> str:
        return self.check.words(self.parameters)

    __repr__ = __str__

    def latex(self) -> str:
        """The claim as LaTeX: the check's formula, or its words."""
        if self.check.latex:
            return self.check.latex
        return rf"\text{{{_LATEX_SPECIAL.sub(_escaped, str(self))}}}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> Certificate:
        """Run the check: `proved` or `checked` by its engine, `refuted` if it does not hold.

        ``seconds`` and ``seed`` are those of the other claims; a check's are among its
        parameters, so that its certificate can be reproduced.
        """
        as_seconds(seconds)
        as_seed(seed)
        start = time.monotonic()
        finding = self.check.first(**self.parameters)
        evidence = {
            "kind": "computed",
            "check": self.check.name,
            "parameters": dict(self.parameters),
            "found": dict(finding.evidence),
        }
        refutation = {"text": finding.counterexample or finding.detail}
        return Certificate(
            name=self.name,
            status=ENGINES[self.check.engine] if finding.holds else "refuted",
            **self.texts(),
            engines=(self.check.engine,),
            evidence=evidence,
            counterexample=None if finding.holds else refutation,
            detail=finding.detail,
            seconds=time.monotonic() - start,
        )

    def refute(self, *, seed: int = 0) -> Certificate:
        """The same as `verify`: a computation decides either way."""
        return self.verify(seed=seed)


def computed_claim(check: str, *, name: str = "computed", **parameters: Any) -> ComputedClaim:
    """The claim that the named check makes for these parameters, such as ``points=3``.

    Raises
    ------
    InputError
        If there is no such check, or its words need a parameter that is missing.
    """
    registered = find_check(check)
    try:
        registered.words(parameters)
        inspect.signature(registered.first).bind(**parameters)
    except (KeyError, TypeError) as error:
        raise InputError(f"check {shown(check)}: its parameters do not fit ({error})") from None
    return ComputedClaim(registered, parameters, name)
