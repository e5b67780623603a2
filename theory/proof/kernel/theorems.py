"""The field's central theorems for any number of classes, written and proved by hand in Coq.

Each stands whole in ``coq/field``: finite worlds, sums over the naturals below K, every hypothesis in the
statement, no step joined by prose. The files are plain Coq on its library of real numbers; a theorem may
rest on the axioms of the classical reals and on nothing else.

Checked by: Coq's kernel where ``coqc`` is installed, with the axioms of every theorem; false variants,
which the same scripts must not prove.
"""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...foundation.files import write_atomically
from . import field
from .all_classes import CLAIMS

__all__ = [
    "CLASSICAL_REALS",
    "THEOREMS",
    "Theorem",
    "statement_text",
    "stored",
    "table",
]

CLASSICAL_REALS = (
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "Classical_Prop.classic",
    "FunctionalExtensionality.functional_extensionality_dep",
)
"""The axioms of Coq's real numbers and of classical logic: all that a theorem may rest on."""


@dataclass(frozen=True)
class Theorem:
    """A theorem: its name and file in Coq, what it says, and the catalogue's statements it formalises."""

    name: str
    file: str
    says: str
    statements: tuple[str, ...] = ()


def _read(listed: str) -> Iterator[Theorem]:
    """Theorems from a file's line (its name, statements), and lines below it of names and readings."""
    for block in re.split(r"\n(?=\S)", listed.strip()):
        head, *lines = re.split(r"\n  (?=\S)", block)
        file, *statements = head.split()
        for line in lines:
            name, says = " ".join(line.split()).split(": ", 1)
            yield Theorem(name, file, says, tuple(statements))


