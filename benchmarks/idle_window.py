"""A window after a chat, for `idle`: `HOME MODEL`.

Asks a question; when it is answered, says in JSON which processes the window and its engine are.
"""

import json
import os
import pathlib
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.main import Program
from app.services.chats import ChatEvent, MessageChanged
from app.settings.folders import folders_for
from app.ui.garbage import Garbage
from app.ui.watchdog import Watchdog

_OPEN_MS = 1500


def main() -> None:
    """Stay until it is killed."""
    home, model = map(pathlib.Path, sys.argv[1:])
    application = QApplication(["cierzo"])
    garbage = Garbage(application)
    program = Program(application, folders_for(home), model)
    program.window.show()
    program.window.activateWindow()
    garbage.spare_what_is_there()
    program.warm_pages()
    watchdog = Watchdog()
    pass_on = program.chats.on_event

    def follow(event: ChatEvent) -> None:
        pass_on(event)
        if isinstance(event, MessageChanged) and event.message.usage:
            pids = {"window": os.getpid(), "engine": program.engine.pid}
            print(json.dumps(pids), flush=True)

    program.chats.on_event = follow
    ask = program.chats.ask
    QTimer.singleShot(_OPEN_MS, lambda: ask(program.chats.chats[0].chat_id, "What is the wind?"))
    application.exec()
    watchdog.close()


if __name__ == "__main__":
    main()
