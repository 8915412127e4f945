"""Opens a chat of `MESSAGES` in the window's transcript, jumps about in it and scrolls through it.

Prints JSON: processor time of the GUI thread until the end of the chat is painted, per jump and per
step of the wheel; the most views that were alive, and how much memory it all took.
"""

import json
import random
import sys
import time

import psutil
from PySide6.QtWidgets import QApplication

from app.ui.chat.message_view import MessageView
from app.ui.chat.transcript import Transcript
from app.ui.garbage import Garbage
from app.ui.look.theme import Theme
from benchmarks.long_chats import STEPS, WHEEL_PX, long_chat

_SIZE_PX = (900, 900)
_JUMPS = 60
_SEED = 7


def main(messages: int) -> None:
    """Measure and print."""
    application = QApplication(["bench"])
    garbage = Garbage(application)
    theme = Theme(application)
    assert theme
    transcript = Transcript(list)
    transcript.resize(*_SIZE_PX)
    transcript.show()
    transcript.open_chat(long_chat(2))  # imports what reads Markdown, as in a window that is used
    application.processEvents()
    chat, process = long_chat(messages), psutil.Process()
    garbage.spare_what_is_there()
    before = process.memory_info().rss
    begin = time.thread_time()
    transcript.open_chat(chat)
    application.processEvents()
    found: dict[str, float | list[float]] = {"open_s": time.thread_time() - begin}
    bar, draw = transcript.verticalScrollBar(), random.Random(_SEED)
    jumps, settled, steps, views = [], [], [], 0
    for number in range(_JUMPS):
        begin = time.thread_time()
        if number % 2:
            transcript.show_message(draw.randint(1, messages))
        else:
            bar.setValue(draw.randint(0, bar.maximum()))
        transcript.viewport().repaint()
        jumps.append(time.thread_time() - begin)
        application.processEvents()
        settled.append(time.thread_time() - begin)
    bar.setValue(bar.maximum())  # as the base
    application.processEvents()
    for _ in range(STEPS):
        begin = time.thread_time()
        bar.setValue(bar.value() - WHEEL_PX)
        application.processEvents()
        steps.append(time.thread_time() - begin)
        views = max(views, len(transcript.findChildren(MessageView)))
    grown_mb = (process.memory_info().rss - before) / 1e6
    found |= {
        "jumps_s": jumps,
        "settled_s": settled,
        "steps_s": steps,
        "views": views,
        "grown_mb": grown_mb,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
