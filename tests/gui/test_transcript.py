"""Words that stream in: literal, and nothing the person looks at moves."""

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QTextCursor, QTextDocument

from app.ui.plain_text import SafeDocument

HOSTILE = (
    "<h1>Hi</h1><img src='file:///etc/hostname'><a href='file:///etc/passwd'>x</a>\n"
    "![](file:///etc/hostname) **bold** \ufffc\ufdd0\ufdd1\u0000 &amp; end"
)


def scroll_bar(desk):
    return desk.widget("transcript").verticalScrollBar()


def start(desk, text: str):
    desk.load()
    desk.ask("Hello")
    desk.client.write(text)
    return desk.texts()[-1]


def test_html_stays_literal_and_nothing_is_loaded(desk, monkeypatch):
    asked = []
    answer = SafeDocument.loadResource
    monkeypatch.setattr(
        SafeDocument,
        "loadResource",
        lambda self, kind, name: asked.append(name) or answer(self, kind, name),
    )
    shown = start(desk, HOSTILE)
    desk.window.grab()
    assert "<img src='file:///etc/hostname'>" in shown.toPlainText()
    assert "[picture] bold" in shown.toPlainText()
    assert "& end" in shown.toPlainText()
    assert asked == []
    assert shown.document().rootFrame().childFrames() == []


def test_even_html_would_load_nothing(qapp):
    document = SafeDocument()
    document.setHtml("<img src='file:///etc/hostname'>")
    image = document.resource(
        QTextDocument.ResourceType.ImageResource, QUrl("file:///etc/hostname")
    )
    assert not image.isNull()
    assert (image.width(), image.height()) == (1, 1)


def test_a_selection_survives_the_stream(desk):
    shown = start(desk, "alpha beta gamma")
    cursor = shown.textCursor()
    cursor.setPosition(6)
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    shown.setTextCursor(cursor)
    for _ in range(5):
        desk.client.write(" more")
    desk.client.finish_answer()
    assert shown.toPlainText() == "alpha beta gamma" + " more" * 5
    assert shown.textCursor().selectedText() == "beta gamma"


def test_copying_takes_words_only(desk):
    shown = start(desk, "alpha beta")
    shown.selectAll()
    assert shown.createMimeDataFromSelection().formats() == ["text/plain"]


def test_the_end_is_followed_until_the_person_scrolls_up(desk):
    start(desk, "line\n" * 100)
    bar = scroll_bar(desk)
    assert bar.maximum() > 0
    assert bar.value() == bar.maximum()
    desk.client.write("line\n" * 50)
    desk.wait_for(lambda: bar.value() == bar.maximum() > 2500)
    bar.setValue(300)
    before = bar.maximum()
    desk.client.write("line\n" * 50)
    desk.wait_for(lambda: bar.maximum() > before)
    assert bar.value() == 300
    bar.setValue(bar.maximum())
    desk.client.write("line\n" * 50)
    desk.client.finish_answer()
    assert bar.value() == bar.maximum()


def test_words_come_in_a_calm_rhythm_and_no_timer_stays(desk):
    transcript = desk.widget("transcript")
    shown = start(desk, "0 ")
    assert shown.toPlainText() == "0"
    for number in range(1, 100):
        desk.client.write(f"{number} ")
    assert shown.toPlainText() == "0"
    desk.wait_for(lambda: shown.toPlainText().endswith("99"))
    desk.wait_for(lambda: not transcript._flush_timer.isActive())


def test_a_megabyte_without_a_space_is_shown(desk):
    shown = start(desk, "x" * 1_000_000)
    desk.wait_for(shown.is_drawn)
    assert shown.toPlainText().count("x") == 1_000_000


def test_a_long_run_that_comes_in_pieces_is_noticed(desk):
    shown = start(desk, "words ")
    for _ in range(30):
        desk.client.write("y" * 100)
    desk.client.finish_answer()
    assert shown.wordWrapMode().name == "WrapAnywhere"


def test_pastes_are_plain_and_bounded(desk):
    field = desk.widget("messageInput")
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("bold")
    field.insertFromMimeData(data)
    assert desk.draft() == "bold"
    data.setText("z" * 16_000_001)
    field.insertFromMimeData(data)
    assert desk.draft() == "bold"
    assert "16,000,001 characters" in desk.widget("errorText").text()


@pytest.mark.parametrize("key", [Qt.Key.Key_PageUp, Qt.Key.Key_PageDown])
def test_page_keys_on_a_message_scroll_the_conversation(desk, qtbot, key):
    shown = start(desk, "line\n" * 200)
    bar = scroll_bar(desk)
    bar.setValue(1000)
    shown.setFocus()
    qtbot.keyClick(shown, key)
    assert bar.value() != 1000


def test_alt_arrows_go_from_message_to_message(desk, qtbot):
    shown = start(desk, "answer")
    shown.setFocus()
    qtbot.keyClick(shown, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert desk.texts()[0].hasFocus()


def test_the_composer_grows_to_ten_lines(desk):
    field = desk.widget("messageInput")
    one = field.height()
    field.insertPlainText("\n".join("abc"))
    three = field.height()
    field.insertPlainText("\n" * 50)
    assert one < three < field.height() < 12 * one
