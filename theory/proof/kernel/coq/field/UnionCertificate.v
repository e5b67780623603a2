(** * The union bound over classes: a generalization bound for the balanced risk, any number of classes

    Given the labels, with probability at least [1 - delta], for every [f]:
    [R_bal(f) <= (1/K) sum_y (Rhat_y(f) + 2 Rad_y + 3 M sqrt(log(2K/delta)/(2 N_y)))], with [Rad_y]
    the complexity of the losses on the class's own points. *)

From Coq Require Import Reals Lra Lia List Psatz.
From AllK Require Import Sums Gibbs Samples Suprema McDiarmid Symmetrisation UniformBound
  StratifiedCertificate.
Import ListNotations.
Open Scope R_scope.

(** [Rad_y = E_sigma sup_f (1/N_y) sum_(i in S_y) sigma_i g_y(f; x_i)]. *)
Definition class_complexity {I : Type} (loss : I -> nat -> nat -> R) labels s y :=
  sign_mean (length labels)
    (fun sg => Sup (fun f => class_mean labels (signed sg (losses loss f labels s)) y)).

Theorem one_class_certificate :
  forall (I : Type) m K (p : nat -> nat -> R) (loss : I -> nat -> nat -> R) M labels delta y,
  inhabited I -> (y < K)%nat ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall f y x, (y < K)%nat -> (x < m)%nat -> 0 <= loss f y x <= M) -> 0 < M ->
  Forall (fun y => (y < K)%nat) labels -> In y labels -> 0 < delta < 1 ->
  with_probability m (map p labels) (1 - delta) (fun s => forall f,
    class_risk loss m p f y
    <= class_mean labels (losses loss f labels s) y
       + 2 * class_complexity loss labels s y
       + 3 * M * sqrt (ln (2 / delta) / (2 * count labels y))).
Proof.
  intros I m K p loss M labels delta y some Hy Hp Hg HM Hl Iny Hd.
  pose proof (count_positive labels y Iny) as N.
  pose (w := fun j => if Nat.eq_dec j y then / count labels y else 0).
  assert (Hw : nonnegative K w).
  { intros j _; unfold w; destruct (Nat.eq_dec j y);
      [left; now apply Rinv_0_lt_compat|lra]. }
  assert (Only : forall c : nat -> R, \sum_(j < K) w j * c j = / count labels y * c y).
  { intros c; rewrite <- (sum_single K (fun j => / count labels y * c j) y Hy).
    apply sum_ext; intros j _; unfold w; destruct (Nat.eq_dec j y); ring. }
  assert (Sq : \sum_(j < K) count labels j * (w j * M) ^ 2 = M ^ 2 / count labels y).
  { rewrite (sum_ext K _ (fun j => w j * (count labels j * w j * M ^ 2))) by (intros; ring).
    rewrite Only; unfold w; destruct (Nat.eq_dec y y); [field; lra|congruence]. }
  assert (Mean : forall v, \sum_(j < K) w j * class_sum labels v j = class_mean labels v y)
    by (intros v; rewrite Only; unfold class_mean; field; lra).
  pose proof (weighted_certificate I loss m K p (fun _ => M) w labels delta some Hp Hg Hw Hl Hd) as U.
  cbv beta in U; rewrite Sq in U.
  specialize (U ltac:(apply Rdiv_lt_0_compat; [apply pow_lt, HM|exact N])).
  revert U; apply with_probability_weaken; intros s _ B f; specialize (B f).
  rewrite Mean, Only in B.
  rewrite (sign_mean_ext _ _ (fun sg => Sup (fun f =>
    class_mean labels (signed sg (losses loss f labels s)) y))) in B
    by (intros sg; apply Sup_ext; intros; apply Mean).
  fold (class_complexity loss labels s y) in B.
  replace (/ count labels y * (count labels y * class_risk loss m p f y))
    with (class_risk loss m p f y) in B by (field; lra).
  replace (ln (2 / delta) / 2 * (M ^ 2 / count labels y))
    with (M ^ 2 * (ln (2 / delta) / (2 * count labels y))) in B by (field; lra).
  rewrite sqrt_mult_alt, sqrt_pow2 in B by (lra || apply pow2_ge_0).
  rewrite Rmult_assoc; exact B.
