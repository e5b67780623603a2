"""The catalogue's certificates and counterexamples, as they come with the package."""

import pytest
from counterpoise.theory.catalogue import stored_attacks, stored_certificates


@pytest.fixture(scope="session")
def certificates():
    return stored_certificates()


@pytest.fixture(scope="session")
def attacks():
    """The counterexamples to the false neighbours, by name."""
    return {attack.name: attack for attack in stored_attacks()}
