(* What the exported theorems use: functions of their own, lemmas, and the tactics that prove them. *)

From Coq Require Import Reals ZArith Lra Lia Psatz List.
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

(* ----------------------------------------------------------------------------- derivatives *)

Lemma is_derive_Phi (x : R) : is_derive Phi x (exp (- x ^ 2 / 2) / sqrt (2 * PI)).
Proof.
  assert (C : forall t : R, continuous (fun t : R => exp (- t ^ 2 / 2)) t).
  { intros t; apply (ex_derive_continuous (fun t : R => exp (- t ^ 2 / 2))); auto_derive; trivial. }
  assert (D : is_derive (fun x : R => RInt (fun t : R => exp (- t ^ 2 / 2)) 0 x) x
                (exp (- x ^ 2 / 2))).
  { apply (is_derive_RInt (fun t : R => exp (- t ^ 2 / 2))
             (fun x : R => RInt (fun t : R => exp (- t ^ 2 / 2)) 0 x) 0 x).
    - exists (mkposreal 1 Rlt_0_1); intros y _.
      apply (RInt_correct (V := R_CompleteNormedModule)), ex_RInt_continuous; intros; apply C.
    - apply C. }
  pose (J := fun x : R => RInt (fun t : R => exp (- t ^ 2 / 2)) 0 x).
  change (is_derive J x (exp (- x ^ 2 / 2))) in D.
  change (is_derive (fun x : R => 1 / 2 + J x / sqrt (2 * PI)) x (exp (- x ^ 2 / 2) / sqrt (2 * PI))).
  clearbody J; auto_derive; [exists (exp (- x ^ 2 / 2)); exact D |].
  replace (Derive (fun x : R => J x) x) with (exp (- x ^ 2 / 2)); [unfold Rdiv; ring |].
  symmetry; apply is_derive_unique; exact D.
Qed.

Lemma Derive_Phi (x : R) : Derive (fun t : R => Phi t) x = exp (- x ^ 2 / 2) / sqrt (2 * PI).
Proof. apply is_derive_unique, is_derive_Phi. Qed.

Lemma ex_derive_Phi (x : R) : ex_derive (fun t : R => Phi t) x.
Proof. eexists; apply is_derive_Phi. Qed.

Lemma Phi_0 : Phi 0 = 1 / 2.
Proof.
  unfold Phi; rewrite RInt_point; change (1 / 2 + 0 / sqrt (2 * PI) = 1 / 2).
  unfold Rdiv; rewrite Rmult_0_l; ring.
Qed.

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

(* --------------------------------------------------------------------------------- leaves *)

Ltac nonzero :=
  repeat match goal with |- _ /\ _ => split | |- True => exact I end;
  first [apply ex_derive_Phi | by_shape].

Ltac plain_values :=
  repeat (rewrite ?exp_0, ?ln_1, ?sqrt_0, ?sqrt_1, ?Phi_0, ?Rmult_0_l, ?Rmult_0_r, ?Ropp_0).

Ltac roots :=
  repeat match goal with
  | |- context [sqrt ?a ^ 2] => rewrite (pow2_sqrt a) by by_shape
  | |- context [sqrt ?a * sqrt ?a] => rewrite (sqrt_sqrt a) by by_shape
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
  field_simplify_eq; [| nonzero];
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

Ltac same :=
  first
    [ plainly
    | lazymatch goal with
      | |- context [Rabs _] => idtac | |- context [Rmax _ _] => idtac | |- context [Rmin _ _] => idtac
      end; by_cases; first [lra | field; nonzero]
    | progress plain_values; plainly
    | progress (plain_values; roots); plainly
    | unfold sinh, cosh, tanh; field; nonzero
    | timeout 2 by_roots
    | timeout 3 (progress expand; first [plainly | by_roots | progress plain_values; plainly]) ].

Ltac by_form t := first [apply (by_form_lt _ t) | apply (by_form_le _ t)].

Ltac slope_of :=
  unfold Rpower, sinh, cosh; auto_derive; rewrite ?Derive_Phi;
  first
    [ solve [nonzero]
    | same
    | unfold Rminus, Rdiv; cbn [pow]; first [plainly | timeout 3 (progress expand; plainly)] ].

Ltac square_hints :=
  repeat match goal with x : R, y : R |- _ => learn (pow2_ge_0 (x - y)) end;
  repeat match goal with x : R, y : R |- _ => learn (pow2_ge_0 (x + y)) end.

Ltac sign_of :=
  first
    [ by_shape
    | timeout 2 nra
    | timeout 3 interval with (i_prec 60)
    | timeout 3 (square_hints; nra)
    | timeout 3 (saturate; first [lra | nra])
    | timeout 3 (by_cases; first [lra | nra])
    | match goal with x : R |- _ => timeout 3 interval with (i_prec 60, i_bisect x, i_depth 20) end ].

(* What is soon seen. *)
Ltac quickly :=
  match goal with
  | |- _ = _ => fail
  | |- is_derive _ _ _ => slope_of
  | |- _ <> 0 => timeout 2 by_shape
  | |- _ => first [timeout 2 by_shape | lra | timeout 2 nra]
  end.

Ltac relation :=
  match goal with
  | |- _ = _ => first [same | by_cases; lra]
  | |- _ <> 0 \/ (_ <= _)%Z => first [left; by_shape | right; lia]
  | |- _ <> 0 => by_shape
  | |- is_derive _ _ _ => slope_of
  | |- _ =>
      first
        [ by_shape | lra | timeout 2 nra
        | first [apply gap_lt | apply gap_le | apply gap_gt | apply gap_ge]; by_shape
        | timeout 3 interval with (i_prec 60)
        | timeout 3 (square_hints; nra)
        | timeout 3 (by_cases; first [lra | nra])
        | timeout 3 (saturate; first [lra | nra])
        | match goal with x : R |- _ => timeout 3 interval with (i_prec 60, i_bisect x, i_depth 20) end ]
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
Ltac between x l r y E :=
  let P := fresh in
  assert (P : 0 < r) by (first [lra | nra]);
  pose (y := (x - l) / r);
  first [ pose proof (share_lt x l r P ltac:(lra)) | pose proof (share_le x l r P ltac:(lra)) ];
  first [ pose proof (share_1_lt x l r P ltac:(lra)) | pose proof (share_1_le x l r P ltac:(lra)) ];
  assert (E : x = l + r * y) by (unfold y; field; lra);
  change ((x - l) / r) with y in *.

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
