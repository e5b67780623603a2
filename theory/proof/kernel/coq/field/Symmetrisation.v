(** * Symmetrisation for independent points that need not be alike

    [E sup_f sum_i (E phi_i(f) - phi_i(f, x_i)) <= 2 E E_sigma sup_f sum_i sigma_i phi_i(f, x_i)]. *)

From Coq Require Import Reals Lra Lia List Psatz.
From AllK Require Import Sums Samples Suprema McDiarmid.
Import ListNotations.
Open Scope R_scope.

(** The mean of [G] over [n] independent fair signs. *)
Fixpoint sign_mean (n : nat) (G : list R -> R) : R :=
  match n with
  | O => G []
  | S n => (sign_mean n (fun sg => G (1 :: sg)) + sign_mean n (fun sg => G (-1 :: sg))) / 2
  end.

Section Coordinates.
Context {I : Type}.
Hypothesis some : inhabited I.
Variable m : nat.

(** A point of the sample: its law, and what each function takes there. *)
Record coordinate := { law : nat -> R; value : I -> nat -> R; range : R }.

Definition expected (c : coordinate) f := \sum_(x < m) law c x * value c f x.

(** Values in [[0, range]]. *)
Definition well_formed (c : coordinate) :=
  distribution m (law c) /\ forall f x, 0 <= value c f x <= range c.

Definition laws_of cs := map law cs.
Definition ranges_of cs := map range cs.

(** [sum_i phi_i(f, x_i)], [sum_i sigma_i phi_i(f, x_i)] and [sum_i E phi_i(f)]. *)
Fixpoint total cs (s : list nat) f : R :=
  match cs, s with
  | c :: cs, x :: s => value c f x + total cs s f
  | _, _ => 0
  end.
Fixpoint signed_total cs (sg : list R) (s : list nat) f : R :=
  match cs, sg, s with
  | c :: cs, e :: sg, x :: s => e * value c f x + signed_total cs sg s f
  | _, _, _ => 0
  end.
Fixpoint expected_total cs f : R :=
  match cs with
  | [] => 0
  | c :: cs => expected c f + expected_total cs f
  end.

Definition deviation cs s := Sup (fun f => expected_total cs f - total cs s f).
Definition complexity cs s := sign_mean (length cs) (fun sg => Sup (signed_total cs sg s)).

(** ** The same with a function [h] carried along, for induction over the points *)

Definition plus (h g : I -> R) f := h f + g f.
Definition less (h g : I -> R) f := h f - g f.
Definition at_point (c : coordinate) x : I -> R := fun f => value c f x.

Fixpoint carried_deviation cs (s : list nat) (h : I -> R) : R :=
  match cs, s with
  | c :: cs, x :: s => carried_deviation cs s (plus h (less (expected c) (at_point c x)))
  | _, _ => Sup h
  end.
Fixpoint carried_complexity cs (s : list nat) (h : I -> R) : R :=
  match cs, s with
  | c :: cs, x :: s => (carried_complexity cs s (plus h (at_point c x))
                        + carried_complexity cs s (less h (at_point c x))) / 2
  | _, _ => Sup h
  end.
(** With a twin of every point: [E E' E_sigma sup_f (h + sum sigma_i (phi_i(x'_i) - phi_i(x_i)))]. *)
Fixpoint twins cs (h : I -> R) : R :=
  match cs with
  | [] => Sup h
  | c :: cs => \sum_(x < m) law c x * (\sum_(z < m) law c z *
      ((twins cs (plus h (less (at_point c z) (at_point c x)))
        + twins cs (less h (less (at_point c z) (at_point c x)))) / 2))
  end.
Fixpoint mean_complexity cs (h : I -> R) : R :=
  match cs with
  | [] => Sup h
  | c :: cs => \sum_(x < m) law c x *
      ((mean_complexity cs (plus h (at_point c x))
        + mean_complexity cs (less h (at_point c x))) / 2)
  end.

Lemma plus_bounded h g : bounded h -> bounded g -> bounded (plus h g).
Proof. apply bounded_add. Qed.
Lemma less_bounded h g : bounded h -> bounded g -> bounded (less h g).
Proof. apply bounded_sub. Qed.
Lemma point_bounded c x : well_formed c -> bounded (at_point c x).
Proof. intros [_ H]; apply bounded_between with 0 (range c); intros f; apply H. Qed.
Lemma expected_bounded c : well_formed c -> bounded (expected c).
Proof. intros H; apply (bounded_sum m (law c) (at_point c)); intros; now apply point_bounded. Qed.

