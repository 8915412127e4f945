"""A real window on a fake engine."""

import pathlib

from PySide6.QtWidgets import QAbstractButton, QWidget

from app.services.chat_service import ChatService
from app.services.engine_service import EngineService, ModelFile
from app.ui.chat.message_text import MessageText
from app.ui.main_window import build_window
from tests.helpers.fake_engine import FakeWorkerClient

STARTER = ModelFile(name="SmolLM2 135M", path=pathlib.Path("/models/toy.gguf"), is_toy=True)


class Desk:
    """What a person has in front of them, and the fake engine behind it."""

    def __init__(self, qtbot, geometry: bytes | None = None) -> None:
        self.qtbot = qtbot
        self.client = FakeWorkerClient()
        self.engine = EngineService(self.client, STARTER, free_memory_bytes=lambda: 8 * 2**30)
        self.chats = ChatService(self.engine)
        self.window = build_window(
            engine=self.engine,
            chats=self.chats,
            models=[STARTER],
            geometry=geometry,
            report=lambda error: f"report of {type(error).__name__}",
        )
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)

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

    def load(self) -> None:
        self.engine.prepare()
        self.client.finish_load()

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
        self.qtbot.waitUntil(condition, timeout=5000)
