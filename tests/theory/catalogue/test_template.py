"""A newcomer adds a statement by copying the template into a chapter: one file, and it is catalogued."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import counterpoise
import pytest

ROOT = Path(counterpoise.__file__).parent
SCRIPT = """
from counterpoise.theory import recheck, select
from counterpoise.theory.catalogue import chapter_of
(statement,) = select(["mean_recall"])
certificate = statement.verify()
print(chapter_of(statement.name), certificate.verdict, recheck(certificate).status)
print(*sorted({attack.status for attack in statement.attack()}))
print(statement.evaluate(a=0.25, b=1.0)["left"])
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the package, which the test may change."""
    folder = tmp_path / "counterpoise"
    shutil.copytree(
        ROOT / "theory", folder / "theory", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "__init__.py", folder)
    return folder


def test_the_template_becomes_a_statement_by_adding_one_file(package):
    template = (ROOT / "theory" / "TEMPLATE.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"```python\n(.*?)```", template, re.DOTALL)
    (package / "theory" / "decision" / "mean_recall.py").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={"PYTHONPATH": str(package.parent), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == ["decision", "proved", "confirmed", "refuted", "0.5"], done.stderr