Hint Resolve plus_bounded less_bounded point_bounded expected_bounded : bounds.

Lemma same (u v : I -> R) : (forall f, u f = v f) -> u = v.
Proof. apply FunctionalExtensionality.functional_extensionality. Qed.

(** *** What is carried is what was meant *)

Lemma carried_deviation_meaning cs s h : length s = length cs ->
  carried_deviation cs s h = Sup (fun f => h f + (expected_total cs f - total cs s f)).
Proof.
  revert s h; induction cs as [|c cs IH]; intros [|x s] h L; try discriminate; simpl.
  - apply Sup_ext; intros; ring.
  - injection L as L; rewrite IH by exact L; apply Sup_ext; intros f.
    unfold plus, less, at_point; ring.
Qed.

Lemma sign_mean_ext n F G : (forall sg, F sg = G sg) -> sign_mean n F = sign_mean n G.
Proof.
  revert F G; induction n as [|n IH]; intros F G E; simpl; [apply E|].
  f_equal; f_equal; apply IH; intros; apply E.
Qed.

Lemma carried_complexity_meaning cs s h : length s = length cs ->
  carried_complexity cs s h
  = sign_mean (length cs) (fun sg => Sup (fun f => h f + signed_total cs sg s f)).
Proof.
  revert s h; induction cs as [|c cs IH]; intros [|x s] h L; try discriminate; simpl.
  - apply Sup_ext; intros; ring.
  - injection L as L; rewrite !IH by exact L.
    f_equal; f_equal; apply sign_mean_ext; intros sg; apply Sup_ext; intros f;
      unfold plus, less, at_point; ring.
Qed.

Lemma mean_complexity_meaning cs h :
  mean m (laws_of cs) (fun s => carried_complexity cs s h) = mean_complexity cs h.
Proof.
  revert h; induction cs as [|c cs IH]; intros h; simpl; [reflexivity|].
  apply sum_ext; intros x _; f_equal.
  rewrite <- !IH, (mean_ext m _ _
    (fun s => / 2 * (carried_complexity cs s (plus h (at_point c x))
              + carried_complexity cs s (less h (at_point c x))))) by (intros; field).
  rewrite mean_scal, mean_add; unfold laws_of; field.
Qed.

(** *** The supremum of means is below the mean of suprema, with twins *)

Lemma twins_of_mean cs q (u : nat -> I -> R) : Forall well_formed cs -> distribution m q ->
  (forall z, (z < m)%nat -> bounded (u z)) ->
  twins cs (fun f => \sum_(z < m) q z * u z f) <= \sum_(z < m) q z * twins cs (u z).
