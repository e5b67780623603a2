"""Whether this machine has what the package needs: versions, devices, data, engines; and what to do."""

import os
import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import NamedTuple

from ..theory.foundation.validation import InputError

__all__ = ["Finding", "findings"]


class Finding(NamedTuple):
    """One thing looked at, and what to do about it if it is a problem."""

    what: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        text = f"{self.what:24} {self.found}"
        return f"{text}\n{'':24} PROBLEM: {self.mend}" if self.mend else text


def findings() -> Iterator[Finding]:
    """Everything looked at, one after the other."""
    yield Finding("python", f"{platform.python_version()} on {platform.platform()}")
    yield from _versions()
    yield from _devices()
    yield from _data()
    yield from _engines()


def _versions() -> Iterator[Finding]:
    """What the package says it needs; extras are not asked for."""
    yield Finding("counterpoise", version("counterpoise"))
    wanted = [text for text in requires("counterpoise") or () if "extra ==" not in text]
    for name in sorted({re.split(r"[^\w.-]", text)[0] for text in wanted} | {"torchvision"}):
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            needed = name != "torchvision"
            mend = f"pip install {name}" if needed else ""
            yield Finding(name, "not installed" + ("" if needed else " (not needed)"), mend)


def _devices() -> Iterator[Finding]:
    yield Finding("cores", str(os.cpu_count()))
    try:
        import torch
    except Exception as error:  # a broken installation raises anything
        yield Finding("torch", f"does not load: {error}", "pip install --force-reinstall torch")
        return
    yield Finding("torch on the cpu", f"{torch.get_num_threads()} threads")
    names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    yield Finding("cuda", ", ".join(names) or "none")
    yield Finding("mps", "there" if torch.backends.mps.is_available() else "none")


def _data() -> Iterator[Finding]:
    """The handwritten digits must be there; others are found or not."""
    try:
        from .data import DATASETS, load
    except Exception as error:
        yield Finding("data", f"does not load: {error}", "pip install --force-reinstall torch")
        return
    for name in DATASETS:
        try:
            found, mend = f"{len(load(name).train_labels)} training examples", ""
        except InputError as error:
            found, mend = f"not there: {error}", ""
        except Exception as error:
            found = f"does not load: {error}"
            mend = "pip install --force-reinstall scikit-learn"
        yield Finding(f"data {name}", found, mend)


def _engines() -> Iterator[Finding]:
    from ..theory.proof.trial import trials

    for name, wrong in trials():
        package = {"z3": "z3-solver", "flint": "python-flint"}.get(name, name.split()[0])
        mend = f"pip install --force-reinstall {package}" if wrong else ""
        yield Finding(f"engine {name}", wrong or "answers", mend)
