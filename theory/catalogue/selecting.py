"""Which statements are meant: by name, file, chapter, number in the dossiers, pattern, or by a word."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ..claims.statement import Statement
from ..foundation.validation import InputError, near_names
from .catalogue import CHAPTERS, MODULES, TITLES, chapter_of, statements

__all__ = ["search", "select"]


def select(names: Iterable[str] = ()) -> list[Statement]:
    """The statements that are named, in reading order; all of them, if nothing is.

    Parameters
    ----------
    names
        Each the name of a statement, of a file or of a chapter (all of its statements; a file comes first
        where both have the name), a number of the dossiers such as ``"LD2"`` or ``"VS8d"`` (of a
        statement or of one of its steps), or a pattern such as ``"margins.*"`` or, for a whole chapter,
        ``"margins/*"``.

    Raises
    ------
    InputError
        If nothing is called so; near matches are suggested.

    Examples
    --------
    >>> [statement.name for statement in select(["LD2"])]
    ['margins.ldam_two_class']
    >>> len(select(["margins.*"]))
    2
    """
    wanted: set[str] = set()
    for name in names:
        found = _meant(name)
        if not found:
            raise InputError(f"unknown statement {name!r}; {_hint(name)}")
        wanted |= found
    everything = statements()
    return [everything[name] for name in everything if not wanted or name in wanted]


def search(words: Iterable[str] = ()) -> list[Statement]:
    """The statements that every word selects, as in `select`, or is found in: title, source, theorem, steps.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> any(s.name == "margins.ldam_two_class" for s in search(["ldam", "trade-off"]))
    True
    """
    words = list(words)
    found = list(statements().values())
    for word in words:
        meant = _meant(word)
        found = [s for s in found if s.name in meant or word.casefold() in _text(s)]
    if not found:
        raise InputError(f"no statement has {' and '.join(map(repr, words))}; {_hint(words[0])}")
    return found


def _meant(name: str) -> set[str]:
    """The names of the statements that a word selects; none, if it selects nothing."""
    known = statements()
    if name in known:
        return {name}
    if name in MODULES:
        return {key for key in known if key.split(".")[0] == name}
    if name in CHAPTERS:
        return {key for key in known if chapter_of(key) == name}
    if any(sign in name for sign in "*?["):
        return {
            key
            for key in known
            if fnmatchcase(key, name) or fnmatchcase(f"{chapter_of(key)}/{key}", name)
        }
    return {key for key, s in known.items() if name.casefold() in map(str.casefold, _numbers(s))}


def _numbers(statement: Statement) -> set[str]:
    return {*statement.ids, *(number for step in statement.steps for number in step.ids)}


def _text(statement: Statement) -> str:
    theorem = statement.theorem.arguments[0] if statement.theorem else ""
    parts = (
        statement.name, statement.title, statement.source, theorem, statement.corrects,
        TITLES[chapter_of(statement.name)], *statement.functions, *(s.text for s in statement.steps),
        *_numbers(statement),
    )  # fmt: skip
    return " ".join(parts).casefold()


def _hint(name: str) -> str:
    known = statements()
    numbers = sorted({number for s in known.values() for number in _numbers(s)})
    near = near_names(name, [*known, *MODULES, *CHAPTERS, *numbers])
    return f"did you mean {' or '.join(near)}?" if near else "counterpoise list shows them all"
