(* What the proofs of exported theorems use: lemmas, and tactics. *)

From Coq Require Import Reals ZArith Lra Lia Psatz List.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
From Counterpoise Require Export Functions Normal Limits.
Open Scope R_scope.

(* ------------------------------------------------------------------------------ functions *)

Lemma power_at_zero_pos (b e : R) : 0 < b -> power_at_zero b e = Rpower b e.
Proof. intros H; unfold power_at_zero; destruct (Req_EM_T b 0); [lra | reflexivity]. Qed.

Lemma power_at_zero_0 (e : R) : power_at_zero 0 e = 0.
Proof. unfold power_at_zero; destruct (Req_EM_T 0 0); [reflexivity | lra]. Qed.

Lemma power_at_zero_nonneg (b e : R) : 0 <= power_at_zero b e.
Proof.
  unfold power_at_zero; destruct (Req_EM_T b 0); [lra |].
  apply Rlt_le; unfold Rpower; apply exp_pos.
Qed.

(* ---------------------------------------------------------------------------------- shapes *)

Lemma and_then (A B : Prop) : A -> (A -> B) -> A /\ B.
Proof. tauto. Qed.

Lemma gap_lt (a b : R) : 0 < b - a -> a < b. Proof. lra. Qed.
Lemma gap_le (a b : R) : 0 <= b - a -> a <= b. Proof. lra. Qed.
Lemma gap_gt (a b : R) : 0 < a - b -> a > b. Proof. lra. Qed.
Lemma gap_ge (a b : R) : 0 <= a - b -> a >= b. Proof. lra. Qed.
Lemma nonzero_pos (a : R) : 0 < a -> a <> 0. Proof. lra. Qed.
Lemma nonzero_neg (a : R) : 0 < - a -> a <> 0. Proof. lra. Qed.
Lemma nonneg_pos (a : R) : 0 < a -> 0 <= a. Proof. lra. Qed.

(* ------------------------------------------------------------------------------- positivity *)

Lemma plus_lt_le (a b : R) : 0 < a -> 0 <= b -> 0 < a + b. Proof. lra. Qed.
Lemma plus_le_lt (a b : R) : 0 <= a -> 0 < b -> 0 < a + b. Proof. lra. Qed.
Lemma plus_le_le (a b : R) : 0 <= a -> 0 <= b -> 0 <= a + b. Proof. lra. Qed.
Lemma minus_neg_lt (a b : R) : 0 < a -> 0 <= - b -> 0 < a - b. Proof. lra. Qed.

Lemma div_nonneg (a b : R) : 0 <= a -> 0 < b -> 0 <= a / b.
Proof. intros; apply Rmult_le_pos; [assumption | apply Rlt_le, Rinv_0_lt_compat; assumption]. Qed.

Lemma mult_neg_neg (a b : R) : 0 < - a -> 0 < - b -> 0 < a * b. Proof. nra. Qed.
Lemma neg_mult_l (a b : R) : 0 < - a -> 0 < b -> 0 < - (a * b). Proof. nra. Qed.
Lemma neg_mult_r (a b : R) : 0 < a -> 0 < - b -> 0 < - (a * b). Proof. nra. Qed.
Lemma neg_mult_l_le (a b : R) : 0 <= - a -> 0 <= b -> 0 <= - (a * b). Proof. nra. Qed.
Lemma neg_mult_r_le (a b : R) : 0 <= a -> 0 <= - b -> 0 <= - (a * b). Proof. nra. Qed.
Lemma mult_neg_neg_le (a b : R) : 0 <= - a -> 0 <= - b -> 0 <= a * b. Proof. nra. Qed.

Lemma neg_div_l (a b : R) : 0 < - a -> 0 < b -> 0 < - (a / b).
Proof.
  intros; replace (- (a / b)) with (- a / b) by (unfold Rdiv; ring).
  apply Rdiv_lt_0_compat; assumption.
Qed.
Lemma neg_div_l_le (a b : R) : 0 <= - a -> 0 < b -> 0 <= - (a / b).
Proof.
  intros; replace (- (a / b)) with (- a / b) by (unfold Rdiv; ring).
  apply div_nonneg; assumption.
Qed.
Lemma div_neg_neg (a b : R) : 0 < - a -> 0 < - b -> 0 < a / b.
Proof.
  intros; replace (a / b) with (- a / - b) by (field; lra).
  apply Rdiv_lt_0_compat; assumption.
Qed.

Lemma div_neg_neg_le (a b : R) : 0 <= - a -> 0 < - b -> 0 <= a / b.
Proof.
  intros; replace (a / b) with (- a / - b) by (field; lra).
  apply div_nonneg; assumption.
Qed.
Lemma neg_div_r (a b : R) : 0 < a -> 0 < - b -> 0 < - (a / b).
Proof.
  intros; replace (- (a / b)) with (a / - b) by (field; lra).
  apply Rdiv_lt_0_compat; assumption.
Qed.
Lemma neg_div_r_le (a b : R) : 0 <= a -> 0 < - b -> 0 <= - (a / b).
Proof.
  intros; replace (- (a / b)) with (a / - b) by (field; lra).
  apply div_nonneg; assumption.
Qed.
Lemma neg_inverse (b : R) : 0 < - b -> 0 < - / b.
Proof. intros; replace (- / b) with (/ - b) by (field; lra); apply Rinv_0_lt_compat; assumption. Qed.
Lemma twice_neg_lt (a : R) : 0 < a -> 0 < - - a. Proof. lra. Qed.
Lemma twice_neg_le (a : R) : 0 <= a -> 0 <= - - a. Proof. lra. Qed.
Lemma mix_pos (x a : R) : 0 <= x <= 1 -> 0 < a -> 0 < 1 - x + x * a.
Proof. intros [[X | <-] Y] A; [assert (0 < x * a) by (apply Rmult_lt_0_compat; assumption) |]; lra. Qed.

Lemma ln_pos (a : R) : 1 < a -> 0 < ln a.
Proof. intros; rewrite <- ln_1; apply ln_increasing; lra. Qed.
Lemma ln_above_1 (a : R) : 0 < a -> 0 < ln (1 + a).
Proof. intros; apply ln_pos; lra. Qed.
Lemma ln_nonneg (a : R) : 1 <= a -> 0 <= ln a.
Proof. intros [H | <-]; [apply Rlt_le, ln_pos; assumption | rewrite ln_1; lra]. Qed.
Lemma ln_neg (a : R) : 0 < a < 1 -> 0 < - ln a.
Proof. intros; assert (B : ln a < ln 1) by (apply ln_increasing; lra); rewrite ln_1 in B; lra. Qed.
Lemma ln_nonpos (a : R) : 0 < a <= 1 -> 0 <= - ln a.
Proof. intros [A [B | B]]; [apply Rlt_le, ln_neg; lra | rewrite B, ln_1; lra]. Qed.

Lemma ln_ratio_pos (a b : R) : 0 < b -> b < a -> 0 < ln (a / b).
Proof.
  intros B H; apply ln_pos; apply Rmult_lt_reg_r with b; [exact B |].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.
Lemma ln_ratio_nonneg (a b : R) : 0 < b -> b <= a -> 0 <= ln (a / b).
Proof.
  intros B [H | <-]; [apply Rlt_le, ln_ratio_pos; assumption |].
  unfold Rdiv; rewrite Rinv_r, ln_1; lra.
