"""The report opens offline, asks for nothing, trusts no string, and says things in their order."""

import platform
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
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


@pytest.fixture(scope="module")
def html(evidence, results, made_up_claims):
    return render(replace(evidence, training=results), made_up_claims)


def test_the_page_says_findings_figures_corrections_and_claims_in_this_order(html):
    page = Page(html)
    ids = [value for name, value in page.attributes if name == "id"]
    order = ["findings", "ledger", "figures", "corrections", "claims", "reproduce"]
    assert [name for name in ids if name in order] == order
    assert page.tags.count("svg") == 5
    assert "it is late by a factor" in page.text


def test_a_claim_shows_formula_proof_and_counterexample(html):
    page = Page(html)
    assert page.tags.count("math") == 2
    assert "κ" in html
    assert 'href="#margins.ldam_two_class"' in html, "what the proof rests on is a link"
    for text in ("monotone", "41 boxes", "log(eta)", "l = 0.93, recall 0.41", "exponent 1/2"):
        assert text in page.text
    assert "seconds" not in page.text


def test_claims_are_closed_by_chapter(html):
    page = Page(html)
    assert page.tags.count("details") == 2 + 2, "two chapters, a claim in each"
    assert ("open", "") not in page.attributes
    assert ("open", None) not in page.attributes


def test_a_correction_has_paper_words_truth_and_witness(html):
    row = re.search(r"<table class=\"stack words\">(.*?)</table>", html, re.DOTALL)
    assert row
    text = Page(row[0]).text
    for part in (
        "Essomba", "published without its proof", "Half recall of plug-in LDA",
        "“cosh for sinh” fails at Delta = 2, kappa = 1: l = 0.93, recall 0.41",
    ):  # fmt: skip
        assert part in text
    assert 'href="#lda.half_recall"' in row[0]


def test_the_ledgers_statements_are_links_to_claims_that_are_there(evidence, results, claims):
    claims[0]["name"] = "lda.half_recall_boundary"
    html = render(replace(evidence, training=results), claims)
    (ledger,) = re.findall(r'<div id="ledger">(.*?)</section>', html, re.DOTALL)
    assert '<a href="#lda.half_recall_boundary">' in ledger
    assert "<code>vector_scaling.gradient_bound</code>" in ledger
    assert 'href="#vector_scaling.gradient_bound"' not in ledger
    assert "no statement predicts this" in ledger


def test_the_page_needs_nothing_from_elsewhere(html):
    page = Page(html)
    assert not {"link", "iframe", "img", "object", "embed", "base", "form"} & set(page.tags)
    for name, value in page.attributes:
        if name in ("src", "href"):
            assert (value or "").startswith("#"), (name, value)
        assert not name.startswith("on")
    assert "@import" not in html
    assert "url(http" not in html


def test_the_one_script_is_small_and_asks_for_nothing(html):
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(script) < 3000
    for word in ("fetch", "XMLHttpRequest", "import", "eval", "http", "innerHTML", "storage"):
        assert word not in script


def test_every_figure_has_an_alternative_text_with_numbers(html):
    alternatives = [v for n, v in Page(html).attributes if n == "aria-label" and "." in (v or "")]
    assert len(alternatives) == 5
    assert all(re.search(r"\d", text or "") for text in alternatives)


def test_commands_versions_and_commit_are_told(html):
    text = Page(html).text.split("How to reproduce")[1]
    assert "counterpoise demo" in text
    assert "counterpoise simulate --eta 1," in text
    assert f"python {platform.python_version()}" in text
    assert f"numpy {np.__version__}" in text


def test_no_two_elements_share_an_id(html):
    values = [value for name, value in Page(html).attributes if name == "id"]
    assert len(values) == len(set(values))


def test_every_link_inside_the_page_has_a_target(html):
    attributes = Page(html).attributes
    targets = {value for name, value in attributes if name == "id"}
    assert {value[1:] for name, value in attributes if name == "href"} <= targets


def test_a_figure_is_followed_by_its_caption(html):
    assert "</svg>\n<figcaption><b>Recall falls to one half at the solid line" in html


def renamed(row, old, new):
    return replace(row, method=new) if row.method == old else row


def test_hostile_strings_stay_text_everywhere(claims, evidence, results):
    for claim in claims:
        for key in ("title", "source", "argument", "theorem", "words", "corrects", "chapter"):
            claim[key] = HOSTILE
        claim["tier"] = claim["name"] = claim["kernel"] = f'"><b>{HOSTILE}'
        claim["engines"] = claim["axioms"] = claim["cites"] = claim["rests_on"] = [HOSTILE]
        claim["symbols"] = [(HOSTILE, HOSTILE)]
        claim["steps"] = [dict.fromkeys(("name", "tier", "engine", "text", "formula"), HOSTILE)]
        attack = ("name", "mutant", "status", "counterexample", "formula")
        claim["attacks"] = [dict.fromkeys(attack, HOSTILE)]
    results = replace(
        results,
        recipe=results.recipe | {HOSTILE: [HOSTILE], "data": HOSTILE},
        members=tuple(renamed(member, "drw", HOSTILE) for member in results.members),
        summary=tuple(renamed(row, "drw", HOSTILE) for row in results.summary),
    )
    page = Page(render(replace(evidence, training=results, commands=(HOSTILE,)), claims))
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
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
    assert "margins proportional to n^(−1/4)" in page.text
    assert "of 1 statements with 11 steps, 1 have every step proved" in page.text
    assert "7 of 7 false neighbours refuted" in page.text
    assert page.tags.count("math") > 2
    assert page.text.count("fails at") >= 7


def test_an_unwritable_place_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        write_report(tmp_path / "none" / "report.html", Evidence())
