(* What the exported theorems use: functions of their own, lemmas, and the tactics that prove them. *)

From Coq Require Import Reals ZArith Lra Psatz List.
From Coquelicot Require Import Coquelicot.
From Interval Require Import Tactic.
Open Scope R_scope.

(* ------------------------------------------------------------------------------ functions *)

(* The standard normal distribution function. *)
Definition Phi (x : R) : R :=
  1 / 2 + RInt (fun t : R => exp (- t ^ 2 / 2)) 0 x / sqrt (2 * PI).

(* A real power of a base that may be zero: zero there. *)
Definition power_at_zero (b e : R) : R := if Req_EM_T b 0 then 0 else Rpower b e.

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

Lemma ln_pos (a : R) : 1 < a -> 0 < ln a.
Proof. intros; rewrite <- ln_1; apply ln_increasing; lra. Qed.
Lemma ln_nonneg (a : R) : 1 <= a -> 0 <= ln a.
Proof. intros [H | <-]; [apply Rlt_le, ln_pos; assumption | rewrite ln_1; lra]. Qed.
Lemma ln_neg (a : R) : 0 < a < 1 -> 0 < - ln a.
Proof. intros; assert (B : ln a < ln 1) by (apply ln_increasing; lra); rewrite ln_1 in B; lra. Qed.
Lemma ln_nonpos (a : R) : 0 < a <= 1 -> 0 <= - ln a.
Proof. intros [A [B | B]]; [apply Rlt_le, ln_neg; lra | rewrite B, ln_1; lra]. Qed.

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
          | / _ => apply Rinv_0_lt_compat; by_shape
          | _ + _ =>
              first [ apply plus_lt_le; by_shape | apply plus_le_lt; by_shape ]
          | ?a - ?b => apply minus_neg_lt; by_shape
          | ?a ^ 2 => apply pow2_gt_0; by_shape
          | _ ^ _ => apply pow_lt; by_shape
          | exp _ => apply exp_pos
          | sqrt _ => apply sqrt_lt_R0; by_shape
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
              | _ / _ => apply neg_div_l; by_shape
              | ln _ => apply ln_neg; split; linear
              end
          end ]
  | |- 0 <= ?e =>
      first
        [ linear
        | lazymatch e with
          | ?a * ?a => apply Rle_0_sqr
          | _ * _ => first [apply Rmult_le_pos; by_shape | apply mult_neg_neg_le; by_shape]
          | _ / _ => apply div_nonneg; by_shape
          | _ + _ => apply plus_le_le; by_shape
          | _ ^ 2 => apply pow2_ge_0
          | _ ^ _ => apply pow_le; by_shape
          | sqrt _ => apply sqrt_pos
          | ln _ => apply ln_nonneg; linear
          | power_at_zero _ _ => apply power_at_zero_nonneg
          | sinh _ => apply sinh_nonneg; by_shape
          | Rabs _ => apply Rabs_pos
          | Rmax _ _ => first [apply Rmax_nonneg_l; by_shape | apply Rmax_nonneg_r; by_shape]
          | Rmin _ _ => apply Rmin_nonneg; by_shape
          | - ?f =>
              lazymatch f with
              | _ * _ => first [apply neg_mult_l_le; by_shape | apply neg_mult_r_le; by_shape]
              | _ / _ => apply neg_div_l_le; by_shape
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
    | |- context [Rabs ?a] => learn (Rabs_pos a)
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

(* --------------------------------------------------------------------------------- leaves *)

Ltac nonzero := repeat split; by_shape.

Ltac same :=
  first
    [ reflexivity
    | ring
    | field; nonzero
    | unfold sinh, cosh, tanh; field; nonzero ].

Ltac sign_of :=
  first
    [ by_shape
    | timeout 5 nra
    | timeout 10 interval with (i_prec 60)
    | timeout 10 (saturate; first [lra | nra]) ].

Ltac relation :=
  match goal with
  | |- _ = _ => first [same | by_cases; lra]
  | |- _ <> 0 => by_shape
  | |- is_derive _ _ _ => auto_derive; first [solve [nonzero] | same]
  | |- _ =>
      first
        [ by_shape | lra | timeout 5 nra
        | first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge]; by_shape
        | timeout 10 interval with (i_prec 60)
        | timeout 10 (by_cases; first [lra | nra])
        | timeout 10 (saturate; first [lra | nra])]
  end.

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

(* A part of a theorem, and what is done where it has no proof: nothing here; see Unproved. *)
Ltac give_up := fail.
