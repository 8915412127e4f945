"""What the tests of one layer get."""

import pytest


@pytest.fixture(autouse=True)
def _little_ballast(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of stores of eight megabytes would be written otherwise."""
    if request.path.stem.startswith("test_store"):
        monkeypatch.setattr("app.store.database._BALLAST_BYTES", 1 << 16)
