"""Every statement of the theory, by name, in the reading order of the chapters."""

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import ModuleType

from ..claims.statement import Statement
from ..foundation.validation import InputError, near_names, one_of

__all__ = ["CHAPTERS", "MODULES", "TITLES", "chapter_of", "introduction", "statements"]

ORDER = (
    "imbalance",
    "concentration",
    "decision",
    "gaussian",
    "consistency",
    "high_dimension",
    "reweighting",
    "adjustment",
    "vector_scaling",
    "bounds",
    "surrogates",
    "margins",
    "geometry",
    "separable",
)
"""The chapters in reading order: a file imports, and a statement rests on, what stands before it."""


def _file(chapter: str, module: str = "") -> ModuleType:
    return importlib.import_module(f"...{chapter}{module and '.'}{module}", __name__)


def _files(chapter: str) -> tuple[str, ...]:
    """A chapter's files: those that it lists, then any other in its folder."""
    face = _file(chapter)
    there = [info.name for info in pkgutil.iter_modules(face.__path__) if not info.ispkg]
    return (*face.MODULES, *sorted(set(there) - set(face.MODULES)))


CHAPTERS: Mapping[str, tuple[str, ...]] = {chapter: _files(chapter) for chapter in ORDER}
"""The files of every chapter in reading order; those with statements hold them as ``STATEMENTS``."""

TITLES: Mapping[str, str] = {chapter: _file(chapter).TITLE for chapter in ORDER}

MODULES = tuple(module for modules in CHAPTERS.values() for module in modules)


def introduction(chapter: str) -> str:
    """What a chapter is about: its docstring without the title."""
    return inspect.cleandoc(_file(chapter).__doc__ or "").split("\n", 1)[-1].strip()


def chapter_of(name: str) -> str:
    """The chapter of a statement or of a file.

    Raises
    ------
    InputError
        If there is none.
    """
    module = one_of("file", name.split("/")[0].split(".")[0], MODULES)
    return next(chapter for chapter, modules in CHAPTERS.items() if module in modules)


class UnknownStatement(InputError, KeyError):
    """No statement has this name; as an error of a user and as one of a mapping."""

    __str__ = InputError.__str__


class _ByName(dict[str, Statement]):
    def __missing__(self, name: str) -> Statement:
        near = near_names(name, self)
        hint = f"did you mean {' or '.join(near)}?" if near else "contents() shows them all"
        raise UnknownStatement(f"unknown statement {name!r}; {hint}")


@cache
def statements() -> Mapping[str, Statement]:
    """All statements, by name, in reading order.

    A name that is not there is an `InputError` that suggests near ones; it is a ``KeyError`` as well.

    Examples
    --------
    >>> print(statements()["margins.ldam_two_class"].title)
    Two classes: the margin trade-off is best at margins proportional to n^(-1/4)
    """
    return _ByName(
        (statement.name, statement)
        for chapter, modules in CHAPTERS.items()
        for module in modules
        for statement in getattr(_file(chapter, module), "STATEMENTS", ())
    )
