"""What an engine returns: a verdict, the evidence another program can check, and how long it took.

A certificate is data: it serialises to JSON, and a digest covers every byte of it. Status
`proved` is reserved for proofs; a sampled agreement is `checked`; the weakest part decides the whole.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..foundation.files import write_atomically
from ..foundation.validation import InputError
from .tiers import Tier, tier_of

__all__ = [
    "STATUSES",
    "Certificate",
    "Tampered",
    "load_certificates",
    "save_certificates",
    "weakest",
]

STATUSES = ("refuted", "unknown", "cited", "checked", "proved")
"""From weakest to strongest."""

FORMAT = "counterpoise certificates 1"

FAILS = "not always: "
"""How the claim that other relations fail begins."""


class Tampered(Exception):
    """A certificate that does not say what it said when it was written."""


@dataclass(frozen=True, repr=False)
class Certificate:
    """The verdict on one claim, or on a tree of them.

    ``claim`` holds the relations as text and ``domain`` the domain of each symbol; ``written`` the
    relations and then the hypotheses as their author wrote them, before SymPy cancelled anything;
    ``evidence`` is what the second engine re-checks; ``counterexample`` is set when the status is
    ``refuted``. ``shown``, of a catalogued statement: its mark, theorem and formula. ``kernel``: what
    Coq's kernel rests it on, where it said that it holds (see `tiers`).

    Examples
    --------
    >>> from counterpoise.theory import claim
    >>> claim("x**2 >= x", x="(1, oo)").verify()
    claim: proved [interval]: x**2 >= x, for all x in (1, oo)
    >>> found = claim("x**2 >= x", x="real").verify()
    >>> found.status, found.counterexample["text"]
    ('refuted', 'x = 1/2: left side 1/4, right side 1/2')
    """

    name: str
    status: str
    claim: tuple[str, ...] = ()
    domain: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    counterexample: Mapping[str, Any] | None = None
    detail: str = ""
    seconds: float = 0.0
    parts: tuple["Certificate", ...] = ()
    shown: Mapping[str, Any] = field(default_factory=dict)
    kernel: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.status == "proved"

    @property
    def holds(self) -> bool:
        """Whether it is proved, checked or cited: neither refuted nor unknown."""
        return self.status in ("proved", "checked", "cited")

    @property
    def tier(self) -> Tier:
        """How far the verdict is to be trusted: kernel, proved, assembled, checked, cited."""
        return tier_of(self)

    @property
    def verdict(self) -> str:
        """The status, with the mark of what prose assembles: never just 'proved' for that."""
        assembled = self.shown.get("theorem") is not None
        return f"{self.status}, {self.shown['mark']}" if assembled else self.tier.name

    @property
    def standing(self) -> str:
        """The verdict, with what the kernel checked of it."""
        tier = self.tier
        if tier.name == "kernel":
            return str(tier)
        return (
            f"{self.verdict}, {tier.share} steps by the kernel" if tier.by_kernel else self.verdict
        )

    def says(self) -> str:
        """What the verdict is on: the theorem or formula shown, or the claim with domains and hypotheses."""
        if theorem := self.shown.get("theorem"):
            return str(theorem[0])
        told = self.shown.get("formula") or {
            "claim": self.claim, "domain": self.domain, "given": self.given
        }  # fmt: skip
        text = " and ".join(told["claim"])
        if told["given"]:
            text += f", given {' and '.join(told['given'])}"
        if told["domain"]:
            text += (
                f", for all {', '.join(f'{x} in {where}' for x, where in told['domain'].items())}"
            )
        return text

    def __str__(self) -> str:
        return self._described("")

    def __repr__(self) -> str:
        return self._described(self.says())

    def _described(self, claim: str) -> str:
        text = f"{self.name}: {self.standing}"
        if self.engines:
            text += f" [{', '.join(self.engines)}]"
        if claim:
            text += f": {claim}"
        if self.counterexample:
            text += f"; counterexample: {self.counterexample['text']}"
        elif self.detail:
            text += f"; {self.detail}"
        return text

    def _repr_html_(self) -> str:
        colour = {"proved": "#1a7f37", "refuted": "#c62828"}.get(self.status, "#8a6d00")
        rest = str(self).split(": ", 1)[1].removeprefix(self.standing)
        escaped = rest.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f"<b>{self.name}</b>: <b style='color:{colour}'>{self.standing}</b>{escaped}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "name": self.name,
            "status": self.status,
            "claim": list(self.claim),
            "domain": dict(self.domain),
            "given": list(self.given),
            "written": list(self.written),
            "engines": list(self.engines),
            "evidence": dict(self.evidence),
            "counterexample": None if self.counterexample is None else dict(self.counterexample),
            "detail": self.detail,
            "seconds": round(self.seconds, 4),
            "parts": [part.to_dict() for part in self.parts],
            **({"shown": dict(self.shown)} if self.shown else {}),
            **({"kernel": dict(self.kernel)} if self.kernel else {}),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Certificate":
        """The inverse of `to_dict`."""
        try:
            fields = dict(data)
            tier = fields.pop("tier", None)
            fields["parts"] = tuple(cls.from_dict(part) for part in fields["parts"])
            for name in ("claim", "given", "written", "engines"):
                fields[name] = tuple(fields[name])
            certificate = cls(**fields)
            certificate._check_kinds()
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise Tampered(f"not a certificate: {error}") from None
        if certificate.status not in STATUSES:
            raise Tampered(f"{certificate.name}: unknown status {certificate.status!r}")
        if tier is not None and tier != str(certificate.tier):
            raise Tampered(f"{certificate.name}: it is {certificate.tier}, not {tier}")
        return certificate

    def _check_kinds(self) -> None:
        """Raise where a field is of another kind than its own, or cannot be printed."""
        texts = (self.name, self.status, self.detail, *self.claim, *self.given, *self.written,
                 *self.engines, *self.domain, *self.domain.values())  # fmt: skip
        for text in texts:
            text.encode()
        for told in (self.evidence, self.counterexample or {}, self.shown, self.kernel):
            told.items()
            json.dumps(told, default=dict, ensure_ascii=False).encode()
        if not isinstance(self.seconds, int | float):
            raise TypeError(f"seconds = {self.seconds!r:.80}")

    def bare(self) -> "Certificate":
        """The same without the clock, so that it is reproducible, and without what is stored apart of it."""
        return replace(self, seconds=0.0, kernel={}, parts=tuple(p.bare() for p in self.parts))


def weakest(statuses: Iterable[str]) -> str:
    """The status of a whole from those of its parts."""
    return min(statuses, key=STATUSES.index, default="unknown")


def digest(data: Mapping[str, Any]) -> str:
    """SHA-256 of a certificate's canonical JSON."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _with_tiers(certificate: Certificate) -> dict[str, Any]:
    """Plain JSON data in which every part says its tier."""
    entry = {"name": certificate.name, "tier": str(certificate.tier), **certificate.to_dict()}
    return entry | {"parts": [_with_tiers(part) for part in certificate.parts]}


