"""An answer: loss, offset, threshold, and lines that cite the statements they follow from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .question import METRICS, Question

__all__ = ["Advice", "Advised", "Use"]

WIDTH = 100
INDENT = " " * 14


@dataclass(frozen=True)
class Use:
    """A public name of `counterpoise.methods` with the arguments to call it with."""

    name: str
    arguments: tuple[Any, ...] = ()
    keywords: tuple[tuple[str, Any], ...] = ()

    def build(self) -> Any:
        """The object itself, such as a loss module."""
        methods = import_module("...methods", __package__)
        return getattr(methods, self.name)(*self.arguments, **dict(self.keywords))

    def __str__(self) -> str:
        given = [_literal(value) for value in self.arguments]
        given += [f"{key}={_literal(value)}" for key, value in self.keywords]
        return f"{self.name}({', '.join(given)})"


@dataclass(frozen=True)
class Advised:
    """A line of advice.

    ``statements``: the names of those in the catalogue that it follows from; empty only for what the
    package cannot know.
    """

    topic: str
    advice: str
    why: str
    statements: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Advice:
    """What `counterpoise.advise` answers; ``print`` shows all of it, with the status of every statement.

    Attributes
    ----------
    question
        The problem as it was understood.
    loss
        What to train with: ``str(loss)`` is the code, ``loss.build()`` the module.
    offset
        What the loss adds to the logits, shape (K,); the same for all classes if it is cross-entropy.
        Subtract it from the logits of plain training for the same decisions.
    tau
        The exponent of logit adjustment that the offset amounts to, None if it is no such power.
    threshold
        Two classes: where to cut plain training's probability of class 1; None if data must tell.
    lines, unknown
        What follows from the statements, and what cannot be known here.
    """

    question: Question
    loss: Use
    offset: NDArray[np.float64]
    tau: float | None
    threshold: float | None
    lines: tuple[Advised, ...]
    unknown: tuple[Advised, ...]

    @property
    def statements(self) -> Mapping[str, str]:
        """The cited statements, by name, with their status and mark."""
        cited = (name for line in (*self.lines, *self.unknown) for name in line.statements)
        return {name: _verdicts()[name] for name in dict.fromkeys(cited)}

    def __str__(self) -> str:
        question = self.question
        shown = [
            f"{question.classes} classes, {int(question.class_counts.sum())} examples, "
            f"imbalance factor {question.imbalance_factor:.4g}, "
            f"rarest class {100 * question.prior.min():.3g} %",
            f"aim: {METRICS.get(question.metric, 'least expected cost')}",
            "",
            *(self._shown(line) for line in self.lines),
            "What this cannot know",
            "",
            *(self._shown(line) for line in self.unknown),
        ]
        return "\n".join(shown).rstrip()

    def __repr__(self) -> str:
        return f"<Advice: {self.loss}; print it to read why>"

    def _shown(self, line: Advised) -> str:
        cited = [f"[{name}: {self.statements[name]}]" for name in line.statements]
        texts = [fill(line.advice, WIDTH, initial_indent=f"{line.topic:14}", **_WRAP)]
        texts += [fill(line.why, WIDTH, initial_indent=INDENT, **_WRAP)] if line.why else []
        return "\n".join([*texts, *(INDENT + each for each in cited), ""])


_WRAP: Any = {
    "subsequent_indent": INDENT,
    "break_long_words": False,
    "break_on_hyphens": False,
}


def _literal(value: Any) -> str:
    """A value as code; an array to four digits, one too long to read by the name of its argument."""
    if not isinstance(value, np.ndarray):
        return f"{value:g}" if isinstance(value, float) else repr(value)
    if value.size > 12:
        return "class_counts" if (value % 1 == 0).all() else "offset"
    whole = (value % 1 == 0).all()
    return f"[{', '.join(f'{v:.0f}' if whole else f'{v:.4g}' for v in value)}]"


@cache
def _verdicts() -> Mapping[str, str]:
    from ...theory.catalogue.verdicts import stored_certificates

    return {name: proof.verdict for name, proof in stored_certificates().items()}
