"""The counterexamples that come with the package, one for each false neighbour of a statement."""

from collections.abc import Iterable
from pathlib import Path

from ..proof.certificate import Certificate, load_certificates, save_certificates
from .catalogue import statements

__all__ = ["store_attacks", "stored_attacks"]

ATTACKS = Path(__file__).with_name("attacks.json.gz")


def stored_attacks() -> list[Certificate]:
    """The counterexamples to the listed false neighbours that come with the package.

    `counterpoise contents --attacked FILE` stores what `counterpoise attack --json FILE` found.

    Raises
    ------
    Tampered
        If they were altered.
    """
    return load_certificates(ATTACKS) if ATTACKS.exists() else []


def store_attacks(attacks: Iterable[Certificate], folder: Path = ATTACKS.parent) -> Path:
    """Keep counterexamples beside the catalogue, without the clock; those of others stay."""
    fresh = {attack.name: attack.bare() for attack in attacks}
    known = {attack.name: attack for attack in stored_attacks()} | fresh
    names = [f"{s.name}/{mutant.name}" for s in statements().values() for mutant in s.mutants]
    save_certificates([known[name] for name in names if name in known], folder / ATTACKS.name)
    return folder / ATTACKS.name
