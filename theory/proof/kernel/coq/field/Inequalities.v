(** * Cauchy, arithmetic and geometric mean, harmonic sums, maxima: any number of classes *)

From Coq Require Import Reals Lra Lia Psatz.
From AllK Require Import Sums Gibbs.
Open Scope R_scope.

Theorem cauchy_schwarz : forall n a b,
  (\sum_(i < n) a i * b i) ^ 2 <= (\sum_(i < n) a i ^ 2) * (\sum_(i < n) b i ^ 2).
Proof.
  intros n a b; set (A := \sum_(i < n) a i ^ 2); set (B := \sum_(i < n) b i ^ 2).
  set (C := \sum_(i < n) a i * b i).
  (* sum (B a - C b)^2 = B (A B - C^2) *)
  assert (S : 0 <= B * (A * B - C ^ 2)).
  { replace (B * (A * B - C ^ 2)) with (\sum_(i < n) (B * a i - C * b i) ^ 2).
    - apply sum_nonneg; intros i _; apply pow2_ge_0.
    - rewrite (sum_ext n _ (fun i => B ^ 2 * a i ^ 2 - 2 * B * C * (a i * b i) + C ^ 2 * b i ^ 2))
        by (intros; ring).
      rewrite sum_add, sum_sub, !sum_scal; fold A B C; ring. }
  assert (HB : 0 <= B) by (apply sum_nonneg; intros i _; apply pow2_ge_0).
  destruct HB as [HB|HB]; [nra|].
  (* no b at all: both sides vanish *)
  assert (Z : forall i, (i < n)%nat -> b i = 0).
  { intros i Hi; assert (E : b i ^ 2 = 0).
    { symmetry; apply (sum_le_eq n (fun _ => 0) (fun i => b i ^ 2)); auto;
        [intros; apply pow2_ge_0|rewrite sum_zero; exact HB]. }
    nra. }
  unfold C; rewrite (sum_ext n _ (fun _ => 0)), sum_zero
    by (intros i Hi; rewrite Z by exact Hi; ring).
  rewrite <- HB; lra.
Qed.

Theorem arithmetic_geometric_mean : forall n a, (0 < n)%nat -> positive n a ->
  Rpower (bigprod n a) (/ INR n) <= bigsum n a / INR n /\
  (Rpower (bigprod n a) (/ INR n) = bigsum n a / INR n <->
   forall i, (i < n)%nat -> a i = bigsum n a / INR n).
Proof.
  intros n a Hn Ha.
  assert (HN : 0 < INR n) by now apply lt_0_INR.
  set (m := bigsum n a / INR n).
  assert (Pm : 0 < m) by (apply Rdiv_lt_0_compat; [now apply sum_pos|exact HN]).
  assert (One : \sum_(i < n) (a i / m - 1) = 0).
  { pose proof (sum_pos n a Hn Ha) as PS.
    unfold Rdiv; rewrite sum_sub, sum_const, sum_scal_r; unfold m; field; split; lra. }
  assert (L : ln (Rpower (bigprod n a) (/ INR n)) = ln m + / INR n * (\sum_(i < n) ln (a i / m))).
  { unfold Rpower; rewrite ln_exp, ln_prod by exact Ha.
    rewrite (sum_ext n (fun i => ln (a i / m)) (fun i => ln (a i) - ln m))
      by (intros i Hi; apply ln_ratio; auto).
    rewrite sum_sub, sum_const; field; lra. }
  assert (T : forall i, (i < n)%nat -> ln (a i / m) <= a i / m - 1)
    by (intros i Hi; apply ln_le_minus_one, Rdiv_lt_0_compat; auto).
  assert (S : \sum_(i < n) ln (a i / m) <= 0) by (rewrite <- One; now apply sum_le).
  pose proof (Rinv_0_lt_compat _ HN) as IN.
  assert (PG : 0 < Rpower (bigprod n a) (/ INR n)) by apply exp_pos.
  split; [|split].
  - assert (Le : ln (Rpower (bigprod n a) (/ INR n)) <= ln m) by nra.
    destruct Le as [Le|Le]; [left; now apply ln_lt_inv|right; now apply ln_inv].
  - intros E i Hi; rewrite E in L.
    assert (Z : \sum_(i < n) ln (a i / m) = \sum_(i < n) (a i / m - 1)).
    { rewrite One; apply Rmult_eq_reg_l with (/ INR n); lra. }
    pose proof (sum_le_eq n _ _ T Z i Hi) as Q; cbv beta in Q.
    destruct (Req_dec (a i / m) 1) as [U|U].
    + apply Rmult_eq_compat_r with (r := m) in U; unfold Rdiv in U.
      rewrite Rmult_assoc, Rinv_l in U; lra.
    + pose proof (ln_lt_minus_one _ (Rdiv_lt_0_compat _ _ (Ha i Hi) Pm) U); lra.
  - intros E; apply ln_inv; [exact PG|exact Pm|]; rewrite L.
    rewrite (sum_ext n _ (fun _ => 0)), sum_zero; [ring|].
    intros i Hi; rewrite E by exact Hi; fold m; unfold Rdiv; rewrite Rinv_r, ln_1; lra.
Qed.

Theorem harmonic_sum_of_priors : forall n p, positive_distribution n p ->
  INR n ^ 2 <= \sum_(i < n) / p i.
Proof.
  intros n p [Hp S].
  replace (INR n ^ 2) with (\sum_(i < n) (2 * INR n - INR n ^ 2 * p i))
    by (rewrite sum_sub, sum_const, sum_scal, S; ring).
  apply sum_le; intros i Hi; pose proof (Hp i Hi) as P.
  apply Rmult_le_reg_r with (p i); [exact P|]; rewrite Rinv_l by lra.
  pose proof (pow2_ge_0 (1 - INR n * p i)); nra.
Qed.

Theorem mean_at_most_maximum : forall n f, (0 < n)%nat -> bigsum n f / INR n <= bigmax n f.
Proof.
  intros n f Hn; assert (HN : 0 < INR n) by now apply lt_0_INR.
  apply Rmult_le_reg_r with (INR n); [exact HN|].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r, Rmult_comm, <- sum_const by lra.
  apply sum_le; intros; now apply bigmax_ge.
Qed.

Theorem log_sum_exp_between : forall n s, (0 < n)%nat ->
  bigmax n s <= ln (\sum_(i < n) exp (s i)) <= bigmax n s + ln (INR n).
Proof.
  intros n s Hn.
  assert (HN : 0 < INR n) by now apply lt_0_INR.
  assert (P : 0 < \sum_(i < n) exp (s i)) by (apply sum_pos; [exact Hn|intros i _; apply exp_pos]).
  assert (Mono : forall x y, 0 < x -> x <= y -> ln x <= ln y).
  { intros x y Hx [L|E]; [left; now apply ln_increasing|rewrite E; lra]. }
  split.
  - destruct (bigmax_attained n s Hn) as [m [Hm ->]].
    rewrite <- (ln_exp (s m)) at 1; apply Mono; [apply exp_pos|].
    apply (term_le_sum n (fun i => exp (s i))); [|exact Hm].
    intros i _; left; apply exp_pos.
  - rewrite <- (ln_exp (bigmax n s)) at 1; rewrite <- ln_mult by (exact HN || apply exp_pos).
    apply Mono; [exact P|].
    rewrite Rmult_comm, <- sum_const; apply sum_le; intros i Hi.
    destruct (bigmax_ge n s i Hi) as [L|E]; [left; now apply exp_increasing|rewrite E; lra].
Qed.
