"""What made a run or a page: versions of the programs, the commit of a checkout, the machine.

A run's folder says it in ``environment.json``, written before the first step; a run that is taken up by
other programs, or elsewhere, names them too. Checked by: tests that compare with what is installed, and a
run that is stored by other code than trained it.
"""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ...theory.foundation.validation import InputError
from .records import read_json, write_json

__all__ = ["ENVIRONMENT", "commit", "environment_of", "note_environment", "versions"]

ENVIRONMENT = "environment.json"

_PACKAGES = (
    "counterpoise", "numpy", "scipy", "sympy", "mpmath", "python-flint", "z3-solver", "cvc5", "cvxpy",
    "clarabel", "torch", "scikit-learn", "xarray", "matplotlib",
)  # fmt: skip
_ROOT = Path(__file__).parents[2]


def versions() -> dict[str, str]:
    """Python and the packages that results depend on, as installed; what is not there is left out."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """The commit of a checkout, with a word if files differ from it; empty where there is none."""
    if not (_ROOT / ".git").exists():
        return ""
    head = _git("rev-parse", "HEAD")
    changed = head and _git("status", "--porcelain", "--untracked-files=no")
    return f"{head}, with changes" if changed else head


def _git(*arguments: str) -> str:
    """What git prints; empty if it cannot be asked."""
    try:
        done = subprocess.run(
            ["git", "-C", str(_ROOT), *arguments], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def note_environment(run: Path) -> None:
    """Write what a run begins under; what else it is taken up by stands under ``resumed``."""
    here = {
        "versions": versions(),
        "commit": commit(),
        "machine": platform.machine(),
        "processor": _processor(),
    }
    path = run / ENVIRONMENT
    if not path.exists():
        write_json(path, here)
        return
    begun = environment_of(run)
    resumed = begun.pop("resumed", [])
    if here not in (begun, *resumed):
        write_json(path, begun | {"resumed": [*resumed, here]})


def environment_of(run: Path) -> dict[str, Any]:
    """What `note_environment` wrote.

    Raises
    ------
    InputError
        If nothing is there, or it is damaged.
    """
    path = run / ENVIRONMENT
    if not path.exists():
        raise InputError(f"{path} is missing: nothing says by which programs {run} was trained")
    content = read_json(path)
    if not isinstance(content, dict) or not {"versions", "commit"} <= set(content):
        raise InputError(f"{path} is damaged: it names no versions and commit")
    return content


def _processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), ""
    )
