"""Dataclasses as JSON files, rows as CSV: whole or absent, exact to the bit, refused if damaged.

A JSON file is read against the types of its dataclass; what does not fit is one error with file and place.
Checked by: round trips, killed writes, and files cut, altered or taken from elsewhere.
"""

import csv
import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from pathlib import Path
from types import SimpleNamespace, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from ...theory.foundation.files import write_atomically
from ...theory.foundation.validation import InputError

__all__ = ["decode", "encode", "read_json", "write_csv", "write_json"]

_R = TypeVar("_R")
_NUMBERS = re.compile(r"\[\n([-+.\deE,\s]+)\]")
"""A list of numbers over several lines, which a text of JSON cannot hold within quotes."""


def write_json(path: Path, content: Any) -> None:
    """Write JSON atomically, a list of numbers on one line; packed if the path ends in ``.gz``.

    A number that is not finite is an `InputError` (None stands for NaN).
    """
    try:
        text = json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
        text = _NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text)
    except ValueError:
        raise InputError(
            f"{path} would hold a number that is not finite: has it diverged?"
        ) from None
    content = text.encode()
    write_atomically(path, gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a table atomically; numbers are exact to the bit, and None is an empty cell."""
    lines: list[str] = []
    # ended as its dialect has it, so that a text with either end of line in it is quoted
    kept: Any = SimpleNamespace(write=lambda line: lines.append(line[:-2] + "\n"))
    table = csv.writer(kept)
    table.writerow(header)
    table.writerows(rows)
    write_atomically(path, "".join(lines).encode())


def read_json(path: Path) -> Any:
    """What `write_json` wrote; `InputError` names the file if it cannot be read."""
    try:
        read = path.read_bytes()
        text = gzip.decompress(read) if path.suffix == ".gz" else read
        content = json.loads(text, parse_constant=_refuse_constant)
        json.dumps(content, ensure_ascii=False).encode()  # half a character is no text
        return content
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{path} is damaged: it cannot be unpacked; delete it") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path} is damaged: it is not valid JSON; delete it") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity, which Python reads and JSON does not know


def encode(record: Any) -> Any:
    """A dataclass, tuple or mapping of plain values as JSON can hold it; fields keep their order."""
    if is_dataclass(record):
        return {field.name: encode(getattr(record, field.name)) for field in fields(record)}
    if isinstance(record, Mapping):
        return {str(key): encode(value) for key, value in record.items()}
    if isinstance(record, tuple | list):
        return [encode(value) for value in record]
    return record


def decode(kind: type[_R], content: Any, place: str = "it") -> _R:
    """What `encode` made of a ``kind``; an `InputError` names the place that is none.

    A field that is not there takes its default, if it has one: files from before it are read.

    Kinds: dataclasses, ``tuple[X, ...]``, ``tuple[X, Y]``, ``X | None``, mappings (their values are
    taken as they are), float, int, str.
    """
    return _decode(kind, content, place)


def _decode(kind: Any, content: Any, place: str) -> Any:
    if is_dataclass(kind):
        return _decode_fields(kind, content, place)
    if get_origin(kind) is UnionType:
        (inner,) = (part for part in get_args(kind) if part is not type(None))
        return None if content is None else _decode(inner, content, place)
    if get_origin(kind) is tuple:
        return _decode_tuple(get_args(kind), content, place)
    if get_origin(kind) is Mapping:
        return _require(dict, content, place, "an object")
    if kind is str:
        return _require(str, content, place, "text")
    if isinstance(content, bool):
        _refuse(place, content, "a number")
    if kind is int:
        return _require(int, content, place, "a whole number")
    _require((int, float), content, place, "a number")
    if not -sys.float_info.max <= content <= sys.float_info.max:
        _refuse(place, content, "a finite number")
    return float(content)


def _decode_fields(kind: Any, content: Any, place: str) -> Any:
    kinds = _kinds(kind)
    _require(dict, content, place, "an object")
    for name in content:
        if name not in kinds:
            raise InputError(f"{place} holds {name!r}, which is not known here")
    for field in fields(kind):
        if field.name not in content and field.default is field.default_factory:  # both MISSING
            raise InputError(f"{place} lacks {field.name!r}")
    inside = "" if place == "it" else f"{place}."
    return kind(**{n: _decode(kinds[n], value, inside + n) for n, value in content.items()})


def _decode_tuple(kinds: tuple[Any, ...], content: Any, place: str) -> tuple[Any, ...]:
    _require(list, content, place, "a list")
    if kinds[-1] is Ellipsis:
        if kinds[0] is float and _all_finite_floats(content):  # most of what results hold
            return tuple(content)
        if kinds[0] is int and set(map(type, content)) <= {int}:  # and most of the rest
            return tuple(content)
        kinds = kinds[:1] * len(content)
    if len(kinds) != len(content):
        raise InputError(f"{place} has {len(content)} entries, not {len(kinds)}")
    pairs = enumerate(zip(kinds, content, strict=True))
    return tuple(_decode(kind, value, f"{place}[{i}]") for i, (kind, value) in pairs)


def _all_finite_floats(values: list[Any]) -> bool:
    return set(map(type, values)) <= {float} and all(map(isfinite, values))


@cache
def _kinds(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _require(kind: Any, content: Any, place: str, said: str) -> Any:
    return content if isinstance(content, kind) else _refuse(place, content, said)


def _refuse(place: str, content: Any, said: str) -> Any:
    shown = repr(content)
    raise InputError(f"{place} = {shown if len(shown) <= 40 else shown[:39] + '…'}: must be {said}")
