"""Families of cases too long to run whole each time: a fixed sample of each always runs."""

from collections.abc import Iterable
from typing import Any
from zlib import crc32

import pytest

__all__ = ["sampled"]


def sampled(cases: Iterable[Any], one_in: int, always: Iterable[Any] = ()) -> list[Any]:
    """The cases for `pytest.mark.parametrize`; all but one in `one_in`, by their text, run with ``--whole``.

    A case of several arguments is a tuple. The sample does not depend on the order of the cases, nor on
    what else is in the family. `always` names cases that run each time.
    """
    always = list(always)
    return [
        case
        if case in always or crc32(repr(case).encode()) % one_in == 0
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.whole)
        for case in cases
    ]
