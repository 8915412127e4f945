"""Drafts and what belongs to them: new chats, files that fail together, a full disk, deletion."""

import pytest
from PySide6.QtCore import QMimeData, Qt

from app.domain.attachments import DocumentPage
from app.domain.chat import Thinking
from app.domain.errors import ChatsDiskFull, DocumentBroken, NotADocument
from app.domain.kept_chat import ChatSettings
from app.media.client import DocumentText
from app.services.chats import Trouble
from app.store.chats import Chats
from tests.helpers.desk import Desk


@pytest.fixture
def kept(qtbot, tmp_path, _dressed):
    """A desk whose chats are really kept."""
    return Desk(qtbot, data=tmp_path)


def new_chat(desk, qtbot) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


def banner(desk) -> str:
    return desk.widget("errorText").text() if desk.seen("errorBanner") else ""


def test_a_new_chat_begins_beside_one_in_which_something_is_written(desk, qtbot):
    desk.write("Half a thought")
    first = desk.chats.chats[0]
    new_chat(desk, qtbot)
    assert desk.draft() == ""
    assert len(desk.chats.chats) == 2
    desk.widget("chatPage").open_chat(first.chat_id)
    assert desk.draft() == "Half a thought"


def test_a_draft_of_the_last_time_loads_no_model(kept, qtbot, tmp_path):
    kept.write("Half a thought")
    kept.window.settle()
    kept.leave()
    again = Desk(qtbot, data=tmp_path)
    again.wait_for(lambda: again.draft() == "Half a thought")
    assert again.client.requests == []
    qtbot.keyClicks(again.widget("messageInput"), "!")
    assert again.client.requests, "now somebody writes"


def test_a_new_chat_is_an_empty_one_that_is_there(desk, qtbot):
    new_chat(desk, qtbot)
    assert len(desk.chats.chats) == 1


def test_files_that_fail_together_are_told_in_one_sentence(desk):
    desk.load(thinking=Thinking.NEVER)
    desk.drop("/papers/a.pdf", "/papers/b.pdf", "/papers/c.zip", "/papers/d.txt")
    assert "“c.zip” is not a document" in banner(desk)
    desk.documents.finish(DocumentBroken(name="a.pdf"))
    desk.documents.finish(DocumentBroken(name="b.pdf"))
    assert "3 files could not be attached: “c.zip”, “a.pdf”, “b.pdf”." in banner(desk)
    desk.documents.finish(DocumentText(kind="Text", pages=(DocumentPage(text="x"),)))
    assert len(desk.seen("attachmentChip")) == 1
    desk.drop("/papers/e.zip")
    assert banner(desk) == str(NotADocument(name="e.zip"))


def test_of_many_files_only_some_are_named(desk):
    desk.drop(*(f"/papers/{number}.zip" for number in range(9)))
    assert "9 files could not be attached: “0.zip”, “1.zip”, “2.zip”…." in banner(desk)


