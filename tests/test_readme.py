"""The README promises nothing that does not run."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import torch
from counterpoise.cli import app
from counterpoise.theory import statements
from typer.main import get_command

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUOTED = re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", re.sub(r"```.*?```", "", README, flags=re.DOTALL))
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)).splitlines()
LINES = [re.sub(r"\s*#.*", "", text.replace("\n", " ")) for text in (*QUOTED, *SHELL)]
COMMANDS = sorted({line for line in LINES if re.match(r"(\S*/)?counterpoise [a-z]", line)})
TARGETS = sorted({line for line in LINES if line.startswith("make ")})


def test_the_examples_run_one_after_the_other():
    examples = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {
        "class_counts": [100, 20, 5],
        "logits": torch.randn(4, 3, generator=torch.Generator().manual_seed(0)),
        "target": torch.tensor([0, 1, 2, 0]),
    }
    assert len(examples) >= 4
    for example in examples:
        exec(example, names)
        if "loss" in names:
            assert torch.isfinite(names["loss"])


@pytest.mark.parametrize("line", COMMANDS)
def test_the_quoted_command_is_understood(line):
    words = shlex.split(line)[1:]
    command = get_command(app)
    context = command.make_context("counterpoise", [], resilient_parsing=True)
    name, found, arguments = command.resolve_command(context, words)
    assert found is not None
    with found.make_context(name, arguments, parent=context, resilient_parsing="--help" in words):
        pass


@pytest.mark.parametrize("line", TARGETS)
def test_the_target_of_make_exists(line):
    told = subprocess.run(
        ["make", "-n", *line.split()[1:]], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr


def test_commands_and_targets_are_found_at_all():
    assert len(COMMANDS) >= 5
    assert len(TARGETS) >= 2


def test_the_counts_are_those_of_the_catalogue():
    everything = statements().values()
    mutants = sum(len(statement.mutants) for statement in everything)
    assert f"{len(everything)} statements and {mutants} false neighbours" in README


def test_the_picture_exists():
    for path in re.findall(r"\]\((\S+\.png)\)", README):
        assert (ROOT / path).stat().st_size > 1000
