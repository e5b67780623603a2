"""The report opens offline, runs nothing, and trusts no string it is given."""

from html.parser import HTMLParser

import pytest
from counterpoise.paper_figs import draw_all, write_report
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


@pytest.fixture
def write(tmp_path, certificates, attacks, dataset, results, figures):
    def write(**changes):
        content = {
            "certificates": certificates,
            "attacks": attacks,
            "dataset": dataset,
            "results": results,
            "findings": ["The published boundary is late."],
            "figures": figures,
        }
        write_report(tmp_path / "report.html", **(content | changes))
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return write


def test_the_page_parses_and_holds_every_section(write):
    page = Page(write())
    sections = [value for name, value in page.attributes if name == "id"]
    for name in ("findings", "claims", "simulation", "training", "ledger", "reproduce"):
        assert name in sections
    assert page.tags.count("svg") == 5
    assert "The published boundary is late." in page.text


def test_a_claim_shows_formula_proof_and_counterexample(write):
    html = write()
    page = Page(html)
    assert page.tags.count("math") == 2
    assert "κ" in html
    assert 'href="#margins.ldam_two_class"' in html, "what the proof rests on is a link"
    for text in ("monotone", "41 boxes", "log(eta)", "l = 0.93, recall 0.41", "exponent 1/2"):
        assert text in page.text


def test_the_page_needs_nothing_from_elsewhere_and_runs_no_script(write):
    html = write()
    page = Page(html)
    assert not {"script", "link", "iframe", "img", "object"} & set(page.tags)
    for name, value in page.attributes:
        if name in ("src", "href"):
            assert (value or "").startswith("#"), (name, value)
        assert not name.startswith("on")
    assert "@import" not in html
    assert "url(http" not in html


def test_no_two_elements_share_an_id(write):
    values = [value for name, value in Page(write()).attributes if name == "id"]
    assert len(values) == len(set(values))


def test_every_link_inside_the_page_has_a_target(write):
    attributes = Page(write()).attributes
    targets = {value for name, value in attributes if name == "id"}
    assert {value[1:] for name, value in attributes if name == "href"} <= targets


def test_hostile_strings_stay_text_everywhere(write, certificates, attacks, results):
    for certificate in certificates:
        for key in ("title", "source", "argument", "mathml"):
            certificate[key] = HOSTILE
        certificate["status"] = certificate["name"] = f'"><b>{HOSTILE}'
        certificate["engines"] = [HOSTILE]
        certificate["steps"] = [dict.fromkeys(("name", "status", "engine", "text"), HOSTILE)]
    attack = dict.fromkeys(("statement", "mutant", "status", "counterexample"), HOSTILE)
    attacks.append(attack | {"statement": certificates[0]["name"]})
    results["recipe"][HOSTILE] = [HOSTILE]
    for row in (*results["members"], *results["summary"]):
        if row["method"] == "drw":
            row["method"] = HOSTILE
    page = Page(write(findings=[HOSTILE], commands=[HOSTILE], figures=draw_all(results, None)))
    assert not {"script", "img"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert page.text.count("alert('x')") >= 12


def test_what_was_not_run_is_left_out(write):
    page = Page(write(dataset=None, results=None, figures={}, attacks=[]))
    sections = [value for name, value in page.attributes if name == "id"]
    assert not {"simulation", "training", "ledger"} & set(sections)


def test_an_unwritable_place_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        write_report(
            tmp_path / "none" / "report.html",
            certificates=[],
            attacks=[],
            dataset=None,
            results=None,
            findings=[],
            figures={},
        )
