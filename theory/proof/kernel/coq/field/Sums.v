(** * Finite sums, maxima and choices over [0 .. n-1]

    Classes and points are the natural numbers below a bound; [\sum_(i < n) e] is the sum of [e]
    over them and [bigmax n f] the largest value (for [n >= 1]). The body of a sum is a product, and
    ends before [+], [-] and relations; after [*] or a sign a sum is written in parentheses. *)

From Coq Require Import Reals Lra Lia Arith Psatz.
Open Scope R_scope.

Fixpoint bigsum (n : nat) (f : nat -> R) : R :=
  match n with
  | O => 0
  | S m => bigsum m f + f m
  end.

Notation "'\sum_(' i '<' n ')' e" := (bigsum n (fun i => e))
  (at level 41, i name, n at level 200, e at level 41, right associativity).

Fixpoint bigmax (n : nat) (f : nat -> R) : R :=
  match n with
  | O => f O
  | S m => Rmax (bigmax m f) (f m)
  end.

(** A sum without the term [y]. *)
Notation "'\sum_(' i '<' n '|' 'not' y ')' e" :=
  (bigsum n (fun i => if Nat.eq_dec i y then 0 else e))
  (at level 41, i name, n at level 200, y at level 200, e at level 41, right associativity).

(** A distribution on [0 .. n-1]: positive, or only non-negative, of total mass one. *)
Definition positive (n : nat) (p : nat -> R) := forall i, (i < n)%nat -> 0 < p i.
Definition nonnegative (n : nat) (p : nat -> R) := forall i, (i < n)%nat -> 0 <= p i.
Definition distribution (n : nat) (p : nat -> R) := nonnegative n p /\ bigsum n p = 1.
Definition positive_distribution (n : nat) (p : nat -> R) := positive n p /\ bigsum n p = 1.

(** [b] is one of the arguments at which [f] is largest. *)
Definition argmax (n : nat) (f : nat -> R) (b : nat) :=
  (b < n)%nat /\ forall i, (i < n)%nat -> f i <= f b.

(** ** Sums *)

Lemma sum_ext n f g : (forall i, (i < n)%nat -> f i = g i) -> bigsum n f = bigsum n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [reflexivity|].
  rewrite IH, H; auto.
Qed.

