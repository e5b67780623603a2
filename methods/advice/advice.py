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

__all__ = ["Advice", "Advised", "Numbers", "Use"]

WIDTH = 100
MOST_SHOWN = 12  # numbers of a vector
INDENT = " " * 14


@dataclass(frozen=True, eq=False)
class Numbers:
    """A vector with the expression that gives it, which is shown where the numbers are too many."""

    values: NDArray[np.float64]
    expression: str

    def __str__(self) -> str:
        if self.values.size > MOST_SHOWN:
            return self.expression
        return f"[{', '.join(f'{value:.7g}' for value in self.values)}]"


@dataclass(frozen=True)
class Use:
    """A public name of `counterpoise.methods` with the arguments to call it with."""

    name: str
    arguments: tuple[Numbers, ...] = ()
    keywords: tuple[tuple[str, Numbers | float], ...] = ()

    def build(self) -> Any:
        """The object itself, such as a loss module."""
        methods = import_module("...methods", __package__)
        return getattr(methods, self.name)(
            *map(_value, self.arguments), **{key: _value(x) for key, x in self.keywords}
        )

    def __str__(self) -> str:
        given = [str(value) for value in self.arguments]
        given += [f"{key}={_shown(value)}" for key, value in self.keywords]
        return f"{self.name}({', '.join(given)})"


def _value(argument: Numbers | float) -> Any:
    return argument.values if isinstance(argument, Numbers) else argument


def _shown(argument: Numbers | float) -> str:
    return str(argument) if isinstance(argument, Numbers) else f"{argument:g}"


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
        What to train with: ``str(loss)`` is the code, ``loss.build()`` the module. In the code of many
        classes ``class_counts`` are yours and ``advice`` is this object.
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


@cache
def _verdicts() -> Mapping[str, str]:
    from ...theory.catalogue.verdicts import stored_certificates

    return {name: proof.verdict for name, proof in stored_certificates().items()}
