"""The commands of the theory: read, prove, attack, check again.

Checked by: each run as a user runs it.
"""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import (
    Jobs,
    JsonOut,
    Names,
    completed,
    number_in,
    statement_names,
    to_folder,
)
from .terminal import bar, fail, say

if TYPE_CHECKING:
    from ..theory.claims import Statement
    from ..theory.proof.certificate import Certificate


def _chapters() -> list[str]:
    from ..theory.catalogue.catalogue import ORDER

    return list(ORDER)


def list_statements(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="What to look for: words of the text, names, numbers, patterns."),
    ] = None,
) -> None:
    """List the statements, or those that have all of the words."""
    from ..theory.catalogue import listed, search

    say(listed(search(words or ())))


def show(
    names: Annotated[
        list[str],
        typer.Argument(
            help="Statements: name, number (LD2) or pattern.",
            autocompletion=completed(statement_names),
        ),
    ],
    latex: Annotated[bool, typer.Option("--latex", help="Only the formula, as LaTeX.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show a statement: formula, source, proof, false neighbours, numbers."""
    from ..theory.catalogue import described, in_words, select

    chosen = select(names)
    if latex:
        say("\n".join(statement.latex() for statement in chosen), highlight=False)
    elif as_json:
        import json

        text = json.dumps([described(statement) for statement in chosen], indent=1)
        say(text, highlight=False)
    else:
        say(f"\n{'-' * 80}\n".join(in_words(described(statement)) for statement in chosen))


def prove(
    relation: Annotated[
        str,
        typer.Argument(help="Such as 'log(1 + x) <= x'; after -- if it begins with a minus."),
    ],
    domains: Annotated[
        list[str] | None,
        typer.Argument(help="Where its variables lie: x=positive p=simplex 'q=(0, 1)' y=class."),
    ] = None,
    given: Annotated[
        list[str] | None, typer.Option("--given", help="A hypothesis; may be repeated.")
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(
            "--classes",
            help="Name of the number of classes, which sums run over: proved for all of them.",
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(help="CPU time for it.", callback=number_in("it", low=1e-3))
    ] = 60.0,
    json_file: JsonOut = None,
) -> None:
    """Prove or refute a relation of your own; exit 1 if it is not proved."""
    from ..theory.claims.relation import claim
    from ..theory.foundation.validation import InputError

    where: dict[str, str] = {}
    for text in domains or ():
        name, _, domain = text.partition("=")
        if not domain or name.strip() in where:
            raise InputError(f"{text!r}: must be NAME=DOMAIN, such as x=positive, once for a name")
        where[name.strip()] = domain
    if clash := next((key for key in ("given", "name", "classes") if key in where), ""):
        raise InputError(f"{clash!r} cannot be a variable; give it another name")
    extra: dict[str, Any] = {} if classes is None else {"classes": classes}
    certificate = claim(relation, given=given or (), **where, **extra).verify(seconds=seconds)
    save([certificate], json_file)
    say(repr(certificate), highlight=False)
    raise typer.Exit(0 if certificate.status == "proved" else 1)


def verify(
    names: Names = None,
    json_file: JsonOut = None,
    jobs: Jobs = 0,
    fast: Annotated[
        bool, typer.Option("--fast", help="Re-check the stored proofs instead of searching anew.")
    ] = False,
) -> None:
    """Prove or check statements; exit 1 if one does not hold."""
    from ..theory.catalogue import by_stored_proof, verified

    verb = ("recheck_stored", "rechecking") if fast else ("verify_all", "proving")
    certificates, kept = by_stored_proof(each(*verb, select_named(names), jobs))
    save(certificates, json_file)
    say(verified(certificates))
    if kept:
        say(f"not found anew in the time of a search; stored proofs, re-checked: {', '.join(kept)}")
    if fast:
        say("stored proofs, re-checked by the second engines")
    raise typer.Exit(0 if all(c.holds for c in certificates) else 1)


def attack(
    names: Names = None,
    json_file: JsonOut = None,
    jobs: Jobs = 0,
    generated: Annotated[
        bool, typer.Option("--generated", help="Change the formulas themselves, and score.")
    ] = False,
) -> None:
    """Refute false neighbours of statements; exit 1 if one survives."""
    from ..theory.catalogue import attacked, score, scored

    verb = "attack_generated_all" if generated else "attack_all"
    attacks = each(verb, "attacking", select_named(names), jobs)
    save(attacks, json_file)
    if generated:
        say(scored(attacks))
        raise typer.Exit(0 if all(row.is_enough for row in score(attacks)) else 1)
    say(attacked(attacks))
    raise typer.Exit(0 if all(c.status == "refuted" for c in attacks) else 1)


def recheck(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            help="A file of certificates, written by verify or attack --json; with --kernel, names.",
            autocompletion=completed(statement_names),
        ),
    ] = None,
    kernel: Annotated[
        bool, typer.Option("--kernel", help="Stored proofs, by Coq's kernel, with their axioms.")
    ] = False,
    stored: Annotated[
        bool, typer.Option("--stored", help="With --kernel: only its stored verdicts.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="With --kernel: store its verdicts in the package.")
    ] = False,
    jobs: Jobs = 0,
) -> None:
    """Check certificates again, by second engines or by Coq; exit 1 on a failure."""
    if kernel:
        _recheck_by_kernel(what, jobs, stored=stored, write=write)
        return
    if len(what or ()) != 1:
        fail("name one file of certificates, or use --kernel")
    if stored or write:
        fail("--stored and --write go with --kernel")
    _recheck_file(Path((what or [""])[0]))


def _recheck_file(file: Path) -> None:
    from ..theory.catalogue import recheck_catalogued
    from ..theory.proof.certificate import Tampered, load_certificates

    try:
        certificates = load_certificates(file)
    except Tampered as error:
        fail(f"rejected: {error}", 1)
        return
    verdicts = []
    with bar("rechecking", len(certificates)) as advance:
        for certificate in certificates:
            verdicts.append(recheck_catalogued(certificate))
            advance()
    for certificate, verdict in zip(certificates, verdicts, strict=True):
        told = f"{verdict.says}: {verdict.reason}" if verdict.reason else verdict.says
        say(f"{certificate.name}: {told}")
    counts = Counter(verdict.status for verdict in verdicts)
    agree = f", {counts['sampled']} only agree" if counts["sampled"] else ""
    say(f"{counts['confirmed']} of {len(certificates)} certificates confirmed{agree}")
    passed = counts["confirmed"] + counts["sampled"]
    raise typer.Exit(0 if passed == len(certificates) else 1)


def _recheck_by_kernel(names: list[str] | None, jobs: int, *, stored: bool, write: bool) -> None:
    from ..theory.catalogue import exported, kernel_table
    from ..theory.proof.kernel.verdicts import (
        lost,
        recheck_by_kernel,
        standing,
        store_verdicts,
        stored_verdicts,
    )

    exports, known = exported(select_named(names)), stored_verdicts()
    if stored:
        rows = standing(exports)
    else:
        with bar("checking", len(exports)) as advance:
            keep = store_verdicts if write else None
            rows = recheck_by_kernel(exports, jobs=jobs, progress=advance, keep=keep)
    say(kernel_table(rows), highlight=False)
    gone = lost(rows, known)
    if write:
        store_verdicts(rows)
    for row in gone:
        say(f"no longer as it was checked: {row.export.statement} {row.export.step}")
    raise typer.Exit(1 if gone else 0)


def export(
    out: Annotated[
        Path, typer.Option("--coq", help="Folder for the Coq project.", callback=to_folder)
    ],
    names: Names = None,
) -> None:
    """Write statements and their proofs as a Coq project."""
    from ..theory.catalogue import exported
    from ..theory.proof.kernel.project import write_project
    from ..theory.proof.kernel.verdicts import standing

    rows = standing(exported(select_named(names)))
    failed = {row.export.name: row.reason for row in rows if row.status != "kernel"}
    written = write_project(out, [row.export for row in rows], failed)
    proved = sum(row.status == "kernel" for row in rows)
    say(
        f"wrote {len(written)} files to {out}: {proved} of {len(rows)} steps with proofs; make there"
    )


def pin(
    write: Annotated[
        bool, typer.Option("--write", help="Pin them as they are now, in the package's own file.")
    ] = False,
) -> None:
    """Print statements and Coq theorems that differ from their pins; exit 1 if any."""
    from ..theory.catalogue import exported, statements, stored_certificates
    from ..theory.claims.pins import changes, differing, write_pins
    from ..theory.proof.kernel import pinned

    several = list(statements().values())
    proved = stored_certificates()
    theorems = exported(s for s in several if s.name in proved)
    changed, in_coq = changes(several), pinned.changes(theorems)
    for text in filter(None, (differing(changed), pinned.differing(in_coq))):
        say(text, highlight=False)
    if write:
        write_pins(several)
        pinned.write_pins(theorems)
    verb = "differed" if write else "differ"
    count = sum(bool(export.text) for export in theorems)
    say(f"{len(changed)} of {len(several)} statements {verb} from their pins")
    say(f"{len(in_coq)} of {count} theorems for Coq {verb} from theirs")
    raise typer.Exit(1 if (changed or in_coq) and not write else 0)


def contents(
    out: Annotated[Path, typer.Option(help="Folder for pages and proofs.", callback=to_folder)],
    chapters: Annotated[
        list[str] | None,
        typer.Argument(
            help="Chapters to prove anew; all, if none is named.",
            autocompletion=completed(_chapters),
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Overwrite pages that stand there.")
    ] = False,
    stored: Annotated[
        bool, typer.Option("--stored", help="Prove nothing: pages from the proofs that are stored.")
    ] = False,
    scored_file: Annotated[
        Path | None,
        typer.Option("--scored", help="Scores, from: attack --generated --json FILE."),
    ] = None,
    attacked_file: Annotated[
        Path | None, typer.Option("--attacked", help="Counterexamples, from: attack --json FILE.")
    ] = None,
    jobs: Jobs = 0,
) -> None:
    """Prove the catalogue; write its pages and its proofs to a folder."""
    from ..theory.catalogue import (
        measured_scores,
        of_chapters,
        refuse_to_lose,
        refuse_to_overwrite,
        store_attacks,
        stored_certificates,
        write_contents,
    )
    from ..theory.foundation.files import output_folder
    from ..theory.proof.certificate import load_certificates

    chosen = of_chapters(chapters or ())
    scores = measured_scores(load_certificates(scored_file)) if scored_file else None
    attacks = load_certificates(attacked_file) if attacked_file else None
    if not write:
        refuse_to_overwrite(out)
    output_folder(out)
    if stored:
        known = stored_certificates()
        proofs = [known[statement.name] for statement in chosen if statement.name in known]
    else:
        proofs = each("verify_all", "proving", chosen, jobs)
        refuse_to_lose(proofs)
    written = write_contents(out, proofs, scores)
    if attacks is not None:
        written.append(store_attacks(attacks, out / "catalogue"))
    for path in written:
        say(f"wrote {path}", highlight=False)


def select_named(names: list[str] | None) -> "list[Statement]":
    """The statements that were named; all, if none was."""
    from ..theory.catalogue import select

    return select(names or ())


def each(verb: str, text: str, statements: "list[Statement]", jobs: int) -> "list[Certificate]":
    """What a verb of the catalogue says of every statement."""
    from ..theory import catalogue

    with bar(text, len(statements)) as advance:
        return getattr(catalogue, verb)(statements, jobs=jobs, progress=advance)


def save(certificates: "list[Certificate]", file: Path | None) -> None:
    """Write certificates to a file, if one was named."""
    if file is not None:
        from ..theory.foundation.files import output_folder
        from ..theory.proof.certificate import save_certificates

        output_folder(file.parent)
        save_certificates(certificates, file, tiers=True)
