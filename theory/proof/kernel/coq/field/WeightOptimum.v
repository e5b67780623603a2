(** * For fixed functions the weight-aware bound is least at inverse priors, any number of classes

    Whatever the Lipschitz constants and the upper bounds of the losses. Weights that equalise
    [w_y B_y] instead minimise [sum w_y B_y] among weights of one product. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs Inequalities WeightPrefactor.
Open Scope R_scope.

(** The bound at weights [w]: [pih] the sample's prior, [risk] the classes' empirical risks, [mu]
    their Lipschitz constants, [M] the upper bounds of their losses; [complexity] stands for
    [2 sqrt2 kappa Rad] and [deviation] for [3 sqrt(log(2/delta)/(2N))]. *)
Definition weight_aware_bound K (pi pih risk mu M : nat -> R) complexity deviation w :=
  rho K pi w *
  (\sum_(y < K) pih y * w y * risk y
   + complexity * (\sum_(y < K) w y * mu y * sqrt (pih y))
   + deviation * bigmax K (fun y => w y * M y)).

Lemma bigmax_scal n c f : 0 <= c -> bigmax n (fun i => c * f i) = c * bigmax n f.
Proof.
  intros Hc; induction n as [|n IH]; [reflexivity|]; simpl.
  now rewrite IH, RmaxRmult.
Qed.

Theorem inverse_priors_are_optimal : forall K pi pih risk mu M complexity deviation w c,
  (0 < K)%nat -> positive K pi -> positive K w -> 0 < c ->
  nonnegative K pih -> nonnegative K risk -> nonnegative K mu -> nonnegative K M ->
  0 <= complexity -> 0 <= deviation ->
  weight_aware_bound K pi pih risk mu M complexity deviation (fun y => c / pi y)
  <= weight_aware_bound K pi pih risk mu M complexity deviation w.
Proof.
  intros K pi pih risk mu M A s w c HK0 Hp Hw Hc Hh Hr Hmu HM HA Hs.
  assert (HK : 0 < INR K) by now apply lt_0_INR.
  (* rho times the weight of a class: 1/(K pi) at inverse priors, more elsewhere *)
  assert (Opt : rho K pi (fun y => c / pi y) = / (INR K * c)).
  { unfold rho; rewrite (bigmax_ext K _ (fun _ => / (INR K * c)) HK0)
      by (intros y Hy; pose proof (Hp y Hy); f_equal; field; lra).
    now destruct (bigmax_attained K (fun _ => / (INR K * c)) HK0) as [m [_ ->]]. }
  assert (At : forall y, (y < K)%nat -> / (INR K * c) * (c / pi y) = / (INR K * pi y))
    by (intros y Hy; pose proof (Hp y Hy); field; repeat split; lra).
  assert (Below : forall y, (y < K)%nat ->
    / (INR K * c) * (c / pi y) <= rho K pi w * w y)
    by (intros y Hy; rewrite At by exact Hy; now apply weights_bounded_below).
  assert (R0 : 0 <= rho K pi w).
  { pose proof (Below O HK0); pose proof (Hw O HK0); rewrite At in * by exact HK0.
    assert (0 < / (INR K * pi O)) by (apply Rinv_0_lt_compat, Rmult_lt_0_compat; auto).
    destruct (Rle_dec 0 (rho K pi w)); [assumption|nra]. }
  assert (C0 : 0 <= / (INR K * c)) by (left; apply Rinv_0_lt_compat, Rmult_lt_0_compat; lra).
  unfold weight_aware_bound; rewrite Opt, !Rmult_plus_distr_l.
  apply Rplus_le_compat; [apply Rplus_le_compat|].
  - rewrite <- !sum_scal; apply sum_le; intros y Hy.
    replace (/ (INR K * c) * (pih y * (c / pi y) * risk y))
      with (/ (INR K * c) * (c / pi y) * (pih y * risk y)) by ring.
    replace (rho K pi w * (pih y * w y * risk y))
      with (rho K pi w * w y * (pih y * risk y)) by ring.
    apply Rmult_le_compat_r; [apply Rmult_le_pos; auto|auto].
  - rewrite <- !Rmult_assoc, !(Rmult_comm _ A), !Rmult_assoc; apply Rmult_le_compat_l; [exact HA|].
    rewrite <- !sum_scal; apply sum_le; intros y Hy.
    rewrite <- !Rmult_assoc; apply Rmult_le_compat_r; [apply sqrt_pos|].
    apply Rmult_le_compat_r; auto.
  - rewrite <- !Rmult_assoc, !(Rmult_comm _ s), !Rmult_assoc; apply Rmult_le_compat_l; [exact Hs|].
    rewrite <- !bigmax_scal by assumption.
    apply bigmax_le; [exact HK0|]; intros y Hy.
    apply Rle_trans with (rho K pi w * (w y * M y)).
    + rewrite <- !Rmult_assoc; apply Rmult_le_compat_r; auto.
    + exact (bigmax_ge K (fun y => rho K pi w * (w y * M y)) y Hy).
Qed.

Theorem equal_summands_are_least : forall K w B, (0 < K)%nat -> positive K w -> positive K B ->
  INR K * Rpower (bigprod K (fun y => w y * B y)) (/ INR K) <= \sum_(y < K) w y * B y /\
  (INR K * Rpower (bigprod K (fun y => w y * B y)) (/ INR K) = \sum_(y < K) w y * B y <->
   exists t, forall y, (y < K)%nat -> w y * B y = t).
Proof.
  intros K w B HK0 Hw HB.
  assert (HK : 0 < INR K) by now apply lt_0_INR.
  assert (P : positive K (fun y => w y * B y))
    by (intros y Hy; apply Rmult_lt_0_compat; auto).
  destruct (arithmetic_geometric_mean K _ HK0 P) as [Le Eq].
  set (S := \sum_(y < K) w y * B y) in *.
  set (G := Rpower _ _) in *.
  assert (ES : S = INR K * (S / INR K)) by (field; lra).
  split; [|split].
  - rewrite ES; apply Rmult_le_compat_l; lra.
  - intros E; exists (S / INR K); apply Eq.
    apply Rmult_eq_reg_l with (INR K); [rewrite E; exact ES|lra].
  - intros [t Ht]; rewrite ES; f_equal; apply Eq; intros y Hy; rewrite Ht by exact Hy.
    unfold S; rewrite (sum_ext K _ (fun _ => t) Ht), sum_const; field; lra.
Qed.
