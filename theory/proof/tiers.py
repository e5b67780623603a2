"""How far a verdict is to be trusted: the tiers that a reader sees, decided in this one place.

*kernel*: the kernel of a proof assistant accepted the claim as a theorem. *proved*: a prover and a second
engine agree on a proof. *assembled*: every step is proved, and prose joins them. *checked*: numbers.
*cited*: the literature. What the kernel said is bound to the certificate by a hash: changed evidence, or a
changed claim, is back to *proved*.

Checked by: forged and altered certificates.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .certificate import Certificate

__all__ = ["TIERS", "Tier", "content", "kernel_says", "tier_of"]

TIERS = ("refuted", "unknown", "cited", "checked", "assembled", "proved", "kernel")
"""From weakest to strongest."""


class Tier(NamedTuple):
    """A tier's ``name``; how many of the ``steps`` the kernel checked, and what they rest on (``axioms``)."""

    name: str
    by_kernel: int = 0
    steps: int = 1
    axioms: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.name == "kernel":
            return f"kernel ({', '.join(self.axioms) or 'no axioms'})"
        return f"{self.name}, {self.share} by the kernel" if self.by_kernel else self.name

    @property
    def share(self) -> str:
        """The steps that the kernel checked, of how many."""
        return f"{self.by_kernel} of {self.steps}"


def tier_of(certificate: "Certificate") -> Tier:
    """The tier of a certificate: of the weakest of its parts, and `assembled` where prose joins them.

    Examples
    --------
    >>> from counterpoise.theory import claim
    >>> print(tier_of(claim("exp(x) >= 1 + x", x="real").verify()))
    proved
    """
    if not certificate.parts:
        axioms = _axioms(certificate)
        name = certificate.status if axioms is None else "kernel"
        return Tier(name, int(axioms is not None), 1, axioms or ())
    parts = [tier_of(part) for part in certificate.parts]
    name = certificate.status
    if name == "proved":
        name = min((part.name for part in parts), key=TIERS.index)
        if certificate.shown.get("theorem") and name in ("proved", "kernel"):
            name = "assembled"
    axioms = dict.fromkeys(axiom for part in parts for axiom in part.axioms)
    by_kernel, steps = sum(p.by_kernel for p in parts), sum(p.steps for p in parts)
    return Tier(name, by_kernel, steps, tuple(axioms))


def _axioms(certificate: "Certificate") -> tuple[str, ...] | None:
    """What a proved claim rests on in the kernel; None where the kernel did not say that of it."""
    told = certificate.kernel
    if certificate.status != "proved" or not told or told.get("of") != content(certificate):
        return None
    return tuple(told["axioms"])


def kernel_says(certificate: "Certificate", axioms: tuple[str, ...]) -> Mapping[str, Any]:
    """What a certificate holds of the kernel's verdict, bound to what it says now."""
    return {"of": content(certificate), "axioms": list(axioms)}


def content(certificate: "Certificate") -> str:
    """A hash of what a certificate claims and of its evidence; not of its name, engines or clock."""
    data = {
        "claim": certificate.claim, "domain": dict(certificate.domain), "given": certificate.given,
        "written": certificate.written, "evidence": dict(certificate.evidence),
    }  # fmt: skip
    text = json.dumps(data, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
