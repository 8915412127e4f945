"""A real window to which strangers' files and words are given; tells what it showed, and how long
its event loop was held up by them.

Run as a process: ``python -m tests.helpers.hostile_window HOME MODEL``. Each order on stdin is a
line of JSON, `{"do": WORD, ...}`, and gets one line back; `HostileDesk` speaks it.
"""

import itertools
import json
import os
import pathlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

import psutil
from PySide6.QtCore import QMimeData, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QToolTip, QWidget

from app.domain.errors import AppError, ModelNotFound
from app.domain.kept_chat import MessageState
from app.domain.model_file import ModelFile
from app.exchange.writer_protocol import ExportFormat
from app.program import Program
from app.services.answer_queue import AnswerWishes
from app.services.chat_export import ExportWish
from app.services.chats import Chat
from app.settings.folders import folders_for
from app.ui.chat.page import ChatPage
from app.ui.garbage import Garbage
from app.ui.markdown.growing_text import GrowingText
from app.ui.markdown.links import next_link
from app.ui.notify import notify
from app.ui.watchdog import Watchdog
from benchmarks.busy_window import Stalls
from tests.helpers.kept_chats import chat_of

_LOOK_MS = 10
_ENDED = set(MessageState) - {MessageState.QUEUED, MessageState.WORKING}

# An order runs as a generator: it yields until what it waits for is there, and returns its answer.
Course = Iterator[None]
Answer = dict[str, object]


class Orders(QObject):
    """What the parent wants, on the GUI thread."""

    came = Signal(dict)
    ended = Signal()

    def listen(self) -> None:
        """Read until the parent closes the pipe; on a thread of its own."""
        for line in sys.stdin:
            self.came.emit(json.loads(line))
        self.ended.emit()


