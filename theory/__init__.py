"""Theory of imbalanced learning as objects: formulas, numbers, claims, proofs, counterexamples.

``claim`` states an inequality of your own; ``statements()`` holds the field's, each with its proof.
"""

import importlib
from typing import Any

_WHERE = {
    "Certificate": "proof.certificate",
    "Claim": "claims",
    "Statement": "statement",
    "attack_all": "catalogue",
    "claim": "claims",
    "limit_claim": "limits",
    "recheck": "proof.recheck",
    "select": "catalogue",
    "statements": "catalogue",
    "verify_all": "catalogue",
}

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