Qed.
Lemma ln_ratio_neg (a b : R) : 0 < a -> a < b -> 0 < - ln (a / b).
Proof.
  intros A H; apply ln_neg; split; [apply Rdiv_lt_0_compat; lra |].
  apply Rmult_lt_reg_r with b; [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
Qed.

Lemma exp_above_1 (a : R) : 0 < a -> 1 < exp a.
Proof. intros; rewrite <- exp_0; apply exp_increasing; assumption. Qed.
Lemma exp_above_1_le (a : R) : 0 <= a -> 1 <= exp a.
Proof. intros [H | <-]; [apply Rlt_le, exp_above_1; assumption | rewrite exp_0; lra]. Qed.
Lemma exp_below_1 (a : R) : a < 0 -> exp a < 1.
Proof. intros; rewrite <- exp_0; apply exp_increasing; assumption. Qed.
Lemma exp_below_1_le (a : R) : a <= 0 -> exp a <= 1.
Proof. intros [H | ->]; [apply Rlt_le, exp_below_1; assumption | rewrite exp_0; lra]. Qed.
Lemma exp_le (a b : R) : a <= b -> exp a <= exp b.
Proof. intros [H | ->]; [apply Rlt_le, exp_increasing; assumption | lra]. Qed.
Lemma exp_tangent (a : R) : 1 + a <= exp a.
Proof. destruct (Req_dec a 0) as [-> | H]; [rewrite exp_0; lra | apply Rlt_le, exp_ineq1; assumption]. Qed.

Lemma Rpower_pos (b e : R) : 0 < Rpower b e. Proof. unfold Rpower; apply exp_pos. Qed.
Lemma cosh_pos (a : R) : 0 < cosh a.
Proof. unfold cosh; assert (H := exp_pos a); assert (K := exp_pos (- a)); lra. Qed.
Lemma sinh_pos (a : R) : 0 < a -> 0 < sinh a.
Proof. intros; unfold sinh; assert (exp (- a) < exp a) by (apply exp_increasing; lra); lra. Qed.
Lemma sinh_nonneg (a : R) : 0 <= a -> 0 <= sinh a.
Proof. intros; unfold sinh; assert (exp (- a) <= exp a) by (apply exp_le; lra); lra. Qed.

Lemma Rmax_pos_l (a b : R) : 0 < a -> 0 < Rmax a b. Proof. intros; pose proof (Rmax_l a b); lra. Qed.
Lemma Rmax_pos_r (a b : R) : 0 < b -> 0 < Rmax a b. Proof. intros; pose proof (Rmax_r a b); lra. Qed.
Lemma Rmax_nonneg_l (a b : R) : 0 <= a -> 0 <= Rmax a b. Proof. intros; pose proof (Rmax_l a b); lra. Qed.
Lemma Rmax_nonneg_r (a b : R) : 0 <= b -> 0 <= Rmax a b. Proof. intros; pose proof (Rmax_r a b); lra. Qed.
Lemma Rmin_nonneg (a b : R) : 0 <= a -> 0 <= b -> 0 <= Rmin a b. Proof. intros; apply Rmin_case; assumption. Qed.

Lemma below_power (b e : R) : 0 < b < 1 -> 0 < e -> 0 < 1 - Rpower b e.
Proof.
  intros B E; unfold Rpower; assert (0 < - ln b) by (apply ln_neg; exact B).
  assert (exp (e * ln b) < 1) by (apply exp_below_1; nra); lra.
Qed.
Lemma above_power (b e : R) : 1 < b -> 0 < e -> 0 < Rpower b e - 1.
Proof.
  intros B E; unfold Rpower; assert (0 < ln b) by (apply ln_pos; exact B).
  assert (1 < exp (e * ln b)) by (apply exp_above_1; nra); lra.
Qed.
Lemma below_whole_power (b : R) (z : Z) : 0 < b < 1 -> (0 < z)%Z -> 0 < 1 - powerRZ b z.
Proof.
  intros B Z; rewrite powerRZ_Rpower by lra; apply below_power; [exact B |].
  apply (IZR_lt 0); exact Z.
Qed.
Lemma below_exp (a : R) : 0 < - a -> 0 < 1 - exp a.
Proof. intros H; assert (exp a < 1) by (apply exp_below_1; lra); lra. Qed.
Lemma above_exp (a : R) : 0 < a -> 0 < exp a - 1.
Proof. intros H; assert (1 < exp a) by (apply exp_above_1; lra); lra. Qed.

Lemma ln_above_1_nonneg (b : R) : 0 <= b -> 0 <= ln (1 + b). Proof. intros; apply ln_nonneg; lra. Qed.
Lemma neg_below_exp (a : R) : 0 < - a -> 0 < - (-1 + exp a).
Proof. intros; pose proof (exp_below_1 a); lra. Qed.
Lemma neg_below_exp_le (a : R) : 0 <= - a -> 0 <= - (-1 + exp a).
Proof. intros; pose proof (exp_below_1_le a); lra. Qed.
Lemma exp_gap_lt (u v : R) : 0 < v - u -> 0 < exp v - exp u.
Proof. intros; assert (exp u < exp v) by (apply exp_increasing; lra); lra. Qed.
Lemma exp_gap_le (u v : R) : 0 <= v - u -> 0 <= exp v - exp u.
Proof. intros [H | H]; [apply Rlt_le, exp_gap_lt, H |]; replace v with u by lra; lra. Qed.
Lemma exp_gap_lt_swapped (u v : R) : 0 < v - u -> 0 < - exp u + exp v.
Proof. intros H; pose proof (exp_gap_lt u v H); lra. Qed.
Lemma exp_gap_le_swapped (u v : R) : 0 <= v - u -> 0 <= - exp u + exp v.
Proof. intros H; pose proof (exp_gap_le u v H); lra. Qed.
Lemma minus_one_exp (a : R) : 0 < a -> 0 < -1 + exp a.
Proof. intros; pose proof (exp_above_1 a); lra. Qed.
Lemma minus_one_exp_le (a : R) : 0 <= a -> 0 <= -1 + exp a.
Proof. intros; pose proof (exp_above_1_le a); lra. Qed.
Lemma ln_tangent (a : R) : 0 < a -> ln a <= a - 1.
Proof. intros; pose proof (exp_ineq1_le (ln a)) as E; rewrite exp_ln in E; lra. Qed.
Lemma ln_tangent_below (a : R) : 0 < a -> 1 - / a <= ln a.
Proof.
  intros H; pose proof (ln_tangent (/ a) (Rinv_0_lt_compat a H)) as E; rewrite ln_Rinv in E; lra.
Qed.
Lemma power_base_lt (u v e : R) : 0 < u < v -> 0 < e -> Rpower u e < Rpower v e.
Proof.
  intros [U V] E; unfold Rpower; apply exp_increasing, Rmult_lt_compat_l; [exact E |].
  apply ln_increasing; lra.
Qed.
Lemma power_base_gt (u v e : R) : 0 < u < v -> e < 0 -> Rpower v e < Rpower u e.
Proof.
  intros [U V] E; unfold Rpower; apply exp_increasing; pose proof (ln_increasing u v U V); nra.
Qed.
Lemma power_exponent_lt (b u v : R) : 1 < b -> u < v -> Rpower b u < Rpower b v.
Proof. intros; apply Rpower_lt; assumption. Qed.
Lemma power_exponent_gt (b u v : R) : 0 < b < 1 -> u < v -> Rpower b v < Rpower b u.
Proof.
  intros [B C] H; unfold Rpower; apply exp_increasing; pose proof (ln_increasing b 1 B C) as L.
  rewrite ln_1 in L; nra.
Qed.
Lemma cosh_above_1 (a : R) : 0 <= -1 + cosh a.
Proof.
  unfold cosh; rewrite exp_Ropp; pose proof (exp_pos a) as E.
  replace (-1 + (exp a + / exp a) / 2) with ((exp a - 1) ^ 2 / (2 * exp a)) by (field; lra).
  apply Rmult_le_pos; [apply pow2_ge_0 | apply Rlt_le, Rinv_0_lt_compat; lra].
Qed.
Lemma below_power_le (b e : R) : 0 < b <= 1 -> 0 <= e -> 0 <= 1 - Rpower b e.
Proof.
  intros B E; assert (ln b <= 0) by (pose proof (ln_nonpos b B); lra).
  assert (Rpower b e <= exp 0) by (apply exp_le; nra); rewrite exp_0 in *; lra.
Qed.
Lemma above_power_le (b e : R) : 1 <= b -> 0 <= e -> 0 <= -1 + Rpower b e.
Proof.
  intros B E; pose proof (ln_nonneg b B).
  assert (exp 0 <= Rpower b e) by (apply exp_le; nra); rewrite exp_0 in *; lra.
Qed.
Lemma above_power_lt (b e : R) : 1 < b -> 0 < e -> 0 < -1 + Rpower b e.
Proof. intros B E; pose proof (above_power b e B E); lra. Qed.
Lemma power_exponent_ge (b u v : R) : 0 < b <= 1 -> u <= v -> Rpower b v <= Rpower b u.
Proof.
  intros B H; assert (ln b <= 0) by (pose proof (ln_nonpos b B); lra).
  unfold Rpower; apply exp_le; nra.
Qed.
Lemma power_exponent_le (b u v : R) : 1 <= b -> u <= v -> Rpower b u <= Rpower b v.
Proof. intros B H; pose proof (ln_nonneg b B); unfold Rpower; apply exp_le; nra. Qed.
Lemma softplus_above (a : R) : a < ln (1 + exp a).
Proof. rewrite <- (ln_exp a) at 1; pose proof (exp_pos a); apply ln_increasing; lra. Qed.
Lemma softplus_pos (a : R) : 0 < ln (1 + exp a).
Proof. apply ln_above_1, exp_pos. Qed.
Lemma square_below (a b : R) : 0 <= a -> a <= b -> a ^ 2 <= b ^ 2. Proof. nra. Qed.
Lemma square_times (q a b : R) : a ^ 2 <= b ^ 2 -> 0 <= q ^ 2 * (b ^ 2 - a ^ 2). Proof. nra. Qed.
Lemma square_of_product (q r b : R) : 0 <= q -> 0 <= r -> 0 <= q * r * b ^ 2.
Proof. intros; pose proof (pow2_ge_0 b); assert (0 <= q * r) by nra; nra. Qed.
Lemma times_its_inverse (b : R) : b <> 0 -> / b * b = 1.
Proof. intros; field; assumption. Qed.
Lemma quotient_times (a b : R) : b <> 0 -> a / b * b = a.
Proof. intros; field; assumption. Qed.
Lemma equal_squares (a b : R) : 0 <= a -> 0 <= b -> a * a = b * b -> a = b.
Proof. intros; nra. Qed.

Global Opaque Phi.

(* A sign by the shape of an expression; what no shape decides is left to linear arithmetic. *)
Ltac linear := first [assumption | lra].

Ltac by_shape :=
  cbv beta;
  lazymatch goal with
  | |- ?e <> 0 =>
      first
        [ assumption
        | lazymatch e with
          | _ * _ => apply Rmult_integral_contrapositive_currified; by_shape
          | _ / _ => apply Rmult_integral_contrapositive_currified; [by_shape | apply Rinv_neq_0_compat; by_shape]
          | _ ^ _ => apply pow_nonzero; by_shape
          | / _ => apply Rinv_neq_0_compat; by_shape
          | - _ => apply Ropp_neq_0_compat; by_shape
          end
        | apply nonzero_pos; by_shape
        | apply nonzero_neg; by_shape ]
  | |- 0 < ?e =>
      first
        [ linear
        | lazymatch e with
          | ?a * ?a => apply Rlt_0_sqr; by_shape
          | _ * _ => first [apply Rmult_lt_0_compat; by_shape | apply mult_neg_neg; by_shape]
          | _ / _ => first [apply Rdiv_lt_0_compat; by_shape | apply div_neg_neg; by_shape]
          | 1 - ?x + ?x * _ => apply mix_pos; [split; linear | by_shape]
          | / _ => apply Rinv_0_lt_compat; by_shape
          | -1 + exp _ => apply minus_one_exp; by_shape
          | -1 + Rpower ?b ?e => apply above_power_lt; [linear | by_shape]
          | - exp _ + exp _ => apply exp_gap_lt_swapped; first [linear | by_shape | nra]
          | exp _ - exp _ => apply exp_gap_lt; first [linear | by_shape | nra]
          | _ + _ =>
              first [ apply plus_lt_le; by_shape | apply plus_le_lt; by_shape ]
          | 1 - Rpower _ _ => apply below_power; [split; linear | by_shape]
          | Rpower _ _ - 1 => apply above_power; [linear | by_shape]
          | 1 - powerRZ _ _ => apply below_whole_power; [split; linear | lia]
          | 1 - exp _ => apply below_exp; by_shape
          | exp _ - 1 => apply above_exp; by_shape
          | ?a - ?b => apply minus_neg_lt; by_shape
          | ?a ^ 2 => apply pow2_gt_0; by_shape
          | ?a ^ ?n =>
              first [apply pow_lt; by_shape | replace (a ^ n) with ((- a) ^ n) by ring; apply pow_lt; by_shape]
          | exp _ => apply exp_pos
          | Phi _ => apply Phi_pos
          | 1 - Phi ?x => pose proof (Phi_below_1 x); lra
          | sqrt _ => apply sqrt_lt_R0; by_shape
          | ln (_ / _) => first [apply ln_pos; linear | apply ln_ratio_pos; linear]
          | ln (1 + _) => first [apply ln_pos; linear | apply ln_above_1; by_shape]
          | ln _ => apply ln_pos; linear
          | Rpower _ _ => apply Rpower_pos
          | powerRZ _ _ => apply powerRZ_lt; by_shape
          | PI => exact PI_RGT_0
          | cosh _ => apply cosh_pos
          | sinh _ => apply sinh_pos; by_shape
          | Rmax _ _ => first [apply Rmax_pos_l; by_shape | apply Rmax_pos_r; by_shape]
          | Rmin _ _ => apply Rmin_pos; by_shape
          | Rabs _ => apply Rabs_pos_lt; by_shape
          | - ?f =>
              lazymatch f with
              | _ * _ => first [apply neg_mult_l; by_shape | apply neg_mult_r; by_shape]
              | _ / _ => first [apply neg_div_l; by_shape | apply neg_div_r; by_shape]
              | / _ => apply neg_inverse; by_shape
              | - _ => apply twice_neg_lt; by_shape
              | -1 + exp _ => apply neg_below_exp; by_shape
              | ?a ^ ?n => replace (- a ^ n) with ((- a) ^ n) by ring; by_shape
              | ln (_ / _) => first [apply ln_neg; split; linear | apply ln_ratio_neg; linear]
              | ln _ => apply ln_neg; split; linear
              end
          end ]
  | |- 0 <= ?e =>
      first
        [ linear
        | lazymatch e with
          | ?a * ?a => apply Rle_0_sqr
          | _ * _ => first [apply Rmult_le_pos; by_shape | apply mult_neg_neg_le; by_shape]
          | _ / _ => first [apply div_nonneg; by_shape | apply div_neg_neg_le; by_shape]
          | -1 + exp _ => apply minus_one_exp_le; by_shape
          | -1 + cosh _ => apply cosh_above_1
          | 1 - Rpower _ _ => apply below_power_le; [split; linear | by_shape]
          | -1 + Rpower _ _ => apply above_power_le; [linear | by_shape]
          | - exp _ + exp _ => apply exp_gap_le_swapped; first [linear | by_shape | nra]
          | exp _ - exp _ => apply exp_gap_le; first [linear | by_shape | nra]
          | _ + _ => apply plus_le_le; by_shape
          | _ ^ 2 => apply pow2_ge_0
          | ?a ^ ?n =>
              first [apply pow_le; by_shape | replace (a ^ n) with ((- a) ^ n) by ring; apply pow_le; by_shape]
          | sqrt _ => apply sqrt_pos
          | ln (_ / _) => first [apply ln_nonneg; linear | apply ln_ratio_nonneg; linear]
          | ln (1 + _) => apply ln_above_1_nonneg; by_shape
          | ln _ => apply ln_nonneg; linear
          | power_at_zero _ _ => apply power_at_zero_nonneg
          | sinh _ => apply sinh_nonneg; by_shape
          | Rabs _ => apply Rabs_pos
          | Rmax _ _ => first [apply Rmax_nonneg_l; by_shape | apply Rmax_nonneg_r; by_shape]
          | Rmin _ _ => apply Rmin_nonneg; by_shape
          | - ?f =>
              lazymatch f with
              | _ * _ => first [apply neg_mult_l_le; by_shape | apply neg_mult_r_le; by_shape]
              | _ / _ => first [apply neg_div_l_le; by_shape | apply neg_div_r_le; by_shape]
              | - _ => apply twice_neg_le; by_shape
              | -1 + exp _ => apply neg_below_exp_le; by_shape
              | ?a ^ ?n => replace (- a ^ n) with ((- a) ^ n) by ring; by_shape
              | ln _ => apply ln_nonpos; split; linear
              end
          end
        | apply nonneg_pos; by_shape ]
  end.

(* ------------------------------------------------------------------------- what is known *)

Ltac known H :=
  let T := type of H in
  lazymatch goal with
  | _ : T |- _ => fail
  | _ => idtac
  end.

Ltac learn p :=
  let T := type of p in
  lazymatch goal with
  | _ : T |- _ => fail
  | _ => pose proof p
  end.

Lemma sqrt_square (a : R) : 0 <= a -> sqrt a * sqrt a = a. Proof. apply sqrt_sqrt. Qed.

(* Signs and tangents of the functions that a goal names. *)
Ltac saturate :=
  repeat
    match goal with
    | |- context [exp ?a] => learn (exp_pos a)
    | |- context [exp ?a] => learn (exp_tangent a)
    | |- context [exp ?a] =>
        first [ learn (exp_below_1 a ltac:(by_neg)) | learn (exp_below_1_le a ltac:(by_nonpos))
              | learn (exp_above_1 a ltac:(by_shape)) | learn (exp_above_1_le a ltac:(by_shape)) ]
    | |- context [sqrt ?a] => learn (sqrt_pos a)
    | |- context [sqrt ?a] => learn (sqrt_square a ltac:(by_shape))
    | |- context [sqrt ?a] => learn (sqrt_lt_R0 a ltac:(by_shape))
    | |- context [ln ?a] =>
        first [ learn (ln_pos a ltac:(lra)) | learn (ln_nonneg a ltac:(lra))
              | learn (ln_neg a ltac:(lra)) | learn (ln_nonpos a ltac:(lra)) ]
    | |- context [ln (1 + exp ?a)] => learn (softplus_above a)
    | |- context [ln (1 + exp ?a)] => learn (softplus_pos a)
    | |- context [ln ?a] => learn (ln_tangent a ltac:(by_shape))
    | |- context [ln ?a] => learn (ln_tangent_below a ltac:(by_shape))
    | |- context [Rabs ?a] => learn (Rabs_pos a)
    | |- context [Phi ?a] => learn (Phi_pos a)
    | |- context [Phi ?a] => learn (Phi_below_1 a)
    | |- context [Rpower ?a ?b] => learn (Rpower_pos a b)
    | |- context [PI] => learn PI_RGT_0
    end
with by_neg :=
  match goal with |- ?a < 0 => first [lra | cut (0 < - a); [lra | by_shape]] end
with by_nonpos :=
  match goal with |- ?a <= 0 => first [lra | cut (0 <= - a); [lra | by_shape]] end.

(* The cases of largest, least and absolute values. *)
Ltac by_cases :=
  unfold Rabs, Rmax, Rmin in *;
  repeat match goal with
  | |- context [Rcase_abs ?a] => destruct (Rcase_abs a)
  | |- context [Rle_dec ?a ?b] => destruct (Rle_dec a b)
  | H : context [Rcase_abs ?a] |- _ => destruct (Rcase_abs a)
  | H : context [Rle_dec ?a ?b] |- _ => destruct (Rle_dec a b)
  end.

(* Interval arithmetic, which computes with the machine's integers, and says so. *)
Ltac plain_functions := unfold Rpower, sinh, cosh, tanh in *.
Lemma enclosure (P : R -> Prop) (r lo hi : R) :
  lo <= r <= hi -> (forall p : R, lo <= p <= hi -> P p) -> P r.
Proof. auto. Qed.

(* Values of Phi at numbers, through its integral. *)
Ltac integrals :=
  lazymatch goal with
  | _ : R |- _ => idtac
  | |- context [Phi _] =>
      rewrite ?Phi_integral;
      repeat match goal with
      | |- context [RInt ?f ?a ?b] =>
          let H := fresh in let p := fresh "p" in
          integral_intro (RInt f a b) with (i_relwidth 30) as H;
          pattern (RInt f a b); refine (enclosure _ _ _ _ H _); clear H; intros p H
      end
  | |- _ => idtac
  end.
Ltac of_gap := first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge].
Tactic Notation "by_intervals" :=
  plain_functions; integrals; first [interval with (i_prec 60) | of_gap; interval with (i_prec 60)];
  idtac "MACHINE".
Tactic Notation "by_intervals" constr(x) :=
  plain_functions; interval with (i_prec 60, i_bisect x, i_depth 20); idtac "MACHINE".

(* ----------------------------------------------------------------------------- derivatives *)

Lemma is_derive_arcsinh (x : R) : is_derive arcsinh x (/ sqrt (x ^ 2 + 1)).
Proof. apply is_derive_Reals, derivable_pt_lim_arcsinh. Qed.

Lemma Derive_arcsinh (x : R) : Derive (fun t : R => arcsinh t) x = / sqrt (x ^ 2 + 1).
Proof. apply is_derive_unique, is_derive_arcsinh. Qed.

Lemma ex_derive_arcsinh (x : R) : ex_derive (fun t : R => arcsinh t) x.
Proof. eexists; apply is_derive_arcsinh. Qed.

Lemma is_derive_eq (f : R -> R) (x d e : R) : is_derive f x d -> d = e -> is_derive f x e.
Proof. intros D <-; exact D. Qed.

(* Slides: a function that rises from an end where it is right. *)

Lemma rises (f df : R -> R) (a b : R) :
  a <= b ->
  (forall t, a <= t <= b -> is_derive f t (df t)) ->
  (forall t, a < t < b -> 0 <= df t) -> f a <= f b.
Proof.
  intros H D P; destruct H as [H | <-]; [| lra].
  destruct (MVT_cor2 f df a b H) as [c [E C]].
  { intros t T; apply is_derive_Reals, D; assumption. }
  assert (0 <= df c) by (apply P; assumption); nra.
Qed.

Lemma rises_strictly (f df : R -> R) (a b : R) :
  a < b ->
  (forall t, a <= t <= b -> is_derive f t (df t)) ->
  (forall t, a < t < b -> 0 < df t) -> f a < f b.
Proof.
  intros H D P; destruct (MVT_cor2 f df a b H) as [c [E C]].
  { intros t T; apply is_derive_Reals, D; assumption. }
  assert (0 < df c) by (apply P; assumption); nra.
Qed.

Lemma Phi_increasing (a b : R) : a < b -> Phi a < Phi b.
Proof.
  intros H; apply (rises_strictly Phi (fun x => exp (- x ^ 2 / 2) / sqrt (2 * PI)) a b H).
  - intros t _; apply is_derive_Phi.
  - intros t _; apply Rdiv_lt_0_compat; [apply exp_pos |].
    apply sqrt_lt_R0, Rmult_lt_0_compat; [lra | exact PI_RGT_0].
Qed.

Lemma Phi_le (a b : R) : a <= b -> Phi a <= Phi b.
Proof. intros [H | ->]; [apply Rlt_le, Phi_increasing, H | lra]. Qed.

Lemma slide_up_le (f df : R -> R) (a x : R) :
  a <= x -> (forall t, a <= t <= x -> is_derive f t (df t)) ->
  (forall t, a < t < x -> 0 <= df t) -> 0 <= f a -> 0 <= f x.
Proof. intros H D P F; assert (K := rises f df a x H D P); lra. Qed.

Lemma slide_up_lt (f df : R -> R) (a x : R) :
  a <= x -> (forall t, a <= t <= x -> is_derive f t (df t)) ->
  (forall t, a < t < x -> 0 <= df t) -> 0 < f a -> 0 < f x.
Proof. intros H D P F; assert (K := rises f df a x H D P); lra. Qed.

Lemma slide_up_slope (f df : R -> R) (a x : R) :
  a < x -> (forall t, a <= t <= x -> is_derive f t (df t)) ->
  (forall t, a < t < x -> 0 < df t) -> 0 <= f a -> 0 < f x.
Proof. intros H D P F; assert (K := rises_strictly f df a x H D P); lra. Qed.

Lemma slide_down_le (f df : R -> R) (x b : R) :
  x <= b -> (forall t, x <= t <= b -> is_derive f t (- df t)) ->
  (forall t, x < t < b -> 0 <= df t) -> 0 <= f b -> 0 <= f x.
Proof.
  intros H D P F; assert (K := rises (fun t => - f t) df x b H); cbv beta in K.
  assert (- f x <= - f b); [apply K; [| exact P] | lra].
  intros t T; replace (df t) with (opp (- df t)) by (unfold opp; simpl; ring).
  apply (is_derive_opp (V := R_NormedModule) f); apply D; assumption.
Qed.

Lemma slide_down_lt (f df : R -> R) (x b : R) :
  x <= b -> (forall t, x <= t <= b -> is_derive f t (- df t)) ->
  (forall t, x < t < b -> 0 <= df t) -> 0 < f b -> 0 < f x.
Proof.
  intros H D P F; assert (K := rises (fun t => - f t) df x b H); cbv beta in K.
  assert (- f x <= - f b); [apply K; [| exact P] | lra].
  intros t T; replace (df t) with (opp (- df t)) by (unfold opp; simpl; ring).
  apply (is_derive_opp (V := R_NormedModule) f); apply D; assumption.
Qed.

Lemma slide_down_slope (f df : R -> R) (x b : R) :
  x < b -> (forall t, x <= t <= b -> is_derive f t (- df t)) ->
  (forall t, x < t < b -> 0 < df t) -> 0 <= f b -> 0 < f x.
Proof.
  intros H D P F; assert (K := rises_strictly (fun t => - f t) df x b H); cbv beta in K.
  assert (- f x < - f b); [apply K; [| exact P] | lra].
  intros t T; replace (df t) with (opp (- df t)) by (unfold opp; simpl; ring).
  apply (is_derive_opp (V := R_NormedModule) f); apply D; assumption.
Qed.

(* --------------------------------------------------------------------------- steps of a tree *)

Lemma by_form_lt (g t : R) : g = t -> 0 < t -> 0 < g. Proof. intros ->; trivial. Qed.
Lemma by_form_le (g t : R) : g = t -> 0 <= t -> 0 <= g. Proof. intros ->; trivial. Qed.
Lemma square_lt (p q : R) : 0 <= p -> 0 < p ^ 2 - q ^ 2 -> 0 < p - q. Proof. nra. Qed.
Lemma square_le (p q : R) : 0 <= p -> 0 <= p ^ 2 - q ^ 2 -> 0 <= p - q. Proof. nra. Qed.
Lemma logarithm_lt (p q : R) : 0 < p -> 0 < q -> 0 < ln p - ln q -> 0 < p - q.
Proof. intros P Q H; assert (q < p) by (apply ln_lt_inv; lra); lra. Qed.
Lemma logarithm_le (p q : R) : 0 < p -> 0 < q -> 0 <= ln p - ln q -> 0 <= p - q.
Proof.
  intros P Q [H | H]; [apply Rlt_le, logarithm_lt; assumption |].
  assert (p = q) by (apply ln_inv; lra); lra.
Qed.
Lemma unfactor_lt (f y : R) : 0 < f -> 0 < f * y -> 0 < y. Proof. nra. Qed.
Lemma unfactor_le (f y : R) : 0 < f -> 0 <= f * y -> 0 <= y. Proof. nra. Qed.
Lemma unfactor_eq (f y : R) : 0 < f -> f * y = 0 -> y = 0. Proof. nra. Qed.

Lemma crossing (f factor : R -> R) (p x : R) :
  (forall t, Rmin p x <= t <= Rmax p x -> is_derive f t ((t - p) * factor t)) ->
  (forall t, Rmin p x < t < Rmax p x -> 0 <= factor t) -> f p <= f x.
Proof.
  intros D P; destruct (Rle_or_lt p x) as [H | H].
  - apply (rises f (fun t => (t - p) * factor t)); [exact H | |].
    + intros t T; apply D; rewrite Rmin_left, Rmax_right; lra.
    + intros t T; assert (0 <= factor t) by (apply P; rewrite Rmin_left, Rmax_right; lra); nra.
  - assert (K : - f x <= - f p); [| lra].
    apply (rises (fun t => - f t) (fun t => - ((t - p) * factor t))); [lra | |].
    + intros t T; apply (is_derive_opp (V := R_NormedModule) f); apply D; rewrite Rmin_right, Rmax_left; lra.
    + intros t T; assert (0 <= factor t) by (apply P; rewrite Rmin_right, Rmax_left; lra); nra.
Qed.

Lemma convex_least (f df ddf : R -> R) (p x : R) :
  (forall t, Rmin p x <= t <= Rmax p x -> is_derive f t (df t)) ->
  (forall t, Rmin p x <= t <= Rmax p x -> is_derive df t (ddf t)) -> df p = 0 ->
  (forall t, Rmin p x < t < Rmax p x -> 0 <= ddf t) -> f p <= f x.
Proof.
  intros D E Z P; destruct (Rle_or_lt p x) as [H | H].
  - rewrite Rmin_left, Rmax_right in D, E, P by lra.
    apply (rises f df p x H D); intros t T; rewrite <- Z.
    apply (rises df ddf p t); [lra | intros s S; apply E; lra | intros s S; apply P; lra].
  - rewrite Rmin_right, Rmax_left in D, E, P by lra.
    assert (K : - f x <= - f p); [| lra].
    apply (rises (fun t => - f t) (fun t => - df t)); [lra | |].
    + intros t T; apply (is_derive_opp (V := R_NormedModule) f); apply D; lra.
    + intros t T; assert (df t <= df p); [| lra].
      apply (rises df ddf t p); [lra | intros s S; apply E; lra | intros s S; apply P; lra].
Qed.

(* A mean lies where what it is of lies. *)
Lemma mean_above (l x y a : R) : l < x -> l < y -> 0 <= a -> 0 <= 1 - a -> l < a * x + (1 - a) * y.
Proof. intros X Y A B; destruct (Rle_lt_dec a (1 / 2)); nra. Qed.
Lemma mean_below (h x y a : R) : x < h -> y < h -> 0 <= a -> 0 <= 1 - a -> a * x + (1 - a) * y < h.
Proof. intros X Y A B; destruct (Rle_lt_dec a (1 / 2)); nra. Qed.

(* A function of two variables whose slope in one vanishes where they are equal, and falls in the other. *)
Lemma diagonal_least (f df m : R -> R -> R) (x y : R) :
  (forall t, Rmin x y <= t <= Rmax x y -> is_derive (fun u => f u y) t (df t y)) ->
  (forall t s, Rmin x y <= t <= Rmax x y -> Rmin x y <= s <= Rmax x y ->
    is_derive (df t) s (- m t s)) ->
  (forall t s, Rmin x y <= t <= Rmax x y -> Rmin x y <= s <= Rmax x y -> 0 <= m t s) ->
  (forall t, Rmin x y <= t <= Rmax x y -> df t t = 0) -> f y y <= f x y.
Proof.
  intros D E P Z; destruct (Rle_or_lt y x) as [H | H].
  - rewrite Rmin_right, Rmax_left in D, E, P, Z by lra.
    apply (rises (fun u => f u y) (fun u => df u y) y x H); [exact D |]; intros t T.
    assert (K : - df t y <= - df t t); [| rewrite Z in K by lra; lra].
    apply (rises (fun s => - df t s) (m t) y t); [lra | | intros s S; apply P; lra].
    intros s S; replace (m t s) with (opp (- m t s)) by (unfold opp; simpl; ring).
    apply (is_derive_opp (V := R_NormedModule) (df t)); apply E; lra.
  - rewrite Rmin_left, Rmax_right in D, E, P, Z by lra.
    assert (K : - f x y <= - f y y); [| lra].
    apply (rises (fun u => - f u y) (fun u => - df u y) x y); [lra | |]; intros t T.
    + apply (is_derive_opp (V := R_NormedModule) (fun u => f u y)); apply D; lra.
    + assert (K : - df t t <= - df t y); [| rewrite Z in K by lra; lra].
      apply (rises (fun s => - df t s) (m t) t y); [lra | | intros s S; apply P; lra].
      intros s S; replace (m t s) with (opp (- m t s)) by (unfold opp; simpl; ring).
      apply (is_derive_opp (V := R_NormedModule) (df t)); apply E; lra.
Qed.

(* A concave function between two ends: it has two slopes, the first at least the second. *)
Lemma two_slopes (f df bend : R -> R) (a x c : R) :
  a < x -> x < c -> (forall t, a <= t <= c -> is_derive f t (df t)) ->
  (forall t, a <= t <= c -> is_derive df t (- bend t)) -> (forall t, a < t < c -> 0 <= bend t) ->
  exists p q, f x = f a + p * (x - a) /\ f c = f x + q * (c - x) /\ q <= p /\
    ((forall t, a < t < c -> 0 < bend t) -> q < p).
Proof.
  intros L H D E P.
  assert (N : forall u, a <= u <= c -> is_derive (fun u => - df u) u (bend u)).
  { intros u U; replace (bend u) with (opp (- bend u)) by (unfold opp; simpl; ring).
    apply (is_derive_opp (V := R_NormedModule) df); apply E; lra. }
  destruct (MVT_cor2 f df a x L) as [s [S I]]; [intros; apply is_derive_Reals, D; lra |].
  destruct (MVT_cor2 f df x c H) as [t [T J]]; [intros; apply is_derive_Reals, D; lra |].
  exists (df s), (df t); repeat split; [lra | lra | |].
  - cut (- df s <= - df t); [lra |].
    apply (rises (fun u => - df u) bend); [lra | intros; apply N; lra | intros; apply P; lra].
  - intros Q; cut (- df s < - df t); [lra |].
    apply (rises_strictly (fun u => - df u) bend); [lra | intros; apply N; lra | intros; apply Q; lra].
Qed.

Lemma concave_le (f df bend : R -> R) (a x c : R) :
  a <= x -> x <= c -> (forall t, a <= t <= c -> is_derive f t (df t)) ->
  (forall t, a <= t <= c -> is_derive df t (- bend t)) -> (forall t, a < t < c -> 0 <= bend t) ->
  0 <= f a -> 0 <= f c -> 0 <= f x.
Proof.
  intros [L | <-] [H | ->] D E P F G; try assumption.
  destruct (two_slopes f df bend a x c L H D E P) as (p & q & A & B & C & _).
  destruct (Rle_or_lt 0 p); nra.
Qed.

Lemma concave_lt (f df bend : R -> R) (a x c : R) :
  a <= x -> x <= c -> (forall t, a <= t <= c -> is_derive f t (df t)) ->
  (forall t, a <= t <= c -> is_derive df t (- bend t)) -> (forall t, a < t < c -> 0 <= bend t) ->
  0 < f a -> 0 < f c -> 0 < f x.
Proof.
  intros [L | <-] [H | ->] D E P F G; try assumption.
  destruct (two_slopes f df bend a x c L H D E P) as (p & q & A & B & C & _).
  destruct (Rle_or_lt 0 p); nra.
Qed.

Lemma concave_bend (f df bend : R -> R) (a x c : R) :
  a < x -> x < c -> (forall t, a <= t <= c -> is_derive f t (df t)) ->
  (forall t, a <= t <= c -> is_derive df t (- bend t)) -> (forall t, a < t < c -> 0 < bend t) ->
  0 <= f a -> 0 <= f c -> 0 < f x.
Proof.
  intros L H D E P F G.
  destruct (two_slopes f df bend a x c L H D E) as (p & q & A & B & _ & C).
  { intros t T; apply Rlt_le, P, T. }
  specialize (C P); destruct (Rle_or_lt p 0); nra.
Qed.

(* --------------------------------------------------------------------------------- leaves *)

Ltac nonzero :=
  repeat match goal with |- _ /\ _ => split | |- True => exact I end;
  first
    [ lazymatch goal with |- ex_derive _ _ => first [apply ex_derive_Phi | apply ex_derive_arcsinh] end
    | by_shape
    | timeout 1 (saturate; first [nra | apply nonzero_pos; first [lra | nra] | apply nonzero_neg; first [lra | nra]]) ].

Lemma zero_over (a : R) : 0 / a = 0. Proof. unfold Rdiv; ring. Qed.

Ltac plain_values :=
  repeat (rewrite ?zero_over, ?Rplus_0_l, ?Rplus_0_r, ?exp_0, ?ln_1, ?sqrt_0, ?sqrt_1, ?Phi_0, ?arcsinh_0, ?Rmult_0_l, ?Rmult_0_r, ?Ropp_0).

Ltac roots :=
  repeat match goal with
  | |- context [sqrt ?a ^ 2] => rewrite (pow2_sqrt a) by by_shape
  | |- context [sqrt ?a * sqrt ?a] => rewrite (sqrt_sqrt a) by by_shape
  | |- context [sqrt (?a ^ 2)] => rewrite (sqrt_pow2 a) by by_shape
  | |- context [sqrt (?a * ?a)] => rewrite (R_sqrt.sqrt_square a) by by_shape
  | |- context [exp (ln ?a)] => rewrite (exp_ln a) by by_shape
  | |- context [ln (exp ?a)] => rewrite (ln_exp a)
  end.

Lemma exp_times (p : positive) (m : R) : exp (IZR (Zpos p) * m) = exp m ^ Pos.to_nat p.
Proof.
  change (IZR (Z.pos p)) with (IPR p); rewrite <- INR_IPR.
  induction (Pos.to_nat p) as [| n IH].
  - simpl; rewrite Rmult_0_l; apply exp_0.
  - rewrite S_INR, Rmult_plus_distr_r, Rmult_1_l, exp_plus, IH; simpl; ring.
Qed.

Lemma ln_quotient (a b : R) : 0 < a -> 0 < b -> ln (a / b) = ln a - ln b.
Proof. intros; unfold Rdiv; rewrite ln_mult, ln_Rinv; [ring | | | apply Rinv_0_lt_compat]; assumption. Qed.

Lemma ln_power (a : R) (n : nat) : 0 < a -> ln (a ^ n) = INR n * ln a.
Proof.
  intros P; induction n as [| n IH]; [simpl; rewrite ln_1; ring |].
  rewrite S_INR; simpl; rewrite ln_mult, IH; [ring | assumption | apply pow_lt; assumption].
Qed.

Lemma ln_root (a : R) : 0 < a -> ln (sqrt a) = ln a / 2.
Proof.
  intros P; assert (S : 0 < sqrt a) by (apply sqrt_lt_R0; assumption).
  assert (E : ln (sqrt a * sqrt a) = ln a) by (rewrite sqrt_sqrt; lra).
  rewrite ln_mult in E by assumption; lra.
Qed.

Lemma sqrt_inverse (a : R) : 0 < a -> sqrt (/ a) = / sqrt a.
Proof. intros; rewrite <- inv_sqrt; [reflexivity | assumption]. Qed.

Ltac expand :=
  unfold Rpower, sinh, cosh, tanh in *;
  repeat match goal with
  | |- context [ln (exp ?a)] => rewrite (ln_exp a)
  | |- context [exp (ln ?a)] => rewrite (exp_ln a) by by_shape
  | |- context [ln (?a * ?b)] => rewrite (ln_mult a b) by by_shape
  | |- context [ln (?a / ?b)] => rewrite (ln_quotient a b) by by_shape
  | |- context [ln (/ ?a)] => rewrite (ln_Rinv a) by by_shape
  | |- context [ln (?a ^ ?n)] => rewrite (ln_power a n) by by_shape; simpl INR
  | |- context [ln (sqrt ?a)] => rewrite (ln_root a) by by_shape
  | |- context [ln 1] => rewrite ln_1
  | |- context [exp 0] => rewrite exp_0
  | |- context [exp (?a + ?b)] => rewrite (exp_plus a b)
  | |- context [exp (?a - ?b)] => replace (a - b) with (a + - b) by ring; rewrite (exp_plus a (- b))
  | |- context [exp (- ?a)] => rewrite (exp_Ropp a)
  | |- context [exp (IZR (Zpos ?p) * ?m)] => rewrite (exp_times p m); simpl Pos.to_nat
  | |- context [exp ?u] => progress ring_simplify u
  | |- context [sqrt (?a * ?b)] => rewrite (sqrt_mult a b) by by_shape
  | |- context [sqrt (?a / ?b)] => rewrite (sqrt_div_alt a b) by by_shape
  | |- context [sqrt (/ ?a)] => rewrite (sqrt_inverse a) by by_shape
  end.

(* An identity of roots: with what their squares are. *)
Ltac by_roots :=
  field_simplify_eq; [| nonzero ..];
  lazymatch goal with
  | |- context [sqrt ?a] =>
      let E := fresh in
      assert (E : sqrt a ^ 2 = a) by (apply pow2_sqrt; by_shape);
      first
        [ ring [E]
        | match goal with
          | |- context [sqrt ?b] =>
              lazymatch b with a => fail | _ => idtac end;
              let F := fresh in
              assert (F : sqrt b ^ 2 = b) by (apply pow2_sqrt; by_shape);
              ring [E F]
          end ]
  end.

Ltac plainly := first [reflexivity | ring | field; nonzero].

(* ------------------------------------------------------------------ forms, from outside *)

(* Arguments of functions that are the same number, in the same words. *)
Ltac differ u v := lazymatch u with v => fail | _ => idtac end.
Ltac align_one u v :=
  differ u v;
  lazymatch u with
  | context [v] => replace u with v by plainly
  | _ => replace v with u by plainly
  end.
Ltac align :=
  repeat
    match goal with
    | |- context [exp ?u] => match goal with |- context [exp ?v] => align_one u v end
    | |- context [ln ?u] => match goal with |- context [ln ?v] => align_one u v end
    | |- context [sqrt ?u] => match goal with |- context [sqrt ?v] => align_one u v end
    | |- context [Phi ?u] => match goal with |- context [Phi ?v] => align_one u v end
    | |- context [Rpower ?u _] => match goal with |- context [Rpower ?v _] => align_one u v end
    | |- context [Rpower _ ?u] => match goal with |- context [Rpower _ ?v] => align_one u v end
    | |- context [atan ?u] => match goal with |- context [atan ?v] => align_one u v end
    | |- context [arcsinh ?u] => match goal with |- context [arcsinh ?v] => align_one u v end
    | |- context [Rabs ?u] => match goal with |- context [Rabs ?v] => align_one u v end
    end.

Ltac alike := first [plainly | align; first [plainly | timeout 1 by_roots]].

Ltac positive := first [by_shape | timeout 3 nra | timeout 1 (saturate; nra)].

Ltac lns :=
  repeat match goal with
  | |- context [ln (exp ?a)] => rewrite (ln_exp a)
  | |- context [ln 1] => rewrite ln_1
  | |- context [ln (?a * ?b)] => rewrite (ln_mult a b) by positive
  | |- context [ln (?a / ?b)] => rewrite (ln_quotient a b) by positive
  | |- context [ln (/ ?a)] => rewrite (ln_Rinv a) by positive
  | |- context [ln (?a ^ ?n)] => rewrite (ln_power a n) by positive; simpl INR
  | |- context [ln (sqrt ?a)] => rewrite (ln_root a) by positive
  end.

(* A logarithm by the factors of its argument, p their product. *)
Ltac log_form p t :=
  match goal with |- ln ?u = _ => replace u with p by (symmetry; t; first [alike | by_roots]) end;
  lns; t; alike.

(* Other functions; t puts in the forms of the parts inside. *)
Ltac form t :=
  rewrite ?power_at_zero_pos by positive;
  first
    [ plainly
    | apply ln_inv; [positive | positive | unfold Rpower; lns; t; alike]
    | apply sqrt_lem_1; [positive | positive | t; first [alike | by_roots]]
    | progress (unfold sinh, cosh, tanh); t; alike
    | f_equal; t; plainly
    | lazymatch goal with |- Phi _ = 1 + - Phi _ => apply Phi_reflect; t; alike end
    | t; reflexivity ].

Ltac root_power :=
  first
    [ apply pow2_sqrt; positive
    | match goal with |- sqrt (sqrt ?a) ^ 4 = _ => replace 4%nat with (2 * 2)%nat by reflexivity end;
      rewrite pow_mult, !pow2_sqrt; [reflexivity | positive | apply sqrt_pos]
    | apply ln_inv; [positive | positive | lns; plainly] ].

(* A slope in the words of the rules, up to the shape of arguments. *)
Ltac slope_plain :=
  unfold Rpower, sinh, cosh, tanh; auto_derive; rewrite ?Derive_Phi, ?Derive_arcsinh;
  first
    [ solve [nonzero]
    | plainly
    | unfold Rminus, Rdiv; cbn [pow]; alike ].

Lemma one_power (e : R) : Rpower 1 e = 1.
Proof. unfold Rpower; rewrite ln_1, Rmult_0_r; apply exp_0. Qed.

(* Powers whose exponent has become 0 or 1, or whose base 1. *)
Ltac tidy_powers :=
  repeat match goal with
  | |- context [Rpower ?x ?e] =>
      first
        [ replace x with 1 by plainly; rewrite one_power
        | replace e with 0 by plainly; rewrite (Rpower_O x) by positive
        | replace e with 1 by plainly; rewrite (Rpower_1 x) by positive ]
  | |- context [power_at_zero ?x ?e] => rewrite (power_at_zero_pos x e) by positive
  end.

(* Phi at opposite places, by one of the two. *)
Ltac reflected :=
  repeat match goal with
  | |- context [Phi ?u] =>
      match goal with |- context [Phi ?v] => differ u v; rewrite (Phi_reflect u v) by plainly end
  end.

(* Exponentials whose exponents are opposite, or a logarithm apart; logarithms of one. *)
Lemma exp_opposite (u v : R) : v = - u -> exp v = / exp u.
Proof. intros ->; apply exp_Ropp. Qed.
Lemma exp_apart (u v r : R) : 0 < r -> v = u + ln r -> exp v = exp u * r.
Proof. intros P ->; rewrite exp_plus, exp_ln by exact P; reflexivity. Qed.
Lemma ln_of_one (a : R) : a = 1 -> ln a = 0.
Proof. intros ->; exact ln_1. Qed.

Ltac exponents_apart :=
  repeat match goal with
  | |- context [ln ?a] => rewrite (ln_of_one a) by field
  | |- context [exp ?u] =>
      match goal with
      | |- context [exp ?v] =>
          differ u v;
          first
            [ rewrite (exp_opposite u v) by plainly
            | match goal with
              | |- context [ln ?r] => rewrite (exp_apart u v r) by first [by_shape | plainly]
              end ]
      end
  end.

(* An exponential of a logarithm's multiples. *)
Ltac exponent_form :=
  match goal with |- exp ?e = ?r => rewrite <- (exp_ln r) by by_shape; f_equal end;
  unfold Rdiv in *; rewrite ?Rpow_mult_distr; roots; lns; plainly.

(* What quotients and inverses are, in products. *)
Ltac quotients :=
  repeat match goal with
  | |- context [?a / ?b] => learn (quotient_times a b ltac:(nonzero))
  | _ : context [?a / ?b] |- _ => learn (quotient_times a b ltac:(nonzero))
  | |- context [/ ?b] => learn (times_its_inverse b ltac:(nonzero))
  | _ : context [/ ?b] |- _ => learn (times_its_inverse b ltac:(nonzero))
  end.

(* The larger and the smaller of two, in one order. *)
Ltac commuted :=
  repeat match goal with
  | |- context [Rmax ?a ?b] =>
      match goal with |- context [Rmax b a] => differ a b; rewrite (Rmax_comm b a) end
  | |- context [Rmin ?a ?b] =>
      match goal with |- context [Rmin b a] => differ a b; rewrite (Rmin_comm b a) end
  end.

Ltac whole_powers := rewrite ?powerRZ_add by nonzero; rewrite ?powerRZ_1.

Ltac same :=
  first
    [ plainly
    | progress whole_powers; plainly
    | progress commuted; plainly
    | progress reflected; alike
    | lazymatch goal with
      | |- context [Rabs _] => idtac | |- context [Rmax _ _] => idtac | |- context [Rmin _ _] => idtac
      end; saturate; by_cases;
      first [lra | field; nonzero | exfalso; lra | exfalso; nra | by_roots | f_equal; lra | exfalso; quotients; nra
            | apply equal_squares; [by_shape | by_shape | by_roots]]
    | progress plain_values; plainly
    | progress (plain_values; roots); alike
    | progress (plain_values; tidy_powers); alike
    | progress align; plainly
    | timeout 2 (progress exponents_apart; alike)
    | unfold sinh, cosh, tanh; field; nonzero
    | timeout 2 by_roots
    | timeout 2 exponent_form
    | apply equal_squares; [by_shape | by_shape | timeout 2 by_roots]
    | timeout 3 (progress expand; first [plainly | by_roots | progress plain_values; plainly]) ].

Ltac by_form t := first [apply (by_form_lt _ t) | apply (by_form_le _ t)].

Ltac slope_of :=
  unfold Rpower, sinh, cosh; auto_derive; rewrite ?Derive_Phi, ?Derive_arcsinh;
  first
    [ solve [nonzero]
    | same
    | unfold Rminus, Rdiv; cbn [pow]; first [plainly | timeout 3 (progress expand; plainly)] ].

Ltac square_hints :=
  repeat match goal with x : R, y : R |- _ => learn (pow2_ge_0 (x - y)) end;
  repeat match goal with x : R, y : R |- _ => learn (pow2_ge_0 (x + y)) end.

Ltac wide_square_hints :=
  repeat match goal with x : R, y : R |- _ => learn (pow2_ge_0 (x - 2 * y)) end;
  repeat match goal with x : R, y : R |- _ => learn (pow2_ge_0 (x + 2 * y)) end.

(* Values of one increasing function, in the order of their places. *)
Ltac less := first [lra | timeout 3 nra].
Ltac ordered u v lt le :=
  differ u v;
  first [ learn (lt u v ltac:(less)) | learn (le u v ltac:(less)) ].
Lemma ln_lt (a b : R) : 0 < a /\ a < b -> ln a < ln b.
Proof. intros []; apply ln_increasing; assumption. Qed.
Lemma ln_below (a b : R) : 0 < a /\ a <= b -> ln a <= ln b.
Proof. intros [A [H | ->]]; [apply Rlt_le, ln_increasing; assumption | lra]. Qed.
Lemma sqrt_below (a b : R) : 0 <= a /\ a < b -> sqrt a < sqrt b.
Proof. intros; apply sqrt_lt_1_alt; assumption. Qed.
Ltac orders :=
  repeat
    match goal with
    | |- context [exp ?u] =>
        match goal with |- context [exp ?v] => ordered u v exp_increasing exp_le end
    | |- context [Phi ?u] =>
        match goal with |- context [Phi ?v] => ordered u v Phi_increasing Phi_le end
    | |- context [Rpower ?u ?e] =>
        match goal with
        | |- context [Rpower ?v e] =>
            differ u v;
            first [ learn (power_base_lt u v e ltac:(split; less) ltac:(less))
                  | learn (power_base_gt u v e ltac:(split; less) ltac:(less)) ]
        | |- context [Rpower u ?f] =>
            differ e f;
            first [ learn (power_exponent_lt u e f ltac:(less) ltac:(less))
                  | learn (power_exponent_gt u e f ltac:(split; less) ltac:(less))
                  | learn (power_exponent_le u e f ltac:(less) ltac:(less))
                  | learn (power_exponent_ge u e f ltac:(split; less) ltac:(less)) ]
        end
    | |- context [sqrt ?u] =>
        match goal with
        | |- context [sqrt ?v] =>
            differ u v;
            first [ learn (sqrt_below u v ltac:(split; less)) | learn (sqrt_le_1_alt u v ltac:(less)) ]
        end
    | |- context [ln ?u] =>
        match goal with
        | |- context [ln ?v] =>
            differ u v;
            first [ learn (ln_lt u v ltac:(split; [by_shape | less]))
                  | learn (ln_below u v ltac:(split; [by_shape | less])) ]
        end
    end.

(* Bounds of numbers as bounds of their squares, times what is positive. *)
Ltac square_bounds :=
  repeat match goal with
  | H : ?a <= ?b |- _ => is_var a; is_var b; learn (square_below a b ltac:(lra) H)
  | H : ?a ^ 2 <= ?b ^ 2, q : R |- _ => learn (square_times q a b H)
  | _ : _ <= ?b ^ 2, q : R, r : R |- _ =>
      differ q r; learn (square_of_product q r b ltac:(lra) ltac:(lra))
  end.

(* Products of what is positive, two by two, which nra does not look for beyond the second degree. *)
Ltac pairs :=
  repeat match goal with
  | H : 0 < ?a, K : 0 < ?b |- _ => is_var a; is_var b; learn (Rmult_lt_0_compat a b H K)
  | H : 0 < ?a, K : ?b < ?c |- _ =>
      is_var a; is_var b; learn (Rmult_lt_0_compat a (c - b) H (Rlt_Rminus b c K))
  | H : 0 < ?a, K : ?b <= ?c |- _ =>
      is_var a; is_var b;
      learn (Rmult_le_pos a (c - b) (Rlt_le _ _ H) (Rge_le _ _ (Rge_minus c b (Rle_ge _ _ K))))
  | H : ?a < ?d, K : ?b < ?c |- _ =>
      is_var a; is_var b;
      learn (Rmult_lt_0_compat (d - a) (c - b) (Rlt_Rminus a d H) (Rlt_Rminus b c K))
  end.
Ltac polynomial := first [by_shape | nra | pairs; nra].

(* A quotient of polynomials by the signs of both. *)
Ltac cleared :=
  match goal with
  | |- _ < ?e =>
      field_simplify e; [| nonzero ..]; first [apply Rdiv_lt_0_compat; polynomial | polynomial]
  | |- _ <= ?e =>
      field_simplify e; [| nonzero ..]; first [apply div_nonneg; polynomial | polynomial]
  end.

Ltac by_orders := reflected; progress orders; first [lra | by_shape | timeout 3 nra].

Ltac sign_of :=
  first
    [ by_shape
    | timeout 3 nra
    | timeout 2 by_intervals
    | timeout 3 by_orders
    | timeout 3 cleared
    | timeout 1 (square_hints; nra)
    | timeout 3 (pairs; nra)
    | timeout 3 (saturate; first [lra | nra])
    | timeout 2 (by_cases; first [lra | nra | by_shape | by_orders])
    | timeout 3 (by_cases; square_hints; nra)
    | timeout 3 (progress square_bounds; nra)
    | timeout 3 (wide_square_hints; nra)
    | timeout 4 (by_cases; quotients; first [lra | nra])
    | timeout 4 (saturate; quotients; nra)
    | match goal with x : R |- _ => timeout 2 by_intervals x end ].

Ltac no_variables := lazymatch goal with _ : R |- _ => fail | _ => idtac end.

(* What is soon seen. *)
Ltac quickly :=
  match goal with
  | |- _ = _ => fail
  | |- is_derive _ _ _ => slope_of
  | |- _ <> 0 => timeout 1 by_shape
  | |- _ => no_variables; timeout 3 by_intervals
  | |- _ => first [timeout 1 by_shape | lra | timeout 3 nra]
  end.

Ltac relation :=
  match goal with
  | |- ~ (_ >= _) => apply Rlt_not_ge; relation
  | |- ~ (_ <= _) => apply Rgt_not_le; relation
  | |- ~ (_ > _) => apply Rle_not_gt; relation
  | |- ~ (_ < _) => apply Rge_not_lt; relation
  | |- ~ (_ = _) =>
      first [ by_shape | apply Rlt_not_eq; timeout 3 by_intervals | apply Rgt_not_eq; timeout 3 by_intervals ]
  | |- _ = _ => first [same | by_cases; lra]
  | |- (_ <= _)%Z => lia
  | |- (_ < _)%Z => lia
  | |- (_ <= _ <= _)%Z => lia
  | |- _ <> 0 \/ (_ <= _)%Z => first [left; by_shape | right; lia]
  | |- _ <> 0 =>
      first
        [ by_shape
        | lazymatch goal with |- _ ^ _ <> 0 => apply pow_nonzero; relation end
        | apply nonzero_pos; first [timeout 3 nra | timeout 3 cleared | timeout 2 by_intervals]
        | apply nonzero_neg; first [timeout 3 nra | timeout 3 cleared | timeout 2 by_intervals]
        | nonzero ]
  | |- is_derive _ _ _ => slope_of
  | |- _ =>
      first
        [ by_shape | lra | timeout 3 nra
        | first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge]; by_shape
        | timeout 2 by_intervals
        | timeout 3 by_orders
        | timeout 1 (first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge]; cleared)
        | timeout 1 (square_hints; nra)
        | timeout 2 (by_cases; first [lra | nra | by_shape | by_orders])
        | timeout 3 (saturate; first [lra | nra])
        | timeout 2 (by_cases; saturate; first [lra | nra])
        | timeout 3 (by_cases; square_hints; nra)
        | timeout 3 (progress square_bounds; nra)
        | timeout 3 (wide_square_hints; nra)
        | timeout 4 (by_cases; quotients; first [lra | nra])
        | timeout 4 (saturate; quotients; nra)
        | lazymatch goal with
          | |- / _ < / _ => apply Rinv_lt_contravar; [by_shape | by_orders]
          | |- / _ > / _ => apply Rinv_lt_contravar; [by_shape | by_orders]
          end
        | match goal with x : R |- _ => timeout 2 by_intervals x end ]
  end.

