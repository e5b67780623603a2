(** * Finite worlds

    [mass x y = P(X = x, Y = y)] over finitely many points and any number of classes. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums.
Open Scope R_scope.

Record world := {
  points : nat;
  classes : nat;
  mass : nat -> nat -> R;
  mass_nonnegative : forall x y, (x < points)%nat -> (y < classes)%nat -> 0 <= mass x y;
  mass_total : \sum_(x < points) \sum_(y < classes) mass x y = 1
}.

(** pi_y, P(X = x), eta_y(x) and r_y(x) = eta_y(x)/pi_y. *)
Definition prior W y := \sum_(x < points W) mass W x y.
Definition marginal W x := bigsum (classes W) (mass W x).
Definition posterior W x y := mass W x y / marginal W x.
Definition balanced_score W x y := posterior W x y / prior W y.

Definition positive_priors W := positive (classes W) (prior W).
Definition expect W f := \sum_(x < points W) marginal W x * f x.

(** A rule predicts a class at every point. *)
Definition rule W h := forall x, (x < points W)%nat -> (h x < classes W)%nat.

(** P(h(X) <> y | Y = y) and its mean over the classes. *)
Definition class_error W h y :=
  (\sum_(x < points W) if Nat.eq_dec (h x) y then 0 else mass W x y) / prior W y.
Definition balanced_error W h := / INR (classes W) * (\sum_(y < classes W) class_error W h y).

(** Predicts a class of largest eta/pi wherever points have mass. *)
Definition bayes W b := rule W b /\
  forall x, (x < points W)%nat -> 0 < marginal W x -> argmax (classes W) (balanced_score W x) (b x).

Lemma marginal_nonnegative W x : (x < points W)%nat -> 0 <= marginal W x.
Proof. intros Hx; apply sum_nonneg; intros y Hy; now apply mass_nonnegative. Qed.

Lemma mass_zero W x y : (x < points W)%nat -> (y < classes W)%nat -> marginal W x = 0 ->
  mass W x y = 0.
Proof.
  intros Hx Hy Z.
  pose proof (term_le_sum (classes W) (mass W x) y
    (fun i Hi => mass_nonnegative W x i Hx Hi) Hy) as L.
  unfold marginal in Z; pose proof (mass_nonnegative W x y Hx Hy); lra.
Qed.

(** P(x) r_y(x) = P(x, y)/pi_y, at points without mass too. *)
Lemma marginal_score W x y : (x < points W)%nat -> (y < classes W)%nat ->
  marginal W x * balanced_score W x y = mass W x y / prior W y.
Proof.
  intros Hx Hy; unfold balanced_score, posterior.
  destruct (Req_dec (marginal W x) 0) as [Z|N].
  - rewrite (mass_zero W x y Hx Hy Z); unfold Rdiv; ring.
  - unfold Rdiv; rewrite (Rmult_comm (mass W x y)), <- !Rmult_assoc, Rinv_r by exact N; ring.
Qed.

Lemma classes_positive W : (0 < classes W)%nat.
Proof.
  destruct (classes W) eqn:E; [|lia].
  pose proof (mass_total W) as T; rewrite E in T; simpl in T.
  rewrite sum_zero in T; lra.
Qed.

Lemma classes_pos W : 0 < INR (classes W).
Proof. apply lt_0_INR, classes_positive. Qed.

Lemma bayes_exists W : exists b, bayes W b.
Proof.
  destruct (choose_below (points W) (classes W)
    (fun x y => argmax (classes W) (balanced_score W x) y)) as [b H].
  - intros x _; destruct (argmax_exists (classes W) (balanced_score W x) (classes_positive W))
      as [y Hy]; exists y; split; [apply Hy|exact Hy].
  - exists b; split; intros x Hx; [apply H, Hx|intros _; apply H, Hx].
Qed.

Lemma expect_ext W f g : (forall x, (x < points W)%nat -> 0 < marginal W x -> f x = g x) ->
  expect W f = expect W g.
Proof.
  intros H; apply sum_ext; intros x Hx.
  destruct (marginal_nonnegative W x Hx) as [P|<-]; [now rewrite H|ring].
Qed.

Lemma expect_le W f g : (forall x, (x < points W)%nat -> 0 < marginal W x -> f x <= g x) ->
  expect W f <= expect W g.
Proof.
  intros H; apply sum_le; intros x Hx.
  destruct (marginal_nonnegative W x Hx) as [P|<-]; [|lra].
  apply Rmult_le_compat_l; [lra|auto].
Qed.

Lemma expect_sub W f g : expect W (fun x => f x - g x) = expect W f - expect W g.
Proof. unfold expect; rewrite <- sum_sub; apply sum_ext; intros; ring. Qed.

Lemma expect_scal W c f : expect W (fun x => c * f x) = c * expect W f.
Proof. unfold expect; rewrite <- sum_scal; apply sum_ext; intros; ring. Qed.

Lemma marginal_total W : \sum_(x < points W) marginal W x = 1.
Proof. exact (mass_total W). Qed.

(** P(h(X) = y | Y = y), point by point. *)
Lemma recall_by_point W h y : 0 < prior W y -> (y < classes W)%nat ->
  1 - class_error W h y
  = \sum_(x < points W) (if Nat.eq_dec y (h x) then mass W x y / prior W y else 0).
Proof.
  intros P Hy; unfold class_error.
  apply Rmult_eq_reg_r with (prior W y); [|lra].
  unfold Rdiv; rewrite Rmult_minus_distr_r, Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_1_l by lra.
  rewrite <- sum_scal_r; unfold prior at 1; rewrite <- sum_sub; apply sum_ext; intros x Hx.
  destruct (Nat.eq_dec (h x) y), (Nat.eq_dec y (h x)); try congruence; [|ring].
  rewrite Rmult_assoc, Rinv_l by lra; ring.
Qed.

(** Weighted by class, the recalls are a mean over the points. *)
Lemma recalls_as_mean W v h : positive_priors W -> rule W h ->
  \sum_(y < classes W) v y * (1 - class_error W h y)
  = expect W (fun x => v (h x) * balanced_score W x (h x)).
Proof.
  intros Hp Hh.
  transitivity (\sum_(y < classes W) \sum_(x < points W)
    (if Nat.eq_dec y (h x) then v y * (mass W x y / prior W y) else 0)).
  - apply sum_ext; intros y Hy; rewrite (recall_by_point W h y (Hp y Hy) Hy), <- sum_scal.
    apply sum_ext; intros x _; destruct (Nat.eq_dec y (h x)); ring.
  - rewrite sum_swap; apply sum_ext; intros x Hx.
    rewrite (sum_single _ (fun y => v y * (mass W x y / prior W y))) by (apply Hh; assumption).
    rewrite <- (marginal_score W x (h x) Hx (Hh x Hx)); ring.
Qed.
