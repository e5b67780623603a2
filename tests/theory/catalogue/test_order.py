"""The catalogue can be read from the first chapter to the last: nothing rests on what comes later."""

from graphlib import TopologicalSorter

import pytest
from counterpoise.theory import statements
from counterpoise.theory.catalogue import CHAPTERS, chapter_of
from counterpoise.theory.language.expression import free_names

CHAPTER_NUMBER = {chapter: number for number, chapter in enumerate(CHAPTERS)}


@pytest.mark.parametrize("name", list(statements()))
def test_a_statement_rests_on_its_chapter_or_an_earlier_one(name):
    here = CHAPTER_NUMBER[chapter_of(name)]
    assert all(CHAPTER_NUMBER[chapter_of(other)] <= here for other in statements()[name].rests_on)


def test_no_statement_rests_on_itself():
    graph = {name: statement.rests_on for name, statement in statements().items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(graph)


@pytest.mark.parametrize("name", list(statements()))
def test_every_symbol_is_explained(name):
    statement = statements()[name]
    stated = [step.stated for step in (*statement.steps, *statement.mutants)]
    relations = [
        text
        for claim in stated
        if claim.kind in ("claim", "failure", "derivative", "limit")
        for text in (claim.arguments[0] if claim.kind in ("claim", "failure") else claim.arguments)
        if text not in ("high", "low")
    ]
    used = {symbol for text in relations for symbol in free_names(text)}
    assert {symbol for symbol in used if not statement.symbols.get(symbol, "").strip()} == set()


@pytest.mark.parametrize("name", list(statements()))
def test_steps_are_named_for_what_they_do(name):
    names = [step.name for step in statements()[name].steps]
    assert len(set(names)) == len(names)
    assert not any(step.startswith("step") and step[-1].isdigit() for step in names)