(* A hypothesis divided by a factor that is positive. *)
Ltac solved f :=
  match goal with
  | |- _ < _ => apply (unfactor_lt f)
  | |- _ <= _ => apply (unfactor_le f)
  | |- ?a = ?b => apply Rminus_diag_uniq, (unfactor_eq f)
  end;
  [ assumption
  | first
      [ lra | nra
      | match goal with
        | H : ?a < ?b |- 0 < ?g => replace g with (b - a) by same; lra
        | H : ?a > ?b |- 0 < ?g => replace g with (a - b) by same; lra
        | H : ?a <= ?b |- 0 <= ?g => replace g with (b - a) by same; lra
        | H : ?a >= ?b |- 0 <= ?g => replace g with (a - b) by same; lra
        | H : ?a < ?b |- 0 <= ?g => replace g with (b - a) by same; lra
        | H : ?a > ?b |- 0 <= ?g => replace g with (a - b) by same; lra
        | H : ?a = ?b |- ?g = 0 => replace g with (b - a) by same; lra
        | H : ?a = ?b |- ?g = 0 => replace g with (a - b) by same; lra
        end ] ].

Lemma share_le (x l r : R) : 0 < r -> l <= x -> 0 <= (x - l) / r.
Proof. intros; apply div_nonneg; lra. Qed.
Lemma share_lt (x l r : R) : 0 < r -> l < x -> 0 < (x - l) / r.
Proof. intros; apply Rdiv_lt_0_compat; lra. Qed.
Lemma share_1_le (x l r : R) : 0 < r -> x <= l + r -> (x - l) / r <= 1.
Proof. intros; apply Rmult_le_reg_r with r; [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. Qed.
Lemma share_1_lt (x l r : R) : 0 < r -> x < l + r -> (x - l) / r < 1.
Proof. intros; apply Rmult_lt_reg_r with r; [lra |]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. Qed.

(* A variable between two ends, by its share y of the way from the lower, l, over r. *)
Tactic Notation "between" constr(x) constr(l) constr(r) ident(y) ident(E) :=
  let P := fresh in
  assert (P : 0 < r) by (first [lra | nra]);
  let L := fresh in
  let U := fresh in
  first [ pose proof (share_lt x l r P ltac:(lra)) as L | pose proof (share_le x l r P ltac:(lra)) as L ];
  first [ pose proof (share_1_lt x l r P ltac:(lra)) as U | pose proof (share_1_le x l r P ltac:(lra)) as U ];
  assert (E : x = l + r * ((x - l) / r)) by (field; lra);
  set (y := (x - l) / r) in L, U, E.

(* A number between p and x, told by both orders of theirs. *)
Ltac between_ends T :=
  unfold Rmin, Rmax in T; match type of T with context [Rle_dec ?a ?b] => destruct (Rle_dec a b) end.

Lemma above (a b : R) : 0 < a -> a <= b -> 0 < b. Proof. lra. Qed.
Lemma above_le (a b : R) : 0 <= a -> a <= b -> 0 <= b. Proof. lra. Qed.

(* A relation from the signs of its gaps, H the last of them. *)
Ltac from_gap H :=
  match type of H with
  | _ ?g =>
      first
        [ lra
        | first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge];
          first [apply (by_form_lt _ g) | apply (by_form_le _ g)]; [same | lra]
        | apply nonzero_pos; apply (by_form_lt _ g); [same | lra]
        | apply nonzero_neg; apply (by_form_lt _ g); [same | lra] ]
  end.

