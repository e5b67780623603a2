(** * The Bayes rule of the balanced error, any number of classes

    The balanced error of a rule [h] is [1 - E r_h(X)/K] with [r_y = eta_y/pi_y]; what a rule loses
    is [E(max r - r_h)/K]; the rules of least balanced error are those that predict a class of
    largest [eta_y/pi_y] at every point of positive mass. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Worlds.
Open Scope R_scope.

Theorem balanced_accuracy_is_mean_score : forall W h, positive_priors W -> rule W h ->
  balanced_error W h = 1 - / INR (classes W) * expect W (fun x => balanced_score W x (h x)).
Proof.
  intros W h Hp Hh.
  pose proof (classes_pos W) as HK.
  pose proof (recalls_as_mean W (fun _ => 1) h Hp Hh) as E.
  cbv beta in E; rewrite sum_scal, sum_sub, sum_const, Rmult_1_l, Rmult_1_r in E.
  rewrite (expect_ext W (fun x => balanced_score W x (h x))
    (fun x => 1 * balanced_score W x (h x))) by (intros; ring).
  rewrite <- E; unfold balanced_error.
  change (\sum_(y < classes W) class_error W h y)
    with (bigsum (classes W) (class_error W h)); field; lra.
Qed.

Theorem balanced_regret : forall W h b, positive_priors W -> rule W h -> bayes W b ->
  balanced_error W h - balanced_error W b
  = / INR (classes W)
    * expect W (fun x => bigmax (classes W) (balanced_score W x) - balanced_score W x (h x))
  /\ balanced_error W b <= balanced_error W h.
Proof.
  intros W h b Hp Hh [Hb B].
  assert (I : balanced_error W h - balanced_error W b
    = / INR (classes W)
    * expect W (fun x => bigmax (classes W) (balanced_score W x) - balanced_score W x (h x))).
  { rewrite !balanced_accuracy_is_mean_score by assumption.
    rewrite expect_sub, Rmult_minus_distr_l.
    rewrite (expect_ext W (fun x => bigmax (classes W) (balanced_score W x))
      (fun x => balanced_score W x (b x))); [ring|].
    intros x Hx Pos; symmetry; apply argmax_is_bigmax; auto. }
  split; [exact I|].
  cut (0 <= balanced_error W h - balanced_error W b); [lra|].
  rewrite I; apply Rmult_le_pos; [left; apply Rinv_0_lt_compat, classes_pos|].
  apply sum_nonneg; intros x Hx; apply Rmult_le_pos; [now apply marginal_nonnegative|].
  pose proof (bigmax_ge (classes W) (balanced_score W x) (h x) (Hh x Hx)); lra.
Qed.

Theorem bayes_rule : forall W h, positive_priors W -> rule W h ->
  ((forall g, rule W g -> balanced_error W h <= balanced_error W g) <-> bayes W h).
Proof.
  intros W h Hp Hh; split.
  - intros Least; split; [exact Hh|]; intros x Hx Pos.
    split; [now apply Hh|].
    destruct (bayes_exists W) as [b Hb].
    destruct (balanced_regret W h b Hp Hh Hb) as [I _].
    pose proof (Least b (proj1 Hb)) as L.
    assert (N : forall z, (z < points W)%nat -> 0 <= marginal W z
      * (bigmax (classes W) (balanced_score W z) - balanced_score W z (h z))).
    { intros z Hz; apply Rmult_le_pos; [now apply marginal_nonnegative|].
      pose proof (bigmax_ge (classes W) (balanced_score W z) (h z) (Hh z Hz)); lra. }
    pose proof (term_le_sum _ _ x N Hx) as T; simpl in T.
    assert (Z : expect W (fun x =>
        bigmax (classes W) (balanced_score W x) - balanced_score W x (h x)) <= 0).
    { apply Rmult_le_reg_l with (/ INR (classes W));
        [apply Rinv_0_lt_compat, classes_pos|lra]. }
    unfold expect in Z.
    intros y Hy; pose proof (bigmax_ge (classes W) (balanced_score W x) y Hy).
    nra.
  - intros B g Hg; now apply (balanced_regret W g h Hp Hg B).
Qed.
