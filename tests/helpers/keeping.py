"""Chats that are really kept, by the real thread; a test hands on what that says."""

import pathlib
import queue
import time

import msgspec

from app.domain.attachments import Attachment, PictureAttachment
from app.domain.kept_chat import KeptChat
from app.domain.model_file import ModelFile
from app.services.chat_keeper import ChatKeeper
from app.services.chat_library import ChatLibrary
from app.services.chat_service import ChatService
from app.services.chats import ChatsOpened, Trouble
from app.services.engine_service import EngineService
from app.store.store import Store
from tests.helpers.fake_engine import FakeWorkerClient

_PATIENCE_S = 20


def comparable(kept: KeptChat) -> KeptChat:
    """Ids are places, contents are bytes, nothing of a PC is left."""
    places = {m.message_id: place for place, m in enumerate(kept.messages, start=1)}
    info = kept.info
    return KeptChat(
        info=msgspec.structs.replace(
            info,
            chat_id=0,
            used_order=0,
            leaf_id=places.get(info.leaf_id),
            reads_after=places.get(info.reads_after),
            settings=msgspec.structs.replace(info.settings, model_path=""),
        ),
        messages=tuple(
            msgspec.structs.replace(
                message,
                message_id=places[message.message_id],
                parent_id=places.get(message.parent_id),
                attachments=tuple(_with_bytes(a) for a in message.attachments),
            )
            for message in kept.messages
        ),
    )


def _with_bytes(attachment: Attachment) -> Attachment:
    path = pathlib.Path(attachment.source.path)
    data = path.read_bytes() if path.is_file() else b""
    source = msgspec.structs.replace(attachment.source, path="", data=data)
    plain = msgspec.structs.replace(attachment, source=source)
    if isinstance(plain, PictureAttachment):
        plain = msgspec.structs.replace(plain, thumbnail_png=b"")
    return plain


class KeptStage:
    """A chat service on a fake engine over a real store.

    Attributes:
        events: Everything that was told.
        longest_s: Processor time of what took longest of all that was handed on.
    """

    def __init__(self, folder: pathlib.Path, *, model_name: str = "M") -> None:
        self.folder = folder
        self._posted: queue.SimpleQueue = queue.SimpleQueue()
        self.client = FakeWorkerClient()
        model = ModelFile(name=model_name, path=pathlib.Path("/m.gguf"))
        self.engine = EngineService(self.client, model, free_memory_bytes=lambda: 1 << 30)
        self.post = self._posted.put
        self.keeper = ChatKeeper(folder, post=self.post)
        self.library = ChatLibrary(self.keeper)
        self.chats = ChatService(self.engine, library=self.library)
        self.longest_s = 0.0
        self.events: list = []
        self.chats.on_event = self.events.append

    def open(self) -> "KeptStage":
        """Have the kept chats here."""
        self.library.open()
        self.wait(lambda: self.told(ChatsOpened))
        return self

    def told(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def troubles(self) -> list[Exception]:
        """What went wrong."""
        return [event.error for event in self.told(Trouble)]

    def wait(self, condition) -> None:
        """Hand on what was posted until something is so."""
        while not condition():
            action = self._posted.get(timeout=_PATIENCE_S)
            begun_s = time.thread_time()
            action()
            self.longest_s = max(self.longest_s, time.thread_time() - begun_s)

    def settle(self) -> None:
        """Hand on everything, until the store's thread has nothing more to do."""
        done: list = []
        self.keeper.run(lambda store: None, done.append)
        self.wait(lambda: done)

    def load(self) -> None:
        self.engine.prepare()
        self.client.finish_load()

    def ask(self, chat, text="Q", **more) -> None:
        """Ask and wait until the engine has it."""
        before = len(self.client.requests)
        self.chats.ask(chat.chat_id, text, **more)
        self.wait(lambda: len(self.client.requests) > before)

    def answered(self, chat, text="Q", answer="A") -> None:
        self.ask(chat, text)
        self.client.write(answer)
        self.client.finish_answer()
        self.settle()

    def on_disk(self) -> Store:
        """What a program that starts now would find."""
        return Store(self.folder, reads_only=True)

    def close(self) -> None:
        self.library.close()