(* The same, with t to show that the gap is the one whose sign is known. *)
Ltac from_gap_by H t :=
  match type of H with
  | _ ?g =>
      first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge];
      first [apply (by_form_lt _ g) | apply (by_form_le _ g)]; [t | lra]
  end.

(* A relation from the signs of two of its gaps. *)
Ltac from_gaps H K :=
  let gap := type of H in
  let other := type of K in
  first
    [ lra
    | apply Rle_antisym; apply gap_le;
      match gap with _ ?g =>
        match other with _ ?h =>
          first [ apply (by_form_le _ g); [plainly | lra] | apply (by_form_le _ h); [plainly | lra]
                | apply (by_form_le _ g); [same | lra] | apply (by_form_le _ h); [same | lra] ]
        end
      end
    | by_cases; lra
    | from_gap K ].

(* A new variable, made from an old one by an inverse: where it lives, and that it gives the old one. *)
Ltac image :=
  first
    [ apply exp_pos | apply sqrt_pos | apply Rpower_pos
    | apply sqrt_lt_R0; first [linear | apply sqrt_lt_R0; linear]
    | apply Rlt_le; apply exp_above_1; linear | apply exp_above_1; linear | apply exp_above_1_le; linear
    | apply exp_below_1; linear | apply exp_below_1_le; linear
    | unfold Rpower; apply exp_below_1;
      match goal with x : R |- _ => assert (0 < - ln x) by (apply ln_neg; split; linear); lra end
    | by_intervals ].

