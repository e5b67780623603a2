(* Limits: how fast a function grows or vanishes, part by part; and the rule of L'Hopital.

   F is where the variable goes. What is led by exp(e x) is exp(e x) times something that has a limit, and
   so products, quotients, powers and roots are led by what their parts are led by; of a sum only the parts
   that grow fastest count. *)

From Coq Require Import Reals Lra.
From Coquelicot Require Import Coquelicot.
From Counterpoise Require Import Functions Normal.
Open Scope R_scope.

Definition led (F : (R -> Prop) -> Prop) (f e : R -> R) (a : R) : Prop :=
  exists g : R -> R, F (fun x => f x = exp (e x) * g x) /\ filterlim g F (locally a).

(* ------------------------------------------------------------------------------- near the end *)

Lemma near_up (m : R) (P : R -> Prop) : (forall x, m < x -> P x) -> Rbar_locally p_infty P.
Proof. intros H; exists m; exact H. Qed.

Lemma near_down (m : R) (P : R -> Prop) : (forall x, x < m -> P x) -> Rbar_locally m_infty P.
Proof. intros H; exists m; exact H. Qed.

Lemma near_right (a b : R) (P : R -> Prop) : a < b -> (forall x, a < x < b -> P x) -> at_right a P.
Proof.
  intros H K; assert (D : 0 < b - a) by lra; exists (mkposreal _ D); intros x B A; apply K; split; [exact A |].
  unfold ball in B; simpl in B; unfold AbsRing_ball, abs, minus, plus, opp in B; simpl in B.
  apply Rabs_def2 in B; lra.
Qed.

Lemma near_left (a b : R) (P : R -> Prop) : b < a -> (forall x, b < x < a -> P x) -> at_left a P.
Proof.
  intros H K; assert (D : 0 < a - b) by lra; exists (mkposreal _ D); intros x B A; apply K; split; [| exact A].
  unfold ball in B; simpl in B; unfold AbsRing_ball, abs, minus, plus, opp in B; simpl in B.
  apply Rabs_def2 in B; lra.
Qed.

Section Growth.

Context {F : (R -> Prop) -> Prop} {FF : Filter F}.

Lemma times (f g : R -> R) (a b : R) :
  filterlim f F (locally a) -> filterlim g F (locally b) -> filterlim (fun x => f x * g x) F (locally (a * b)).
Proof. intros L M; exact (filterlim_comp_2 _ _ Rmult L M (filterlim_mult a b)). Qed.

Lemma plus_lim (f g : R -> R) (a b : R) :
  filterlim f F (locally a) -> filterlim g F (locally b) -> filterlim (fun x => f x + g x) F (locally (a + b)).
Proof. intros L M; exact (filterlim_comp_2 _ _ Rplus L M (filterlim_plus a b)). Qed.

Lemma through (h : R -> R) (a : R) (f : R -> R) :
  continuous h a -> filterlim f F (locally a) -> filterlim (fun x => h (f x)) F (locally (h a)).
Proof. intros C L; exact (filterlim_comp _ _ _ f h _ _ _ L C). Qed.

Lemma limit_as (f : R -> R) (a b : R) : filterlim f F (locally a) -> a = b -> filterlim f F (locally b).
Proof. intros L <-; exact L. Qed.

Lemma positive_near (f : R -> R) (a : R) : filterlim f F (locally a) -> 0 < a -> F (fun x => 0 < f x).
Proof.
  intros L A; apply L; exists (mkposreal a A); intros y B.
  unfold ball in B; simpl in B; unfold AbsRing_ball, abs, minus, plus, opp in B; simpl in B.
  apply Rabs_def2 in B; lra.
Qed.

Lemma nonzero_near (f : R -> R) (a : R) : filterlim f F (locally a) -> a <> 0 -> F (fun x => f x <> 0).
Proof.
  intros L A; destruct (Rdichotomy _ _ A) as [N | P].
  - assert (K := through Ropp a f (continuous_opp (fun x : R => x) a (continuous_id a)) L).
    assert (M := positive_near _ _ K ltac:(lra)); revert M; apply filter_imp; intros x; lra.
  - assert (M := positive_near _ _ L ltac:(lra)); revert M; apply filter_imp; intros x; lra.
Qed.

Lemma exp_down (e : R -> R) :
  filterlim e F (Rbar_locally m_infty) -> filterlim (fun x => exp (e x)) F (locally 0).
Proof. intros L; exact (filterlim_comp _ _ _ e exp _ _ _ L is_lim_exp_m). Qed.

Lemma exp_up (e : R -> R) :
  filterlim e F (Rbar_locally p_infty) -> filterlim (fun x => exp (e x)) F (Rbar_locally p_infty).
Proof. intros L; exact (filterlim_comp _ _ _ e exp _ _ _ L is_lim_exp_p). Qed.

Lemma ln_up (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => ln (f x)) F (Rbar_locally p_infty).
Proof. intros L; exact (filterlim_comp _ _ _ f ln _ _ _ L is_lim_ln_p). Qed.

