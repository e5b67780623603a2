"""The catalogue as a book: the page of contents, a page for every chapter, the index by number.

`pages` turns verdicts into Markdown; `counterpoise contents` writes it beside the chapters, and a test
holds the files against the catalogue.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

from ..claims.statement import Statement
from ..foundation.files import write_atomically
from ..foundation.validation import InputError, one_of
from ..proof.certificate import Certificate, weakest
from ..proof.kernel.stored import stamped
from ..proof.kernel.theorems import table
from .catalogue import CHAPTERS, TITLES, chapter_of, introduction, statements
from .scores import Scores, store_scores, stored_scores
from .verdicts import store_certificates, stored_certificates

__all__ = [
    "Contents",
    "contents",
    "numbered",
    "of_chapters",
    "pages",
    "refuse_to_lose",
    "refuse_to_overwrite",
    "status_with_foundations",
    "write_contents",
]

_INTRO = """# The theory

Written by `counterpoise contents`; do not edit by hand.

**How to read a status.** *proved*: every step is a symbolic identity, SMT, interval arithmetic, exact
enumeration or a verified dual, re-checked by a second engine. *checked*: some step is numerics or Monte
Carlo, with a stated tolerance or confidence. *cited*: some step is taken from the literature. A statement's
status is that of its weakest step; 'with foundations' counts the statements it rests on.

**How to read a tier.** A step is *kernel* where Coq's kernel accepted it besides, with the axioms it rests
on; else its tier is its status. A statement's tier is that of its weakest step, and *assembled* where prose
joins steps that are all proved. `counterpoise verify`, `list` and `show`, the report, a certificate's JSON
and its `repr` show it.

**How to read a mark.** *decided*: the formula shown is one of the steps, decided by an engine as it stands.
*assembled by argument*: the theorem shown quantifies over functions, samples or any number of classes; its
steps are decided, and the prose of the argument joins them. No engine checks the prose.

What is shown is pinned in [pins.json](pins.json), and what is said in Coq in
[proof/kernel/pins.json](proof/kernel/pins.json), apart from its proofs: `counterpoise pin`. A new statement
is written after [TEMPLATE.md](TEMPLATE.md).

## How far to trust "proved"

Written for a reader who does not believe us.

- *kernel*, the theorems for all K below: Coq's kernel says so, and anyone can compile them. Trusted
  besides: the axioms in the table's last column, and that the Coq statement says what its row says. Read
  it.
- *kernel*, a step by `counterpoise recheck --kernel`: Coq's kernel, with the axioms it prints: the
  classical reals, and, apart from them, the machine's integers where interval arithmetic computed with
  them. Trusted besides: the translator. A second reader parses the Coq text back and compares it with the
  claim at rational points, which is a comparison, no proof. What was said is kept by hash: a verdict
  counts for this claim, this evidence, these lemmas, and a theorem that is word for word as it was pinned,
  with its hypotheses, the definitions it uses and the axioms it may rest on. A changed claim, evidence or
  library is back to *proved* until Coq has run again; a changed theorem is refused. How many steps have a
  verdict is counted below; those without are proved as follows.
- *kernel*, a claim about any number of classes: ten are proved in Coq as they are generated from the claim
  (`ClassClaims.v`); any other is *proved*.
- *proved*: a prover (SymPy, z3, Arb) and a second engine that uses none of them. Trusted besides: both
  programs. The second engine says of each step what it decided (normal forms, interval arithmetic, Taylor
  coefficients of its own, cvc5) and what it only compared: `counterpoise recheck` says 'confirmed' where
  all was decided, else 'agrees at N points', the fewest at which something was compared, or 'agrees' where
  numbers were computed a second time. Of a computation claimed in words (an enumeration, a dual), 'decided'
  means that a second function, written another way, came to the same verdict.
- *assembled*: every step is proved, and prose joins them. Nothing checks the prose but readers.
- *checked*: numbers, with a tolerance or a confidence. Trusted besides: floating point, and the seeds.
- *cited*: the paper is trusted.

