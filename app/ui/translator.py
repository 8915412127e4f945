"""The words of one language, found for Qt and for us; English needs none of this."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTranslator

from app.ui.word_file import Words

# Which of a text's forms a number takes; all others have one for 1 and one for the rest.
_FORM_OF: dict[str, Callable[[int], int]] = {"fr": lambda n: int(n > 1), "zh_TW": lambda n: 0}


class Translator(QTranslator):
    """Gives Qt the words of one language.

    A text is found by itself, in whatever class it stands; where one English text means two
    things, the second argument of `tr` tells them apart.
    """

    def __init__(self, language: str, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._form_of: Callable[[int], int] = _FORM_OF.get(language, _one_or_many)

    def isEmpty(self) -> bool:
        """Qt asks before it takes a translator."""
        return not self._words

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 # Qt's own name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        """Return the words, or None where the next translator is to be asked."""
        forms = self._words.get((disambiguation or "", sourceText))
        if forms is None:
            return None
        # A text that is counted elsewhere, but always many here, has no number.
        return forms[-1] if n < 0 or len(forms) == 1 else forms[self._form_of(n)]


def _one_or_many(n: int) -> int:
    return int(n != 1)
