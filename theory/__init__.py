"""Theory of imbalanced learning as objects: formulas, numbers, claims, proofs, counterexamples.

``contents()`` is the table of contents; ``statements()`` holds every statement by name, with its proof;
``claim`` states an inequality that you give. The chapters (``theory.margins``, ``theory.high_dimension``,
...) hold plain NumPy functions and load when they are first used.
"""

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalogue import attack_all, contents, select, statements, verify_all
    from .catalogue import recheck_catalogued as recheck
    from .claims import Claim, Statement, claim, limit_claim
    from .proof.certificate import Certificate, load_certificates, save_certificates

__all__ = [
    "Certificate",
    "Claim",
    "Statement",
    "attack_all",
    "claim",
    "contents",
    "limit_claim",
    "load_certificates",
    "recheck",
    "save_certificates",
    "select",
    "statements",
    "verify_all",
]

_WHERE = {
    "Certificate": "proof.certificate",
    "Claim": "claims",
    "Statement": "claims",
    "attack_all": "catalogue",
    "claim": "claims",
    "contents": "catalogue",
    "limit_claim": "claims",
    "load_certificates": "proof.certificate",
    "recheck": "catalogue:recheck_catalogued",
    "save_certificates": "proof.certificate",
    "select": "catalogue",
    "statements": "catalogue",
    "verify_all": "catalogue",
}


@cache
def _places() -> dict[str, str]:
    """Chapters and rooms by name, and every file of a chapter under its short name."""
    rooms = [path.parent for path in Path(__file__).parent.glob("*/__init__.py")]
    files = {file.stem: f".{room.name}.{file.stem}" for room in rooms for file in room.glob("*.py")}
    return files | {room.name: f".{room.name}" for room in rooms}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        module, _, attribute = _WHERE[name].partition(":")
        return getattr(importlib.import_module(f".{module}", __name__), attribute or name)
    if name in _places() and name != "__init__":
        return importlib.import_module(_places()[name], __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{_near(name)}")


def _near(name: str) -> str:
    from .foundation.validation import near_names

    near = near_names(name, __dir__()) if not name.startswith("_") else []
    return f"; did you mean {' or '.join(near)}?" if near else ""


def __dir__() -> list[str]:
    """The names of this module, and the chapters: the rooms that have a page."""
    chapters = (page.parent.name for page in Path(__file__).parent.glob("*/README.md"))
    return sorted({*__all__, *chapters})
