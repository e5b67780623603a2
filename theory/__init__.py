"""Theory of imbalanced learning as objects: formulas, numbers, claims, proofs, counterexamples.

``contents()`` is the table of contents; ``statements()`` holds every statement by name, with its proof;
``claim`` states an inequality of your own. The modules of formulas (``theory.margins``, ``theory.lda``,
...) hold plain NumPy functions and load when they are first used.
"""

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .catalogue import attack_all, select, statements, verify_all
    from .catalogue import recheck_catalogued as recheck
    from .claims import Claim, claim
    from .limits import limit_claim
    from .proof.certificate import Certificate, load_certificates, save_certificates
    from .statement import Statement
    from .table_of_contents import contents

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
    "Statement": "statement",
    "attack_all": "catalogue",
    "claim": "claims",
    "contents": "table_of_contents",
    "limit_claim": "limits",
    "load_certificates": "proof.certificate",
    "recheck": "catalogue:recheck_catalogued",
    "save_certificates": "proof.certificate",
    "select": "catalogue",
    "statements": "catalogue",
    "verify_all": "catalogue",
}


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        module, _, attribute = _WHERE[name].partition(":")
        return getattr(importlib.import_module(f".{module}", __name__), attribute or name)
    if importlib.util.find_spec(f".{name}", __name__) is not None:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
