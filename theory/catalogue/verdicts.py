"""Verdicts on many statements: proved, attacked, or read from the stored proofs and checked again."""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from joblib import delayed

from ..claims.pins import difference
from ..claims.statement import ASSEMBLED, DECIDED, Statement
from ..foundation.processes import in_processes
from ..proof.certificate import Certificate, load_certificates, save_certificates
from ..proof.kernel.stored import stamped, stamped_claim
from ..proof.second.recheck import UNREADABLE, Verdict, recheck
from .catalogue import CHAPTERS, chapter_of, statements
from .lookalikes import imitated, misspelt
from .mutation import attack_generated, generated

__all__ = [
    "attack_all",
    "attack_generated_all",
    "by_stored_proof",
    "recheck_catalogued",
    "recheck_stored",
    "store_certificates",
    "stored_certificates",
    "verify_all",
]


Progress = Callable[[], object] | None
"""Called once for every statement that is done."""


def verify_all(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """Verify statements in ``jobs`` processes (0: one per core); order is kept.

    Examples
    --------
    >>> from counterpoise.theory import select
    >>> [certificate.status for certificate in verify_all(select(["gaussian.score_law"]))]
    ['proved']
    """
    return _parallel(_verify_one, chosen, jobs, progress)


def attack_all(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """Attack every mutant of the statements; one certificate a mutant.

    Examples
    --------
    >>> from counterpoise.theory import select
    >>> {certificate.status for certificate in attack_all(select(["gaussian.score_law"]))}
    {'refuted'}
    """
    attacks = _parallel(_attack_one, chosen, jobs, progress)
    return [certificate for several in attacks for certificate in several]


def attack_generated_all(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """Attack the mutants generated from the statements' own formulas; see `theory.mutation`."""
    attacks = _parallel(_attack_generated_one, chosen, jobs, progress)
    return [certificate for several in attacks for certificate in several]


def _verify_one(name: str) -> Certificate:
    return statements()[name].verify()


def _attack_one(name: str) -> list[Certificate]:
    return statements()[name].attack()


def _attack_generated_one(name: str) -> list[Certificate]:
    return attack_generated(statements()[name])


def _parallel(
    action: Callable[[str], Any], chosen: Sequence[Statement], jobs: int, progress: Progress
) -> list[Any]:
    jobs = min(jobs or os.cpu_count() or 1, len(chosen))
    names = [statement.name for statement in chosen]
    if jobs <= 1:
        results = map(action, names)
    else:
        results = in_processes((delayed(action)(name) for name in names), jobs)
    collected = []
    for result in results:
        collected.append(result)
        if progress is not None:
            progress()
    return collected


THEORY = Path(__file__).parents[1]
PROOFS = "proofs.json.gz"


def stored_certificates() -> dict[str, Certificate]:
    """The proofs that come with the package, by name, with what Coq's kernel says of them.

    `counterpoise contents` writes the proofs, `counterpoise recheck --kernel --write` the kernel's verdicts.

    Raises
    ------
    InputError
        If there are none.
    Tampered
        If they were altered.
    """
    files = [THEORY / chapter / PROOFS for chapter in CHAPTERS]
    return {proof.name: stamped(proof) for file in files for proof in load_certificates(file)}


def store_certificates(
    certificates: Iterable[Certificate], chapters: Iterable[str], folder: Path = THEORY
) -> list[Path]:
    """Write the proofs of these chapters beside them, without the clock; the files."""
    known = {certificate.name: certificate.bare() for certificate in certificates}
    files = []
    for chapter in chapters:
        names = [name for name in statements() if chapter_of(name) == chapter]
        files.append(folder / chapter / PROOFS)
        save_certificates([known[name] for name in names], files[-1])
    return files


def recheck_stored(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """The stored certificates, each re-checked by the second engines instead of proved anew.

    One that is missing, is no longer the catalogue's claim, or does not pass comes back `unknown`.
    """
    return _parallel(_recheck_one, chosen, jobs, progress)


def by_stored_proof(certificates: Sequence[Certificate]) -> tuple[list[Certificate], list[str]]:
    """Stored proofs in place of what was looked for in vain, and the names of these statements.

    A search has its time, and a slow machine may need more. A stored proof counts only if the second
    engines confirm it, and never against a counterexample.
    """
    kept, names = [], []
    for certificate in certificates:
        if certificate.status == "unknown":
            stored = _recheck_one(certificate.name)
            if stored.holds:
                certificate = replace(stored, seconds=certificate.seconds)
                names.append(certificate.name)
        kept.append(certificate)
    return kept, names


def _recheck_one(name: str) -> Certificate:
    stored = _stored().get(name)
    if stored is None:
        return Certificate(name, "unknown", detail="no stored proof: run counterpoise verify")
    verdict = recheck_catalogued(stored)
    if verdict.status not in ("confirmed", "sampled"):
        return replace(stored, status="unknown", parts=(), detail=verdict.reason)
    return stored


_stored = cache(stored_certificates)


def recheck_catalogued(certificate: Certificate, *, seed: int = 0) -> Verdict:
    """Check a certificate with the second engines, and that it is of what it is named after.

    A catalogued name must come with the catalogue's claims; what is shown must be bound to the parts,
    and be as it was pinned.

    Examples
    --------
    >>> from counterpoise.theory import claim, recheck
    >>> print(recheck(claim("exp(x) >= 1 + x", x="real").verify()))
    confirmed
    """
    try:
        reason = (
            _unbound(certificate)
            or _differs_from_catalogue(certificate)
            or misspelt(certificate)
            or _overstated(certificate)
        )
    except UNREADABLE as error:
        reason = f"it cannot be read ({error})"
    if reason:
        return Verdict("rejected", f"{certificate.name}: {reason}")
    return recheck(certificate, seed=seed)


def _unbound(certificate: Certificate) -> str:
    """Why what a certificate of parts shows is not tied to them; empty if it is."""
    if not certificate.parts:
        return "what is shown has no parts" if certificate.shown else ""
    if any(part.shown for part in certificate.parts):
        return "a part shows a statement of its own"
    shown = _plain(certificate.shown)
    formula, theorem = shown.get("formula"), shown.get("theorem")
    if not formula and not theorem:
        return "nothing is shown: neither a formula nor a theorem"
    if shown.get("mark") != (ASSEMBLED if theorem else DECIDED):
        return f"the mark {shown.get('mark')!r} is not that of what is shown"
    if formula:
        part = next((part for part in certificate.parts if part.name == formula["step"]), None)
        told = {key: value for key, value in formula.items() if key != "step"}
        if part is None or _texts(part) != {"written": []} | told:
            return "the formula is not the step that it names"
    return ""


def _overstated(certificate: Certificate) -> str:
    """Why a certificate says more of the kernel than the stored verdicts do; empty if it does not."""
    known = {part.name: part.kernel for part in stamped(certificate).parts}
    for part in certificate.parts:
        if part.kernel and _plain(part.kernel) != _plain(known[part.name]):
            return f"{part.name}: no stored verdict of the kernel is on it"
    if certificate.kernel and _plain(certificate.kernel) != _plain(
        stamped_claim(certificate).kernel
    ):
        return "no theorem of the kernel is what it claims"
    nested = any(p.kernel for part in certificate.parts for p in part.parts)
    return "the kernel checks steps of the catalogue only" if nested else ""


def _differs_from_catalogue(certificate: Certificate) -> str:
    """Why a certificate, or a part of it, does not deserve its name; empty if it does."""
    name, _, mutant = certificate.name.partition("/")
    statement = statements().get(name) if "." in name else None
    if statement is None:
        reason = imitated(certificate.name)
    elif mutant:
        reason = _not_the_neighbour(statement, mutant, certificate)
    else:
        reason = _not_of(statement, certificate)
    return reason or next(filter(None, map(_differs_from_catalogue, certificate.parts)), "")


def _not_of(statement: Statement, certificate: Certificate) -> str:
    cited = {"claim": [], "domain": {}, "given": [], "written": []}
    expected = [_plain({"written": ()} | step.claim.texts()) for step in statement.steps]
    if list(map(_texts, certificate.parts)) != expected + [cited] * len(statement.cites):
        return "not the claims of the catalogue"
    if _plain(certificate.shown) != _plain(statement.shown()):
        return "what is shown is not what the catalogue shows"
    return difference(statement)


def _not_the_neighbour(statement: Statement, name: str, certificate: Certificate) -> str:
    """Why a certificate is not of the false neighbour, listed or made of a step, that it is named after."""
    known = [own.claim for own in statement.mutants if own.name == name]
    for step in statement.steps:
        if name.startswith(f"{step.name}/"):
            made = enumerate(generated(step.claim), start=1)
            known += [own for number, (_, own) in made if name == f"{step.name}/{number}"]
    if not known:
        return "no neighbour of the catalogue has that name"
    expected = [_plain({"written": ()} | own.texts()) for own in known]
    return "" if _texts(certificate) in expected else "not the false neighbour of the catalogue"


def _texts(part: Certificate) -> dict[str, Any]:
    return _plain({key: getattr(part, key) for key in ("claim", "domain", "given", "written")})


def _plain(data: Any) -> Any:
    """As it comes out of a file."""
    return json.loads(json.dumps(data, default=dict))
