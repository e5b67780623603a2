"""A finding with its verdict turned round is rejected by the check's second function, evidence or not.

That the findings as they are stored pass is tested with the catalogue; here some are made anew.
"""

import pytest
from counterpoise.theory import select
from counterpoise.theory.proof.computation import Finding, find_check
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


def rejects_its_forgeries(check, finding, parameters):
    """With the evidence, and without any."""
    for evidence in (finding.evidence, {}):
        forged = finding._replace(holds=not finding.holds, evidence=evidence)
        try:
            reason = check.again(forged, **parameters)
        except (LookupError, TypeError, ValueError) as error:  # as a re-check reads evidence
            reason = str(error)
        assert reason


@pytest.mark.parametrize("name", sampled(CLAIMS, 3, always=SHORT))
def test_a_forged_verdict_is_rejected(stored, name):
    own, certificate = CLAIMS[name].claim, stored[name]
    assert certificate.evidence["check"] == own.check.name
    told = certificate.counterexample or {}
    finding = Finding(
        certificate.status != "refuted",
        certificate.evidence["found"],
        certificate.detail,
        told.get("text", ""),
    )
    rejects_its_forgeries(own.check, finding, own.parameters)


SMALLER = {  # than those of the long ones that the catalogue states
    "contraction:partition": {"functions": 2, "points": 2},
    "finite_worlds:change_of_measure": {"points": 2, "classes": 2, "largest": 2},
    "h_consistency:gca_average_bound": {"classes": 2, "largest": 2, "parts": 3},
    "h_consistency:gla_average_bound": {"classes": 2, "largest": 2, "parts": 3},
    "lda:known_rates": {
        "minority": 40, "majority": 200, "d": 120, "Delta": 2.0, "draws": 10, "seed": 1,
    },
    "lda:pseudo_inverse_rates": {
        "minority": 15, "majority": 15, "d": 60, "Delta": 4.0, "draws": 5, "seed": 4,
    },
    "max_margin:sampled_classifiers": {
        "d": 60, "minority": 6, "majority": 24, "Delta": 3.0, "draws": 5, "seed": 5,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SMALLER)
def test_a_forged_verdict_of_a_smaller_case_is_rejected(name):
    check, parameters = find_check(name), SMALLER[name]
    rejects_its_forgeries(check, check.first(**parameters), parameters)


@pytest.mark.parametrize("name", sampled(CLAIMS, 6, always=SHORT))
def test_a_finding_that_is_made_passes(name):
    check, parameters = CLAIMS[name].claim.check, CLAIMS[name].claim.parameters
    assert check.again(check.first(**parameters), **parameters) == ""
