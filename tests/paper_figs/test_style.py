"""A figure becomes a page's citizen: it follows the ink, shares no id, is the same each time."""

import re

import matplotlib
import pytest
from counterpoise.methods.registry import METHODS
from counterpoise.paper_figs import Evidence, draw_all, save, style, to_svg
from counterpoise.paper_figs.style import (
    INK,
    METHOD_COLOURS,
    SERIES,
    WIDTH,
    method_colour,
    method_label,
    method_look,
    styled,
)
from counterpoise.theory.foundation.validation import InputError
from matplotlib.figure import Figure


@pytest.fixture(scope="module")
def svgs(dataset):
    return {n: figure.svg() for n, figure in draw_all(Evidence(simulation=dataset)).items()}


@styled
def hostile_figure():
    figure = Figure()
    figure.subplots().set_title("</svg><script>alert(1)</script>")
    figure.set_label('"><script>alert(1)</script>')
    return figure


def ids(svg):
    return set(re.findall(r'\bid="([^"]+)"', svg))


def test_ink_is_the_current_colour(svgs):
    for svg in svgs.values():
        assert "currentColor" in svg
        assert INK not in svg
        assert "#000000" not in svg


def test_size_comes_from_the_page(svgs):
    for svg in svgs.values():
        head = svg[: svg.index(">") + 1]
        assert head.startswith("<svg ")
        assert "viewBox=" in head
        assert 'class="figure"' in head
        assert not re.search(r'\b(width|height)="', head)


def test_two_figures_share_no_id(svgs):
    first, second = svgs.values()
    assert ids(first)
    assert not ids(first) & ids(second)


def test_every_reference_inside_a_figure_resolves(svgs):
    for svg in svgs.values():
        references = re.findall(r'(?:url\(|href=")#([^")]+)', svg)
        assert references
        assert set(references) <= ids(svg)


def test_text_stays_text(svgs):
    assert "imbalance η</text>" in svgs["regime_map"]


def test_a_figure_has_a_title_for_those_who_do_not_see_it(svgs):
    for svg in svgs.values():
        title = re.search(r"<title>(.+)</title>", svg)
        assert title
        assert f'aria-label="{title[1]}' in svg


def test_the_same_figure_is_the_same_bytes(dataset, svgs):
    again = draw_all(Evidence(simulation=dataset))
    assert {name: figure.svg() for name, figure in again.items()} == svgs


def test_a_figure_reaches_for_nothing_outside_itself(svgs):
    for svg in svgs.values():
        assert not re.search(r'(?:href|src)="(?!#)', svg)
        assert "<style" not in svg, "a style element would reach into the rest of the page"


def test_hostile_text_stays_text():
    svg = to_svg(hostile_figure(), "</desc><script>alert(1)</script>")
    assert "<script" not in svg
    assert svg.count("</svg>") == 1


def test_drawing_leaves_matplotlibs_settings_alone(dataset):
    before = dict(matplotlib.rcParams)
    draw_all(Evidence(simulation=dataset))
    assert dict(matplotlib.rcParams) == before


def test_figures_have_the_width_of_a_phones_page(figures):
    for figure in figures.values():
        assert figure.figure.get_figwidth() == WIDTH


def test_methods_that_are_compared_have_colours_of_their_own():
    known = [method_colour(key) for key in ("ce", "la", "vs", "ldam-drw", "drw", "class-balanced")]
    assert len(set(known)) == 6


def test_no_two_methods_look_alike_in_colour_or_in_grey():
    looks = [method_look(key) for key in METHODS]
    assert len({(look.shape, look.filled, str(look.dash)) for look in looks}) == len(METHODS)
    assert len(set(looks)) == len(METHODS)
    assert len({(str(look.dash), look.shape) for look in SERIES}) == len(SERIES)


def test_many_methods_still_differ_without_colour(monkeypatch):
    more = {f"method-{n}": next(iter(METHODS.values())) for n in range(60)}
    monkeypatch.setattr(style, "METHODS", more)
    looks = {(str(own.dash), own.shape, own.filled) for own in map(method_look, more)}
    assert len(looks) == len(more)


def test_every_colour_of_the_registry_is_known():
    assert {row.colour for row in METHODS.values()} <= set(METHOD_COLOURS)


def test_a_method_is_shown_by_its_label_or_by_what_it_is_called():
    assert method_label("ldam-drw") == "LDAM-DRW"
    assert method_label("ldam-drw+crt") == "LDAM-DRW + cRT"
    assert method_label("la@tau=0.5+crt@lr=0.1") == "LA (tau = 0.5) + cRT (lr = 0.1)"
    assert method_label("unheard-of") == "unheard-of"
    assert method_label("unheard-of-until-the-end") == "unheard-of-until-th…"
    assert method_colour("unheard-of") == METHOD_COLOURS["olive"]
    assert method_colour("la@tau=0.5+crt") == method_colour("la")
    assert method_look("ce+la") not in map(method_look, METHODS)


@pytest.mark.parametrize(
    ("suffix", "magic"), [("svg", b"<svg "), ("png", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_a_figure_is_saved_by_its_suffix(tmp_path, suffix, magic):
    save(hostile_figure(), tmp_path / f"figure.{suffix}")
    assert (tmp_path / f"figure.{suffix}").read_bytes().startswith(magic)


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_description_is_kept_in_the_file(tmp_path, suffix):
    save(hostile_figure(), tmp_path / f"figure.{suffix}", "measured in 90 cells")
    assert b"measured in 90 cells" in (tmp_path / f"figure.{suffix}").read_bytes()


def test_an_unknown_suffix_is_named(tmp_path):
    with pytest.raises(InputError, match=r"suffix of path '\.jpg'"):
        save(hostile_figure(), tmp_path / "figure.jpg")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        save(hostile_figure(), tmp_path / "none" / "figure.svg")
