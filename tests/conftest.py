"""What every test gets: its own home, no network, no unasked log line, Qt without a screen."""

import gc
import logging
import os
import pathlib

import pytest

from app.catalog.catalog import load_catalog
from app.domain.model_file import ModelFile
from app.services.models import starter_model
from app.ui.garbage import collect_if_due
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.hub.fixture import hub

__all__ = ["hub"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_ended_gui_tests: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tests that ask for `artefacts` run only where somebody has built them."""
    words = "the folder that packaging/build wrote to"
    parser.addoption("--artefacts", type=pathlib.Path, help=words)


def pytest_configure() -> None:
    """Collect garbage between tests, as the window does between two turns of its event loop.

    Each of several test processes gets a core of its own, and so do the engines that it starts:
    two engines with a thread on every core spend their time waiting for one another.
    """
    gc.disable()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Do it where no widget is being told anything, on the GUI thread.

    Widgets in cycles would pile up and slow every change of the style.
    """
    if item.get_closest_marker("gui"):
        _ended_gui_tests.append(item.nodeid)
    if len(_ended_gui_tests) >= 10:
        _ended_gui_tests.clear()
        gc.collect()
    collect_if_due()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests that use Qt by themselves, so that `-m "not gui"` always works."""
    needless: list[pytest.Item] = []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if {"qtbot", "qapp"} & fixtures:
            item.add_marker("gui")
        if "artefacts" in fixtures and not config.getoption("--artefacts"):
            needless.append(item)
    if needless:
        items[:] = [item for item in items if item not in needless]
        config.hook.pytest_deselected(items=needless)


@pytest.fixture(autouse=True)
def _private_home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every place that a program may write to below the test's own folder."""
    home = tmp_path / "home"
    home.mkdir()
    for variable in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(home))
    for variable in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.delenv(f"XDG_{variable}_HOME", raising=False)


@pytest.fixture
def expected_log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """For tests in which something goes wrong on purpose: warnings are allowed."""
    return caplog


@pytest.fixture(autouse=True)
def _no_unasked_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture):
    """Fail a test that logs a warning or worse without asking for `expected_log`."""
    yield
    if "expected_log" in request.fixturenames:
        return
    unasked = [
        record.getMessage()
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING and record.name.startswith("app")
    ]
    assert not unasked


@pytest.fixture(scope="session")
def starter() -> ModelFile:
    """The real starter model."""
    return starter_model(load_catalog().starter)


@pytest.fixture
def run_engine():
    """Make engines with the real worker; they are ended after the test."""
    runners: list[EngineRunner] = []

    def make(model: ModelFile, **options) -> EngineRunner:
        runners.append(EngineRunner(model, **options))
        return runners[-1]

    yield make
    for runner in runners:
        runner.close()
