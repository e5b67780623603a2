(** * The stratified certificate: a generalization bound for the balanced risk, any number of classes

    Given the labels, with probability at least [1 - delta], for every [f]:
    [(1/K) sum_y E_y g_y(f) <= (1/K) sum_y Ehat_y g_y(f) + 2 Rad_bal
       + (3/K) sqrt(log(2/delta)/2 sum_y M_y^2/N_y)].
    McDiarmid's inequality and symmetrisation are proved, not assumed. *)

From Coq Require Import Reals Lra Lia List Compare_dec.
From AllK Require Import Sums Gibbs Samples Suprema McDiarmid Symmetrisation UniformBound.
Import ListNotations.
Open Scope R_scope.

(** [labels] are the classes of the sample's points; [v] one number for each point. *)
Definition count (labels : list nat) y := INR (count_occ Nat.eq_dec labels y).

Fixpoint class_sum (labels : list nat) (v : list R) y : R :=
  match labels, v with
  | l :: labels, a :: v => (if Nat.eq_dec l y then a else 0) + class_sum labels v y
  | _, _ => 0
  end.

Definition class_mean labels v y := class_sum labels v y / count labels y.
Definition balanced_mean K labels v := / INR K * (\sum_(y < K) class_mean labels v y).

Section Losses.
Context {I : Type}.
(** [loss f y x]: what the function [f] costs at the point [x] of class [y]. *)
Variable loss : I -> nat -> nat -> R.

Definition losses f (labels s : list nat) := map (fun yx => loss f (fst yx) (snd yx)) (combine labels s).
Definition signed (sg v : list R) := map (fun ea => fst ea * snd ea) (combine sg v).

(** The risk on a class with law [p y], and the balanced risk. *)
Definition class_risk m (p : nat -> nat -> R) f y := \sum_(x < m) p y x * loss f y x.
Definition balanced_risk m K p f := / INR K * (\sum_(y < K) class_risk m p f y).

(** [Rad_bal = E_sigma sup_f (1/K) sum_y (1/N_y) sum_(i in S_y) sigma_i g_y(f; x_i)]. *)
Definition balanced_complexity K labels s := sign_mean (length labels)
  (fun sg => Sup (fun f => balanced_mean K labels (signed sg (losses f labels s)))).

(** ** Weighted sums over the sample, class by class *)

Variables (m K : nat) (p : nat -> nat -> R) (M w : nat -> R).

Definition coordinate_of (y : nat) : coordinate :=
  {| law := p y; value := fun f x => w y * loss f y x; range := w y * M y |}.

Lemma one_more_label l a (c : nat -> R) : (l < K)%nat ->
  \sum_(y < K) w y * ((if Nat.eq_dec l y then a else 0) + c y) = w l * a + \sum_(y < K) w y * c y.
Proof.
  intros Hl; rewrite <- (sum_single K (fun y => w y * a) l Hl), <- sum_add.
  apply sum_ext; intros y _; destruct (Nat.eq_dec l y), (Nat.eq_dec y l); try congruence; ring.
Qed.

Lemma total_by_class labels s f : Forall (fun y => (y < K)%nat) labels ->
  total (map coordinate_of labels) s f
  = \sum_(y < K) w y * class_sum labels (losses f labels s) y.
Proof.
  intros H; revert s; induction H as [|l labels Hl H IH]; intros s; simpl.
  - rewrite (sum_ext K _ (fun _ => 0)), sum_zero by (intros; ring); reflexivity.
  - destruct s as [|x s]; simpl.
    + rewrite (sum_ext K _ (fun _ => 0)), sum_zero by (intros; ring); reflexivity.
    + rewrite (IH s), <- one_more_label by exact Hl; reflexivity.
Qed.

Lemma signed_total_by_class labels sg s f : Forall (fun y => (y < K)%nat) labels ->
  signed_total (map coordinate_of labels) sg s f
  = \sum_(y < K) w y * class_sum labels (signed sg (losses f labels s)) y.
Proof.
  intros H; revert sg s; induction H as [|l labels Hl H IH]; intros sg s; simpl.
  - rewrite (sum_ext K _ (fun _ => 0)), sum_zero by (intros; ring); reflexivity.
  - destruct sg as [|e sg], s as [|x s]; simpl;
      try (rewrite (sum_ext K _ (fun _ => 0)), sum_zero by (intros; ring); reflexivity).
    transitivity (w l * (e * loss f l x)
      + \sum_(y < K) w y * class_sum labels (signed sg (losses f labels s)) y).
    + rewrite <- (IH sg s); ring.
    + symmetry; exact (one_more_label l (e * loss f l x) _ Hl).
Qed.

Lemma count_cons l labels y :
  count (l :: labels) y = (if Nat.eq_dec l y then 1 else 0) + count labels y.
Proof.
  unfold count; simpl; destruct (Nat.eq_dec l y); [rewrite S_INR; ring|ring].
Qed.

Lemma expected_total_by_class labels f : Forall (fun y => (y < K)%nat) labels ->
  expected_total m (map coordinate_of labels) f
  = \sum_(y < K) w y * (count labels y * class_risk m p f y).
Proof.
  intros H; induction H as [|l labels Hl H IH]; simpl.
  - rewrite (sum_ext K _ (fun _ => 0)), sum_zero by (intros; unfold count; simpl; ring); reflexivity.
  - rewrite IH.
    rewrite (sum_ext K (fun y => w y * (count (l :: labels) y * class_risk m p f y))
      (fun y => w y * ((if Nat.eq_dec l y then class_risk m p f l else 0)
                       + count labels y * class_risk m p f y))).
    + rewrite one_more_label by exact Hl; f_equal.
      unfold expected, class_risk; simpl; rewrite <- sum_scal; apply sum_ext; intros; ring.
    + intros y _; rewrite count_cons; destruct (Nat.eq_dec l y) as [->|]; ring.
Qed.

Lemma squares_by_class labels : Forall (fun y => (y < K)%nat) labels ->
  sum_of_squares (ranges_of (map coordinate_of labels))
  = \sum_(y < K) count labels y * (w y * M y) ^ 2.
Proof.
  intros H; induction H as [|l labels Hl H IH].
  - rewrite (sum_ext K _ (fun _ => 0)), sum_zero by (intros; unfold count; simpl; ring); reflexivity.
  - change (sum_of_squares (ranges_of (map coordinate_of (l :: labels))))
      with ((w l * M l) ^ 2 + sum_of_squares (ranges_of (map coordinate_of labels))).
    rewrite IH.
    rewrite (sum_ext K (fun y => count (l :: labels) y * (w y * M y) ^ 2)
      (fun y => (if Nat.eq_dec y l then (w y * M y) ^ 2 else 0)
                + count labels y * (w y * M y) ^ 2)).
    + now rewrite sum_add, (sum_single K (fun y => (w y * M y) ^ 2)) by exact Hl.
    + intros y _; rewrite count_cons.
      destruct (Nat.eq_dec l y), (Nat.eq_dec y l); try congruence; ring.
Qed.

Lemma count_positive labels y : In y labels -> 0 < count labels y.
Proof. intros H; apply lt_0_INR, count_occ_In, H. Qed.

(** The uniform bound for any non-negative weights of the classes. *)
Lemma certificate_everywhere : forall labels delta, inhabited I ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall f y x, (y < K)%nat -> 0 <= loss f y x <= M y) ->
  nonnegative K w -> Forall (fun y => (y < K)%nat) labels -> 0 < delta < 1 ->
  0 < \sum_(y < K) count labels y * (w y * M y) ^ 2 ->
  with_probability m (map p labels) (1 - delta) (fun s => forall f,
    \sum_(y < K) w y * (count labels y * class_risk m p f y)
    <= \sum_(y < K) w y * class_sum labels (losses f labels s) y
       + 2 * sign_mean (length labels) (fun sg => Sup (fun f =>
           \sum_(y < K) w y * class_sum labels (signed sg (losses f labels s)) y))
       + 3 * sqrt (ln (2 / delta) / 2 * (\sum_(y < K) count labels y * (w y * M y) ^ 2))).
Proof.
  intros labels delta some Hp Hg Hw Hl Hd HC.
  assert (Hm : (0 < m)%nat).
  { destruct K; [simpl in HC; lra|].
    exact (distribution_inhabited m (p 0) (Hp 0%nat ltac:(lia))). }
  assert (W : Forall (well_formed m) (map coordinate_of labels)).
  { clear HC; induction Hl as [|l labels Hl H IH]; simpl; constructor; [|exact IH].
    split; [now apply Hp|]; intros f x; simpl; pose proof (Hg f l x Hl); pose proof (Hw l Hl).
    split; [apply Rmult_le_pos|apply Rmult_le_compat_l]; lra. }
  pose proof (uniform_bound I m (map coordinate_of labels) delta some Hm W Hd) as U.
  rewrite squares_by_class in U by exact Hl; specialize (U HC).
  replace (laws_of (map coordinate_of labels)) with (map p labels) in U
    by (unfold laws_of; rewrite map_map; reflexivity).
  revert U; apply with_probability_weaken; intros s _ B f.
  specialize (B f); unfold complexity in B.
  rewrite expected_total_by_class, total_by_class, map_length in B by exact Hl.
  rewrite (sign_mean_ext (length labels) _ (fun sg => Sup (fun f =>
    \sum_(y < K) w y * class_sum labels (signed sg (losses f labels s)) y))) in B.
  - exact B.
  - intros sg; apply Sup_ext; intros h; now apply signed_total_by_class.
Qed.

End Losses.

(** The same where the losses are bounded at the points below [m] only, the only ones drawn. *)
Theorem weighted_certificate :
  forall (I : Type) (loss : I -> nat -> nat -> R) m K (p : nat -> nat -> R) (M w : nat -> R)
    labels delta, inhabited I ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall f y x, (y < K)%nat -> (x < m)%nat -> 0 <= loss f y x <= M y) ->
  nonnegative K w -> Forall (fun y => (y < K)%nat) labels -> 0 < delta < 1 ->
  0 < \sum_(y < K) count labels y * (w y * M y) ^ 2 ->
  with_probability m (map p labels) (1 - delta) (fun s => forall f,
    \sum_(y < K) w y * (count labels y * class_risk loss m p f y)
    <= \sum_(y < K) w y * class_sum labels (losses loss f labels s) y
       + 2 * sign_mean (length labels) (fun sg => Sup (fun f =>
           \sum_(y < K) w y * class_sum labels (signed sg (losses loss f labels s)) y))
       + 3 * sqrt (ln (2 / delta) / 2 * (\sum_(y < K) count labels y * (w y * M y) ^ 2))).
