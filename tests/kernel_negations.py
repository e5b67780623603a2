"""Negations of the exported theorems, which Coq must not prove: ``python -m tests.kernel_negations``.

Of a theorem that holds for all points, the contrary of its relations is asked at every point of the same
domain, by the same tactics: who proves it has shown that the domain is empty. Of every other theorem (a
claim that fails at a point, a limit) its plain negation is asked.
"""

import re
import sys
from dataclasses import replace

from counterpoise.cli.terminal import bar
from counterpoise.theory.catalogue import exported, select
from counterpoise.theory.proof.kernel.checking import check
from counterpoise.theory.proof.kernel.project import Export
from counterpoise.theory.proof.kernel.scripts import parts, script_of
from counterpoise.theory.proof.kernel.statement import theorem_of, written_of
from counterpoise.theory.proof.kernel.terms import NotTranslated
from counterpoise.theory.proof.kernel.verdicts import standing


def hasty(export: Export) -> Export:
    """The same with no time to lose: a false claim takes all that it is given."""
    return replace(export, script=re.sub(r"timeout \d+ \(abs", "timeout 1 (abs", export.proof))


def negations(export: Export) -> list[Export]:
    """What a theorem denies, relation by relation, each with a script that knows the proof."""
    part = export.certificate
    try:
        whole = theorem_of(part, export.name)
    except NotTranslated:  # a limit
        whole = None
    if whole is None or whole.fails:
        script = f"prepare; {parts(['relation'])}."
        return [_named(export, 0, f"~ ({export.text})", script)]
    relations, given = written_of(part)
    denied = []
    for place, (told, written) in enumerate(zip(part.claim, relations, strict=True)):
        cases = [case for case in part.evidence.get("cases", ()) if case["relation"] == told]
        evidence = {**part.evidence, "cases": cases}
        alone = replace(part, claim=(told,), written=(written, *given), evidence=evidence)
        theorem = theorem_of(alone, export.name)
        contrary = replace(theorem, conditions=(), relations=(f"~ ({theorem.relations[0]})",))
        denied.append(_named(export, place, contrary.statement, script_of(contrary, alone)))
    return denied


def _named(export: Export, place: int, text: str, script: str) -> Export:
    named = replace(export.certificate, name=f"not_{export.step}_{place}")
    return hasty(replace(export, certificate=named, text=text, script=script))


def main() -> None:
    """Try them all, or those of the statements that are named."""
    accepted = [row.export for row in standing(exported(select(sys.argv[1:])))
                if row.status == "kernel"]  # fmt: skip
    denied = [negation for export in accepted for negation in negations(export)]
    with bar("negations", len(denied)) as advance:
        verdicts = check(denied, jobs=2, progress=lambda told: [advance() for _ in told])
    found = [name for name, said in verdicts.items() if not said.reason]
    print(*found, sep="\n")
    print(f"{len(found)} of {len(denied)} negations proved")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
