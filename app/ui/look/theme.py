"""Light, dark and high contrast from one table of colour tokens, following the system live.

Text on its ground is at least WCAG AA (4.5 : 1) in all columns, and what is not text but has to be
seen 3 : 1; tests/gui/test_contrast.py checks it.
"""

import string
from typing import Literal

import msgspec
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFontDatabase, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.ui.look.stylesheet import STYLESHEET

# Each token in light, in dark, and both again in high contrast. No two pages are the same.
TOKENS = {
    "page": ("#fcfaf7", "#1b1917", "#ffffff", "#000000"),
    "side": ("#f4f0ea", "#151311", "#ffffff", "#000000"),
    "surface": ("#ffffff", "#262320", "#ffffff", "#000000"),
    "bubble": ("#f0ebe3", "#2d2926", "#ececec", "#202020"),
    "chosen": ("#ffffff", "#403a35", "#ffffff", "#454545"),
    "hover": ("#e9e3d9", "#332f2b", "#dcdcdc", "#363636"),
    "line": ("#e3dcd0", "#37322d", "#767676", "#767676"),
    "edge": ("#cbc2b4", "#4a443d", "#2b2b2b", "#dcdcdc"),
    "field_edge": ("#8d8475", "#857c70", "#2b2b2b", "#dcdcdc"),
    "text": ("#231f1b", "#ece7df", "#000000", "#ffffff"),
    "muted": ("#6b6359", "#a89f93", "#2f2f2f", "#dadada"),
    "faint": ("#a59c90", "#6d655c", "#6a6a6a", "#9a9a9a"),
    "accent": ("#0d6c69", "#5fc6bc", "#004846", "#7ff0e4"),
    "accent_hover": ("#0a5856", "#7ed4cb", "#002f2d", "#b8fff7"),
    "on_accent": ("#ffffff", "#08302d", "#ffffff", "#000000"),
    "accent_soft": ("#e0efec", "#173431", "#d5f0ed", "#06312e"),
    "code_ground": ("#f3eee7", "#242120", "#f0f0f0", "#161616"),
    "alarm": ("#9b2a1c", "#f2a497", "#7d0000", "#ffb8ab"),
    "alarm_soft": ("#fbece8", "#3a211d", "#ffebe6", "#3a0b04"),
    "alarm_line": ("#edcbc3", "#5a312a", "#f1b9ad", "#6b1f12"),
    # What memory is taken by: apart for every kind of colour vision, and from any ground (3 : 1).
    "part_weights": ("#1b4fb8", "#4a78e6", "#1b4fb8", "#4a78e6"),
    "part_experts": ("#2a97c3", "#a8d8ea", "#2a97c3", "#a8d8ea"),
    "part_kv": ("#c9780f", "#e8702f", "#c9780f", "#e8702f"),
    "part_vision": ("#83307a", "#c774be", "#83307a", "#c774be"),
    "part_compute": ("#0f4a2c", "#56d08c", "#0f4a2c", "#56d08c"),
    "part_other": ("#867d6e", "#7c7566", "#867d6e", "#7c7566"),
}


class Sizes(msgspec.Struct, frozen=True):
    """Points derived from the system's font, so that the whole window scales with it."""

    small_pt: float
    base_pt: float
    reading_pt: float
    heading_pt: float
    title_pt: float


class Appearance(msgspec.Struct, frozen=True, kw_only=True):
    """What the person wants, where it is not what the system says.

    Attributes:
        scheme: Light, dark, or as the system.
        is_strong: High contrast, also where the system does not ask for it.
        text_percent: Of the system's size of text.
    """

    scheme: Literal["system", "light", "dark"] = "system"
    is_strong: bool = False
    text_percent: int = 100


def tokens(*, is_dark: bool, is_strong: bool = False) -> dict[str, str]:
    """One column of the table."""
    return {name: column[is_dark + 2 * is_strong] for name, column in TOKENS.items()}


def sizes(base_pt: float) -> Sizes:
    """The type scale on top of the system's size."""
    return Sizes(*(round(base_pt * factor, 1) for factor in (0.9, 1.0, 1.1, 1.3, 1.85)))


PERCENTS = (80, 90, 100, 110, 125, 150, 175, 200)


def next_percent(percent: int, step: int) -> int:
    """The next larger or smaller size of text that is offered; step 0 is the usual one."""
    if step == 0:
        return 100
    others = [known for known in PERCENTS if (known - percent) * step > 0]
    return min(others, key=lambda known: abs(known - percent), default=percent)