Proof.
  intros I loss m K p M w labels delta some Hp Hg Hw Hl Hd HC.
  pose (inside := fun f y x => if lt_dec x m then loss f y x else 0).
  assert (Hin : forall f y x, (y < K)%nat -> 0 <= inside f y x <= M y).
  { intros f y x Hy; unfold inside; destruct (lt_dec x m) as [Hx|]; [now apply Hg|].
    pose proof (distribution_inhabited m (p y) (Hp y Hy)) as Hm.
    pose proof (Hg f y O Hy Hm); lra. }
  pose proof (certificate_everywhere inside m K p M w labels delta some Hp Hin Hw Hl Hd HC) as U.
  revert U; apply with_probability_weaken; intros s [_ Hs] B f.
  assert (Same : forall f, losses inside f labels s = losses loss f labels s).
  { intros h; unfold losses; apply map_ext_in; intros [y x] Hyx; simpl; unfold inside.
    destruct (lt_dec x m) as [|N]; [reflexivity|exfalso; apply N].
    apply in_combine_r in Hyx; now apply (proj1 (Forall_forall _ s) Hs). }
  specialize (B f); rewrite Same in B.
  rewrite (sign_mean_ext _ _ (fun sg => Sup (fun f =>
    \sum_(y < K) w y * class_sum labels (signed sg (losses loss f labels s)) y))) in B
    by (intros sg; apply Sup_ext; intros h; now rewrite Same).
  rewrite (sum_ext K _ (fun y => w y * (count labels y * class_risk loss m p f y))) in B; [exact B|].
  intros y _; do 2 f_equal; apply sum_ext; intros x Hx; unfold inside.
  destruct (lt_dec x m); [reflexivity|contradiction].
