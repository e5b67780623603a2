"""A finding with its verdict turned round is rejected by the check's second function, evidence or not.

That the findings as they are stored pass is tested with the catalogue; here some are made anew.
"""

import pytest
from counterpoise.theory import select
from counterpoise.theory.proof.computation import Finding
from families import sampled


def _claims():
    """Every check with every set of parameters that the catalogue gives it, once."""
    found = {}
    for statement in select():
        for own in (*statement.steps, *statement.mutants):
            if own.stated.kind == "computed":
                parameters = own.stated.options
                key = f"{own.stated.arguments[0]} {sorted(parameters.items())}"
                found.setdefault(key, (f"{statement.name}/{own.name}", own))
    return dict(found.values())


CLAIMS = _claims()
LONG = [  # each takes seconds
    "balanced_measure.change_of_measure/tables_enumerated",
    "contraction.partition/three_functions_enumerated",
    "estimated_covariance.double_descent/sampled_rule_agrees",
    "gca.average_bound/grid_enumerated",
    "gla_bounds.average/grid_enumerated",
    "high_dimensional_lda.known_covariance/sampled_rule_agrees",
    "max_margin.limit_system/certified_roots",
    "max_margin.limit_system/sampled_classifiers_agree",
    "max_margin.training_logits/sampled_support_agrees",
    "ratio_spread.within_class/sampled_above",
    "regret_transform.transform/grid_enumerated",
]
SHORT = [name for name in CLAIMS if name not in LONG]


@pytest.fixture(scope="module")
def stored(certificates, attacks):
    """The stored certificate of every step and mutant."""
    steps = {f"{own.name}/{part.name}": part for own in certificates.values() for part in own.parts}
    return steps | attacks


@pytest.mark.parametrize("name", sampled(CLAIMS, 3, always=SHORT))
def test_a_forged_verdict_is_rejected(stored, name):
    check, parameters = CLAIMS[name].claim.check, CLAIMS[name].claim.parameters
    certificate = stored[name]
    assert certificate.evidence["check"] == check.name
    told = certificate.counterexample or {}
    for evidence in (certificate.evidence["found"], {}):
        forged = Finding(
            certificate.status == "refuted", evidence, certificate.detail, told.get("text", "")
        )
        try:
            reason = check.again(forged, **parameters)
        except (LookupError, TypeError, ValueError) as error:  # as a re-check reads evidence
            reason = str(error)
        assert reason


@pytest.mark.parametrize("name", sampled(CLAIMS, 6, always=SHORT))
def test_a_finding_that_is_made_passes(name):
    check, parameters = CLAIMS[name].claim.check, CLAIMS[name].claim.parameters
    assert check.again(check.first(**parameters), **parameters) == ""