class Obedient(QObject):
    """Does what it is told in the window, and measures the turns of the event loop meanwhile."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self._program = program
        page = program.window.findChild(ChatPage)
        assert page
        self._page = page
        self._stalls = Stalls()
        self._numbers = itertools.count(1)
        self._course: Course | None = None
        self._answer: Answer = {}
        self._began_s = 0.0
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)

    @Slot(dict)
    def obey(self, order: dict[str, str]) -> None:
        """Begin with an order."""
        self._answer = {}
        self._began_s = time.monotonic()
        self._stalls.begin()
        course: Callable[..., Course] = getattr(self, f"_{order.pop('do')}")
        self._course = course(**order)
        self._timer.start()

    @Slot()
    def _look(self) -> None:
        assert self._course
        try:
            next(self._course)
        except StopIteration:
            self._timer.stop()
            # One turn more, so that what the last step began is measured too.
            QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        found = self._stalls.found()
        answer = self._answer | {
            "seconds": time.monotonic() - self._began_s,
            "turn_ms": found["turn_cpu_ms"],
            "stalls": found["stalls"],
        }
        os.write(1, json.dumps(answer).encode() + b"\n")

    def _wait_for_chats(self) -> Course:
        while not self._program.library.is_open:
            yield

    def _ask(self, path: str, name: str, question: str) -> Course:
        """Use a model and ask it: the words of the answer, or of the banner."""
        self._page.new_chat()
        self._page.use_model(ModelFile(name=name, path=pathlib.Path(path)))
        yield
        field = self._page.composer.input
        field.setPlainText(question)
        QTest.keyClick(field, Qt.Key.Key_Return)
        most_bytes = 0
        while not self._banner() and self._answered() is None:
            most_bytes = max(most_bytes, self._engine_bytes())
            if any(m.text for m in self._chat().messages if m.role == "assistant"):
                self._program.chats.stop(self._chat().chat_id)  # random models know no end
            yield
        self._answer |= {"text": self._answered(), "worker_bytes": most_bytes}

    def _load(self) -> Course:
        """Have the model loaded."""
        self._program.engine.prepare()
        while not self._program.engine.state.loaded:
            yield

    def _attach(self, path: str) -> Course:
        """Drop a file on the composer."""
        self._page.new_chat()
        items, chat = self._page.drafting.attaching.items, self._chat()
        dropped = QMimeData()
        dropped.setUrls([QUrl.fromLocalFile(path)])
        self._page.composer.input.insertFromMimeData(dropped)
        while not self._banner():
            held = items.of(chat.chat_id)
            if held and all(item.attachment for item in held):
                break
            yield
        self._answer["attached"] = len(items.ready(chat.chat_id))
        for item in items.of(chat.chat_id):
            items.remove(chat.chat_id, item.item_id)
        self._page._desk.forget()

    def _show(self, title: str, question: str, answer: str) -> Course:
        """Open a chat that has these words; wait until all of the answer is drawn."""
        number = next(self._numbers)
        kept = chat_of(
            number, 1, question, answer, title=title, key=f"shown-{os.getpid()}-{number}"
        )
        came: list[Chat] = []
        self._program.library.add([kept], came.extend)
        while not came:
            yield
        self._page.open_chat(came[0].chat_id)
        while not (texts := self._texts()) or not all(text.is_drawn() for text in texts):
            yield
        for _ in range(3):
            yield

    def _link(self, target: str) -> Course:
        """Show a link, press it where it is one, and tell what is asked."""
        yield from self._show("Links", "Where?", f"See [words]({target}) or <{target}>.")
        text = self._texts()[-1]
        place = next_link(text.textCursor(), is_forward=True)
        self._answer |= {"is_link": place is not None, "asked": ""}
        if place is None:
            return
        text.setTextCursor(place)
        QTest.keyClick(text, Qt.Key.Key_Return)
        yield
        box = self._program.window.findChild(QMessageBox, "openLinkDialog")
        if box:
            self._answer["asked"] = box.informativeText()
            box.reject()
        yield

    def _surfaces(self, words: str) -> Course:
        """Put words wherever the window shows those of others."""
        yield from self._show(words, words, words)
        window, chat = self._program.window, self._chat()
        self._program.library.rename(chat, words)
        self._program.library.set_folders([words])
        self._page.show_defect(ModelNotFound(name=words))
        self._page.sidebar.search.setText(words[:20])
        for widget in window.findChildren(QWidget):
            if widget.toolTip():
                QToolTip.showText(widget.mapToGlobal(widget.rect().center()), widget.toolTip())
                yield
        notify(window, words, words)
        box = QMessageBox(window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(words)
        box.open()
        yield
        window.grab()
        box.reject()
        self._page.sidebar.search.clear()
        self._page._desk.forget()
        labels = [w for w in window.findChildren(QLabel) if w.text()]
        self._answer["guessing"] = sum(
            label.textFormat() is not Qt.TextFormat.PlainText for label in labels
        )
        yield

    def _export(self, folder: str, format: str) -> Course:  # noqa: A002 - the order's word
        """Write all chats to files."""
        ended: list[object] = []
        wish = ExportWish(
            chats=None, target=pathlib.Path(folder, f"all.{format}"), format=ExportFormat(format)
        )
        self._program.exchange.exports.write(wish, ended.append, on_progress=lambda *_: None)
        while not ended:
            yield
        self._answer["exported"] = type(ended[0]).__name__

    def _state(self) -> Course:
        """Tell what the process is now."""
        process = psutil.Process()
        self._answer |= {
            "memory_bytes": process.memory_info().rss,
            "decoders": sorted({"PIL", "pi_heif", "pypdfium2", "llama_cpp"} & set(sys.modules)),
            "children": len(process.children(recursive=True)),
        }
        yield

    def _engine_bytes(self) -> int:
        """What the engine's worker has in memory; 0 where there is none."""
        try:
            return int(psutil.Process(self._program.engine.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def _banner(self) -> bool:
        """Note what the banner says, if it is there."""
        banner = self._page._desk.banner
        error = banner._shown if banner.isVisible() else None
        if error is None:
            return False
        label = banner.findChild(QLabel, "errorText")
        is_ours = not isinstance(error, AppError)
        self._answer |= {"error": type(error).__name__, "is_bug": is_ours, "says": label.text()}
        if is_ours:
            self._answer["report"] = str(error)
        return True

    def _answered(self) -> str | None:
        messages = self._chat().messages
        if messages and messages[-1].role == "assistant" and messages[-1].state in _ENDED:
            return messages[-1].text
        return None

    def _chat(self) -> Chat:
        chat = self._page._chat()
        assert chat
        return chat

    def _texts(self) -> list[GrowingText]:
        transcript = self._program.window.findChild(QWidget, "transcript")
        return transcript.findChildren(GrowingText)


def main() -> None:
    """Obey until the parent closes the pipe."""
    home, model = map(pathlib.Path, sys.argv[1:])
    application = QApplication(["cierzo"])
    garbage = Garbage(application)
    program = Program(application, folders_for(home), model)
    program.chats.wishes = AnswerWishes(temperature=0.0)
    program.window.resize(1080, 740)
    program.window.show()
    program.warm_pages()
    garbage.spare_what_is_there()
    watchdog, obedient, orders = Watchdog(), Obedient(program), Orders()
    orders.came.connect(obedient.obey)
    orders.ended.connect(application.quit)
    threading.Thread(target=orders.listen, daemon=True).start()
    application.exec()
    watchdog.close()
    program.close()


if __name__ == "__main__":
    main()