Proof.
  intros W Hq; revert u; induction W as [|c cs Wc W IH]; intros u Hu; simpl.
  - now apply Sup_of_mean.
  - apply Rle_trans with (\sum_(x < m) law c x * (\sum_(y < m) law c y *
      (\sum_(z < m) q z * ((twins cs (plus (u z) (less (at_point c y) (at_point c x)))
        + twins cs (less (u z) (less (at_point c y) (at_point c x)))) / 2)))).
    + apply sum_le; intros x Hx; apply Rmult_le_compat_l; [now apply Wc|].
      apply sum_le; intros y Hy; apply Rmult_le_compat_l; [now apply Wc|].
      set (d := less (at_point c y) (at_point c x)).
      assert (Hd : bounded d) by (unfold d; auto with bounds).
      pose proof (IH (fun z => plus (u z) d)
        (fun z Hz => plus_bounded _ _ (Hu z Hz) Hd)) as P.
      pose proof (IH (fun z => less (u z) d)
        (fun z Hz => less_bounded _ _ (Hu z Hz) Hd)) as N.
      replace (plus (fun f => \sum_(z < m) q z * u z f) d)
        with (fun f => \sum_(z < m) q z * plus (u z) d f).
      2:{ apply same; intros f; unfold plus.
          rewrite (sum_ext m _ (fun z => q z * u z f + q z * d f)) by (intros; ring).
          now rewrite sum_add, (mean_const m q _ Hq). }
      replace (less (fun f => \sum_(z < m) q z * u z f) d)
        with (fun f => \sum_(z < m) q z * less (u z) d f).
      2:{ apply same; intros f; unfold less.
          rewrite (sum_ext m _ (fun z => q z * u z f - q z * d f)) by (intros; ring).
          now rewrite sum_sub, (mean_const m q _ Hq). }
      rewrite (sum_ext m (fun z => q z * ((twins cs (plus (u z) d) + twins cs (less (u z) d)) / 2))
        (fun z => (q z * twins cs (plus (u z) d) + q z * twins cs (less (u z) d)) * / 2))
        by (intros; field).
      rewrite sum_scal_r, sum_add; unfold Rdiv; apply Rmult_le_compat_r; lra.
    + right.
      rewrite (sum_ext m _ (fun x => \sum_(z < m) q z * (law c x * (\sum_(y < m) law c y *
        ((twins cs (plus (u z) (less (at_point c y) (at_point c x)))
        + twins cs (less (u z) (less (at_point c y) (at_point c x)))) / 2))))).
      * rewrite sum_swap; apply sum_ext; intros z _; now rewrite sum_scal.
      * intros x _.
        rewrite (sum_ext m (fun y => law c y * (\sum_(z < m) q z *
          ((twins cs (plus (u z) (less (at_point c y) (at_point c x)))
          + twins cs (less (u z) (less (at_point c y) (at_point c x)))) / 2)))
          (fun y => \sum_(z < m) q z * (law c y *
          ((twins cs (plus (u z) (less (at_point c y) (at_point c x)))
          + twins cs (less (u z) (less (at_point c y) (at_point c x)))) / 2))))
          by (intros; rewrite <- sum_scal; apply sum_ext; intros; ring).
        rewrite sum_swap, <- sum_scal; apply sum_ext; intros z _.
        rewrite sum_scal; ring.
Qed.

Lemma deviation_below_twins cs h : Forall well_formed cs -> bounded h ->
  mean m (laws_of cs) (fun s => carried_deviation cs s h) <= twins cs h.
Proof.
  intros W; revert h; induction W as [|c cs Wc W IH]; intros h Hh; simpl; [lra|].
  pose proof (proj1 Wc) as Hp.
  set (T := fun x z => twins cs (plus h (less (at_point c z) (at_point c x)))).
  apply Rle_trans with (\sum_(x < m) law c x * (\sum_(z < m) law c z * T x z)).
  - apply sum_le; intros x Hx; apply Rmult_le_compat_l; [now apply Hp|].
    eapply Rle_trans; [apply IH; auto with bounds|].
    replace (plus h (less (expected c) (at_point c x)))
      with (fun f => \sum_(z < m) law c z * plus h (less (at_point c z) (at_point c x)) f).
    + apply twins_of_mean; auto with bounds.
    + apply same; intros f; unfold plus, less, expected.
      rewrite (sum_ext m _ (fun z => law c z * value c f z
        + law c z * (h f - at_point c x f))) by (intros; unfold at_point; ring).
      rewrite sum_add, (mean_const m (law c) _ Hp); ring.
  - (* exchange a point and its twin *)
    assert (Sw : \sum_(x < m) law c x * (\sum_(z < m) law c z * T x z)
               = \sum_(x < m) law c x * (\sum_(z < m) law c z * T z x)).
    { rewrite (sum_ext m _ (fun x => \sum_(z < m) law c x * (law c z * T x z)))
        by (intros; now rewrite sum_scal).
      rewrite sum_swap; apply sum_ext; intros z _.
      rewrite <- sum_scal; apply sum_ext; intros; ring. }
    assert (Fl : forall x z, T z x = twins cs (less h (less (at_point c z) (at_point c x)))).
    { intros x z; unfold T; f_equal; apply same; intros f; unfold plus, less; ring. }
    replace (\sum_(x < m) law c x * (\sum_(z < m) law c z *
      ((twins cs (plus h (less (at_point c z) (at_point c x)))
      + twins cs (less h (less (at_point c z) (at_point c x)))) / 2)))
      with ((\sum_(x < m) law c x * (\sum_(z < m) law c z * T x z)
        + \sum_(x < m) law c x * (\sum_(z < m) law c z * T z x)) * / 2); [lra|].
    rewrite <- sum_add, <- sum_scal_r; apply sum_ext; intros x _.
    rewrite <- Rmult_plus_distr_l, <- sum_add, Rmult_assoc, <- sum_scal_r; f_equal.
    apply sum_ext; intros z _; rewrite (Fl x z); unfold T; field.