Lemma sum_add n f g : \sum_(i < n) (f i + g i) = bigsum n f + bigsum n g.
Proof. induction n as [|n IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma sum_sub n f g : \sum_(i < n) (f i - g i) = bigsum n f - bigsum n g.
Proof. induction n as [|n IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma sum_scal n c f : \sum_(i < n) (c * f i) = c * bigsum n f.
Proof. induction n as [|n IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma sum_scal_r n c f : \sum_(i < n) (f i * c) = bigsum n f * c.
Proof. induction n as [|n IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma sum_const n c : \sum_(i < n) c = INR n * c.
Proof.
  induction n as [|n IH]; [simpl; ring|].
  rewrite S_INR; simpl; rewrite IH; ring.
Qed.

Lemma sum_zero n : \sum_(i < n) 0 = 0.
Proof. rewrite sum_const; ring. Qed.

Lemma sum_swap n m (f : nat -> nat -> R) :
  \sum_(i < n) \sum_(j < m) f i j = \sum_(j < m) \sum_(i < n) f i j.
Proof.
  induction n as [|n IH]; simpl; [now rewrite sum_zero|].
  now rewrite sum_add, IH.
Qed.

Lemma sum_le n f g : (forall i, (i < n)%nat -> f i <= g i) -> bigsum n f <= bigsum n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [lra|].
  apply Rplus_le_compat; auto.
Qed.

Lemma sum_nonneg n f : nonnegative n f -> 0 <= bigsum n f.
Proof.
  intros H; rewrite <- (sum_zero n); apply sum_le; exact H.
Qed.

(** Termwise below, and below at one place. *)
Lemma sum_lt n f g k : (forall i, (i < n)%nat -> f i <= g i) -> (k < n)%nat -> f k < g k ->
  bigsum n f < bigsum n g.
Proof.
  induction n as [|n IH]; intros H Hk Hlt; [lia|]; simpl.
  destruct (Nat.eq_dec k n) as [->|Hne].
  - apply Rplus_le_lt_compat; [apply sum_le; auto|exact Hlt].
  - apply Rplus_lt_le_compat; [apply IH; auto; lia|auto].
Qed.

Lemma sum_pos n f : (0 < n)%nat -> positive n f -> 0 < bigsum n f.
Proof.
  intros Hn H; rewrite <- (sum_zero n).
  apply sum_lt with (k := O); auto.
  intros i Hi; left; auto.
Qed.

(** Termwise below with equal sums: equal everywhere. *)
Lemma sum_le_eq n f g : (forall i, (i < n)%nat -> f i <= g i) -> bigsum n f = bigsum n g ->
  forall i, (i < n)%nat -> f i = g i.
Proof.
  intros H E i Hi.
  destruct (H i Hi) as [Hlt|]; [|assumption].
  pose proof (sum_lt n f g i H Hi Hlt); lra.
Qed.

Lemma term_le_sum n f k : nonnegative n f -> (k < n)%nat -> f k <= bigsum n f.
Proof.
  induction n as [|n IH]; intros H Hk; [lia|]; simpl.
  destruct (Nat.eq_dec k n) as [->|Hne].
  - pose proof (sum_nonneg n f (fun i Hi => H i (Nat.lt_lt_succ_r _ _ Hi))); lra.
  - pose proof (IH (fun i Hi => H i (Nat.lt_lt_succ_r _ _ Hi)) ltac:(lia)).
    pose proof (H n ltac:(lia)); lra.
Qed.

(** One term and the others. *)
Lemma sum_split n f k : (k < n)%nat -> bigsum n f = f k + \sum_(i < n | not k) f i.
Proof.
  induction n as [|n IH]; intros Hk; [lia|]; simpl.
  destruct (Nat.eq_dec n k) as [->|Hne].
  - rewrite (sum_ext k (fun i => if Nat.eq_dec i k then 0 else f i) f); [ring|].
    intros i Hi; destruct (Nat.eq_dec i k); [lia|reflexivity].
  - rewrite IH by lia; ring.
Qed.

Lemma sum_single n f k : (k < n)%nat ->
  \sum_(i < n) (if Nat.eq_dec i k then f i else 0) = f k.
Proof.
  intros Hk; rewrite (sum_split n _ k Hk).
  destruct (Nat.eq_dec k k) as [_|C]; [|now elim C].
  rewrite (sum_ext n _ (fun _ => 0)), sum_zero; [ring|].
  intros i _; now destruct (Nat.eq_dec i k).
Qed.

Lemma sum_abs n f : Rabs (bigsum n f) <= \sum_(i < n) Rabs (f i).
Proof.
  induction n as [|n IH]; simpl; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang|lra].
Qed.

(** The square of a sum of non-negative terms is at least the sum of their squares. *)
Lemma squares_below_square_of_sum n f : nonnegative n f ->
  \sum_(i < n) f i ^ 2 <= (bigsum n f) ^ 2.
Proof.
  intros H; replace ((bigsum n f) ^ 2) with (\sum_(i < n) f i * bigsum n f)
    by (rewrite sum_scal_r; ring).
  apply sum_le; intros i Hi.
  pose proof (term_le_sum n f i H Hi); pose proof (H i Hi); nra.
Qed.

Lemma root_of_squares_below_sum n f : nonnegative n f -> sqrt (\sum_(i < n) f i ^ 2) <= bigsum n f.
Proof.
  intros H; rewrite <- (sqrt_pow2 (bigsum n f)) by now apply sum_nonneg.
  apply sqrt_le_1_alt; now apply squares_below_square_of_sum.
Qed.

(** A mean lies below a common upper bound of what it averages. *)
Lemma mean_le n p f B : distribution n p -> (forall i, (i < n)%nat -> f i <= B) ->
  \sum_(i < n) p i * f i <= B.
Proof.
  intros [Hp S] H.
  replace B with (\sum_(i < n) p i * B) by (rewrite sum_scal_r, S; ring).
  apply sum_le; intros i Hi; apply Rmult_le_compat_l; auto.
Qed.

Lemma mean_ge n p f B : distribution n p -> (forall i, (i < n)%nat -> B <= f i) ->
  B <= \sum_(i < n) p i * f i.
Proof.
  intros [Hp S] H.
  replace B with (\sum_(i < n) p i * B) by (rewrite sum_scal_r, S; ring).
  apply sum_le; intros i Hi; apply Rmult_le_compat_l; auto.
Qed.

Lemma mean_const n p c : distribution n p -> \sum_(i < n) p i * c = c.
Proof. intros [_ S]; rewrite sum_scal_r, S; ring. Qed.

Lemma positive_is_distribution n p : positive_distribution n p -> distribution n p.
Proof. intros [H S]; split; [intros i Hi; left; auto|exact S]. Qed.

Lemma distribution_inhabited n p : distribution n p -> (0 < n)%nat.
Proof. intros [_ S]; destruct n; [simpl in S; lra|lia]. Qed.

(** ** Maxima *)

Lemma bigmax_ge n f i : (i < n)%nat -> f i <= bigmax n f.
Proof.
  induction n as [|n IH]; intros Hi; [lia|]; simpl.
  destruct (Nat.eq_dec i n) as [->|]; [apply Rmax_r|].
  eapply Rle_trans; [apply IH; lia|apply Rmax_l].
Qed.

Lemma bigmax_le n f B : (0 < n)%nat -> (forall i, (i < n)%nat -> f i <= B) -> bigmax n f <= B.
Proof.
  induction n as [|n IH]; intros Hn H; [lia|]; simpl.
  apply Rmax_lub; [|auto].
  destruct n as [|n]; [simpl; auto|apply IH; auto; lia].
Qed.

Lemma argmax_exists n f : (0 < n)%nat -> exists b, argmax n f b.
Proof.
  induction n as [|n IH]; intros Hn; [lia|].
  destruct n as [|n].
  - exists O; split; [lia|]; intros i Hi; replace i with O by lia; lra.
  - destruct IH as [b [Hb H]]; [lia|].
    destruct (Rle_dec (f b) (f (S n))) as [L|L].
    + exists (S n); split; [lia|]; intros i Hi.
      destruct (Nat.eq_dec i (S n)) as [->|]; [lra|].
      eapply Rle_trans; [apply H; lia|exact L].
    + exists b; split; [lia|]; intros i Hi.
      destruct (Nat.eq_dec i (S n)) as [->|]; [lra|apply H; lia].
Qed.

Lemma argmax_is_bigmax n f b : argmax n f b -> f b = bigmax n f.
Proof.
  intros [Hb H]; apply Rle_antisym; [now apply bigmax_ge|].
  apply bigmax_le; [lia|exact H].
Qed.

Lemma bigmax_attained n f : (0 < n)%nat -> exists b, (b < n)%nat /\ bigmax n f = f b.
Proof.
  intros Hn; destruct (argmax_exists n f Hn) as [b Hb].
  exists b; split; [apply Hb|symmetry; now apply argmax_is_bigmax].
Qed.

Lemma argmin_exists n f : (0 < n)%nat ->
  exists b, (b < n)%nat /\ forall i, (i < n)%nat -> f b <= f i.
Proof.
  intros Hn; destruct (argmax_exists n (fun i => - f i) Hn) as [b [Hb H]].
  exists b; split; [exact Hb|]; intros i Hi; specialize (H i Hi); simpl in H; lra.
Qed.

(** A choice for every point can be made at once. *)
Lemma choose_below (n K : nat) (A : nat -> nat -> Prop) :
  (forall x, (x < n)%nat -> exists y, (y < K)%nat /\ A x y) ->
  exists h, forall x, (x < n)%nat -> (h x < K)%nat /\ A x (h x).
Proof.
  induction n as [|n IH]; intros H; [exists (fun _ => O); intros; lia|].
  destruct IH as [h Hh]; [intros; apply H; lia|].
  destruct (H n ltac:(lia)) as [y Hy].
  exists (fun x => if Nat.eq_dec x n then y else h x).
  intros x Hx; destruct (Nat.eq_dec x n) as [->|]; [exact Hy|apply Hh; lia].
Qed.

(** ** Products *)

Fixpoint bigprod (n : nat) (f : nat -> R) : R :=
  match n with
  | O => 1
  | S m => bigprod m f * f m
  end.

Lemma prod_pos n f : positive n f -> 0 < bigprod n f.
Proof.
  induction n as [|n IH]; intros H; simpl; [lra|].
  apply Rmult_lt_0_compat; [apply IH; intros i Hi; apply H; lia|apply H; lia].
Qed.

Lemma ln_prod n f : positive n f -> ln (bigprod n f) = \sum_(i < n) ln (f i).
Proof.
  induction n as [|n IH]; intros H; simpl; [apply ln_1|].
  assert (H' : positive n f) by (intros i Hi; apply H; lia).
  rewrite ln_mult, IH; auto; apply prod_pos; exact H'.
Qed.
