(** * Independent samples of finitely many points, and probabilities over them

    A sample is a list of points below [m], one for each law of a list of laws: independent, not
    necessarily alike. [mean m laws F] is the expectation of [F] over samples. *)

From Coq Require Import Reals Lra Lia List.
From AllK Require Import Sums.
Import ListNotations.
Open Scope R_scope.

Fixpoint mean (m : nat) (laws : list (nat -> R)) (F : list nat -> R) : R :=
  match laws with
  | [] => F []
  | p :: laws => \sum_(x < m) p x * mean m laws (fun s => F (x :: s))
  end.

Definition all_distributions m laws := Forall (distribution m) laws.

Definition sample m (laws : list (nat -> R)) (s : list nat) :=
  length s = length laws /\ Forall (fun x => (x < m)%nat) s.

Definition probability m laws (A : list nat -> bool) :=
  mean m laws (fun s => if A s then 1 else 0).

(** [P] holds on an event of probability at least [q]. *)
Definition with_probability m laws q (P : list nat -> Prop) :=
  exists A, q <= probability m laws A /\ forall s, sample m laws s -> A s = true -> P s.

Section Mean.
Variable m : nat.

Lemma sample_cons p laws x s : (x < m)%nat -> sample m laws s -> sample m (p :: laws) (x :: s).
Proof. intros Hx [L B]; split; [simpl; lia|now constructor]. Qed.

Lemma mean_le_samples laws F G : all_distributions m laws ->
  (forall s, sample m laws s -> F s <= G s) -> mean m laws F <= mean m laws G.
Proof.
  intros H; revert F G; induction H as [|p laws Hp H IH]; intros F G L; simpl.
  - apply L; now split.
  - apply sum_le; intros x Hx; apply Rmult_le_compat_l; [now apply Hp|].
    apply IH; intros s Hs; apply L; now apply sample_cons.
Qed.

Lemma mean_ext laws F G : (forall s, F s = G s) -> mean m laws F = mean m laws G.
Proof.
  revert F G; induction laws as [|p laws IH]; intros F G E; simpl; [apply E|].
  apply sum_ext; intros x _; f_equal; apply IH; intros; apply E.
Qed.

Lemma mean_add laws F G : mean m laws (fun s => F s + G s) = mean m laws F + mean m laws G.
Proof.
  revert F G; induction laws as [|p laws IH]; intros F G; simpl; [reflexivity|].
  rewrite <- sum_add; apply sum_ext; intros x _; rewrite IH; ring.
Qed.

Lemma mean_scal laws c F : mean m laws (fun s => c * F s) = c * mean m laws F.
Proof.
  revert F; induction laws as [|p laws IH]; intros F; simpl; [reflexivity|].
  rewrite <- sum_scal; apply sum_ext; intros x _; rewrite IH; ring.
Qed.

Lemma mean_of_const laws c : all_distributions m laws -> mean m laws (fun _ => c) = c.
Proof.
  intros H; induction H as [|p laws Hp H IH]; simpl; [reflexivity|].
  rewrite (sum_ext m _ (fun x => p x * c)) by (intros; now rewrite IH).
  now apply mean_const.
Qed.

(** Failures add up. *)
Lemma probability_both laws A B a b : all_distributions m laws ->
  1 - a <= probability m laws A -> 1 - b <= probability m laws B ->
  1 - (a + b) <= probability m laws (fun s => andb (A s) (B s)).
Proof.
  intros H HA HB; unfold probability in *.
  assert (E : mean m laws (fun s => (if A s then 1 else 0) + (if B s then 1 else 0))
    <= mean m laws (fun s => (if andb (A s) (B s) then 1 else 0) + 1)).
  { apply mean_le_samples; [exact H|]; intros s _; destruct (A s), (B s); simpl; lra. }
  rewrite !mean_add, mean_of_const in E by exact H; lra.
Qed.

Lemma with_probability_and laws P Q a b : all_distributions m laws ->
  with_probability m laws (1 - a) P -> with_probability m laws (1 - b) Q ->
  with_probability m laws (1 - (a + b)) (fun s => P s /\ Q s).
Proof.
  intros H [A [PA HA]] [B [PB HB]]; exists (fun s => andb (A s) (B s)); split.
  - now apply probability_both.
  - intros s Hs E; apply Bool.andb_true_iff in E; destruct E; auto.
Qed.

(** The union bound over any number of classes. *)
Lemma with_probability_all laws K (P : nat -> list nat -> Prop) a : all_distributions m laws ->
  (forall y, (y < K)%nat -> with_probability m laws (1 - a) (P y)) ->
  with_probability m laws (1 - INR K * a) (fun s => forall y, (y < K)%nat -> P y s).
Proof.
  intros H; induction K as [|K IH]; intros HP.
  - exists (fun _ => true); split; [|intros s _ _ y Hy; lia].
    unfold probability; rewrite mean_of_const by exact H; simpl; lra.
  - destruct (with_probability_and laws _ _ _ _ H (IH (fun y Hy => HP y ltac:(lia)))
      (HP K ltac:(lia))) as [A [PA HA]].
    exists A; split; [rewrite S_INR; lra|].
    intros s Hs E y Hy; destruct (HA s Hs E) as [H1 H2].
    destruct (Nat.eq_dec y K) as [->|]; [exact H2|apply H1; lia].
Qed.

Lemma with_probability_weaken laws q (P Q : list nat -> Prop) :
  (forall s, sample m laws s -> P s -> Q s) ->
  with_probability m laws q P -> with_probability m laws q Q.
Proof. intros W [A [PA HA]]; exists A; split; auto. Qed.

End Mean.
