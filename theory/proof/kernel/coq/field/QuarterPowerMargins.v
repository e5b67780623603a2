(** * Margins proportional to [n^(-1/4)] minimise the sum of [1/(g sqrt n)], any number of classes *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs MarginExponents.
Open Scope R_scope.

Lemma power_minus_one x : 0 < x -> Rpower x (- (1)) = / x.
Proof. intros Hx; rewrite Rpower_Ropp, Rpower_1; auto. Qed.

Lemma power_minus_half x : 0 < x -> Rpower x (- / 2) = / sqrt x.
Proof. intros Hx; rewrite Rpower_Ropp, Rpower_sqrt; auto. Qed.

Theorem quarter_power_margins : forall K B n gamma, (0 < K)%nat ->
  positive K n -> positive K gamma -> bigsum K gamma = B ->
  let root := fun j => Rpower (n j) (- / 4) in
  (bigsum K root) ^ 2 / B <= \sum_(j < K) / (gamma j * sqrt (n j)) /\
  (\sum_(j < K) / (gamma j * sqrt (n j)) = (bigsum K root) ^ 2 / B <->
   forall j, (j < K)%nat -> gamma j = B * root j / bigsum K root).
Proof.
  intros K B n gamma HK Hn Hg HB root.
  pose proof (general_exponent K 1 (/ 2) B (fun _ => 1) n gamma HK Rlt_0_1
    (fun _ _ => Rlt_0_1) Hn Hg HB) as G; cbv beta zeta in G.
  assert (A : forall j, Rpower (1 * Rpower (n j) (- / 2)) (/ (1 + 1)) = root j).
  { intros j; rewrite Rmult_1_l, Rpower_mult; unfold root; f_equal; field. }
  rewrite (sum_ext K _ root (fun j _ => A j)) in G.
  assert (PR : 0 < bigsum K root) by (apply sum_pos; [exact HK|intros j _; apply exp_pos]).
  assert (PB : 0 < B) by (rewrite <- HB; apply sum_pos; assumption).
  replace (Rpower (bigsum K root) (1 + 1) / Rpower B 1) with ((bigsum K root) ^ 2 / B) in G
    by (rewrite Rpower_plus, !Rpower_1 by assumption; field; lra).
  rewrite (sum_ext K (fun j => 1 * Rpower (gamma j) (- (1)) * Rpower (n j) (- / 2))
    (fun j => / (gamma j * sqrt (n j)))) in G.
  - destruct G as [L E]; split; [exact L|]; rewrite E.
    split; intros H j Hj; specialize (H j Hj); [rewrite A in H|rewrite A]; exact H.
  - intros j Hj; rewrite power_minus_one, power_minus_half by auto.
    pose proof (Hg j Hj); pose proof (sqrt_lt_R0 _ (Hn j Hj)); field; split; lra.
Qed.
