"""Checks: computations that decide a claim, each with a second one that re-checks it.

A formula prover is no help with 'for all sign vectors' or 'the optimum is this matrix'. A check returns
a `Finding` with evidence; its second function, written another way, must come to the same verdict from
the claim and the evidence alone. Enumeration in exact numbers and verified duals prove; quadrature
and sampled worlds only check.
"""

import importlib
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..foundation.validation import InputError, shown

__all__ = ["ENGINES", "Check", "Finding", "check", "find_check"]

ENGINES = {
    "symbolic": "proved",
    "interval": "proved",
    "enumerate": "proved",
    "convex": "proved",
    "quadrature": "checked",
    "montecarlo": "checked",
}
"""What a finding of each engine is worth."""

_REFERENCE = re.compile(r"[a-z_0-9]+:[a-z_0-9]+")


class Finding(NamedTuple):
    """What a check found.

    ``holds``; ``evidence``, plain JSON data that the second function needs; ``detail``, one line for
    people (counts, tolerances, intervals); ``counterexample``, one line when it does not hold.
    """

    holds: bool
    evidence: Mapping[str, Any]
    detail: str = ""
    counterexample: str = ""


@dataclass(frozen=True)
class Check:
    """A computation that decides a claim, and the second one that re-checks it."""

    name: str
    engine: str
    text: str
    latex: str
    first: Callable[..., Finding]
    again: Callable[..., str]

    def words(self, parameters: Mapping[str, Any]) -> str:
        """The claim in words, for these parameters."""
        return self.text.format(**parameters)


def check(
    engine: str, text: str, *, again: Callable[..., str], latex: str = ""
) -> Callable[[Callable[..., Finding]], Check]:
    """Make a check of a function ``f(**parameters) -> Finding``.

    ``text`` says what is claimed, with the parameters in braces; ``latex`` shows it (else the text is
    shown). ``again(finding, **parameters)`` computes the verdict another way, or verifies the
    evidence, and returns ``""`` if it agrees, else the reason why not.
    """
    if engine not in ENGINES:
        raise InputError(f"engine = {shown(engine)}: must be one of {', '.join(ENGINES)}")

    def wrap(first: Callable[..., Finding]) -> Check:
        name = f"{first.__module__.rsplit('.', 1)[-1]}:{first.__name__}"
        return Check(name, engine, inspect.cleandoc(text), latex, first, again)

    return wrap


@cache
def _check_files() -> Mapping[str, str]:
    """The files of the chapters' ``checks`` folders: their names, and how to import them."""
    folders = Path(__file__).parents[1].glob("*/checks/*.py")
    return {
        path.stem: f"..{path.parts[-3]}.checks.{path.stem}"
        for path in folders
        if path.stem != "__init__"
    }


def find_check(name: str) -> Check:
    """The check of this name, ``"file:function"`` in the ``checks`` folder of a chapter.

    Raises
    ------
    InputError
        If there is none. The name may come from a stranger's certificate: only files of ours load.
    """
    if _REFERENCE.fullmatch(name):
        file, function = name.split(":")
        if file in _check_files():
            place = importlib.import_module(_check_files()[file], __package__)
            found = getattr(place, function, None)
            if isinstance(found, Check):
                return found
    raise InputError(f"{shown(name)} is no check of counterpoise.theory")
