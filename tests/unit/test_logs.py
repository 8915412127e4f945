import errno
import io
import logging
import pathlib
import stat

import pytest

from app.domain.errors import ModelNotFound, WorkerBug
from app.services.diagnostics import describe, save_report
from app.services.logs import BadLogLevelError, configure_logging, scrub


@pytest.fixture(autouse=True)
def _logging_as_before():
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(handlers):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    logging.getLogger("app.quiet").setLevel(logging.NOTSET)


def test_the_file_is_private_and_holds_no_home(tmp_path):
    configure_logging(folder=tmp_path / "logs", levels="info,app.quiet=error")
    logging.getLogger("app.x").info("loaded %s/models/a.gguf", pathlib.Path.home())
    logging.getLogger("app.quiet").warning("unheard")
    path = tmp_path / "logs" / "cierzo.log"
    text = path.read_text()
    assert "loaded ~/models/a.gguf" in text
    assert "unheard" not in text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_unknown_level_is_named():
    with pytest.raises(BadLogLevelError, match="loud"):
        configure_logging(folder=None, levels="info,app=loud")


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:  # noqa: ARG002
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_shows_nobody_a_traceback(tmp_path, capfd):
    configure_logging(folder=tmp_path, levels="info")
    handler = logging.getLogger().handlers[-1]
    handler.setStream(FullDisk()).close()
    logging.getLogger("app.x").info("the disk is full")
    assert capfd.readouterr().err == ""


def test_an_unwritable_folder_leaves_stderr(tmp_path, capfd):
    (tmp_path / "file").touch()
    configure_logging(folder=tmp_path / "file", levels="info")
    logging.getLogger("app.x").info("heard")
    assert "heard" in capfd.readouterr().err


def test_a_report_has_places_but_no_words():
    private = "my secret"
    try:
        int(private)
    except ValueError as error:
        report = describe(error)
    assert "ValueError" in report
    assert "test_logs.py" in report
    assert private not in report
    known = describe(ModelNotFound(name="x", detail=f"{pathlib.Path.home()}/y"))
    assert "model_not_found" in known
    assert scrub(str(pathlib.Path.home())) == "~"
    assert str(pathlib.Path.home()) not in known
    assert "frame 1" in describe(WorkerBug("frame 1"))


def test_a_report_is_saved_privately_or_not_at_all(tmp_path, capsys):
    path = save_report(ValueError(), tmp_path / "logs")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "file").touch()
    assert save_report(ValueError(), tmp_path / "file") is None
    assert "could not be written" in capsys.readouterr().err
