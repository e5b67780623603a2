(** * Union, stratified and data-dependent bounds compared term by term, any number of classes

    [pih] is the sample's prior, [N] its size, [N pih_y] the count of class [y], [rarest] its rarest
    class. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Inequalities PriorPrefactor.
Open Scope R_scope.

Lemma sqrt_prior_split pih K m y u : positive K pih -> (m < K)%nat -> (y < K)%nat ->
  pih y * (u / sqrt (pih y)) = u * sqrt (pih y).
Proof.
  intros Hp _ Hy; pose proof (Hp y Hy) as P; pose proof (sqrt_lt_R0 _ P).
  rewrite <- (sqrt_sqrt (pih y)) at 1 by lra; field; lra.
Qed.

Theorem union_risk_and_complexity_below : forall K pih risk mu rarest, (rarest < K)%nat ->
  positive_distribution K pih -> nonnegative K risk -> nonnegative K mu ->
  (forall y, (y < K)%nat -> pih rarest <= pih y) ->
  / INR K * bigsum K risk <= / (INR K * pih rarest) * (\sum_(y < K) pih y * risk y) /\
  (/ INR K * bigsum K risk = / (INR K * pih rarest) * (\sum_(y < K) pih y * risk y) <->
   forall y, (y < K)%nat -> pih rarest < pih y -> risk y = 0) /\
  / INR K * (\sum_(y < K) mu y / sqrt (pih y))
  <= / (INR K * pih rarest) * (\sum_(y < K) mu y * sqrt (pih y)) /\
  (/ INR K * (\sum_(y < K) mu y / sqrt (pih y))
   = / (INR K * pih rarest) * (\sum_(y < K) mu y * sqrt (pih y)) <->
   forall y, (y < K)%nat -> pih rarest < pih y -> mu y = 0) /\
  (positive K mu ->
   (/ INR K * (\sum_(y < K) mu y / sqrt (pih y))
    = / (INR K * pih rarest) * (\sum_(y < K) mu y * sqrt (pih y)) <->
    forall y, (y < K)%nat -> pih y = pih rarest)).
Proof.
  intros K pih risk mu m Hm [Hp S] Hr Hmu Min.
  destruct (prior_prefactor K pih risk m Hm Hp Hr Min) as [R1 R2].
  assert (Root : forall y, (y < K)%nat -> 0 < sqrt (pih y)) by (intros; apply sqrt_lt_R0; auto).
  assert (Hc : nonnegative K (fun y => mu y / sqrt (pih y))).
  { intros y Hy; apply Rmult_le_pos; [auto|left; apply Rinv_0_lt_compat; auto]. }
  destruct (prior_prefactor K pih (fun y => mu y / sqrt (pih y)) m Hm Hp Hc Min) as [C1 C2].
  rewrite (sum_ext K (fun y => pih y * (mu y / sqrt (pih y))) (fun y => mu y * sqrt (pih y)))
    in C1, C2 by (intros y Hy; now apply (sqrt_prior_split pih K m)).
  assert (Zero : forall y, (y < K)%nat -> (mu y / sqrt (pih y) = 0 <-> mu y = 0)).
  { intros y Hy; pose proof (Root y Hy) as P; split; intros E.
    - apply Rmult_eq_reg_r with (/ sqrt (pih y)); [|pose proof (Rinv_0_lt_compat _ P); lra].
      unfold Rdiv in E; rewrite E; ring.
    - rewrite E; unfold Rdiv; ring. }
  assert (C3 : / INR K * (\sum_(y < K) mu y / sqrt (pih y))
    = / (INR K * pih m) * (\sum_(y < K) mu y * sqrt (pih y)) <->
    forall y, (y < K)%nat -> pih m < pih y -> mu y = 0).
  { rewrite C2; split; intros H y Hy L; apply (Zero y Hy); now apply H. }
  repeat split; try assumption; try apply R2; try apply C3.
  - intros E y Hy; destruct (Min y Hy) as [L|L]; [|now symmetry].
    pose proof (proj1 C3 E y Hy L); pose proof (H y Hy); lra.
  - intros Bal; apply C3; intros y Hy L; rewrite (Bal y Hy) in L; lra.
Qed.

(** [A = log(2/delta)] and [B = log(2K/delta)]: the deviations of the two bounds. *)
Theorem union_deviation_below_iff : forall K pih N M A B rarest, (rarest < K)%nat ->
  positive K pih -> 0 < N -> 0 < M -> 0 < A -> 0 < B ->
  (/ INR K * (\sum_(y < K) 3 * M * sqrt (B / (2 * (N * pih y))))
   <= / (INR K * pih rarest) * (3 * M * sqrt (A / (2 * N))) <->
   \sum_(y < K) / sqrt (pih y) <= sqrt (A / B) / pih rarest).
Proof.
  intros K pih N M A B m Hm Hp HN HM HA HB.
  assert (HK : 0 < INR K) by (apply lt_0_INR; lia).
  pose proof (Hp m Hm) as Pm.
  set (S := \sum_(y < K) / sqrt (pih y)).
  assert (P : 0 < B / (2 * N)) by (apply Rdiv_lt_0_compat; lra).
  set (f := 3 * M * sqrt (B / (2 * N)) * / INR K).
  assert (Pf : 0 < f).
  { apply Rmult_lt_0_compat; [apply Rmult_lt_0_compat; [lra|now apply sqrt_lt_R0]|].
    now apply Rinv_0_lt_compat. }
  replace (/ INR K * (\sum_(y < K) 3 * M * sqrt (B / (2 * (N * pih y))))) with (f * S).
  2:{ unfold f, S; rewrite <- !sum_scal; apply sum_ext; intros y Hy; pose proof (Hp y Hy).
      replace (B / (2 * (N * pih y))) with (B / (2 * N) * / pih y) by (field; lra).
      rewrite sqrt_mult_alt, sqrt_inv by lra; ring. }
  replace (/ (INR K * pih m) * (3 * M * sqrt (A / (2 * N)))) with (f * (sqrt (A / B) / pih m)).
  2:{ replace (A / (2 * N)) with (B / (2 * N) * (A / B)) by (field; lra).
      rewrite sqrt_mult_alt by lra; unfold f; field; lra. }
  split; intros H; [apply Rmult_le_reg_l with f; lra|apply Rmult_le_compat_l; lra].
Qed.

Theorem stratified_below_both : forall K pih N mu r M risk delta rarest, (rarest < K)%nat ->
  positive_distribution K pih -> 0 < N -> 0 < delta < 1 ->
  nonnegative K mu -> nonnegative K r -> nonnegative K M -> nonnegative K risk ->
  (forall y, (y < K)%nat -> pih rarest <= pih y) ->
  let n := fun y => N * pih y in
  let A := ln (2 / delta) in
  (* complexity, with the common factor 2 sqrt2 Lam / sqrt K *)
  sqrt (\sum_(y < K) mu y ^ 2 * r y ^ 2 / n y) <= \sum_(y < K) mu y * r y / sqrt (n y) /\
  \sum_(y < K) mu y * r y / sqrt (n y)
  <= sqrt 2 * bigmax K r / (pih rarest * sqrt N) * (\sum_(y < K) mu y * sqrt (pih y)) /\
  (* deviation, with the common factor 3/K *)
  sqrt (A / 2 * (\sum_(y < K) M y ^ 2 / n y))
  <= \sum_(y < K) M y * sqrt ((A + ln (INR K)) / (2 * n y)) /\
  sqrt (A / 2 * (\sum_(y < K) M y ^ 2 / n y))
  <= bigmax K M / pih rarest * sqrt (A / (2 * N)) /\
  (* risk: the same in the union and the stratified bound *)
  / INR K * bigsum K risk <= / (INR K * pih rarest) * (\sum_(y < K) pih y * risk y).
Proof.
  intros K pih N mu r M risk delta m Hm [Hp S] HN Hd Hmu Hr HM Hrisk Min n A.
  assert (HK0 : (0 < K)%nat) by lia.
  assert (HK : 1 <= INR K) by (change 1 with (INR 1); apply le_INR; lia).
  pose proof (Hp m Hm) as Pm.
  assert (Pn : positive K n) by (intros y Hy; apply Rmult_lt_0_compat; auto).
  assert (Rn : positive K (fun y => sqrt (n y))) by (intros y Hy; apply sqrt_lt_R0, Pn, Hy).
  assert (PA : 0 < A).
  { rewrite <- ln_1; apply ln_increasing; [lra|].
    apply Rmult_lt_reg_r with delta; [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  assert (LK : 0 <= ln (INR K)).
  { rewrite <- ln_1; destruct HK as [L|E]; [left; apply ln_increasing; lra|rewrite E; lra]. }
  assert (Small : INR K * pih m <= 1).
  { rewrite <- sum_const, <- S; apply sum_le; auto. }
  assert (MaxM : 0 <= bigmax K M) by (eapply Rle_trans; [apply (HM m Hm)|now apply bigmax_ge]).
  assert (MaxR : 0 <= bigmax K r) by (eapply Rle_trans; [apply (Hr m Hm)|now apply bigmax_ge]).
  split; [|split; [|split; [|split]]].
  - rewrite (sum_ext K _ (fun y => (mu y * r y / sqrt (n y)) ^ 2)).
    + apply root_of_squares_below_sum; intros y Hy; apply Rmult_le_pos;
        [apply Rmult_le_pos; auto|left; apply Rinv_0_lt_compat, Rn, Hy].
    + intros y Hy; pose proof (Rn y Hy) as P; cbv beta in P.
      rewrite <- (sqrt_sqrt (n y)) at 1 by (left; apply Pn, Hy); field; lra.
  - rewrite <- sum_scal; apply sum_le; intros y Hy.
    unfold n; rewrite sqrt_mult_alt by lra.
    pose proof (Hp y Hy) as Py; pose proof (sqrt_lt_R0 _ Py) as Sy; pose proof (sqrt_lt_R0 _ HN) as SN.
    assert (T : / sqrt (pih y) <= sqrt (pih y) / pih m).
    { apply Rmult_le_reg_r with (pih m * sqrt (pih y)); [now apply Rmult_lt_0_compat|].
      replace (/ sqrt (pih y) * (pih m * sqrt (pih y))) with (pih m) by (field; lra).
      replace (sqrt (pih y) / pih m * (pih m * sqrt (pih y))) with (pih y)
        by (rewrite <- (sqrt_sqrt (pih y)) at 1 by lra; field; lra).
      auto. }
    assert (S2 : 1 <= sqrt 2) by (rewrite <- sqrt_1 at 1; apply sqrt_le_1_alt; lra).
    pose proof (bigmax_ge K r y Hy) as Ry; pose proof (Hmu y Hy); pose proof (Hr y Hy).
    replace (mu y * r y / (sqrt N * sqrt (pih y))) with (mu y / sqrt N * (r y * / sqrt (pih y)))
      by (field; lra).
    replace (sqrt 2 * bigmax K r / (pih m * sqrt N) * (mu y * sqrt (pih y)))
      with (mu y / sqrt N * (sqrt 2 * bigmax K r * (sqrt (pih y) / pih m))) by (field; lra).
    apply Rmult_le_compat_l; [apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]|].
    apply Rmult_le_compat; [assumption|left; now apply Rinv_0_lt_compat|nra|exact T].
  - apply Rle_trans with (\sum_(y < K) M y * sqrt (A / (2 * n y))).
    + rewrite <- sum_scal, (sum_ext K _ (fun y => (M y * sqrt (A / (2 * n y))) ^ 2)).
      * apply root_of_squares_below_sum; intros y Hy; apply Rmult_le_pos; [auto|apply sqrt_pos].
      * intros y Hy; pose proof (Pn y Hy); rewrite Rpow_mult_distr, pow2_sqrt; [field; lra|].
        left; apply Rdiv_lt_0_compat; lra.
    + apply sum_le; intros y Hy; pose proof (Pn y Hy); apply Rmult_le_compat_l; [auto|].
      apply sqrt_le_1_alt; apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat|]; lra.
  - assert (PN : 0 < A / (2 * N)) by (apply Rdiv_lt_0_compat; lra).
    replace (bigmax K M / pih m * sqrt (A / (2 * N)))
      with (sqrt ((bigmax K M / pih m) ^ 2 * (A / (2 * N)))).
    2:{ rewrite sqrt_mult_alt, sqrt_pow2; [reflexivity| |apply pow2_ge_0].
        apply Rmult_le_pos; [exact MaxM|left; now apply Rinv_0_lt_compat]. }
    apply sqrt_le_1_alt.
    replace (A / 2 * _) with (A / (2 * N) * (\sum_(y < K) M y ^ 2 / pih y)).
    2:{ rewrite <- !sum_scal; apply sum_ext; intros y Hy; pose proof (Hp y Hy); unfold n; field; lra. }
    rewrite Rmult_comm; apply Rmult_le_compat_r; [lra|].
    apply Rle_trans with (\sum_(y < K) (bigmax K M) ^ 2 / pih m).
    + apply sum_le; intros y Hy; pose proof (Hp y Hy).
      apply Rmult_le_compat; [apply pow2_ge_0|left; now apply Rinv_0_lt_compat| |].
      * apply pow_incr; split; [auto|now apply bigmax_ge].
      * apply Rinv_le_contravar; auto.
    + rewrite sum_const.
      replace (INR K * ((bigmax K M) ^ 2 / pih m))
        with (INR K * pih m * ((bigmax K M) ^ 2 / pih m ^ 2)) by (field; lra).
      replace ((bigmax K M / pih m) ^ 2) with (1 * ((bigmax K M) ^ 2 / pih m ^ 2)) by (field; lra).
      apply Rmult_le_compat_r; [|exact Small].
      apply Rmult_le_pos; [apply pow2_ge_0|left; apply Rinv_0_lt_compat; nra].
  - now apply prior_prefactor.
Qed.
