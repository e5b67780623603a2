"""What a search does not find in its time: its stored proof counts if it is confirmed, and says so."""

import sys
from dataclasses import replace

import pytest
from counterpoise import cli
from counterpoise.theory.catalogue import by_stored_proof, select, verdicts
from counterpoise.theory.claims.statement import Statement
from counterpoise.theory.foundation import interrupts
from counterpoise.theory.proof.certificate import Certificate

NAME = "gaussian.score_law"


def test_only_what_is_unknown_is_replaced(certificates):
    unknown = Certificate(NAME, "unknown", seconds=21.0, detail="no proof found of something")
    refuted = Certificate("margins.ldam_two_class", "refuted", detail="a counterexample")
    proved = certificates["lda.class_loads"]
    kept, names = by_stored_proof([unknown, refuted, proved])
    assert names == [NAME]
    assert [certificate.status for certificate in kept] == ["proved", "refuted", "proved"]
    assert kept[0].seconds == 21.0
    assert kept[1:] == [refuted, proved]


def test_a_stored_proof_that_fails_or_is_missing_replaces_nothing(certificates, monkeypatch):
    unknown = Certificate(NAME, "unknown")
    another = replace(certificates["lda.class_loads"], name=NAME)
    for stored in ({}, {NAME: another}):
        monkeypatch.setattr(verdicts, "_stored", lambda stored=stored: stored)
        assert by_stored_proof([unknown]) == ([unknown], [])


def test_verify_says_so(monkeypatch, capsys):
    in_vain = Certificate(NAME, "unknown", detail="no proof found of something")
    monkeypatch.setattr(Statement, "verify", lambda self, **_: in_vain)
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)
    monkeypatch.setattr(sys, "argv", ["counterpoise", "verify", NAME, "--jobs", "1"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert f"stored proofs, re-checked: {NAME}" in said
    assert select([NAME])[0].name in said
