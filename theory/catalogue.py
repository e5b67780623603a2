"""Every statement of the theory, by name."""

import importlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from .mutation import attack_generated
from .proof.certificate import Certificate, load_certificates
from .proof.recheck import Verdict, recheck
from .statement import Statement
from .validation import one_of

__all__ = [
    "CHAPTERS",
    "MODULES",
    "attack_all",
    "attack_generated_all",
    "recheck_catalogued",
    "recheck_stored",
    "select",
    "statements",
    "stored_certificates",
    "verify_all",
]

STORED = Path(__file__).with_name("proofs.json.gz")

CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "Balanced error and plug-in rules": ("balanced_error", "plug_in"),
    "How much a class counts": (
        "effective_number",
        "distinct_cells",
        "diversity",
        "density_ratio",
        "difficulty",
    ),
    "Margins": (
        "margins",
        "margin_exponents",
        "ldam_loss",
        "margin_loss",
        "margin_bound",
        "margin_feasibility",
        "immax",
        "immax_consistency",
    ),
    "The vector-scaling family": (
        "vs_loss",
        "vector_scaling",
        "pairwise_margins",
        "local_lipschitz",
        "minimal_probability",
    ),
    "Generalization bounds for the balanced risk": (
        "class_bounds",
        "data_dependent_bound",
        "stratified_bound",
        "bound_comparison",
        "error_surrogate",
        "density_ratio_bound",
        "density_ratio_weights",
    ),
    "Consistency": (
        "consistency",
        "offset_family",
        "vs_consistency",
        "binary_margins",
        "binary_link",
        "multiclass_margins",
        "spared_negatives",
        "label_smoothing",
    ),
    "Logit adjustment and thresholds": (
        "logit_adjustment",
        "balanced_softmax",
        "threshold_moving",
        "wrong_priors",
        "estimated_priors",
    ),
    "Links: how a loss grows": ("focal", "decreasing_link"),
    "Surrogates with a class term: GLA and GCA": (
        "balanced_measure",
        "comp_sum",
        "regret_transform",
        "gla",
        "gla_bounds",
        "gca",
        "bounded_hypotheses",
        "balanced_surrogates",
        "posterior_thresholds",
    ),
    "Tools: concentration and Rademacher complexity": (
        "concentration",
        "rademacher",
        "contraction",
    ),
    "New classifiers on given features": ("second_heads", "resampled_classes"),
    "Label shift": ("label_shift",),
    "Gaussian regimes: the population": (
        "gaussian",
        "gaussian_decisions",
        "gaussian_curves",
        "gaussian_f1",
        "gaussian_areas",
        "simplex_gaussian",
    ),
    "Gaussian regimes: what high dimension adds": (
        "lda",
        "high_dimensional_lda",
        "estimated_covariance",
        "regimes",
        "centre_bias",
        "rectified_gaussian",
        "separability",
        "max_margin",
    ),
    "Geometry of the last layer": (
        "seli",
        "seli_frames",
        "seli_step",
        "minority_collapse",
        "ridge_path",
        "neural_collapse",
    ),
    "Separable data: what survives training to the end": ("implicit_bias", "cost_sensitive"),
}
"""The bodies of theory in reading order, as a book's chapters; each module holds its ``STATEMENTS``."""

MODULES = tuple(module for modules in CHAPTERS.values() for module in modules)


Progress = Callable[[], object] | None
"""Called once for every statement that is done."""


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


def verify_all(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """Verify statements in ``jobs`` processes (0: one per core); order is kept."""
    return _parallel(_verify_one, chosen, jobs, progress)


def attack_all(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """Attack every mutant of the statements; one certificate a mutant."""
    found = _parallel(_attack_one, chosen, jobs, progress)
    return [certificate for several in found for certificate in several]


def attack_generated_all(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """Attack the mutants generated from the statements' own formulas; see `theory.mutation`."""
    found = _parallel(_attack_generated_one, chosen, jobs, progress)
    return [certificate for several in found for certificate in several]


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
        results = Parallel(n_jobs=jobs, return_as="generator")(delayed(action)(n) for n in names)
    collected = []
    for result in results:
        collected.append(result)
        if progress is not None:
            progress()
    return collected


def stored_certificates() -> dict[str, Certificate]:
    """The proofs that come with the package, by name; `counterpoise contents` writes them.

    Raises
    ------
    InputError
        If there are none.
    Tampered
        If they were altered.
    """
    return {own.name: own for own in load_certificates(STORED)}


def recheck_stored(
    chosen: Sequence[Statement], *, jobs: int = 1, progress: Progress = None
) -> list[Certificate]:
    """The stored certificates, each re-checked by the second engines instead of proved anew.

    One that is missing, is no longer the catalogue's claim, or does not pass comes back `unknown`.
    """
    return _parallel(_recheck_one, chosen, jobs, progress)


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
    """`proof.recheck.recheck`, and besides: a catalogued name must come with the catalogue's own claims."""
    reason = _misnamed(certificate)
    return Verdict("rejected", reason) if reason else recheck(certificate, seed=seed)


def _misnamed(certificate: Certificate) -> str:
    """Why a certificate, or a part of it, does not deserve its name; empty if it does."""
    name, _, mutant = certificate.name.partition("/")
    statement = statements().get(name) if "." in name else None
    if statement is not None:
        if not mutant:
            right = _texts(certificate.parts) == _expected(statement)
        else:
            claims = [own.claim.texts() for own in statement.mutants if own.name == mutant]
            right = not claims or _texts([certificate]) == [{"written": ()} | claims[0]]
        if not right:
            return f"{certificate.name}: not the claims of the catalogue"
    return next((reason for part in certificate.parts if (reason := _misnamed(part))), "")


def _texts(parts: Sequence[Certificate]) -> list[dict[str, Any]]:
    return [
        {
            "claim": part.claim,
            "domain": dict(part.domain),
            "given": part.given,
            "written": part.written,
        }
        for part in parts
    ]


def _expected(statement: Statement) -> list[dict[str, Any]]:
    """The texts of a statement's steps, and of what it cites."""
    cited: dict[str, Any] = {"claim": (), "domain": {}, "given": (), "written": ()}
    stated = [{"written": ()} | step.claim.texts() for step in statement.steps]
    return stated + [cited] * len(statement.cites)
