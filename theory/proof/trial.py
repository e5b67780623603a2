"""Whether the engines run on this machine: each is asked one small question with a known answer."""

from collections.abc import Callable, Iterator

__all__ = ["trials"]

_SQUARE = (
    "(set-logic QF_NRA)\n(declare-const v_x Real)\n(assert (< (* v_x v_x) 0.0))\n(check-sat)\n"
)


def trials() -> Iterator[tuple[str, str]]:
    """Every engine with what went wrong; with nothing, if it answered."""
    for name, ask in _QUESTIONS.items():
        try:
            wrong = "" if ask() else "a wrong answer to a known question"
        except Exception as error:  # whatever a broken installation raises
            wrong = f"{type(error).__name__}: {error}"
        yield name, wrong


def _sympy() -> bool:
    import sympy

    x = sympy.Symbol("x")
    return sympy.expand((x + 1) ** 2 - x**2 - 2 * x - 1) == 0


def _z3() -> bool:
    from .instruments.smt import solve

    return solve(_SQUARE, 10_000)[0] == "unsat"


def _cvc5() -> bool:
    from .second.cvc5_process import ask_cvc5

    return ask_cvc5(_SQUARE, 20) == "unsat"


def _flint() -> bool:
    from flint import arb

    return bool(arb(2).sqrt() ** 2 - 2 < arb("1e-10"))


def _clarabel() -> bool:
    import cvxpy

    x = cvxpy.Variable()
    problem = cvxpy.Problem(cvxpy.Minimize(cvxpy.square(x)), [x >= 1])
    problem.solve(solver=cvxpy.CLARABEL)
    return abs(float(x.value or 0.0) - 1) < 1e-6  # type: ignore[arg-type]


_QUESTIONS: dict[str, Callable[[], bool]] = {
    "sympy": _sympy,
    "z3": _z3,
    "cvc5": _cvc5,
    "flint": _flint,
    "cvxpy with Clarabel": _clarabel,
}
