(** * Hoeffding's inequality for independent values, and for the balanced mean over classes

    A mean of [N] independent values in [[0, 1]] exceeds its expectation by [t] with probability at
    most [exp(-2 N t^2)]; the balanced mean over [K] classes by at most
    [exp(-2 t^2 K^2/sum_y 1/n_y)]. *)

From Coq Require Import Reals Lra Lia List Psatz.
From AllK Require Import Sums Samples Suprema McDiarmid Symmetrisation StratifiedCertificate.
Import ListNotations.
Open Scope R_scope.

(** [v_1(x_1) + v_2(x_2) + ...] *)
Fixpoint sum_of_values (vs : list (nat -> R)) (s : list nat) : R :=
  match vs, s with
  | v :: vs, x :: s => v x + sum_of_values vs s
  | _, _ => 0
  end.

Lemma values_differences m vs cs :
  Forall2 (fun v c => forall x, (x < m)%nat -> 0 <= v x <= c) vs cs ->
  forall k, bounded_differences m cs (fun s => k + sum_of_values vs s).
Proof.
  intros H; induction H as [|v c vs cs B H IH]; intros k; simpl; [trivial|]; split.
  - intros x x' s Hx Hx'; pose proof (B x Hx); pose proof (B x' Hx'); lra.
  - intros x _; specialize (IH (k + v x)).
    assert (E : (fun s => k + (v x + sum_of_values vs s)) = (fun s => k + v x + sum_of_values vs s))
      by (apply FunctionalExtensionality.functional_extensionality; intros; ring).
    rewrite E; exact IH.
Qed.

Lemma tail_of_a_sum m laws vs cs t : (0 < m)%nat -> all_distributions m laws ->
  length cs = length laws ->
  Forall2 (fun v c => forall x, (x < m)%nat -> 0 <= v x <= c) vs cs ->
  0 < sum_of_squares cs -> 0 < t ->
  probability m laws (at_least (sum_of_values vs) (mean m laws (sum_of_values vs) + t))
  <= exp (- 2 * t ^ 2 / sum_of_squares cs).
Proof.
  intros Hm H L V HC Ht.
  pose proof (values_differences m vs cs V 0) as B.
  replace (fun s => 0 + sum_of_values vs s) with (sum_of_values vs) in B
    by (apply FunctionalExtensionality.functional_extensionality; intros; ring).
  now apply mcdiarmid.
Qed.

Theorem hoeffding : forall m laws vs t, (0 < m)%nat -> all_distributions m laws ->
  (0 < length laws)%nat -> length vs = length laws ->
  Forall (fun v => forall x, (x < m)%nat -> 0 <= v x <= 1) vs -> 0 < t ->
  let N := INR (length laws) in
  let average := fun s => sum_of_values vs s / N in
  probability m laws (at_least average (mean m laws average + t)) <= exp (- 2 * N * t ^ 2).
Proof.
  intros m laws vs t Hm H HL L V Ht N average.
  assert (PN : 0 < N) by now apply lt_0_INR.
  pose proof (Rinv_0_lt_compat N PN) as IN.
  pose (shares := map (fun (v : nat -> R) x => v x / N) vs).
  pose (cs := map (fun _ : nat -> R => / N) vs).
  assert (A : average = sum_of_values shares).
  { apply FunctionalExtensionality.functional_extensionality; intros s; unfold average, shares.
    clear; revert s; induction vs as [|v vs IH]; intros [|x s]; simpl; try (unfold Rdiv; ring).
    rewrite <- IH; unfold Rdiv; ring. }
  assert (C : sum_of_squares cs = / N).
  { assert (E : sum_of_squares cs = INR (length vs) * (/ N) ^ 2).
    { unfold cs; clear; induction vs as [|v vs IH]; [simpl; ring|].
      change (sum_of_squares (map (fun _ => / N) (v :: vs)))
        with ((/ N) ^ 2 + sum_of_squares (map (fun _ => / N) vs)).
      rewrite IH; change (length (v :: vs)) with (S (length vs)); rewrite S_INR; ring. }
    rewrite E, L; fold N; field; lra. }
  assert (V2 : Forall2 (fun v c => forall x, (x < m)%nat -> 0 <= v x <= c) shares cs).
  { unfold shares, cs; clear - V IN; induction V as [|v vs B V IH]; simpl; constructor; [|exact IH].
    intros x Hx; specialize (B x Hx); unfold Rdiv; split; [apply Rmult_le_pos; lra|].
    rewrite <- (Rmult_1_l (/ N)) at 2; apply Rmult_le_compat_r; lra. }
  rewrite A; replace (- 2 * N * t ^ 2) with (- 2 * t ^ 2 / sum_of_squares cs)
    by (rewrite C; field; lra).
  apply tail_of_a_sum; auto; [unfold cs; now rewrite map_length|rewrite C; exact IN].
