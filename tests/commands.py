"""Commands as a user runs them: in a process of their own, or here, where what they load stays loaded."""

import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from unittest.mock import patch

import pytest
from counterpoise import cli

__all__ = ["run", "run_here"]


def run(*arguments, **options):
    """Run a command in a process."""
    return subprocess.run(
        [sys.executable, "-m", "counterpoise", *map(str, arguments)],
        capture_output=True, text=True, check=False, **options,
    )  # fmt: skip


def run_here(*arguments):
    """Run a command in this process, from its words to its exit code; interrupts stay pytest's."""
    words = [*map(str, arguments)]
    said, errors = StringIO(), StringIO()
    with (
        patch("counterpoise.theory.foundation.interrupts.watch_for_interrupts", lambda _: None),
        patch("sys.argv", ["counterpoise", *words]),
        redirect_stdout(said),
        redirect_stderr(errors),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return subprocess.CompletedProcess(
        words, int(ended.value.code or 0), said.getvalue(), errors.getvalue()
    )
