"""The claim that another claim is false: one exact counterexample proves it.

Negative results of the theory (a false contraction, an inconsistent loss) are statements of this kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..foundation.validation import as_seconds
from ..proof.certificate import FAILS, Certificate
from .relation import Claim

__all__ = ["FailureClaim"]


@dataclass(frozen=True, repr=False)
class FailureClaim:
    """Not for every value of the symbols do the relations of ``of`` hold."""

    of: Claim
    name: str = "failure"

    @property
    def relations(self) -> tuple[Any, ...]:
        """The relations that fail somewhere."""
        return self.of.relations

    @property
    def domains(self) -> Mapping[Any, Any]:
        """The domain in which they fail."""
        return self.of.domains

    def texts(self) -> dict[str, Any]:
        """The claim as a certificate holds it."""
        texts = self.of.texts()
        return texts | {"claim": (FAILS + " and ".join(texts["claim"]),)}

    def latex(self) -> str:
        """The claim as LaTeX."""
        return rf"\text{{not always: }}\; {self.of.latex()}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return FAILS + str(self.of)

    __repr__ = __str__

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> Certificate:
        """`proved` by a counterexample, else what is known of the claim itself."""
        as_seconds(seconds)
        certificate = self.of.refute(seed=seed)
        if certificate.counterexample is None:
            return replace(
                certificate, name=self.name, **self.texts(), detail="no counterexample found"
            )
        return replace(
            certificate,
            name=self.name,
            status="proved",
            **self.texts(),
            evidence={"kind": "failure", "point": dict(certificate.counterexample)},
            counterexample=None,
            detail=f"counterexample: {certificate.counterexample['text']}",
        )

    def refute(self, *, seed: int = 0) -> Certificate:
        """`refuted` if the relations are proved to hold everywhere."""
        proof = self.of.verify(seed=seed)
        held = proof.status == "proved"
        text = {"text": "the relations hold on the whole domain"}
        return replace(
            proof,
            name=self.name,
            status="refuted" if held else "unknown",
            **self.texts(),
            counterexample=text if held else None,
        )
