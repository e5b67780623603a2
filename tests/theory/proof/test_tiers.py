"""Tiers: what a reader is told of a step follows from the stored verdicts and from nothing else."""

import json
from dataclasses import replace

import pytest
from counterpoise.theory import load_certificates, recheck, save_certificates
from counterpoise.theory.catalogue import described, exported, listed, select, statements, verified
from counterpoise.theory.claims.statement import DECIDED
from counterpoise.theory.proof.certificate import Certificate, Tampered, digest
from counterpoise.theory.proof.kernel import pinned, stored
from counterpoise.theory.proof.kernel.project import theorem_name
from counterpoise.theory.proof.kernel.verdicts import lost, standing
from counterpoise.theory.proof.tiers import TIERS, kernel_says, tier_of


@pytest.fixture(scope="module")
def exports():
    return exported(statements().values())


@pytest.fixture(scope="module")
def accepted(certificates):
    """A statement, and a step of it that the kernel accepted."""
    return next(
        (c, part) for c in certificates.values() for part in c.parts if part.tier.name == "kernel"
    )


def part_of(certificate, name):
    return next(part for part in certificate.parts if part.name == name)


def test_a_reader_is_told_kernel_of_the_steps_whose_verdict_stands_and_of_no_other(
    certificates, exports
):
    """The hash of the certificate says what the hash of the theorem, its script and the lemmas says."""
    standing_now = {row.export.name: row.status == "kernel" for row in standing(exports)}
    for name, certificate in certificates.items():
        for part in certificate.parts:
            accepted = standing_now.get(theorem_name(name, part.name), False)
            assert (part.tier.name == "kernel") == accepted, (
                name, part.name, "run: counterpoise recheck --kernel --stored --write",
            )  # fmt: skip
    assert any(standing_now.values())


def test_the_tier_is_that_of_the_weakest_step_and_prose_is_never_more_than_assembled(certificates):
    for name, certificate in certificates.items():
        tier, parts = certificate.tier, [part.tier for part in certificate.parts]
        weakest = min((part.name for part in parts), key=TIERS.index)
        if weakest in ("kernel", "proved") and statements()[name].mark != DECIDED:
            assert tier.name == "assembled"
        else:
            assert tier.name == weakest
        assert tier.by_kernel == sum(part.name == "kernel" for part in parts)
        assert tier.steps == len(parts)


CHANGES = {
    "another claim": lambda part: {"claim": ("1 == 1",)},
    "another domain": lambda part: {
        "domain": dict.fromkeys(part.domain, "(0, 1/7)") | {"q": "real"}
    },
    "a hypothesis": lambda part: {"given": ("1 >= 0",)},
    "other words": lambda part: {"written": ("1 == 1",)},
    "other evidence": lambda part: {"evidence": {**part.evidence, "cases": []}},
    "not proved": lambda part: {"status": "checked"},
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_verdict_does_not_count_for_a_changed_certificate(what, accepted):
    certificate, part = accepted
    changed = replace(part, **CHANGES[what](part))
    assert changed.tier.name != "kernel"
    parts = tuple(changed if p is part else p for p in certificate.parts)
    again = stored.stamped(replace(certificate, parts=parts))
    assert part_of(again, part.name).tier.name != "kernel"


def test_a_stamp_that_no_stored_verdict_gives_is_rejected(certificates):
    certificate, part = next(
        (c, part)
        for c in certificates.values()
        for part in c.parts
        if c.status == "proved" and part.tier.name == "proved"
    )
    forged = replace(part, kernel=kernel_says(part, ()))
    assert forged.tier.name == "kernel"
    whole = replace(certificate, parts=tuple(forged if p is part else p for p in certificate.parts))
    verdict = recheck(whole)
    assert verdict.status == "rejected"
    assert "kernel" in verdict.reason
    alone = replace(forged, name="claim")
    assert recheck(alone).status == "rejected"


def test_other_axioms_than_the_stored_ones_are_rejected(accepted):
    certificate, part = accepted
    fewer = replace(part, kernel=kernel_says(part, ()))
    whole = replace(certificate, parts=tuple(fewer if p is part else p for p in certificate.parts))
    assert recheck(whole).status == "rejected"
    assert recheck(certificate).status == "confirmed"


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "it took too long"},
        {"statement": "0" * 32},
        {"certificate": "0" * 32},
        {"coq": "9.99"},
        {"axioms": ["Unproved.unproved"]},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_stored_verdict_counts_only_as_a_whole(accepted, change, monkeypatch):
    certificate, part = accepted
    name = theorem_name(certificate.name, part.name)
    known, functions = stored._known(), stored._functions()
    assert part_of(stored.stamped(certificate), part.name).tier.name == "kernel"
    monkeypatch.setattr(stored, "_known", lambda: {name: {**known[name], **change}})
    assert part_of(stored.stamped(certificate), part.name).tier.name == "proved"
    monkeypatch.setattr(stored, "_known", lambda: known)
    monkeypatch.setattr(stored, "_functions", lambda: functions + "Definition other := 0.")
    assert part_of(stored.stamped(certificate), part.name).tier.name == "proved"


