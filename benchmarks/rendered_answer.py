"""The base: renders the whole answer anew with Qt's own Markdown for every n-th chunk.

Same text, font, width and steps as `streamed_answer`; prints the same.
"""

import json
import sys
import time

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import QApplication, QScrollArea, QTextEdit, QWidget

from app.ui.look.theme import sizes
from benchmarks.long_answer import chunks, long_answer

_WIDTH_PX, _HEIGHT_PX = 760, 900


def main(every: int) -> None:
    """Print seconds of processor time per timed chunk as JSON."""
    application = QApplication(["bench"])
    area, content, text = QScrollArea(), QWidget(), QTextEdit()
    area.setWidget(content)
    area.resize(_WIDTH_PX + 20, _HEIGHT_PX)
    font = application.font()
    font.setPointSizeF(sizes(QFontInfo(font).pointSizeF()).reading_pt)
    text.setFont(font)
    text.setReadOnly(True)
    text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    text.setParent(content)
    area.show()
    application.processEvents()
    costs, so_far = [], ""
    for number, chunk in enumerate(chunks(long_answer())):
        so_far += chunk
        if number % every:
            continue
        begin = time.thread_time()
        text.setMarkdown(so_far)
        text.document().setTextWidth(_WIDTH_PX)
        height = round(text.document().size().height())
        text.setGeometry(0, 0, _WIDTH_PX, height)
        content.resize(_WIDTH_PX, height)
        area.verticalScrollBar().setValue(height)
        application.processEvents()
        costs.append(time.thread_time() - begin)
    print(json.dumps({"costs_s": costs}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
