"""A finding with its verdict turned round is rejected by the check's second function, evidence or not."""

import pytest
from counterpoise.theory import select


def _claims():
    """Every check with every set of parameters that the catalogue gives it, once."""
    found = {}
    for statement in select():
        for own in (*statement.steps, *statement.mutants):
            if own.stated.kind == "computed":
                parameters = own.stated.options
                key = f"{own.stated.arguments[0]} {sorted(parameters.items())}"
                found.setdefault(key, (f"{statement.name}/{own.name}", own))
    return [pytest.param(own, id=name) for name, own in found.values()]


@pytest.mark.parametrize("own", _claims())
def test_a_forged_verdict_is_rejected(own):
    check, parameters = own.claim.check, own.claim.parameters
    finding = check.first(**parameters)
    assert check.again(finding, **parameters) == ""
    for evidence in (finding.evidence, {}):
        forged = finding._replace(holds=not finding.holds, evidence=evidence)
        try:
            reason = check.again(forged, **parameters)
        except (LookupError, TypeError, ValueError) as error:  # as a re-check reads evidence
            reason = str(error)
        assert reason
