(** * Suprema over any class of functions

    [Sup u] is the least upper bound of [u f] over all [f] of a class, where there is one. *)

From Coq Require Import Reals Lra Lia ClassicalDedekindReals Classical_Prop.
From AllK Require Import Sums.
Open Scope R_scope.

Section Suprema.
Context {I : Type}.

Definition values (u : I -> R) (r : R) := exists f, r = u f.

Definition Sup (u : I -> R) : R :=
  match sig_not_dec (bound (values u) /\ exists r, values u r) with
  | left H => proj1_sig (completeness (values u) (proj1 (NNPP _ H)) (proj2 (NNPP _ H)))
  | right _ => 0
  end.

Definition bounded (u : I -> R) := exists B, forall f, Rabs (u f) <= B.

Lemma Sup_is_lub u : inhabited I -> bounded u -> is_lub (values u) (Sup u).
Proof.
  intros [f0] [B HB]; unfold Sup.
  destruct (sig_not_dec _) as [H|H]; [apply proj2_sig|exfalso; apply H; split].
  - exists B; intros r [f ->]; pose proof (Rle_abs (u f)); pose proof (HB f); lra.
  - exists (u f0), f0; reflexivity.
Qed.

Lemma Sup_ge u f : bounded u -> u f <= Sup u.
Proof.
  intros H; apply (Sup_is_lub u (inhabits f) H); now exists f.
Qed.

Lemma Sup_le u B : inhabited I -> bounded u -> (forall f, u f <= B) -> Sup u <= B.
Proof.
  intros i H L; apply (Sup_is_lub u i H); intros r [f ->]; apply L.
Qed.

Lemma Sup_ext u v : (forall f, u f = v f) -> Sup u = Sup v.
Proof.
  intros E; replace v with u; [reflexivity|].
  apply FunctionalExtensionality.functional_extensionality; exact E.
Qed.

Lemma bounded_add u v : bounded u -> bounded v -> bounded (fun f => u f + v f).
Proof.
  intros [A HA] [B HB]; exists (A + B); intros f.
  eapply Rle_trans; [apply Rabs_triang|]; specialize (HA f); specialize (HB f); lra.
Qed.

Lemma bounded_scal c u : bounded u -> bounded (fun f => c * u f).
Proof.
  intros [A HA]; exists (Rabs c * A); intros f; rewrite Rabs_mult.
  apply Rmult_le_compat_l; [apply Rabs_pos|apply HA].
Qed.

Lemma bounded_ext u v : (forall f, u f = v f) -> bounded u -> bounded v.
Proof. intros E [B H]; exists B; intros f; rewrite <- E; apply H. Qed.

Lemma bounded_sub u v : bounded u -> bounded v -> bounded (fun f => u f - v f).
Proof.
  intros Hu Hv; apply bounded_ext with (fun f => u f + (-1) * v f); [intros; ring|].
  apply bounded_add; [exact Hu|now apply bounded_scal].
Qed.

Lemma bounded_const c : bounded (fun _ => c).
Proof. exists (Rabs c); intros; lra. Qed.

Lemma bounded_between u a b : (forall f, a <= u f <= b) -> bounded u.
Proof.
  intros H; exists (Rabs a + Rabs b); intros f; specialize (H f).
  pose proof (Rle_abs b); pose proof (Rle_abs (- a)); rewrite Rabs_Ropp in *.
  pose proof (Rabs_pos a); pose proof (Rabs_pos b).
  apply Rabs_le; lra.
Qed.

Lemma bounded_sum n (p : nat -> R) (u : nat -> I -> R) :
  (forall x, (x < n)%nat -> bounded (u x)) -> bounded (fun f => \sum_(x < n) p x * u x f).
Proof.
  induction n as [|n IH]; intros H; simpl; [apply bounded_const|].
  apply bounded_add; [apply IH; auto|apply bounded_scal, H; lia].
Qed.

Lemma Sup_shift u v c : inhabited I -> bounded u -> bounded v ->
  (forall f, u f <= v f + c) -> Sup u <= Sup v + c.
Proof.
  intros i Hu Hv L; apply Sup_le; [exact i|exact Hu|]; intros f.
  pose proof (Sup_ge v f Hv); specialize (L f); lra.
Qed.

(** The supremum of a mean is at most the mean of the suprema. *)
Lemma Sup_of_mean m p (u : nat -> I -> R) : inhabited I -> distribution m p ->
  (forall x, (x < m)%nat -> bounded (u x)) ->
  Sup (fun f => \sum_(x < m) p x * u x f) <= \sum_(x < m) p x * Sup (u x).
Proof.
  intros i Hp H; apply Sup_le; [exact i|apply bounded_sum; exact H|]; intros f.
  apply sum_le; intros x Hx; apply Rmult_le_compat_l; [now apply Hp|now apply Sup_ge, H].
Qed.

(** The supremum of a sum is at most the sum of the suprema. *)
Lemma Sup_of_sum u v : inhabited I -> bounded u -> bounded v ->
  Sup (fun f => u f + v f) <= Sup u + Sup v.
Proof.
  intros i Hu Hv; apply Sup_le; [exact i|apply bounded_add; assumption|]; intros f.
  pose proof (Sup_ge u f Hu); pose proof (Sup_ge v f Hv); lra.
Qed.

End Suprema.
