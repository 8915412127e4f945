"""How the window looks: theme, contrast, size, width, density and stillness, all of it live."""

import gc

import pytest
from PySide6.QtCore import SIGNAL, QEvent, Qt
from PySide6.QtGui import QFontInfo, QPalette
from PySide6.QtWidgets import QPushButton, QStyle, QWidget

from app.ui.look.measures import measures
from app.ui.look.pulse import Pulse
from app.ui.look.theme import Appearance, next_percent, tokens


@pytest.fixture
def wear(qapp, _dressed):
    """Change clothes and measures; the other tests get theirs back."""
    # Windows of tests before would be dressed as well, and have themes of their own.
    gc.collect()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def change(*, text_percent: int = 100, **wanted):
        looks = {name: wanted.pop(name) for name in ("scheme", "is_strong") if name in wanted}
        _dressed.wear(Appearance(text_percent=text_percent, **looks))
        measures().take(text_percent=text_percent, **wanted)

    yield change
    change()


def page_colour(qapp) -> str:
    return qapp.palette().color(QPalette.ColorRole.Window).name()


@pytest.mark.parametrize("is_strong", [False, True])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_theme_is_worn_at_once_and_the_system_does_not_change_it(qapp, wear, scheme, is_strong):
    wanted = tokens(is_dark=scheme == "dark", is_strong=is_strong)["page"]
    wear(scheme=scheme, is_strong=is_strong)
    assert page_colour(qapp) == wanted
    for other in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        qapp.styleHints().colorSchemeChanged.emit(other)
        assert page_colour(qapp) == wanted


def test_a_widget_that_was_only_measured_is_new_to_another_theme(qapp, wear):
    button = QPushButton("Never shown")
    qapp.style().pixelMetric(QStyle.PixelMetric.PM_ButtonMargin, None, button)
    assert button.receivers(SIGNAL("destroyed(QObject*)")) == 1
    wear(scheme="dark")
    qapp.style().pixelMetric(QStyle.PixelMetric.PM_ButtonMargin, None, button)
    # Else the new sheet does not hear of its end, and the next change goes through what is gone.
    assert button.receivers(SIGNAL("destroyed(QObject*)")) == 1


def test_the_system_is_followed_again(qapp, wear):
    wear(scheme="dark")
    wear(scheme="system")
    assert page_colour(qapp) == tokens(is_dark=False)["page"]
    wear(is_strong=True)
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert page_colour(qapp) == tokens(is_dark=True, is_strong=True)["page"]
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Unknown)
    assert page_colour(qapp) == tokens(is_dark=False, is_strong=True)["page"]


def test_high_contrast_follows_the_system(qapp, wear, monkeypatch):
    asked = [True]
    monkeypatch.setattr("app.ui.look.theme._is_contrast_asked_for", lambda: asked[0])
    changed = qapp.styleHints().accessibility().contrastPreferenceChanged
    changed.emit(Qt.ContrastPreference.HighContrast)
    assert page_colour(qapp) == tokens(is_dark=False, is_strong=True)["page"]
    asked[0] = False
    changed.emit(Qt.ContrastPreference.NoPreference)
    assert page_colour(qapp) == tokens(is_dark=False)["page"]


def test_the_theme_changes_while_an_answer_is_written(desk, wear):
    desk.load()
    desk.ask("Code?")
    desk.client.write("Before\n\n```python\nx = 1\n")
    wear(scheme="dark")
    desk.client.write("y = 2\n```\n\nAfter")
    desk.client.finish_answer(tokens=9)
    desk.wait_for(lambda: "After" in str(desk.words()))
    assert [words for who, words in desk.words() if "y = 2" in words]
    text = desk.texts()[-1]
    inks = {text.palette().color(QPalette.ColorRole.Text).name()}
    assert inks == {tokens(is_dark=True)["text"]}


