import pytest

from app.hardware import processor
from app.hardware.processor import missing_instructions, require_processor


def test_this_processor_is_good_enough(capsys):
    assert missing_instructions() == []
    require_processor()
    assert capsys.readouterr() == ("", "")


def test_a_processor_that_lacks_something_is_told_so(monkeypatch, capsys):
    """Bit 16 is reserved: no processor has it."""
    monkeypatch.setattr(processor, "_NEEDED", {"SSE4.2": 20, "MAGIC": 16})
    with pytest.raises(SystemExit) as end:
        require_processor()
    assert end.value.code == 3
    error = capsys.readouterr().err
    assert error.startswith("error: This PC's processor is too old for Cierzo: it lacks MAGIC. ")
    assert error.count("\n") == 1


def test_where_nobody_can_be_asked_the_program_tries(monkeypatch):
    monkeypatch.setattr(processor, "_NEEDED", {"MAGIC": 16})
    monkeypatch.setattr(processor.platform, "machine", lambda: "aarch64")
    assert missing_instructions() == []
