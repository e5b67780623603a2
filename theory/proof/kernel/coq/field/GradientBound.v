(** * The gradient norm of the VS loss, any number of classes

    [|grad l| = alpha sqrt(beta_y^2 (1 - q_y)^2 + sum_(j<>y) beta_j^2 q_j^2)] is at most
    [alpha (1 - q_y) sqrt(beta_y^2 + max_(j<>y) beta_j^2)]: with equality for two classes, and in the
    limit for more, so no smaller factor will do. *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Gibbs OffsetFamily VsLoss.
Open Scope R_scope.

Definition euclidean_norm K (g : nat -> R) := sqrt (\sum_(k < K) g k ^ 2).
Definition largest_other_square K (beta : nat -> R) y :=
  bigmax K (fun j => if Nat.eq_dec j y then 0 else beta j ^ 2).

Section Gradient.
Variables (K : nat) (alpha beta D u : nat -> R) (y : nat).
Hypotheses (Hy : (y < K)%nat) (Ha : 0 <= alpha y).
Let q := vs_probability K beta D u.

Lemma probabilities : positive_distribution K q.
Proof. apply softmax_positive_distribution; lia. Qed.

Lemma wrong_mass : \sum_(j < K | not y) q j = 1 - q y.
Proof. pose proof (proj2 probabilities) as S; rewrite (sum_split K q y Hy) in S; lra. Qed.

Lemma wrong_mass_nonnegative : 0 <= 1 - q y.
Proof.
  rewrite <- wrong_mass; apply sum_nonneg; intros j Hj; cbv beta.
  destruct (Nat.eq_dec j y); [lra|left; now apply probabilities].
Qed.

Lemma squared_norm : \sum_(k < K) gradient K alpha beta D y u k ^ 2
  = alpha y ^ 2 * (beta y ^ 2 * (1 - q y) ^ 2 + \sum_(j < K | not y) beta j ^ 2 * q j ^ 2).
Proof.
  rewrite (sum_split K _ y Hy), Rmult_plus_distr_l, <- sum_scal; f_equal.
  - unfold gradient, unit; fold q; destruct (Nat.eq_dec y y); [ring|congruence].
  - apply sum_ext; intros j _; unfold gradient, unit; fold q.
    destruct (Nat.eq_dec j y); ring.
Qed.

Lemma largest_bounds j : (j < K)%nat -> j <> y -> beta j ^ 2 <= largest_other_square K beta y.
Proof.
  intros Hj Hne.
  pose proof (bigmax_ge K (fun j => if Nat.eq_dec j y then 0 else beta j ^ 2) j Hj) as B.
  cbv beta in B; destruct (Nat.eq_dec j y); [contradiction|exact B].
Qed.

Lemma largest_nonnegative : 0 <= largest_other_square K beta y.
Proof.
  pose proof (bigmax_ge K (fun j => if Nat.eq_dec j y then 0 else beta j ^ 2) y Hy) as B.
  cbv beta in B; destruct (Nat.eq_dec y y); [exact B|congruence].
Qed.

Lemma wrong_squares_bounded :
  \sum_(j < K | not y) beta j ^ 2 * q j ^ 2 <= largest_other_square K beta y * (1 - q y) ^ 2.
Proof.
  apply Rle_trans with
    (\sum_(j < K) largest_other_square K beta y * (if Nat.eq_dec j y then 0 else q j) ^ 2).
  - apply sum_le; intros j Hj; destruct (Nat.eq_dec j y) as [|Hne]; [lra|].
    apply Rmult_le_compat_r; [apply pow2_ge_0|now apply largest_bounds].
  - rewrite sum_scal, <- wrong_mass.
    apply Rmult_le_compat_l; [apply largest_nonnegative|].
    apply (squares_below_square_of_sum K (fun j => if Nat.eq_dec j y then 0 else q j)).
    intros j Hj; destruct (Nat.eq_dec j y); [lra|left; now apply probabilities].
Qed.

Lemma bound_as_root :
  alpha y * (1 - q y) * sqrt (beta y ^ 2 + largest_other_square K beta y)
  = sqrt (alpha y ^ 2 * (beta y ^ 2 * (1 - q y) ^ 2
      + largest_other_square K beta y * (1 - q y) ^ 2)).
Proof.
  pose proof wrong_mass_nonnegative; pose proof largest_nonnegative.
  replace (alpha y ^ 2 * (_ + _)) with
    ((alpha y * (1 - q y)) ^ 2 * (beta y ^ 2 + largest_other_square K beta y)) by ring.
  rewrite sqrt_mult_alt, sqrt_pow2 by (apply pow2_ge_0 || now apply Rmult_le_pos); reflexivity.
Qed.

End Gradient.

Theorem gradient_bound : forall K alpha beta D u y, (y < K)%nat -> 0 <= alpha y ->
  let q := vs_probability K beta D u in
  euclidean_norm K (gradient K alpha beta D y u)
  = alpha y * sqrt (beta y ^ 2 * (1 - q y) ^ 2 + \sum_(j < K | not y) beta j ^ 2 * q j ^ 2)
  /\
  euclidean_norm K (gradient K alpha beta D y u)
  <= alpha y * (1 - q y) * sqrt (beta y ^ 2 + largest_other_square K beta y).
Proof.
  intros K alpha beta D u y Hy Ha q; unfold euclidean_norm.
  rewrite squared_norm by exact Hy; split.
  - rewrite sqrt_mult_alt, sqrt_pow2 by (exact Ha || apply pow2_ge_0); reflexivity.
  - unfold q; rewrite bound_as_root by assumption.
    apply sqrt_le_1_alt, Rmult_le_compat_l; [apply pow2_ge_0|].
    pose proof (wrong_squares_bounded K beta D u y Hy); lra.
Qed.

Theorem gradient_bound_equality_for_two_classes : forall alpha beta D u y, (y < 2)%nat ->
  0 <= alpha y ->
  euclidean_norm 2 (gradient 2 alpha beta D y u)
  = alpha y * (1 - vs_probability 2 beta D u y) * sqrt (beta y ^ 2 + largest_other_square 2 beta y).
Proof.
  intros alpha beta D u y Hy Ha; unfold euclidean_norm.
  rewrite squared_norm, bound_as_root by assumption; do 3 f_equal.
  rewrite <- wrong_mass by exact Hy; unfold largest_other_square.
  assert (C : y = 0%nat \/ y = 1%nat) by lia; destruct C as [-> | ->]; simpl.
  - rewrite (Rmax_left 0 0), (Rmax_right 0 (beta 1%nat * _)) by nra; ring.
  - rewrite Rmax_left, Rmax_left by (nra || (rewrite Rmax_left; nra)); ring.
Qed.

(** Two or more wrong classes: all wrong mass on the one of the largest scale, in the limit. *)
Theorem gradient_bound_sharp : forall K alpha beta D y eps, (2 <= K)%nat -> (y < K)%nat ->
  0 <= alpha y -> positive K beta -> 0 < eps < 1 ->
  exists u,
  (1 - eps) * (alpha y * (1 - vs_probability K beta D u y)
               * sqrt (beta y ^ 2 + largest_other_square K beta y))
  <= euclidean_norm K (gradient K alpha beta D y u).
Proof.
  intros K alpha beta D y eps HK Hy Ha Hb Heps.
  destruct (bigmax_attained K (fun j => if Nat.eq_dec j y then 0 else beta j ^ 2) ltac:(lia))
    as [m [Hm Em]]; fold (largest_other_square K beta y) in Em.
  assert (Hmy : m <> y).
  { intros ->; destruct (Nat.eq_dec y y); [|congruence].
    pose (o := if Nat.eq_dec y 0 then 1%nat else 0%nat).
    assert (Ho : (o < K)%nat /\ o <> y) by (unfold o; destruct (Nat.eq_dec y 0); lia).
    pose proof (largest_bounds K beta y o (proj1 Ho) (proj2 Ho)).
    pose proof (pow_lt (beta o) 2 (Hb o (proj1 Ho))); lra. }
  destruct (Nat.eq_dec m y) as [|_]; [contradiction|].
  (* scores: log(K/eps) at m and 0 elsewhere *)
  pose (N := INR K).
  assert (HN : 0 < N) by (apply lt_0_INR; lia).
  pose (u := fun j => ((if Nat.eq_dec j m then ln (N / eps) else 0) - D j) / beta j).
  assert (Score : forall j, (j < K)%nat ->
    exp (logits_scaled beta D u j) = if Nat.eq_dec j m then N / eps else 1).
  { intros j Hj; unfold logits_scaled, u; pose proof (Hb j Hj).
    replace (beta j * (((if Nat.eq_dec j m then ln (N / eps) else 0) - D j) / beta j) + D j)
      with (if Nat.eq_dec j m then ln (N / eps) else 0) by (field; lra).
    destruct (Nat.eq_dec j m); [apply exp_ln, Rdiv_lt_0_compat; lra|apply exp_0]. }
  exists u; set (q := vs_probability K beta D u).
  set (Z := \sum_(j < K) exp (logits_scaled beta D u j)).
  assert (PZ : 0 < Z) by (apply exp_sum_pos; lia).
  (* the other wrong classes have at most the share eps of the wrong mass *)
  assert (Q : (1 - eps) * (1 - q y) <= q m).
  { pose proof (wrong_mass K beta D u y Hy) as WM; fold q in WM; rewrite <- WM.
    rewrite (sum_split K _ m Hm); destruct (Nat.eq_dec m y); [contradiction|].
    assert (Rest : \sum_(i < K | not m) (if Nat.eq_dec i y then 0 else q i) <= eps * q m).
    { apply Rle_trans with (\sum_(i < K) / Z).
      - apply sum_le; intros i Hi.
        pose proof (Rinv_0_lt_compat Z PZ).
        destruct (Nat.eq_dec i m) as [|Hne]; [lra|]; destruct (Nat.eq_dec i y); [lra|].
        unfold q, vs_probability, softmax; fold Z; rewrite Score by exact Hi.
        destruct (Nat.eq_dec i m); [contradiction|lra].
      - rewrite sum_const; fold N; unfold q, vs_probability, softmax; fold Z.
        rewrite Score by exact Hm; destruct (Nat.eq_dec m m); [|congruence].
        right; field; lra. }
    pose proof (proj1 (probabilities K beta D u y Hy) m Hm) as Pm; fold q in Pm; nra. }
  unfold euclidean_norm; rewrite squared_norm by exact Hy.
  pose proof (bound_as_root K alpha beta D u y Hy Ha) as B; fold q in B |- *; rewrite B.
  rewrite <- (sqrt_pow2 (1 - eps)) at 1 by lra.
  rewrite <- sqrt_mult_alt by apply pow2_ge_0.
  apply sqrt_le_1_alt.
  assert (S : beta m ^ 2 * q m ^ 2 <= \sum_(j < K | not y) beta j ^ 2 * q j ^ 2).
  { pose proof (term_le_sum K (fun j => if Nat.eq_dec j y then 0 else beta j ^ 2 * q j ^ 2) m) as T.
    cbv beta in T; destruct (Nat.eq_dec m y) in T; [contradiction|]; apply T; [|exact Hm].
    intros j _; destruct (Nat.eq_dec j y); [lra|apply Rmult_le_pos; apply pow2_ge_0]. }
  rewrite Em.
  pose proof (wrong_mass_nonnegative K beta D u y Hy) as W; fold q in W.
  assert (Sq : ((1 - eps) * (1 - q y)) ^ 2 <= q m ^ 2).
  { apply pow_incr; split; [apply Rmult_le_pos; lra|exact Q]. }
  assert (Y : (1 - eps) ^ 2 * (beta y ^ 2 * (1 - q y) ^ 2) <= beta y ^ 2 * (1 - q y) ^ 2).
  { assert (0 <= beta y ^ 2 * (1 - q y) ^ 2) by (apply Rmult_le_pos; apply pow2_ge_0).
    assert ((1 - eps) ^ 2 <= 1) by nra; nra. }
  apply Rle_trans with (alpha y ^ 2 * (beta y ^ 2 * (1 - q y) ^ 2 + beta m ^ 2 * q m ^ 2)).
  - replace ((1 - eps) ^ 2 * (alpha y ^ 2 * (beta y ^ 2 * (1 - q y) ^ 2 + beta m ^ 2 * (1 - q y) ^ 2)))
      with (alpha y ^ 2 * ((1 - eps) ^ 2 * (beta y ^ 2 * (1 - q y) ^ 2)
        + beta m ^ 2 * ((1 - eps) * (1 - q y)) ^ 2)) by ring.
    apply Rmult_le_compat_l; [apply pow2_ge_0|].
    apply Rplus_le_compat; [exact Y|].
    apply Rmult_le_compat_l; [apply pow2_ge_0|exact Sq].
  - apply Rmult_le_compat_l; [apply pow2_ge_0|]; lra.
Qed.

(** The published constant, with the sum of the other scales, is never smaller. *)
Theorem published_constant_is_larger : forall K beta y, (y < K)%nat -> positive K beta ->
  sqrt (beta y ^ 2 + largest_other_square K beta y)
  <= sqrt (beta y ^ 2 + (\sum_(j < K | not y) beta j) ^ 2).
Proof.
  intros K beta y Hy Hb; apply sqrt_le_1_alt, Rplus_le_compat_l.
  assert (N : nonnegative K (fun j => if Nat.eq_dec j y then 0 else beta j))
    by (intros j Hj; destruct (Nat.eq_dec j y); [lra|left; now apply Hb]).
  apply bigmax_le; [lia|]; intros j Hj.
  pose proof (term_le_sum K _ j N Hj) as T; cbv beta in T.
  destruct (Nat.eq_dec j y); [apply pow2_ge_0|].
  apply pow_incr; split; [left; now apply Hb|exact T].
Qed.
