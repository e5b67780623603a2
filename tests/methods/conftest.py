"""The command line, run within a test."""

import pytest
from counterpoise import cli
from counterpoise.theory.foundation import interrupts


@pytest.fixture
def command(monkeypatch, capsys):
    """Run the command line here: what it said, and its exit code."""
    monkeypatch.setattr(interrupts, "watch_for_interrupts", lambda last_words: None)

    def call(*arguments):
        monkeypatch.setattr("sys.argv", ["counterpoise", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return said.out + said.err, ended.value.code

    return call
