"""The page of the whole catalogue: light enough, every link and witness there, and fit to be seen.

A browser looks at it where chromium is on the path.
"""

import re
import shutil
import subprocess
from collections import Counter
from html import escape, unescape
from html.parser import HTMLParser

import pytest
from counterpoise.paper_figs import Evidence
from counterpoise.paper_figs.report import render
from counterpoise.paper_figs.report.corrections import WITNESSES, corrections
from counterpoise.paper_figs.report.entries import entries
from counterpoise.paper_figs.report.mathml import theorem
from counterpoise.theory.catalogue import statements, stored_certificates
from counterpoise.theory.claims import QuotedClaim
from counterpoise.theory.proof.certificate import Certificate

pytestmark = pytest.mark.xdist_group("whole page")  # which is made once
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.count, self.ids, self.targets = 0, Counter(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.count += 1
        self.ids.update(value for name, value in attrs if name == "id")
        self.targets |= {value for name, value in attrs if name == "href"}


@pytest.fixture(scope="module")
def claims():
    """Stored proofs, and for every false neighbour a refutation of the usual length."""
    found = {"text": "x = 1/2, y = 3: left side 0.123456789012, right side 0.345678901234"}
    attacks = [
        Certificate(f"{statement.name}/{mutant.name}", "refuted", counterexample=found,
                    claim=tuple(mutant.stated.arguments[0]), domain={"x": "(0, 1)"})
        for statement in statements().values()
        for mutant in statement.mutants
    ]  # fmt: skip
    stored = stored_certificates()
    return entries([stored[name] for name in statements()], attacks)


@pytest.fixture(scope="module")
def evidence(dataset):
    return Evidence(simulation=dataset)


@pytest.fixture(scope="module")
def html(evidence, claims):
    return render(evidence, claims)


def test_the_page_has_fewer_than_60000_elements(html):
    assert 20_000 < Elements(html).count < 60_000


def test_every_link_has_its_target_and_every_id_is_one_elements(html):
    page = Elements(html)
    assert {target[1:] for target in page.targets} <= set(page.ids)
    assert max(page.ids.values()) == 1
    assert set(statements()) <= set(page.ids)


def test_every_correction_names_its_paper_and_shows_a_witness(claims):
    corrected = {s.name for s in statements().values() if s.corrects}
    assert corrected == set(WITNESSES)
    for row in corrections(claims):
        assert row["witness"], row["claim"]["name"]


def test_a_symbol_is_explained_only_where_it_is_shown(claims):
    for claim in claims:
        shown = " ".join(part["formula"] for part in (*claim["steps"], *claim["attacks"]))
        for symbol, _ in claim["symbols"]:
            assert symbol in shown, (claim["name"], symbol)


@pytest.mark.parametrize("name", list(statements()))
def test_a_theorem_keeps_every_letter_and_digit_of_its_latex(name):
    headline = statements()[name].headline
    if not isinstance(headline, QuotedClaim):
        return
    from latex2mathml.converter import convert

    def content(markup):
        text = re.sub(r"<[^>]*>", "", str(markup)).replace("&lt;", "<").replace("&gt;", ">")
        return re.sub(r"[\s\u2009\xa0]", "", unescape(text))

    assert content(theorem(headline.formula)) == content(convert(headline.formula))


needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="chromium is not on the path")
PROBE = """<script>addEventListener("load", () => {
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  const wide = [...document.querySelectorAll("body *")].filter((e) => !e.closest("svg, math")
    && getComputedStyle(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1);
  const root = document.documentElement;
  const told = [root.scrollWidth <= innerWidth ? "fits" : "overflows", wide.length,
    ...wide.map((e) => e.closest("[id]").id)];
  parent.postMessage(told.join(" "), "*");
});</script>"""
FRAME = """<iframe srcdoc="{page}" width="{width}" height="900"></iframe><p id="told">nothing</p>
<script>addEventListener("message", (e) => {{
  document.getElementById("told").textContent = e.data; }});</script>"""


def browse(path, *options):
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"]
    return subprocess.run(
        [CHROMIUM, *flags, "--virtual-time-budget=20000", *options, path.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


@needs_chromium
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_nothing_overflows_in_a_browser(tmp_path, html, width):
    frame = FRAME.format(page=escape(html.replace("</body>", f"{PROBE}</body>")), width=width)
    (tmp_path / "page.html").write_text(frame, encoding="utf-8")
    done = browse(tmp_path / "page.html", "--dump-dom", "--window-size=1600,1000")
    told = re.findall(r'id="told">([^<]*)<', done.stdout)[-1].split()
    assert told[0] == "fits"
    assert "CONSOLE" not in done.stderr
    if width == 1440:
        assert told[1] == "0", "no block scrolls sideways"


@needs_chromium
def test_the_page_prints_on_fewer_than_40_sheets(tmp_path, html):
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    browse(tmp_path / "page.html", f"--print-to-pdf={tmp_path / 'page.pdf'}")
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "page.pdf").read_bytes())) < 40


@needs_chromium
def test_a_link_to_a_claim_opens_it(tmp_path, html):
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=9000",
         "--dump-dom", (tmp_path / "page.html").as_uri() + "#lda.half_recall_boundary"],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert '<details class="claim" id="lda.half_recall_boundary" open' in done.stdout
    assert done.stdout.count('<details class="chapter"') > 10
    assert len(re.findall(r"<details[^>]* open", done.stdout)) == 2
