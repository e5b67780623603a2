"""The catalogue's certificates, made once; tests that use them share an xdist group."""

import pytest
from counterpoise.theory import select, verify_all


@pytest.fixture(scope="session")
def certificates():
    return {certificate.name: certificate for certificate in verify_all(select(), jobs=1)}
