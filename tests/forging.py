"""Certificates that nobody proved: one step of a proof, written down as if it were right."""

from counterpoise.theory.proof.certificate import Certificate

__all__ = ["forged"]


def forged(relation, domain, given, goal, node, strict=False, witness=None):
    tree = {"rule": "all", "nodes": [{"goal": goal, "strict": strict, "node": node}]}
    case = {"relation": relation, "kind": "relation", "box": domain, "tree": tree}
    evidence = {"kind": "tree", "cases": [case], "witness": witness}
    return Certificate("forged", "proved", (relation,), domain, given=given, evidence=evidence)
