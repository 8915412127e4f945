"""A real window whose person asks one question after the other; says on stdout what is on screen.

Run as a process, to be killed: ``python -m tests.helpers.streaming_window HOME``. With ``--led``
the person does only what comes on stdin, see `tests.helpers.led_window`.
Each line is JSON: a moment (monotonic seconds, the same clock for all processes), a word, details.
"""

import argparse
import json
import os
import pathlib
import sys
import threading
import time
from collections.abc import Callable

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QApplication, QPlainTextEdit, QWidget

from app.domain.model_file import ModelFile
from app.program import Program
from app.services.answer_queue import AnswerWishes
from app.services.chats import ChatsOpened, MessageAdded, MessageChanged, Reading, TextAdded
from app.services.engine_service import EngineState
from app.settings.folders import folders_for
from tests.helpers.stalls import Stalls

QUESTION = "Tell me a very long story about the sea, number {number}."


def say(word: str, **details: object) -> None:
    """Tell the parent; whatever was told before a kill is in its pipe."""
    line = json.dumps({"at": time.monotonic(), "word": word, **details})
    os.write(1, line.encode() + b"\n")


class Person:
    """Uses a window by what is on it, and tells what it shows."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._pass_on = program.chats.on_event
        program.chats.on_event = self._on_event
        self.on_opened: Callable[[], None] = lambda: None
        self.on_answered: Callable[[], None] = lambda: None

    def ask(self, text: str) -> None:
        """Write it into the field and send it."""
        field = self._find(QPlainTextEdit, "messageInput")
        field.setPlainText(text)
        self.press("sendButton")

    def press(self, name: str) -> None:
        """Press a button."""
        self._find(QAbstractButton, name).click()

    def _find(self, kind: type[QWidget], name: str) -> QWidget:
        return self.program.window.findChild(kind, name)

    def _on_event(self, event: object) -> None:
        self._pass_on(event)
        chats = self.program.chats
        match event:
            case ChatsOpened():
                say("open")
                self.on_opened()
            case MessageChanged(_, message) if message.role == "user":
                say(message.state.value, message=message.message_id, text=message.text)
                if message.state.value == "done":
                    self.on_answered()
            case MessageChanged(_, message):
                say("answer", message=message.message_id, state=message.state.value)
            case MessageAdded(_, _, message):
                say("added", message=message.message_id)
            case TextAdded(chat_id, message_id):
                text = chats.chat(chat_id).message(message_id).text
                say("text", message=message_id, text=text)
            case Reading(_, done, total):
                say("reading", done=done, total=total)


class Led:
    """Has a person do what comes on stdin, one JSON object a line, and tells when it is done."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._program = person.program
        self._stalls = Stalls()
        self._beat = QTimer()
        self._beat.setInterval(5)
        self._beat.timeout.connect(self._stalls.beat)
        self._follow_engine()

    def begin(self) -> None:
        """Listen from now on."""
        self._beat.start()
        threading.Thread(target=self._listen, name="led", daemon=True).start()

    def _follow_engine(self) -> None:
        engine, told = self._program.engine, ()
        pass_on = engine.on_state

        def on_state(state: EngineState) -> None:
            nonlocal told
            pass_on(state)
            # Not each of a thousand steps of loading.
            telling = (state.phase, state.progress > 0)
            if telling == told:
                return
            told = telling
            say(
                "engine",
                phase=state.phase.value,
                is_reading=state.progress > 0,
                pid=engine.pid,
                error=type(state.error).__name__ if state.error else "",
            )

        engine.on_state = on_state

    def _listen(self) -> None:
        for line in sys.stdin:
            self._program._bridge.post(lambda line=line: self._do(json.loads(line)))
        self._program._bridge.post(QApplication.quit)

    def _do(self, order: dict) -> None:
        """Each but a look begins anew to see how long the event loop stands still."""
        if order["do"] != "look":
            self._stalls.begin()
        match order.pop("do"):
            case "ask":
                self._person.ask(**order)
            case "press":
                self._person.press(**order)
            case "use":
                path = pathlib.Path(order["path"])
                self._program.engine.use(ModelFile(name=path.stem, path=path))
            case "context":
                self._program.engine.use_context(**order)
            case "unload":
                self._program.engine.free_memory()
            case "look":
                pass
            case unknown:
                raise ValueError(unknown)
        # Behind whatever the window does because of it.
        QTimer.singleShot(0, self._tell)

    def _tell(self) -> None:
        banner = self._program.window.findChild(QWidget, "errorBanner")
        words = self._program.window.findChild(QWidget, "errorText")
        state = self._program.engine.state
        say(
            "did",
            phase=state.phase.value,
            pid=self._program.engine.pid,
            banner=words.text() if banner.isVisible() else "",
            stall_s=self._stalls.worst_s,
        )


def run(home: pathlib.Path, *, is_led: bool, model: pathlib.Path | None, endpoint: str) -> int:
    """Open the window and ask for ever, or do what comes on stdin until its end."""
    application = QApplication(["cierzo"])
    program = Program(application, folders_for(home), model)
    if endpoint:
        client = program.engine._client
        argv = [*client._plan.argv, "--test-rpc", endpoint]
        client._plan = msgspec.structs.replace(client._plan, argv=argv)
    program.window.show()
    program.chats.wishes = AnswerWishes(temperature=0.0)
    person = Person(program)
    if is_led:
        led = Led(person)
        person.on_opened = led.begin
    else:
        numbers = iter(range(1, 1_000_000))

        def ask() -> None:
            person.ask(QUESTION.format(number=next(numbers)))

        person.on_opened = person.on_answered = ask
    try:
        return application.exec()
    finally:
        program.close()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=pathlib.Path)
    parser.add_argument("--led", action="store_true")
    parser.add_argument("--model", type=pathlib.Path)
    parser.add_argument("--endpoint", default="")
    options = parser.parse_args()
    return run(options.home, is_led=options.led, model=options.model, endpoint=options.endpoint)


if __name__ == "__main__":
    raise SystemExit(main())
