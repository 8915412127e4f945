"""Streams an answer into the window's own text and prints what each chunk cost the GUI thread.

`[SIZE_CHARS]`; also how much memory there was after every thousandth chunk, from the first one on.
Each step is what the transcript does with new words: draw, lay out, follow the end, paint.
"""

import json
import sys
import time

import psutil
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.ui.look.theme import Theme
from app.ui.markdown.text import MarkdownText
from benchmarks.long_answer import SIZE_CHARS, chunks, long_answer

_WIDTH_PX, _HEIGHT_PX = 760, 900
_MEMORY_EVERY = 1000


def main(size_chars: int = SIZE_CHARS) -> None:
    """Print seconds of processor time per chunk, and MB, as JSON."""
    application = QApplication(["bench"])
    theme = Theme(application)
    assert theme
    area, content = QScrollArea(), QWidget()
    area.setWidget(content)
    area.resize(_WIDTH_PX + 20, _HEIGHT_PX)
    text = MarkdownText()
    text.setParent(content)
    area.show()
    application.processEvents()
    costs: list[float] = []
    memory_mb, process = [], psutil.Process()
    for chunk in chunks(long_answer(size_chars)):
        if len(costs) % _MEMORY_EVERY == 0:
            memory_mb.append(process.memory_info().rss / 1e6)
        begin = time.thread_time()
        text.append_text(chunk)
        height = text.size_for(_WIDTH_PX).height()
        text.setGeometry(0, 0, _WIDTH_PX, height)
        content.resize(_WIDTH_PX, height)
        area.verticalScrollBar().setValue(height)
        application.processEvents()
        costs.append(time.thread_time() - begin)
    print(json.dumps({"costs_s": costs, "memory_mb": memory_mb}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
