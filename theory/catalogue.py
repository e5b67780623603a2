"""Every statement of the theory, by name."""

import importlib
from collections.abc import Iterable, Mapping
from functools import cache

from .proof.certificate import Certificate
from .proof.recheck import Verdict, recheck
from .statement import Statement
from .validation import one_of

__all__ = ["MODULES", "recheck_catalogued", "select", "statements"]

MODULES = (
    "balanced_error",
    "effective_number",
    "margins",
    "vector_scaling",
    "consistency",
    "density_ratio",
    "gaussian",
    "lda",
)
"""The bodies of theory, in reading order; each holds its ``STATEMENTS``."""


@cache
def statements() -> Mapping[str, Statement]:
    """All statements, by name, in reading order."""
    modules = [importlib.import_module(f".{name}", __package__) for name in MODULES]
    return {own.name: own for module in modules for own in module.STATEMENTS}


def select(names: Iterable[str] = ()) -> list[Statement]:
    """The statements of these names; a module's name stands for all of its statements.

    Raises
    ------
    InputError
        If a name is unknown; near matches are suggested.
    """
    everything = statements()
    wanted = [one_of("statement", name, [*everything, *MODULES]) for name in names]
    if not wanted:
        return list(everything.values())
    return [own for key, own in everything.items() if key in wanted or key.split(".")[0] in wanted]


def recheck_catalogued(certificate: Certificate) -> Verdict:
    """`recheck`, and besides: a catalogued name must come with the catalogue's own claims."""
    statement = statements().get(certificate.name)
    if statement is not None:
        stated = [
            {"claim": part.claim, "domain": dict(part.domain), "given": part.given}
            for part in certificate.parts
        ]
        if stated != [step.claim.texts() for step in statement.steps]:
            return Verdict("rejected", f"{certificate.name}: not the claims of the catalogue")
    return recheck(certificate)
