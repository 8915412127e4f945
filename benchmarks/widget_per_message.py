"""The base for `long_chat_window`: a text widget for each of `MESSAGES`, in the same font."""

import json
import sys
import time

import psutil
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QScrollArea, QTextBrowser, QVBoxLayout, QWidget

from app.ui.look.theme import sizes
from benchmarks.long_chats import STEPS, WHEEL_PX, texts

_SIZE_PX, _WIDTH_PX = (900, 900), 760


def _widget(text: str, font: QFont) -> QTextBrowser:
    widget = QTextBrowser()
    widget.setFont(font)
    widget.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    widget.setMarkdown(text)
    widget.document().setTextWidth(_WIDTH_PX)
    widget.setFixedSize(_WIDTH_PX, round(widget.document().size().height()))
    return widget


def main(messages: int) -> None:
    """Measure and print."""
    application, process = QApplication(["bench"]), psutil.Process()
    area = QScrollArea()
    area.resize(*_SIZE_PX)
    area.show()
    font = application.font()
    font.setPointSizeF(sizes(QFontInfo(font).pointSizeF()).reading_pt)
    _widget("warm", font)
    application.processEvents()
    said, before = list(texts(messages)), process.memory_info().rss
    begin = time.thread_time()
    column = QVBoxLayout(content := QWidget())
    for text in said:
        column.addWidget(_widget(text, font))
    content.resize(_WIDTH_PX + 40, column.sizeHint().height())
    area.setWidget(content)
    bar, steps = area.verticalScrollBar(), []
    bar.setValue(bar.maximum())
    application.processEvents()
    opened_s, memory = time.thread_time() - begin, process.memory_full_info()
    for _ in range(STEPS):
        begin = time.thread_time()
        bar.setValue(bar.value() - WHEEL_PX)
        application.processEvents()
        steps.append(time.thread_time() - begin)
    grown_mb, rss_mb, uss_mb = (n / 1e6 for n in (memory.rss - before, memory.rss, memory.uss))
    found = {"open_s": opened_s, "grown_mb": grown_mb, "rss_mb": rss_mb, "uss_mb": uss_mb}
    print(json.dumps({**found, "steps_s": steps}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
