"""The window's language: its words, its numbers and dates.

English is what stands in the code and costs nothing. Every other language is one file of
`resources/languages` (gettext's PO, a line for each text), read once at the start.
"""

import logging
from collections.abc import Iterable

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.domain.package_data import package_file

log = logging.getLogger(__name__)

ENGLISH = "en"
# Each by its own name, as somebody looks for it who cannot read the others.
NAMES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "it": "Italiano",
    "zh_TW": "繁體中文",
}
# What systems call Traditional Chinese; Simplified is another language.
_TRADITIONAL = {"hant", "tw", "hk", "mo"}


def install(application: QApplication, language: str) -> str:
    """Have the window speak a language; to be done before any widget is made.

    Args:
        application: Gets the translators, which live as long as it does.
        language: One of `NAMES`; empty follows the system, as does one that is not known.

    Returns:
        The language that it is now.
    """
    system = QLocale.system()
    chosen = language if language in NAMES else system_language(system.uiLanguages())
    QLocale.setDefault(locale_of(chosen, system))
    if chosen != ENGLISH:
        _translate(application, chosen)
    return chosen


def _translate(application: QApplication, language: str) -> None:
    from PySide6.QtCore import QLibraryInfo, QTranslator

    from app.ui.translator import Translator
    from app.ui.word_file import read_words

    try:
        text = package_file(f"resources/languages/{language}.po").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        log.warning("the words of the language %s cannot be read", language)
        return
    # Qt asks the last one first: its own dialogs take its own words.
    application.installTranslator(Translator(language, read_words(text), application))
    own = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if own.load(f"qtbase_{language}", folder):
        application.installTranslator(own)


def system_language(wanted: Iterable[str]) -> str:
    """The first of the system's languages (``de-AT``) that we speak; English else."""
    for name in wanted:
        language, *rest = name.replace("_", "-").lower().split("-")
        if language == "zh" and _TRADITIONAL.intersection(rest):
            return "zh_TW"
        if language in NAMES:
            return language
    return ENGLISH


def locale_of(language: str, system: QLocale) -> QLocale:
    """How numbers and dates are written in a language, where the person is.

    The system's own way stays where it speaks the language; English takes it, too, where the
    system says nothing (the C locale).
    """
    # By name: Qt's enumerations of languages and countries take milliseconds to make.
    tongue, _, territory = system.name().partition("_")
    theirs = "zh_TW" if tongue == "zh" and territory.lower() in _TRADITIONAL else tongue
    if theirs == language or (tongue == "C" and language == ENGLISH):
        return system
    # Qt takes the usual country where it knows nothing of a language in this one.
    return QLocale(f"{language}_{territory}" if territory and "_" not in language else language)
