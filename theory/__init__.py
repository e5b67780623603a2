"""Theory of imbalanced learning as objects: formulas, numbers, claims, proofs, counterexamples.

``claim`` states an inequality of your own; ``statements()`` holds the field's, each with its proof.
The modules of formulas (``margins``, ``vector_scaling``, ``lda``, ...) hold plain NumPy functions.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalogue import attack_all, select, statements, verify_all
    from .claims import Claim, claim
    from .limits import limit_claim
    from .proof.certificate import Certificate, load_certificates, save_certificates
    from .proof.recheck import recheck
    from .statement import Statement

__all__ = [
    "Certificate",
    "Claim",
    "Statement",
    "attack_all",
    "claim",
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
    "Statement": "statement",
    "attack_all": "catalogue",
    "claim": "claims",
    "limit_claim": "limits",
    "load_certificates": "proof.certificate",
    "recheck": "proof.recheck",
    "save_certificates": "proof.certificate",
    "select": "catalogue",
    "statements": "catalogue",
    "verify_all": "catalogue",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(importlib.import_module(f".{_WHERE[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
