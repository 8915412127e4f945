"""Documents: attaching them, what they take, choosing pages, long pastes, reading them again."""

import pathlib

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLabel, QListWidget, QPlainTextEdit, QPushButton

from app.domain.attachments import DocumentPage
from app.domain.errors import DocumentEncrypted
from app.engine.protocol import Count, Generate
from app.media.client import DocumentText
from app.store.store import Store
from app.ui.chat.draft_attachments import MOST_ATTACHMENTS
from app.ui.chat.page_choice import PageChoice
from tests.helpers.desk import Desk

REPORT = "/papers/report.pdf"


def pdf(pages=3):
    return DocumentText(
        kind="PDF",
        pages=tuple(
            DocumentPage(label=str(n), text=f"Words of page {n}.") for n in range(1, pages + 1)
        ),
    )


@pytest.fixture
def reading(desk):
    desk.load()
    return desk


def chips(desk):
    return [label.text() for label in desk.seen("attachmentSize")]


def asked(desk):
    request = [r for r in desk.client.requests if isinstance(r, Generate)][-1]
    return request.conversation.messages[-1].text


def attach(desk, end=None):
    desk.drop(REPORT)
    desk.documents.finish(end or pdf())


def dialog_of(desk):
    (dialog,) = desk.window.findChildren(PageChoice)
    return dialog


def test_a_dropped_document_is_read_and_goes_with_the_question(reading):
    assert reading.drop(REPORT)
    assert chips(reading) == ["Opening…"]
    reading.write("Sum up")
    assert not reading.widget("sendButton").isEnabled()
    reading.documents.finish(pdf())
    assert chips(reading) == ["PDF · 3 pages"]
    reading.press("sendButton")
    assert asked(reading) == (
        "PDF “report.pdf”:\n\n[1]\n\nWords of page 1.\n\n[2]\n\nWords of page 2.\n\n"
        "[3]\n\nWords of page 3.\n\nSum up"
    )
    assert reading.seen("attachmentChip") == []
    (chip,) = reading.seen("documentChip")
    assert chip.accessibleName() == "Document report.pdf, PDF, 3 pages"


def test_a_document_alone_is_a_question(reading):
    attach(reading)
    reading.press("sendButton")
    assert asked(reading).startswith("PDF “report.pdf”:")
    assert reading.chats.chats[0].title == "report.pdf"


def test_its_tokens_are_counted_by_the_model(reading):
    attach(reading)
    reading.count(draft_tokens=90)  # the whole draft
    reading.count(draft_tokens=84)  # the document alone
    assert chips(reading) == ["PDF · 3 pages · 84 tokens"]
    (chip,) = reading.seen("attachmentChip")
    assert chip.accessibleName() == "Document report.pdf, PDF, 3 pages, 84 tokens"


def test_pages_are_chosen(reading):
    attach(reading)
    reading.press("choosePagesOfButton")
    dialog = dialog_of(reading)
    pages = dialog.findChild(QListWidget, "pageList")
    assert [pages.item(i).text() for i in range(3)] == ["Page 1", "Page 2", "Page 3"]
    assert dialog.findChild(QPlainTextEdit, "pageWords").toPlainText() == "Words of page 1."
    field = dialog.findChild(object, "pageField")
    assert field.text() == "1-3"
    pages.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert field.text() == "1, 3"
    dialog.findChild(QPushButton, "usePagesButton").click()
    assert chips(reading) == ["PDF · 2 of 3 pages"]
    reading.press("sendButton")
    assert "page 2" not in asked(reading)
    assert "page 3" in asked(reading)


def test_pages_are_written_as_ranges(reading, qtbot):
    attach(reading, pdf(12))
    reading.press("choosePagesOfButton")
    dialog = dialog_of(reading)
    field = dialog.findChild(object, "pageField")
    field.clear()
    qtbot.keyClicks(field, "2-4, 11")
    assert dialog.findChild(QLabel, "pageSum").text() == "4 of 12 pages"
    field.clear()
    qtbot.keyClicks(field, "3-99")
    assert field.property("refused")
    dialog.reject()
    assert chips(reading) == ["PDF · 12 pages"]


def test_a_document_larger_than_the_context_lets_choose_first(reading):
    attach(reading)
    reading.write("Sum up")
    reading.count(draft_tokens=9000)
    assert not reading.widget("sendButton").isEnabled()
    reading.press("choosePagesButton")
    dialog = dialog_of(reading)
    pages = dialog.findChild(QListWidget, "pageList")
    pages.item(0).setCheckState(Qt.CheckState.Unchecked)
    dialog.findChild(QPushButton, "usePagesButton").click()
    for _ in range(3):  # of all pages, which was under way; of those chosen; of the draft
        reading.count(draft_tokens=100)
    assert reading.widget("sendButton").isEnabled()


