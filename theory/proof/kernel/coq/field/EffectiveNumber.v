(** * The effective number [E_n = (1 - beta^n)/(1 - beta)]: recursion, bounds, shape and limits *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs.
Open Scope R_scope.

Definition effective_number beta n := (1 - beta ^ n) / (1 - beta).

Lemma powers_sum beta n : beta <> 1 -> \sum_(k < n) beta ^ k = effective_number beta n.
Proof.
  intros Hb; unfold effective_number; induction n as [|n IH]; simpl; [field; lra|].
  rewrite IH; field; lra.
Qed.

Lemma pow_at_most_one b n : 0 <= b < 1 -> b ^ n <= 1.
Proof. intros H; rewrite <- (pow1 n); apply pow_incr; lra. Qed.

Theorem effective_number_closed_form : forall beta E, 0 <= beta < 1 -> E 1%nat = 1 ->
  (forall n, (1 <= n)%nat -> E (S n) = 1 + beta * E n) ->
  forall n, (1 <= n)%nat ->
  E n = effective_number beta n /\ E n = \sum_(k < n) beta ^ k.
Proof.
  intros beta E Hb H1 HS.
  assert (F : forall n, (1 <= n)%nat -> E n = effective_number beta n).
  { induction n as [|n IH]; intros Hn; [lia|].
    destruct n as [|n]; [rewrite H1; unfold effective_number; simpl; field; lra|].
    rewrite HS, IH by lia; unfold effective_number; simpl; field; lra. }
  intros n Hn; split; [now apply F|rewrite powers_sum by lra; now apply F].
Qed.

Theorem effective_number_bounds : forall beta n, 0 <= beta < 1 -> (1 <= n)%nat ->
  1 <= effective_number beta n /\
  effective_number beta n <= Rmin (INR n) (/ (1 - beta)).
Proof.
  intros b n Hb Hn; rewrite <- powers_sum by lra; split.
  - destruct n as [|n]; [lia|].
    apply (term_le_sum (S n) (fun k => b ^ k) 0); [|lia].
    intros k _; apply pow_le; lra.
  - apply Rmin_glb.
    + replace (INR n) with (\sum_(k < n) 1) by (rewrite sum_const; ring).
      apply sum_le; intros k _; apply pow_at_most_one; exact Hb.
    + rewrite powers_sum by lra; unfold effective_number, Rdiv.
      pose proof (pow_le b n (proj1 Hb)).
      rewrite <- (Rmult_1_l (/ (1 - b))) at 2; apply Rmult_le_compat_r;
        [left; apply Rinv_0_lt_compat|]; lra.
Qed.

(** Increasing in the number of examples, by falling steps; increasing in [beta]. *)
Theorem effective_number_shape : forall beta n, 0 < beta < 1 -> (1 <= n)%nat ->
  effective_number beta (S n) - effective_number beta n = beta ^ n /\ 0 < beta ^ n /\
  beta ^ S n < beta ^ n /\
  (forall beta', beta <= beta' < 1 -> effective_number beta n <= effective_number beta' n) /\
  derivable_pt_lim (fun b => effective_number b n) beta
    ((1 - INR n * beta ^ (n - 1) + (INR n - 1) * beta ^ n) / (1 - beta) ^ 2) /\
  0 <= (1 - INR n * beta ^ (n - 1) + (INR n - 1) * beta ^ n) / (1 - beta) ^ 2.
Proof.
  intros b n Hb Hn.
  assert (P : 0 < b ^ n) by (apply pow_lt; lra).
  assert (Mono : forall b', b <= b' < 1 -> effective_number b n <= effective_number b' n).
  { intros b' Hb'; rewrite <- !powers_sum by lra; apply sum_le; intros k _; apply pow_incr; lra. }
  assert (D : derivable_pt_lim (fun b => effective_number b n) b
    ((1 - INR n * b ^ (n - 1) + (INR n - 1) * b ^ n) / (1 - b) ^ 2)).
  { destruct n as [|n]; [lia|].
    replace ((1 - INR (S n) * b ^ (S n - 1) + (INR (S n) - 1) * b ^ S n) / (1 - b) ^ 2)
      with (((0 - INR (S n) * b ^ n) * (1 - b) - (0 - 1) * (1 - b ^ S n)) / Rsqr (1 - b)).
    - apply (derivable_pt_lim_div (fun b => 1 - b ^ S n) (fun b => 1 - b)); [| |lra].
      + apply (derivable_pt_lim_minus (fun _ => 1) (fun b => b ^ S n));
          [apply derivable_pt_lim_const|apply derivable_pt_lim_pow].
      + apply (derivable_pt_lim_minus (fun _ => 1) (fun b => b));
          [apply derivable_pt_lim_const|apply derivable_pt_lim_id].
    - replace (S n - 1)%nat with n by lia; unfold Rsqr; simpl; field; lra. }
  repeat split; try assumption.
  - unfold effective_number; simpl; field; lra.
  - simpl; rewrite <- (Rmult_1_l (b ^ n)) at 2; apply Rmult_lt_compat_r; lra.
  - (* a derivative of an increasing function *)
    set (d := _ / _) in *.
    destruct (Rle_dec 0 d) as [|N]; [assumption|exfalso].
    destruct (D (- d / 2) ltac:(lra)) as [delta H].
    pose (h := Rmin (delta / 2) ((1 - b) / 2)).
    assert (Ph : 0 < h) by (apply Rmin_glb_lt; [pose proof (cond_pos delta)|]; lra).
    assert (h1 : h < delta)
      by (pose proof (Rmin_l (delta / 2) ((1 - b) / 2)); pose proof (cond_pos delta); unfold h; lra).
    assert (h2 : h <= (1 - b) / 2) by apply Rmin_r.
    specialize (H h ltac:(lra) ltac:(rewrite Rabs_right; lra)).
    pose proof (Mono (b + h) ltac:(lra)) as M.
    apply Rabs_def2 in H; destruct H as [H _].
    assert (0 <= (effective_number (b + h) n - effective_number b n) / h)
      by (apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]).
    lra.
Qed.

Lemma Rpower_mono_base x y n : 0 < x -> x < y -> 0 < n -> Rpower x n < Rpower y n.
Proof.
  intros Hx L Hn; apply exp_increasing, Rmult_lt_compat_l; [exact Hn|now apply ln_increasing].
Qed.

(** The limits, for real counts [n > 0]: no re-weighting, inverse frequency, saturation. *)
Theorem effective_number_limits : forall n, 0 < n ->
  limit1_in (fun b => (1 - Rpower b n) / (1 - b)) (fun b => 0 < b < 1) 1 0 /\
  limit1_in (fun b => (1 - Rpower b n) / (1 - b)) (fun b => 0 < b < 1) n 1.
Proof.
  intros n Hn; split; intros eps Heps.
  - (* both the power and b vanish *)
    pose (e := Rmin (eps / 4) (/ 2)).
    assert (He : 0 < e <= / 2) by (unfold e; split; [apply Rmin_glb_lt; lra|apply Rmin_r]).
    assert (He' : e <= eps / 4) by apply Rmin_l.
    exists (Rmin e (Rpower e (/ n))); split; [apply Rmin_glb_lt; [lra|apply exp_pos]|].
    intros b [Hb D]; unfold dist in *; simpl in *; unfold R_dist in *.
    rewrite Rminus_0_r, Rabs_right in D by lra.
    assert (D1 : b < e) by (eapply Rlt_le_trans; [exact D|apply Rmin_l]).
    assert (D2 : b < Rpower e (/ n)) by (eapply Rlt_le_trans; [exact D|apply Rmin_r]).
    assert (Pw : Rpower b n < e).
    { replace e with (Rpower (Rpower e (/ n)) n)
        by (rewrite Rpower_mult, Rinv_l, Rpower_1; lra).
      apply Rpower_mono_base; lra. }
    assert (P0 : 0 < Rpower b n) by apply exp_pos.
    replace ((1 - Rpower b n) / (1 - b) - 1) with ((b - Rpower b n) / (1 - b)) by (field; lra).
    assert (I : 0 < / (1 - b) <= 2).
    { split; [apply Rinv_0_lt_compat; lra|].
      replace 2 with (/ / 2) by field; apply Rinv_le_contravar; lra. }
    apply Rabs_def1; unfold Rdiv; nra.
  - (* the slope of the power at 1 *)
    pose proof (derivable_pt_lim_power 1 n Rlt_0_1) as D.
    destruct (D eps Heps) as [delta H].
    exists delta; split; [apply cond_pos|].
    intros b [Hb Dist]; unfold dist in *; simpl in *; unfold R_dist in *.
    specialize (H (b - 1) ltac:(lra) Dist).
    replace (1 + (b - 1)) with b in H by ring.
    assert (One : forall t, Rpower 1 t = 1)
      by (intros t; unfold Rpower; rewrite ln_1, Rmult_0_r; apply exp_0).
    rewrite !One, Rmult_1_r in H.
    replace ((1 - Rpower b n) / (1 - b)) with ((Rpower b n - 1) / (b - 1)) by (field; lra).
    exact H.
Qed.

Theorem effective_number_saturates : forall beta, 0 < beta < 1 ->
  Un_cv (effective_number beta) (/ (1 - beta)).
Proof.
  intros b Hb eps Heps.
  assert (A : Rabs b < 1) by (rewrite Rabs_right; lra).
  destruct (pow_lt_1_zero b A (eps * (1 - b)) ltac:(nra)) as [N H].
  exists N; intros n Hn; specialize (H n Hn); unfold R_dist, effective_number.
  replace ((1 - b ^ n) / (1 - b) - / (1 - b)) with (- (b ^ n / (1 - b))) by (field; lra).
  rewrite Rabs_Ropp; unfold Rdiv; rewrite Rabs_mult, (Rabs_right (/ (1 - b)))
    by (left; apply Rinv_0_lt_compat; lra).
  apply Rmult_lt_reg_r with (1 - b); [lra|].
  rewrite Rmult_assoc, Rinv_l, Rmult_1_r by lra; exact H.
Qed.

(** Class-balanced weights [1/E_n] are never more extreme than inverse frequencies. *)
Theorem weight_ratio_tempered : forall beta m n, 0 <= beta < 1 -> (1 <= m <= n)%nat ->
  effective_number beta n / effective_number beta m <= INR n / INR m.
Proof.
  intros b m n Hb [Hm Hmn].
  destruct (effective_number_bounds b m Hb Hm) as [L _].
  assert (PM : 0 < INR m) by (apply lt_0_INR; lia).
  apply Rmult_le_reg_r with (effective_number b m * INR m); [nra|].
  replace (_ * (effective_number b m * INR m)) with (effective_number b n * INR m) by (field; lra).
  replace (_ * (effective_number b m * INR m)) with (INR n * effective_number b m) by (field; lra).
  (* n terms, those from m on below b^m, the first m at least b^m each *)
  rewrite <- !powers_sum by lra.
  assert (Low : INR m * b ^ m <= \sum_(k < m) b ^ k).
  { rewrite <- sum_const; apply sum_le; intros k Hk.
    replace m with (k + (m - k))%nat at 1 by lia; rewrite pow_add.
    pose proof (pow_at_most_one b (m - k) Hb); pose proof (pow_le b k (proj1 Hb)); nra. }
  induction Hmn as [|n Hmn IH]; [lra|].
  simpl bigsum; rewrite S_INR, Rmult_plus_distr_r.
  assert (Pn : b ^ n <= b ^ m).
  { replace n with (m + (n - m))%nat by lia; rewrite pow_add.
    pose proof (pow_at_most_one b (n - m) Hb); pose proof (pow_le b m (proj1 Hb)); nra. }
  nra.
Qed.
