(** * Weights and offsets are consistent iff [alpha_y pi_y exp(-D_y)] is the same for all classes *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Gibbs OffsetFamily.
Open Scope R_scope.

Definition tilt (alpha D pi : nat -> R) y := alpha y * pi y * exp (- D y).

(** The population logits are in the order of tilt times [eta/pi]. *)
Lemma logits_order K alpha D pi eta u c :
  positive K alpha -> positive K pi -> positive K eta ->
  (forall y, (y < K)%nat -> u y = ln (alpha y * eta y) - D y + c) ->
  forall i j, (i < K)%nat -> (j < K)%nat ->
  (u i <= u j <-> tilt alpha D pi i * (eta i / pi i) <= tilt alpha D pi j * (eta j / pi j)).
Proof.
  intros Ha Hp He U.
  assert (X : forall y, (y < K)%nat -> exp (u y) = tilt alpha D pi y * (eta y / pi y) * exp c).
  { intros y Hy; rewrite U by exact Hy; unfold Rminus; rewrite !exp_plus, exp_ln
      by (apply Rmult_lt_0_compat; auto).
    unfold tilt; pose proof (Hp y Hy); field; lra. }
  intros i j Hi Hj; pose proof (exp_pos c) as Pc; split; intros H.
  - apply Rmult_le_reg_r with (exp c); [exact Pc|]; rewrite <- !X by assumption.
    destruct H as [H| ->]; [left; now apply exp_increasing|lra].
  - apply Rmult_le_compat_r with (r := exp c) in H; [|lra].
    rewrite <- !X in H by assumption.
    destruct H as [H|H]; [left; now apply exp_lt_inv|right; now apply exp_inv].
Qed.

Theorem consistent_iff : forall K alpha D pi, (0 < K)%nat ->
  positive K alpha -> positive K pi ->
  (consistent K pi (pairwise_risk K alpha D) <->
   forall y j, (y < K)%nat -> (j < K)%nat ->
     alpha y * pi y * exp (- D y) = alpha j * pi j * exp (- D j)).
Proof.
  intros K alpha D pi HK Ha Hp.
  set (w := tilt alpha D pi).
  assert (Hw : positive K w).
  { intros y Hy; unfold w, tilt.
    apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; auto|apply exp_pos]. }
  split.
  - (* necessary: else the classes of smallest and largest tilt are confused somewhere *)
    intros C; cut (forall y j, (y < K)%nat -> (j < K)%nat -> w y <= w j).
    { intros H y j Hy Hj; apply Rle_antisym; [now apply H|now apply H]. }
    destruct (argmax_exists K w HK) as [hi [Hhi Max]].
    destruct (argmin_exists K w HK) as [lo [Hlo Min]].
    intros y j Hy Hj.
    destruct (Rlt_dec (w lo) (w hi)) as [L|L];
      [|pose proof (Max y Hy); pose proof (Min j Hj); lra].
    exfalso.
    pose (r := fun i => if Nat.eq_dec i lo then w hi + w lo
                        else if Nat.eq_dec i hi then 2 * w lo else w lo).
    pose proof (Hw lo Hlo) as Plo; pose proof (Hw hi Hhi) as Phi.
    assert (Hne : hi <> lo) by (intros E; rewrite E in L; lra).
    assert (Rlo : r lo = w hi + w lo) by (unfold r; destruct (Nat.eq_dec lo lo); congruence).
    assert (Rhi : r hi = 2 * w lo).
    { unfold r; destruct (Nat.eq_dec hi lo); [contradiction|].
      destruct (Nat.eq_dec hi hi); congruence. }
    assert (Hr : positive K (fun i => pi i * r i)).
    { intros i Hi; apply Rmult_lt_0_compat; [now apply Hp|]; unfold r.
      destruct (Nat.eq_dec i lo); [lra|]; destruct (Nat.eq_dec i hi); lra. }
    set (Z := \sum_(i < K) pi i * r i).
    assert (PZ : 0 < Z) by (apply sum_pos; assumption).
    pose (eta := fun i => pi i * r i / Z).
    assert (He : positive_distribution K eta).
    { split; [intros i Hi; apply Rdiv_lt_0_compat; [now apply Hr|exact PZ]|].
      unfold eta, Rdiv; rewrite sum_scal_r; fold Z; apply Rinv_r; lra. }
    assert (Score : forall i, (i < K)%nat -> eta i / pi i = r i / Z)
      by (intros i Hi; pose proof (Hp i Hi); unfold eta; field; lra).
    pose (u := fun y => ln (alpha y * eta y) - D y + 0).
    assert (U : forall y, (y < K)%nat -> u y = ln (alpha y * eta y) - D y + 0) by reflexivity.
    assert (M : minimises (pairwise_risk K alpha D eta) u)
      by (apply offset_minimiser; [exact HK|exact Ha|apply He|exists 0; exact U]).
    assert (IZ : 0 < / Z) by now apply Rinv_0_lt_compat.
    assert (First : argmax K u hi).
    { split; [exact Hhi|]; intros i Hi.
      apply (logits_order K alpha D pi eta u 0 Ha Hp (proj1 He) U i hi Hi Hhi).
      rewrite !Score by assumption; fold (w i); fold (w hi); rewrite Rhi.
      unfold Rdiv; rewrite <- !Rmult_assoc; apply Rmult_le_compat_r; [lra|].
      pose proof (Max i Hi); pose proof (Hw i Hi); unfold r.
      destruct (Nat.eq_dec i lo) as [->|]; [nra|]; destruct (Nat.eq_dec i hi); nra. }
    destruct (C eta u hi He M First) as [_ B].
    specialize (B lo Hlo); simpl in B; rewrite !Score, Rlo, Rhi in B by assumption.
    apply Rmult_le_reg_r in B; lra.
  - (* sufficient: equal tilts drop out of the order *)
    intros T eta u y He M [Hy B]; split; [exact Hy|]; intros j Hj.
    apply offset_minimiser in M; [|exact HK|exact Ha|apply He]; destruct M as [c U].
    apply (logits_order K alpha D pi eta u c Ha Hp (proj1 He) U j y Hj Hy) in B; [|exact Hj].
    unfold tilt in B; rewrite (T j y Hj Hy) in B.
    apply Rmult_le_reg_l in B; [exact B|apply (Hw y Hy)].
Qed.
