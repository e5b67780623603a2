"""The report opens offline, runs nothing, and trusts no string it is given."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from counterpoise.paper_figs import Evidence, write_report
from counterpoise.paper_figs.report import render
from counterpoise.theory import select
from counterpoise.theory.catalogue import attack_all, recheck_stored
from counterpoise.theory.foundation.validation import InputError

HOSTILE = "</style></svg><script>alert('x')</script><img src=http://evil onerror=alert(1)>"
VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """Notes elements, attributes and text; insists that every element is closed in order."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = [], [], [], ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def evidence(dataset):
    return Evidence(simulation=dataset, commands=("counterpoise demo",))


@pytest.fixture
def html(evidence, results, claims):
    return render(replace(evidence, training=results), claims)


def test_the_page_parses_and_holds_every_section(html):
    page = Page(html)
    sections = [value for name, value in page.attributes if name == "id"]
    for name in ("findings", "claims", "simulation", "training", "ledger", "reproduce"):
        assert name in sections
    assert page.tags.count("svg") == 5
    assert "the published line is late" in page.text


def test_a_claim_shows_formula_proof_and_counterexample(html):
    page = Page(html)
    assert page.tags.count("math") == 2
    assert "κ" in html
    assert 'href="#margins.ldam_two_class"' in html, "what the proof rests on is a link"
    for text in ("monotone", "41 boxes", "log(eta)", "l = 0.93, recall 0.41", "exponent 1/2"):
        assert text in page.text


def test_the_page_needs_nothing_from_elsewhere_and_runs_no_script(html):
    page = Page(html)
    assert not {"script", "link", "iframe", "img", "object"} & set(page.tags)
    for name, value in page.attributes:
        if name in ("src", "href"):
            assert (value or "").startswith("#"), (name, value)
        assert not name.startswith("on")
    assert "@import" not in html
    assert "url(http" not in html


def test_no_two_elements_share_an_id(html):
    values = [value for name, value in Page(html).attributes if name == "id"]
    assert len(values) == len(set(values))


def test_every_link_inside_the_page_has_a_target(html):
    attributes = Page(html).attributes
    targets = {value for name, value in attributes if name == "id"}
    assert {value[1:] for name, value in attributes if name == "href"} <= targets


def test_a_figure_is_followed_by_its_caption(html):
    assert "have a recall below one half.</figcaption>" in html


def renamed(row, old, new):
    return replace(row, method=new) if row.method == old else row


def test_hostile_strings_stay_text_everywhere(claims, evidence, results):
    for claim in claims:
        for key in ("title", "source", "argument", "mathml", "corrects", "chapter"):
            claim[key] = HOSTILE
        claim["status"] = claim["name"] = f'"><b>{HOSTILE}'
        claim["engines"] = claim["cites"] = claim["rests_on"] = [HOSTILE]
        claim["steps"] = [dict.fromkeys(("name", "status", "engine", "text"), HOSTILE)]
        claim["attacks"] = [dict.fromkeys(("mutant", "status", "counterexample"), HOSTILE)]
    results = replace(
        results,
        recipe=results.recipe | {HOSTILE: [HOSTILE], "data": HOSTILE},
        members=tuple(renamed(member, "drw", HOSTILE) for member in results.members),
        summary=tuple(renamed(row, "drw", HOSTILE) for row in results.summary),
    )
    page = Page(render(replace(evidence, training=results, commands=(HOSTILE,)), claims))
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.text.count("alert('x')") >= 12


def test_what_was_not_run_is_left_out():
    page = Page(render(Evidence(), []))
    sections = [value for name, value in page.attributes if name == "id"]
    assert not {"simulation", "training", "ledger"} & set(sections)
    assert "proved" not in page.text.split("How to reproduce")[0].split("Findings")[-1]


def test_the_verdicts_of_the_catalogue_are_shown(tmp_path):
    statements = select(["margins.ldam_two_class"])
    proofs = recheck_stored(statements), attack_all(statements)
    write_report(tmp_path / "report.html", Evidence().with_proofs(*proofs))
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert statements[0].title in page.text
    assert "1 of 1 statements proved" in page.text
    assert "7 of 7 false neighbours refuted" in page.text
    assert page.tags.count("math") > 7


def test_an_unwritable_place_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        write_report(tmp_path / "none" / "report.html", Evidence())