Qed.

Lemma twins_part cs g h : Forall well_formed cs -> bounded g -> bounded h ->
  twins cs (plus g h) <= mean_complexity cs g + mean_complexity cs h.
Proof.
  intros W; revert g h; induction W as [|c cs Wc W IH]; intros g h Hg Hh; simpl.
  - now apply Sup_of_sum.
  - pose proof (proj1 Wc) as Hp.
    set (A := fun x => (mean_complexity cs (plus g (at_point c x))
                        + mean_complexity cs (less g (at_point c x))) / 2).
    set (B := fun x => (mean_complexity cs (plus h (at_point c x))
                        + mean_complexity cs (less h (at_point c x))) / 2).
    apply Rle_trans with (\sum_(x < m) law c x * (\sum_(z < m) law c z * (A z + B x))).
    + apply sum_le; intros x Hx; apply Rmult_le_compat_l; [now apply Hp|].
      apply sum_le; intros z Hz; apply Rmult_le_compat_l; [now apply Hp|].
      replace (plus (plus g h) (less (at_point c z) (at_point c x)))
        with (plus (plus g (at_point c z)) (less h (at_point c x)))
        by (apply same; intros f; unfold plus, less; ring).
      replace (less (plus g h) (less (at_point c z) (at_point c x)))
        with (plus (less g (at_point c z)) (plus h (at_point c x)))
        by (apply same; intros f; unfold plus, less; ring).
      pose proof (IH (plus g (at_point c z)) (less h (at_point c x))
        ltac:(auto with bounds) ltac:(auto with bounds)).
      pose proof (IH (less g (at_point c z)) (plus h (at_point c x))
        ltac:(auto with bounds) ltac:(auto with bounds)).
      unfold A, B; lra.
    + right.
      rewrite (sum_ext m _ (fun x => law c x * (\sum_(z < m) law c z * A z) + law c x * B x)).
      * rewrite sum_add, (mean_const m (law c) _ Hp); reflexivity.
      * intros x _.
        rewrite (sum_ext m _ (fun z => law c z * A z + law c z * B x)) by (intros; ring).
        rewrite sum_add, (mean_const m (law c) _ Hp); ring.
Qed.

Lemma laws_are_distributions cs : Forall well_formed cs -> all_distributions m (laws_of cs).
Proof. intros W; induction W as [|c cs [H _] W IH]; simpl; constructor; assumption. Qed.

Definition zero : I -> R := fun _ => 0.
Lemma zero_bounded : bounded zero.
Proof. apply bounded_const. Qed.
Hint Resolve zero_bounded : bounds.

Lemma deviation_is_carried cs s : length s = length cs ->
  deviation cs s = carried_deviation cs s zero.
Proof.
  intros L; rewrite carried_deviation_meaning by exact L.
  apply Sup_ext; intros; unfold zero; ring.
Qed.

Lemma complexity_is_carried cs s : length s = length cs ->
  complexity cs s = carried_complexity cs s zero.
Proof.
  intros L; rewrite carried_complexity_meaning by exact L.
  apply sign_mean_ext; intros sg; apply Sup_ext; intros; unfold zero; ring.
Qed.

Lemma carried_symmetrisation cs : Forall well_formed cs ->
  mean m (laws_of cs) (fun s => carried_deviation cs s zero)
  <= 2 * mean m (laws_of cs) (fun s => carried_complexity cs s zero).
Proof.
  intros W; rewrite mean_complexity_meaning.
  pose proof (deviation_below_twins cs zero W zero_bounded) as T.
  pose proof (twins_part cs zero zero W zero_bounded zero_bounded) as P.
  replace (plus zero zero) with zero in P by (apply same; intros; unfold plus, zero; ring).
  lra.
Qed.

(** ** Symmetrisation *)
Theorem symmetrisation : forall cs, Forall well_formed cs ->
  mean m (laws_of cs) (deviation cs) <= 2 * mean m (laws_of cs) (complexity cs).
Proof.
  intros cs W.
  assert (L : forall s, sample m (laws_of cs) s -> length s = length cs)
    by (intros s [E _]; unfold laws_of in E; now rewrite map_length in E).
  pose proof (laws_are_distributions cs W) as H.
  assert (D : mean m (laws_of cs) (deviation cs)
    <= mean m (laws_of cs) (fun s => carried_deviation cs s zero)).
  { apply mean_le_samples; [exact H|]; intros s Hs; rewrite deviation_is_carried by auto; lra. }
  assert (C : mean m (laws_of cs) (fun s => carried_complexity cs s zero)
    <= mean m (laws_of cs) (complexity cs)).
  { apply mean_le_samples; [exact H|]; intros s Hs; rewrite complexity_is_carried by auto; lra. }
  pose proof (carried_symmetrisation cs W); lra.
