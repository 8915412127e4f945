"""What exported files say beside the words of a chat, in the person's language."""

from PySide6.QtCore import QCoreApplication, QLocale

from app.exchange.file_words import FileWords
from app.ui.quantities import forms


def file_words() -> FileWords:
    """All of them, as the window speaks now."""
    locale = QLocale()
    is_plain = locale.name() == "C"
    months = (locale.monthName(number, QLocale.FormatType.LongFormat) for number in range(1, 13))
    return FileWords(
        language="en" if is_plain else locale.bcp47Name(),
        months=tuple(months),
        moment=_tr("{day} {month} {year}, {time}"),
        questions=forms("1 question", "{count} questions"),
        pages=(*forms("page {pages}", "pages {pages}"), _tr("pages {pages} and {count} more")),
        chats=_tr("Chats"),
        untitled=_tr("Untitled chat"),
        system=_tr("System"),
        you=_tr("You"),
        assistant=_tr("Assistant"),
        tool=_tr("Tool"),
        fast=_tr("Fast"),
        deep=_tr("Deep"),
        thought=_tr("Thought"),
        thought_for=_tr("Thought for {time}"),
        unanswered=_tr("There is no answer."),
        stopped=_tr("Stopped here."),
        cut=_tr("Cut off here: the limit was reached."),
        interrupted=_tr("Interrupted here."),
        edited=_tr("Edited by hand."),
        picture=_tr("picture"),
        missing_picture=_tr("[picture: {name}; it cannot be read any more]"),
        unnamed=_tr("unnamed"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("exchange", text)
