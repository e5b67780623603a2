(* For checking many theorems in one run: a part that has no proof rests on an axiom of its own, and so
   does its theorem, which then does not count as proved. No exported file uses this one. *)

From Counterpoise Require Import Counterpoise.

Axiom unproved : forall P : Prop, P.

Ltac give_up ::= match goal with |- ?G => idtac "NOT PROVED" G end; exact (unproved _).
