"""What tests of installers get: the folder of what was built, where there is one."""

import os
import pathlib

import pytest
from filelock import FileLock

from release.bundle import make_bundle
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
def development_bundle(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A bundle with this environment's engine; the first test process that wants it makes it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    into = folder / "development-bundle"
    with FileLock(folder / "development-bundle.lock"):
        if not into.exists():
            make_bundle(None, into=folder / "development-bundle.part")
            (folder / "development-bundle.part").rename(into)
    (bundle,) = into.iterdir()
    return bundle


@pytest.fixture(scope="session")
def packaged_engine(artefacts: pathlib.Path) -> pathlib.Path:
    """The engine of the bundle, else the one that was compiled last; nothing is compiled here."""
    bundled = artefacts / "bundle" / "Cierzo" / "_internal" / "llama"
    folder = bundled if bundled.is_dir() else engine_folder(plan())
    assert folder.is_dir(), "There is no engine yet: uv run packaging/build-engine"
    return folder.resolve()
