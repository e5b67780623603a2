(** * The balanced risk is at most the risk over [K pi_min], any number of classes

    With equality iff only rarest classes err. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums.
Open Scope R_scope.

Theorem prior_prefactor : forall K pi risk rarest, (rarest < K)%nat ->
  positive K pi -> nonnegative K risk -> (forall y, (y < K)%nat -> pi rarest <= pi y) ->
  / INR K * bigsum K risk <= / (INR K * pi rarest) * (\sum_(y < K) pi y * risk y) /\
  (/ INR K * bigsum K risk = / (INR K * pi rarest) * (\sum_(y < K) pi y * risk y) <->
   forall y, (y < K)%nat -> pi rarest < pi y -> risk y = 0).
Proof.
  intros K pi risk m Hm Hp Hr Min.
  assert (HK : 0 < INR K) by (apply lt_0_INR; lia).
  pose proof (Hp m Hm) as Pm.
  rewrite <- !sum_scal.
  assert (T : forall y, (y < K)%nat ->
    / INR K * risk y <= / (INR K * pi m) * (pi y * risk y)).
  { intros y Hy; pose proof (Min y Hy); pose proof (Hr y Hy).
    apply Rmult_le_reg_l with (INR K * pi m); [now apply Rmult_lt_0_compat|].
    replace (INR K * pi m * (/ INR K * risk y)) with (pi m * risk y) by (field; lra).
    replace (INR K * pi m * (/ (INR K * pi m) * (pi y * risk y))) with (pi y * risk y)
      by (field; lra).
    now apply Rmult_le_compat_r. }
  split; [now apply sum_le|].
  assert (E : forall y, (y < K)%nat -> / INR K * risk y = / (INR K * pi m) * (pi y * risk y) ->
    pi m < pi y -> risk y = 0).
  { intros y Hy E L; apply Rmult_eq_compat_l with (r := INR K * pi m) in E.
    replace (INR K * pi m * (/ INR K * risk y)) with (pi m * risk y) in E by (field; lra).
    replace (INR K * pi m * (/ (INR K * pi m) * (pi y * risk y))) with (pi y * risk y) in E
      by (field; lra).
    apply Rmult_eq_reg_l with (pi y - pi m); [|lra].
    rewrite Rmult_minus_distr_r, <- E; ring. }
  split.
  - intros H y Hy; apply (E y Hy); now apply (sum_le_eq K _ _ T H).
  - intros H; apply sum_ext; intros y Hy.
    destruct (Min y Hy) as [L|L]; [rewrite (H y Hy L); ring|rewrite <- L; field; lra].
Qed.
