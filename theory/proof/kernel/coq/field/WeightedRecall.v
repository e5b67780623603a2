(** * A weighted sum of recalls is largest for the rule that predicts the largest [v eta/pi] *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Worlds BayesRule PlugIn.
Open Scope R_scope.

Definition weighted_recall W v h := \sum_(y < classes W) v y * (1 - class_error W h y).

Theorem weighted_recall_best_rule : forall W v h, positive_priors W -> positive (classes W) v ->
  rule W h ->
  weighted_recall W v h = expect W (fun x => v (h x) * balanced_score W x (h x)) /\
  ((forall g, rule W g -> weighted_recall W v g <= weighted_recall W v h) <->
   predicts_largest W (fun x y => v y * balanced_score W x y) h).
Proof.
  intros W v h Hp Hv Hh.
  assert (I : forall g, rule W g ->
    weighted_recall W v g = expect W (fun x => v (g x) * balanced_score W x (g x)))
    by (intros g Hg; now apply recalls_as_mean).
  split; [now apply I|]; split.
  - intros Most; split; [exact Hh|]; intros x Hx Pos; split; [now apply Hh|]; intros y Hy.
    (* predict y at x instead *)
    pose (g := fun z => if Nat.eq_dec z x then y else h z).
    assert (Hg : rule W g) by (intros z Hz; unfold g; destruct (Nat.eq_dec z x); [exact Hy|auto]).
    specialize (Most g Hg); rewrite !I in Most by assumption; unfold expect in Most.
    rewrite (sum_split _ _ x Hx), (sum_split _ (fun z => marginal W z * (v (h z) * _)) x Hx) in Most.
    rewrite (sum_ext _ (fun i => if Nat.eq_dec i x then 0 else
        marginal W i * (v (g i) * balanced_score W i (g i)))
      (fun i => if Nat.eq_dec i x then 0 else
        marginal W i * (v (h i) * balanced_score W i (h i)))) in Most.
    + apply Rplus_le_reg_r in Most; apply Rmult_le_reg_l in Most; [|exact Pos].
      unfold g in Most; destruct (Nat.eq_dec x x); [exact Most|congruence].
    + intros i _; unfold g; destruct (Nat.eq_dec i x); reflexivity.
  - intros [_ B] g Hg; rewrite !I by assumption; apply expect_le; intros x Hx Pos.
    now apply (B x Hx Pos), Hg.
Qed.
