(** * The weight-aware prefactor [rho(w) = max 1/(K pi_y w_y)], any number of classes

    [R_bal <= rho(w) R_w], with the least such factor; it is free of the scale of the weights,
    [1/(K pi_min)] for unit weights, and exact for inverse priors. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums.
Open Scope R_scope.

Definition rho K (pi w : nat -> R) := bigmax K (fun y => / (INR K * pi y * w y)).
Definition balanced_risk K (risk : nat -> R) := / INR K * bigsum K risk.
Definition weighted_risk K (pi w risk : nat -> R) := \sum_(y < K) pi y * w y * risk y.

Lemma bigmax_ext n f g : (0 < n)%nat -> (forall i, (i < n)%nat -> f i = g i) ->
  bigmax n f = bigmax n g.
Proof.
  intros Hn H; apply Rle_antisym; apply bigmax_le; auto; intros i Hi;
    [rewrite H|rewrite <- H]; auto; now apply bigmax_ge.
Qed.

(** At a given [rho] every weight is at least [1/(K pi rho)]. *)
Lemma weights_bounded_below K pi w y : positive K pi -> positive K w -> (y < K)%nat ->
  / (INR K * pi y) <= rho K pi w * w y.
Proof.
  intros Hp Hw Hy.
  assert (HK : 0 < INR K) by (apply lt_0_INR; lia).
  pose proof (Hp y Hy); pose proof (Hw y Hy).
  pose proof (bigmax_ge K (fun y => / (INR K * pi y * w y)) y Hy) as B; fold (rho K pi w) in B.
  apply Rmult_le_compat_r with (r := w y) in B; [|lra].
  replace (/ (INR K * pi y * w y) * w y) with (/ (INR K * pi y)) in B; [exact B|].
  field; repeat split; lra.
Qed.

Theorem weight_prefactor : forall K pi w, (0 < K)%nat -> positive K pi -> positive K w ->
  (* it bounds the balanced risk, *)
  (forall risk, nonnegative K risk ->
    balanced_risk K risk <= rho K pi w * weighted_risk K pi w risk) /\
  (* no smaller factor does, *)
  (forall c, (forall risk, nonnegative K risk ->
      balanced_risk K risk <= c * weighted_risk K pi w risk) -> rho K pi w <= c) /\
  (* only ratios of the weights matter, *)
  (forall c, 0 < c -> rho K pi (fun y => c * w y) = rho K pi w / c) /\
  (* unit weights give 1/(K pi_min), *)
  (forall rarest, (rarest < K)%nat -> (forall y, (y < K)%nat -> pi rarest <= pi y) ->
    rho K pi (fun _ => 1) = / (INR K * pi rarest)) /\
  (* and inverse priors are exact. *)
  (forall risk, balanced_risk K risk
    = rho K pi (fun y => / pi y) * weighted_risk K pi (fun y => / pi y) risk).
Proof.
  intros K pi w HK0 Hp Hw.
  assert (HK : 0 < INR K) by now apply lt_0_INR.
  split; [|split; [|split; [|split]]].
  - intros risk Hr; unfold balanced_risk, weighted_risk; rewrite <- !sum_scal.
    apply sum_le; intros y Hy.
    pose proof (weights_bounded_below K pi w y Hp Hw Hy) as B.
    pose proof (Hp y Hy); pose proof (Hr y Hy).
    apply Rmult_le_compat_r with (r := pi y) in B; [|lra].
    replace (/ (INR K * pi y) * pi y) with (/ INR K) in B by (field; lra).
    apply Rmult_le_compat_r with (r := risk y) in B; [|assumption]; lra.
  - intros c H; apply bigmax_le; [exact HK0|]; intros y Hy.
    specialize (H (fun j => if Nat.eq_dec j y then 1 else 0)).
    unfold balanced_risk, weighted_risk in H.
    rewrite (sum_single K (fun _ => 1)) in H by exact Hy.
    rewrite (sum_ext K _ (fun j => if Nat.eq_dec j y then pi j * w j else 0)) in H
      by (intros j _; destruct (Nat.eq_dec j y); ring).
    rewrite (sum_single K (fun j => pi j * w j)) in H by exact Hy.
    assert (N : nonnegative K (fun j => if Nat.eq_dec j y then 1 else 0))
      by (intros j _; destruct (Nat.eq_dec j y); lra).
    specialize (H N); pose proof (Hp y Hy); pose proof (Hw y Hy).
    assert (P : 0 < pi y * w y) by now apply Rmult_lt_0_compat.
    apply Rmult_le_reg_r with (pi y * w y); [exact P|].
    replace (/ (INR K * pi y * w y) * (pi y * w y)) with (/ INR K * 1)
      by (field; repeat split; lra).
    exact H.
  - intros c Hc; destruct (bigmax_attained K (fun y => / (INR K * pi y * w y)) HK0)
      as [m [Hm Em]].
    unfold Rdiv; fold (rho K pi w) in Em.
    assert (E : forall y, (y < K)%nat ->
      / (INR K * pi y * (c * w y)) = / (INR K * pi y * w y) * / c).
    { intros y Hy; pose proof (Hp y Hy); pose proof (Hw y Hy); field; repeat split; lra. }
    pose proof (Rinv_0_lt_compat c Hc).
    apply Rle_antisym.
    + apply bigmax_le; [exact HK0|]; intros y Hy; rewrite E by exact Hy.
      apply Rmult_le_compat_r; [lra|]; unfold rho.
      exact (bigmax_ge K (fun y => / (INR K * pi y * w y)) y Hy).
    + rewrite Em, <- E by exact Hm.
      exact (bigmax_ge K (fun y => / (INR K * pi y * (c * w y))) m Hm).
  - intros m Hm Min; apply Rle_antisym.
    + apply bigmax_le; [exact HK0|]; intros y Hy; rewrite Rmult_1_r.
      apply Rinv_le_contravar; [apply Rmult_lt_0_compat; auto|].
      apply Rmult_le_compat_l; [lra|auto].
    + pose proof (bigmax_ge K (fun y => / (INR K * pi y * 1)) m Hm) as B; cbv beta in B.
      rewrite Rmult_1_r in B; exact B.
  - intros risk; unfold balanced_risk, weighted_risk, rho.
    rewrite (bigmax_ext K _ (fun _ => / INR K) HK0)
      by (intros y Hy; pose proof (Hp y Hy); f_equal; field; lra).
    rewrite (sum_ext K (fun y => pi y * / pi y * risk y) risk)
      by (intros y Hy; pose proof (Hp y Hy); field; lra).
    destruct (bigmax_attained K (fun _ => / INR K) HK0) as [m [_ ->]]; reflexivity.
Qed.
