(* The standard normal distribution function: its slope, its symmetry, and that it lies between 0 and 1. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Counterpoise Require Import Functions.
Open Scope R_scope.

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

Lemma Phi_integral (x : R) :
  Phi x = 1 / 2 + RInt (fun t : R => exp (- t ^ 2 / 2)) 0 x / sqrt (2 * PI).
Proof. reflexivity. Qed.

Lemma Phi_0 : Phi 0 = 1 / 2.
Proof.
  unfold Phi; rewrite RInt_point; change (1 / 2 + 0 / sqrt (2 * PI) = 1 / 2).
  unfold Rdiv; rewrite Rmult_0_l; ring.
Qed.

(* The distribution function is odd about a half: both sides have one slope and agree at zero. *)
Lemma Phi_opp (x : R) : Phi (- x) = 1 - Phi x.
Proof.
  assert (D : forall t, is_derive (fun t => Phi t + Phi (- t)) t 0).
  { intros t; auto_derive.
    - repeat split; apply ex_derive_Phi.
    - rewrite !Derive_Phi; replace ((- t) ^ 2) with (t ^ 2) by ring; ring. }
  assert (E : forall a b, a < b -> Phi a + Phi (- a) = Phi b + Phi (- b)).
  { intros a b H; destruct (MVT_cor2 (fun t => Phi t + Phi (- t)) (fun _ => 0) a b H) as [c [C _]].
    - intros t _; apply is_derive_Reals, D.
    - lra. }
  assert (Z : Phi 0 + Phi (- 0) = 1) by (rewrite Ropp_0, Phi_0; lra).
  destruct (Rtotal_order 0 x) as [H | [<- | H]]; [| lra |].
  - specialize (E 0 x H); lra.
  - specialize (E x 0 H); lra.
Qed.

Lemma Phi_reflect (u v : R) : u = - v -> Phi u = 1 + - Phi v.
Proof. intros ->; apply Phi_opp. Qed.

(* It is positive: the square of the integral of exp(-t^2/2) up to u, and an integral over the rays of the
   square of side u, add up to pi/2 (their slopes cancel), and the second is positive. *)

Definition gauss (t : R) : R := exp (- t ^ 2 / 2).
Definition ray (u s : R) : R := 2 * exp (- u ^ 2 * (1 + s ^ 2) / 2) / (1 + s ^ 2).

Lemma one_plus_square (s : R) : 0 < 1 + s ^ 2.
Proof. pose proof (pow2_ge_0 s); lra. Qed.

Lemma continuous_gauss (t : R) : continuous gauss t.
Proof. apply (ex_derive_continuous gauss); unfold gauss; auto_derive; trivial. Qed.

Lemma ex_RInt_gauss (a b : R) : ex_RInt gauss a b.
Proof. apply (ex_RInt_continuous (V := R_CompleteNormedModule)); intros; apply continuous_gauss. Qed.

Lemma continuous_ray (u s : R) : continuous (ray u) s.
Proof.
  apply (ex_derive_continuous (ray u)); unfold ray; auto_derive.
  pose proof (one_plus_square s); lra.
Qed.

Lemma ex_RInt_ray (u a b : R) : ex_RInt (ray u) a b.
Proof. apply (ex_RInt_continuous (V := R_CompleteNormedModule)); intros; apply continuous_ray. Qed.

Definition fall (u s : R) : R := - 2 * u * exp (- u ^ 2 * (1 + s ^ 2) / 2).

Lemma is_derive_ray (u s : R) : is_derive (fun u => ray u s) u (fall u s).
Proof.
  pose proof (one_plus_square s) as P; unfold ray, fall; auto_derive; [lra |].
  unfold Rdiv; cbn [pow] in *; field; lra.
Qed.

Lemma continuous_fall (u s : R) : continuity_2d_pt fall u s.
Proof.
  unfold fall; apply continuity_2d_pt_mult.
  - apply continuity_2d_pt_mult; [apply continuity_2d_pt_const | apply continuity_2d_pt_id1].
  - apply (continuity_1d_2d_pt_comp exp (fun u s => - u ^ 2 * (1 + s ^ 2) / 2)).
    + apply derivable_continuous_pt, derivable_pt_exp.
    + apply (continuity_2d_pt_ext (fun u s => (- (1 / 2)) * ((u * u) * (1 + s * s)))).
      { intros; field. }
      apply continuity_2d_pt_mult; [apply continuity_2d_pt_const |].
      apply continuity_2d_pt_mult; [apply continuity_2d_pt_mult; apply continuity_2d_pt_id1 |].
      apply continuity_2d_pt_plus; [apply continuity_2d_pt_const |].
      apply continuity_2d_pt_mult; apply continuity_2d_pt_id2.
Qed.

Definition rays (u : R) : R := RInt (fun s => ray u s) 0 1.
Definition area (u : R) : R := RInt gauss 0 u.

Lemma Derive_ray (u s : R) : Derive (fun u => ray u s) u = fall u s.
Proof. apply is_derive_unique, is_derive_ray. Qed.

Lemma area_by_rays (u : R) : RInt (fall u) 0 1 = - 2 * gauss u * area u.
Proof.
  unfold area.
  assert (E : RInt (fun y => scal u (gauss (u * y + 0))) 0 1 = RInt gauss (u * 0 + 0) (u * 1 + 0)).
  { apply (RInt_comp_lin (V := R_CompleteNormedModule)); apply ex_RInt_gauss. }
  replace (u * 0 + 0) with 0 in E by ring; replace (u * 1 + 0) with u in E by ring.
  rewrite <- E.
  transitivity (RInt (fun y => scal (- 2 * gauss u) (scal u (gauss (u * y + 0)))) 0 1).
  - apply RInt_ext; intros s _; unfold fall, gauss, scal; simpl; unfold mult; simpl.
    replace (- (u * (u * 1)) * (1 + s * (s * 1)) / 2)
      with (- (u * (u * 1)) / 2 + - ((u * s + 0) * ((u * s + 0) * 1)) / 2) by field.
    rewrite exp_plus; ring.
  - rewrite (RInt_scal (V := R_CompleteNormedModule)); [reflexivity |].
    apply (ex_RInt_comp_lin (V := R_CompleteNormedModule) gauss u 0 0 1); apply ex_RInt_gauss.
Qed.

Lemma is_derive_rays (u : R) : is_derive rays u (- 2 * gauss u * area u).
Proof.
  rewrite <- area_by_rays.
  replace (RInt (fall u) 0 1) with (RInt (fun s => Derive (fun u => ray u s) u) 0 1).
  - apply (is_derive_RInt_param ray 0 1 u).
    + exists (mkposreal 1 Rlt_0_1); intros y _ t _; eexists; apply is_derive_ray.
    + intros t _; apply (continuity_2d_pt_ext fall); [| apply continuous_fall].
      intros; symmetry; apply Derive_ray.
    + exists (mkposreal 1 Rlt_0_1); intros y _; apply ex_RInt_ray.
  - apply RInt_ext; intros; apply Derive_ray.
Qed.

Lemma is_derive_area (u : R) : is_derive area u (gauss u).
Proof.
  apply (is_derive_RInt gauss area 0 u); [| apply continuous_gauss].
  exists (mkposreal 1 Rlt_0_1); intros y _.
  apply (RInt_correct (V := R_CompleteNormedModule)), ex_RInt_gauss.
Qed.

Lemma rays_0 : rays 0 = PI / 2.
Proof.
  unfold rays.
  rewrite (RInt_ext _ (fun s => scal 2 (/ (1 + s ^ 2)))).
  2: { intros s _; unfold ray, scal; simpl; unfold mult; simpl.
       replace (- (0 * (0 * 1)) * (1 + s * (s * 1)) / 2) with 0 by field; rewrite exp_0; field.
       pose proof (one_plus_square s); simpl in *; lra. }
  assert (I : is_RInt (fun s => / (1 + s ^ 2)) 0 1 (minus (atan 1) (atan 0))).
  { apply (is_RInt_derive atan (fun s => / (1 + s ^ 2))).
    - intros s _; apply is_derive_Reals.
      replace (/ (1 + s ^ 2)) with (/ (1 + s * s)) by (f_equal; ring).
      replace (1 + s * s) with (1 + Rsqr s) by reflexivity.
      replace (1 + Rsqr s) with (1 + s ^ 2) by (unfold Rsqr; ring).
      apply derivable_pt_lim_atan.
    - intros s _; apply (ex_derive_continuous (fun s => / (1 + s ^ 2))); auto_derive.
      pose proof (one_plus_square s); simpl in *; lra. }
  rewrite (RInt_scal (V := R_CompleteNormedModule)) by (eexists; apply I).
  rewrite (is_RInt_unique _ _ _ _ I), atan_1, atan_0.
  unfold scal, minus, plus, opp; simpl; unfold mult; simpl; field.
Qed.

Lemma areas (u : R) : area u ^ 2 + rays u = PI / 2.
Proof.
  assert (Z : area 0 ^ 2 + rays 0 = PI / 2).
  { rewrite rays_0; unfold area; rewrite RInt_point; unfold zero; simpl; ring. }
  assert (D : forall t, is_derive (fun t => area t ^ 2 + rays t) t 0).
  { intros t; evar_last.
    - apply (is_derive_plus (V := R_NormedModule) (fun t => area t ^ 2) rays).
      + apply (is_derive_pow area 2); apply is_derive_area.
      + apply is_derive_rays.
    - unfold plus; simpl; ring. }
  assert (E : forall a b, a < b -> area a ^ 2 + rays a = area b ^ 2 + rays b).
  { intros a b H; destruct (MVT_cor2 (fun t => area t ^ 2 + rays t) (fun _ => 0) a b H) as [c [C _]].
    - intros t _; apply is_derive_Reals, D.
    - lra. }
  destruct (Rtotal_order 0 u) as [H | [<- | H]]; [| lra |].
  - specialize (E 0 u H); lra.
  - specialize (E u 0 H); lra.
Qed.

Lemma rays_pos (u : R) : 0 < rays u.
Proof.
  apply (RInt_gt_0 (fun s => ray u s) 0 1); [lra | |].
  - intros s _; unfold ray; apply Rdiv_lt_0_compat; [| apply one_plus_square].
    apply Rmult_lt_0_compat; [lra | apply exp_pos].
  - intros s _; apply continuous_ray.
Qed.

Lemma Phi_pos (x : R) : 0 < Phi x.
Proof.
  unfold Phi; change (RInt (fun t => exp (- t ^ 2 / 2)) 0 x) with (area x).
  assert (P : 0 < PI) by apply PI_RGT_0.
  assert (S : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
  assert (Q : sqrt (2 * PI) ^ 2 = 2 * PI) by (apply pow2_sqrt; lra).
  assert (B : area x ^ 2 < (sqrt (2 * PI) / 2) ^ 2).
  { pose proof (areas x); pose proof (rays_pos x).
    replace ((sqrt (2 * PI) / 2) ^ 2) with (sqrt (2 * PI) ^ 2 / 4) by field; lra. }
  assert (L : - (sqrt (2 * PI) / 2) < area x) by (destruct (Rlt_or_le (- (sqrt (2 * PI) / 2)) (area x)); [assumption | nra]).
  replace (1 / 2 + area x / sqrt (2 * PI)) with ((area x + sqrt (2 * PI) / 2) / sqrt (2 * PI)) by (field; lra).
  apply Rdiv_lt_0_compat; lra.
Qed.

Lemma Phi_below_1 (x : R) : Phi x < 1.
Proof. pose proof (Phi_pos (- x)) as P; rewrite Phi_opp in P; lra. Qed.
