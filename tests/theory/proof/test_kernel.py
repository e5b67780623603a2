"""The kernel tier: statements are faithful, true ones pass, forged ones do not."""

import random
import re
import shutil
import threading
from dataclasses import replace
from functools import cache

import pytest
from counterpoise import cli
from counterpoise.theory.catalogue import exported, select, stored_certificates
from counterpoise.theory.foundation import interrupts
from counterpoise.theory.foundation.validation import InputError
from counterpoise.theory.proof.certificate import Certificate
from counterpoise.theory.proof.kernel import checking, field
from counterpoise.theory.proof.kernel.checking import check, kind_of
from counterpoise.theory.proof.kernel.coqchk import axioms_of_context
from counterpoise.theory.proof.kernel.faithful import unfaithful
from counterpoise.theory.proof.kernel.project import exports_of
from counterpoise.theory.proof.kernel.stored import stored_verdicts
from counterpoise.theory.proof.kernel.verdicts import standing
from families import sampled
from kernel_negations import hasty, negations

pytestmark = pytest.mark.xdist_group("coq")  # whose library is compiled once a process
needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="needs Coq (coqc)")


def forged(name, claim, domain, given=()):
    """A certificate that says 'proved' and has an empty tree for evidence."""
    part = Certificate(
        name,
        "proved",
        claim,
        domain,
        given,
        written=(*claim, *given),
        evidence={"kind": "tree", "cases": [], "witness": None},
    )
    return Certificate("forged.claims", "proved", parts=(part,))


TRUE = {
    "sum_of_squares": (("a**2 + b**2 >= 2*a*b",), {"a": "(-oo, oo)", "b": "(-oo, oo)"}),
    "quotient": (("x/x == 1",), {"x": "(0, oo)"}),
    "slope": (("Derivative(x**2*exp(x), x) == x*(x + 2)*exp(x)",), {"x": "(-oo, oo)"}),
    "box": (("exp(x)*x <= 3",), {"x": "[0, 1]"}),
    "whole": (("n*(n - 1) >= 0",), {"n": "integer 1..9"}),
    "tail": (("Phi(x) > 0", "Phi(x) < 1"), {"x": "(-oo, oo)"}),
    "product": (("a*b <= 1",), {"a": "[0, 1]", "b": "[0, 2]"}, ("b <= 1",)),
}
FALSE = {
    "undefined_quotient": (("x/x == 1",), {"x": "(-oo, oo)"}),
    "undefined_log": (("log(x)**2 >= 0",), {"x": "[0, 1]"}),
    "undefined_power": (("x**(1/2 - 1)*0 == 0",), {"x": "[0, 1]"}),
    "negative_base": (("(-x)**y*0 == 0",), {"x": "(0, 1)", "y": "(0, 1)"}),
    "tail_too_light": (("Phi(x) > 1/1000",), {"x": "(-oo, oo)"}),
    "wrong": (("a**2 + b**2 >= 2*a*b + 1",), {"a": "(-oo, oo)", "b": "(-oo, oo)"}),
    "wrong_digits": (("exp(1) == 2718281828459045/1000000000000000",), {}),
    "no_end": (("1/x <= 10**9",), {"x": "(0, 1)"}),
}


stored = cache(stored_certificates)


def steps():
    for name, certificate in stored().items():
        for export in exports_of(certificate):
            if export.text:
                yield name, export


@pytest.fixture(scope="module")
def sample():
    return random.Random(7).sample([export for _, export in steps()], 25)


TREES = {
    "minimum": ("margin_exponents.general", "exponential_tangent"),
    "crossing": ("margins.ldam_k_class", "three_classes"),
    "substitute": ("consistency.ldam_not_consistent", "threshold_above_one_third"),
    "diagonal": ("concentration.pinsker", "two_outcomes"),
    "mean": ("centre_bias.three_phases", "corrected_probit_in_brackets"),
    "solve": ("ldam_loss.smoothed_hinge", "other_terms_at_most_one"),
}
"""Stored steps whose proofs rest on one rule of the tree."""
FIRST = "minimum"
"""The rule that is tried each time."""


def with_tree(rule):
    statement, step = TREES[rule]
    exports = exports_of(stored()[statement])
    return next(export for export in exports if export.step == step)


