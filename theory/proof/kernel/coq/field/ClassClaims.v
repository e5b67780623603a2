(** * Claims about any number of classes, as they are exported

    Each statement is the one that `counterpoise` generates from its claim about any number of
    classes, conditions included: every part has a value. The proofs apply the library's theorems. *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Gibbs Inequalities Fano Pinsker.
Open Scope R_scope.

Lemma nonzero n p : positive_distribution n p -> forall j, (j < n)%nat -> p j <> 0.
Proof. intros [H _] j Hj; pose proof (H j Hj); lra. Qed.

Lemma quotients n p q : positive_distribution n p -> positive_distribution n q ->
  forall j, (j < n)%nat -> 0 < p j / q j.
Proof. intros [Hp _] [Hq _] j Hj; apply Rdiv_lt_0_compat; auto. Qed.

Lemma exponentials n z : (0 < n)%nat -> 0 < \sum_(j < n) exp (z j).
Proof. intros Hn; apply sum_pos; [exact Hn|intros j _; apply exp_pos]. Qed.

Lemma other_class n y : (2 <= n)%nat -> exists i, (i < n)%nat /\ i <> y.
Proof. intros Hn; destruct (Nat.eq_dec y 0); [exists 1%nat|exists 0%nat]; lia. Qed.

Theorem claim_kl : forall (K : nat) (p : nat -> R) (q : nat -> R),
  (1 <= K)%nat ->
  positive_distribution K p ->
  positive_distribution K q ->
  (forall j, (j < K)%nat -> q j <> 0) /\
  (forall j, (j < K)%nat -> 0 < p j / (q j)) /\
  bigsum K (fun j => p j * ln (p j / (q j))) >= 0.
Proof.
  intros K p q HK Hp Hq; split; [now apply nonzero|]; split; [now apply quotients|].
  apply Rle_ge; exact (proj1 (gibbs K p q (positive_is_distribution K p Hp) Hq)).
Qed.

Theorem claim_entropy : forall (K : nat) (p : nat -> R),
  (1 <= K)%nat ->
  positive_distribution K p ->
  (forall j, (j < K)%nat -> 0 < p j) /\
  0 < INR K /\
  - (bigsum K (fun j => p j * ln (p j))) <= ln (INR K).
Proof.
  intros K p HK Hp; split; [apply Hp|]; split; [apply lt_0_INR; lia|].
  exact (entropy_at_most_log_classes K p (positive_is_distribution K p Hp)).
Qed.

Theorem claim_pinsker : forall (K : nat) (p : nat -> R) (q : nat -> R),
  (1 <= K)%nat ->
  positive_distribution K p ->
  positive_distribution K q ->
  (forall j, (j < K)%nat -> q j <> 0) /\
  (forall j, (j < K)%nat -> 0 < p j / (q j)) /\
  bigsum K (fun j => p j * ln (p j / (q j))) >= (bigsum K (fun j => Rabs (p j - (q j)))) ^ 2 / 2.
Proof.
  intros K p q HK Hp Hq; split; [now apply nonzero|]; split; [now apply quotients|].
  pose (A := fun j => if Rle_dec (q j) (p j) then true else false).
  pose proof (pinsker K p q A (positive_is_distribution K p Hp) Hq) as H.
  assert (E : bigsum K (fun j => Rabs (p j - q j))
              = 2 * (probability_of K p A - probability_of K q A)).
  { unfold probability_of; rewrite <- sum_sub.
    replace (2 * (\sum_(i < K) (p i * event A i - q i * event A i)))
      with (2 * (\sum_(i < K) (p i * event A i - q i * event A i)) - (bigsum K p - bigsum K q))
      by (rewrite (proj2 Hp), (proj2 Hq); ring).
    rewrite <- sum_sub, <- sum_scal, <- sum_sub; apply sum_ext; intros i _.
    unfold event, A; destruct (Rle_dec (q i) (p i)); [rewrite Rabs_pos_eq|rewrite Rabs_left]; lra. }
  rewrite E; unfold divergence in H; lra.
Qed.

Theorem claim_log_sum_exp : forall (K : nat) (z : nat -> R),
  (1 <= K)%nat ->
  0 < bigsum K (fun j => exp (z j)) /\
  0 < INR K /\
  bigmax K (fun j => z j) <= ln (bigsum K (fun j => exp (z j))) /\
  ln (bigsum K (fun j => exp (z j))) <= bigmax K (fun j => z j) + ln (INR K).
Proof.
  intros K z HK; split; [apply exponentials; lia|]; split; [apply lt_0_INR; lia|].
  apply (log_sum_exp_between K z); lia.
Qed.

Theorem claim_cauchy : forall (K : nat) (a : nat -> R) (b : nat -> R),
  (1 <= K)%nat ->
  (bigsum K (fun j => a j * b j)) ^ 2 <= bigsum K (fun j => (a j) ^ 2) * bigsum K (fun j => (b j) ^ 2).
Proof.
  intros K a b _; apply cauchy_schwarz.
Qed.

Theorem claim_am_gm : forall (K : nat) (x : nat -> R),
  (1 <= K)%nat ->
  (forall j, (j < K)%nat -> 0 < x j) ->
  0 < bigprod K (fun j => x j) /\
  INR K <> 0 /\
  Rpower (bigprod K (fun j => x j)) (1 / (INR K)) <= bigsum K (fun j => x j) / (INR K).
Proof.
  intros K x HK Hx; assert (HN : 0 < INR K) by (apply lt_0_INR; lia).
  split; [now apply prod_pos|]; split; [lra|].
  unfold Rdiv at 1; rewrite Rmult_1_l; apply (arithmetic_geometric_mean K x); [lia|exact Hx].
Qed.

Theorem claim_max_mean : forall (K : nat) (x : nat -> R),
  (1 <= K)%nat ->
  INR K <> 0 /\
  bigmax K (fun j => x j) >= bigsum K (fun j => x j) / (INR K).
Proof.
  intros K x HK; assert (HN : 0 < INR K) by (apply lt_0_INR; lia).
  split; [lra|]; apply Rle_ge, (mean_at_most_maximum K x); lia.
Qed.

Theorem claim_inverse_sum : forall (K : nat) (p : nat -> R),
  (1 <= K)%nat ->
  positive_distribution K p ->
  (forall j, (j < K)%nat -> p j <> 0) /\
  bigsum K (fun j => 1 / (p j)) >= (INR K) ^ 2.
Proof.
  intros K p HK Hp; split; [now apply nonzero|].
  rewrite (sum_ext K _ (fun i => / p i)) by (intros; unfold Rdiv; ring).
  apply Rle_ge; now apply harmonic_sum_of_priors.
Qed.

Theorem claim_fano : forall (K : nat) (p : nat -> R) (y : nat),
  (2 <= K)%nat ->
  positive_distribution K p ->
  (y < K)%nat ->
  (forall j, (j < K)%nat -> 0 < p j) /\
  0 < p y /\
  0 < 1 - (p y) /\
  0 < INR K - 1 /\
  - (bigsum K (fun j => p j * ln (p j))) <= - (p y) * ln (p y) - (1 - (p y)) * ln (1 - (p y)) + (1 - (p y)) * ln (INR K - 1).
Proof.
  intros K p y HK Hp Hy; assert (K1 : 1 < INR K) by (change 1 with (INR 1); apply lt_INR; lia).
  assert (H : 0 < p y) by now apply Hp.
  assert (L : 0 < 1 - p y).
  { rewrite <- (proj2 Hp), (sum_split K p y Hy).
    pose proof (other_class K y HK) as [i [Hi N]].
    enough (0 < \sum_(i < K | not y) p i) by lra.
    apply Rle_lt_trans with (\sum_(j < K) 0); [rewrite sum_zero; lra|].
    apply sum_lt with (k := i); [|exact Hi|].
    - intros j Hj; destruct (Nat.eq_dec j y); [lra|left; now apply Hp].
    - destruct (Nat.eq_dec i y); [contradiction|now apply Hp]. }
  split; [apply Hp|]; split; [exact H|]; split; [exact L|]; split; [lra|].
  pose proof (fano K p y HK (positive_is_distribution K p Hp) Hy) as F.
  unfold entropy in F; cbv zeta in F; specialize (F ltac:(lra)).
  replace (1 - (1 - p y)) with (p y) in F by ring; lra.
Qed.

Theorem claim_cross_entropy : forall (K : nat) (z : nat -> R) (y : nat),
  (1 <= K)%nat ->
  (y < K)%nat ->
  bigsum K (fun j => exp (z j)) <> 0 /\
  0 < exp (z y) / (bigsum K (fun j => exp (z j))) /\
  - ln (exp (z y) / (bigsum K (fun j => exp (z j)))) >= 0.
Proof.
  intros K z y HK Hy; assert (S : 0 < bigsum K (fun j => exp (z j))) by (apply exponentials; lia).
  pose proof (term_le_sum K (fun j => exp (z j)) y
    ltac:(intros i _; left; apply exp_pos) Hy) as T; cbv beta in T.
  assert (Q : 0 < exp (z y) / bigsum K (fun j => exp (z j)))
    by (apply Rdiv_lt_0_compat; [apply exp_pos|exact S]).
  split; [lra|]; split; [exact Q|].
  pose proof (ln_le_minus_one _ Q).
  assert (exp (z y) / bigsum K (fun j => exp (z j)) <= 1).
  { apply Rmult_le_reg_r with (1 := S); unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
  lra.
Qed.
