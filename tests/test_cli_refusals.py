"""What no command can do is one line, exit code 2 and nothing written, whatever the option."""

import typing
from pathlib import Path
from types import UnionType

import pytest
from counterpoise import cli
from counterpoise.theory.foundation import interrupts
from typer.models import ArgumentInfo, OptionInfo

FILES = {
    "json_file",
    "scored_file",
    "attacked_file",
    ("report", "out"),
    ("features", "out"),
    ("ledger", "out"),
    ("table", "out"),
    ("compare", "out"),
    ("plan", "figure"),
}
READ = {"scored_file", "attacked_file", "results"}
NEEDED = {
    "recheck": ["none.json"],
    "show": ["LD2"],
    "prove": ["x >= 0"],
    "contents": ["--out", "pages"],
    "features": ["--data", "digits", "--out", "f.npz"],
}
BESIDE = {("features", "--out"): ["--data", "digits"], ("store", ""): ["--out", "kept"]}
MAY_BE_ZERO = {
    "--momentum",
    "--weight-decay",
    "--label-noise",
    "--defer",
    "--window-until",
    "--average",
    "--tau",
}
LISTS = {"eta", "kappa", "separability", "n"}


def options():
    """Every option and argument of every command: command, name, what it is, as it is typed."""
    for command in cli.app.registered_commands:
        function = command.callback
        name = command.name or function.__name__
        for key, hint in typing.get_type_hints(function, include_extras=True).items():
            if typing.get_origin(hint) is not typing.Annotated:
                continue
            kind, info = typing.get_args(hint)[:2]
            if typing.get_origin(kind) in (UnionType, typing.Union):
                kind = typing.get_args(kind)[0]
            if isinstance(info, OptionInfo | ArgumentInfo):
                written = [info.default, *(info.param_decls or ())]
                flags = [flag for flag in written if str(flag).startswith("--")]
                typed = flags[0] if flags else "--" + key.replace("_", "-")
                yield name, key, kind, "" if isinstance(info, ArgumentInfo) else typed, info


PATHS = [row[:4] for row in options() if row[2] is Path]
NUMBERS = [(row[0], row[3], row[4].min) for row in options() if row[2] is int]
FRACTIONS = [(row[0], row[3]) for row in options() if row[2] is float]
TEXTS = [(row[0], row[3]) for row in options() if row[1] in LISTS]


