"""`--self-test`: every check can fail, says why, and touches nothing of the person."""

import json
import pathlib
import sys
from collections.abc import Mapping

import pytest

from app.catalog.starter import Starter
from app.domain.errors import NoModelHere
from app.self_test import engine, files, main, window, workers
from app.self_test.trial import Check, Fault, Trial
from app.settings.folders import folders_for
from tests.helpers.command_line import CommandLine


@pytest.fixture
def trial(tmp_path) -> Trial:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Trial(folders_for(tmp_path / "person"), scratch)


@pytest.fixture
def run_checks(monkeypatch, capsys):
    """Run some of the checks in this process; the exit code and what was printed."""
    monkeypatch.setattr(main, "configure_logging", lambda **options: None)

    def run(*arguments: object, checks: Mapping[str, Check]) -> tuple[int, str]:
        monkeypatch.setattr(main, "CHECKS", checks)
        code = main.run(["--self-test", *map(str, arguments)])
        return code, capsys.readouterr().out

    return run


@pytest.mark.usefixtures("expected_log")
def test_an_engine_that_is_broken_is_told_in_json(run_checks, tmp_path, monkeypatch):
    """Where all is well is tested with the wheel and with bundles."""
    monkeypatch.setenv("CIERZO_ENGINE", str(broken_engine(tmp_path)))
    checks = {name: main.CHECKS[name] for name in ("backends", "worker", "model", "resources")}
    code, out = run_checks("--json", checks=checks)
    report = json.loads(out)
    assert (code, report["ok"]) == (3, False)
    assert {name: check["ok"] for name, check in report["checks"].items()} == {
        **dict.fromkeys(("backends", "worker", "model"), False),
        "resources": True,
    }
    assert "could not be started" in report["checks"]["worker"]["detail"]


def broken_engine(folder: pathlib.Path) -> pathlib.Path:
    """An engine of which nothing is whole."""
    core = folder / "engine" / "core"
    core.mkdir(parents=True)
    (core / "libllama.so").write_text("no library")
    (folder / "engine" / "cpu").mkdir()
    return folder / "engine"


def test_words_for_people(run_checks, tmp_path):
    def refuse(trial: Trial) -> str:
        raise Fault("The wind is gone.")

    checks = {"well": lambda trial: "as it should", "ill": refuse}
    code, out = run_checks("--home", tmp_path / "data", checks=checks)
    assert code == 3
    assert out.splitlines() == [
        "ok     well         as it should",
        "FAULT  ill          The wind is gone.",
    ]
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_to(run_checks, tmp_path):
    (tmp_path / "file").write_text("no folder")
    code, out = run_checks("--home", tmp_path / "file", checks={"folders": files.folders})
    assert code == 3
    assert "cannot be written to: Not a directory." in out


def test_folders_are_looked_at_without_being_made(trial):
    assert files.folders(trial) == str(trial.folders.data)
    assert not trial.folders.data.parent.exists()


def test_a_window_without_a_screen_is_a_sentence(trial, monkeypatch):
    monkeypatch.delenv("QT_QPA_PLATFORM")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(Fault, match=r"^There is no screen to open a window on"):
        window.window(trial)


def test_a_window_that_qt_cannot_open_says_what_qt_said(trial, monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "nosuch")
    with pytest.raises(Fault, match=r"could not be opened.*nosuch"):
        window.window(trial)


def test_without_any_model_it_says_so(trial, monkeypatch):
    monkeypatch.setattr(Starter, "path", lambda starter, folders=(): None)
    with pytest.raises(NoModelHere):
        engine.model(trial)


def test_variables_that_other_programs_would_get_are_noticed(trial, monkeypatch):
    assert files.environment(trial) == "not a bundle"
    monkeypatch.setattr(sys, "_MEIPASS", "/opt/cierzo/_internal", raising=False)
    assert files.environment(trial) == "as it was found"
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/cierzo/_internal:/opt/other")
    with pytest.raises(Fault, match="LD_LIBRARY_PATH"):
        files.environment(trial)


def test_documents_that_say_something_else_are_noticed(trial):
    workers.exports(trial)
    (trial.scratch / "chat.html").write_text("<p>Something else</p>", encoding="utf-8")
    with pytest.raises(Fault, match="Web page"):
        workers.documents(trial)


def test_an_unknown_level_is_a_usage_error(tmp_path):
    result = CommandLine(tmp_path)("--self-test", "--log", "loud")
    assert result.returncode == 2
