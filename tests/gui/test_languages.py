"""The window in other languages: its words, its numbers, and room for both."""

import contextlib
import datetime as dt

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from app.domain.errors import EngineSilent, NotEnoughMemory, PictureUnreadable
from app.domain.placement.values import Fit
from app.exchange.file_words import FileWords
from app.exchange.worker.writers.words import moment
from app.ui.catalogue_text import catalogue_text
from app.ui.chat.row_painting import whole_width
from app.ui.chat.trash_list import TrashPanel
from app.ui.error_text import error_text
from app.ui.exchange.file_words import file_words
from app.ui.languages import NAMES, install, locale_of, system_language
from app.ui.models.words import fit_words
from app.ui.quantities import (
    counted,
    format_bytes,
    format_count,
    format_decimal,
    format_duration,
    format_number,
    format_part,
    format_rate,
    listed,
    month_words,
    sentence,
)
from app.ui.translator import Translator
from app.ui.word_file import read_words
from tests.helpers.desk import Desk
from tests.helpers.languages.catalogue import TRANSLATED, words_of
from tests.helpers.languages.window import cut, from_right_to_left, speaking, speaking_at_length
from tests.helpers.page_sources import page_sources

# Every control that interfaces.md names, and the language's word that its name has to have.
CONTROLS = {
    "chatList": "Chats",
    "newChatButton": "New chat",
    "searchField": "Search chats",
    "transcript": "Conversation",
    "messageInput": "Your question",
    "sendButton": "Send",
    "stopButton": "Stop the answer",
    "attachButton": "Attach pictures and documents",
    "modelPicker": "Model: {name}",
    "contextGauge": "Context used",
    "answerNowButton": "Answer now",
    "effortSwitch": "Thinking effort: {name}",
    "modelsPage": "Models",
    "downloadTray": "Downloads",
    "settingsPage": "Settings",
}
NARROW = QSize(420, 480)
PO = """\
msgid ""
msgstr "Language: de\\n"

#: a.py
msgid "Send"
msgstr "Senden"

msgctxt "adjective"
msgid "Open"
msgstr "Offen"

msgid "1 file"
msgid_plural "{count} files"
msgstr[0] "1 Datei"
msgstr[1] "{count} Dateien"

msgid "Say \\"no\\"\\nagain"
msgstr "Sag \\"nein\\"\\nnoch einmal"

msgid "new"
msgstr ""

#~ msgid "gone"
#~ msgstr "weg"
"""

pytestmark = pytest.mark.usefixtures("_dressed")
each_language = pytest.mark.parametrize("language", TRANSLATED)


@pytest.fixture
def speak(qapp):
    """Speak a language until the end of the test."""
    with contextlib.ExitStack() as stack:
        yield lambda language: stack.enter_context(speaking(qapp, language))


# The language


def test_every_language_that_can_be_chosen_has_its_file():
    assert set(NAMES) == {"en", *TRANSLATED}


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        (["de-AT", "de", "en"], "de"),
        (["pl-PL", "fr-CA"], "fr"),
        (["en-GB", "de-DE"], "en"),
        (["zh-Hant-HK", "zh-Hant"], "zh_TW"),
        (["zh-TW"], "zh_TW"),
        (["zh-CN", "es-MX"], "es"),
        (["it_IT"], "it"),
        (["C"], "en"),
        ([], "en"),
    ],
)
def test_the_system_s_first_language_that_is_known_is_spoken(wanted, language):
    assert system_language(wanted) == language


@pytest.mark.parametrize(
    ("language", "system", "name"),
    [
        ("de", "de_AT", "de_AT"),
        ("en", "de_DE", "en_DE"),
        ("fr", "de_CH", "fr_CH"),
        ("de", "en_US", "de_DE"),
        ("en", "C", "C"),
        ("it", "C", "it_IT"),
        ("zh_TW", "zh_HK", "zh_HK"),
        ("zh_TW", "zh_CN", "zh_TW"),
        ("en", "zh_CN", "en_US"),
    ],
)
def test_numbers_are_those_of_the_language_where_the_person_is(language, system, name):
    assert locale_of(language, QLocale(system)).name() == name


def test_english_installs_nothing(qapp, speak):
    before = len(qapp.findChildren(Translator))
    speak("en")
    assert install(qapp, "en") == "en"
    assert len(qapp.findChildren(Translator)) == before


