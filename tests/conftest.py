"""Fixtures every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# A deadline measures the machine, not the code: a busy runner must not fail a property.
settings.register_profile("riskkit", deadline=None)
settings.load_profile("riskkit")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the checkout; tests that need it are skipped where it is absent."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("real files are not here: ../shared/data is absent")
    return folder