Lemma inverse_up (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => / f x) F (locally 0).
Proof. intros L; apply (filterlim_comp _ _ _ f Rinv _ _ _ L); apply (filterlim_Rbar_inv p_infty); discriminate. Qed.

Lemma up_times (f g : R -> R) (a : R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim g F (locally a) -> 0 < a ->
  filterlim (fun x => f x * g x) F (Rbar_locally p_infty).
Proof.
  intros L M A; refine (filterlim_comp_2 f g Rmult L M _).
  apply (filterlim_Rbar_mult p_infty a p_infty); unfold is_Rbar_mult, Rbar_mult'.
  destruct (Rle_dec 0 a) as [H |]; [destruct (Rle_lt_or_eq_dec 0 a H); [reflexivity | lra] | lra].
Qed.

Lemma opposite_up (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => - f x) F (Rbar_locally m_infty).
Proof. intros L; exact (filterlim_comp _ _ _ f Ropp _ _ _ L (filterlim_Rbar_opp p_infty)). Qed.

(* --------------------------------------------------------------------- sums of things that grow *)

Lemma small_none (b : R -> R) : filterlim (fun x => 0 / b x) F (locally 0).
Proof.
  apply (filterlim_ext (fun _ => 0)); [intros x; unfold Rdiv; ring | apply filterlim_const].
Qed.

Lemma small_more (b d r : R -> R) (c : R) :
  filterlim (fun x => d x / b x) F (locally 0) -> filterlim (fun x => r x / b x) F (locally 0) ->
  filterlim (fun x => (c * d x + r x) / b x) F (locally 0).
Proof.
  intros D L; apply (filterlim_ext (fun x => c * (d x / b x) + r x / b x)); [intros x; unfold Rdiv; ring |].
  replace 0 with (c * 0 + 0) by ring; apply plus_lim; [apply times; [apply filterlim_const |] |]; assumption.
Qed.

Lemma small_ln (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => ln (f x) / f x) F (locally 0).
Proof. intros L; exact (filterlim_comp _ _ _ f (fun y => ln y / y) _ _ _ L is_lim_div_ln_p). Qed.

Lemma power_up (n : nat) (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => f x ^ S n) F (Rbar_locally p_infty).
Proof.
  intros L; induction n as [| n IH].
  - apply (filterlim_ext f); [intros x; simpl; ring | exact L].
  - apply (filterlim_ext (fun x => f x * f x ^ S n)); [reflexivity |].
    exact (filterlim_comp_2 f _ Rmult L IH (filterlim_Rbar_mult p_infty p_infty p_infty eq_refl)).
Qed.

Lemma small_power (m n : nat) (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => f x ^ m / f x ^ S (m + n)) F (locally 0).
Proof.
  intros L; apply (filterlim_ext_loc (fun x => / f x ^ S n)).
  - assert (P : F (fun x => 0 < f x)) by (refine (L (fun y => 0 < y) _); exists 0; trivial).
    revert P; apply filter_imp; intros x P.
    replace (S (m + n)) with (m + S n)%nat by (rewrite <- plus_n_Sm; reflexivity).
    rewrite pow_add; field; split; apply pow_nonzero; lra.
  - apply inverse_up, power_up, L.
Qed.

Lemma small_chain (a b c : R -> R) :
  F (fun x => b x <> 0) -> filterlim (fun x => a x / b x) F (locally 0) ->
  filterlim (fun x => b x / c x) F (locally 0) -> filterlim (fun x => a x / c x) F (locally 0).
Proof.
  intros N A B; apply (filterlim_ext_loc (fun x => a x / b x * (b x / c x))).
  - revert N; apply filter_imp; intros x N; unfold Rdiv; rewrite <- Rmult_assoc, (Rmult_assoc (a x)), Rinv_l; [ring | exact N].
  - replace 0 with (0 * 0) by ring; apply times; assumption.
Qed.

Lemma up_nonzero (f : R -> R) : filterlim f F (Rbar_locally p_infty) -> F (fun x => f x <> 0).
Proof. intros L; refine (L (fun y => y <> 0) _); exists 0; intros x; lra. Qed.

Lemma small_ln_power (n : nat) (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => ln (f x) / f x ^ S n) F (locally 0).
Proof.
  intros L; destruct n as [| n].
  - apply (filterlim_ext (fun x => ln (f x) / f x)); [intros x; simpl; f_equal; ring | apply small_ln, L].
  - apply (small_chain _ f); [apply up_nonzero, L | apply small_ln, L |].
    apply (filterlim_ext (fun x => f x ^ 1 / f x ^ S (1 + n))); [| apply small_power, L].
    intros x; rewrite pow_1; reflexivity.
Qed.

Lemma small_ln_ln (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => ln (ln (f x)) / ln (f x)) F (locally 0).
Proof. intros L; apply small_ln, ln_up, L. Qed.

Lemma small_ln_ln_power (n : nat) (f : R -> R) :
  filterlim f F (Rbar_locally p_infty) -> filterlim (fun x => ln (ln (f x)) / f x ^ S n) F (locally 0).
Proof.
  intros L; apply (small_chain _ (fun x => ln (f x))).
  - apply up_nonzero, ln_up, L.
  - apply small_ln_ln, L.
  - apply small_ln_power, L.
Qed.

Lemma rises_by (c : R) (b r : R -> R) :
  0 < c -> filterlim b F (Rbar_locally p_infty) -> filterlim (fun x => r x / b x) F (locally 0) ->
  filterlim (fun x => c * b x + r x) F (Rbar_locally p_infty).
Proof.
  intros C B L; apply (filterlim_ext_loc (fun x => b x * (c + r x / b x))).
  - generalize (up_nonzero b B); apply filter_imp; intros x N; field; exact N.
  - apply (up_times _ _ (c + 0)); [exact B | | lra].
    apply plus_lim; [apply filterlim_const | exact L].
Qed.

Lemma falls_by (c : R) (b r : R -> R) :
  c < 0 -> filterlim b F (Rbar_locally p_infty) -> filterlim (fun x => r x / b x) F (locally 0) ->
  filterlim (fun x => c * b x + r x) F (Rbar_locally m_infty).
Proof.
  intros C B L; apply (filterlim_ext (fun x => - (- c * b x + - 1 * r x))); [intros x; ring |].
  apply opposite_up, rises_by; [lra | exact B |].
  apply (filterlim_ext (fun x => (- 1 * r x + 0) / b x)); [intros x; f_equal; ring |].
  apply small_more; [exact L | apply small_none].
Qed.

(* ----------------------------------------------------------------------------------- what leads *)

Lemma led_ext (f g e : R -> R) (a : R) : F (fun x => f x = g x) -> led F g e a -> led F f e a.
Proof.
  intros E [h [H L]]; exists h; split; [| exact L].
  generalize (filter_and _ _ E H); apply filter_imp; intros x [-> K]; exact K.
Qed.

Lemma led_as (f e d : R -> R) (a b : R) : led F f e a -> (forall x, e x = d x) -> a = b -> led F f d b.
Proof.
  intros [g [E L]] D <-; exists g; split; [| exact L].
  revert E; apply filter_imp; intros x; rewrite D; trivial.
Qed.

Lemma led_const (c : R) : led F (fun _ => c) (fun _ => 0) c.
Proof.
  exists (fun _ => c); split; [apply filter_forall; intros; rewrite exp_0; ring | apply filterlim_const].
Qed.

Lemma led_limit (f : R -> R) (a : R) : filterlim f F (locally a) -> led F f (fun _ => 0) a.
Proof. intros L; exists f; split; [apply filter_forall; intros; rewrite exp_0; ring | exact L]. Qed.

Lemma limit_led (f : R -> R) (a : R) : led F f (fun _ => 0) a -> filterlim f F (locally a).
Proof.
  intros [g [E L]]; apply (filterlim_ext_loc g); [| exact L].
  revert E; apply filter_imp; intros x; rewrite exp_0; intros ->; ring.
Qed.

Lemma led_fades (f e d k : R -> R) (a : R) :
  led F f e a -> (forall x, e x - d x = k x) -> filterlim k F (Rbar_locally m_infty) -> led F f d 0.
Proof.
  intros [g [E L]] D K; exists (fun x => exp (k x) * g x); split.
  - revert E; apply filter_imp; intros x ->; rewrite <- Rmult_assoc, <- exp_plus, <- D; f_equal; f_equal; ring.
  - replace 0 with (0 * a) by ring; apply times; [apply exp_down, K | exact L].
Qed.

Lemma led_up (f e : R -> R) (a : R) :
  led F f e a -> filterlim e F (Rbar_locally p_infty) -> 0 < a -> filterlim f F (Rbar_locally p_infty).
Proof.
  intros [g [E L]] K A; apply (filterlim_ext_loc (fun x => exp (e x) * g x)).
  - revert E; apply filter_imp; intros x ->; reflexivity.
  - apply (up_times _ _ a); [apply exp_up, K | exact L | exact A].
Qed.

Lemma led_opp (f e : R -> R) (a : R) : led F f e a -> led F (fun x => - f x) e (- a).
Proof.
  intros [g [E L]]; exists (fun x => - g x); split.
  - revert E; apply filter_imp; intros x ->; ring.
  - exact (filterlim_comp _ _ _ g Ropp _ _ _ L (filterlim_opp a)).
Qed.

Lemma led_down (f e : R -> R) (a : R) :
  led F f e a -> filterlim e F (Rbar_locally p_infty) -> a < 0 -> filterlim f F (Rbar_locally m_infty).
Proof.
  intros L K A; apply (filterlim_ext (fun x => - - f x)); [intros x; ring |].
  apply opposite_up, (led_up (fun x => - f x) e (- a)); [apply led_opp, L | exact K | lra].
Qed.

Lemma led_plus (f g e : R -> R) (a b : R) : led F f e a -> led F g e b -> led F (fun x => f x + g x) e (a + b).
Proof.
  intros [h [H L]] [k [K M]]; exists (fun x => h x + k x); split; [| apply plus_lim; assumption].
  generalize (filter_and _ _ H K); apply filter_imp; intros x [-> ->]; ring.
Qed.

Lemma led_minus (f g e : R -> R) (a b : R) : led F f e a -> led F g e b -> led F (fun x => f x - g x) e (a - b).
Proof. intros L M; exact (led_plus _ _ _ _ _ L (led_opp _ _ _ M)). Qed.

Lemma led_mult (f g e d : R -> R) (a b : R) :
  led F f e a -> led F g d b -> led F (fun x => f x * g x) (fun x => e x + d x) (a * b).
Proof.
  intros [h [H L]] [k [K M]]; exists (fun x => h x * k x); split; [| apply times; assumption].
  generalize (filter_and _ _ H K); apply filter_imp; intros x [-> ->]; rewrite exp_plus; ring.
Qed.

Lemma led_inv (f e : R -> R) (a : R) :
  led F f e a -> a <> 0 -> led F (fun x => / f x) (fun x => - e x) (/ a).
Proof.
  intros [g [E L]] N; exists (fun x => / g x); split.
  - generalize (filter_and _ _ E (nonzero_near g a L N)); apply filter_imp; intros x [-> G].
    rewrite exp_Ropp; field; split; [exact G | apply Rgt_not_eq, exp_pos].
  - apply (filterlim_comp _ _ _ g Rinv _ _ _ L); apply (filterlim_Rbar_inv a); congruence.
Qed.

Lemma led_div (f g e d : R -> R) (a b : R) :
  led F f e a -> led F g d b -> b <> 0 -> led F (fun x => f x / g x) (fun x => e x - d x) (a / b).
Proof. intros L M N; exact (led_mult _ _ _ _ _ _ L (led_inv _ _ _ M N)). Qed.

Lemma led_pow (n : nat) (f e : R -> R) (a : R) :
  led F f e a -> led F (fun x => f x ^ n) (fun x => INR n * e x) (a ^ n).
Proof.
  intros L; induction n as [| n IH].
  - apply (led_as _ (fun _ => 0) _ 1); [exact (led_const 1) | intros x; simpl; ring | reflexivity].
  - apply (led_as _ (fun x => e x + INR n * e x) _ (a * a ^ n)).
    + exact (led_mult _ _ _ _ _ _ L IH).
    + intros x; rewrite S_INR; ring.
    + reflexivity.
Qed.

Lemma exp_half (y : R) : sqrt (exp y) = exp (y / 2).
Proof.
  replace y with (y / 2 + y / 2) at 1 by field; rewrite exp_plus; apply sqrt_square, Rlt_le, exp_pos.
Qed.

Lemma led_sqrt (f e : R -> R) (a : R) :
  led F f e a -> led F (fun x => sqrt (f x)) (fun x => e x / 2) (sqrt a).
Proof.
  intros [g [E L]]; exists (fun x => sqrt (g x)); split.
  - revert E; apply filter_imp; intros x ->; rewrite sqrt_mult_alt, exp_half; [ring | apply Rlt_le, exp_pos].
  - apply through; [apply continuous_sqrt | exact L].
Qed.

Lemma led_Rpower (c : R) (f e : R -> R) (a : R) :
  led F f e a -> 0 < a -> led F (fun x => Rpower (f x) c) (fun x => c * e x) (Rpower a c).
Proof.
  intros [g [E L]] A; exists (fun x => Rpower (g x) c); split.
  - generalize (filter_and _ _ E (positive_near g a L A)); apply filter_imp; intros x [-> G].
    unfold Rpower; rewrite ln_mult, ln_exp by (try apply exp_pos; exact G).
    rewrite <- exp_plus; f_equal; ring.
  - apply (through exp (c * ln a)); [apply continuous_exp |].
    apply times; [apply filterlim_const | apply through; [apply continuous_ln, A | exact L]].
Qed.

Lemma led_through (h : R -> R) (f : R -> R) (a : R) :
  led F f (fun _ => 0) a -> continuous h a -> led F (fun x => h (f x)) (fun _ => 0) (h a).
Proof. intros L C; apply led_limit, through; [exact C | apply limit_led, L]. Qed.

Lemma led_power (f g : R -> R) (a b : R) :
  led F f (fun _ => 0) a -> led F g (fun _ => 0) b -> 0 < a ->
  led F (fun x => Rpower (f x) (g x)) (fun _ => 0) (Rpower a b).
Proof.
  intros L M A; apply led_limit, (through exp (b * ln a)); [apply continuous_exp |].
  apply times; [apply limit_led, M |].
  apply through; [apply continuous_ln, A | apply limit_led, L].
Qed.

Lemma led_far (h : R -> R) (l : Rbar) (b : R) (f : R -> R) :
  filterlim f F (Rbar_locally l) -> filterlim h (Rbar_locally l) (locally b) ->
  led F (fun x => h (f x)) (fun _ => 0) b.
Proof. intros L H; apply led_limit; exact (filterlim_comp _ _ _ f h _ _ _ L H). Qed.

Lemma led_exp (f e r : R -> R) (b : R) :
  F (fun x => f x = e x + r x) -> led F r (fun _ => 0) b -> led F (fun x => exp (f x)) e (exp b).
Proof.
  intros E L; exists (fun x => exp (r x)); split.
  - revert E; apply filter_imp; intros x ->; apply exp_plus.
  - apply through; [apply continuous_exp | apply limit_led, L].
Qed.

Lemma led_ln (c : R) (f u : R -> R) (a : R) :
  led F f (fun x => c * ln (u x)) a -> 0 < a -> filterlim u F (Rbar_locally p_infty) ->
  led F (fun x => ln (f x)) (fun x => ln (ln (u x))) c.
Proof.
  intros [g [E L]] A U; exists (fun x => c + ln (g x) * / ln (u x)); split.
  - assert (P : F (fun x => 0 < ln (u x))) by (refine (ln_up u U (fun y => 0 < y) _); exists 0; trivial).
    generalize (filter_and _ _ P (filter_and _ _ E (positive_near g a L A))).
    apply filter_imp; intros x [Q [-> G]].
    rewrite ln_mult, ln_exp, exp_ln by (try apply exp_pos; assumption); field; lra.
  - replace c with (c + ln a * 0) at 1 by ring; apply plus_lim; [apply filterlim_const |].
    apply times; [apply through; [apply continuous_ln, A | exact L] | apply inverse_up, ln_up, U].
Qed.

End Growth.

(* --------------------------------------------------------------------------------- the variable *)

Lemma up_at_up : filterlim (fun x : R => x) (Rbar_locally p_infty) (Rbar_locally p_infty).
Proof. apply filterlim_id. Qed.
Lemma up_at_down : filterlim (fun x : R => - x) (Rbar_locally m_infty) (Rbar_locally p_infty).
Proof. exact (filterlim_Rbar_opp m_infty). Qed.
Lemma up_at_right : filterlim (fun x : R => / x) (at_right 0) (Rbar_locally p_infty).
Proof. exact filterlim_Rinv_0_right. Qed.
Lemma up_at_left : filterlim (fun x : R => / - x) (at_left 0) (Rbar_locally p_infty).
Proof.
  apply (filterlim_comp _ _ _ Ropp Rinv _ (at_right 0)); [| exact filterlim_Rinv_0_right].
  replace 0 with (- 0) at 2 by ring; apply filterlim_Ropp_left.
Qed.

Lemma led_at_up : led (Rbar_locally p_infty) (fun x => x) (fun x => 1 * ln x) 1.
Proof.
  exists (fun _ => 1); split; [| apply filterlim_const].
  apply (near_up 0); intros x P; rewrite Rmult_1_l, exp_ln by exact P; ring.
Qed.
Lemma led_at_down : led (Rbar_locally m_infty) (fun x => x) (fun x => 1 * ln (- x)) (- 1).
Proof.
  exists (fun _ => - 1); split; [| apply filterlim_const].
  apply (near_down 0); intros x P; rewrite Rmult_1_l, exp_ln by lra; ring.
Qed.
Lemma led_at_right : led (at_right 0) (fun x => x) (fun x => - 1 * ln (/ x)) 1.
Proof.
  exists (fun _ => 1); split; [| apply filterlim_const].
  apply (near_right 0 1); [lra |]; intros x P.
  rewrite ln_Rinv by lra; replace (- 1 * - ln x) with (ln x) by ring; rewrite exp_ln by lra; ring.
Qed.
Lemma led_at_left : led (at_left 0) (fun x => x) (fun x => - 1 * ln (/ - x)) (- 1).
Proof.
  exists (fun _ => - 1); split; [| apply filterlim_const].
  apply (near_left 0 (- 1)); [lra |]; intros x P.
  rewrite ln_Rinv by lra; replace (- 1 * - ln (- x)) with (ln (- x)) by ring; rewrite exp_ln by lra; ring.
Qed.

Lemma led_near_right (a : R) : led (at_right a) (fun x => x) (fun _ => 0) a.
Proof. apply led_limit; intros P H; apply filter_le_within, H. Qed.
Lemma led_near_left (a : R) : led (at_left a) (fun x => x) (fun _ => 0) a.
Proof. apply led_limit; intros P H; apply filter_le_within, H. Qed.

(* ------------------------------------------------------------------------- functions far out *)

Lemma atan_far : filterlim atan (Rbar_locally p_infty) (locally (PI / 2)).
Proof.
  apply filterlim_locally; intros [e E]; exists (tan (PI / 2 - Rmin e (PI / 2))); intros x H.
  assert (P := PI_RGT_0); assert (B := atan_bound x).
  assert (M : 0 < Rmin e (PI / 2)) by (apply Rmin_pos; lra).
  assert (N := Rmin_r e (PI / 2)); assert (K := Rmin_l e (PI / 2)).
  apply atan_increasing in H; rewrite atan_tan in H by lra.
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl; apply Rabs_def1; lra.
Qed.

Lemma atan_far_down : filterlim atan (Rbar_locally m_infty) (locally (- (PI / 2))).
Proof.
  apply (filterlim_ext (fun x => - atan (- x))); [intros x; rewrite atan_opp; ring |].
  apply (filterlim_comp _ _ _ (fun x => atan (- x)) Ropp _ (locally (PI / 2))); [| exact (filterlim_opp (PI / 2))].
  exact (filterlim_comp _ _ _ Ropp atan _ _ _ up_at_down atan_far).
Qed.

Lemma rays_small (u : R) : rays u <= 2 * gauss u.
Proof.
  unfold rays; replace (2 * gauss u) with (RInt (fun _ => 2 * gauss u) 0 1).
  2: { rewrite RInt_const; unfold scal; simpl; unfold mult; simpl; ring. }
  apply RInt_le; [lra | apply ex_RInt_ray | apply ex_RInt_const |].
  intros s _; unfold ray, gauss; assert (P := one_plus_square s).
  apply (Rle_trans _ (2 * exp (- u ^ 2 * (1 + s ^ 2) / 2) / 1)).
  - apply Rmult_le_compat_l; [apply Rmult_le_pos; [lra | apply Rlt_le, exp_pos] |].
    apply Rinv_le_contravar; [lra | pose proof (pow2_ge_0 s); lra].
  - unfold Rdiv; rewrite Rinv_1, Rmult_1_r; apply Rmult_le_compat_l; [lra |].
    assert (Q : - u ^ 2 * (1 + s ^ 2) * / 2 <= - u ^ 2 * / 2).
    { pose proof (Rmult_le_pos _ _ (pow2_ge_0 u) (pow2_ge_0 s)); lra. }
    destruct Q as [Q | ->]; [apply Rlt_le, exp_increasing, Q | lra].
Qed.

Lemma rays_far : filterlim rays (Rbar_locally p_infty) (locally 0).
Proof.
  assert (G : filterlim (fun u => 2 * gauss u) (Rbar_locally p_infty) (locally (2 * 0))).
  { apply times; [apply filterlim_const |]; apply (exp_down (fun t => - t ^ 2 / 2)).
    apply (filterlim_ext (fun t => - (1 / 2) * t ^ 2 + 0)); [intros t; field |].
    apply falls_by; [lra | apply (power_up 1), up_at_up | apply small_none]. }
  rewrite Rmult_0_r in G.
  apply (filterlim_le_le (fun _ => 0) rays (fun u => 2 * gauss u) 0).
  - apply filter_forall; intros u; split; [apply Rlt_le, rays_pos | apply rays_small].
  - apply filterlim_const.
  - exact G.
Qed.

Lemma Phi_far : filterlim Phi (Rbar_locally p_infty) (locally 1).
Proof.
  assert (P := PI_RGT_0); assert (S : 0 < sqrt (2 * PI)) by (apply sqrt_lt_R0; lra).
  apply (filterlim_ext_loc (fun u => 1 / 2 + sqrt (PI / 2 + - 1 * rays u) * / sqrt (2 * PI))).
  - apply (near_up 0); intros u U; unfold Phi, Rdiv; f_equal; f_equal.
    change (RInt (fun t => exp (- t ^ 2 * / 2)) 0 u) with (area u).
    assert (A : 0 <= area u).
    { apply RInt_ge_0; [lra | apply ex_RInt_gauss |]; intros t _; apply Rlt_le, exp_pos. }
    rewrite <- (sqrt_pow2 (area u) A); f_equal; pose proof (areas u); lra.
  - apply (limit_as _ (1 / 2 + sqrt (PI / 2 + - 1 * 0) * / sqrt (2 * PI))).
    + apply plus_lim; [apply filterlim_const |]; apply times; [| apply filterlim_const].
      apply through; [apply continuous_sqrt |]; apply plus_lim; [apply filterlim_const |].
      apply times; [apply filterlim_const | exact rays_far].
    + replace (PI / 2 + - 1 * 0) with (2 * PI / 2 ^ 2) by field.
      rewrite sqrt_div_alt, sqrt_pow2 by lra; field; lra.
Qed.

Lemma Phi_far_down : filterlim Phi (Rbar_locally m_infty) (locally 0).
Proof.
  apply (filterlim_ext (fun x => 1 + - Phi (- x))).
  { intros x; rewrite <- (Phi_reflect x (- x)) by ring; reflexivity. }
  replace 0 with (1 + - 1) by ring; apply plus_lim; [apply filterlim_const |].
  apply (filterlim_comp _ _ _ (fun x => Phi (- x)) Ropp _ (locally 1)); [| exact (filterlim_opp 1)].
  exact (filterlim_comp _ _ _ Ropp Phi _ _ _ up_at_down Phi_far).
Qed.

Lemma continuous_Phi (a : R) : continuous Phi a.
Proof. apply (ex_derive_continuous Phi); eexists; apply is_derive_Phi. Qed.
Lemma continuous_atan (a : R) : continuous atan a.
Proof. apply (ex_derive_continuous atan); eexists; apply is_derive_Reals, derivable_pt_lim_atan. Qed.
Lemma continuous_sinh (a : R) : continuous sinh a.
Proof. apply (ex_derive_continuous sinh); eexists; apply is_derive_Reals, derivable_pt_lim_sinh. Qed.
Lemma continuous_cosh (a : R) : continuous cosh a.
Proof. apply (ex_derive_continuous cosh); eexists; apply is_derive_Reals, derivable_pt_lim_cosh. Qed.

(* ------------------------------------------------------------------------- 0/0, by the slopes *)

(* Cauchy's mean value, for what is differentiable on all of a closed interval. *)
Lemma two_means (f g df dg : R -> R) (x y : R) :
  x < y -> (forall t, x <= t <= y -> is_derive f t (df t)) -> (forall t, x <= t <= y -> is_derive g t (dg t)) ->
  exists t, x < t < y /\ (f y - f x) * dg t = (g y - g x) * df t.
Proof.
  intros H D E; pose (h := fun t => (f y - f x) * g t - (g y - g x) * f t).
  destruct (MVT_cor2 h (fun t => (f y - f x) * dg t - (g y - g x) * df t) x y H) as [t [M T]].
  - intros t T; apply is_derive_Reals; unfold h.
    apply (is_derive_minus (V := R_NormedModule) (fun t => (f y - f x) * g t) (fun t => (g y - g x) * f t)).
    + apply (is_derive_scal g t (f y - f x)), E, T.
    + apply (is_derive_scal f t (g y - g x)), D, T.
  - exists t; split; [exact T |]; unfold h in M.
    assert (Z : ((f y - f x) * dg t - (g y - g x) * df t) * (y - x) = 0) by (rewrite <- M; ring).
    apply Rmult_integral in Z; lra.
Qed.

Lemma slopes_right (f g df dg : R -> R) (a b l : R) :
  a < b -> (forall t, a < t < b -> is_derive f t (df t)) -> (forall t, a < t < b -> is_derive g t (dg t)) ->
  (forall t, a < t < b -> dg t <> 0) -> (forall t, a < t < b -> g t <> 0) ->
  led (at_right a) f (fun _ => 0) 0 -> led (at_right a) g (fun _ => 0) 0 ->
  led (at_right a) (fun x => df x / dg x) (fun _ => 0) l -> led (at_right a) (fun x => f x / g x) (fun _ => 0) l.
Proof.
  intros H D E N M Lf Lg L; apply limit_led in L, Lf, Lg; apply led_limit.
  apply filterlim_locally; intros [e P].
  assert (P2 : 0 < e / 2) by lra.
  destruct (proj1 (filterlim_locally _ _) L (mkposreal _ P2)) as [d Q].
  assert (Hm : a < Rmin b (a + d)) by (apply Rmin_glb_lt; [exact H | destruct d; simpl; lra]).
  apply (near_right a (Rmin b (a + d))); [exact Hm |]; intros x X.
  assert (B1 := Rmin_l b (a + d)); assert (B2 := Rmin_r b (a + d)).
  assert (K : forall y, a < y < x -> Rabs ((f x - f y) - l * (g x - g y)) <= e / 2 * Rabs (g x - g y)).
  { intros y Y; destruct (two_means f g df dg y x) as [t [T C]];
      [lra | intros; apply D; lra | intros; apply E; lra |].
    assert (R1 : dg t <> 0) by (apply N; lra).
    assert (R2 : Rabs (df t / dg t - l) < e / 2).
    { specialize (Q t); simpl in Q; unfold ball in Q; simpl in Q; unfold AbsRing_ball, abs, minus, plus, opp in Q; simpl in Q.
      apply Q; [rewrite Rabs_pos_eq; lra | lra]. }
    replace ((f x - f y) - l * (g x - g y)) with ((df t / dg t - l) * (g x - g y)).
    - rewrite Rabs_mult; apply Rmult_le_compat_r; [apply Rabs_pos | lra].
    - replace (f x - f y) with ((g x - g y) * df t / dg t) by (rewrite <- C; field; exact R1); field; exact R1. }
  assert (S : Rabs (f x - l * g x) <= e / 2 * Rabs (g x)).
  { apply (filterlim_le (F := at_right a) (fun y => Rabs ((f x - f y) - l * (g x - g y))) (fun y => e / 2 * Rabs (g x - g y))
             (Rabs (f x - l * g x)) (e / 2 * Rabs (g x))).
    - apply (near_right a x); [lra |]; exact K.
    - apply (limit_as _ (Rabs ((f x + - 1 * 0) + - l * (g x + - 1 * 0)))); [| f_equal; ring].
      apply (filterlim_ext (fun y => Rabs ((f x + - 1 * f y) + - l * (g x + - 1 * g y)))).
      { intros y; f_equal; ring. }
      apply (through Rabs); [apply continuous_Rabs |].
      repeat first [exact Lf | exact Lg | apply filterlim_const | apply plus_lim | apply times].
    - apply (limit_as _ (e / 2 * Rabs (g x + - 1 * 0))); [| do 2 f_equal; ring].
      apply (filterlim_ext (fun y => e / 2 * Rabs (g x + - 1 * g y))).
      { intros y; do 2 f_equal; ring. }
      apply (times (fun _ => e / 2)); [apply filterlim_const |]; apply (through Rabs); [apply continuous_Rabs |].
      repeat first [exact Lg | apply filterlim_const | apply plus_lim | apply times]. }
  assert (G : g x <> 0) by (apply M; lra).
  unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
  replace (f x / g x + - l) with ((f x - l * g x) / g x) by (field; exact G).
  unfold Rdiv; rewrite Rabs_mult, Rabs_inv.
  assert (A : 0 < Rabs (g x)) by (apply Rabs_pos_lt, G).
  apply (Rle_lt_trans _ (e / 2 * Rabs (g x) * / Rabs (g x))).
  - apply Rmult_le_compat_r; [apply Rlt_le, Rinv_0_lt_compat, A | exact S].
  - rewrite Rmult_assoc, Rinv_r; lra.
Qed.

(* What is led from the left is led from the right in the opposite of the variable. *)
Lemma mirrored (f e : R -> R) (a l : R) :
  led (at_right (- a)) (fun x => f (- x)) (fun x => e (- x)) l -> led (at_left a) f e l.
Proof.
  intros [g [E L]]; exists (fun x => g (- x)); split.
  - generalize (filterlim_Ropp_left a _ E); unfold filtermap; apply filter_imp.
    intros x; rewrite Ropp_involutive; trivial.
  - exact (filterlim_comp _ _ _ Ropp g _ _ _ (filterlim_Ropp_left a) L).
Qed.

Lemma unmirrored (f e : R -> R) (a l : R) :
  led (at_left a) f e l -> led (at_right (- a)) (fun x => f (- x)) (fun x => e (- x)) l.
Proof.
  assert (O : filterlim Ropp (at_right (- a)) (at_left a)).
  { replace a with (- - a) at 2 by ring; apply filterlim_Ropp_right. }
  intros [g [E L]]; exists (fun x => g (- x)); split.
  - exact (O _ E).
  - exact (filterlim_comp _ _ _ Ropp g _ _ _ O L).
Qed.

Lemma slopes_left (f g df dg : R -> R) (a b l : R) :
  b < a -> (forall t, b < t < a -> is_derive f t (df t)) -> (forall t, b < t < a -> is_derive g t (dg t)) ->
  (forall t, b < t < a -> dg t <> 0) -> (forall t, b < t < a -> g t <> 0) ->
  led (at_left a) f (fun _ => 0) 0 -> led (at_left a) g (fun _ => 0) 0 ->
  led (at_left a) (fun x => df x / dg x) (fun _ => 0) l -> led (at_left a) (fun x => f x / g x) (fun _ => 0) l.
Proof.
  intros H D E N M Lf Lg L; apply mirrored.
  assert (O : forall (h dh : R -> R), (forall t, b < t < a -> is_derive h t (dh t)) ->
            forall t, - a < t < - b -> is_derive (fun x => h (- x)) t (- dh (- t))).
  { intros h dh K t T; replace (- dh (- t)) with (scal (- 1) (dh (- t))) by (unfold scal; simpl; unfold mult; simpl; ring).
    apply (is_derive_comp h Ropp); [apply K; lra |].
    change (is_derive (fun x : R => - x) t (- 1)); auto_derive; [trivial | ring]. }
  apply (slopes_right (fun x => f (- x)) (fun x => g (- x)) (fun x => - df (- x)) (fun x => - dg (- x)) (- a) (- b)).
  - lra.
  - apply O, D.
  - apply O, E.
  - intros t T; apply Ropp_neq_0_compat, N; lra.
  - intros t T; apply M; lra.
  - exact (unmirrored _ _ _ _ Lf).
  - exact (unmirrored _ _ _ _ Lg).
  - apply unmirrored in L; apply (led_ext _ (fun x => df (- x) / dg (- x))); [| exact L].
    apply (near_right (- a) (- b)); [lra |]; intros t T; field; apply N; lra.
Qed.
