"""Published numbers: right where they are typed again, tied to recipes, and held beside runs."""

import csv
import io
import re
from dataclasses import replace

import pytest
from changed_results import keep_members
from counterpoise.methods.comparing.beside import beside, published_shown
from counterpoise.methods.comparing.differing import differences
from counterpoise.methods.published.table import SOURCES, PublishedTable, Row, Setting
from counterpoise.methods.registry import method_of
from counterpoise.methods.training import PUBLISHED, RECIPES, Recipe, recipe_of, run, write_results
from counterpoise.theory.foundation.forms import formed
from counterpoise.theory.foundation.validation import InputError
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

CELLS = [(table, cell) for table in PUBLISHED.values() for cell in table.cells()]
DIGITS = PublishedTable(
    name="made-up",
    title="Digits",
    paper="Nobody",
    tag="S",
    metric="error",
    protocol="one epoch",
    settings=(
        Setting("digits-10", "digits", "exponential", 10),
        Setting("digits-100", "digits", "exponential", 100, protocol={"epochs": 200}),
        Setting("digits-100, short", "digits", "exponential", 100, protocol={"epochs": 1}),
    ),
    rows=(
        Row("ERM", "ce", "10.5 20.25 30.125"),
        Row("Adjusted", ("la", "la", "la@tau=2"), "10.0 20.0 30.0"),
        Row("Unheard of", "", "1.0 2.0 3.0"),
        Row("Left open", "ce", "- - -"),
    ),
)
"""A table of the data set that comes with the package."""


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    recipe = Recipe(methods=("ce", "la"), seeds=3, epochs=1, batch_size=64)
    return run(recipe, tmp_path_factory.mktemp("published") / "digits")


@pytest.mark.parametrize(
    ("table", "setting", "method", "printed", "accuracy"),
    [
        ("ldam", "C10-LT-100", "ERM", 29.64, 70.36),
        ("ldam", "C10-LT-100", "LDAM-DRW", 22.97, 77.03),
        ("ldam", "C100-step-10", "LDAM-DRW", 40.54, 59.46),
        ("ldam", "C100-step-100", "CB RW", 78.69, 21.31),
        ("ldam", "C10-step-10", "LDAM-HG-DRS", 12.82, 87.18),
        ("class-balanced", "C100-LT-200", "Class-balanced, best", 63.77, 36.23),
        ("class-balanced", "C10-LT-1", "Sigmoid", 6.36, 93.64),
        ("class-balanced", "C10-LT-50", "Focal, gamma 1", 23.29, 76.71),
        ("ddc", "C10-LT-100", "TLA+ADRW", 80.81, 80.81),
        ("ddc", "C100-step-10", "VS", 59.97, 59.97),
        ("ddc", "C10-LT-100", "CE", 71.25, 71.25),
        ("ddc-sam", "C100-LT-100", "TLA+ADRW", 53.05, 53.05),
        ("vs", "C10-LT-100", "LA", 80.81, 80.81),
        ("vs", "C100-step-100", "VS", 46.53, 46.53),
        ("logit-adjustment", "C100-LT-100", "Logit-adjusted loss", 44.06, 44.06),
        ("balanced-softmax", "C10-LT-200", "Balanced softmax", 79.8, 79.8),
        ("decoupling", "ImageNet-LT, ResNeXt-50", "cRT", 49.6, 49.6),
        ("decoupling", "iNaturalist 2018, 200 epochs", "LWS", 69.5, 69.5),
        ("bag-of-tricks", "C100-LT-50", "LDAM-DRW", 52.71, 47.29),
        ("bag-of-tricks", "C10-LT-100", "Progressively-balanced sampling", 28.02, 71.98),
        ("sam-drw", "C10-LT-100", "LDAM-DRW-SAM", 81.9, 81.9),
        ("rdr", "C10-LT-100", "RDR+CE", 81.9, 81.9),
        ("rdr", "C10-LT-100", "CB", 76.7, 76.7),
        ("rdr", "ImageNet-LT", "LA", 47.9, 47.9),
        ("rdr-sam", "C10-LT-100, cc-sam", "CE", 81.4, 81.4),
        ("rdr-sam", "C10-LT-10, imbsam", "LA", 89.1, 89.1),
        ("rdr-sam", "C100-LT-10, sam", "RDR+LA", 63.2, 63.2),
        ("rdr-ablation", "C10-LT-100", "1/n", 77.78, 77.78),
        ("rdr-ablation", "C100-LT-100, sam", "LA, 1/n", 47.36, 47.36),
        ("rdr-long-tails", "C10-LT-500", "LA", 73.9, 73.9),
        ("rdr-long-tails", "C100-LT-200, sam", "RDR+CE", 44.8, 44.8),
    ],
)
def test_numbers_typed_a_second_time(table, setting, method, printed, accuracy):
    (cell,) = [
        cell
        for cell in PUBLISHED[table].cells()
        if (cell.setting.label, cell.method) == (setting, method)
    ]
    assert (float(cell.printed), cell.accuracy) == (printed, accuracy)


