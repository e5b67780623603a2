"""The theorems for any number of classes: Coq proves them, from the classical reals alone, and not their
false variants.

Compiling everything takes a minute of one core; unless ``COUNTERPOISE_KERNEL=all`` is set, or a file differs
from what was last compiled whole, one chain of files stands for all.
"""

import os
import re
import shutil
from typing import NamedTuple

import pytest
from counterpoise.theory.catalogue import statements
from counterpoise.theory.proof.kernel import field
from counterpoise.theory.proof.kernel.theorems import (
    CLASSICAL_REALS,
    THEOREMS,
    statement_text,
    stored,
)

coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")

WHOLE = os.environ.get("COUNTERPOISE_KERNEL") == "all" or stored()["files"] != field.fingerprint()
CHAIN = ("LogitAdjustment",)


class Variant(NamedTuple):
    """A false neighbour: the file, what stands there, what it is changed to."""

    file: str
    true: str
    false: str


VARIANTS = (
    Variant("ClassClaims", "^ 2 / 2.\nProof", "^ 2 / 1.\nProof"),
    Variant("ClassClaims", "ln (p j / (q j))) >= 0.", "ln (p j / (q j))) > 0."),
    Variant("ClassClaims", "=> exp (z j)))) >= 0.", "=> exp (z j)))) > 0."),
    Variant("Gibbs", "  0 <= divergence n p q /\\", "  divergence n p q <= 0 /\\"),
    Variant(
        "LogitAdjustment",
        "u y = ln (eta y / pi y) + c) /\\",
        "u y = ln (eta y * pi y) + c) /\\",
    ),
    Variant(
        "ConsistentIff",
        "alpha y * pi y * exp (- D y) = alpha j * pi j * exp (- D j)).",
        "alpha y * pi y * exp (D y) = alpha j * pi j * exp (D j)).",
    ),
    Variant("TwoExponents", "<-> nu + tau = 1)).", "<-> nu - tau = 1))."),
    Variant("TwoExponents", "(j < K)%nat /\\ pi i <> pi j) ->", "(j < K)%nat /\\ i <> j) ->"),
    Variant("MarginExponents", "(- q)) (/ (p + 1)) in", "(- q)) (/ p) in"),
    Variant("QuarterPowerMargins", "Rpower (n j) (- / 4) in", "Rpower (n j) (- / 3) in"),
    Variant(
        "PriorPrefactor", "pi rarest <= pi y) ->\n  / INR K", "pi y <= pi rarest) ->\n  / INR K"
    ),
    Variant(
        "WeightPrefactor", "fun y => / (INR K * pi y * w y)).\n", "fun y => / (pi y * w y)).\n"
    ),
    Variant(
        "GradientBound",
        "<= alpha y * (1 - q y) * sqrt (beta y ^ 2 + largest_other_square K beta y).\nProof",
        "<= alpha y * (1 - q y) * sqrt (beta y ^ 2).\nProof",
    ),
    Variant("EffectiveNumber", "effective_number beta m <= INR", "effective_number beta m >= INR"),
    Variant(
        "BayesRule", "  balanced_error W h = 1 - / INR (classes W) *", "  balanced_error W h = 1 -"
    ),
    Variant("PlugIn", "<= 2 / INR (classes W)", "<= 1 / INR (classes W)"),
    Variant("BoundComparison", "<= sqrt (A / B) / pih rarest).", "<= sqrt (B / A) / pih rarest)."),
    Variant("McDiarmid", "<= exp (- 2 * t ^ 2", "<= exp (- 3 * t ^ 2"),
    Variant(
        "Symmetrisation",
        "(deviation cs) <= 2 * mean m (laws_of cs) (complexity cs).",
        "(deviation cs) <= mean m (laws_of cs) (complexity cs).",
    ),
    Variant(
        "StratifiedCertificate",
        "       + 2 * balanced_complexity loss K labels s\n",
        "       + balanced_complexity loss K labels s\n",
    ),
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """A folder with compiled files, and their names."""
    folder = tmp_path_factory.mktemp("coq")
    return folder, field.compile_files(folder, None if WHOLE else CHAIN)


@coq
def test_theorems_rest_on_the_classical_reals_alone(compiled):
    folder, names = compiled
    [found] = field.axioms(folder, [[(t.file, t.name) for t in THEOREMS if t.file in names]])
    assert set(found) <= set(CLASSICAL_REALS)
    told = stored()["axioms"]
    assert set(found) == {a for t in THEOREMS if t.file in names for a in told[t.name]}


@coq
@pytest.mark.parametrize(
    "variant",
    [variant for variant in VARIANTS if WHOLE or variant.file in field.needed(CHAIN)],
    ids=lambda variant: variant.file,
)
def test_a_false_variant_is_not_proved_by_the_same_script(variant, compiled):
    folder, _ = compiled
    text = field.source(variant.file)
    assert text.count(variant.true) == 1
    assert field.refusal(folder, "Variant", text.replace(variant.true, variant.false))[1]


def test_what_was_compiled_whole_is_what_stands_here():
    assert stored()["files"] == field.fingerprint()
    assert set(stored()["axioms"]) == {theorem.name for theorem in THEOREMS}
    assert {axiom for several in stored()["axioms"].values() for axiom in several} <= set(
        CLASSICAL_REALS
    )


@pytest.mark.parametrize("name", field.files())
def test_nothing_is_assumed_or_left_open(name):
    code = re.sub(r"\(\*.*?\*\)", "", field.source(name), flags=re.DOTALL)
    assert not re.search(
        r"\b(Admitted|admit|Axiom|Axioms|Parameter|Parameters|Conjecture|Abort)\b", code
    )
    assert len(re.findall(r"\bProof\b", code)) == len(re.findall(r"\b(Qed|Defined)\.", code))


@pytest.mark.parametrize("theorem", THEOREMS, ids=lambda theorem: theorem.name)
def test_a_theorem_stands_in_its_file_and_in_the_catalogue(theorem):
    assert theorem.name in statement_text(theorem)
    assert set(theorem.statements) <= set(statements())
    assert len({other.name for other in THEOREMS}) == len(THEOREMS)