def falsified(rule):
    """The same proof of what is not so: the claim with its sides swapped and strict."""
    export = with_tree(rule)
    part = export.certificate
    swaps = {">=": "<", "<=": ">", ">": "<=", "<": ">="}
    sign = next(s for s in swaps if f" {s} " in part.claim[0])

    def swapped(texts):
        return tuple(text.replace(f" {sign} ", f" {swaps[sign]} ", 1) for text in texts)

    relations = len(part.claim)
    claim = swapped(part.claim)
    cases = [
        {**case, "relation": claim[part.claim.index(case["relation"])]}
        for case in part.evidence["cases"]
        if case["relation"] in part.claim
    ]
    changed = replace(
        part,
        name=f"not_{rule}",
        claim=claim,
        written=swapped(part.written[:relations]) + part.written[relations:],
        evidence={**part.evidence, "cases": cases},
    )
    (forgery,) = exports_of(replace(stored()[export.statement], parts=(changed,)))
    return forgery


@pytest.fixture(scope="module")
def verdicts(request):
    """True and forged claims and negations, checked in one run."""
    whole = request.config.getoption("whole")
    rules = TREES if whole else [FIRST]
    holding = [e for n, c in TRUE.items() for e in exports_of(forged(n, *c))]
    failing = [hasty(e) for n, c in FALSE.items() for e in exports_of(forged(n, *c))]
    empty = forged("empty", ("x >= 0",), {"x": "(-oo, oo)"}, ("x >= 2", "x <= 1"))
    negated = [n for e in (*holding, *exports_of(empty)) for n in negations(e)]
    admitted = replace(
        holding[0],
        certificate=replace(holding[0].certificate, name="admitted"),
        script="prepare; exact (unproved _).",
    )
    by_trees = [with_tree(rule) for rule in rules]
    forgeries = [hasty(falsified(rule)) for rule in rules]
    found = check([*holding, *failing, *negated, *by_trees, *forgeries])
    # apart, since of many theorems halves of halves would be asked
    found |= check([holding[0], admitted] if whole else [admitted])
    return {name.split("__")[-1]: verdict for name, verdict in found.items()}


@needs_coq
def test_true_claims_pass_with_the_axioms_of_the_reals_and_forged_ones_do_not(verdicts):
    for name in TRUE:
        assert not verdicts[name].reason, (name, verdicts[name])
        assert all(map(kind_of, verdicts[name].axioms))
        assert "classical reals" in kind_of(verdicts[name].axioms[0])
    for name in FALSE:
        assert verdicts[name].reason, name


@needs_coq
def test_negations_and_admitted_theorems_do_not_pass(verdicts):
    denied = [name for name in verdicts if name.startswith("not_") and name[-1].isdigit()]
    assert len(denied) == sum(len(claims) for claims, *_ in TRUE.values()) + 1
    assert not verdicts["not_empty_0"].reason  # its hypotheses exclude each other
    for name in [*(set(denied) - {"not_empty_0"}), "admitted"]:
        assert verdicts[name].reason, name
        assert not verdicts[name].axioms


@needs_coq
@pytest.mark.parametrize("rule", sampled(TREES, 1000, always=[FIRST]))
def test_a_tree_proves_its_claim_and_not_the_contrary(verdicts, rule):
    assert not verdicts[TREES[rule][1]].reason
    assert verdicts[f"not_{rule}"].reason


def test_only_axioms_of_the_reals_and_of_machine_numbers_are_accepted():
    assert kind_of("Classical_Prop.classic") == "the classical reals"
    assert kind_of("PrimInt63.add") == "the machine's integers"
    for axiom in ("unproved", "Unproved.unproved", "classic_", "foo.Classical_Prop.classic"):
        assert kind_of(axiom) == ""


def test_exported_statements_are_the_claims(sample):
    for export in sample:
        assert unfaithful(export.text, export.certificate) == "", export.name


def last_line(change):
    """A change of the relation that is shown last, not of its conditions."""

    def changed(text):
        head, mark, last = text.rpartition("\n")
        return head + mark + change(last)

    return changed


