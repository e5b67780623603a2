(** * Fano's inequality at a point, any number of classes

    A posterior that gives the predicted class [1 - e] has entropy at most [h(e) + e log(K - 1)]. *)

From Coq Require Import Reals Lra Lia.
From AllK Require Import Sums Gibbs.
Open Scope R_scope.

Theorem fano : forall K p b, (2 <= K)%nat -> distribution K p -> (b < K)%nat ->
  let e := 1 - p b in 0 < e < 1 ->
  entropy K p <= - (e * ln e) - (1 - e) * ln (1 - e) + e * ln (INR K - 1).
Proof.
  intros K p b HK Hp Hb e He.
  assert (K1 : 1 < INR K) by (change 1 with (INR 1); apply lt_INR; lia).
  pose (q := fun i => if Nat.eq_dec i b then 1 - e else e / (INR K - 1)).
  assert (QB : q b = 1 - e) by (unfold q; destruct (Nat.eq_dec b b); congruence).
  assert (Rest : forall f : nat -> R, \sum_(i < K | not b) f i = bigsum K f - f b)
    by (intros f; rewrite (sum_split K f b Hb); ring).
  assert (Hq : positive_distribution K q).
  { split.
    - intros i _; unfold q; destruct (Nat.eq_dec i b); [lra|apply Rdiv_lt_0_compat; lra].
    - rewrite (sum_split K q b Hb), QB.
      rewrite (sum_ext K _ (fun i => if Nat.eq_dec i b then 0 else e / (INR K - 1)))
        by (intros i _; unfold q; destruct (Nat.eq_dec i b); reflexivity).
      rewrite (Rest (fun _ => e / (INR K - 1))), sum_const; field; lra. }
  destruct (gibbs K p q Hp Hq) as [N _].
  assert (E : divergence K p q = \sum_(i < K) p i * ln (p i) - \sum_(i < K) p i * ln (q i)).
  { unfold divergence; rewrite <- sum_sub; apply sum_ext; intros i Hi.
    destruct (proj1 Hp i Hi) as [P|<-]; [|ring].
    rewrite ln_ratio by (exact P || now apply Hq); ring. }
  assert (C : \sum_(i < K) p i * ln (q i) = (1 - e) * ln (1 - e) + e * (ln e - ln (INR K - 1))).
  { rewrite (sum_split K (fun i => p i * ln (q i)) b Hb), QB; f_equal; [unfold e; ring|].
    rewrite (sum_ext K _ (fun i => if Nat.eq_dec i b then 0
      else p i * (ln e - ln (INR K - 1)))).
    - rewrite (Rest (fun i => p i * (ln e - ln (INR K - 1)))), sum_scal_r, (proj2 Hp); unfold e; ring.
    - intros i _; unfold q; destruct (Nat.eq_dec i b); [reflexivity|].
      rewrite ln_ratio by lra; reflexivity. }
  unfold entropy; lra.
Qed.
