"""The table of systems: written anew from what experiments left, every name in it known."""

import importlib

import pytest
from counterpoise.paper_figs.captioned import CaptionedFigure
from counterpoise.paper_figs.effects import (
    AGAIN,
    ENDING,
    NEWEST,
    PAGE,
    Effect,
    effects_of,
    recipes_of,
    systems_page,
    write_effects,
    write_experiment,
)
from counterpoise.paper_figs.stored import FOLDER
from counterpoise.theory import statements
from counterpoise.theory.foundation.validation import InputError
from matplotlib.figure import Figure

STORED = sorted([*FOLDER.glob("*" + ENDING), *FOLDER.glob("*" + AGAIN)])
ONE = Effect(
    "MW-Net", "methods.weights.meta", "Shu et al. 2019", "true", "none", "digits", "gain", 1.25, -0.5, 3.0,
    "points", 5, "> 0", "open",
)  # fmt: skip


def test_the_stored_table_is_written_from_the_stored_effects():
    assert (FOLDER / PAGE).read_text() == systems_page()


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_every_module_and_statement_is_there_and_the_interval_gives_the_verdict(path):
    assert (FOLDER / path.name.replace(ENDING, ".md").replace(AGAIN, ".md")).exists()
    for effect in effects_of(path):
        importlib.import_module(f"counterpoise.{effect.module}")
        named = effect.statement.split()
        assert named == ["none"] or set(named) <= set(statements()), effect.statement
        assert effect.low <= effect.estimate <= effect.high
        assert effect.seeds >= 1
        assert effect.held == _said(effect), effect
        assert recipes_of(effect.command)


def _said(effect):
    """Holds inside of what was foretold, fails outside, and open across or without a width."""
    word, *rest = effect.foretold.split()
    low, high = {">": (rest[-1], "inf"), "<": ("-inf", rest[-1])}.get(word, (word, rest[-1]))
    if effect.low == effect.high:
        return "open"
    if float(low) < effect.low and effect.high < float(high):
        return "holds"
    return "fails" if effect.high < float(low) or effect.low > float(high) else "open"


def test_a_recipe_is_named_and_other_settings_are_linked():
    command = "counterpoise experiment experts --out OUT --part digits-experts --part digits-experts-queue"
    assert recipes_of(command) == ["`digits-experts`", "`digits-experts-queue`"]
    (part,) = recipes_of("counterpoise experiment tuning --out OUT --part 10")
    assert part == "[tuning, 10](../tuning)"
    assert (FOLDER / "../tuning").is_dir()
    assert recipes_of("true") == []


def test_the_newest_claims_are_listed_from_the_catalogue():
    said = systems_page()
    listed = [name for name in statements() if name.split(".")[0] in NEWEST]
    assert len(listed) > len(NEWEST)
    for name in listed:
        assert f"| `{name}` | {statements()[name].title.replace('|', chr(92) + '|')} |" in said


def test_effects_are_read_back_and_shown(tmp_path):
    write_effects([ONE], tmp_path / f"mine{ENDING}")
    assert effects_of(tmp_path / f"mine{ENDING}") == [ONE]
    page = systems_page(tmp_path)
    assert "1.25 [-0.5, 3] points" in page
    assert "| open | 1 |" in page


def test_a_second_measurement_stands_beside_the_first(tmp_path):
    write_effects([ONE, ONE._replace(effect="loss")], tmp_path / f"mine{ENDING}")
    assert "again" not in systems_page(tmp_path).split("| system |")[0]
    second = ONE._replace(estimate=2.0, low=1.0, held="holds")
    write_effects([second], tmp_path / f"mine{AGAIN}")
    page = systems_page(tmp_path)
    assert "0 of 1 verdicts are the same, 1 of 1 intervals meet" in page
    assert "| open | 2 [1, 3], holds |" in page
    assert "| open | - |" in page


def test_an_experiment_leaves_three_files_of_one_name(tmp_path):
    figure = CaptionedFigure("mine", "Gains", "It gains.", "Points are means.", Figure())
    write_experiment(figure, [ONE], "# Mine\n", tmp_path)
    assert effects_of(tmp_path / f"mine{ENDING}") == [ONE]
    assert (tmp_path / "mine.md").read_text() == "# Mine\n"
    assert (tmp_path / "mine.png").read_bytes().startswith(b"\x89PNG")
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_of_another_kind_is_one_line(tmp_path):
    with pytest.raises(InputError, match=ENDING):
        write_effects([ONE], tmp_path / "mine.csv")
    (tmp_path / f"other{ENDING}").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="must have the columns system, module"):
        effects_of(tmp_path / f"other{ENDING}")
