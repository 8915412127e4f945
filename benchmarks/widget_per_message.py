"""The base for `long_chat_window`: a text widget for every message of `MESSAGES`, in a column.

Same words, fonts and width; prints the processor time until the end of the chat is painted.
"""

import json
import sys
import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo
from PySide6.QtWidgets import QApplication, QScrollArea, QTextBrowser, QVBoxLayout, QWidget

from app.ui.look.theme import sizes
from benchmarks.long_chats import texts

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
    application = QApplication(["bench"])
    area = QScrollArea()
    area.resize(*_SIZE_PX)
    area.show()
    font = application.font()
    font.setPointSizeF(sizes(QFontInfo(font).pointSizeF()).reading_pt)
    _widget("warm", font)
    application.processEvents()
    said = list(texts(messages))
    begin = time.thread_time()
    content = QWidget()
    column = QVBoxLayout(content)
    for text in said:
        column.addWidget(_widget(text, font))
    content.resize(_WIDTH_PX + 40, column.sizeHint().height())
    area.setWidget(content)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    application.processEvents()
    print(json.dumps({"open_s": time.thread_time() - begin}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
