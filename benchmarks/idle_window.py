"""The program after a chat, for `idle`: `HOME MODEL`.

Asks a question; when it is answered, says in JSON which processes the window and its engine are.
"""

import json
import os
import sys
from typing import Any

from PySide6.QtCore import QTimer

from app import main, program
from app.services.chat_service import ChatService
from app.services.chats import ChatEvent, MessageChanged
from app.services.engine_service import EngineService
from app.ui.main_window import MainWindow
from app.ui.window import build_window

_OPEN_MS = 1500


def ask(chats: ChatService, engine: EngineService) -> None:
    """Ask, and tell when it is answered."""
    pass_on = chats.on_event

    def follow(event: ChatEvent) -> None:
        pass_on(event)
        if isinstance(event, MessageChanged) and event.message.usage:
            print(json.dumps({"window": os.getpid(), "engine": engine.pid}), flush=True)

    chats.on_event = follow
    chats.ask(chats.chats[0].chat_id, "What is the wind?")


def build_and_ask(*, chats: ChatService, engine: EngineService, **parts: Any) -> MainWindow:  # noqa: ANN401
    """Build the window as the program does; a moment after it is shown the question comes."""
    QTimer.singleShot(_OPEN_MS, lambda: ask(chats, engine))
    return build_window(chats=chats, engine=engine, **parts)


if __name__ == "__main__":
    program.build_window = build_and_ask
    sys.exit(main.run(["--home", *sys.argv[1:]]))
