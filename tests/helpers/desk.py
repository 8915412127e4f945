"""A real window on a fake engine."""

import pathlib

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.domain.chat import Effort, Sampling, Thinking
from app.domain.families import Family
from app.domain.model_file import ModelFile
from app.engine.protocol import Count, Counted
from app.services.attachments import Attachments
from app.services.chat_keeper import ChatKeeper
from app.services.chat_library import ChatLibrary
from app.services.chat_presets import ChatPresets
from app.services.chat_service import ChatService
from app.services.engine_service import EngineService
from app.services.idle_work import IdleWork
from app.services.saved_prompts import SavedPrompts
from app.ui.bridge import Bridge
from app.ui.chat.message_text import MessageText
from app.ui.pages import Pages
from app.ui.window import build_window
from tests.helpers.fake_engine import FakeWorkerClient
from tests.helpers.fake_reader import FakeDocumentReader, FakePictureReader

STARTER = ModelFile(name="SmolLM2 135M", path=pathlib.Path("/models/toy.gguf"), is_toy=True)
PATIENCE_MS = 20_000  # a loaded machine makes 150 model cards in six seconds
# Nothing is there, so nothing is deleted.
PICTURES = pathlib.Path("/nowhere/pictures")
FAMILIES = (
    Family(
        id="small",
        name="Small",
        architecture="mistral4",
        parameters=1,
        context_limit_tokens=4096,
        sampling={
            Effort.FAST: Sampling(temperature=0.1, top_p=0.9),
            Effort.DEEP: Sampling(temperature=0.7, top_p=0.95),
        },
    ),
)


class Desk:
    """What a person has in front of them, and the fake engine behind it.

    Attributes:
        model: That it begins with; None: there is none on this PC.
    """

    model: ModelFile | None = STARTER

    def __init__(
        self,
        qtbot,
        geometry: bytes | None = None,
        sources=None,
        data: pathlib.Path | None = None,
        make_exchange=None,
        show_about=None,
    ) -> None:
        """Sit down; chats are kept in the folder `data`, if there is one."""
        self.qtbot = qtbot
        self.bridge = Bridge()
        keeper = ChatKeeper(data, post=self.bridge.post) if data else None
        self.chat_library = ChatLibrary(keeper)
        self.client = FakeWorkerClient()
        self.engine = EngineService(self.client, self.model, free_memory_bytes=lambda: 8 * 2**30)
        self.reader = FakePictureReader()
        self.documents = FakeDocumentReader()
        attachments = Attachments(self.reader, PICTURES, documents=self.documents)
        self.chats = ChatService(
            self.engine, library=self.chat_library, attachments=attachments, families=FAMILIES
        )
        self.on_mains = True
        self.idle = IdleWork(
            self.engine,
            self.chats,
            post=lambda action: None,
            is_on_mains=lambda: self.on_mains,
            is_battery_low=lambda: False,
        )
        self.acts = 0
        self.idle.person_acts = self._person_acts
        self.presets = ChatPresets(self.chats.library)
        self.prompts = SavedPrompts(self.chats.library)
        self.window = build_window(
            engine=self.engine,
            chats=self.chats,
            attachments=attachments,
            idle=self.idle,
            models=[self.model] if self.model else [],
            geometry=geometry,
            report=lambda error: f"report of {type(error).__name__}",
            make_pages=(lambda frame: Pages(sources, frame)) if sources else None,
            make_exchange=make_exchange,
            show_about=show_about,
            presets=self.presets,
            prompts=self.prompts,
        )
        qtbot.addWidget(self.window, before_close_func=lambda window: self.leave())
        self.window.show()
        qtbot.waitExposed(self.window)
        if data:
            self.chat_library.open()
            self.wait_for(lambda: self.chat_library.is_open)

    def leave(self) -> None:
        """End what goes on behind the window; chats are on the disk then."""
        self.idle.close()
        self.chat_library.close()
        self.bridge.close()

    def _person_acts(self) -> None:
        self.acts += 1
        IdleWork.person_acts(self.idle)

    def widget(self, name: str) -> QWidget:
        found = self.window.findChild(QWidget, name)
        assert found is not None, name
        return found

    def seen(self, name: str) -> list[QWidget]:
        return [w for w in self.window.findChildren(QWidget, name) if w.isVisible()]

    def press(self, name: str) -> None:
        """Press the only button of that name that can be seen."""
        (button,) = self.seen(name)
        assert isinstance(button, QAbstractButton)
        assert button.isEnabled()
        button.click()

    def write(self, text: str) -> None:
        self.qtbot.keyClicks(self.widget("messageInput"), text)

    def ask(self, text: str) -> None:
        self.widget("messageInput").insertPlainText(text)
        self.press("sendButton")

    def load(self, **facts: object) -> None:
        self.engine.prepare()
        self.client.finish_load(**facts)

    def start_thought(self, text: str = "Let me see.") -> None:
        """A deep answer that is inside its thought."""
        self.load(thinking=Thinking.SWITCH)
        self.widget("effortSwitch").toggle()
        self.ask("Why?")
        self.client.write(text, is_thought=True, reasoning_tokens=345)

    def count(self, **tokens: int) -> None:
        """Wait until the window wants to know what its chat takes, and say it."""
        self.wait_for(lambda: self.client.is_open(Count))
        request_id = self.client.open_id(Count)
        total = tokens.pop("total_tokens", sum(tokens.values()))
        self.client.end(request_id, Counted(request_id=request_id, total_tokens=total, **tokens))

    def drop(self, *paths: pathlib.Path | str, image: QImage | None = None) -> bool:
        """Drop files on the window; whether it would take them."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        if image:
            data.setImageData(image)
        place = (
            QPoint(200, 200),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        enter = QDragEnterEvent(*place)
        enter.ignore()
        self.window.dragEnterEvent(enter)
        if enter.isAccepted():
            self.window.dropEvent(QDropEvent(*place))
        return enter.isAccepted()

    def texts(self) -> list[MessageText]:
        return [t for t in self.window.findChildren(MessageText, "messageText") if t.isVisible()]

    def words(self) -> list[tuple[str, str]]:
        """Who says what, in the order of the screen."""
        texts = sorted(self.texts(), key=lambda t: t.mapTo(self.window, t.pos()).y())
        return [(t.accessibleName(), t.toPlainText()) for t in texts]

    def statuses(self) -> list[str]:
        return [label.text() for label in self.seen("messageStatus") if label.text()]

    def draft(self) -> str:
        return self.widget("messageInput").toPlainText()

    def wait_for(self, condition) -> None:
        self.qtbot.waitUntil(condition, timeout=PATIENCE_MS)
