(** * McDiarmid's inequality for independent points

    A function that the point [i] alone changes by at most [c_i] exceeds its mean by [t] with
    probability at most [exp(-2 t^2/sum c_i^2)]. *)

From Coq Require Import Reals Lra Lia List Psatz.
From AllK Require Import Sums Gibbs Samples Hoeffding.
Import ListNotations.
Open Scope R_scope.

(** Changing the point [i] alone changes [F] by at most [c_i]. *)
Fixpoint bounded_differences (m : nat) (cs : list R) (F : list nat -> R) : Prop :=
  match cs with
  | [] => True
  | c :: cs =>
      (forall x x' s, (x < m)%nat -> (x' < m)%nat -> F (x :: s) - F (x' :: s) <= c) /\
      forall x, (x < m)%nat -> bounded_differences m cs (fun s => F (x :: s))
  end.

Definition sum_of_squares (cs : list R) := fold_right (fun c total => c ^ 2 + total) 0 cs.

Lemma differences_opposite m cs F : bounded_differences m cs F ->
  bounded_differences m cs (fun s => - F s).
Proof.
  revert F; induction cs as [|c cs IH]; intros F; simpl; [trivial|]; intros [H1 H2]; split.
  - intros x x' s Hx Hx'; specialize (H1 x' x s Hx' Hx); lra.
  - intros x Hx; apply (IH (fun s => F (x :: s))), H2, Hx.
Qed.

Theorem mcdiarmid_moment : forall m laws cs F s, (0 < m)%nat -> all_distributions m laws ->
  length cs = length laws -> bounded_differences m cs F -> 0 <= s ->
  mean m laws (fun z => exp (s * (F z - mean m laws F))) <= exp (s ^ 2 * sum_of_squares cs / 8).
Proof.
  intros m laws cs F s Hm H; revert cs F.
  induction H as [|p laws Hp H IH]; intros cs F L B Hs.
  - destruct cs; [|discriminate]; simpl.
    replace (s * (F [] - F [])) with 0 by ring.
    replace (s * (s * 1) * 0 / 8) with 0 by field; lra.
  - destruct cs as [|c cs]; [discriminate|]; injection L as L; destruct B as [B1 B2].
    set (G := fun x => mean m laws (fun z => F (x :: z))).
    set (mu := mean m (p :: laws) F).
    change (mean m (p :: laws) F) with (\sum_(x < m) p x * G x) in mu.
    cbn [mean].
    (* the rest of the sample, given its first point *)
    apply Rle_trans with
      (\sum_(x < m) p x * exp (s * (G x - mu)) * exp (s ^ 2 * sum_of_squares cs / 8)).
    + apply sum_le; intros x Hx; rewrite Rmult_assoc; apply Rmult_le_compat_l; [now apply Hp|].
      rewrite (mean_ext m laws _
        (fun z => exp (s * (G x - mu)) * exp (s * (F (x :: z) - G x))))
        by (intros z; rewrite <- exp_plus; f_equal; ring).
      rewrite mean_scal; apply Rmult_le_compat_l; [left; apply exp_pos|].
      apply (IH cs (fun z => F (x :: z)) L (B2 x Hx) Hs).
    + rewrite sum_scal_r; cbn [sum_of_squares fold_right].
      replace (s ^ 2 * (c ^ 2 + fold_right (fun c total => c ^ 2 + total) 0 cs) / 8)
        with (s ^ 2 * c ^ 2 / 8 + s ^ 2 * sum_of_squares cs / 8)
        by (unfold sum_of_squares; field).
      rewrite exp_plus; apply Rmult_le_compat_r; [left; apply exp_pos|].
      (* the mean given the first point ranges over an interval of length c *)
      assert (R : forall x x', (x < m)%nat -> (x' < m)%nat -> G x - G x' <= c).
      { intros x x' Hx Hx'; cut (G x <= G x' + c); [lra|]; unfold G.
        rewrite <- (mean_of_const m laws c H), <- mean_add; apply mean_le_samples; [exact H|].
        intros z _; specialize (B1 x x' z Hx Hx'); lra. }
      destruct (argmin_exists m G Hm) as [x0 [H0 Min]].
      apply (hoeffding_lemma m p G (G x0) c s Hp); [|exact Hs|].
      * pose proof (R x0 x0 H0 H0); lra.
      * intros x Hx; pose proof (Min x Hx); pose proof (R x x0 Hx H0); lra.
Qed.

Definition at_least (F : list nat -> R) (t : R) (s : list nat) :=
  if Rle_dec t (F s) then true else false.

Theorem mcdiarmid : forall m laws cs F t, (0 < m)%nat -> all_distributions m laws ->
  length cs = length laws -> bounded_differences m cs F -> 0 < sum_of_squares cs -> 0 < t ->
  probability m laws (at_least F (mean m laws F + t)) <= exp (- 2 * t ^ 2 / sum_of_squares cs).
Proof.
  intros m laws cs F t Hm H L B HC Ht.
  set (C := sum_of_squares cs) in *; set (s := 4 * t / C).
  assert (Hs : 0 <= s) by (left; apply Rdiv_lt_0_compat; lra).
  pose proof (mcdiarmid_moment m laws cs F s Hm H L B Hs) as M; fold C in M.
  (* Markov *)
  apply Rle_trans with (exp (- (s * t)) * exp (s ^ 2 * C / 8)).
  - eapply Rle_trans; [|apply Rmult_le_compat_l; [left; apply exp_pos|exact M]].
    rewrite <- mean_scal; apply mean_le_samples; [exact H|]; intros z _; unfold at_least.
    rewrite <- exp_plus; destruct (Rle_dec (mean m laws F + t) (F z)) as [Le|_];
      [|left; apply exp_pos].
    pose proof (exp_ineq1_le (- (s * t) + s * (F z - mean m laws F))) as E.
    assert (0 <= s * (F z - (mean m laws F + t))) by (apply Rmult_le_pos; lra); lra.
  - rewrite <- exp_plus; right; f_equal; unfold s; field; lra.
Qed.