def test_a_text_without_pages_is_cut_into_parts(reading):
    text = "\n\n".join(f"Paragraph {n} " + "word " * 200 for n in range(40))
    attach(reading, DocumentText(kind="Text", pages=(DocumentPage(text=text),)))
    reading.press("choosePagesOfButton")
    pages = dialog_of(reading).findChild(QListWidget, "pageList")
    assert pages.count() > 3
    assert pages.item(0).text() == "Part 1"
    dialog_of(reading).findChild(QPushButton, "usePagesButton").click()
    reading.press("sendButton")
    assert all(f"Paragraph {n} " in asked(reading) for n in range(40))


def test_what_cannot_be_read_says_so_and_goes(reading):
    reading.drop(REPORT)
    reading.documents.finish(DocumentEncrypted(name="report.pdf"))
    assert reading.seen("attachmentChip") == []
    assert "report.pdf" in reading.widget("errorText").text()


def test_a_long_paste_becomes_an_attachment(reading):
    data = QMimeData()
    data.setText("line of a log\n" * 10_000)
    reading.widget("messageInput").insertFromMimeData(data)
    assert reading.draft() == ""
    assert chips(reading) == ["Text"]
    reading.write("What is wrong?")
    reading.press("sendButton")
    assert asked(reading).startswith("Text “Pasted text”:\n\nline of a log\n")
    assert asked(reading).endswith("What is wrong?")


def test_a_short_paste_is_words(reading):
    data = QMimeData()
    data.setText("x" * 50_000)
    reading.widget("messageInput").insertFromMimeData(data)
    assert len(reading.draft()) == 50_000


def test_five_hundred_files_are_too_many(reading):
    reading.drop(*(f"/papers/{n}.txt" for n in range(500)))
    row = reading.widget("attachmentRow")
    assert len(row.findChildren(QLabel, "attachmentSize")) == MOST_ATTACHMENTS
    assert "up to 50 files" in reading.widget("errorText").text()
    assert len(reading.documents.sources) == MOST_ATTACHMENTS


def test_the_dialog_offers_both_and_sorts_them(reading):
    reading.press("attachButton")
    (dialog,) = reading.window.findChildren(QFileDialog, "attachDialog")
    both = dialog.nameFilters()[0]
    assert "*.pdf" in both
    assert "*.png" in both
    dialog.filesSelected.emit(["/a.docx", "/b.py"])
    dialog.reject()
    assert [s.name for s in reading.documents.sources] == ["a.docx", "b.py"]


def test_a_sent_document_can_be_read_again(reading):
    attach(reading)
    reading.ask("Sum up")
    reading.press("documentChip")
    dialog = reading.widget("documentDialog")
    assert "Words of page 2." in dialog.findChild(QPlainTextEdit, "pageWords").toPlainText()


def test_a_question_that_comes_back_brings_its_document(reading):
    attach(reading)
    reading.ask("one")
    reading.ask("two")
    reading.press("takeBackButton")
    assert reading.draft() == "two"
    reading.client.finish_answer()
    attach(reading)
    reading.ask("three")
    reading.ask("four")
    assert reading.seen("attachmentChip") == []


def test_names_with_signs_that_turn_text_around_are_shown_plainly(reading):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/papers/\u202egnp.exe.txt")])
    reading.widget("messageInput").insertFromMimeData(data)
    reading.documents.finish(DocumentText(kind="Text", pages=(DocumentPage(text="x"),)))
    reading.press("sendButton")
    (chip,) = reading.seen("documentChip")
    assert chip.text() == "\ufffdgnp.exe.txt"


def test_counting_gives_way_to_an_answer(reading):
    attach(reading)
    reading.ask("now")
    assert not reading.client.is_open(Count)


class EarlyDesk(Desk):
    """Its person drops a document before the kept chats are here."""

    def wait_for(self, condition) -> None:
        if not self.documents.sources:
            assert not self.chat_library.is_open
            self.drop(self.dropped)
        super().wait_for(condition)


@pytest.mark.usefixtures("_dressed")
def test_a_document_that_came_before_the_chats_is_kept(qtbot, tmp_path):
    notes = EarlyDesk.dropped = tmp_path / "notes.txt"
    notes.write_text("The wind", encoding="utf-8")
    desk = EarlyDesk(qtbot, data=tmp_path / "data")
    desk.wait_for(lambda: len(desk.documents.sources) == 2)
    for _ in range(2):
        desk.documents.finish(DocumentText(kind="Text", pages=(DocumentPage(text="The wind"),)))
    desk.write("Sum up")
    desk.press("sendButton")
    desk.wait_for(lambda: len(desk.chats.chats) == 1)
    notes.unlink()
    desk.leave()
    with Store(tmp_path / "data") as store:
        (info,) = store.chats.infos()
        (attached,) = store.chats.load(info.chat_id).messages[0].attachments
    assert pathlib.Path(attached.source.path).read_text() == "The wind"
