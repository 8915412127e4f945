"""Opens the window for the self-test, in a process of its own: Qt may end it."""

import os
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from app.domain.package_data import package_file
from app.pipe.once import answer_once
from app.self_test.window_protocol import OpenWindow, WindowOpened

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def run() -> int:
    """Answer the line on stdin."""
    return answer_once(_work)


def _work(line: bytes, _behind: bytes) -> WindowOpened:
    question = msgspec.json.decode(line, type=OpenWindow)
    # The program as it starts for a person.
    from app.main import run as run_window

    opened: list[tuple[str, int]] = []

    def watch(application: "QApplication") -> None:
        from app.ui.first_picture import FirstPicture

        def close() -> None:
            opened.append((application.platformName(), time.monotonic_ns()))
            application.quit()

        FirstPicture(application).usable.connect(close)

    if code := run_window(["--home", os.fsdecode(question.home)], watch=watch):
        raise SystemExit(code)  # it said why on stderr, and that is not the window that was seen
    platform, usable_ns = opened[0]
    return WindowOpened(
        platform=platform,
        usable_ns=usable_ns,
        languages=tuple(_languages()),
        has_colours=_has_colours(),
        has_formulas=_has_formulas(),
    )


def _languages() -> Iterator[str]:
    """Those whose words are all there, and Qt's own."""
    from PySide6.QtCore import QLibraryInfo, QTranslator

    from app.ui.languages import ENGLISH, NAMES
    from app.ui.word_file import read_words

    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name in NAMES:
        if name == ENGLISH:
            yield name
            continue
        words = read_words(package_file(f"resources/languages/{name}.po").read_text("utf-8"))
        if words and QTranslator().load(f"qtbase_{name}", folder):
            yield name


def _has_colours() -> bool:
    from app.ui.markdown.lexing import rows_of

    return any(rows_of("python", ["def wind(): pass"], is_whole=True))


def _has_formulas() -> bool:
    from app.ui.markdown.typesetting import outline

    return outline(r"\frac{a}{b} \neq \sqrt{2}", is_display=True) is not None