def test_text_grows_with_everything_that_holds_it(desk, wear):
    desk.load()
    desk.ask("Hello")
    desk.client.write("One line.")
    desk.client.finish_answer(tokens=3)
    names = ("messageInput", "newChatButton", "effortSwitch", "searchField")
    before = {name: desk.widget(name).height() for name in names}
    points = QFontInfo(desk.widget("newChatButton").font()).pointSizeF()
    wear(text_percent=200)
    desk.wait_for(lambda: desk.widget("messageInput").height() > before["messageInput"])
    assert QFontInfo(desk.widget("newChatButton").font()).pointSizeF() == pytest.approx(2 * points)
    for name in names:
        field = desk.widget(name)
        assert field.height() > before[name], name
        assert field.height() >= field.fontMetrics().height(), name
    wear()
    desk.wait_for(lambda: desk.widget("messageInput").height() == before["messageInput"])


@pytest.mark.parametrize(
    ("percent", "step", "then"),
    [
        (100, 1, 110),
        (100, -1, 90),
        (200, 1, 200),
        (80, -1, 80),
        (137, 1, 150),
        (137, 0, 100),
    ],
)
def test_sizes_go_in_steps(percent, step, then):
    assert next_percent(percent, step) == then


def test_the_keys_ask_for_another_size(desk, qtbot):
    ctrl = Qt.KeyboardModifier.ControlModifier
    for key, step in ((Qt.Key.Key_Plus, 1), (Qt.Key.Key_Minus, -1), (Qt.Key.Key_0, 0)):
        with qtbot.waitSignal(desk.window.text_size_requested) as asked:
            qtbot.keyClick(desk.window, key, ctrl)
        assert asked.args == [step]


def test_the_column_of_messages_gets_as_wide_as_is_wished(desk, wear):
    desk.window.resize(1500, 700)
    desk.load()
    desk.ask("Hello")
    desk.client.write("word " * 200)
    desk.client.finish_answer(tokens=200)
    composer, widths = desk.widget("composer"), []
    for column in ("narrow", "normal", "wide"):
        wear(column=column)
        desk.wait_for(lambda: desk.texts()[-1].width() <= measures().column_px)
        desk.wait_for(lambda: abs(composer.width() - measures().column_px) < 60)
        widths.append(desk.texts()[-1].width())
    assert widths == sorted(set(widths))


def test_a_compact_window_shows_more(desk, wear):
    for number in range(3):
        desk.ask(f"Question {number}")
        desk.press("newChatButton")
    view = desk.widget("chatList")
    row = view.model().index(2, 0)
    high = view.visualRect(row).height()
    wear(density="compact")
    desk.wait_for(lambda: view.visualRect(row).height() < high)
    assert view.visualRect(row).height() >= view.fontMetrics().height()


def test_nothing_moves_where_nothing_is_to_move(qtbot, wear):
    pulse = Pulse()
    qtbot.addWidget(pulse)
    pulse.show()
    assert pulse._timer
    wear(is_still=True)
    assert not pulse._timer
    pulse.hide()
    pulse.show()
    assert not pulse._timer
    wear()
    assert pulse._timer
    pulse.hide()
    assert not pulse._timer


def test_a_system_without_effects_is_followed(qtbot, wear, monkeypatch):
    monkeypatch.setattr("app.ui.look.measures._is_system_still", lambda: True)
    pulse = Pulse()
    qtbot.addWidget(pulse)
    pulse.show()
    assert not pulse._timer


def test_a_still_pulse_can_be_seen(qtbot, wear):
    wear(is_still=True)
    pulse = Pulse()
    qtbot.addWidget(pulse)
    pulse.resize(pulse.sizeHint())
    image = pulse.grab().toImage()
    accent = tokens(is_dark=False)["accent"]
    dots = [x for x in range(image.width()) if image.pixelColor(x, 4).name() == accent]
    assert len(dots) >= 9


def test_what_is_dressed_stays_a_widget(qapp, wear):
    """The same look twice costs nothing: no style is set again."""
    wear(scheme="dark")
    sheet = qapp.styleSheet()
    changed = []
    listener = QWidget()
    listener.changeEvent = changed.append
    wear(scheme="dark")
    assert qapp.styleSheet() == sheet
    assert changed == []