def test_a_file_says_the_tier_of_each_part_and_cannot_say_another(accepted, tmp_path):
    certificate, part = accepted
    file = tmp_path / "c.json"
    save_certificates([certificate], file, tiers=True)
    body = json.loads(file.read_text())
    (entry,) = body["certificates"]
    told = {p["name"]: p["tier"] for p in entry["certificate"]["parts"]}
    assert told[part.name] == "kernel (the classical reals)"
    assert entry["certificate"]["tier"] == str(certificate.tier)
    assert load_certificates(file) == [certificate]
    assert "tier" not in certificate.to_dict()
    for place in (entry["certificate"], entry["certificate"]["parts"][0]):
        before = place["tier"]
        place["tier"] = "kernel (no axioms)"
        entry["digest"] = digest(entry["certificate"])
        file.write_text(json.dumps(body))
        with pytest.raises(Tampered, match="not kernel"):
            load_certificates(file)
        place["tier"] = before


def test_every_reader_sees_the_tier(accepted):
    certificate, part = accepted
    statement = statements()[certificate.name]
    share = certificate.tier.share
    assert f"{certificate.tier.by_kernel} of {certificate.tier.steps} steps by Coq's" in verified(
        [certificate]
    )
    assert f"kernel {share}" in listed([statement])
    data = described(statement)
    assert data["tier"]["by_kernel"] == certificate.tier.by_kernel
    assert {s["name"]: s["tier"]["name"] for s in data["steps"]}[part.name] == "kernel"
    assert "kernel (the classical reals)" in repr(part)
    assert f"{share} steps by the kernel" in repr(certificate)
    assert "kernel" in part._repr_html_()


def test_a_theorem_for_all_classes_is_named_and_does_not_raise_the_tier():
    (statement,) = select(["balanced_error.bayes_rule"])
    data = described(statement)
    assert [t["name"] for t in data["all_classes"]] == ["bayes_rule", "balanced_regret"]
    assert data["tier"]["name"] == "assembled"


def test_what_was_not_asked_of_the_kernel_is_at_most_proved():
    assert tier_of(Certificate("claim", "proved", ("1 == 1",))).name == "proved"
    assert str(Certificate("claim", "unknown").tier) == "unknown"


# ---------------------------------------------------------------------------- pinned theorems


def test_the_pins_are_what_the_theorems_say(exports):
    """If this fails, read `counterpoise pin`: it prints both versions; with --write it writes the new one."""
    assert pinned.changes(exports) == {}


MUTATIONS = {
    "a relation": lambda text: text.replace(" <= ", " < ", 1),
    "a hypothesis": lambda text: text.replace(" ->\n", " ->\n  True ->\n", 1),
    "no hypothesis": lambda text: "".join(text.split(" ->\n", 1)[1:]) or text,
    "a condition": lambda text: text.replace(" /\\\n", " \\/\n", 1),
    "a space": lambda text: f"{text} ",
}


@pytest.mark.parametrize("what", MUTATIONS)
def test_a_changed_theorem_is_refused_whatever_the_kernel_said(what, exports):
    known = stored.stored_verdicts()
    changed = [
        (replace(export, text=text), export.name in known and not known[export.name]["reason"])
        for export in exports
        if (text := MUTATIONS[what](export.text)) != export.text
    ][:40]
    assert len(changed) > 10
    rows = standing([export for export, _ in changed])
    assert {row.status for row in rows} == {"unpinned"}
    assert all("pin" in row.reason for row in rows)
    assert len(lost(rows)) == sum(was_accepted for _, was_accepted in changed)
    for export, _ in changed:
        assert f"{export.statement}/{export.step}" in pinned.changes([export])


def test_a_proof_may_change_without_the_pins(exports):
    changed = [replace(export, script=f"idtac; {export.script}") for export in exports]
    assert pinned.changes(changed) == {}
    assert "unpinned" not in {row.status for row in standing(changed)}


LIBRARY = {
    "a definition": (
        "Definition Phi (x : R) : R :=\n  1 / 2",
        "Definition Phi (x : R) : R :=\n  1",
    ),
    "a notation": ("Open Scope R_scope.", 'Open Scope R_scope.\nNotation "a <= b" := True.'),
    "an axiom": ("Open Scope R_scope.", "Open Scope R_scope.\nAxiom wrong : False."),
    "a shadow": (
        "Lemma gap_lt",
        "Lemma exp (x : R) : R. Proof. exact 0. Defined.\nLemma gap_lt",
    ),
}


@pytest.mark.parametrize("what", LIBRARY)
def test_a_changed_meaning_is_refused(what, exports, monkeypatch):
    true, false = LIBRARY[what]
    files = pinned.library()
    name = next(name for name, text in files.items() if true in text)
    changed = {**files, name: files[name].replace(true, false, 1)}
    monkeypatch.setattr(pinned, "library", lambda: changed)
    assert {row.status for row in standing(exports[:30])} <= {"unpinned", "untranslated"}
    assert "library" in pinned.changes(exports)


def test_lemmas_and_tactics_may_change_without_the_pins(exports, monkeypatch):
    files = pinned.library()
    more = "\nLemma more : 0 < 1.\nProof. lra. Qed.\nLtac m := lra.\n"
    changed = {**files, "Counterpoise": files["Counterpoise"] + more}
    monkeypatch.setattr(pinned, "library", lambda: changed)
    assert pinned.changes(exports) == {}


def test_another_axiom_is_refused(exports, monkeypatch):
    monkeypatch.setattr(pinned, "ACCEPTED", {**pinned.ACCEPTED, "anything": ".*"})
    assert {row.status for row in standing(exports[:30])} <= {"unpinned", "untranslated"}
    assert "axioms" in pinned.changes(exports)
