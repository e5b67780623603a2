"""What made a page: versions of the programs, and the commit where the package is a checkout.

Checked by: tests that compare with what is installed.
"""

import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["commit", "versions"]

_PACKAGES = (
    "counterpoise", "numpy", "scipy", "sympy", "mpmath", "python-flint", "z3-solver", "cvc5", "cvxpy",
    "clarabel", "torch", "scikit-learn", "xarray", "matplotlib",
)  # fmt: skip
_ROOT = Path(__file__).parents[1]


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