def test_a_language_that_is_not_known_follows_the_system(qapp, speak, monkeypatch):
    monkeypatch.setattr("app.ui.languages.system_language", lambda wanted: "it")
    speak("tlh")
    assert QCoreApplication.translate("", "Send") == "Invia"


def test_a_file_that_is_gone_leaves_english(qapp, speak, monkeypatch, tmp_path, expected_log):
    monkeypatch.setattr("app.ui.languages.package_file", lambda name: tmp_path / "gone.po")
    speak("de")
    assert QCoreApplication.translate("", "Send") == "Send"
    assert "cannot be read" in expected_log.text


def test_qt_s_own_dialogs_speak_it_too(qapp, qtbot, speak):
    speak("fr")
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
    qtbot.addWidget(box)
    assert box.buttons()[0].text() == "Annuler"


# Words


def test_the_file_is_read_as_translators_write_it():
    assert read_words(PO) == {
        ("", "Send"): ("Senden",),
        ("adjective", "Open"): ("Offen",),
        ("", "{count} files"): ("1 Datei", "{count} Dateien"),
        ("", 'Say "no"\nagain'): ('Sag "nein"\nnoch einmal',),
    }


def test_what_is_not_translated_is_left_to_the_next_one():
    translator = Translator("de", read_words(PO))
    assert translator.translate("Any", "Send") == "Senden"
    assert translator.translate("Any", "Open") is None
    assert translator.translate("Any", "Open", "adjective") == "Offen"
    assert translator.translate("Any", "new") is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["0 chats", "1 chat", "2 chats", "1234 chats"]),
        ("de", ["0 Chats", "1 Chat", "2 Chats", "1.234 Chats"]),
        ("fr", ["0 discussion", "1 discussion", "2 discussions", "1\u202f234 discussions"]),
        ("es", ["0 chats", "1 chat", "2 chats", "1234 chats"]),
        ("it", ["0 chat", "1 chat", "2 chat", "1234 chat"]),
        ("zh_TW", ["0 個對話", "1 個對話", "2 個對話", "1,234 個對話"]),
    ],
)
def test_things_are_counted_as_the_language_does(speak, language, said):
    speak(language)
    spoken = [counted(count, "1 chat", "{count} chats") for count in (0, 1, 2, 1234)]
    assert [words.replace("1,234 c", "1234 c") for words in spoken] == said


def test_a_number_beyond_qt_s_is_counted_too(speak):
    speak("de")
    assert counted(10**12, "1 chat", "{count} chats") == "1.000.000.000.000 Chats"


def test_sizes_and_times_are_written_as_the_language_does(speak):
    speak("fr")
    assert format_bytes(98_362_432) == "93,8\u00a0Mio"
    assert format_bytes(7) == "7\u00a0octets"
    assert format_rate(5_500_000) == "5,5\u00a0Mo/s"
    assert format_duration(40) == "40\u00a0s"
    assert format_part(3 << 29, 9 << 28) == "1,50"
    assert (format_number(0.7), format_decimal(1234.5, 1)) == ("0,7", "1\u202f234,5")
    assert format_count(262_144) == "262\u202f144"


def test_without_a_language_they_are_those_of_the_command_line():
    from app.domain import units

    assert format_bytes(98_362_432) == units.format_bytes(98_362_432)
    assert format_count(262_144) == units.format_count(262_144)


def test_chinese_joins_words_by_its_own_signs(speak):
    speak("zh_TW")
    assert listed(["一", "二"]) == "一、二"
    assert sentence("完成") == "完成。"
    assert month_words("11月", "2026") == "2026年11月"


def test_errors_and_their_reasons_are_translated_and_names_are_not(speak):
    speak("de")
    error = PictureUnreadable(name="Send", reason="Permission denied")
    assert error_text(error).startswith("„Send“ ist nicht lesbar (Zugriff verweigert).")
    memory = NotEnoughMemory(
        name="M", context_tokens=4096, needed_bytes=1 << 33, free_bytes=1 << 32
    )
    assert "4.096 Token 8\u00a0GiB" in error_text(memory)
    assert "beim Laden des Modells" in error_text(
        EngineSilent(limit_s=9, activity="loading the model")
    )
    assert str(memory).startswith("“M” with a context of 4,096 tokens"), "the log stays English"