Ltac inverse :=
  first
    [ symmetry; apply ln_exp
    | rewrite ln_exp; field
    | symmetry; apply pow2_sqrt; linear
    | match goal with |- ?x = ?r ^ 4 => replace (r ^ 4) with ((r ^ 2) ^ 2) by ring end;
      rewrite !pow2_sqrt; first [reflexivity | linear | apply sqrt_pos]
    | rewrite <- Rpower_pow by apply Rpower_pos; rewrite Rpower_mult;
      match goal with |- _ = Rpower _ ?e => replace e with 1 by (simpl; field) end;
      symmetry; apply Rpower_1; linear ].

(* An integer as the real number that it is. *)
Lemma powerRZ_at_zero (b : R) (z : Z) : 0 <= b -> (0 < z)%Z -> powerRZ b z = power_at_zero b (IZR z).
Proof.
  intros [H | <-] Z; [rewrite power_at_zero_pos by assumption; apply powerRZ_Rpower; assumption |].
  rewrite power_at_zero_0; destruct z; try lia; simpl; apply pow_i; lia.
Qed.

Tactic Notation "relax" ident(n) :=
  repeat match goal with
  | |- context [powerRZ ?b ?z] =>
      first [ rewrite (powerRZ_Rpower b z) by by_shape | rewrite (powerRZ_at_zero b z) by first [by_shape | lia] ]
  | H : context [powerRZ ?b ?z] |- _ =>
      first [ rewrite (powerRZ_Rpower b z) in H by by_shape
            | rewrite (powerRZ_at_zero b z) in H by first [by_shape | lia] ]
  end;
  rewrite ?minus_IZR, ?plus_IZR, ?mult_IZR, ?opp_IZR in *;
  let z := fresh n in
  rename n into z; set (n := IZR z) in *; clearbody n; try clear z.

