"""A formula that is shown but not decided as a whole: it quantifies over functions, samples or worlds.

The steps of its statement carry the proof; as a step it is a citation.
"""

from dataclasses import dataclass
from typing import Any

from ..foundation.validation import as_seconds, as_seed
from ..proof.certificate import Certificate

__all__ = ["QuotedClaim"]


@dataclass(frozen=True, repr=False)
class QuotedClaim:
    """``words`` for a terminal, ``formula`` in LaTeX for a page."""

    words: str
    formula: str
    name: str = "quoted"

    def texts(self) -> dict[str, Any]:
        """The claim as a certificate holds it."""
        return {"claim": (self.words,), "domain": {}, "given": ()}

    def latex(self) -> str:
        """The formula."""
        return self.formula

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.formula}$"

    def __str__(self) -> str:
        return self.words

    __repr__ = __str__

    def verify(self, *, seconds: float = 30.0, seed: int = 0) -> Certificate:
        """`cited`: nothing is computed."""
        as_seconds(seconds)
        as_seed(seed)
        return Certificate(name=self.name, status="cited", **self.texts(), detail=self.words)

    def refute(self, *, seed: int = 0) -> Certificate:
        """`cited` as well: there is nothing to compute."""
        return self.verify(seed=seed)
