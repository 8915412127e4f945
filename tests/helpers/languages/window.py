"""A window in a language, or in one that is made up to find what is cut."""

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QToolButton, QWidget

from app.ui.languages import install
from app.ui.plain_text import ElidedLabel
from app.ui.translator import Translator
from app.ui.word_file import Words
from tests.helpers.languages.extraction import find_texts

_ACCENTS = str.maketrans("aceilnosuyACEINOSUY", "áçéïłñöšüÿÁÇÉÏÑÖŠÜŸ")


@contextlib.contextmanager
def speaking(application: QApplication, language: str) -> Iterator[None]:
    """Speak a language for a while."""
    with own_language(application):
        install(application, language)
        yield


@contextlib.contextmanager
def own_language(application: QApplication) -> Iterator[None]:
    """Speak afterwards as before, whatever is installed meanwhile."""
    before, known = QLocale(), set(application.findChildren(Translator.__base__))
    try:
        yield
    finally:
        for translator in set(application.findChildren(Translator.__base__)) - known:
            application.removeTranslator(translator)
            translator.deleteLater()
        QLocale.setDefault(before)


@contextlib.contextmanager
def speaking_at_length(application: QApplication) -> Iterator[None]:
    """Speak accented English with half as many letters again, as long languages have."""
    translator = Translator("xx", long_words())
    application.installTranslator(translator)
    try:
        yield
    finally:
        application.removeTranslator(translator)


@contextlib.contextmanager
def from_right_to_left(application: QApplication) -> Iterator[None]:
    """Lay everything out as Arabic and Hebrew want it."""
    before = application.layoutDirection()
    application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        yield
    finally:
        application.setLayoutDirection(before)


def long_words() -> Words:
    """Every text of ours, changed so that one that is not translated stands out."""
    words = {}
    for text in find_texts():
        forms = (text.one, text.text) if text.one else (text.text,)
        words[text.key] = tuple(_long(form) for form in forms)
    return words


def _long(text: str) -> str:
    pieces = [
        piece if piece.startswith("{") else piece.translate(_ACCENTS)
        for piece in text.replace("{", "\0{").replace("}", "}\0").split("\0")
    ]
    letters = sum(piece.isalpha() for piece in text)
    return "".join(pieces) + "~" * (letters // 2)


def cut(around: QWidget) -> list[str]:
    """What is to be read in full and is not: buttons and labels narrower than their words."""
    parts = [*around.findChildren(QAbstractButton), *around.findChildren(QLabel)]
    return [
        f"{part.objectName() or type(part).__name__}: {part.text()}"
        for part in parts
        if part.isVisible() and part.text() and _is_cut(part)
    ]


def _is_cut(part: QAbstractButton | QLabel) -> bool:
    if isinstance(part, ElidedLabel) or _is_picture(part):
        return False
    if isinstance(part, QLabel) and part.wordWrap():
        return part.height() < part.heightForWidth(part.width())
    return part.width() < part.sizeHint().width()


def _is_picture(part: QAbstractButton | QLabel) -> bool:
    """Whether its words are for screen readers alone."""
    only = Qt.ToolButtonStyle.ToolButtonIconOnly
    return isinstance(part, QToolButton) and part.toolButtonStyle() is only and bool(part.icon())
