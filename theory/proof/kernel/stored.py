"""The verdicts of the kernel that come with the package, and the certificates that they are on.

A verdict holds two hashes. One, of the theorem's text, the stored proof, the functions and Coq's version,
says whether Coq need run again (`verdicts`). The other, of the certificate instead, is for readers:
nothing is translated to show a tier. Neither covers tactics: what the kernel accepted stays accepted.

Checked by: the two hashes say the same of every step; certificates that were changed.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from ...foundation.files import write_atomically
from ...foundation.validation import InputError
from ..certificate import Certificate
from ..tiers import content, kernel_says
from . import field, theorems
from .all_classes import CLAIMS, statement_for_all_classes
from .checking import kind_of
from .pinned import pinned
from .project import library, theorem_name
from .terms import NotTranslated

__all__ = [
    "VERDICTS",
    "hash_of_certificate",
    "short_hash",
    "stamped",
    "stamped_claim",
    "stored_verdicts",
    "write",
]

VERDICTS = Path(__file__).with_name("verdicts.json.gz")


def stored_verdicts() -> dict[str, dict[str, Any]]:
    """By a theorem's name: ``statement``, ``certificate`` and ``hash`` (hashes), ``coq`` (its version),
    ``axioms`` and ``reason`` (why it is not proved, or empty), with ``tools`` (what looked for a proof) and
    ``unproved`` (how many parts have none).

    Raises
    ------
    InputError
        If the file cannot be read.
    """  # fmt: skip
    try:
        text = gzip.decompress(VERDICTS.read_bytes()).decode()
        return json.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"cannot read {VERDICTS}: {error}") from None


def write(verdicts: Mapping[str, Mapping[str, Any]]) -> None:
    """Store verdicts, all of them."""
    text = json.dumps(verdicts, indent=0, sort_keys=True)
    write_atomically(VERDICTS, gzip.compress(text.encode(), mtime=0))
    _known.cache_clear()


def short_hash(*texts: str) -> str:
    """A hash of texts in this order."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:32]


def hash_of_certificate(certificate: Certificate, version: str) -> str:
    """A hash of a claim with its evidence, of Coq's version, and of the functions that statements use."""
    return short_hash(content(certificate), _functions(), version)


def stamped(certificate: Certificate) -> Certificate:
    """A statement's certificate with what the stored verdicts say of its parts, where they are on them.

    A verdict counts for the same claim and evidence, the same functions, axioms that are accepted, and a
    theorem that is as it was pinned. Nothing is translated or run.
    """
    known = _known()

    def seen(part: Certificate) -> Certificate:
        told = known.get(theorem_name(certificate.name, part.name))
        axioms = _axioms(certificate.name, part, told) if told else None
        if axioms is None:
            return replace(part, kernel={}) if part.kernel else part
        return replace(part, kernel=kernel_says(part, axioms))

    return replace(certificate, parts=tuple(map(seen, certificate.parts)), kernel={})


def stamped_claim(certificate: Certificate) -> Certificate:
    """A certificate of a claim about K classes with what Coq says of it, where it is one of `CLAIMS`.

    The theorem must say, word for word, what is generated from the certificate's claim, and its file must be
    as it was when the library was last compiled whole.
    """
    bare = replace(certificate, kernel={}) if certificate.kernel else certificate
    if bare.status != "proved" or bare.evidence.get("kind") != "classes" or bare.parts:
        return bare
    try:
        text = statement_for_all_classes(bare.claim, bare.evidence["classes"], bare.domain)
    except (NotTranslated, LookupError, ValueError):
        return bare
    for theorem in theorems.THEOREMS:
        if theorem.name in CLAIMS and theorems.statement_text(theorem) == (
            f"Theorem {theorem.name} : {text}."
        ):
            told = theorems.stored()
            axioms = told["axioms"].get(theorem.name, ["unknown"])
            kinds = tuple(dict.fromkeys(map(kind_of, axioms)))
            if told["files"] == field.fingerprint() and all(kinds):
                return replace(bare, kernel=kernel_says(bare, kinds))
    return bare


def _axioms(statement: str, part: Certificate, told: Mapping[str, Any]) -> tuple[str, ...] | None:
    """What a step rests on in the kernel; None where the verdict is not on it."""
    if told["reason"] or part.status != "proved":
        return None
    text = pinned()["theorems"].get(statement, {}).get(part.name, "")
    kinds = tuple(dict.fromkeys(map(kind_of, told["axioms"])))
    same = told["statement"] == short_hash(text) and all(kinds)
    of = told.get("certificate")
    return kinds if same and of == hash_of_certificate(part, told["coq"]) else None


@cache
def _known() -> Mapping[str, Mapping[str, Any]]:
    """The stored verdicts, read once."""
    return stored_verdicts()


@cache
def _functions() -> str:
    return library()["Functions"]