def test_what_the_catalogue_says_is_translated_and_the_person_s_own_is_not(speak):
    speak("es")
    assert catalogue_text("Older model for chat and pictures.").startswith("Modelo más antiguo")
    assert catalogue_text("My own model.") == "My own model."
    assert catalogue_text("") == ""
    assert fit_words(Fit.GPU, has_gpu=True) == "Cabe en la tarjeta gráfica"


def test_exported_files_say_what_they_said_in_english(speak):
    speak("en")
    assert file_words() == FileWords()


def test_exported_files_speak_the_window_s_language(speak):
    speak("de")
    words = file_words()
    assert (words.language, words.you, words.months[2]) == ("de", "Sie", "März")
    unix_ms = int(dt.datetime(2026, 3, 5, 14, 5).astimezone().timestamp() * 1000)
    assert moment(unix_ms, words) == "5. März 2026, 14:05"
    assert words.questions == ("1 Frage", "{count} Fragen")
    speak("zh_TW")
    assert moment(unix_ms, file_words()) == "2026年3月5日 14:05"


# The window


@each_language
def test_the_controls_have_names_in_the_language(qtbot, speak, language):
    speak(language)
    desk = Desk(qtbot, sources=page_sources())
    desk.press("modelsButton")
    desk.press("settingsButton")
    words = words_of(language)
    for name, english in CONTROLS.items():
        said = words["", english][0].partition("{")[0].strip()
        assert said in desk.widget(name).accessibleName(), name


@each_language
def test_nothing_is_cut_in_a_narrow_window(qtbot, speak, language):
    speak(language)
    desk = Desk(qtbot)
    desk.window.resize(NARROW)
    desk.wait_for(lambda: not cut(desk.window))
    desk.press("answerSettingsButton")
    desk.wait_for(lambda: desk.seen("answerSettings") and not cut(desk.window))


@each_language
@pytest.mark.parametrize("page", ["models", "settings"])
def test_no_page_cuts_anything_in_a_narrow_window(qtbot, speak, language, page):
    speak(language)
    desk = Desk(qtbot, sources=page_sources())
    desk.press(f"{page}Button")
    desk.window.resize(NARROW)
    desk.wait_for(lambda: desk.widget(f"{page}Page").width() == NARROW.width())
    desk.wait_for(lambda: not cut(desk.window))


@each_language
def test_the_days_in_the_trash_are_drawn_whole(qapp, speak, language):
    speak(language)
    font = qapp.font()
    for days in range(31):
        words = counted(days, "1 day left", "{count} days left")
        width = whole_width(words, font)
        assert QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, width) == words


@each_language
def test_the_trash_cuts_none_of_its_buttons(qtbot, speak, language):
    speak(language)
    desk = Desk(qtbot)
    panel = TrashPanel(desk.chat_library, desk.window)
    panel.open_at(desk.widget("chatList"))
    desk.wait_for(lambda: not cut(panel))


@each_language
def test_the_list_of_prompts_cuts_nothing(qtbot, speak, language):
    speak(language)
    desk = Desk(qtbot)
    desk.write("A draft")
    desk.press("promptsButton")
    desk.wait_for(lambda: desk.seen("promptList") and not cut(desk.window))


def test_longer_words_have_room_and_none_is_forgotten(qapp, qtbot):
    with speaking_at_length(qapp):
        desk = Desk(qtbot)
        desk.window.resize(QSize(1080, 740))
        desk.wait_for(lambda: not cut(desk.window))
        for name in CONTROLS.keys() - {"modelsPage", "downloadTray", "settingsPage"}:
            assert "~" in desk.widget(name).accessibleName(), name


def test_a_window_from_right_to_left_is_mirrored(qapp, qtbot):
    with from_right_to_left(qapp):
        desk = Desk(qtbot)
        desk.window.resize(QSize(1080, 740))
        desk.ask("A question in English")
        desk.load()
        desk.client.write("טוב, תודה.")
        question = desk.seen("messageText")[0]

        def left(name: str) -> int:
            widget: QWidget = desk.widget(name)
            return widget.mapTo(desk.window, widget.rect().topLeft()).x()

        assert desk.window.layoutDirection() is Qt.LayoutDirection.RightToLeft
        desk.wait_for(lambda: not cut(desk.window))
        assert left("chatList") > left("messageInput")
        assert left("sendButton") < left("attachButton")
        assert question.rect().contains(question.place_of(0).center()), "not scrolled away"
