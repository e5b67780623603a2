"""The floor stands on its own: it loads no solver.

torch.optim loads SymPy, which counts with flint's integers if it finds them: that is switched off.
"""

import os
import subprocess
import sys

SCRIPT = """
import sys
import counterpoise.methods, counterpoise.methods.training
print(*sorted({"z3", "flint", "cvxpy", "cvc5"} & set(sys.modules)))
"""


def test_methods_load_no_solver():
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SYMPY_GROUND_TYPES": "python"},
    )
    assert answer.stdout.strip() == ""
