(** * Pinsker's inequality, any number of classes

    [KL(P, Q) >= 2 (P(A) - Q(A))^2] for every event [A], from Gibbs' inequality for the tilted [Q] and
    Hoeffding's lemma. *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Gibbs Hoeffding.
Open Scope R_scope.

Definition event (A : nat -> bool) (i : nat) := if A i then 1 else 0.
Definition probability_of n p A := \sum_(i < n) p i * event A i.

(** The divergence bounds every mean by the exponential moment under [q]. *)
Lemma divergence_variational n p q G : distribution n p -> positive_distribution n q ->
  \sum_(i < n) p i * G i - ln (\sum_(i < n) q i * exp (G i)) <= divergence n p q.
Proof.
  intros Hp [Hq Sq]; set (Z := \sum_(i < n) q i * exp (G i)).
  assert (Hn : (0 < n)%nat) by now apply distribution_inhabited with p.
  assert (T : positive n (fun i => q i * exp (G i)))
    by (intros i Hi; apply Rmult_lt_0_compat; [now apply Hq|apply exp_pos]).
  assert (PZ : 0 < Z) by (now apply sum_pos).
  assert (Ht : positive_distribution n (fun i => q i * exp (G i) / Z)).
  { split; [intros i Hi; apply Rdiv_lt_0_compat; [now apply T|exact PZ]|].
    unfold Rdiv; rewrite sum_scal_r; fold Z; apply Rinv_r; lra. }
  destruct (gibbs n p _ Hp Ht) as [N _].
  assert (E : divergence n p (fun i => q i * exp (G i) / Z)
    = divergence n p q - \sum_(i < n) p i * G i + ln Z).
  { unfold divergence; rewrite <- (mean_const n p (ln Z) Hp), <- sum_sub, <- sum_add.
    apply sum_ext; intros i Hi; pose proof (Hq i Hi); pose proof (exp_pos (G i)).
    destruct (proj1 Hp i Hi) as [P|<-]; [|ring].
    rewrite ln_ratio by (exact P || (apply Rdiv_lt_0_compat; [now apply T|exact PZ])).
    rewrite (ln_ratio (q i * exp (G i))) by (exact PZ || now apply T).
    rewrite ln_mult, ln_exp, ln_ratio by assumption; ring. }
  lra.
Qed.

Lemma pinsker_one_side n p q A : distribution n p -> positive_distribution n q ->
  probability_of n q A <= probability_of n p A ->
  2 * (probability_of n p A - probability_of n q A) ^ 2 <= divergence n p q.
Proof.
  intros Hp Hq L; set (d := probability_of n p A - probability_of n q A) in *.
  set (s := 4 * d); assert (Hs : 0 <= s) by (unfold s, d; lra).
  pose proof (hoeffding_lemma n q (event A) 0 1 s (positive_is_distribution n q Hq) Rle_0_1 Hs
    ltac:(intros i _; unfold event; destruct (A i); lra)) as H; cbv zeta in H.
  fold (probability_of n q A) in H; set (mu := probability_of n q A) in *.
  pose proof (divergence_variational n p q (fun i => s * event A i) Hp Hq) as V; cbv beta in V.
  set (Z := \sum_(i < n) q i * exp (s * event A i)) in *.
  assert (PZ : 0 < Z).
  { apply sum_pos; [now apply distribution_inhabited with p|].
    intros i Hi; apply Rmult_lt_0_compat; [now apply Hq|apply exp_pos]. }
  assert (B : Z <= exp (s * mu + s ^ 2 / 8)).
  { rewrite exp_plus.
    apply Rmult_le_reg_l with (exp (- (s * mu))); [apply exp_pos|].
    rewrite <- Rmult_assoc, <- exp_plus, Rplus_opp_l, exp_0, Rmult_1_l.
    replace (s ^ 2 / 8) with (s ^ 2 * 1 ^ 2 / 8) by field.
    eapply Rle_trans; [right|exact H]; unfold Z; rewrite <- sum_scal; apply sum_ext; intros i _.
    replace (s * (event A i - mu)) with (- (s * mu) + s * event A i) by ring.
    rewrite exp_plus; ring. }
  assert (LZ : ln Z <= s * mu + s ^ 2 / 8).
  { rewrite <- (ln_exp (s * mu + s ^ 2 / 8)).
    destruct B as [B|B]; [left; now apply ln_increasing|rewrite B; lra]. }
  assert (M : \sum_(i < n) p i * (s * event A i) = s * probability_of n p A)
    by (unfold probability_of; rewrite <- sum_scal; apply sum_ext; intros; ring).
  rewrite M in V.
  assert (s * probability_of n p A - (s * mu + s ^ 2 / 8) = 2 * d ^ 2)
    by (unfold s; replace (probability_of n p A) with (d + mu) by (unfold d, mu; ring); field).
  lra.
Qed.

Theorem pinsker : forall n p q A, distribution n p -> positive_distribution n q ->
  2 * (probability_of n p A - probability_of n q A) ^ 2 <= divergence n p q.
Proof.
  intros n p q A Hp Hq.
  destruct (Rle_dec (probability_of n q A) (probability_of n p A)) as [L|N];
    [now apply pinsker_one_side|].
  (* else the complement *)
  assert (C : forall r, distribution n r ->
    probability_of n r (fun i => negb (A i)) = 1 - probability_of n r A).
  { intros r [_ S]; unfold probability_of; rewrite <- S, <- sum_sub; apply sum_ext; intros i _.
    unfold event; destruct (A i); simpl; ring. }
  pose proof (pinsker_one_side n p q (fun i => negb (A i)) Hp Hq) as P.
  rewrite !C in P by (exact Hp || now apply positive_is_distribution).
  replace ((probability_of n p A - probability_of n q A) ^ 2)
    with ((1 - probability_of n p A - (1 - probability_of n q A)) ^ 2) by ring.
  apply P; lra.
Qed.
