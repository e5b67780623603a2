(** * Predicting a class of largest [eta_y/b_y] with a wrong prior [b], any number of classes

    It loses at most [(1 - BER_star) (1 - 1/rho)], [rho = max(pi/b)/min(pi/b)], whatever the ties. *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Worlds BayesRule PlugIn.
Open Scope R_scope.

Theorem wrong_prior : forall W b h best lo hi, positive_priors W -> positive (classes W) b ->
  predicts_largest W (fun x y => posterior W x y / b y) h -> bayes W best ->
  0 < lo -> (forall y, (y < classes W)%nat -> lo <= prior W y / b y <= hi) ->
  balanced_error W h - balanced_error W best
  <= (1 - balanced_error W best) * (1 - / (hi / lo)).
Proof.
  intros W b h best lo hi Hp Hb [Hr Hh] Best Hlo Range.
  pose proof (Rinv_0_lt_compat _ (classes_pos W)) as IK.
  pose proof (Range O (classes_positive W)) as R0.
  assert (Hhi : 0 < hi) by lra.
  replace (/ (hi / lo)) with (lo / hi) by (field; lra).
  destruct (balanced_regret W h best Hp Hr Best) as [-> _].
  rewrite (balanced_accuracy_is_mean_score W best Hp (proj1 Best)).
  replace (1 - (1 - / INR (classes W) * expect W (fun x => balanced_score W x (best x))))
    with (/ INR (classes W) * expect W (fun x => balanced_score W x (best x))) by ring.
  rewrite Rmult_assoc; apply Rmult_le_compat_l; [lra|].
  rewrite (Rmult_comm (expect W _)), <- expect_scal; apply expect_le; intros x Hx Pos.
  pose proof (proj2 Best x Hx Pos) as A.
  rewrite <- (argmax_is_bigmax _ _ (best x) A).
  destruct (Hh x Hx Pos) as [Hy M]; pose proof (proj1 A) as Hs; specialize (M (best x) Hs).
  (* at a point the rule keeps at least the share lo/hi of the best score *)
  assert (Score : forall y, (y < classes W)%nat ->
    posterior W x y / b y = balanced_score W x y * (prior W y / b y)).
  { intros y Hy'; pose proof (Hp y Hy'); pose proof (Hb y Hy'); unfold balanced_score; field; lra. }
  rewrite !Score in M by assumption.
  assert (N : forall y, (y < classes W)%nat -> 0 <= balanced_score W x y).
  { intros y Hy'; unfold balanced_score, posterior, Rdiv; repeat apply Rmult_le_pos;
      [now apply mass_nonnegative|left; now apply Rinv_0_lt_compat
      |left; apply Rinv_0_lt_compat; now apply Hp]. }
  pose proof (N _ Hy) as N1; pose proof (N _ Hs) as N2.
  pose proof (Range _ Hy) as R1; pose proof (Range _ Hs) as R2.
  set (rs := balanced_score W x (best x)) in *; set (rh := balanced_score W x (h x)) in *.
  assert (K : lo * rs <= hi * rh) by nra.
  assert (E : lo / hi * rs <= rh).
  { apply Rmult_le_reg_l with hi; [exact Hhi|].
    replace (hi * (lo / hi * rs)) with (lo * rs) by (field; lra); exact K. }
  lra.
Qed.
