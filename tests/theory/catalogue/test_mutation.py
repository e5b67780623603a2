"""Generated mutants: they differ from their claim, are reproducible, and the score means what it says."""

import pytest
from counterpoise.theory import claim, recheck, statements
from counterpoise.theory.catalogue import attack_generated, mutations, score
from counterpoise.theory.proof.certificate import Certificate


def test_each_mutant_changes_one_place_and_none_is_the_claim_itself():
    own = claim("a**2/g >= 2*a*c - c**2*g", a="positive", c="positive", g="positive")
    found = mutations(own, limit=100)
    texts = {str(mutant) for _, mutant in found}
    assert len(texts) == len(found) > 10
    assert str(own) not in texts
    words = " ".join(text for text, _ in found)
    for operator in (
        "plus for minus",
        "dropped",
        "becomes",
        "exponent",
        "turned round",
        "times 11/10",
    ):
        assert operator in words, operator


def test_what_sympy_would_cancel_is_changed_as_it_was_written():
    own = claim("(1 - p)**2 + 2*p*(1 - p) + p**2 == 1", p="[0, 1]")
    assert len(mutations(own, limit=30)) >= 12


def test_the_choice_is_reproducible_and_bounded():
    own = claim("exp(x) >= 1 + x + x**2/2", x="positive")
    first, second = mutations(own, 5), mutations(own, 5)
    assert [str(m) for _, m in first] == [str(m) for _, m in second]
    assert len(first) == 5


def test_mutants_keep_hypotheses_and_lose_unused_domains():
    own = claim("x*y <= z", given="z >= x*y + 1", x="[0, 1]", y="[0, 1]", z="real")
    for _, mutant in mutations(own, 50):
        assert mutant.texts()["given"] == own.texts()["given"]


@pytest.mark.parametrize("name", ["margins.ldam_k_class", "lda.class_loads"])
def test_sharp_statements_lose_their_mutants(name):
    found = attack_generated(statements()[name])
    assert len(found) >= 10
    refuted = [own for own in found if own.status == "refuted"]
    assert all(recheck(own).status == "confirmed" for own in refuted[:4])
    (row,) = score(found)
    assert row.generated == len(found) == row.refuted + row.true + row.survived
    assert row.share >= 0.95


def test_the_score_counts_true_neighbours_apart():
    status = ["refuted", "refuted", "proved", "unknown"]
    (row,) = score([Certificate(f"m.s/step_1/{i}", s) for i, s in enumerate(status)])
    assert (row.refuted, row.true, row.survived, row.share) == (2, 1, 1, pytest.approx(2 / 3))
    assert not row.is_enough
    assert score([Certificate("m.s/step_1/0", "refuted")])[0].is_enough
