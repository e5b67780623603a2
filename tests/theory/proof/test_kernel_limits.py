"""Limits in the kernel: statements are faithful, forged ones are told apart, false ones have no proof."""

import re
import shutil
from dataclasses import replace

import pytest
from counterpoise.theory.proof.certificate import Certificate
from counterpoise.theory.proof.kernel.checking import check, kind_of
from counterpoise.theory.proof.kernel.faithful import unfaithful
from counterpoise.theory.proof.kernel.project import exports_of

pytestmark = pytest.mark.xdist_group("coq")  # whose library is compiled once a process
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="needs Coq (coqc)")


def claimed(name, claim, domain, end):
    """The export of a limit that a certificate calls proved."""
    part = Certificate(name, "proved", (claim,), domain, (), evidence={"kind": "limit", "end": end})
    (export,) = exports_of(Certificate("forged.limits", "proved", parts=(part,)))
    return export


@pytest.fixture(scope="module")
def limits(certificates):
    exports = [e for c in certificates.values() for e in exports_of(c)]
    return [e for e in exports if e.certificate.evidence.get("kind") == "limit"]


def test_every_limit_has_a_theorem_and_it_is_the_claim(limits):
    assert len(limits) > 60
    for export in limits:
        assert not export.reason, export
        assert unfaithful(export.text, export.certificate) == "", export.name


def test_what_is_stated_needs_the_expression_to_have_a_value_all_over_the_domain():
    export = claimed(
        "share", "limit of a/(x + a) as x -> oo is 0", {"a": "(0, 1)", "x": "[0, oo)"}, "high"
    )
    assert export.text == (
        "forall (a : R),\n  0 < a < 1 ->\n  "
        "(forall (x : R), 0 <= x -> x + a <> 0) /\\\n  "
        "filterlim (fun x : R => a / (x + a)) (Rbar_locally p_infty) (locally 0)"
    )


CHANGES = {
    "a sign of infinity": lambda text: re.sub(
        r"Rbar_locally (p|m)_", lambda m: f"Rbar_locally {'m' if m[1] == 'p' else 'p'}_", text, count=1
    ),
    "a side": lambda text: re.sub(
        r"at_(right|left)", lambda m: f"at_{'left' if m[1] == 'right' else 'right'}", text
    ),
    "a place": lambda text: re.sub(r"\((at_\w+) [^()]+\)", r"(\1 (1 / 7))", text),
    "no place": lambda text: re.sub(r"\((at_\w+) [^()]+\)", r"(\1 (1 / 0))", text),
    "a limit": lambda text: re.sub(r"\(locally (.*)\)$", r"(locally (\1 + 1))", text),
    "an infinite limit": lambda text: re.sub(r"\(locally .*\)$", "(Rbar_locally p_infty)", text),
    "a finite limit": lambda text: re.sub(r"\(Rbar_locally \w+\)$", "(locally 0)", text),
    "a factor": lambda text: re.sub(
        r"(filterlim \(fun \w+'? : R => )(.*?)\) (?=\((?:at|Rbar))", r"\g<1>2 * (\2)) ", text
    ),
    "no conditions": lambda text: re.sub(r"^  \(forall .* /\\\n", "", text, flags=re.M),
    "one condition less": lambda text: re.sub(r"(\(forall .*?)( /\\ [^\n]*?<> 0)(?=\))", r"\1", text),
    "no condition of the limit": lambda text: re.sub(r"^  [^(\n]* /\\\n", "", text, flags=re.M),
    "a parameter's domain": lambda text: re.sub(r"^  0 < (\w+'?) ->", r"  0 <= \1 ->", text, flags=re.M),
    "no parameter's domain": lambda text: re.sub(r"^  0 < (\w+'?) ->\n", "", text, flags=re.M),
    "a variable's domain": lambda text: re.sub(r"(\(forall .*?), 0 < ", r"\1, 1 < ", text),
    "a hypothesis": lambda text: re.sub(r"^  (0 < (\w+'?)) ->", r"  \1 < 1 ->", text, flags=re.M),
    "an integer": lambda text: re.sub(r"^forall \((.*) : R\)", r"forall (\1 : Z)", text),
    "no limit": lambda text: re.sub(r"filterlim .*", "0 < 1", text),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_statement_is_told_apart(what, limits):
    changed = [(e, CHANGES[what](e.text)) for e in limits]
    changed = [(e, text) for e, text in changed if text != e.text]
    assert len(changed) >= 3
    for export, text in changed:
        assert unfaithful(text, export.certificate), (what, text)


def test_a_limit_of_something_else_is_told_apart(limits):
    for export, other in zip(limits, [*limits[1:], limits[0]], strict=True):
        if export.text != other.text:
            assert unfaithful(other.text, export.certificate), (export.name, other.name)


PROVED = (
    ("gaussian.rates", "minority_rate_vanishes"),
    ("focal.slope_has_one_peak", "phi_starts_at_one"),
    ("focal.not_convex", "bracket_unbounded_below"),
    ("effective_number.limits", "overlap_parameter_to_one"),
    ("gla_bounds.sharp_pinsker", "right_up_to_logarithm"),
)
"""Stored limits: far out, of a product, infinite, by slopes, of roots of logarithms."""

TRUE = {
    "pole": ("limit of 1/x as x -> 0 is -oo", {"x": "(-oo, 0)"}, "high"),
    "faint": ("limit of x**3*exp(x) as x -> -oo is 0", {"x": "(-oo, 0)"}, "low"),
    "steep": ("limit of exp(1/x) as x -> 0 is 0", {"x": "(-1, 0)"}, "high"),
    "slopes": ("limit of log(x)/(x - 1) as x -> 1 is 1", {"x": "(1, oo)"}, "low"),
}
FALSE = {
    "hole": ("limit of x/(x - 1) as x -> oo is 1", {"x": "(0, oo)"}, "high"),
    "product": ("limit of v*log(v) as v -> 0 is 1", {"v": "(0, 1)"}, "low"),
    "infinite": ("limit of x*exp(-x) as x -> oo is oo", {"x": "(0, oo)"}, "high"),
    "undefined_limit": ("limit of k + 1/x as x -> oo is k/k*k", {"k": "(-oo, oo)", "x": "(0, oo)"}, "high"),
}  # fmt: skip


@pytest.fixture(scope="module")
def verdicts(limits):
    """Stored, true and false limits, checked in one run."""
    stored = [e for e in limits if (e.statement, e.step) in PROVED]
    made = [claimed(name, *told) for name, told in (TRUE | FALSE).items()]
    found = check([*stored, *made])
    return {name.split("__")[-1]: verdict for name, verdict in found.items()}


@needs_coq
def test_coq_accepts_limits_and_no_false_ones(verdicts):
    for name in [*(step for _, step in PROVED), *TRUE]:
        assert not verdicts[name].reason, (name, verdicts[name])
        assert all(map(kind_of, verdicts[name].axioms))
    for name in FALSE:
        assert verdicts[name].reason, name


def test_a_form_that_no_lemma_leads_has_a_theorem_without_a_proof():
    export = claimed("far", "limit of tanh(x) as x -> oo is 1", {"x": "(0, oo)"}, "high")
    assert "fail" in export.proof
    assert unfaithful(export.text, export.certificate) == ""
    whole = replace(export.certificate, domain={"x": "integer 1.."})
    (export,) = exports_of(Certificate("forged.limits", "proved", parts=(whole,)))
    assert export.reason == "a limit over integers"
