import sys
from types import SimpleNamespace

import pytest

import app.__main__
from app.hardware import processor
from app.hardware.processor import missing_instructions, processor_problem
from app.ui import without_window

SENTENCE = "This PC's processor is too old for Cierzo: it lacks MAGIC. "


@pytest.fixture
def old_processor(monkeypatch) -> None:
    """Bit 16 is reserved: no processor has it."""
    monkeypatch.setattr(processor, "_NEEDED", {"SSE4.2": 20, "MAGIC": 16})


def test_this_processor_is_good_enough():
    assert missing_instructions() == []
    assert processor_problem() == ""


def test_a_command_for_a_processor_that_lacks_something_says_so(old_processor, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["cierzo", "doctor"])
    assert app.__main__.main() == 3
    error = capsys.readouterr().err
    assert error.startswith(f"error: {SENTENCE}")
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["--home", "here"], ["model.gguf"]])
def test_who_clicked_an_icon_sees_it(old_processor, monkeypatch, arguments):
    told = []
    monkeypatch.setattr(without_window, "tell", told.append)
    monkeypatch.setattr(sys, "argv", ["cierzo", *arguments])
    assert app.__main__.main() == 3
    assert [words.startswith(SENTENCE) for words in told] == [True]


def test_where_nobody_can_be_asked_the_program_tries(old_processor, monkeypatch):
    monkeypatch.setattr(processor.os, "uname", lambda: SimpleNamespace(machine="aarch64"))
    assert missing_instructions() == []