def test_every_number_is_a_share_with_a_source_and_errors_are_turned_round():
    for table, cell in CELLS:
        assert cell.tag in SOURCES
        assert 0 < cell.accuracy < 100
        printed = float(cell.printed)
        sum_or_gap = (
            printed + cell.accuracy - 100 if table.metric == "error" else printed - cell.accuracy
        )
        assert sum_or_gap == pytest.approx(0, abs=1e-9)
        assert len(cell.shown.split()[0].partition(".")[2]) == len(cell.printed.partition(".")[2])


def test_few_numbers_have_a_published_deviation():
    found = [cell.shown for table, cell in CELLS if cell.std is not None and table.name != "rdr"]
    assert found == ["43.20 ± 0.05", "80.81 ± 0.05"]
    of_rdr = [cell for cell in PUBLISHED["rdr"].cells() if cell.std is not None]
    assert (len(of_rdr), of_rdr[15].shown) == (36, "43.5 ± 1.2")


def test_every_key_trains_and_every_recipe_is_of_its_column():
    for table, cell in CELLS:
        if cell.key:
            assert method_of(cell.key).key == cell.key
        if cell.setting.recipe:
            recipe = recipe_of(cell.setting.recipe)
            assert (recipe.data, recipe.profile or "as-is") == cell.setting[1:3], table.name
            assert cell.setting.imbalance_factor in (None, recipe.imbalance_factor)


def test_columns_and_rows_have_names_of_their_own():
    for table in PUBLISHED.values():
        for names in ([s.label for s in table.settings], [row.name for row in table.rows]):
            assert len(set(names)) == len(names), table.name


@pytest.mark.parametrize(
    "name", [name for name in RECIPES if re.fullmatch(r"cifar(10-step|100-lt)-\d+", name)]
)
def test_recipes_of_cifar_have_the_published_protocol(name):
    recipe = recipe_of(name)
    assert (recipe.model, recipe.epochs, recipe.batch_size) == ("resnet32", 200, 128)
    assert (recipe.lr, recipe.momentum, recipe.weight_decay) == (0.1, 0.9, 2e-4)
    assert (recipe.rate, recipe.warmup, recipe.defer_epoch) == ("steps", 5, 160)
    data, _, factor = name.split("-")
    assert (recipe.data, recipe.imbalance_factor) == (data, float(factor))


def test_a_table_with_a_cell_too_few_is_refused():
    with pytest.raises(InputError, match="ERM needs 3 cells"):
        replace(DIGITS, rows=(Row("ERM", "ce", "1.0 2.0"),))
    with pytest.raises(InputError, match="ERM needs 3 cells"):
        replace(DIGITS, rows=(Row("ERM", ("ce", "la"), "1.0 2.0 3.0"),))


def test_a_run_beside_the_nearest_column_with_what_scipy_says(digits):
    ce, la, unknown = beside(DIGITS, {"mine": digits})
    assert {row.cell.setting.label for row in (ce, la, unknown)} == {"digits-100, short"}
    values = [100 * m.balanced_accuracy for m in digits.members if m.method == "ce"]
    assert ce.seeds == 3
    assert ce.mean == pytest.approx(sum(values) / 3)
    assert ce.std == pytest.approx(stats.tstd(values))
    low, high = stats.ttest_1samp(values, 69.875).confidence_interval()
    assert ce.difference is not None
    assert ce.difference.interval == pytest.approx((low - 69.88, high - 69.88))
    assert (ce.differs, la.method, la.differs) == ((), "la", ("la in place of la@tau=2",))
    assert (unknown.method, unknown.mean, unknown.difference) == ("", None, None)


def test_what_was_not_measured_is_a_dash(digits):
    only = keep_members(digits, lambda m: m.method == "ce")
    text = published_shown(DIGITS, {"mine": only}, "markdown")
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if "| mine |" in line]
    erm, adjusted, unheard = cells
    assert "-" not in erm
    assert adjusted[2:] == ["-", "70.0", "-", "-", "-", "mine"]
    assert unheard[2:] == ["-", "97.0", "-", "-", "-", "mine"]
    assert "- no run of: digits-10, digits-100\n" in f"{text}\n"


def test_settings_that_tell_rows_apart_are_never_left_out(digits):
    """A run of ``la`` stands beside none of two rows of it that have other settings."""
    rows = (Row("Weak", "la@tau=0.5", "1 1 1"), Row("Strong", "la@tau=2", "2 2 2"))
    weak, strong = beside(replace(DIGITS, rows=rows), {"mine": digits})
    assert (weak.method, strong.method) == ("", "")


