(** * Hoeffding's lemma: a bounded variable's exponential moment

    For values in [[a, b]] with mean [mu]: [E exp(s (G - mu)) <= exp(s^2 (b - a)^2/8)]. *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Gibbs.
Open Scope R_scope.

(** A function whose derivative is nowhere negative on [[0, h]] ends no lower than it began. *)
Lemma nonnegative_slope f f' h : 0 <= h ->
  (forall t, 0 <= t <= h -> derivable_pt_lim f t (f' t)) ->
  (forall t, 0 <= t <= h -> 0 <= f' t) -> f 0 <= f h.
Proof.
  intros [Hh|<-] D N; [|lra].
  destruct (MVT_cor2 f f' 0 h Hh D) as [c [E Hc]].
  pose proof (N c ltac:(lra)); nra.
Qed.

Section Coin.
Variable theta : R.
Hypothesis Htheta : 0 <= theta <= 1.

Let Z h := 1 - theta + theta * exp h.
Let share h := theta * exp h / Z h.

Lemma coin_pos h : 0 < Z h.
Proof. unfold Z; pose proof (exp_pos h); destruct (proj1 Htheta) as [P|E]; [nra|rewrite <- E; lra]. Qed.

Lemma coin_derivative h : derivable_pt_lim Z h (theta * exp h).
Proof.
  replace (theta * exp h) with (0 + theta * exp h) by ring.
  apply (derivable_pt_lim_plus (fun _ => 1 - theta) (fun h => theta * exp h));
    [apply derivable_pt_lim_const|].
  apply (derivable_pt_lim_scal exp), derivable_pt_lim_exp.
Qed.

Lemma share_derivative h : derivable_pt_lim share h (share h * (1 - share h)).
Proof.
  pose proof (coin_pos h) as P.
  replace (share h * (1 - share h))
    with ((theta * exp h * Z h - theta * exp h * (theta * exp h)) / Rsqr (Z h))
    by (unfold share, Rsqr; field; lra).
  apply (derivable_pt_lim_div (fun h => theta * exp h) Z);
    [apply (derivable_pt_lim_scal exp), derivable_pt_lim_exp|apply coin_derivative|lra].
Qed.

Lemma share_bound h : 0 <= h -> share h - theta <= h / 4.
Proof.
  intros Hh.
  assert (S0 : share 0 = theta) by (unfold share, Z; rewrite exp_0; field; lra).
  pose proof (nonnegative_slope (fun h => h / 4 - share h)
    (fun h => / 4 - share h * (1 - share h)) h Hh) as B.
  assert (0 / 4 - share 0 <= h / 4 - share h); [apply B|lra].
  - intros t _; apply (derivable_pt_lim_minus (fun h => h / 4) share); [|apply share_derivative].
    pose proof (derivable_pt_lim_scal id (/ 4) t 1 (derivable_pt_lim_id t)) as D.
    rewrite Rmult_1_r in D.
    replace (fun h => h / 4) with (mult_real_fct (/ 4) id); [exact D|].
    apply FunctionalExtensionality.functional_extensionality; intros x.
    unfold mult_real_fct, id; field.
  - intros t _; pose proof (pow2_ge_0 (share t - / 2)); nra.
Qed.

Lemma coin_log_moment h : 0 <= h -> - theta * h + ln (Z h) <= h ^ 2 / 8.
Proof.
  intros Hh.
  pose proof (nonnegative_slope (fun h => h ^ 2 / 8 - (- theta * h + ln (Z h)))
    (fun h => h / 4 - (share h - theta)) h Hh) as B; cbv beta in B.
  assert (Z0 : Z 0 = 1) by (unfold Z; rewrite exp_0; ring).
  rewrite Z0, ln_1 in B.
  cut (0 ^ 2 / 8 - (- theta * 0 + 0) <= h ^ 2 / 8 - (- theta * h + ln (Z h))); [lra|].
  apply B.
  - intros t _.
    assert (D1 : derivable_pt_lim (fun h => h ^ 2 / 8) t (t / 4)).
    { replace (t / 4) with (/ 8 * (INR 2 * t ^ pred 2)) by (simpl; field).
      replace (fun h => h ^ 2 / 8) with (mult_real_fct (/ 8) (fun h => h ^ 2)).
      - apply derivable_pt_lim_scal, derivable_pt_lim_pow.
      - apply FunctionalExtensionality.functional_extensionality; intros x.
        unfold mult_real_fct; field. }
    assert (D2 : derivable_pt_lim (fun h => - theta * h) t (- theta)).
    { pose proof (derivable_pt_lim_scal id (- theta) t 1 (derivable_pt_lim_id t)) as D.
      rewrite Rmult_1_r in D; exact D. }
    assert (D3 : derivable_pt_lim (fun h => ln (Z h)) t (share t)).
    { replace (share t) with (/ Z t * (theta * exp t))
        by (unfold share; field; pose proof (coin_pos t); lra).
      apply (derivable_pt_lim_comp Z ln); [apply coin_derivative|].
      apply derivable_pt_lim_ln, coin_pos. }
    pose proof (derivable_pt_lim_minus _ _ t _ _ D1 (derivable_pt_lim_plus _ _ t _ _ D2 D3)) as D.
    replace (t / 4 - (- theta + share t)) with (t / 4 - (share t - theta)) in D by ring.
    exact D.
  - intros t Ht; pose proof (share_bound t (proj1 Ht)); lra.
Qed.

Lemma coin_moment h : 0 <= h -> exp (- theta * h) * Z h <= exp (h ^ 2 / 8).
Proof.
  intros Hh; rewrite <- (exp_ln (Z h)) by apply coin_pos.
  rewrite <- exp_plus.
  destruct (coin_log_moment h Hh) as [L|E]; [left; now apply exp_increasing|rewrite E; lra].
Qed.
End Coin.

(** The exponential lies below its chord. *)
Lemma exp_chord x y lam : 0 <= lam <= 1 ->
  exp (lam * x + (1 - lam) * y) <= lam * exp x + (1 - lam) * exp y.
Proof.
  intros L; set (z := lam * x + (1 - lam) * y).
  pose proof (exp_ineq1_le (x - z)) as X; pose proof (exp_ineq1_le (y - z)) as Y.
  replace (exp x) with (exp z * exp (x - z)) by (rewrite <- exp_plus; f_equal; ring).
  replace (exp y) with (exp z * exp (y - z)) by (rewrite <- exp_plus; f_equal; ring).
  pose proof (exp_pos z) as P.
  assert (1 <= lam * exp (x - z) + (1 - lam) * exp (y - z)).
  { assert (lam * (1 + (x - z)) + (1 - lam) * (1 + (y - z)) = 1) by (unfold z; ring); nra. }
  nra.
Qed.

Theorem hoeffding_lemma : forall m p G a c s, distribution m p -> 0 <= c -> 0 <= s ->
  (forall x, (x < m)%nat -> a <= G x <= a + c) ->
  let mu := \sum_(x < m) p x * G x in
  \sum_(x < m) p x * exp (s * (G x - mu)) <= exp (s ^ 2 * c ^ 2 / 8).
Proof.
  intros m p G a c s Hp Hc Hs B mu.
  assert (Lo : a <= mu) by (apply mean_ge; [exact Hp|apply B]).
  assert (Hi : mu <= a + c) by (apply mean_le; [exact Hp|apply B]).
  destruct Hc as [Hc|Zc].
  2:{ (* a constant *)
      rewrite <- Zc in *; replace (s ^ 2 * 0 ^ 2 / 8) with 0 by (simpl; field); rewrite exp_0.
      apply mean_le; [exact Hp|]; intros x Hx; specialize (B x Hx).
      replace (s * (G x - mu)) with 0 by nra; rewrite exp_0; lra. }
  set (theta := (mu - a) / c).
  assert (Ht : 0 <= theta <= 1).
  { unfold theta; split; [apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]|].
    apply Rmult_le_reg_r with c; [exact Hc|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  (* chord by chord, then the coin of the same mean *)
  apply Rle_trans with
    (\sum_(x < m) p x * ((a + c - G x) / c * exp (s * (a - mu))
                         + (G x - a) / c * exp (s * (a + c - mu)))).
  - apply sum_le; intros x Hx; apply Rmult_le_compat_l; [now apply Hp|]; specialize (B x Hx).
    assert (L : 0 <= (a + c - G x) / c <= 1).
    { split; [apply Rmult_le_pos; [lra|left; now apply Rinv_0_lt_compat]|].
      apply Rmult_le_reg_r with c; [exact Hc|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
    pose proof (exp_chord (s * (a - mu)) (s * (a + c - mu)) _ L) as C.
    replace (1 - (a + c - G x) / c) with ((G x - a) / c) in C by (field; lra).
    replace ((a + c - G x) / c * (s * (a - mu)) + (G x - a) / c * (s * (a + c - mu)))
      with (s * (G x - mu)) in C by (field; lra).
    exact C.
  - rewrite (sum_ext m _ (fun x =>
      p x * ((a + c) / c * exp (s * (a - mu)) - a / c * exp (s * (a + c - mu)))
      + p x * G x * ((exp (s * (a + c - mu)) - exp (s * (a - mu))) / c)))
      by (intros; field; lra).
    rewrite sum_add, !sum_scal_r, (proj2 Hp); fold mu.
    pose proof (coin_moment theta Ht (s * c) ltac:(nra)) as M.
    replace ((s * c) ^ 2 / 8) with (s ^ 2 * c ^ 2 / 8) in M by field.
    eapply Rle_trans; [right|exact M].
    replace (exp (s * (a - mu))) with (exp (- theta * (s * c)))
      by (f_equal; unfold theta; field; lra).
    replace (exp (s * (a + c - mu))) with (exp (- theta * (s * c)) * exp (s * c))
      by (rewrite <- exp_plus; f_equal; unfold theta; field; lra).
    unfold theta; field; lra.
Qed.
