(** * Under a margin budget the class-sensitive complexity is least at [rho ~ (m r^2)^(1/3)]

    The margins of IMMAX, for any number of classes. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs MarginExponents.
Open Scope R_scope.

Theorem cube_root_margins : forall K B m r rho, (0 < K)%nat ->
  positive K m -> positive K r -> positive K rho -> bigsum K rho = B ->
  let a := fun k => Rpower (m k * r k ^ 2) (/ 3) in
  (bigsum K a) ^ 3 / B ^ 2 <= \sum_(k < K) m k * r k ^ 2 / rho k ^ 2 /\
  (\sum_(k < K) m k * r k ^ 2 / rho k ^ 2 = (bigsum K a) ^ 3 / B ^ 2 <->
   forall k, (k < K)%nat -> rho k = B * a k / bigsum K a).
Proof.
  intros K B m r rho HK Hm Hr Hrho HB a.
  assert (Hw : positive K (fun k => m k * r k ^ 2))
    by (intros k Hk; apply Rmult_lt_0_compat; [auto|apply pow_lt; auto]).
  pose proof (general_exponent K 2 0 B (fun k => m k * r k ^ 2) (fun _ => 1) rho HK Rlt_0_2
    Hw (fun _ _ => Rlt_0_1) Hrho HB) as G; cbv beta zeta in G.
  assert (One : Rpower 1 (- 0) = 1) by (rewrite Ropp_0; apply Rpower_O; lra).
  assert (A : forall k, Rpower (m k * r k ^ 2 * Rpower 1 (- 0)) (/ (2 + 1)) = a k).
  { intros k; rewrite One; unfold a; f_equal; [ring|field]. }
  rewrite (sum_ext K _ a (fun k _ => A k)) in G.
  assert (PA : 0 < bigsum K a) by (apply sum_pos; [exact HK|intros k _; apply exp_pos]).
  assert (PB : 0 < B) by (rewrite <- HB; apply sum_pos; assumption).
  replace (Rpower (bigsum K a) (2 + 1) / Rpower B 2) with ((bigsum K a) ^ 3 / B ^ 2) in G.
  2:{ rewrite <- !Rpower_pow by assumption.
      replace (INR 3) with (2 + 1) by (simpl; ring); now replace (INR 2) with 2 by (simpl; ring). }
  rewrite (sum_ext K (fun k => m k * r k ^ 2 * Rpower (rho k) (- (2)) * Rpower 1 (- 0))
    (fun k => m k * r k ^ 2 / rho k ^ 2)) in G.
  - destruct G as [L E]; split; [exact L|]; rewrite E.
    split; intros H k Hk; specialize (H k Hk); [rewrite A in H|rewrite A]; exact H.
  - intros k Hk; rewrite One, Rpower_Ropp.
    replace (Rpower (rho k) 2) with (rho k ^ 2)
      by (rewrite <- Rpower_pow by auto; now replace (INR 2) with 2 by (simpl; ring)).
    unfold Rdiv; ring.
Qed.
