"""The catalogue's certificates, as they come with the package."""

import pytest
from counterpoise.theory.catalogue import stored_certificates


@pytest.fixture(scope="session")
def certificates():
    return stored_certificates()
