(** * Logit adjustment is consistent, any number of classes

    The minimisers of [sum_y eta_y log(1 + sum_(j<>y) (pi_j/pi_y) exp(u_j - u_y))], that is of softmax
    cross-entropy of [u + log pi], are [u_y = log(eta_y/pi_y) + c]; their plain argmax is the balanced
    Bayes rule's. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs OffsetFamily.
Open Scope R_scope.

Definition logit_adjusted_risk K (pi eta u : nat -> R) :=
  \sum_(y < K) eta y * ln (1 + \sum_(j < K | not y) pi j / pi y * exp (u j - u y)).

Lemma logit_adjustment_in_family K pi eta u : positive K pi ->
  logit_adjusted_risk K pi eta u
  = pairwise_risk K (fun _ => 1) (fun y => ln (pi y)) eta u.
Proof.
  intros Hp; unfold logit_adjusted_risk, pairwise_risk.
  apply sum_ext; intros y Hy; rewrite Rmult_1_l.
  do 3 f_equal; apply sum_ext; intros j Hj; destruct (Nat.eq_dec j y); [reflexivity|].
  replace (u j + ln (pi j) - u y - ln (pi y)) with (ln (pi j / pi y) + (u j - u y))
    by (rewrite ln_ratio by auto; ring).
  rewrite exp_plus, exp_ln by (apply Rdiv_lt_0_compat; auto); reflexivity.
Qed.

Theorem logit_adjustment_is_cross_entropy : forall K pi eta u, positive K pi ->
  logit_adjusted_risk K pi eta u
  = - (\sum_(y < K) eta y * ln (softmax K (fun j => u j + ln (pi j)) y)).
Proof.
  intros K pi eta u Hp.
  rewrite logit_adjustment_in_family, pairwise_risk_is_cross_entropy by exact Hp.
  f_equal; apply sum_ext; intros; ring.
Qed.

Theorem logit_adjustment : forall K pi eta u, (0 < K)%nat ->
  positive_distribution K pi -> positive_distribution K eta ->
  (minimises (logit_adjusted_risk K pi eta) u <->
   exists c, forall y, (y < K)%nat -> u y = ln (eta y / pi y) + c) /\
  (minimises (logit_adjusted_risk K pi eta) u ->
   forall y, argmax K u y <-> argmax K (fun j => eta j / pi j) y).
Proof.
  intros K pi eta u HK [Hp _] [He _].
  assert (M : minimises (logit_adjusted_risk K pi eta) u <->
    exists c, forall y, (y < K)%nat -> u y = ln (eta y / pi y) + c).
  { transitivity (minimises (pairwise_risk K (fun _ => 1) (fun y => ln (pi y)) eta) u).
    - split; intros H v; [rewrite <- !logit_adjustment_in_family by exact Hp
                         |rewrite !logit_adjustment_in_family by exact Hp]; apply H.
    - rewrite offset_minimiser; [|exact HK|intros i _; lra|exact He].
      split; intros [c H]; exists c; intros y Hy; rewrite H by exact Hy;
        rewrite ln_ratio by auto; rewrite Rmult_1_l; ring. }
  split; [exact M|]; intros Min.
  destruct (proj1 M Min) as [c U].
  assert (O : forall i j, (i < K)%nat -> (j < K)%nat -> (u i <= u j <-> eta i / pi i <= eta j / pi j)).
  { intros i j Hi Hj; rewrite !U by assumption.
    assert (Pi : 0 < eta i / pi i) by (apply Rdiv_lt_0_compat; auto).
    assert (Pj : 0 < eta j / pi j) by (apply Rdiv_lt_0_compat; auto).
    split; intros H.
    - assert (L : ln (eta i / pi i) <= ln (eta j / pi j)) by lra.
      destruct L as [L|L]; [left; now apply ln_lt_inv|right; now apply ln_inv].
    - destruct H as [H|H]; [pose proof (ln_increasing _ _ Pi H); lra|rewrite H; lra]. }
  intros y; split; intros [Hy B]; split; try exact Hy; intros j Hj; apply O; auto.
Qed.

(** So the rule it trains is a Bayes rule of the balanced error. *)
Corollary logit_adjustment_consistent : forall K pi, (0 < K)%nat -> positive_distribution K pi ->
  consistent K pi (logit_adjusted_risk K pi).
Proof.
  intros K pi HK Hp eta u y He M B.
  now apply (proj2 (logit_adjustment K pi eta u HK Hp He) M).
Qed.