CHANGES = {
    "a relation": last_line(lambda text: re.sub(r"( <|>)= ", r"\1 ", text, count=1)),
    "a number": lambda text: re.sub(r"\b(\d+)\b(?!.*\b\d+\b)", "7919", text, flags=re.DOTALL),
    "a sign": last_line(lambda text: text.replace(" + ", " - ", 1)),
    "a domain": lambda text: re.sub(
        r"^  0 < (\w+'?) ->", r"  0 <= \1 ->", text, count=1, flags=re.M
    ),
    "no domain": lambda text: re.sub(r"^  0 < (\w+'?) ->\n", "", text, count=1, flags=re.M),
    "no condition": lambda text: re.sub(r"^  [^\n]* /\\\n", "", text, flags=re.M),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_statement_is_told_apart(what, sample):
    changed = [(e, CHANGES[what](e.text)) for e in sample]
    changed = [(e, text) for e, text in changed if text != e.text]
    assert len(changed) >= 3
    for export, text in changed:
        assert unfaithful(text, export.certificate), (what, text)


def test_differences_of_huge_numbers_are_told_apart_by_many_digits():
    """At w = -1000 both terms have 434 digits before the point, and their difference is zero."""
    certificate = stored()["implicit_bias.offsets_are_inert"]
    [export] = [e for e in exports_of(certificate) if e.step == "two_point_stationary_bias"]
    assert unfaithful(export.text, export.certificate) == ""
    other = export.text.replace("ln (a / c) / 2", "ln (a / c) / 3", 1)
    assert other != export.text
    assert "differs" in unfaithful(other, export.certificate)


def test_verdicts_are_taken_in_by_one_thread(sample, monkeypatch):
    """They are stored and compared with the claims there, under a precision that threads share."""
    monkeypatch.setattr(checking, "coq_version", lambda: "none")
    monkeypatch.setattr(checking, "_compile_library", lambda folder: None)
    monkeypatch.setattr(
        checking, "_checked", lambda some, folder, file: {e.name: checking.Checked() for e in some}
    )
    told, threads = [], set()

    def progress(verdicts):
        told.extend(verdicts)
        threads.add(threading.current_thread())

    assert set(check(sample, jobs=3, progress=progress)) == {e.name for e in sample}
    assert sorted(told) == sorted(e.name for e in sample)
    assert threads == {threading.current_thread()}


def test_without_coq_one_line_says_how_to_install_it(monkeypatch):
    checking.coq_version.cache_clear()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(InputError, match="install Coq"):
        check([])
    checking.coq_version.cache_clear()


def command(monkeypatch, *arguments):
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)
    monkeypatch.setattr("sys.argv", ["counterpoise", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_export_writes_a_project_with_every_statement(tmp_path, monkeypatch, capsys):
    assert command(monkeypatch, "export", "margins.ldam_two_class", "--coq", tmp_path) == 0
    assert "steps with proofs" in capsys.readouterr().out
    text = (tmp_path / "margins.v").read_text()
    for _, export in steps():
        if export.statement == "margins.ldam_two_class":
            assert f"{export.name} " in text
            assert export.text in text
    assert "unproved" not in text
    assert "Admitted" not in text
    assert "margins.v" in (tmp_path / "_CoqProject").read_text()
    assert {"Counterpoise.v", "Makefile"} <= {path.name for path in tmp_path.iterdir()}


def test_stored_verdicts_are_shown_without_coq(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert command(monkeypatch, "recheck", "--kernel", "--stored", "margins.ldam_two_class") == 0
    told = capsys.readouterr().out
    assert "margins.ldam_two_class lower_bound" in told
    assert " steps" in told.splitlines()[-1]


def test_recheck_needs_one_file_or_the_kernel(monkeypatch, capsys):
    assert command(monkeypatch, "recheck") == 2
    assert command(monkeypatch, "recheck", "a.json", "--stored") == 2
    assert "--kernel" in capsys.readouterr().err


SAMPLE = ("decision", "imbalance", "margins", "bounds")
"""Chapters of which the first accepted steps are checked again whenever Coq is there."""
OF_EACH = 2


@needs_coq
def test_a_fixed_sample_is_accepted_again_with_the_axioms_that_are_stored():
    """The whole: ``make kernel``."""
    known, chosen = stored_verdicts(), []
    for chapter in SAMPLE:
        rows = standing(exported(select([f"{chapter}/*"])))
        chosen += [row.export for row in rows if row.status == "kernel"][:OF_EACH]
    assert chosen
    found = check(chosen)
    for export in chosen:
        assert found[export.name].reason == "", export.name
        assert list(found[export.name].axioms) == known[export.name]["axioms"]


@pytest.mark.skipif(shutil.which("coqchk") is None, reason="needs Coq (coqchk)")
def test_coqchk_accepts_what_coqc_compiled_and_not_what_was_altered(tmp_path):
    names = field.compile_files(tmp_path, ["Gibbs"])
    axioms = axioms_of_context(tmp_path, "AllK", names)
    assert any("sig_forall_dec" in axiom for axiom in axioms)
    assert not any(name in axiom for axiom in axioms for name in ("AllK", "unproved", "gibbs"))
    compiled = tmp_path / "Gibbs.vo"
    content = bytearray(compiled.read_bytes())
    content[len(content) // 2] ^= 1
    compiled.write_bytes(content)
    with pytest.raises(InputError, match="refuses AllK"):
        axioms_of_context(tmp_path, "AllK", names)
