"""The table of contents: every number of the theory is in it, once established, and the file is current."""

import re
from importlib import import_module
from pathlib import Path

import counterpoise
import pytest
from counterpoise.theory import contents, select, statements, verify_all
from counterpoise.theory.catalogue import (
    CHAPTERS,
    TITLES,
    chapter_of,
    numbered,
    pages,
    status_with_foundations,
    stored_scores,
)

THEORY = Path(counterpoise.__file__).parent / "theory"
PAGES = [f"{chapter}/README.md" for chapter in CHAPTERS]


@pytest.fixture(scope="module")
def written(certificates):
    return pages(certificates, stored_scores())


def _series(prefix, last, *parts):
    return [f"{prefix}{n}" for n in range(1, last + 1)] + list(parts)


def _letters(number, last):
    return [
        f"{number}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"[: ord(last) - ord("a") + 1]
    ]


NUMBERS = [
    *_series("VS", 11, "VS2-neg", *_letters("VS1", "f"), *_letters("VS3", "d"), *_letters("VS5", "b")),
    *_letters("VS7", "g"), *_letters("VS8", "d"), *_letters("VS9", "f"), *_letters("VS11", "e"),
    *_series("LD", 7, *_letters("LD1", "e"), *_letters("LD5", "d")),
    *_series("LA", 12, *_letters("LA5", "c")),
    *_series("AM", 6), *_series("EN", 5), *_series("BS", 4), *_series("FO", 11), "DI",
    *_series("SE", 6, *_letters("SE2", "c")), *_series("GT", 14),
    *_series("A", 23), *_series("A-L", 12), *_series("B", 16), *_series("B-L", 10),
    *_series("C", 13), *_series("D", 19),
    *_series("RDR1.", 4), *_series("RDR1.5.", 7), *_series("RDR2.", 3), *_series("RDR2.4.", 9),
    *[f"RDR2.{n}" for n in (5, 6, 7)], "RDR6",
]  # fmt: skip


def _stated():
    for own in statements().values():
        yield from own.ids
        for step in own.steps:
            yield from step.ids


@pytest.mark.parametrize("number", NUMBERS)
def test_every_number_has_its_statement(number):
    assert number in set(_stated())


def test_no_number_is_unknown():
    assert set(_stated()) <= set(NUMBERS)


def test_the_stored_proofs_are_the_catalogues(certificates):
    assert list(certificates) == list(statements())
    for own in statements().values():
        claims = [part.claim for part in certificates[own.name].parts if part.claim]
        assert claims == [step.claim.texts()["claim"] for step in own.steps], (
            "counterpoise contents"
        )


@pytest.mark.parametrize("page", ["README.md", "catalogue/NUMBERS.md", *PAGES])
def test_a_page_is_what_the_command_writes(written, page):
    text = (THEORY / page).read_text(encoding="utf-8")
    assert text == written[page], "run: counterpoise contents"


def test_a_chapters_page_shows_every_theorem_with_its_mark(written):
    for name, statement in statements().items():
        page = written[f"{chapter_of(name)}/README.md"]
        assert f"### `{name}`" in page
        assert statement.latex() in page
        assert not statement.theorem or "proved, assembled by argument" in page


def test_no_number_is_left_open(certificates):
    rows = list(numbered(certificates))
    assert {row[0] for row in rows} == set(NUMBERS)
    assert {row[3].split(",")[0] for row in rows} <= {"kernel", "proved", "checked", "cited"}


def test_a_statement_is_no_stronger_than_what_it_rests_on(certificates):
    order = ["cited", "checked", "proved"]
    for own in statements().values():
        whole = order.index(status_with_foundations(own.name, certificates))
        for other in (own.name, *own.rests_on):
            assert whole <= order.index(certificates[other].status)


def test_the_contents_read_like_a_book():
    text = str(contents())
    assert all(title in text for title in TITLES.values())
    assert all(name in text for name in statements())
    assert "<h4>" in contents()._repr_html_()


def test_every_module_has_statements_in_one_chapter():
    modules = [module for several in CHAPTERS.values() for module in several]
    assert len(modules) == len(set(modules))
    assert {statement.name.split(".")[0] for statement in statements().values()} <= set(modules)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapters_face_lists_its_files_in_both_lists(chapter):
    face = import_module(f"counterpoise.theory.{chapter}")
    stars = re.findall(r"^from \.(\w+) import \*$", Path(face.__file__).read_text(), re.MULTILINE)
    assert sorted(stars) == sorted(face.MODULES)
    assert set(face.MODULES) <= set(CHAPTERS[chapter])


def test_one_statement_can_be_verified_alone():
    (own,) = verify_all(select(["gaussian.score_law"]))
    assert own.status == "proved"