def test_one_seed_has_no_interval(digits):
    ce, *_ = beside(DIGITS, {"mine": keep_members(digits, lambda m: m.seed == 0)})
    assert ce.std is None
    assert ce.difference is not None
    assert ce.difference.interval is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"imbalance_factor": 50.0}, "digits, exponential, factor 50"),
        ({"data": "shuttle"}, "shuttle, as-is"),
        ({"data": "digits100"}, "digits100, as-is"),
    ],
)
def test_a_run_of_no_column_is_refused(digits, fields, said):
    stranger = replace(digits, recipe={**digits.recipe, **fields})
    with pytest.raises(InputError, match=f"mine has {said}: table made-up has digits-10"):
        beside(DIGITS, {"mine": stranger})


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"epochs": 30}, ["epochs 30 in place of 200"]),
        ({"data": "cifar10-jpeg"}, ["data cifar10-jpeg in place of cifar10"]),
        ({"weight_decay": 5e-4}, ["weight decay 0.0005 in place of 0.0002"]),
        ({"precision": "bf16", "model": "resnet8"},
         ["model resnet8 in place of resnet32", "precision bf16 in place of float32"]),
        ({"optimizer": "adamw"}, ["optimizer adamw in place of by default"]),
        ({"seeds": 9, "methods": ("ce",)}, []),
        ({"profile": None}, []),
    ],
)  # fmt: skip
def test_what_differs_in_words(changed, words):
    ours = recipe_of("cifar10-lt-100").to_dict()
    assert sorted(differences({**ours, **changed}, ours)) == words


@settings(max_examples=30)
@given(
    st.lists(st.lists(st.text(st.sampled_from('ab,"; \n|é')), min_size=2, max_size=2), max_size=4)
)
def test_csv_is_read_back_as_it_was(rows):
    text = formed(rows, ("a", "b,c"), "csv")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a", "b,c"], *rows]


@pytest.mark.parametrize("form", ["text", "latex", "markdown", "csv"])
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_number_stands_in_every_form(name, form):
    text = published_shown(PUBLISHED[name], {}, form)
    for cell in PUBLISHED[name].cells():
        assert (cell.printed if form == "csv" else cell.shown.split()[0]) in text
    if form == "latex":
        body = text[text.index("\\midrule") : text.index("\\bottomrule")]
        columns = 2 + len(PUBLISHED[name].settings)
        assert {line.count("&") for line in body.splitlines()[1:-1]} == {columns - 1}
        assert "_" not in body.replace("\\_", "")


# -------------------------------------------------------------------------------- the command


def test_tables_and_their_recipes_are_listed(command):
    listed, code = command("table")
    assert code == 0
    assert all(name in listed for name in PUBLISHED)
    assert "cifar10-step-10" in command("recipes")[0]
    assert "ldam, ddc " in command("recipes")[0]


def test_a_run_beside_a_published_table_end_to_end(command, digits, tmp_path):
    """The numbers are those of digits: the recipe alone says that they are of CIFAR."""
    recipe = recipe_of("cifar10-lt-100", data="cifar10-jpeg", epochs=30, methods=("ce", "la"))
    folder, file = tmp_path / "run", tmp_path / "new" / "table.csv"
    folder.mkdir()
    write_results(folder, replace(digits, recipe=recipe.to_dict()))
    said, code = command("table", "ldam", folder)
    assert code == 0
    assert (
        f"{folder} differs from the protocol: data cifar10-jpeg in place of cifar10; epochs 30"
        in said
    )
    said, code = command("table", "ldam", folder, "--format", "csv", "--out", file)
    assert (said.strip(), code) == (f"wrote {file}", 0)
    rows = {row["method"]: row for row in csv.DictReader(file.read_text().splitlines())}
    values = [100 * m.balanced_accuracy for m in digits.members if m.method == "ce"]
    assert float(rows["ERM"]["measured"]) == pytest.approx(sum(values) / 3)
    assert float(rows["ERM"]["published"]) == 70.36
    assert float(rows["ERM"]["difference"]) == pytest.approx(sum(values) / 3 - 70.36)
    assert rows["LDAM-DRW"]["measured"] == rows["LDAM-DRW"]["trained_as"] == ""


def test_what_cannot_be_shown_is_one_line(command, tmp_path):
    for arguments, words in [
        (("table", "lamd"), "did you mean ldam"),
        (("table", "ldam", tmp_path), "has no results.json"),
        (("table", "ldam", tmp_path, tmp_path), "named twice"),
        (("table", "ldam", "--format", "svg"), "format"),
        (("compare",), "folders"),
    ]:
        said, code = command(*arguments)
        assert (code, len(said.strip().splitlines())) == (2, 1)
        assert words in said