def test_a_folder_is_refused_in_a_sentence(kept, tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    kept.drop(folder)
    kept.wait_for(lambda: "letters" in banner(kept))
    assert kept.seen("attachmentChip") == []


def test_a_model_among_other_files_is_not_loaded(desk):
    desk.drop("/models/other.gguf", "/papers/a.pdf")
    assert desk.engine.state.model.name == "SmolLM2 135M"
    assert "other.gguf" in banner(desk)
    assert len(desk.seen("attachmentChip")) == 1


def test_a_full_disk_is_tried_again(kept, monkeypatch):
    chat = kept.chats.chats[0]
    full = [True]
    put = Chats.put_draft

    def refuse(self, *args, **more):
        if full[0]:
            raise ChatsDiskFull
        put(self, *args, **more)

    monkeypatch.setattr(Chats, "put_draft", refuse)
    kept.write("Half a thought")
    kept.window.settle()
    kept.wait_for(lambda: banner(kept) != "")
    kept.press("retryButton")
    kept.wait_for(lambda: not kept.seen("retryButton"))
    kept.wait_for(lambda: bool(kept.seen("retryButton")))  # it is full still
    full[0] = False
    kept.press("retryButton")
    kept.wait_for(lambda: not kept.chat_library._drafts.unkept)
    assert banner(kept) == ""
    drafts: list = []
    kept.chat_library.run(lambda store: store.chats.drafts(), drafts.append)
    kept.wait_for(lambda: bool(drafts))
    assert drafts[0][chat.chat_id].text == "Half a thought"


def test_a_full_disk_that_is_nobodys_fault_any_more_goes_away(kept):
    kept.chat_library.on_event(Trouble(None, ChatsDiskFull()))
    assert banner(kept)
    kept.press("retryButton")
    kept.wait_for(lambda: banner(kept) == "")


def test_nothing_of_a_deleted_chats_draft_stays_in_memory(kept):
    drafting = kept.widget("chatPage").drafting
    chat = kept.chats.chats[0]
    kept.ask("Keep me")
    kept.write("A secret")
    drafting.attaching.take_text("x" * 60_000)
    kept.wait_for(lambda: all(i.is_kept for i in drafting.attaching.items.of(chat.chat_id)))
    kept.widget("chatPage").new_chat()
    kept.chat_library.delete([chat])
    assert drafting.attaching.items.of(chat.chat_id) == []
    assert "A secret" not in str(drafting._words)
    assert kept.chat_library.draft(chat.chat_id).text == ""


def test_the_open_chats_draft_goes_with_it(kept):
    drafting = kept.widget("chatPage").drafting
    chat = kept.chats.chats[0]
    kept.ask("Keep me")
    kept.write("A secret")
    kept.chat_library.delete([chat])
    assert kept.draft() == ""
    assert "A secret" not in str(drafting._words)
    assert kept.chat_library.draft(chat.chat_id).text == ""


def test_a_private_chat_that_comes_back_has_its_draft(desk, qtbot):
    desk.press("newPrivateChatButton")
    desk.write("A secret")
    chat = desk.chats.chats[0]
    desk.widget("chatPage")._acts.move_to_trash(chat.chat_id)
    assert desk.draft() == ""
    desk.press("undoButton")
    assert desk.draft() == "A secret"


def test_ten_megabytes_that_are_pasted_become_an_attachment_that_says_it_is_too_long(desk):
    desk.load()
    data = QMimeData()
    data.setText(("word " * 20 + "\n") * 100_000)
    desk.widget("messageInput").insertFromMimeData(data)
    assert desk.draft() == ""
    assert len(desk.seen("attachmentChip")) == 1
    desk.count(document_tokens=2_000_000)
    assert "2,000,256 tokens" in desk.widget("noticeText").text()
    assert not desk.widget("sendButton").isEnabled()
    desk.press("choosePagesButton")
    dialog = desk.widget("pageChoice")
    assert dialog.isVisible()
    dialog.reject()


def test_more_than_any_model_reads_is_refused_at_once(desk):
    data = QMimeData()
    data.setText("word " * 3_300_000)
    desk.widget("messageInput").insertFromMimeData(data)
    assert "16,500,000 characters" in banner(desk)
    assert desk.draft() == ""
    assert desk.seen("attachmentChip") == []


@pytest.mark.parametrize("width", [480, 600, 690, 760, 960, 1000])
def test_the_row_below_the_words_shows_what_fits(desk, width):
    desk.window.resize(width, 600)
    desk.load(thinking=Thinking.NEVER)
    settings = ChatSettings(temperature=0.4)
    desk.presets.apply(desk.chats.chats[0], desk.presets.add("A preset of a long name", settings))
    desk.write("Hello")
    desk.count(history_tokens=9000, draft_tokens=1412)
    composer = desk.widget("composer")
    desk.wait_for(lambda: composer.minimumSizeHint().width() <= composer.width())
    for name in ("attachButton", "effortSwitch", "contextGauge", "sendButton"):
        (part,) = desk.seen(name)
        assert composer.rect().contains(part.geometry())
    assert desk.widget("effortSwitch").width() >= desk.widget("effortSwitch").sizeHint().width()
