"""Certificates whose name or options read like the catalogue's and are others.

Checked by: names and options in other scripts, with what is not seen, and of other types.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..proof.certificate import Certificate
from .catalogue import statements

__all__ = ["imitated", "misspelt"]

_CYRILLIC = (
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442"
    "\u0443\u0445\u0455\u0456\u0458\u04bb\u0501\u051b\u051d\u04cf"
)
_GREEK = "\u03b1\u03b3\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c3\u03c4\u03c5\u03c7\u03c9"
_OTHERS = "\u0131\u0251\u026101"  # dotless i, script a and g, and digits that look like letters
_LIKE = str.maketrans(
    _CYRILLIC + _GREEK + _OTHERS, "abekmhopctyxsijhdqwl" + "ayenikvopotuxw" + "iagol"
)


def imitated(name: str) -> str:
    """Why a name that is not the catalogue's reads like one; empty if it does not.

    Spaces, signs, capitals, accents and what is not seen do not count, and letters of other scripts for
    those that they look like.
    """
    like = _skeletons().get(_skeleton(re.split("[/\u2044\u2215\u29f8\uff0f]", name)[0]))
    return f"{name!a} is not {like}" if like else ""


@cache
def _skeletons() -> Mapping[str, str]:
    return {_skeleton(name): name for name in statements()}


def _skeleton(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold().translate(_LIKE)
    return "".join(c for c in letters if c.isalnum() and c not in "\u115f\u1160\u3164")


_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?|")


def misspelt(certificate: Certificate) -> str:
    """Why a computation was not asked for what the words say; empty if it was.

    An option that is none may be taken for another one: it must be of the kind that the catalogue uses, a
    text one of its texts, or, where it has numbers as texts, a number.
    """
    evidence = certificate.evidence
    parameters = evidence.get("parameters")
    if evidence.get("kind") == "computed" and isinstance(parameters, Mapping):
        for name, value in parameters.items():
            known = _options().get((str(evidence.get("check")), name), [])
            texts = {text for own in known for text in _strings(own)}
            numbers = all(map(_NUMBER.fullmatch, texts))
            if _kind(value) not in map(_kind, known) or any(
                text not in texts and not (numbers and _NUMBER.fullmatch(text))
                for text in _strings(value)
            ):
                return f"{name} = {value!a:.80} is no option of the catalogue's computations"
    return next(filter(None, map(misspelt, certificate.parts)), "")


@cache
def _options() -> Mapping[tuple[str, str], list[Any]]:
    """What the catalogue gives its computations: by the check and the parameter."""
    found: dict[tuple[str, str], list[Any]] = {}
    for statement in statements().values():
        for own in (*statement.steps, *statement.mutants):
            if own.stated.kind == "computed":
                for name, value in own.stated.options.items():
                    found.setdefault((own.stated.arguments[0], name), []).append(value)
    return found


def _kind(value: Any) -> Any:
    """What a value is made of: texts, numbers, or lists and mappings of these, however long."""
    if isinstance(value, Mapping):
        return "mapping", frozenset(map(_kind, value.values()))
    if isinstance(value, list | tuple):
        return "list", frozenset(map(_kind, value))
    return (
        "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value)
    )


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _strings(value)