Qed.

(** Values [u y x] in [[0, 1]] at the point [x] of class [y]; the labels are given. *)
Theorem stratified_hoeffding : forall m K (p u : nat -> nat -> R) labels t, (0 < K)%nat ->
  (forall y, (y < K)%nat -> distribution m (p y)) ->
  (forall y x, (y < K)%nat -> (x < m)%nat -> 0 <= u y x <= 1) ->
  Forall (fun y => (y < K)%nat) labels -> (forall y, (y < K)%nat -> In y labels) -> 0 < t ->
  let balanced := fun s => balanced_mean K labels (losses (fun _ : unit => u) tt labels s) in
  probability m (map p labels) (at_least balanced (mean m (map p labels) balanced + t))
  <= exp (- 2 * t ^ 2 * INR K ^ 2 / (\sum_(y < K) / count labels y)).
Proof.
  intros m K p u labels t HK0 Hp Hu Hl All Ht balanced.
  assert (HK : 0 < INR K) by now apply lt_0_INR.
  assert (N : positive K (count labels)) by (intros y Hy; apply count_positive, All, Hy).
  pose (w := fun y => / INR K * / count labels y).
  assert (Hw : positive K w)
    by (intros y Hy; apply Rmult_lt_0_compat; apply Rinv_0_lt_compat; [exact HK|now apply N]).
  pose (vs := map (fun y x => w y * u y x) labels).
  pose (cs := map (fun y => w y * 1) labels).
  assert (B : balanced = sum_of_values vs).
  { apply FunctionalExtensionality.functional_extensionality; intros s.
    transitivity (total (map (coordinate_of (fun _ : unit => u) p (fun _ => 1) w) labels) s tt).
    - rewrite (total_by_class (fun _ : unit => u) K p (fun _ => 1) w labels s tt Hl).
      unfold balanced, balanced_mean; rewrite <- sum_scal; apply sum_ext; intros y _.
      unfold w, class_mean, Rdiv; ring.
    - unfold vs; generalize w; clear; intros w; revert s; induction labels as [|l labels IH]; intros [|x s]; simpl; auto.
      now rewrite IH. }
  assert (C : sum_of_squares cs = (/ INR K) ^ 2 * (\sum_(y < K) / count labels y)).
  { pose proof (squares_by_class (fun _ : unit => u) K p (fun _ => 1) w labels Hl) as Q.
    unfold ranges_of in Q; rewrite map_map in Q; fold cs in Q.
    change (map (fun x : nat => range (coordinate_of (fun _ : unit => u) p (fun _ => 1) w x)) labels)
      with cs in Q.
    rewrite Q, <- sum_scal; apply sum_ext; intros y Hy; pose proof (N y Hy); unfold w; field; lra. }
  assert (PS : 0 < \sum_(y < K) / count labels y)
    by (apply sum_pos; [exact HK0|]; intros y Hy; now apply Rinv_0_lt_compat, N).
  assert (PC : 0 < sum_of_squares cs)
    by (rewrite C; apply Rmult_lt_0_compat; [apply pow_lt; now apply Rinv_0_lt_compat|exact PS]).
  replace (- 2 * t ^ 2 * INR K ^ 2 / (\sum_(y < K) / count labels y))
    with (- 2 * t ^ 2 / sum_of_squares cs) by (rewrite C; field; lra).
  rewrite B; apply tail_of_a_sum; auto.
  - exact (distribution_inhabited m (p O) (Hp O HK0)).
  - clear - Hl Hp; induction Hl as [|l labels H Hl IH]; simpl; constructor; [now apply Hp|exact IH].
  - unfold cs; now rewrite !map_length.
  - unfold vs, cs; revert Hw; generalize w; clear - Hl Hu; intros w Hw; induction Hl as [|l labels H Hl IH]; simpl; constructor;
      [|exact IH].
    intros x Hx; specialize (Hu l x H Hx); pose proof (Hw l H).
    split; [apply Rmult_le_pos; lra|apply Rmult_le_compat_l; lra].
Qed.
