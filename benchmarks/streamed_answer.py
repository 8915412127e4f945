"""Streams an answer into the window's own text and prints what each chunk cost the GUI thread.

Each step is what the transcript does with new words: draw, lay out, follow the end, paint.
"""

import json
import time

from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from app.ui.look.theme import Theme
from app.ui.markdown.text import MarkdownText
from benchmarks.long_answer import chunks, long_answer

_WIDTH_PX, _HEIGHT_PX = 760, 900


def main() -> None:
    """Print seconds of processor time per chunk as JSON."""
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
    costs = []
    for chunk in chunks(long_answer()):
        begin = time.thread_time()
        text.append_text(chunk)
        height = text.size_for(_WIDTH_PX).height()
        text.setGeometry(0, 0, _WIDTH_PX, height)
        content.resize(_WIDTH_PX, height)
        area.verticalScrollBar().setValue(height)
        application.processEvents()
        costs.append(time.thread_time() - begin)
    print(json.dumps(costs))


if __name__ == "__main__":
    main()
