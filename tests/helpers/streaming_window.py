"""A real window whose person asks one question after the other; says on stdout what is on screen.

Run as a process, to be killed: ``python -m tests.helpers.streaming_window HOME``.
Each line is JSON: a moment (monotonic seconds, the same clock for all processes), a word, details.
"""

import json
import os
import pathlib
import sys
import time

from PySide6.QtWidgets import QApplication, QPlainTextEdit, QToolButton

from app.program import Program
from app.services.answer_queue import AnswerWishes
from app.services.chats import ChatsOpened, MessageAdded, MessageChanged, TextAdded
from app.settings.folders import folders_for

QUESTION = "Tell me a very long story about the sea, number {number}."


def say(word: str, **details: object) -> None:
    """Tell the parent; whatever was told before a kill is in its pipe."""
    line = json.dumps({"at": time.monotonic(), "word": word, **details})
    os.write(1, line.encode() + b"\n")


def run(home: pathlib.Path) -> int:
    """Open the window and ask for ever."""
    application = QApplication(["cierzo"])
    program = Program(application, folders_for(home), None)
    program.window.show()
    program.chats.wishes = AnswerWishes(temperature=0.0)
    pass_on = program.chats.on_event
    numbers = iter(range(1, 1_000_000))

    def ask() -> None:
        field = program.window.findChild(QPlainTextEdit, "messageInput")
        field.setPlainText(QUESTION.format(number=next(numbers)))
        program.window.findChild(QToolButton, "sendButton").click()

    def on_event(event: object) -> None:
        pass_on(event)
        match event:
            case ChatsOpened():
                say("open")
                ask()
            case MessageChanged(_, message) if message.role == "user":
                say(message.state.value, message=message.message_id, text=message.text)
                if message.state.value == "done":
                    ask()
            case MessageAdded(_, _, message):
                say("added", message=message.message_id)
            case TextAdded(chat_id, message_id):
                text = program.chats.chat(chat_id).message(message_id).text
                say("text", message=message_id, text=text)

    program.chats.on_event = on_event
    return application.exec()


if __name__ == "__main__":
    raise SystemExit(run(pathlib.Path(sys.argv[1])))
