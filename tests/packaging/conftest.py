"""What tests of installers get: the folder of what was built, where there is one."""

import pathlib

import pytest

from release.engine import engine_folder, plan


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of them, so that `-m packaging` finds them."""
    here = pathlib.Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("packaging")


@pytest.fixture(scope="session")
def artefacts(pytestconfig: pytest.Config) -> pathlib.Path:
    """The folder that packaging/build wrote to; without `--artefacts` such tests are left out."""
    return pytestconfig.getoption("--artefacts").absolute()


@pytest.fixture(scope="session")
def packaged_engine(artefacts: pathlib.Path) -> pathlib.Path:
    """The engine of the bundle, else the one that was compiled last; nothing is compiled here."""
    bundled = artefacts / "bundle" / "Cierzo" / "_internal" / "llama"
    folder = bundled if bundled.is_dir() else engine_folder(plan())
    assert folder.is_dir(), "There is no engine yet: uv run packaging/build-engine"
    return folder.resolve()
