"""The README promises nothing that does not run."""

import re
from pathlib import Path

import pytest
import torch
from counterpoise.theory import statements

README = (Path(__file__).parent.parent / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_example_runs(example):
    names = {
        "class_counts": [100, 20, 5],
        "logits": torch.randn(4, 3, generator=torch.Generator().manual_seed(0)),
        "target": torch.tensor([0, 1, 2, 0]),
    }
    exec(example, names)
    assert "criterion" not in names or torch.isfinite(names["loss"])


def test_the_counts_are_those_of_the_catalogue():
    everything = statements().values()
    mutants = sum(len(statement.mutants) for statement in everything)
    assert f"{len(everything)} statements and {mutants} false neighbours" in README


def test_the_picture_exists():
    for path in re.findall(r"\]\((\S+\.png)\)", README):
        assert (Path(__file__).parent.parent / path).stat().st_size > 1000
