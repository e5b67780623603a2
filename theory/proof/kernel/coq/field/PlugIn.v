(** * Plug-in rules lose their estimation error, any number of classes

    A rule that predicts a class of largest estimated score loses at most the mean error of the scores
    of the two classes in question, over [K]. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Worlds BayesRule.
Open Scope R_scope.

(** [h] predicts a class of largest [score] wherever points have mass. *)
Definition predicts_largest W score h := rule W h /\
  forall x, (x < points W)%nat -> 0 < marginal W x -> argmax (classes W) (score x) (h x).

Lemma regret_below_two_errors a b A B : A <= B -> a - b <= Rabs (A - a) + Rabs (B - b).
Proof.
  intros H; pose proof (Rle_abs (a - A)); pose proof (Rle_abs (B - b)).
  rewrite Rabs_minus_sym; lra.
Qed.

Theorem plug_in : forall W estimate h b, positive_priors W ->
  predicts_largest W estimate h -> bayes W b ->
  let error x y := Rabs (estimate x y - balanced_score W x y) in
  balanced_error W h - balanced_error W b
  <= / INR (classes W) * expect W (fun x => error x (b x) + error x (h x)) /\
  / INR (classes W) * expect W (fun x => error x (b x) + error x (h x))
  <= 2 / INR (classes W) * expect W (fun x => bigmax (classes W) (error x)).
Proof.
  intros W est h b Hp [Hr Hh] Hb error.
  pose proof (Rinv_0_lt_compat _ (classes_pos W)) as IK.
  split.
  - destruct (balanced_regret W h b Hp Hr Hb) as [-> _].
    apply Rmult_le_compat_l; [lra|]; apply expect_le; intros x Hx Pos.
    rewrite <- (argmax_is_bigmax _ _ (b x)) by (apply Hb; assumption).
    apply regret_below_two_errors.
    apply (Hh x Hx Pos); apply (proj1 Hb x Hx).
  - replace (2 / INR (classes W)) with (/ INR (classes W) * 2) by (unfold Rdiv; ring).
    rewrite Rmult_assoc; apply Rmult_le_compat_l; [lra|]; rewrite <- expect_scal.
    apply expect_le; intros x Hx Pos.
    pose proof (bigmax_ge _ (error x) (b x) (proj1 Hb x Hx)).
    pose proof (bigmax_ge _ (error x) (h x) (Hr x Hx)); lra.
Qed.

(** Two classes, 0 and 1: thresholding an estimated posterior at an estimated prior. *)
Theorem plug_in_two_classes : forall W eta_hat p_hat h b, classes W = 2%nat -> positive_priors W ->
  rule W h -> bayes W b ->
  (forall x, p_hat < eta_hat x -> h x = 1%nat) -> (forall x, eta_hat x < p_hat -> h x = 0%nat) ->
  let p := prior W 1 in
  balanced_error W h - balanced_error W b
  <= (expect W (fun x => Rabs (eta_hat x - posterior W x 1)) + Rabs (p_hat - p))
     / (2 * p * (1 - p)).
Proof.
  intros W eh ph h b K2 Hp Hr Hb Above Below p.
  assert (P1 : 0 < p) by (apply Hp; lia).
  assert (P0 : 0 < prior W 0) by (apply Hp; lia).
  assert (T : prior W 0 + p = 1).
  { pose proof (mass_total W) as T; rewrite sum_swap, K2 in T; simpl in T; unfold p, prior; lra. }
  destruct (balanced_regret W h b Hp Hr Hb) as [-> _]; rewrite K2.
  replace (INR 2) with 2 by (simpl; ring).
  assert (E : expect W (fun x => bigmax 2 (balanced_score W x) - balanced_score W x (h x))
    <= / (p * (1 - p)) * expect W (fun x => Rabs (eh x - posterior W x 1) + Rabs (ph - p))).
  { rewrite <- expect_scal; apply expect_le; intros x Hx Pos.
    assert (S : posterior W x 0 = 1 - posterior W x 1).
    { unfold posterior; unfold marginal in Pos |- *; rewrite K2 in Pos |- *; simpl in Pos |- *.
      field; lra. }
    set (eta := posterior W x 1) in *.
    assert (D : balanced_score W x 1 - balanced_score W x 0 = (eta - p) * / (p * (1 - p))).
    { unfold balanced_score; rewrite S; fold eta p; replace (prior W 0) with (1 - p) by lra.
      field; lra. }
    assert (I : 0 < / (p * (1 - p))) by (apply Rinv_0_lt_compat; nra).
    set (i := / (p * (1 - p))) in *.
    assert (A1 := Rle_abs (eh x - eta)); assert (A2 := Rle_abs (eta - eh x)).
    assert (B1 := Rle_abs (ph - p)); assert (B2 := Rle_abs (p - ph)).
    rewrite (Rabs_minus_sym eta (eh x)) in A2; rewrite (Rabs_minus_sym p ph) in B2.
    assert (N1 := Rabs_pos (eh x - eta)); assert (N2 := Rabs_pos (ph - p)).
    assert (C : h x = 0%nat \/ h x = 1%nat) by (pose proof (Hr x Hx); lia).
    simpl; rewrite (Rmax_left (balanced_score W x 0) (balanced_score W x 0)) by lra.
    destruct C as [C|C]; rewrite C.
    - assert (eh x <= ph) by (destruct (Rle_dec (eh x) ph); [assumption|];
        rewrite Above in C by lra; discriminate).
      unfold Rmax; destruct (Rle_dec (balanced_score W x 0) (balanced_score W x 1)); nra.
    - assert (ph <= eh x) by (destruct (Rle_dec ph (eh x)); [assumption|];
        rewrite Below in C by lra; discriminate).
      unfold Rmax; destruct (Rle_dec (balanced_score W x 0) (balanced_score W x 1)); nra. }
  assert (L : expect W (fun x => Rabs (eh x - posterior W x 1) + Rabs (ph - p))
    = expect W (fun x => Rabs (eh x - posterior W x 1)) + Rabs (ph - p)).
  { unfold expect.
    rewrite (sum_ext _ _ (fun x => marginal W x * Rabs (eh x - posterior W x 1)
      + marginal W x * Rabs (ph - p))) by (intros; ring).
    rewrite sum_add, sum_scal_r, marginal_total; ring. }
  rewrite L in E; apply Rmult_le_compat_l with (r := / 2) in E; [|lra].
  eapply Rle_trans; [exact E|right; field; lra].
Qed.
