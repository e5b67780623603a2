"""``counterpoise map`` and ``losses`` as a user types them, and what figures make of their files."""

import pytest
from counterpoise import cli
from counterpoise.simulations import certified_map, load_dataset, loss_map
from counterpoise.theory.foundation import interrupts
from typer.testing import CliRunner


@pytest.fixture
def run(monkeypatch, capsys):
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)

    def typed(*arguments):
        monkeypatch.setattr("sys.argv", ["counterpoise", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert ended.value.code == 0, said.err
        return said.out

    return typed


def test_map_is_the_certified_map(run, tmp_path):
    grid = ("--eta", "1,40", "--kappa", "2", "--separability", "3")
    said = run("map", *grid, "--out", tmp_path)
    assert "2 cells: 2 decided, 0 not decided by their bounds, 0 without a bound" in said
    assert load_dataset(tmp_path / "certified.nc").equals(certified_map([1, 40], [2], [3]))


def test_losses_are_the_loss_map_and_both_are_drawn(run, tmp_path):
    grid = ("--eta", "1,9", "--kappa", "2", "--separability", "2", "--out", tmp_path)
    run("losses", *grid, "--ridge", "0.5", "--evaluation-eta", "1")
    stored = load_dataset(tmp_path / "losses.nc")
    assert stored.equals(loss_map([1, 9], [2], [2], ridge=0.5, evaluation_eta=1))
    run("map", *grid, "--rule", "max-margin")
    run("figures", "--results", tmp_path)
    names = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert names == ["certified_map.svg", "loss_map.svg"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--loss", "vs"], "rule = 'plug-in' has no loss: its settings are tau"),
        (["--rule", "max-margin", "--tau", "1"], "has no tau: its settings are none"),
    ],
)
def test_a_setting_of_another_rule_is_refused(options, said, tmp_path):
    ended = CliRunner().invoke(cli.app, ["map", *options, "--out", str(tmp_path / "new")])
    assert ended.exit_code != 0
    assert said in str(ended.exception)
    assert not (tmp_path / "new").exists()
