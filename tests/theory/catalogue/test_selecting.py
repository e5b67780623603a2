"""Statements are found by every kind of name, and each false neighbour comes with its counterexample."""

import pytest
from counterpoise.theory import select, statements
from counterpoise.theory.catalogue import CHAPTERS, MODULES, chapter_of, search, stored_attacks
from counterpoise.theory.foundation.validation import InputError


def names(found):
    return [statement.name for statement in found]


def test_every_statement_is_found_by_its_name_its_numbers_and_its_patterns():
    for name, statement in statements().items():
        assert names(select([name])) == [name]
        numbers = [*statement.ids, *(n for step in statement.steps for n in step.ids)]
        assert all(name in names(select([number])) for number in numbers)
        assert name in names(select([f"*{name[2:]}"]))
        assert name in names(select([f"{chapter_of(name)}/*"]))


@pytest.mark.parametrize("chapter", [chapter for chapter in CHAPTERS if chapter not in MODULES])
def test_a_chapter_is_all_of_its_files(chapter):
    assert {chapter_of(name) for name in names(select([chapter]))} == {chapter}
    assert select([chapter]) == select([f"{chapter}/*"])


def test_several_names_are_a_union_in_reading_order_and_words_an_intersection():
    both = ["margins.ldam_k_class", "gaussian.score_law"]
    assert names(select(both)) == both[::-1]
    assert set(names(search(["ldam", "margins/*"]))) <= set(names(search(["ldam"])))


@pytest.mark.parametrize("name", ["margin.ldam", "LD22x", "nothing.*", ""])
def test_what_is_not_there_is_one_short_line(name):
    with pytest.raises(InputError) as error:
        select([name])
    assert len(str(error.value)) < 300


def test_a_name_in_python_is_answered_with_near_ones():
    with pytest.raises(InputError, match=r"margins\.ldam_two_class"):
        statements()["margins.ldam_two_clas"]
    assert "margins.ldam" not in statements()
    assert statements().get("margins.ldam") is None


def test_every_listed_false_neighbour_has_its_counterexample_stored():
    """If this fails: counterpoise attack --json FILE, then contents --attacked FILE."""
    listed = [f"{s.name}/{mutant.name}" for s in statements().values() for mutant in s.mutants]
    stored = stored_attacks()
    assert [attack.name for attack in stored] == listed
    assert all(attack.status == "refuted" and attack.counterexample for attack in stored)