_LISTED = """
BayesRule balanced_error.bayes_rule
  bayes_rule: A rule has the least balanced error iff it predicts a class of largest eta_y/pi_y at
    every point of positive mass.
  balanced_regret: What a rule loses in balanced error is E[max r - r_h]/K, r = eta/pi.
WeightedRecall weighted_recall.best_rule
  weighted_recall_best_rule: A weighted sum of recalls is the mean of v_h eta_h/pi_h, largest iff
    the largest is predicted.
WrongPrior wrong_priors.wrong_prior
  wrong_prior: Predicting argmax eta/b loses at most (1 - BER*)(1 - 1/rho), however ties
    are broken.
OffsetFamily offset_family.minimiser
  offset_minimiser: The minimisers of a weighted softmax loss with offsets are log(alpha eta)
    - Delta + c.
LogitAdjustment consistency.logit_adjustment
  logit_adjustment: Logit adjustment's minimisers are log(eta/pi) + c; their argmax is the
    balanced Bayes rule's.
ConsistentIff offset_family.consistent_iff
  consistent_iff: Weights and offsets are consistent iff alpha_y pi_y exp(-Delta_y) is one number.
TwoExponents vs_consistency.two_exponents
  two_exponents: Weights pi^(-nu) with offsets tau log pi (TLA + ADRW): consistent iff
    nu + tau = 1.
QuarterPowerMargins margins.ldam_k_class
  quarter_power_margins: Margins proportional to n^(-1/4), and no others, minimise the sum of
    1/(gamma sqrt n).
MarginExponents margin_exponents.general
  general_exponent: The sum of w gamma^(-p) n^(-q) is least at margins proportional to
    (w n^(-q))^(1/(p+1)) only.
CubeRootMargins immax.optimal_margins
  cube_root_margins: The class-sensitive complexity is least at margins proportional to
    (m r^2)^(1/3) only.
VsLoss vs_loss.gradient
  vs_gradient: The VS loss's slope in the logit k is alpha beta_k (q_k - 1[k = y]).
GradientBound vector_scaling.gradient_bound
  gradient_bound: The gradient's norm is at most alpha (1 - q_y) sqrt(beta_y^2 + max beta_j^2).
  gradient_bound_sharp: No smaller factor bounds the gradient's norm, for any scales and any
    number of classes.
VsLoss local_lipschitz.convex
  vs_second_derivative: The VS loss's second derivative along v is alpha times the variance of
    beta_j v_j under q.
  vs_loss_convex: The VS loss is convex in the logits; so are softmax cross-entropy and
    log-sum-exp.
PlugIn plug_in.k_classes
  plug_in: A plug-in rule loses at most the mean error of the scores of the two classes in
    question.
PlugIn plug_in.finite_sample
  plug_in_two_classes: Two classes: at most the estimates' errors E|eta_hat - eta| + |p_hat - p|
    over 2 p (1 - p).
EffectiveNumber effective_number.closed_form
  effective_number_closed_form: E_1 = 1 and E_(n+1) = 1 + beta E_n give (1 - beta^n)/(1 - beta),
    the sum of beta^k.
EffectiveNumber effective_number.bounds
  effective_number_bounds: The effective number lies between 1 and both n and 1/(1 - beta).
EffectiveNumber effective_number.shape
  effective_number_shape: It grows in n by the falling steps beta^n, and in beta.
EffectiveNumber effective_number.limits
  effective_number_limits: It tends to 1 as beta vanishes and to n as beta tends to 1, for
    real n > 0.
  effective_number_saturates: It tends to 1/(1 - beta) as n grows.
EffectiveNumber effective_number.weight_ratio
  weight_ratio_tempered: Class-balanced weights are never more extreme than inverse frequencies.
PriorPrefactor class_bounds.prior_prefactor
  prior_prefactor: The balanced risk is at most the risk over K pi_min, equal iff only rarest
    classes err.
WeightPrefactor density_ratio_bound.weight_prefactor
  weight_prefactor: R_bal <= rho(w) R_w with rho(w) = max 1/(K pi_y w_y), the least factor, exact
    at w = 1/pi.
WeightOptimum density_ratio_weights.optimum
  inverse_priors_are_optimal: For fixed functions the weight-aware bound is least at weights c/pi.
  equal_summands_are_least: sum w_y B_y >= K (prod w_y B_y)^(1/K), equal iff all summands are.
BoundComparison bound_comparison.union_below_data_dependent
  union_risk_and_complexity_below: The union bound's risk and complexity are below the pi_min
    bound's, equal iff balanced.
  union_deviation_below_iff: The union bound's deviation is below the pi_min bound's iff sum
    pi^(-1/2) is small.
BoundComparison bound_comparison.stratified_below_both
  stratified_below_both: The stratified bound is below the union bound and the pi_min bound in
    every term.
Concentration concentration.hoeffding
  hoeffding: The mean of N independent values in [0, 1] exceeds its expectation by t with
    probability at most exp(-2 N t^2).
Concentration concentration.stratified_hoeffding
  stratified_hoeffding: The balanced mean over K classes: at most exp(-2 t^2 K^2/sum 1/n_y).
Hoeffding
  hoeffding_lemma: A variable of mean mu in an interval of length c: E exp(s (G - mu)) <=
    exp(s^2 c^2/8).
McDiarmid concentration.mcdiarmid
  mcdiarmid: McDiarmid's inequality for independent points that need not be alike.
Symmetrisation rademacher.symmetrisation
  symmetrisation: The mean supremum of the deviations is at most twice the mean Rademacher
    complexity.
UniformBound concentration.uniform_bound
  uniform_bound: With probability 1 - delta every function's mean is at most its sample's, twice
    the complexity and 3 sqrt(log(2/delta) sum c^2/2).
StratifiedCertificate stratified_bound.certificate
  stratified_certificate: The generalization bound of the balanced risk: McDiarmid and
    symmetrisation proved, not assumed.
UnionCertificate class_bounds.union
  union_certificate: The balanced risk bounded class by class with a union over classes, in the
    losses' complexity.
  union_certificate_contracted: The same in the functions' complexity, with contraction as an
    explicit hypothesis.
Pinsker concentration.pinsker
  pinsker: KL(P, Q) >= 2 (P(A) - Q(A))^2 for every event A.
Fano
  fano: A posterior that gives the prediction 1 - e has entropy at most h(e) + e log(K - 1).
Gibbs
  gibbs: KL(p, q) >= 0, with equality iff p = q.
Gibbs diversity.impurity_and_entropy
  entropy_at_most_log_classes: The entropy of K classes is at most log K.
Gibbs
  log_sum: The log-sum inequality.
Inequalities
  cauchy_schwarz: Cauchy's inequality.
  arithmetic_geometric_mean: The geometric mean is at most the arithmetic one, equal iff all
    terms are.
  harmonic_sum_of_priors: The sum of 1/p over K classes is at least K^2.
  mean_at_most_maximum: A mean is at most the largest term.
  log_sum_exp_between: log-sum-exp lies between the maximum and the maximum plus log K.
"""