What would show that the tiers are too generous is in the tests, and is run with them: certificates that
were forged (`tests/theory/proof/test_forged_findings.py`, `test_second_opinion.py`, `test_kinds.py`,
`test_all_classes.py`, `test_kernel.py`): limits off by little, other names, other domains, exchanged
leaves, steps that do not follow; texts with comments, look-alike letters, names that imitate a statement's,
options with spaces, refutations of another claim than the one read (`test_forged_texts.py`); certificates
and files that say more of the kernel than it said, and theorems, definitions and axioms that were changed
(`test_tiers.py`, `test_claims_in_coq.py`); claims that are
false by little or only somewhere, which must come back refuted or unknown (`test_no_false_proof.py`,
`test_soundness.py`); false neighbours of every statement, each refuted with a counterexample (`counterpoise
attack`); Coq theorems with a hypothesis dropped or a sign changed, which must not compile. In Coq 1/0 and
log(-1) are numbers, so a translated statement says besides that nothing in it is undefined. Whoever proves
the contrary of a theorem at every point of its domain has shown that the domain is empty: of the theorems
that the kernel accepted, all 1,596 contraries were tried by the same tactics, and none was proved (`python -m
tests.kernel_negations`, minutes, to be run when tactics or statements change; last before the steps
`diagonal` and `mean` were added).

What is not here: a statement of the catalogue as one Coq theorem with its prose (the theorems for all K are
that, for some), computations in words, and proofs of the engines themselves.

## Claims about any number of classes

`claim("Sum(p[j]*log(p[j]/q[j])) >= 0", classes="K", p="simplex", q="simplex")`, or `counterpoise prove
'Sum(p[j]*log(p[j]/q[j])) >= 0' p=simplex q=simplex --classes K`, is about every K at once. `p[j]` is a number
for each class; `Sum`, `Prod`, `Max` and `Min` run over the index that is not itself declared a `"class"`. A
family is a `"simplex"` (positive, summing to 1), a `"closed simplex"` (zeros allowed) or takes any domain,
entry by entry. Every term must be a real number: log(0) is none, so an entropy over the closed simplex is
refuted by a point with a zero, and 0 log 0 is not read as 0.

A proof is a list of steps of `proof/second/sums/ledger.py`. Each names a lemma, what it is applied to, and
certificates of its side conditions, which are ordinary claims about one class or two; both kinds of program
check it again. Everything that is trusted beyond them:

- *termwise*: what holds at every class holds of the sums, with coefficients that do not depend on the class.
  Tangent lines (Jensen), the log-sum inequality and Pinsker's are of this kind.