Qed.

(** ** One point changes the supremum and the complexity by at most its range *)

Lemma carried_deviation_shift cs s g h k : Forall well_formed cs -> bounded g -> bounded h ->
  (forall f, g f <= h f + k) -> carried_deviation cs s g <= carried_deviation cs s h + k.
Proof.
  intros W; revert s g h; induction W as [|c cs Wc W IH]; intros [|x s] g h Hg Hh L; simpl;
    try (now apply Sup_shift).
  apply IH; auto with bounds; intros f; unfold plus; specialize (L f); lra.
Qed.

Lemma carried_complexity_shift cs s g h k : Forall well_formed cs -> bounded g -> bounded h ->
  (forall f, g f <= h f + k) -> carried_complexity cs s g <= carried_complexity cs s h + k.
Proof.
  intros W; revert s g h; induction W as [|c cs Wc W IH]; intros [|x s] g h Hg Hh L; simpl;
    try (now apply Sup_shift).
  pose proof (IH s (plus g (at_point c x)) (plus h (at_point c x))
    ltac:(auto with bounds) ltac:(auto with bounds)
    ltac:(intros f; unfold plus; specialize (L f); lra)).
  pose proof (IH s (less g (at_point c x)) (less h (at_point c x))
    ltac:(auto with bounds) ltac:(auto with bounds)
    ltac:(intros f; unfold less; specialize (L f); lra)).
  lra.
Qed.

Lemma deviation_differences cs h : Forall well_formed cs -> bounded h ->
  bounded_differences m (ranges_of cs) (fun s => carried_deviation cs s h).
Proof.
  intros W; revert h; induction W as [|c cs Wc W IH]; intros h Hh; simpl; [trivial|]; split.
  - intros x x' s _ _.
    cut (carried_deviation cs s (plus h (less (expected c) (at_point c x)))
      <= carried_deviation cs s (plus h (less (expected c) (at_point c x'))) + range c); [lra|].
    apply carried_deviation_shift; auto with bounds; intros f; unfold plus, less, at_point.
    pose proof (proj2 Wc f x); pose proof (proj2 Wc f x'); lra.
  - intros x _; apply IH; auto with bounds.
Qed.

Lemma differences_average cs F G : bounded_differences m cs F -> bounded_differences m cs G ->
  bounded_differences m cs (fun s => (F s + G s) / 2).
Proof.
  revert F G; induction cs as [|c cs IH]; intros F G; simpl; [trivial|].
  intros [F1 F2] [G1 G2]; split.
  - intros x x' s Hx Hx'; specialize (F1 x x' s Hx Hx'); specialize (G1 x x' s Hx Hx'); lra.
  - intros x Hx; apply (IH (fun s => F (x :: s)) (fun s => G (x :: s))); auto.
Qed.

Lemma complexity_differences cs h : Forall well_formed cs -> bounded h ->
  bounded_differences m (ranges_of cs) (fun s => carried_complexity cs s h).
Proof.
  intros W; revert h; induction W as [|c cs Wc W IH]; intros h Hh; simpl; [trivial|]; split.
  - intros x x' s _ _.
    assert (C : forall f, at_point c x f - at_point c x' f <= range c
                       /\ at_point c x' f - at_point c x f <= range c).
    { intros f; unfold at_point; pose proof (proj2 Wc f x); pose proof (proj2 Wc f x'); lra. }
    pose proof (carried_complexity_shift cs s (plus h (at_point c x)) (plus h (at_point c x'))
      (range c) W ltac:(auto with bounds) ltac:(auto with bounds)
      ltac:(intros f; unfold plus; specialize (C f); lra)).
    pose proof (carried_complexity_shift cs s (less h (at_point c x)) (less h (at_point c x'))
      (range c) W ltac:(auto with bounds) ltac:(auto with bounds)
      ltac:(intros f; unfold less; specialize (C f); lra)).
    lra.
  - intros x _; apply differences_average; apply IH; auto with bounds.
Qed.

End Coordinates.