Qed.

Theorem stratified_certificate :
  forall (I : Type) m K (p : nat -> nat -> R) (loss : I -> nat -> nat -> R) M labels delta,
  inhabited I -> (0 < K)%nat ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall f y x, (y < K)%nat -> (x < m)%nat -> 0 <= loss f y x <= M y) -> positive K M ->
  Forall (fun y => (y < K)%nat) labels -> (forall y, (y < K)%nat -> In y labels) ->
  0 < delta < 1 ->
  with_probability m (map p labels) (1 - delta) (fun s => forall f,
    balanced_risk loss m K p f
    <= balanced_mean K labels (losses loss f labels s)
       + 2 * balanced_complexity loss K labels s
       + 3 / INR K * sqrt (ln (2 / delta) / 2 * (\sum_(y < K) M y ^ 2 / count labels y))).
Proof.
  intros I m K p loss M labels delta some HK0 Hp Hg HM Hl All Hd.
  assert (HK : 0 < INR K) by now apply lt_0_INR.
  pose (w := fun y => / INR K * / count labels y).
  assert (N : positive K (count labels)) by (intros y Hy; apply count_positive, All, Hy).
  assert (Hw : nonnegative K w).
  { intros y Hy; pose proof (Rinv_0_lt_compat _ HK); pose proof (Rinv_0_lt_compat _ (N y Hy)).
    unfold w; apply Rmult_le_pos; lra. }
  assert (Sq : \sum_(y < K) count labels y * (w y * M y) ^ 2
             = (/ INR K) ^ 2 * (\sum_(y < K) M y ^ 2 / count labels y)).
  { rewrite <- sum_scal; apply sum_ext; intros y Hy; pose proof (N y Hy); unfold w; field; lra. }
  assert (Mean : forall v, \sum_(y < K) w y * class_sum labels v y = balanced_mean K labels v).
  { intros v; unfold balanced_mean; rewrite <- sum_scal; apply sum_ext; intros y _.
    unfold w, class_mean, Rdiv; ring. }
  assert (PS : 0 < \sum_(y < K) M y ^ 2 / count labels y).
  { apply sum_pos; [exact HK0|]; intros y Hy; apply Rdiv_lt_0_compat;
      [apply pow_lt, HM, Hy|apply N, Hy]. }
  pose proof (weighted_certificate I loss m K p M w labels delta some Hp Hg Hw Hl Hd) as U.
  rewrite Sq in U.
  assert (IK : 0 < / INR K) by now apply Rinv_0_lt_compat.
  specialize (U (Rmult_lt_0_compat _ _ (pow_lt _ 2 IK) PS)).
  revert U; apply with_probability_weaken; intros s _ B f; specialize (B f).
  rewrite Mean in B.
  rewrite (sign_mean_ext _ _ (fun sg => Sup (fun f =>
    balanced_mean K labels (signed sg (losses loss f labels s))))) in B
    by (intros sg; apply Sup_ext; intros; apply Mean).
  fold (balanced_complexity loss K labels s) in B.
  replace (\sum_(y < K) w y * (count labels y * class_risk loss m p f y))
    with (balanced_risk loss m K p f) in B.
  2:{ unfold balanced_risk; rewrite <- sum_scal; apply sum_ext; intros y Hy; pose proof (N y Hy).
      unfold w; field; lra. }
  replace (ln (2 / delta) / 2 * ((/ INR K) ^ 2 * (\sum_(y < K) M y ^ 2 / count labels y)))
    with ((/ INR K) ^ 2 * (ln (2 / delta) / 2 * (\sum_(y < K) M y ^ 2 / count labels y))) in B
    by ring.
  rewrite sqrt_mult_alt, sqrt_pow2 in B by (lra || apply pow2_ge_0).
  unfold Rdiv at 1; rewrite Rmult_assoc; exact B.
Qed.
