(** * Weights [pi^(-nu)] with offsets [tau log pi] (TLA + ADRW): consistent iff [nu + tau = 1] *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs OffsetFamily ConsistentIff.
Open Scope R_scope.

Definition tla_adrw_risk K nu tau (pi eta u : nat -> R) :=
  \sum_(y < K) eta y * (Rpower (pi y) (- nu)
    * ln (1 + \sum_(j < K | not y) Rpower (pi j / pi y) tau * exp (u j - u y))).

Lemma tla_adrw_in_family K nu tau pi eta u : positive K pi ->
  tla_adrw_risk K nu tau pi eta u
  = pairwise_risk K (fun y => Rpower (pi y) (- nu)) (fun y => tau * ln (pi y)) eta u.
Proof.
  intros Hp; apply sum_ext; intros y Hy.
  do 4 f_equal; apply sum_ext; intros j Hj; destruct (Nat.eq_dec j y); [reflexivity|].
  unfold Rpower; rewrite <- exp_plus, ln_ratio by auto; f_equal; ring.
Qed.

Lemma same_minimisers f g u : (forall v, f v = g v) -> minimises f u -> minimises g u.
Proof. intros E M v; rewrite <- !E; apply M. Qed.

Theorem two_exponents : forall K nu tau pi, (0 < K)%nat -> positive_distribution K pi ->
  (forall eta u, positive_distribution K eta ->
    (minimises (tla_adrw_risk K nu tau pi eta) u <->
     exists c, forall y, (y < K)%nat -> u y = ln (eta y) - (nu + tau) * ln (pi y) + c)) /\
  ((exists i j, (i < K)%nat /\ (j < K)%nat /\ pi i <> pi j) ->
   (consistent K pi (tla_adrw_risk K nu tau pi) <-> nu + tau = 1)).
Proof.
  intros K nu tau pi HK [Hp _].
  assert (Ha : positive K (fun y => Rpower (pi y) (- nu))) by (intros y _; apply exp_pos).
  assert (F := fun eta u => tla_adrw_in_family K nu tau pi eta u Hp).
  split.
  - intros eta u [He _].
    transitivity (minimises
      (pairwise_risk K (fun y => Rpower (pi y) (- nu)) (fun y => tau * ln (pi y)) eta) u).
    { split; apply same_minimisers; intros v; [|symmetry]; apply F. }
    rewrite offset_minimiser by assumption.
    assert (L : forall y, (y < K)%nat ->
      ln (Rpower (pi y) (- nu) * eta y) = ln (eta y) - nu * ln (pi y)).
    { intros y Hy; unfold Rpower; rewrite ln_mult, ln_exp by (apply exp_pos || auto); ring. }
    split; intros [c H]; exists c; intros y Hy; rewrite H, L by exact Hy; ring.
  - intros [i [j [Hi [Hj Hne]]]].
    transitivity (consistent K pi
      (pairwise_risk K (fun y => Rpower (pi y) (- nu)) (fun y => tau * ln (pi y)))).
    { split; intros C eta u y He M; apply (C eta u y He);
        revert M; apply same_minimisers; intros v; [symmetry|]; apply F. }
    rewrite consistent_iff by assumption.
    assert (T : forall y, (y < K)%nat ->
      Rpower (pi y) (- nu) * pi y * exp (- (tau * ln (pi y))) = exp ((1 - nu - tau) * ln (pi y))).
    { intros y Hy; unfold Rpower; rewrite <- (exp_ln (pi y)) at 2 by auto.
      rewrite <- !exp_plus; f_equal; ring. }
    split.
    + intros C; specialize (C i j Hi Hj); rewrite !T in C by assumption.
      apply exp_inv in C.
      assert (N : ln (pi i) <> ln (pi j)) by (intros E; apply Hne; apply ln_inv; auto).
      assert (Z : (1 - nu - tau) * (ln (pi i) - ln (pi j)) = 0) by lra.
      apply Rmult_integral in Z; destruct Z; lra.
    + intros E y k Hy Hk; rewrite !T by assumption.
      replace (1 - nu - tau) with 0 by lra; now rewrite !Rmult_0_l.
Qed.