(* What is said of integers, said of the reals that they are. *)
Ltac real_bounds :=
  repeat match goal with
  | H : (_ <= _ <= _)%Z |- _ => destruct H
  end;
  repeat match goal with
  | n : Z, H : (?a <= ?n)%Z |- _ =>
      lazymatch goal with _ : IZR a <= IZR n |- _ => fail | _ => pose proof (IZR_le _ _ H) end
  end.

Ltac prepare :=
  intros;
  real_bounds;
  repeat match goal with
  | H : _ /\ _ |- _ => destruct H
  | H : _ \/ _ |- _ => destruct H
  end.

(* --------------------------------------------------------------------------------- limits *)

(* The conditions of an expression at every place of a variable. *)
Ltac all_hold :=
  lazymatch goal with |- _ /\ _ => apply and_then; [relation | intro; all_hold] | |- _ => relation end.
Ltac defined := prepare; all_hold.

Ltac limit_sign :=
  cbv beta;
  lazymatch goal with
  | |- ?a < 0 => first [lra | cut (0 < - a); [lra | sign_of]]
  | |- 0 < _ => sign_of
  | |- _ <> _ => relation
  end.

Ltac limit_value := cbv beta; rewrite ?atan_0; first [plainly | same].

(* What a lemma about an order asks: its shape, the value of the coefficient, signs. *)
Ltac limit_side :=
  lazymatch goal with
  | |- forall _, _ = _ => let x := fresh in intro x; cbv beta; simpl INR; first [ring | field; nonzero]
  | |- _ = _ => limit_value
  | |- _ => limit_sign
  end.

(* An equality near the end of a limit, or so far out. *)
Ltac near_end b :=
  cbv beta;
  first
    [ apply (near_up b) | apply (near_down b) | apply (near_right _ b); [lra |] | apply (near_left _ b); [lra |] ];
  intros; field; nonzero.

(* A part of a theorem, and what is done where it has no proof: nothing here; see Unproved. *)
Ltac give_up := fail.
