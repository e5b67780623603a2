"""Verdicts, attacks and scores as text: whole names in columns, then the count."""

from collections import Counter
from collections.abc import Sequence

from ..foundation.columns import columns
from ..proof.certificate import Certificate
from ..proof.tiers import Tier
from .mutation import score

__all__ = ["attacked", "by_kernel", "scored", "verified"]


def verified(certificates: Sequence[Certificate]) -> str:
    """A row for each certificate with its tier, what is wrong with those that do not hold, and the counts."""
    header = ("statement", "tier", "kernel", "engines", "seconds")
    tiers = [certificate.tier for certificate in certificates]
    rows = [
        (
            certificate.name,
            tier.name,
            tier.share,
            ", ".join(certificate.engines),
            f"{certificate.seconds:.2f}",
        )
        for certificate, tier in zip(certificates, tiers, strict=True)
    ]
    lines = [columns(rows, header)]
    for certificate in certificates:
        if not certificate.holds and certificate.detail:
            lines.append(f"{certificate.name} {certificate.detail}")
        lines += [f"{certificate.name} {part}" for part in certificate.parts if not part.holds]
    counts = Counter(tier.name for tier in tiers)
    lines.append(", ".join(f"{count} {name}" for name, count in counts.items()))
    return "\n".join([*lines, by_kernel(tiers)])


def by_kernel(tiers: Sequence[Tier]) -> str:
    """How many of all steps the kernel checked, and what these rest on."""
    steps, found = sum(tier.steps for tier in tiers), sum(tier.by_kernel for tier in tiers)
    axioms = dict.fromkeys(axiom for tier in tiers for axiom in tier.axioms)
    resting = f", resting on {', '.join(axioms)}" if axioms else ""
    return f"{found} of {steps} steps by Coq's kernel{resting}"


def attacked(attacks: Sequence[Certificate]) -> str:
    """Two lines for each false neighbour, the mistake and the counterexample, and the count."""
    lines = []
    for attack in attacks:
        found = attack.counterexample
        lines.append(f"{attack.status:8} {attack.name}: {attack.detail}")
        lines.append(f"         {found['text'] if found else 'no counterexample found'}")
    refuted = sum(attack.status == "refuted" for attack in attacks)
    return "\n".join([*lines, f"{refuted} of {len(attacks)} mutants refuted"])


def scored(attacks: Sequence[Certificate]) -> str:
    """Every generated mutant that is not refuted, then the score of each module."""
    lines = []
    for attack in attacks:
        if attack.status != "refuted":
            true = attack.status in ("proved", "checked")
            word = "true as well" if true else "survived"
            lines.append(f"{word:12} {attack.name}: {attack.detail}: {'; '.join(attack.claim)}")
    header = ("module", "generated", "refuted", "true as well", "survived", "score")
    rows = [
        (row.module, *map(str, (row.generated, row.refuted, row.true, row.survived)), f"{row.share:.1%}")
        for row in score(list(attacks))
    ]  # fmt: skip
    return "\n".join([*lines, columns(rows, header)])