def _claims() -> Iterator[Theorem]:
    """The claims that are exported as they stand."""
    for name, (relation, domains) in CLAIMS.items():
        where = ", ".join(f"{key}: {told}" for key, told in domains.items())
        yield Theorem(name, "ClassClaims", f"The claim `{relation}`, {where}.")


THEOREMS = (*_read(_LISTED), *_claims())
"""In the order of the table; a theorem without statements is a tool of the others."""


def statement_text(theorem: Theorem) -> str:
    """The theorem as it stands in its file, without its proof.

    >>> print(statement_text(next(t for t in THEOREMS if t.name == "mean_at_most_maximum")))
    Theorem mean_at_most_maximum : forall n f, (0 < n)%nat -> bigsum n f / INR n <= bigmax n f.
    """
    pattern = rf"^(?:Theorem|Corollary|Lemma) {theorem.name}\b.*?\.(?=\nProof\.)"
    found = re.search(pattern, field.source(theorem.file), re.DOTALL | re.MULTILINE)
    if found is None:
        raise LookupError(f"{theorem.file}.v has no theorem {theorem.name}")
    return found[0]


def stored() -> dict:
    """What Coq said when the library was last compiled whole: its version, the files' hash, the axioms.

    ``python -m counterpoise.theory.proof.kernel.theorems`` writes it.
    """
    return json.loads((field.FOLDER / "checked.json").read_text(encoding="utf-8"))


def table() -> list[str]:
    """The theorems as lines of a Markdown table; axioms by their place in `CLASSICAL_REALS`."""
    known = stored()["axioms"]
    lines = ["| Theorem | Says | Statements of the catalogue | Axioms |", "|---|---|---|---|"]
    for theorem in THEOREMS:
        link = f"[`{theorem.name}`](proof/kernel/coq/field/{theorem.file}.v)"
        statements = ", ".join(f"`{name}`" for name in theorem.statements)
        places = ", ".join(str(CLASSICAL_REALS.index(axiom) + 1) for axiom in known[theorem.name])
        says = theorem.says.replace("|", "\\|")
        lines.append(f"| {link} | {says} | {statements} | {places} |")
    return lines


def _store() -> None:
    """Compile the library whole and store what Coq says of every theorem, beside the files."""
    with tempfile.TemporaryDirectory() as place:
        field.compile_files(Path(place))
        axioms = field.axioms(Path(place), [[(t.file, t.name)] for t in THEOREMS])
    found = {theorem.name: told for theorem, told in zip(THEOREMS, axioms, strict=True)}
    version = subprocess.run(
        ["coqc", "--print-version"], capture_output=True, text=True, check=True
    )
    told = {"coq": version.stdout.split()[0], "files": field.fingerprint(), "axioms": found}
    write_atomically(field.FOLDER / "checked.json", (json.dumps(told, indent=1) + "\n").encode())


if __name__ == "__main__":
    _store()
