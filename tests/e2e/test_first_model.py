"""A PC without any model: the real window and workers, the real file from a hub on loopback."""

import hashlib

import pytest
from PySide6.QtWidgets import QAbstractButton

from app.domain.errors import NoModelYet
from tests.helpers.person import Person, home, person
from tests.helpers.without_starter import hide_starter, publish_starter

__all__ = ["home", "person"]


@pytest.fixture
def bare(starter, hub, home, person, tmp_path, monkeypatch):
    """Open the program where there is no model; again in the same folders."""
    hide_starter(monkeypatch, tmp_path / "hiding")
    publish_starter(hub, starter.path)

    def start() -> Person:
        me = person()
        me.window.make_pages()
        return me

    return start


def fetch(me: Person) -> None:
    me.wait(lambda: me.seen("starterOffer"))
    me.press("downloadButton", me.seen("starterOffer")[0])


def test_one_press_brings_a_model_that_answers_what_was_written(bare, home, starter):
    me = bare()
    assert me.program.engine.state.model is None
    me.ask("Hi")
    me.wait(lambda: str(NoModelYet()) in me.labels(me.window))
    assert me.program.engine.pid is None, "there is nothing to load"
    fetch(me)
    me.wait(lambda: me.program.engine.state.model)
    assert me.program.engine.state.model.is_toy
    me.wait(lambda: me.program.engine.state.loaded)
    me.press("sendButton")
    me.wait_for_answer()
    assert me.answers()[0].startswith("Hello")
    file = me.program.engine.state.model.path
    assert file.is_relative_to(home.data / "models")
    assert hashlib.sha256(file.read_bytes()).digest() == (
        hashlib.sha256(starter.path.read_bytes()).digest()
    )
    me.program.close()
    again = bare()
    assert again.program.engine.state.model.path == file
    assert again.program.engine.state.model.is_toy
    again.wait(lambda: again.program.models.library.installed)
    again.window.new_chat()
    again.wait(lambda: again.seen("firstRun"))
    assert again.seen("starterOffer") == []


def test_a_model_of_ones_own_ends_it(bare, mistral4_model):
    me = bare()
    me.window.open_model(mistral4_model.path)
    assert me.program.engine.state.model.path == mistral4_model.path
    assert not me.seen("starterOffer")
    (chip,) = me.seen("modelPicker")
    assert isinstance(chip, QAbstractButton)
    assert mistral4_model.name in chip.accessibleName()
