(* The functions of exported statements that Coq's libraries do not have. *)

From Coq Require Import Reals.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

(* The standard normal distribution function. *)
Definition Phi (x : R) : R :=
  1 / 2 + RInt (fun t : R => exp (- t ^ 2 / 2)) 0 x / sqrt (2 * PI).

(* A real power of a base that may be zero: zero there. *)
Definition power_at_zero (b e : R) : R := if Req_EM_T b 0 then 0 else Rpower b e.