def palette(colours: dict[str, str]) -> QPalette:
    """Give every custom-painted widget its colours by palette role.

    Window page · AlternateBase side · Base surface · Midlight bubble · Light hover · Mid line ·
    Dark edge · PlaceholderText muted · Shadow faint · Highlight accent · BrightText alarm.
    """
    role = QPalette.ColorRole
    by_role = {
        role.Window: "page",
        role.AlternateBase: "side",
        role.Base: "surface",
        role.Button: "surface",
        role.ToolTipBase: "text",
        role.ToolTipText: "page",
        role.Midlight: "bubble",
        role.Light: "hover",
        role.Mid: "line",
        role.Dark: "edge",
        role.WindowText: "text",
        role.Text: "text",
        role.ButtonText: "text",
        role.PlaceholderText: "muted",
        role.Shadow: "faint",
        role.Highlight: "accent",
        role.Accent: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "accent",
        role.BrightText: "alarm",
    }
    made = QPalette()
    for colour_role, token in by_role.items():
        made.setColor(colour_role, QColor(colours[token]))
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, colour_role, QColor(colours["faint"]))
    return made


def colour_now(token: str) -> QColor:
    """A token in the theme that the application wears, for what is painted by hand."""
    return QColor(TOKENS[token][_column_now()])


def is_dark_now() -> bool:
    """Whether the application wears a dark theme."""
    return _column_now() % 2 == 1


def _column_now() -> int:
    page = QGuiApplication.palette().color(QPalette.ColorRole.Window).name()
    return TOKENS["page"].index(page) if page in TOKENS["page"] else 0


class Theme(QObject):
    """Dresses the application, and changes its clothes when the system or the person does."""

    def __init__(self, application: QApplication, appearance: Appearance | None = None) -> None:
        super().__init__(application)
        self._application = application
        self._wish = appearance or Appearance()
        self._worn: object = None
        # One style on every system: the stylesheet is written for it and for no other.
        application.setStyle("Fusion")
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        self._system_pt = QFontInfo(system).pointSizeF()
        self._hints = application.styleHints()
        self._system_scheme = self._hints.colorScheme()
        self._hints.colorSchemeChanged.connect(self._follow)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._apply)
        self._apply()

    def wear(self, appearance: Appearance) -> None:
        """Change at once into what the person wants."""
        if appearance.scheme != self._wish.scheme:
            self._tell_system(appearance.scheme)
        self._wish = appearance
        self._apply()

    def _tell_system(self, scheme: str) -> None:
        """Have the frames of windows and the system's own dialogs go along."""
        if scheme == "system":
            self._hints.unsetColorScheme()
            self._system_scheme = self._hints.colorScheme()
        else:
            self._hints.setColorScheme(_SCHEMES[scheme])

    @Slot(Qt.ColorScheme)
    def _follow(self, scheme: Qt.ColorScheme) -> None:
        if self._wish.scheme == "system":
            self._system_scheme = scheme
            self._apply()

    @Slot()
    def _apply(self) -> None:
        scheme = _SCHEMES.get(self._wish.scheme, self._system_scheme)
        colours = tokens(
            is_dark=scheme is Qt.ColorScheme.Dark,
            is_strong=self._wish.is_strong or _is_contrast_asked_for(),
        )
        points = sizes(self._system_pt * self._wish.text_percent / 100)
        if (colours, points) == self._worn:
            return
        self._worn = (colours, points)
        self._undress()
        self._application.setPalette(palette(colours))
        font = self._application.font()
        if font.pointSizeF() != points.base_pt:
            font.setPointSizeF(points.base_pt)
            self._application.setFont(font)
        self._application.setStyleSheet(
            string.Template(STYLESHEET).substitute(colours, **msgspec.structs.asdict(points))
        )

    def _undress(self) -> None:
        """Take the sheet off: changing one for another takes Qt three times as long."""
        self._application.setStyleSheet("")
        # WORKAROUND for Qt 6.11: a widget that was measured but never polished still counts as
        # one that the sheet knows, so its end is not told to the next sheet, which then keeps a
        # dangling pointer to it.
        for widget in self._application.allWidgets():
            widget.setAttribute(Qt.WidgetAttribute.WA_StyleSheet, on=False)


def _is_contrast_asked_for() -> bool:
    """Whether the system asks for high contrast."""
    wish = QGuiApplication.styleHints().accessibility().contrastPreference()
    return wish is Qt.ContrastPreference.HighContrast


_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
