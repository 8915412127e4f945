"""Light and dark from one table of colour tokens, following the system live.

Text on its ground is at least WCAG AA (4.5 : 1) in both columns; tests/gui/test_theme.py checks it.
"""

import string

import msgspec
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.ui.look.stylesheet import STYLESHEET

# Each token in light and in dark.
TOKENS = {
    "page": ("#fcfaf7", "#1b1917"),
    "side": ("#f4f0ea", "#151311"),
    "surface": ("#ffffff", "#262320"),
    "bubble": ("#f0ebe3", "#2d2926"),
    "chosen": ("#ffffff", "#403a35"),
    "hover": ("#e9e3d9", "#332f2b"),
    "line": ("#e3dcd0", "#37322d"),
    "edge": ("#cbc2b4", "#4a443d"),
    "text": ("#231f1b", "#ece7df"),
    "muted": ("#6b6359", "#a89f93"),
    "faint": ("#a59c90", "#6d655c"),
    "accent": ("#0d6c69", "#5fc6bc"),
    "accent_hover": ("#0a5856", "#7ed4cb"),
    "on_accent": ("#ffffff", "#08302d"),
    "accent_soft": ("#e0efec", "#173431"),
    "code_ground": ("#f3eee7", "#242120"),
    "alarm": ("#9b2a1c", "#f2a497"),
    "alarm_soft": ("#fbece8", "#3a211d"),
    "alarm_line": ("#edcbc3", "#5a312a"),
    # What memory is taken by: apart for every kind of colour vision, and from any ground (3 : 1).
    "part_weights": ("#1b4fb8", "#4a78e6"),
    "part_experts": ("#2a97c3", "#a8d8ea"),
    "part_kv": ("#c9780f", "#e8702f"),
    "part_vision": ("#83307a", "#c774be"),
    "part_compute": ("#0f4a2c", "#56d08c"),
    "part_other": ("#867d6e", "#7c7566"),
}


class Sizes(msgspec.Struct, frozen=True):
    """Points derived from the system's font, so that the whole window scales with it."""

    small_pt: float
    base_pt: float
    reading_pt: float
    heading_pt: float
    title_pt: float


def tokens(*, is_dark: bool) -> dict[str, str]:
    """One column of the table."""
    return {name: pair[is_dark] for name, pair in TOKENS.items()}


def sizes(base_pt: float) -> Sizes:
    """The type scale on top of the system's size."""
    return Sizes(*(round(base_pt * factor, 1) for factor in (0.9, 1.0, 1.1, 1.3, 1.85)))


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
    window = QGuiApplication.palette().color(QPalette.ColorRole.Window)
    return QColor(TOKENS[token][window.name() == TOKENS["page"][True]])


class Theme(QObject):
    """Dresses the application and changes its clothes when the system does."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        # One style on every system: the stylesheet is written for it and for no other.
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply(application.styleHints().colorScheme())

    @Slot(Qt.ColorScheme)
    def _apply(self, scheme: Qt.ColorScheme) -> None:
        colours = tokens(is_dark=scheme is Qt.ColorScheme.Dark)
        points = sizes(QFontInfo(self._application.font()).pointSizeF())
        self._application.setPalette(palette(colours))
        self._application.setStyleSheet(
            string.Template(STYLESHEET).substitute(colours, **msgspec.structs.asdict(points))
        )
