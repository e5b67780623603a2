(** * The vector-scaling loss: its gradient and its convexity, any number of classes

    [l(u, y) = -alpha_y log softmax_y(beta u + D)]. Its slope in the logit [k] is
    [alpha_y beta_k (q_k - 1[k = y])]; along every direction [v] its second derivative is [alpha_y]
    times the variance of [beta_j v_j] under [q]; and it is convex. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs OffsetFamily.
Open Scope R_scope.

Definition logits_scaled (beta D u : nat -> R) j := beta j * u j + D j.
Definition vs_probability K beta D u := softmax K (logits_scaled beta D u).
Definition vs_loss K (alpha beta D : nat -> R) y u := - (alpha y * ln (vs_probability K beta D u y)).

(** The point [u + t v] of a line of logits, and the direction of one logit. *)
Definition line (u v : nat -> R) (t : R) (j : nat) := u j + t * v j.
Definition unit (k j : nat) := if Nat.eq_dec j k then 1 else 0.

(** ** Rules of differentiation, in the form used below *)

Lemma deriv_ext f g t l : (forall s, f s = g s) -> derivable_pt_lim f t l -> derivable_pt_lim g t l.
Proof.
  intros E H eps Heps; destruct (H eps Heps) as [d Hd]; exists d; intros h Hh Hs.
  rewrite <- !E; now apply Hd.
Qed.

Lemma deriv_scal c f t l : derivable_pt_lim f t l -> derivable_pt_lim (fun t => c * f t) t (c * l).
Proof. exact (derivable_pt_lim_scal f c t l). Qed.

Lemma deriv_sub f g t l m : derivable_pt_lim f t l -> derivable_pt_lim g t m ->
  derivable_pt_lim (fun t => f t - g t) t (l - m).
Proof. exact (derivable_pt_lim_minus f g t l m). Qed.

Lemma deriv_add f g t l m : derivable_pt_lim f t l -> derivable_pt_lim g t m ->
  derivable_pt_lim (fun t => f t + g t) t (l + m).
Proof. exact (derivable_pt_lim_plus f g t l m). Qed.

Lemma deriv_const c t : derivable_pt_lim (fun _ => c) t 0.
Proof. exact (derivable_pt_lim_const c t). Qed.

Lemma deriv_comp f g t l m : derivable_pt_lim f t l -> derivable_pt_lim g (f t) m ->
  derivable_pt_lim (fun t => g (f t)) t (m * l).
Proof. exact (derivable_pt_lim_comp f g t l m). Qed.

Lemma deriv_line a b t : derivable_pt_lim (fun t => a + t * b) t b.
Proof.
  pose proof (deriv_add (fun _ => a) (fun t => b * t) t 0 (b * 1) (deriv_const a t)
    (deriv_scal b (fun t => t) t 1 (derivable_pt_lim_id t))) as H.
  replace (0 + b * 1) with b in H by ring.
  apply deriv_ext with (2 := H); intros; ring.
Qed.

Lemma deriv_sum n (f : nat -> R -> R) f' t :
  (forall j, (j < n)%nat -> derivable_pt_lim (f j) t (f' j)) ->
  derivable_pt_lim (fun t => \sum_(j < n) f j t) t (\sum_(j < n) f' j).
Proof.
  induction n as [|n IH]; intros H; simpl; [apply deriv_const|].
  apply (deriv_add (fun t => \sum_(j < n) f j t)); auto.
Qed.

Lemma deriv_exp_line a b t : derivable_pt_lim (fun t => exp (a + t * b)) t (b * exp (a + t * b)).
Proof.
  rewrite Rmult_comm; apply (deriv_comp (fun t => a + t * b) exp);
    [apply deriv_line|apply derivable_pt_lim_exp].
Qed.

Section Line.
Variables (K : nat) (alpha beta D u v : nat -> R) (y : nat).
Hypotheses (HK : (0 < K)%nat) (Hy : (y < K)%nat).

Let a j := beta j * u j + D j.
Let b j := beta j * v j.
Let Z t := \sum_(j < K) exp (a j + t * b j).
Let q t := vs_probability K beta D (line u v t).

Lemma scaled_line t j : logits_scaled beta D (line u v t) j = a j + t * b j.
Proof. unfold logits_scaled, line, a, b; ring. Qed.

Lemma partition_pos t : 0 < Z t.
Proof. apply sum_pos; [exact HK|intros j _; apply exp_pos]. Qed.

Lemma probability_on_line t j : q t j = exp (a j + t * b j) / Z t.
Proof.
  unfold q, vs_probability, softmax; rewrite scaled_line; f_equal; apply sum_ext; intros i _.
  now rewrite scaled_line.
Qed.

Lemma partition_derivative t : derivable_pt_lim Z t (\sum_(j < K) b j * exp (a j + t * b j)).
Proof.
  apply (deriv_sum K (fun j t => exp (a j + t * b j))); intros j _; apply deriv_exp_line.
Qed.

Lemma mean_on_line t : (\sum_(j < K) b j * exp (a j + t * b j)) / Z t = \sum_(j < K) q t j * b j.
Proof.
  unfold Rdiv; rewrite <- sum_scal_r; apply sum_ext; intros j _.
  rewrite probability_on_line; unfold Rdiv; ring.
Qed.

Definition slope t := alpha y * (\sum_(j < K) q t j * b j - b y).
Definition curvature t :=
  alpha y * (\sum_(j < K) q t j * b j ^ 2 - (\sum_(j < K) q t j * b j) ^ 2).

Lemma loss_on_line t :
  vs_loss K alpha beta D y (line u v t) = alpha y * ln (Z t) - alpha y * (a y + t * b y).
Proof.
  unfold vs_loss; fold (q t); rewrite probability_on_line, ln_ratio, ln_exp
    by auto using exp_pos, partition_pos; ring.
Qed.

Lemma slope_on_line t :
  derivable_pt_lim (fun t => vs_loss K alpha beta D y (line u v t)) t (slope t).
Proof.
  apply deriv_ext with (fun t => alpha y * ln (Z t) - alpha y * (a y + t * b y)).
  { intros x; symmetry; apply loss_on_line. }
  replace (slope t) with (alpha y * (/ Z t * (\sum_(j < K) b j * exp (a j + t * b j)))
    - alpha y * b y)
    by (unfold slope; rewrite <- mean_on_line; unfold Rdiv; ring).
  apply deriv_sub; apply deriv_scal; [|apply deriv_line].
  apply (deriv_comp Z ln); [apply partition_derivative|].
  apply derivable_pt_lim_ln, partition_pos.
Qed.

Lemma curvature_on_line t : derivable_pt_lim slope t (curvature t).
Proof.
  pose proof (partition_pos t) as PZ.
  pose (N := fun t => \sum_(j < K) b j * exp (a j + t * b j)).
  pose (N' := \sum_(j < K) b j * (b j * exp (a j + t * b j))).
  apply deriv_ext with (fun t => alpha y * (N t / Z t - b y)).
  { intros x; unfold slope, N; now rewrite mean_on_line. }
  replace (curvature t) with (alpha y * ((N' * Z t - N t * N t) / Rsqr (Z t) - 0)).
  2:{ unfold curvature; rewrite <- mean_on_line; fold (N t).
      replace (\sum_(j < K) q t j * b j ^ 2) with (N' / Z t); [unfold Rsqr; field; lra|].
      unfold N', Rdiv; rewrite <- sum_scal_r; apply sum_ext; intros j _.
      rewrite probability_on_line; unfold Rdiv; ring. }
  apply deriv_scal, (deriv_sub (fun t => N t / Z t)); [|apply deriv_const].
  refine (derivable_pt_lim_div N Z t N' (N t) _ (partition_derivative t) _); [|lra].
  apply (deriv_sum K (fun j t => b j * exp (a j + t * b j))).
  intros j _; apply deriv_scal, deriv_exp_line.
Qed.
End Line.

(** A variance is not negative. *)
Lemma variance_nonnegative n q a : distribution n q ->
  0 <= \sum_(j < n) q j * a j ^ 2 - (\sum_(j < n) q j * a j) ^ 2.
Proof.
  intros [Hq S]; set (m := \sum_(j < n) q j * a j).
  replace (_ - m ^ 2) with (\sum_(j < n) q j * (a j - m) ^ 2).
  - apply sum_nonneg; intros j Hj; apply Rmult_le_pos; [auto|apply pow2_ge_0].
  - rewrite (sum_ext n _ (fun j => q j * a j ^ 2 - 2 * m * (q j * a j) + m ^ 2 * q j))
      by (intros; ring).
    rewrite sum_add, sum_sub, !sum_scal, S; fold m; ring.
Qed.

Definition gradient K alpha beta D y u k :=
  alpha y * beta k * (vs_probability K beta D u k - unit y k).

Theorem vs_gradient : forall K alpha beta D y u k, (y < K)%nat -> (k < K)%nat ->
  derivable_pt_lim (fun t => vs_loss K alpha beta D y (line u (unit k) t)) 0
    (gradient K alpha beta D y u k).
Proof.
  intros K alpha beta D y u k Hy Hk.
  replace (gradient K alpha beta D y u k) with (slope K alpha beta D u (unit k) y 0);
    [apply slope_on_line; lia|].
  assert (L : forall j, line u (unit k) 0 j = u j) by (intros; unfold line; ring).
  unfold slope, gradient.
  rewrite (sum_ext K _ (fun j => if Nat.eq_dec j k then vs_probability K beta D u j * beta j else 0)).
  - rewrite (sum_single K (fun j => vs_probability K beta D u j * beta j)) by exact Hk.
    unfold unit; destruct (Nat.eq_dec y k) as [E|], (Nat.eq_dec k y); try congruence;
      [rewrite E|]; ring.
  - intros j _.
    replace (vs_probability K beta D (line u (unit k) 0) j) with (vs_probability K beta D u j).
    + unfold unit; destruct (Nat.eq_dec j k); ring.
    + unfold vs_probability, softmax, logits_scaled; rewrite L; f_equal.
      apply sum_ext; intros i _; now rewrite L.
Qed.

Theorem vs_gradient_orthogonal_to_inverse_scales : forall K alpha beta D y u, (y < K)%nat ->
  positive K beta -> \sum_(k < K) / beta k * gradient K alpha beta D y u k = 0.
Proof.
  intros K alpha beta D y u Hy Hb.
  assert (One : bigsum K (vs_probability K beta D u) = 1)
    by (apply softmax_positive_distribution; lia).
  rewrite (sum_ext K _ (fun k => alpha y * (vs_probability K beta D u k - unit y k))).
  - rewrite sum_scal, sum_sub, One.
    unfold unit; rewrite (sum_single K (fun _ => 1)) by exact Hy; ring.
  - intros k Hk; unfold gradient; pose proof (Hb k Hk); field; lra.
Qed.

Theorem vs_second_derivative : forall K alpha beta D y u v t, (y < K)%nat -> 0 <= alpha y ->
  let q := vs_probability K beta D (line u v t) in
  let variance := \sum_(j < K) q j * (beta j * v j) ^ 2 - (\sum_(j < K) q j * (beta j * v j)) ^ 2 in
  exists slope,
    (forall s, derivable_pt_lim (fun t => vs_loss K alpha beta D y (line u v t)) s (slope s)) /\
    derivable_pt_lim slope t (alpha y * variance) /\
    0 <= alpha y * variance /\
    ((forall j, (j < K)%nat -> beta j * v j = 1) -> alpha y * variance = 0).
Proof.
  intros K alpha beta D y u v t Hy Ha q variance.
  assert (HK : (0 < K)%nat) by lia.
  assert (Q : positive_distribution K q) by (now apply softmax_positive_distribution).
  exists (slope K alpha beta D u v y); split; [|split; [|split]].
  - intros s; now apply slope_on_line.
  - now apply curvature_on_line.
  - apply Rmult_le_pos; [exact Ha|].
    apply (variance_nonnegative K q (fun j => beta j * v j)), positive_is_distribution, Q.
  - intros Flat; unfold variance.
    rewrite (sum_ext K (fun j => q j * (beta j * v j) ^ 2) q)
      by (intros j Hj; rewrite Flat by exact Hj; ring).
    rewrite (sum_ext K (fun j => q j * (beta j * v j)) q)
      by (intros j Hj; rewrite Flat by exact Hj; ring).
    rewrite (proj2 Q); ring.
Qed.

(** The log-partition function is the largest mean score plus entropy. *)
Lemma log_sum_exp_variational K s p : positive_distribution K p ->
  \sum_(j < K) p j * s j - \sum_(j < K) p j * ln (p j) <= ln (\sum_(j < K) exp (s j)).
Proof.
  intros Hp; pose proof (distribution_inhabited K p (positive_is_distribution K p Hp)) as HK.
  destruct (cross_entropy_least K p (softmax K s) Hp (softmax_positive_distribution K s HK))
    as [L _].
  rewrite (sum_ext K (fun i => p i * ln (softmax K s i))
    (fun j => p j * s j - p j * ln (\sum_(j < K) exp (s j)))) in L
    by (intros j _; rewrite ln_softmax by exact HK; ring).
  rewrite sum_sub, sum_scal_r, (proj2 Hp) in L; lra.
Qed.

Theorem log_sum_exp_convex : forall K s r lam, (0 < K)%nat -> 0 <= lam <= 1 ->
  ln (\sum_(j < K) exp (lam * s j + (1 - lam) * r j))
  <= lam * ln (\sum_(j < K) exp (s j)) + (1 - lam) * ln (\sum_(j < K) exp (r j)).
Proof.
  intros K s r lam HK [L0 L1].
  set (m := fun j => lam * s j + (1 - lam) * r j).
  set (p := softmax K m).
  assert (Hp : positive_distribution K p) by (now apply softmax_positive_distribution).
  pose proof (log_sum_exp_variational K s p Hp) as S.
  pose proof (log_sum_exp_variational K r p Hp) as R.
  assert (E : ln (\sum_(j < K) exp (m j))
    = \sum_(j < K) p j * m j - \sum_(j < K) p j * ln (p j)).
  { rewrite <- sum_sub; transitivity (\sum_(j < K) p j * ln (\sum_(j < K) exp (m j))).
    - symmetry; apply mean_const, positive_is_distribution, Hp.
    - apply sum_ext; intros j _; replace (ln (p j)) with (m j - ln (\sum_(j < K) exp (m j)));
        [ring|symmetry; now apply ln_softmax]. }
  change (ln (\sum_(j < K) exp (m j)) <=
    lam * ln (\sum_(j < K) exp (s j)) + (1 - lam) * ln (\sum_(j < K) exp (r j))).
  rewrite E.
  replace (\sum_(j < K) p j * m j) with
    (lam * (\sum_(j < K) p j * s j) + (1 - lam) * (\sum_(j < K) p j * r j)).
  - apply Rmult_le_compat_l with (r := lam) in S; [|exact L0].
    apply Rmult_le_compat_l with (r := 1 - lam) in R; [|lra]. lra.
  - rewrite <- !sum_scal, <- sum_add; apply sum_ext; intros; unfold m; ring.
Qed.

Theorem vs_loss_convex : forall K alpha beta D y u v lam, (y < K)%nat -> 0 <= alpha y ->
  0 <= lam <= 1 ->
  vs_loss K alpha beta D y (fun j => lam * u j + (1 - lam) * v j)
  <= lam * vs_loss K alpha beta D y u + (1 - lam) * vs_loss K alpha beta D y v.
Proof.
  intros K alpha beta D y u v lam Hy Ha L.
  assert (HK : (0 < K)%nat) by lia.
  unfold vs_loss, vs_probability; rewrite !ln_softmax by exact HK.
  pose proof (log_sum_exp_convex K (logits_scaled beta D u) (logits_scaled beta D v) lam HK L) as C.
  rewrite (sum_ext K _ (fun j => exp (logits_scaled beta D (fun j => lam * u j + (1 - lam) * v j) j)))
    in C by (intros j _; unfold logits_scaled; f_equal; ring).
  apply Rmult_le_compat_l with (r := alpha y) in C; [|exact Ha].
  unfold logits_scaled at 1 3 5; lra.
Qed.
