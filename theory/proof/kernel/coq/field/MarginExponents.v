(** * The sum of [w g^(-p) n^(-q)] is least at margins proportional to [(w n^(-q))^(1/(p+1))]

    Any number of classes, any powers [p > 0] and [q], under a budget for the sum of the margins. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs.
Open Scope R_scope.

(** Bernoulli, from the tangents of [exp] and [log]. *)
Lemma bernoulli p x : 0 < p -> 0 < x -> 1 - p * (x - 1) <= Rpower x (- p).
Proof.
  intros Hp Hx; unfold Rpower.
  pose proof (exp_ineq1_le (- p * ln x)); pose proof (ln_le_minus_one x Hx); nra.
Qed.

Lemma bernoulli_strict p x : 0 < p -> 0 < x -> x <> 1 -> 1 - p * (x - 1) < Rpower x (- p).
Proof.
  intros Hp Hx Hne; unfold Rpower.
  pose proof (exp_ineq1_le (- p * ln x)); pose proof (ln_lt_minus_one x Hx Hne); nra.
Qed.

(** A class's term against the margin [x a/c]: its tangent at [a/c] lies below. *)
Section Tangent.
Variables a g c p : R.
Hypotheses (Ha : 0 < a) (Hg : 0 < g) (Hc : 0 < c) (Hp : 0 < p).

Lemma term_in_margin_ratio :
  Rpower a (p + 1) * Rpower g (- p) = a * Rpower c p * Rpower (g * c / a) (- p).
Proof.
  rewrite <- (exp_ln a) at 2 by exact Ha.
  unfold Rpower; rewrite <- !exp_plus; f_equal.
  rewrite ln_ratio, ln_mult by (auto; now apply Rmult_lt_0_compat); ring.
Qed.

Lemma tangent_by_bernoulli :
  a * Rpower c p * (1 - p * (g * c / a - 1)) = (1 + p) * a * Rpower c p - p * g * Rpower c (p + 1).
Proof.
  rewrite Rpower_plus, Rpower_1 by exact Hc; field; lra.
Qed.

Lemma ratio_pos : 0 < g * c / a.
Proof. apply Rdiv_lt_0_compat; [now apply Rmult_lt_0_compat|exact Ha]. Qed.

Lemma scale_pos : 0 < a * Rpower c p.
Proof. apply Rmult_lt_0_compat; [exact Ha|apply exp_pos]. Qed.

Lemma tangent :
  (1 + p) * a * Rpower c p - p * g * Rpower c (p + 1) <= Rpower a (p + 1) * Rpower g (- p).
Proof.
  rewrite term_in_margin_ratio, <- tangent_by_bernoulli.
  apply Rmult_le_compat_l; [left; apply scale_pos|apply bernoulli; auto using ratio_pos].
Qed.

Lemma tangent_touches :
  (1 + p) * a * Rpower c p - p * g * Rpower c (p + 1) = Rpower a (p + 1) * Rpower g (- p) <->
  g = a / c.
Proof.
  rewrite term_in_margin_ratio, <- tangent_by_bernoulli; split.
  - intros E; apply Rmult_eq_reg_l in E; [|pose proof scale_pos; lra].
    destruct (Req_dec (g * c / a) 1) as [One|Hne].
    + apply Rmult_eq_reg_r with (c / a); [unfold Rdiv in *|].
      * rewrite <- Rmult_assoc, One; field; split; lra.
      * pose proof (Rdiv_lt_0_compat c a Hc Ha); lra.
    + pose proof (bernoulli_strict p _ Hp ratio_pos Hne); lra.
  - intros ->; replace (a / c * c / a) with 1 by (field; split; lra).
    unfold Rpower at 3; rewrite ln_1, Rmult_0_r, exp_0; ring.
Qed.
End Tangent.

Theorem general_exponent : forall K p q B w n gamma, (0 < K)%nat -> 0 < p ->
  positive K w -> positive K n -> positive K gamma -> bigsum K gamma = B ->
  let a := fun j => Rpower (w j * Rpower (n j) (- q)) (/ (p + 1)) in
  let objective := \sum_(j < K) w j * Rpower (gamma j) (- p) * Rpower (n j) (- q) in
  Rpower (bigsum K a) (p + 1) / Rpower B p <= objective /\
  (objective = Rpower (bigsum K a) (p + 1) / Rpower B p <->
   forall j, (j < K)%nat -> gamma j = B * a j / bigsum K a).
Proof.
  intros K p q B w n gamma HK Hp Hw Hn Hg HB a objective.
  assert (Ha : positive K a) by (intros j _; apply exp_pos).
  assert (PS : 0 < bigsum K a) by (apply sum_pos; assumption).
  assert (PB : 0 < B) by (rewrite <- HB; apply sum_pos; assumption).
  set (S := bigsum K a) in *.
  set (c := S / B).
  assert (Pc : 0 < c) by (apply Rdiv_lt_0_compat; assumption).
  assert (Ob : objective = \sum_(j < K) Rpower (a j) (p + 1) * Rpower (gamma j) (- p)).
  { apply sum_ext; intros j Hj; unfold a.
    rewrite Rpower_mult, Rinv_l, Rpower_1; [ring| |lra].
    apply Rmult_lt_0_compat; [auto|apply exp_pos]. }
  assert (Low : \sum_(j < K) ((1 + p) * a j * Rpower c p - p * gamma j * Rpower c (p + 1))
                = Rpower S (p + 1) / Rpower B p).
  { rewrite sum_sub, !sum_scal_r, !sum_scal, HB; fold S.
    rewrite !Rpower_plus, !Rpower_1 by assumption.
    assert (E : Rpower c p = Rpower S p / Rpower B p).
    { unfold c, Rpower; rewrite ln_ratio by assumption.
      unfold Rdiv; rewrite <- exp_Ropp, <- exp_plus; f_equal; ring. }
    rewrite E; unfold c; pose proof (exp_pos (p * ln B)) as X; fold (Rpower B p) in X.
    field; split; lra. }
  assert (T : forall j, (j < K)%nat -> (1 + p) * a j * Rpower c p - p * gamma j * Rpower c (p + 1)
                <= Rpower (a j) (p + 1) * Rpower (gamma j) (- p))
    by (intros j Hj; apply tangent; auto).
  rewrite Ob, <- Low; split; [apply sum_le; exact T|].
  assert (Opt : forall j, B * a j / S = a j / c) by (intros j; unfold c; field; split; lra).
  split.
  - intros E j Hj; rewrite Opt.
    apply (tangent_touches (a j) (gamma j) c p); auto.
    exact (sum_le_eq K _ _ T (eq_sym E) j Hj).
  - intros E; symmetry; apply sum_ext; intros j Hj.
    apply tangent_touches; auto; rewrite E, Opt by exact Hj; reflexivity.
Qed.
