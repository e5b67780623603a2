"""What a run trains and tests on, by hash: ``examples.json``, written before the first step.

A run that is taken up must find the same examples, else its members would be of different data. Checked by:
a file of the user's that is changed between two halves of a run.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...theory.foundation.validation import InputError
from .records import read_json, write_json

__all__ = ["EXAMPLES", "examples_of", "note_examples"]

EXAMPLES = "examples.json"


def note_examples(
    run: Path, class_counts: Sequence[int], subset: str, arrays: Mapping[str, NDArray[Any]]
) -> None:
    """Write the class counts, the subset's hash and the SHA-256 of arrays, or see that they are those.

    Raises
    ------
    InputError
        If the run was begun on others.
    """
    digest = hashlib.sha256()
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    here = {"class_counts": list(class_counts), "subset": subset, "sha256": digest.hexdigest()}
    path = run / EXAMPLES
    if not path.exists():
        write_json(path, here)
    elif examples_of(run) != here:
        raise InputError(
            f"{path} is of other examples: the data have changed since the run began; bring them back, or "
            "choose another folder"
        )


def examples_of(run: Path) -> dict[str, Any]:
    """What `note_examples` wrote, of the first seed; empty for a run that is older than the file.

    Raises
    ------
    InputError
        If it is damaged.
    """
    path = run / EXAMPLES
    if not path.exists():
        return {}
    content = read_json(path)
    if not isinstance(content, dict) or set(content) != {"class_counts", "subset", "sha256"}:
        raise InputError(f"{path} is damaged: it holds no counts, subset and hash")
    return content
