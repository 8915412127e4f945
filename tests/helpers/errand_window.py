"""A real window that does what its stdin says, and says what is on it.

Run as a process by `tests.helpers.errands`: ``python -m tests.helpers.errand_window HOME``. A line
in is JSON: a name of `_Errands` and what it is given; the line out is what came of it.
"""

import json
import pathlib
import sys
import threading
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QPlainTextEdit,
    QToolButton,
    QWidget,
)

from app.domain.downloads.jobs import Job
from app.domain.errors import AppError
from app.program import Program
from app.services.answer_queue import AnswerWishes
from app.settings.folders import folders_for
from app.ui.chat.page_links import Page


class _Errands:
    """Everything that can be asked for; runs on the GUI thread."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._window = program.window
        self._defects: list[str] = []
        show = self._window.show_defect

        def show_defect(error: Exception) -> None:
            if not isinstance(error, AppError):
                self._defects.append(repr(error))
            show(error)

        self._window.show_defect = show_defect  # type: ignore[method-assign]

    def ask(self, text: str) -> None:
        """Write it and press the button; a letter longer than the field takes is pasted."""
        self._field.setPlainText(text)
        self._press("sendButton")

    def send(self) -> None:
        """Send what is in the field and beside it."""
        self._press("sendButton")

    def stop(self) -> None:
        """Have the answer end."""
        self._press("stopButton")

    def retry(self) -> None:
        """Press the button of the error that is shown."""
        self._press("retryButton")

    def paste(self, path: str) -> None:
        """Paste the text of a file."""
        data = QMimeData()
        data.setText(pathlib.Path(path).read_text(encoding="utf-8"))
        self._field.insertFromMimeData(data)

    def attach(self, path: str) -> None:
        """Choose a file in the dialog for attachments."""
        self._window._page.drafting.attaching._take_files([path])

    def bring_in(self, path: str) -> None:
        """Import chats."""
        self._close("importDialog")
        self._act("Import chats…")
        self._press("importFileButton")
        self._choose(path)

    def export(self, path: str, file_format: str) -> None:
        """Export all chats to a file."""
        self._close("exportDialog")
        self._act("Export chats…")
        self._press("allChatsChoice")
        self._press(f"{file_format}Choice")
        self._press("exportButton")
        self._choose(path)

    def set(self, name: str, value: object) -> None:
        """Choose a value on the settings page, and go back to the chat."""
        self._window.go_to(Page.SETTINGS)
        field = self._window.findChild(QComboBox, f"{name}Setting")
        field.setCurrentIndex(field.findData(value))
        field.activated.emit(field.currentIndex())
        self._window.show_chat()

    def download(self, job: object) -> None:
        """Have a model downloaded."""
        self._program.models.downloads.add(msgspec.convert(job, Job))

    def resume(self, job_id: str) -> None:
        """Have a download go on."""
        self._program.models.downloads.resume(job_id)

    def new_chat(self) -> None:
        """Begin one."""
        self._press("newChatButton")

    def trash(self, title: str) -> None:
        """Delete a chat, as its menu does."""
        library = self._program.library
        library.move_to_trash(next(c for c in library.chats if c.title == title))

    def show_chat(self, title: str) -> None:
        """Open a chat of the list."""
        chat = next(c for c in self._program.library.chats if c.title == title)
        self._window.findChild(QWidget, "sidebar").chat_chosen.emit(chat.chat_id)

    def look(self) -> dict[str, object]:
        """What a person sees."""
        library, engine = self._program.library, self._program.engine.state
        chat = self._window._page._open
        draft = self._window._page.drafting.attaching.items.of(chat.chat_id) if chat else []
        made = self._program.__dict__.get("models")
        return {
            "is_open": library.is_open,
            "problem": type(library.problem).__name__ if library.problem else "",
            "error": self._shown("errorText"),
            "defects": self._defects,
            "titles": [c.title for c in library.chats],
            "is_loaded": chat.is_loaded if chat else False,
            "messages": [
                {"id": m.message_id, "role": m.role, "state": m.state, "text": m.text}
                for m in (chat.messages[-20:] if chat else ())
            ],
            "count": len(chat.messages) if chat else 0,
            "trash": [c.title for c in library.trash],
            "draft": [
                {
                    "name": i.source.name,
                    "is_ready": bool(i.attachment),
                    "characters": sum(len(p.text) for p in getattr(i.attachment, "pages", ())),
                }
                for i in draft
            ],
            "typed": len(self._field.toPlainText()),
            "can_send": self._window.findChild(QToolButton, "sendButton").isEnabled(),
            "export": self._told("export"),
            "import": self._told("import"),
            "downloads": [
                {"id": d.job.id, "state": d.state, "problem": d.problem.code if d.problem else ""}
                for d in (made.downloads.downloads if made else ())
            ],
            "engine": engine.phase,
        }

    @property
    def _field(self) -> QPlainTextEdit:
        return self._window.findChild(QPlainTextEdit, "messageInput")

    def _press(self, name: str) -> None:
        self._window.findChild(QWidget, name).click()  # type: ignore[attr-defined]

    def _act(self, label: str) -> None:
        next(a for a in self._window.actions() if a.text() == label).trigger()

    def _choose(self, path: str) -> None:
        dialog = self._window.findChildren(QFileDialog)[-1]
        dialog.fileSelected.emit(path)
        dialog.reject()

    def _close(self, name: str) -> None:
        if dialog := self._window.findChild(QWidget, name):
            dialog.close()
            dialog.setParent(None)
            dialog.deleteLater()

    def _told(self, dialog: str) -> str:
        """How it ended, once it did."""
        names = [f"{dialog}{note}" for note in ("Outcome", "Remark", "Problem")]
        labels = [self._window.findChild(QLabel, name) for name in names]
        return "\n".join(label.text() for label in labels if label and label.text())

    def _shown(self, name: str) -> str:
        label = self._window.findChild(QLabel, name)
        return label.text() if label and label.isVisible() else ""


def run(home: pathlib.Path | None) -> int:
    """Open the window, do errands until stdin ends, and close it as a person does."""
    application = QApplication(["cierzo"])
    program = Program(application, folders_for(home), None)
    program.chats.wishes = AnswerWishes(temperature=0.0)
    program.window.show()
    errands = _Errands(program)

    def do(line: str) -> Callable[[], None]:
        name, given = json.loads(line)

        def work() -> None:
            try:
                said = {"came": getattr(errands, name)(**given)}
            except Exception as error:  # noqa: BLE001 - whoever asked has to know
                said = {"failed": repr(error)}
            print(msgspec.json.encode(said).decode(), flush=True)

        return work

    def listen() -> None:
        for line in sys.stdin:
            program._bridge.post(do(line))
        program._bridge.post(application.quit)

    threading.Thread(target=listen, daemon=True).start()
    code = application.exec()
    program.close()
    return code


if __name__ == "__main__":
    raise SystemExit(run(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None))
