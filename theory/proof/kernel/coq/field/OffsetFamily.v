(** * The minimiser of a weighted softmax loss with offsets, any number of classes

    The minimisers of [sum_y eta_y alpha_y log(1 + sum_(j<>y) exp(u_j + D_j - u_y - D_y))] are
    [u_y = log(alpha_y eta_y) - D_y + c]: they exist, and are unique up to the constant. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs.
Open Scope R_scope.

Definition softmax K (s : nat -> R) y := exp (s y) / \sum_(j < K) exp (s j).

Definition pairwise_risk K (alpha D eta u : nat -> R) :=
  \sum_(y < K) eta y * (alpha y * ln (1 + \sum_(j < K | not y) exp (u j + D j - u y - D y))).

(** [u] minimises a risk over all logits. *)
Definition minimises (risk : (nat -> R) -> R) u := forall v, risk u <= risk v.

(** Whatever minimises the risk at a posterior puts first only classes of largest [eta/pi]. *)
Definition consistent K pi (risk : (nat -> R) -> (nat -> R) -> R) :=
  forall eta u y, positive_distribution K eta -> minimises (risk eta) u ->
    argmax K u y -> argmax K (fun j => eta j / pi j) y.

Lemma exp_sum_pos K s : (0 < K)%nat -> 0 < \sum_(j < K) exp (s j).
Proof. intros HK; apply sum_pos; [exact HK|]; intros i _; apply exp_pos. Qed.

Lemma softmax_positive_distribution K s : (0 < K)%nat -> positive_distribution K (softmax K s).
Proof.
  intros HK; pose proof (exp_sum_pos K s HK) as P; split.
  - intros i _; apply Rdiv_lt_0_compat; [apply exp_pos|exact P].
  - unfold softmax, Rdiv; rewrite sum_scal_r, Rinv_r; lra.
Qed.

Lemma ln_softmax K s y : (0 < K)%nat ->
  ln (softmax K s y) = s y - ln (\sum_(j < K) exp (s j)).
Proof.
  intros HK; unfold softmax; rewrite ln_ratio, ln_exp; auto using exp_pos, exp_sum_pos.
Qed.

(** The pairwise form of minus the log probability. *)
Lemma pairwise_form K s y : (y < K)%nat ->
  ln (1 + \sum_(j < K | not y) exp (s j - s y)) = - ln (softmax K s y).
Proof.
  intros Hy; assert (HK : (0 < K)%nat) by lia.
  pose proof (exp_sum_pos K s HK) as P.
  assert (E : 1 + \sum_(j < K | not y) exp (s j - s y) = (\sum_(j < K) exp (s j)) / exp (s y)).
  { rewrite (sum_split K (fun j => exp (s j)) y Hy); unfold Rdiv.
    rewrite Rmult_plus_distr_r, Rinv_r by (pose proof (exp_pos (s y)); lra).
    f_equal; rewrite <- sum_scal_r; apply sum_ext; intros j _.
    destruct (Nat.eq_dec j y); [ring|].
    unfold Rminus; now rewrite exp_plus, exp_Ropp. }
  rewrite E, ln_softmax, ln_ratio, ln_exp; auto using exp_pos; ring.
Qed.

Lemma pairwise_risk_is_cross_entropy K alpha D eta u :
  pairwise_risk K alpha D eta u
  = - (\sum_(y < K) alpha y * eta y * ln (softmax K (fun j => u j + D j) y)).
Proof.
  unfold pairwise_risk.
  replace (- _) with ((-1) * (\sum_(y < K) alpha y * eta y * ln (softmax K (fun j => u j + D j) y)))
    by ring.
  rewrite <- sum_scal; apply sum_ext; intros y Hy.
  rewrite (sum_ext K _ (fun j => if Nat.eq_dec j y then 0
    else exp ((fun j => u j + D j) j - (fun j => u j + D j) y))).
  - rewrite pairwise_form by exact Hy; ring.
  - intros j _; destruct (Nat.eq_dec j y); [reflexivity|]; f_equal; ring.
Qed.

Theorem offset_minimiser : forall K alpha D eta u, (0 < K)%nat ->
  positive K alpha -> positive K eta ->
  (minimises (pairwise_risk K alpha D eta) u <->
   exists c, forall y, (y < K)%nat -> u y = ln (alpha y * eta y) - D y + c).
Proof.
  intros K alpha D eta u HK Ha He.
  set (A := \sum_(y < K) alpha y * eta y).
  assert (Hae : positive K (fun y => alpha y * eta y))
    by (intros y Hy; apply Rmult_lt_0_compat; auto).
  assert (PA : 0 < A) by (apply sum_pos; assumption).
  pose (p := fun y => alpha y * eta y / A).
  assert (Hp : positive_distribution K p).
  { split; [intros y Hy; apply Rdiv_lt_0_compat; [now apply Hae|exact PA]|].
    unfold p, Rdiv; rewrite sum_scal_r; fold A; apply Rinv_r; lra. }
  (* the risk is A times the cross-entropy of p against the adjusted softmax *)
  assert (R : forall v, pairwise_risk K alpha D eta v
    = A * - (\sum_(y < K) p y * ln (softmax K (fun j => v j + D j) y))).
  { intros v; rewrite pairwise_risk_is_cross_entropy.
    replace (A * - _) with
      (- (A * (\sum_(y < K) p y * ln (softmax K (fun j => v j + D j) y)))) by ring.
    f_equal; rewrite <- sum_scal; apply sum_ext; intros y Hy; unfold p; field; lra. }
  assert (Q : forall v, positive_distribution K (softmax K (fun j => v j + D j)))
    by (intros v; now apply softmax_positive_distribution).
  (* the softmax is p exactly at the stated logits *)
  assert (S : forall v, (forall y, (y < K)%nat -> softmax K (fun j => v j + D j) y = p y) <->
    exists c, forall y, (y < K)%nat -> v y = ln (alpha y * eta y) - D y + c).
  { intros v; split.
    - intros H; exists (ln (\sum_(j < K) exp (v j + D j)) - ln A); intros y Hy.
      pose proof (f_equal ln (H y Hy)) as L.
      rewrite ln_softmax in L by exact HK; unfold p in L.
      rewrite ln_ratio in L by (auto; now apply Hae); lra.
    - intros [c H] y Hy; unfold softmax.
      assert (X : forall j, (j < K)%nat -> exp (v j + D j) = alpha j * eta j * exp c).
      { intros j Hj; rewrite H by exact Hj.
        replace (ln (alpha j * eta j) - D j + c + D j) with (ln (alpha j * eta j) + c) by ring.
        rewrite exp_plus, exp_ln; [reflexivity|now apply Hae]. }
      rewrite X by exact Hy; rewrite (sum_ext K _ _ X), sum_scal_r; fold A.
      pose proof (exp_pos c); unfold p; field; lra. }
  split.
  - intros Min; apply S; apply (cross_entropy_least K p _ Hp (Q u)).
    pose (v := fun y => ln (alpha y * eta y) - D y).
    assert (V : forall y, (y < K)%nat -> softmax K (fun j => v j + D j) y = p y)
      by (apply S; exists 0; intros y Hy; unfold v; ring).
    pose proof (Min v) as L; rewrite !R in L.
    apply Rmult_le_reg_l in L; [|exact PA].
    pose proof (proj2 (proj2 (cross_entropy_least K p _ Hp (Q v))) V) as EV.
    pose proof (proj1 (cross_entropy_least K p _ Hp (Q u))) as LU.
    lra.
  - intros E v; pose proof (proj2 (S u) E) as H; rewrite !R; apply Rmult_le_compat_l; [lra|].
    rewrite (proj2 (proj2 (cross_entropy_least K p _ Hp (Q u))) H).
    apply (cross_entropy_least K p _ Hp (Q v)).
Qed.
