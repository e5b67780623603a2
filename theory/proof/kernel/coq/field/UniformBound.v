(** * The uniform bound for independent points: McDiarmid twice, symmetrisation between

    With probability at least [1 - delta], for every function of the class,
    [sum E phi_i(f) <= sum phi_i(f, x_i) + 2 Rad + 3 sqrt(log(2/delta)/2 sum c_i^2)]. *)

From Coq Require Import Reals Lra Lia List Psatz.
From AllK Require Import Sums Gibbs Samples Suprema McDiarmid Symmetrisation.
Import ListNotations.
Open Scope R_scope.

Theorem uniform_bound : forall (I : Type) m (cs : list (coordinate (I := I))) delta,
  inhabited I -> (0 < m)%nat -> Forall (well_formed m) cs ->
  0 < delta < 1 -> 0 < sum_of_squares (ranges_of cs) ->
  with_probability m (laws_of cs) (1 - delta) (fun s => forall f,
    expected_total m cs f
    <= total cs s f + 2 * complexity cs s
       + 3 * sqrt (ln (2 / delta) / 2 * sum_of_squares (ranges_of cs))).
Proof.
  intros I m cs delta some Hm W Hd HC.
  set (C := sum_of_squares (ranges_of cs)) in *.
  set (T := sqrt (ln (2 / delta) / 2 * C)).
  pose proof (laws_are_distributions m cs W) as H.
  assert (PL : 0 < ln (2 / delta)).
  { rewrite <- ln_1; apply ln_increasing; [lra|].
    apply Rmult_lt_reg_r with delta; [lra|]; unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  assert (PT : 0 < T) by (apply sqrt_lt_R0, Rmult_lt_0_compat; lra).
  assert (Fail : exp (- 2 * T ^ 2 / C) = delta / 2).
  { unfold T; rewrite pow2_sqrt by (left; apply Rmult_lt_0_compat; lra).
    replace (- 2 * (ln (2 / delta) / 2 * C) / C) with (- ln (2 / delta)) by (field; lra).
    rewrite exp_Ropp, exp_ln by (apply Rdiv_lt_0_compat; lra); field; lra. }
  assert (Len : length (ranges_of cs) = length (laws_of cs))
    by (unfold ranges_of, laws_of; now rewrite !map_length).
  pose (D := fun s => carried_deviation m cs s zero).
  pose (R := fun s => - carried_complexity cs s zero).
  pose proof (mcdiarmid m _ _ D T Hm H Len
    (deviation_differences some m cs zero W zero_bounded) HC PT) as MD.
  pose proof (mcdiarmid m _ _ R T Hm H Len
    (differences_opposite m _ _ (complexity_differences some m cs zero W zero_bounded)) HC PT) as MR.
  fold C in MD, MR; rewrite Fail in MD, MR.
  (* each happens with probability at least 1 - delta/2 *)
  assert (Rare : forall A, probability m (laws_of cs) A <= delta / 2 ->
    with_probability m (laws_of cs) (1 - delta / 2) (fun s => A s = false)).
  { intros A P; exists (fun s => negb (A s)); split.
    - unfold probability in *.
      assert (E : mean m (laws_of cs)
          (fun s => (if negb (A s) then 1 else 0) + (if A s then 1 else 0))
        = mean m (laws_of cs) (fun _ => 1))
        by (apply mean_ext; intros s; destruct (A s); simpl; lra).
      rewrite mean_add, (mean_of_const m _ 1 H) in E; lra.
    - intros s _ E; now apply Bool.negb_true_iff. }
  pose proof (with_probability_and m _ _ _ _ _ H (Rare _ MD) (Rare _ MR)) as Both.
  replace (delta / 2 + delta / 2) with delta in Both by field.
  revert Both; apply with_probability_weaken; intros s [Ls _] [BD BR] f.
  unfold laws_of in Ls; rewrite map_length in Ls.
  unfold at_least in BD, BR.
  destruct (Rle_dec _ (D s)) as [|ND] in BD; [discriminate|].
  destruct (Rle_dec _ (R s)) as [|NR] in BR; [discriminate|].
  pose proof (carried_symmetrisation some m cs W) as Sym.
  fold D in Sym.
  assert (MRad : mean m (laws_of cs) R
    = - mean m (laws_of cs) (fun s => carried_complexity cs s zero)).
  { unfold R; rewrite (mean_ext m _ _ (fun s => (-1) * carried_complexity cs s zero))
      by (intros; ring); rewrite mean_scal; ring. }
  assert (Above : expected_total m cs f - total cs s f <= D s).
  { unfold D; rewrite <- deviation_is_carried by exact Ls.
    apply (Sup_ge (fun f => expected_total m cs f - total cs s f)).
    clear - W; revert s; induction W as [|c cs Wc W IH]; intros s; simpl.
    - apply bounded_ext with (fun _ => 0); [intros; ring|apply bounded_const].
    - destruct s as [|x s].
      + destruct (IH []) as [B HB].
        apply bounded_ext with (fun f => expected m c f + (expected_total m cs f - total cs [] f)).
        * intros h; destruct cs; simpl; ring.
        * apply bounded_add; [now apply expected_bounded|now exists B].
      + apply bounded_ext with (fun f => (expected m c f - at_point c x f)
          + (expected_total m cs f - total cs s f)).
        * intros h; unfold at_point; ring.
        * apply bounded_add; [|apply IH].
          apply bounded_sub; [now apply expected_bounded|now apply (point_bounded m)]. }
  assert (Rs : complexity cs s = - R s)
    by (unfold R; rewrite complexity_is_carried by exact Ls; ring).
  rewrite Rs; rewrite MRad in NR; lra.
Qed.
