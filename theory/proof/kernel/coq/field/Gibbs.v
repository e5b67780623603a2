(** * Gibbs' inequality, the log-sum inequality, the entropy bound: any number of classes

    For distributions [p] and positive [q] on [n] classes, [KL(p, q) = sum p log(p/q) >= 0], with
    equality iff [p = q]. With Coq's [ln 0 = 0] a class with [p = 0] contributes [0], as it should. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums.
Open Scope R_scope.

Lemma ln_le_minus_one x : 0 < x -> ln x <= x - 1.
Proof.
  intros Hx; pose proof (exp_ineq1_le (ln x)) as H; rewrite exp_ln in H; lra.
Qed.

Lemma ln_lt_minus_one x : 0 < x -> x <> 1 -> ln x < x - 1.
Proof.
  intros Hx Hne; assert (N : ln x <> 0).
  { intros C; apply Hne; rewrite <- (exp_ln x Hx), C; apply exp_0. }
  pose proof (exp_ineq1 (ln x) N) as H; rewrite exp_ln in H; lra.
Qed.

Lemma ln_ratio x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof.
  intros Hx Hy; unfold Rdiv; rewrite ln_mult, ln_Rinv; auto using Rinv_0_lt_compat; ring.
Qed.

(** One class: the tangent of the logarithm. *)
Lemma gibbs_term p q : 0 <= p -> 0 < q -> p - q <= p * ln (p / q).
Proof.
  intros [Hp|<-] Hq; [|rewrite Rmult_0_l; lra].
  assert (H : 0 < q / p) by (apply Rdiv_lt_0_compat; assumption).
  pose proof (ln_le_minus_one _ H) as L.
  rewrite ln_ratio in L by assumption; rewrite ln_ratio by assumption.
  apply Rmult_le_compat_l with (r := p) in L; [|lra].
  replace (p * (q / p - 1)) with (q - p) in L by (field; lra); lra.
Qed.

Lemma gibbs_term_strict p q : 0 <= p -> 0 < q -> p <> q -> p - q < p * ln (p / q).
Proof.
  intros [Hp|<-] Hq Hne; [|rewrite Rmult_0_l; lra].
  assert (H : 0 < q / p) by (apply Rdiv_lt_0_compat; assumption).
  assert (N : q / p <> 1).
  { intros C; apply Hne; apply Rmult_eq_compat_r with (r := p) in C.
    unfold Rdiv in C; rewrite Rmult_assoc, Rinv_l in C; lra. }
  pose proof (ln_lt_minus_one _ H N) as L.
  rewrite ln_ratio in L by assumption; rewrite ln_ratio by assumption.
  apply Rmult_lt_compat_l with (r := p) in L; [|lra].
  replace (p * (q / p - 1)) with (q - p) in L by (field; lra); lra.
Qed.

Definition divergence n p q := \sum_(i < n) p i * ln (p i / q i).
Definition entropy n p := - (\sum_(i < n) p i * ln (p i)).

Theorem gibbs : forall n p q, distribution n p -> positive_distribution n q ->
  0 <= divergence n p q /\
  (divergence n p q = 0 <-> forall i, (i < n)%nat -> p i = q i).
Proof.
  intros n p q [Hp Sp] [Hq Sq].
  assert (T : forall i, (i < n)%nat -> p i - q i <= p i * ln (p i / q i))
    by (intros i Hi; apply gibbs_term; auto).
  assert (Z : \sum_(i < n) (p i - q i) = 0) by (rewrite sum_sub, Sp, Sq; ring).
  split; [|split].
  - rewrite <- Z; apply sum_le; exact T.
  - intros E i Hi.
    destruct (Req_dec (p i) (q i)) as [|Hne]; [assumption|].
    assert (C : \sum_(i < n) (p i - q i) < divergence n p q).
    { apply sum_lt with (k := i); auto; apply gibbs_term_strict; auto. }
    lra.
  - intros E; unfold divergence.
    rewrite (sum_ext n _ (fun _ => 0)); [apply sum_zero|].
    intros i Hi; rewrite E by assumption.
    pose proof (Hq i Hi); unfold Rdiv; rewrite Rinv_r, ln_1 by lra; ring.
Qed.

(** Cross-entropy is least at the truth, and only there. *)
Theorem cross_entropy_least : forall n p q,
  positive_distribution n p -> positive_distribution n q ->
  - (\sum_(i < n) p i * ln (p i)) <= - (\sum_(i < n) p i * ln (q i)) /\
  (- (\sum_(i < n) p i * ln (q i)) = - (\sum_(i < n) p i * ln (p i)) <->
   forall i, (i < n)%nat -> q i = p i).
Proof.
  intros n p q Hp Hq.
  assert (E : divergence n p q
              = \sum_(i < n) p i * ln (p i) - \sum_(i < n) p i * ln (q i)).
  { unfold divergence; rewrite <- sum_sub; apply sum_ext; intros i Hi.
    rewrite ln_ratio; [ring|apply Hp, Hi|apply Hq, Hi]. }
  destruct (gibbs n p q (positive_is_distribution n p Hp) Hq) as [N Z].
  split; [lra|]; split.
  - intros H i Hi; symmetry; apply Z; [lra|assumption].
  - intros H; assert (D : divergence n p q = 0)
      by (apply Z; intros i Hi; symmetry; auto); lra.
Qed.

Theorem entropy_at_most_log_classes : forall n p, distribution n p -> entropy n p <= ln (INR n).
Proof.
  intros n p Hp.
  assert (Hn : 0 < INR n) by (apply lt_0_INR; now apply distribution_inhabited with p).
  assert (Hq : positive_distribution n (fun _ => / INR n)).
  { split; [intros i _; now apply Rinv_0_lt_compat|].
    rewrite sum_const; field; lra. }
  destruct (gibbs n p _ Hp Hq) as [N _].
  assert (E : divergence n p (fun _ => / INR n)
              = \sum_(i < n) p i * ln (p i) + ln (INR n)).
  { unfold divergence; rewrite <- (mean_const n p (ln (INR n)) Hp), <- sum_add.
    apply sum_ext; intros i Hi.
    destruct (proj1 Hp i Hi) as [P|<-]; [|ring].
    rewrite ln_ratio, ln_Rinv by auto using Rinv_0_lt_compat; ring. }
  unfold entropy; lra.
Qed.

Theorem log_sum : forall n a b, (0 < n)%nat -> nonnegative n a -> positive n b ->
  0 < bigsum n a ->
  bigsum n a * ln (bigsum n a / bigsum n b) <= \sum_(i < n) a i * ln (a i / b i).
Proof.
  intros n a b Hn Ha Hb HA.
  pose proof (sum_pos n b Hn Hb) as HB.
  set (c := bigsum n a / bigsum n b).
  assert (Hc : 0 < c) by (apply Rdiv_lt_0_compat; assumption).
  assert (T : forall i, (i < n)%nat -> (a i - c * b i) + a i * ln c <= a i * ln (a i / b i)).
  { intros i Hi.
    pose proof (Hb i Hi) as Hbi.
    pose proof (gibbs_term (a i) (c * b i) (Ha i Hi) ltac:(nra)) as T.
    destruct (Ha i Hi) as [P|E]; [|rewrite <- E in *; nra].
    rewrite ln_ratio in T |- * by nra; rewrite ln_mult in T by assumption; nra. }
  apply sum_le in T.
  rewrite sum_add, sum_sub, sum_scal, sum_scal_r in T.
  replace (c * bigsum n b) with (bigsum n a) in T by (unfold c; field; lra); lra.
Qed.