- *pairs*: h(i, j) + h(j, i) >= 0 at any two classes, summed over both (Cauchy-Schwarz, Chebyshev's sum).
- *one term*: a sum of what is never negative is at least each of its terms.
- *attained*, *extreme*, *at a class*: a largest of finitely many numbers is one of them; a bound of each
  bounds it.
- *product*: a product of positive numbers is the exponential of the sum of their logarithms.
- *split*: a sum is its term at a class and the sum over the others (two classes at least).
- *induction*: one class, and from any number to one more; for families without a common constraint only.
- *consequence*: an ordinary claim about the sums, named as numbers, from facts shown before.

A refutation is a number of classes and exact numbers for each, with the sums written out.

Ten of these claims (Gibbs, the entropy bound, Pinsker, log-sum-exp, Cauchy-Schwarz, the means, the largest
and the mean, sums of inverses, Fano, cross-entropy) are theorems of Coq as well, each stated as it is
generated from the claim, with the condition that every part has a value: their certificates are of the tier
*kernel*.
"""

_ALL_K = """## Theorems for all K, in Coq

Written and proved by hand, whole: any number of classes K where classes occur (`plug_in_two_classes` says
its own), finitely many points, every hypothesis in the statement, nothing joined by prose. Coq's
kernel checks them from the axioms of its real numbers alone:
(1) `sig_forall_dec`, (2) `sig_not_dec` (Dedekind reals), (3) `classic` (excluded middle),
(4) `functional_extensionality_dep`. The stratified certificate assumes neither McDiarmid's inequality nor
symmetrisation: both are proved. A row says what is proved: where a statement of the catalogue says more
(the sharpness of symmetrisation's 2, infinitely many points), that part is not in Coq. A theorem
here does not raise the status of the statement beside it, which counts the catalogue's steps. One without
statements of the catalogue is a tool of the others. The last ten are claims about K classes: their
statements are generated from the claims, and only their proofs are by hand.
To compile them, in `proof/kernel/coq/field`, with Coq 8.16 and no further library, in half a minute:
`for f in $(coqdep -sort -Q . AllK *.v); do coqc -Q . AllK $f; done`.
"""


class Contents:
    """The chapters and what their statements say; prints in a terminal and in a notebook."""

    def __init__(self) -> None:
        known = statements().values()
        self.chapters = {
            TITLES[chapter]: [
                statement for statement in known if statement.name.split(".")[0] in modules
            ]
            for chapter, modules in CHAPTERS.items()
        }

    def __str__(self) -> str:
        lines = []
        for title, several in self.chapters.items():
            lines += [
                title,
                *(f"  {statement.name:48} {statement.title}" for statement in several),
                "",
            ]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = []
        for title, several in self.chapters.items():
            rows = "".join(
                f"<li><code>{escape(s.name)}</code> {escape(s.title)}</li>" for s in several
            )
            parts.append(f"<h4>{escape(title)}</h4><ul>{rows}</ul>")
        return "".join(parts)


def contents() -> Contents:
    """The table of contents: every chapter, every statement's name and title.

    Examples
    --------
    >>> print(str(contents()).splitlines()[0])
    Class counts and how uneven they are
    """
    return Contents()


def status_with_foundations(name: str, certificates: Mapping[str, Certificate]) -> str:
    """The weakest status of a statement and of everything it rests on, directly or not."""
    known, pending, foundations = statements(), [name], {name}
    while pending:
        for other in known[pending.pop()].rests_on:
            if other not in foundations:
                foundations.add(other)
                pending.append(other)
    return weakest(certificates[foundation].status for foundation in foundations)


def numbered(certificates: Mapping[str, Certificate]) -> Iterator[tuple[str, str, str, str]]:
    """(number, statement/step, what it says, verdict or tier) for every number, in natural order."""
    rows = []
    for statement in statements().values():
        certificate = certificates[statement.name]
        rows += [
            (number, statement.name, statement.title, certificate.verdict)
            for number in statement.ids
        ]
        for step, part in zip(statement.steps, certificate.parts, strict=False):
            told = step.text, part.tier.name
            rows += [(number, f"{statement.name}/{step.name}", *told) for number in step.ids]
    return iter(sorted(rows, key=lambda row: (_natural(row[0]), row[1])))


def _natural(number: str) -> list[tuple[int, int, str]]:
    """A key that sorts VS2 before VS10 and 1.5.2 before 1.5.10."""
    parts: list[str] = []
    for letter in number:
        if parts and letter.isdigit() == parts[-1].isdigit():
            parts[-1] += letter
        else:
            parts.append(letter)
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in parts]


def of_chapters(chapters: Iterable[str]) -> list[Statement]:
    """The statements of these chapters; all of them, if none is named.

    Raises
    ------
    InputError
        If there is no such chapter.
    """
    wanted = [one_of("chapter", chapter, tuple(CHAPTERS)) for chapter in chapters]
    return [
        statement
        for chapter, several in _by_chapter().items()
        for statement in several
        if not wanted or chapter in wanted
    ]


def refuse_to_overwrite(folder: Path) -> None:
    """For those who have not said that pages may be overwritten.

    Raises
    ------
    InputError
        If a page stands in the folder already, as in the package's own.
    """
    places = ["README.md", *(f"{chapter}/README.md" for chapter in CHAPTERS)]
    there = next((folder / place for place in places if (folder / place).exists()), None)
    if there is not None:
        raise InputError(f"{there} is there: give --write to overwrite it, or another folder")


def refuse_to_lose(proofs: Iterable[Certificate]) -> None:
    """For new proofs that would be stored in the place of others.

    Raises
    ------
    InputError
        If a claim is unknown or refuted now of which a proof, a check or a citation is stored.
    """
    known = stored_certificates()
    for proof in proofs:
        old = {p.name: p for p in known[proof.name].parts if p.holds} if proof.name in known else {}
        for part in proof.parts:
            before = old.get(part.name)
            if not part.holds and before is not None and _says(before) == _says(part):
                raise InputError(
                    f"{proof.name}/{part.name} is {part.status} now, and a proof of it is stored: "
                    f"nothing was written; try again on an idle machine, or change the claim"
                )


def _says(part: Certificate) -> tuple:
    """What is claimed, as it comes out of a file and as it is proved."""
    return tuple(part.claim), dict(part.domain), tuple(part.given), tuple(part.written)


def write_contents(
    folder: Path, proofs: Sequence[Certificate], scores: Scores | None = None
) -> list[Path]:
    """Write the pages, the proofs of the chapters that ``proofs`` are of, and the scores; the files.

    Statements that ``proofs`` leave out keep their stored proofs.
    """
    fresh = {proof.name: stamped(proof.bare()) for proof in proofs}
    known = fresh if len(fresh) == len(statements()) else stored_certificates() | fresh
    scores = stored_scores() if scores is None else scores
    chapters = list(dict.fromkeys(chapter_of(name) for name in fresh))
    for folder_of_page in (*CHAPTERS, "catalogue"):
        (folder / folder_of_page).mkdir(exist_ok=True)
    written = []
    for path, text in pages(known, scores).items():
        if path.split("/")[0] in (*chapters, "catalogue", "README.md"):
            write_atomically(folder / path, text.encode())
            written.append(folder / path)
    written += store_certificates(known.values(), chapters, folder)
    store_scores(scores, folder / "catalogue")
    return written


def pages(certificates: Mapping[str, Certificate], scores: Scores) -> dict[str, str]:
    """Every page as Markdown, by its path in ``theory/``, from a certificate for every statement."""
    chapters = {
        f"{chapter}/README.md": _chapter(chapter, certificates, scores) for chapter in CHAPTERS
    }
    return {
        "README.md": _front(certificates),
        **chapters,
        "catalogue/NUMBERS.md": _index(certificates),
    }


def _front(certificates: Mapping[str, Certificate]) -> str:
    lines = [_INTRO, _summary(list(certificates.values())), "", "## Chapters", ""]
    lines += ["| Chapter | Statements | Proved | Checked | Cited | Kernel | False neighbours |"]
    lines += ["|---|---|---|---|---|---|---|"]
    for chapter, several in _by_chapter().items():
        counts = [
            _count(several, certificates, status) for status in ("proved", "checked", "cited")
        ]
        mutants = sum(len(statement.mutants) for statement in several)
        tiers = [certificates[statement.name].tier for statement in several]
        kernel = f"{sum(t.by_kernel for t in tiers)} of {sum(t.steps for t in tiers)}"
        link = f"[{TITLES[chapter]}]({chapter}/README.md)"
        told = " | ".join(map(str, (len(several), *counts, kernel, mutants)))
        lines.append(f"| {link} | {told} |")
    lines += ["", "*Kernel*: steps that Coq's kernel accepted. Statements are counted by status."]
    lines += ["", "[The index by number](catalogue/NUMBERS.md).", ""]
    lines += [_ALL_K, *table(), ""]
    lines += ["## Where the literature is corrected", ""]
    for chapter, several in _by_chapter().items():
        corrected = [statement for statement in several if statement.corrects]
        lines += [f"### {TITLES[chapter]}", ""] if corrected else []
        for statement in corrected:
            where = f"`{statement.name}`, {certificates[statement.name].verdict}"
            lines.append(f"- **{statement.title}** ({where}). {statement.corrects}")
        lines += [""] if corrected else []
    return "\n".join(lines).rstrip() + "\n"


def _by_chapter() -> dict[str, list[Statement]]:
    chapters: dict[str, list[Statement]] = {chapter: [] for chapter in CHAPTERS}
    for statement in statements().values():
        chapters[chapter_of(statement.name)].append(statement)
    return chapters


def _count(several: list[Statement], certificates: Mapping[str, Certificate], status: str) -> int:
    return sum(certificates[statement.name].status == status for statement in several)


def _summary(certificates: list[Certificate]) -> str:
    leaves = [part for certificate in certificates for part in certificate.parts]
    counts = {s: sum(p.status == s for p in leaves) for s in ("proved", "checked", "cited")}
    kernel = sum(certificate.tier.by_kernel for certificate in certificates)
    mutants = sum(len(statement.mutants) for statement in statements().values())
    assembled = sum(statement.theorem is not None for statement in statements().values())
    return (
        f"{len(certificates)} statements, {len(leaves)} steps: {counts['proved']} proved ({kernel} of "
        f"them by Coq's kernel as well), {counts['checked']} checked, {counts['cited']} cited; {mutants} "
        f"listed false neighbours. "
        f"{assembled} statements show a theorem assembled from their steps by argument, "
        f"{len(certificates) - assembled} a formula that is decided as it stands."
    )


def _chapter(chapter: str, certificates: Mapping[str, Certificate], scores: Scores) -> str:
    several = _by_chapter()[chapter]
    lines = [f"# {TITLES[chapter]}", "", introduction(chapter), ""]
    lines += ["Written by `counterpoise contents`; do not edit by hand.", ""]
    lines += ["| Statement | Says | Status | With foundations |", "|---|---|---|---|"]
    for statement in several:
        whole = status_with_foundations(statement.name, certificates)
        verdict = certificates[statement.name].verdict
        link = f"[`{statement.name}`]({statement.name.split('.')[0]}.py)"
        lines.append(f"| {link} | {_cell(statement.title)} | {verdict} | {whole} |")
    for statement in several:
        lines += ["", *_section(statement, certificates[statement.name])]
    lines += ["", *_numbers(row for row in numbered(certificates) if chapter_of(row[1]) == chapter)]
    return "\n".join([*lines, *scores.lines(CHAPTERS[chapter])]).rstrip() + "\n"


def _section(statement: Statement, certificate: Certificate) -> list[str]:
    """A statement as it is shown: title, theorem, source, what it rests on, its steps."""
    lines = [
        f"### `{statement.name}`",
        "",
        f"{statement.title}.",
        "",
        "$$",
        statement.latex(),
        "$$",
        "",
    ]
    lines.append(f"{certificate.standing}. Source: {statement.source}.")
    if statement.rests_on:
        lines.append(f"Rests on {', '.join(f'`{name}`' for name in statement.rests_on)}.")
    names = [f"{step.name} ({part.tier.name})" for step, part in _steps(statement, certificate)]
    return [*lines, f"Steps: {', '.join(names)}."]


def _steps(statement: Statement, certificate: Certificate) -> zip:
    return zip(statement.steps, certificate.parts, strict=False)


def _numbers(rows: Iterator[tuple[str, str, str, str]]) -> list[str]:
    table = [f"| {n} | `{where}` | {_cell(text)} | {status} |" for n, where, text, status in rows]
    header = ["| Number | Where | Says | Status |", "|---|---|---|---|"]
    return ["## By number", "", *header, *table] if table else []


def _index(certificates: Mapping[str, Certificate]) -> str:
    lines = _numbers(numbered(certificates))[2:]
    text = "The numbers of the reference dossiers. Written by `counterpoise contents`; do not edit by hand."
    return "\n".join(["# The theory by number", "", text, "", *lines]) + "\n"


def _cell(text: str) -> str:
    """Text that cannot break out of its cell."""
    return " ".join(text.split()).replace("|", "\\|")