def save_certificates(
    certificates: Sequence[Certificate], path: str | os.PathLike[str], *, tiers: bool = False
) -> None:
    """Write certificates to a JSON file, atomically; gzipped, without a date, if it ends in ``.gz``.

    ``tiers``: with the tier of each part, for readers; it is compared when the file is read.

    Raises
    ------
    InputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from counterpoise.theory import claim
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_certificates([claim("exp(x) >= 1 + x", x="real").verify()], f"{folder}/proofs.json")
    ...     load_certificates(f"{folder}/proofs.json")
    [claim: proved [interval]: exp(x) >= 1 + x, for all x in (-oo, oo)]
    """
    entries = [_with_tiers(c) if tiers else c.to_dict() for c in certificates]
    body = {
        "format": FORMAT,
        "certificates": [{"digest": digest(entry), "certificate": entry} for entry in entries],
    }
    packed = str(path).endswith(".gz")
    text = json.dumps(body, indent=None if packed else 1, ensure_ascii=False) + "\n"
    content = text.encode()
    write_atomically(path, gzip.compress(content, mtime=0) if packed else content)


def _entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The entries of an object of JSON, none of them twice: readers would see another one than we do."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        raise TypeError("an entry stands twice")
    return entries


def _cut(text: str, error: json.JSONDecodeError) -> bool:
    """Whether what is missing is the end: of a string, a number or a word, or what follows a token."""
    rest = text[error.pos :]
    in_string = error.msg.startswith(("Unterminated", "Invalid \\"))
    return in_string or any(
        end.startswith(rest) for end in ("true", "false", "null", ".", "-", "e-")
    )


def load_certificates(path: str | os.PathLike[str]) -> list[Certificate]:
    """Read certificates back.

    Raises
    ------
    InputError
        If the file cannot be read, is truncated, or is no certificate file.
    Tampered
        If its content was altered.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_certificates([], f"{folder}/proofs.json")
    ...     load_certificates(f"{folder}/proofs.json")
    []
    """
    try:
        content = Path(path).read_bytes()
        text = (gzip.decompress(content) if str(path).endswith(".gz") else content).decode(
            "utf-8", errors="replace"
        )
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{path} is truncated or not gzipped") from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from None
    if '"format"' not in text[:200] and FORMAT[:12] not in text[:200]:
        raise InputError(f"{path} is not a certificate file (write one with: verify --json FILE)")
    try:
        body = json.loads(text, object_pairs_hook=_entries)
        if body["format"] != FORMAT:
            raise Tampered(f"{path}: unknown format {body['format']!r}")
        entries = [(entry["digest"], entry["certificate"]) for entry in body["certificates"]]
    except json.JSONDecodeError as error:
        if _cut(text.rstrip(), error):
            message = f"{path} is truncated: it ends in the middle of a certificate"
            raise InputError(message) from None
        raise Tampered(f"{path}: the file was altered and cannot be read") from None
    except (KeyError, TypeError):
        raise Tampered(f"{path}: the file was altered and cannot be read") from None
    for expected, entry in entries:
        if digest(entry) != expected:
            name = entry.get("name") if isinstance(entry, dict) else None
            raise Tampered(f"{name}: the certificate was altered (its digest does not match)")
    return [Certificate.from_dict(entry) for _, entry in entries]