@pytest.fixture
def refuse(monkeypatch, capsys, tmp_path):
    """Run a command that must be refused; the one line that it says."""
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()

    def run(*arguments):
        monkeypatch.setattr("sys.argv", ["counterpoise", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr().err.strip()
        assert ended.value.code == 2, (arguments, said)
        assert len(said.splitlines()) == 1, said
        assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]
        return said

    return run


def bad_paths(command, name):
    yield "file/below", "under a file"
    yield "/proc/none/x", "where nothing can be written, nor is"
    wants_file = name in FILES or (command, name) in FILES
    yield ("folder", "a folder") if wants_file else ("file", "a file")
    if name in READ:
        yield "missing", "not there"


@pytest.mark.parametrize(
    ("command", "typed", "value"),
    [
        pytest.param(command, typed, value, id=f"{command} {typed or name}: {why}")
        for command, name, _, typed in PATHS
        for value, why in bad_paths(command, name)
    ],
)
def test_a_path_that_cannot_be(refuse, command, typed, value):
    given = [typed, value] if typed else [value]
    needed = (
        NEEDED.get(command, []) if typed not in ("--out", "") else BESIDE.get((command, typed), [])
    )
    said = refuse(command, *needed, *given)
    assert value in said


def test_every_kind_of_option_is_found():
    assert {row[0] for row in PATHS} >= {"verify", "attack", "simulate", "report", "demo"}
    assert ("coverage", "--delta") in FRACTIONS
    assert len(NUMBERS) > 10
    assert len(TEXTS) == 11


@pytest.mark.parametrize(
    ("command", "typed", "value"),
    [
        (command, typed, value)
        for command, typed, low in NUMBERS
        for value in ("-1", "1.5", "nan", "text", "", *(["0"] if low else []))
    ],
)
def test_a_number_that_is_none(refuse, command, typed, value):
    assert typed in refuse(command, *NEEDED.get(command, []), typed, value)


@pytest.mark.parametrize(
    ("command", "typed", "value"),
    [
        (*row, value)
        for row in FRACTIONS
        for value in ("0", "-1", "nan", "inf", "text")
        if value != "0" or row[1] not in MAY_BE_ZERO
    ],
)
def test_a_fraction_out_of_range(refuse, command, typed, value):
    assert typed in refuse(command, *NEEDED.get(command, []), typed, value)


@pytest.mark.parametrize(
    ("command", "typed", "value"),
    [(*row, value) for row in TEXTS for value in ("0", "-1", "nan", "inf", "text", "3,,4", "")],
)
def test_a_list_with_what_is_no_number_of_its_kind(refuse, command, typed, value):
    assert typed in refuse(command, typed, value)


@pytest.mark.parametrize(
    ("command", "typed", "axis"),
    [("simulate", "--kappa", "2,2"), ("map", "--eta", "2,2"), ("losses", "--separability", "2,2"),
     ("coverage", "--n", "20,20")],
)  # fmt: skip
def test_a_repeated_value_of_an_axis(refuse, command, typed, axis):
    assert f"{typed} = " in (said := refuse(command, typed, axis))
    assert "must not repeat" in said


def test_fractions_are_not_cut_to_whole_numbers(refuse):
    assert "--n = 110.5" in refuse("coverage", "--n", "110.5")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("train", "--method", "LA"), "did you mean la"),
        (("prove", "x >= 0"), "has no domain: give one, x='real'"),
        (("prove", "x >= 0", "x"), "NAME=DOMAIN"),
        (("prove", "x >= 0", "x=somewhere"), "domain 'somewhere'"),
        (("prove", "x ≥ 0", "x=real", "--classes", "2"), "classes = '2'"),
        (("prove", "Sum(p[j]) >= 0", "p=simplx", "--classes", "K"), "'simplex'"),
        (("prove", "p[j] >= 0", "p=simplex", "--classes", "K"), "the index j stands outside"),
        (("prove", "Sum(p[j]*q[i]) >= 0", "p=simplex", "q=real", "--classes", "K"), "i and j"),
        (("prove", "Sum(p) >= 0", "p=simplex", "--classes", "K"), "write p[j]"),
        (("train", "--method", "x" * 100), "unknown"),
        (("train", "--device", "tpu"), "--device"),
        (("train", "--optimizer", "imb-sam"), "did you mean imbsam"),
        (("train", "--data", "trees", "--method", "mixup"), "are not mixed in pairs"),
        (("train", "--data", "trees", "--method", "meta-weight-net"), "are not drawn by class"),
        (("train", "--method", "mixup", "--optimizer", "imbsam"), "weighs examples by class"),
        (("train", "--method", "ride", "--head", "linear"), "ride reads 'experts'"),
        (("train", "--method", "ride", "--optimizer", "cc-sam"), "has the head 'cosine-experts'"),
        (("train", "--optimizer-setting", "rho"), "--optimizer-setting"),
        (("train", "--optimizer-setting", "rho=0.1"), "unknown setting of sgd 'rho'"),
        (("train", "--optimizer", "sam", "--optimizer-setting", "rhoo=1"), "did you mean rho"),
        (("train", "--optimizer", "sam", "--optimizer-setting", "rho=-1"), "rho = -1"),
        (("demo", "--device", "tpu"), "--device"),
        (("figures", "--format", "gif"), "--format"),
        (("map", "--rule", "plugin"), "did you mean plug-in"),
        (("map", "--rule", "ridge-logistic", "--loss", "adjust"), "did you mean adjusted"),
        (("losses", "--kappa", "1e9"), "--kappa = 1e+09"),
        (("show", "margin.ldam"), "margins.ldam"),
        (("methods", "LDAM-DWR"), "ldam-drw"),
        (("list", "zzzz"), "zzzz"),
        (("contents", "--out", "pages", "nochapter"), "chapter"),
        (("table", "lamd"), "did you mean ldam"),
        (("table", "ldam", "folder"), "folder has no results.json"),
        (("table", "ldam", "--format", "svg"), "--format"),
        (("compare", "folder", "folder"), "folder is named twice"),
        (("compare", "missing"), "missing has no results.json"),
    ],
)
def test_names_are_suggested_and_options_named(refuse, arguments, said):
    assert said in refuse(*arguments)