Qed.

Theorem union_certificate :
  forall (I : Type) m K (p : nat -> nat -> R) (loss : I -> nat -> nat -> R) M labels delta,
  inhabited I -> (0 < K)%nat ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall f y x, (y < K)%nat -> (x < m)%nat -> 0 <= loss f y x <= M) -> 0 < M ->
  Forall (fun y => (y < K)%nat) labels -> (forall y, (y < K)%nat -> In y labels) ->
  0 < delta < 1 ->
  with_probability m (map p labels) (1 - delta) (fun s => forall f,
    balanced_risk loss m K p f
    <= / INR K * (\sum_(y < K)
         (class_mean labels (losses loss f labels s) y
          + 2 * class_complexity loss labels s y
          + 3 * M * sqrt (ln (2 * INR K / delta) / (2 * count labels y))))).
Proof.
  intros I m K p loss M labels delta some HK0 Hp Hg HM Hl All Hd.
  assert (HK : 1 <= INR K) by (change 1 with (INR 1); apply le_INR; lia).
  assert (Hd' : 0 < delta / INR K < 1).
  { split; [apply Rdiv_lt_0_compat; lra|].
    apply Rmult_lt_reg_r with (INR K); [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  assert (D : all_distributions m (map p labels)).
  { clear All; induction Hl as [|l labels Hl H IH]; simpl; constructor; [now apply Hp|exact IH]. }
  pose proof (with_probability_all m _ K _ _ D (fun y Hy =>
    one_class_certificate I m K p loss M labels (delta / INR K) y some Hy Hp Hg HM Hl
      (All y Hy) Hd')) as U; cbv beta in U.
  replace (INR K * (delta / INR K)) with delta in U by (field; lra).
  replace (2 / (delta / INR K)) with (2 * INR K / delta) in U by (field; lra).
  revert U; apply with_probability_weaken; intros s _ B f; unfold balanced_risk.
  apply Rmult_le_compat_l; [left; apply Rinv_0_lt_compat; lra|].
  apply sum_le; intros y Hy; exact (B y Hy f).
Qed.

(** With the contraction of the losses' complexity to that of the functions ([rad s y]) as an explicit
    hypothesis (Maurer's constant [sqrt 2] and the Lipschitz constants [mu]), the form of the catalogue. *)
Corollary union_certificate_contracted :
  forall (I : Type) m K (p : nat -> nat -> R) (loss : I -> nat -> nat -> R) M labels delta
    (mu : nat -> R) (rad : list nat -> nat -> R),
  inhabited I -> (0 < K)%nat ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall f y x, (y < K)%nat -> (x < m)%nat -> 0 <= loss f y x <= M) -> 0 < M ->
  Forall (fun y => (y < K)%nat) labels -> (forall y, (y < K)%nat -> In y labels) ->
  0 < delta < 1 ->
  (forall s y, sample m (map p labels) s -> (y < K)%nat ->
    class_complexity loss labels s y <= sqrt 2 * mu y * rad s y) ->
  with_probability m (map p labels) (1 - delta) (fun s => forall f,
    balanced_risk loss m K p f
    <= / INR K * (\sum_(y < K)
         (class_mean labels (losses loss f labels s) y
          + 2 * sqrt 2 * mu y * rad s y
          + 3 * M * sqrt (ln (2 * INR K / delta) / (2 * count labels y))))).
Proof.
  intros I m K p loss M labels delta mu rad some HK Hp Hg HM Hl All Hd C.
  pose proof (union_certificate I m K p loss M labels delta some HK Hp Hg HM Hl All Hd) as U.
  revert U; apply with_probability_weaken; intros s Hs B f.
  eapply Rle_trans; [apply (B f)|].
  apply Rmult_le_compat_l; [left; now apply Rinv_0_lt_compat, lt_0_INR|].
  apply sum_le; intros y Hy; specialize (C s y Hs Hy); lra.
Qed.
