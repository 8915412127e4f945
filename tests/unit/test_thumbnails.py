"""Pictures that came without a thumbnail."""

import pytest

from app.domain.attachments import PictureAttachment, Source
from app.domain.chat import Role, TextPart
from app.domain.errors import PictureDamaged
from app.domain.kept_chat import ChatInfo, ChatMessage, KeptChat, MessageState
from app.services.chats import MessageChanged
from app.services.thumbnails import Thumbnails
from tests.helpers.keeping import KeptStage


class FakeAttachments:
    """Opens pictures when a test says so."""

    def __init__(self) -> None:
        self.waiting: list = []

    def open(self, source, grid, detail, *, on_end) -> None:
        self.waiting.append((source, grid, detail, on_end))

    def finish(self, error: Exception | None = None) -> None:
        source, _, detail, on_end = self.waiting.pop(0)
        on_end(error or PictureAttachment(source=source, detail=detail, thumbnail_png=b"small"))


@pytest.fixture
def stage(tmp_path):
    made = KeptStage(tmp_path / "data")
    made.attachments = FakeAttachments()
    thumbnails = Thumbnails(made.chats, made.attachments)

    def follow(event) -> None:
        made.events.append(event)
        thumbnails.follow(event)

    made.chats.on_event = follow
    yield made.open()
    made.close()


def picture(name: str, **facts) -> PictureAttachment:
    return PictureAttachment(source=Source(name=name, data=name.encode()), **facts)


def load(stage, *pictures):
    """Bring in a chat with these pictures, one to a question, and open it."""
    messages = tuple(
        ChatMessage(
            message_id=number,
            role=Role.USER,
            parts=(TextPart(f"Q{number}"),),
            state=MessageState.UNANSWERED,
            attachments=(each,),
        )
        for number, each in enumerate(pictures, start=1)
    )
    kept = KeptChat(info=ChatInfo(chat_id=0, key="a" * 32, leaf_id=1), messages=messages)
    came: list = []
    stage.library.add([kept], came.extend)
    stage.wait(lambda: came)
    stage.library.load(came[0])
    stage.wait(lambda: came[0].is_loaded)
    return came[0]


def thumbnails_on_disk(stage, chat) -> list[bytes]:
    stage.settle()
    with stage.on_disk() as disk:
        kept = disk.chats.load(chat.chat_id)
    return [a.thumbnail_png for m in kept.messages for a in m.attachments]


def test_they_are_made_one_by_one_and_kept(stage):
    chat = load(stage, picture("a"), picture("b", thumbnail_png=b"there"), picture("c"))
    for name in ("a", "c"):
        ((source, grid, _, _),) = stage.attachments.waiting
        assert (source.name, grid.cell_px, grid.longest_px) == (name, 28, 1540)
        stage.attachments.finish()
    assert not stage.attachments.waiting
    assert len(stage.told(MessageChanged)) == 2
    assert thumbnails_on_disk(stage, chat) == [b"small", b"there", b"small"]


def test_what_cannot_be_opened_is_not_tried_again(stage):
    chat = load(stage, picture("a"), picture("b"))
    stage.attachments.finish(PictureDamaged(name="a"))
    stage.attachments.finish()
    assert thumbnails_on_disk(stage, chat) == [b"", b"small"]
    chat.let_go()
    stage.library.load(chat)
    stage.wait(lambda: chat.is_loaded)
    assert not stage.attachments.waiting


def test_a_chat_that_is_not_in_memory_any_more_waits_until_it_is(stage):
    chat = load(stage, picture("a"), picture("b"))
    chat.let_go()
    stage.attachments.finish()
    assert not stage.attachments.waiting
    assert thumbnails_on_disk(stage, chat) == [b"", b""]
    stage.library.load(chat)
    stage.wait(lambda: chat.is_loaded)
    assert stage.attachments.waiting[0][0].name == "a"


def test_a_question_that_is_being_answered_comes_first(stage):
    other = stage.library.new_chat()
    stage.load()
    stage.ask(other, "Q")
    load(stage, picture("a"))
    assert not stage.attachments.waiting
    stage.client.write("A")
    stage.client.finish_answer()
    stage.settle()
    assert stage.attachments.waiting
