"""Every setting that is a plain value: where it stands, what it is called, what it may be.

What a number may be at least and at most stands with its default in `app.settings.model`.
"""

from enum import Enum

import msgspec
from PySide6.QtCore import QCoreApplication

from app.ui.look.theme import PERCENTS

_BYTES_PER_GIB = 1 << 30


class Part(Enum):
    """A part of the settings page, in the order of the page."""

    APPEARANCE = "appearance"
    LANGUAGE = "language"
    KEYBOARD = "keyboard"
    DESKTOP = "desktop"
    CHAT = "chat"
    ENGINE = "engine"
    DOWNLOADS = "downloads"
    UPDATES = "updates"
    PRIVACY = "privacy"
    FOLDERS = "folders"
    STORAGE = "storage"


class OnOff(msgspec.Struct, frozen=True):
    """A switch."""


class OneOf(msgspec.Struct, frozen=True):
    """One of a few: values and what they are called."""

    choices: tuple[tuple[object, str], ...]
    other: str = "{value}"  # what a value is called that is none of them


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A number that is written.

    Attributes:
        empty: What an empty field says; it stands for `nothing`.
        nothing: The value behind an empty field.
        unit: Behind the field.
        per_unit: How much of the setting one of what is written is.
        decimals: Most of them.
    """

    empty: str = ""
    nothing: float | None = None
    unit: str = ""
    per_unit: int = 1
    decimals: int = 0


class KeyCombination(msgspec.Struct, frozen=True):
    """Keys that are pressed together; empty is none."""


class Setting(msgspec.Struct, frozen=True):
    """One of them.

    Attributes:
        name: Of the field in `Settings`.
        part: Where it stands.
        title: A few words.
        words: A sentence about it.
        kind: What it may be.
        also: Other words that somebody may look for it by.
    """

    name: str
    part: Part
    title: str
    words: str
    kind: OnOff | OneOf | Number | KeyCombination
    also: str = ""


def declared() -> tuple[Setting, ...]:
    """All of them, in the language of the window and the order of the page."""
    return (*_appearance(), _language(), *_desktop(), *_chat(), *_engine(), _updates())


def _appearance() -> tuple[Setting, ...]:
    return (*_colours(), *_sizes(), _movement())


def _colours() -> tuple[Setting, ...]:
    themes = (("system", _tr("As the system")), ("light", _tr("Light")), ("dark", _tr("Dark")))
    return (
        Setting(
            "theme",
            Part.APPEARANCE,
            _tr("Theme"),
            _tr("Light or dark; “As the system” changes along with it."),
            OneOf(themes),
            _tr("colours dark mode night black white look"),
        ),
        Setting(
            "is_high_contrast",
            Part.APPEARANCE,
            _tr("High contrast"),
            _tr("Stronger colours and edges. Also on where the system asks for it."),
            OnOff(),
            _tr("accessibility sight vision colours readable"),
        ),
    )


def _sizes() -> tuple[Setting, ...]:
    percents = tuple((percent, f"{percent} %") for percent in PERCENTS)
    widths = (
        ("narrow", _tr("Narrow")),
        ("normal", _tr("Normal")),
        ("wide", _tr("Wide")),
        ("full", _tr("The whole window")),
    )
    densities = (("comfortable", _tr("Comfortable")), ("compact", _tr("Compact")))
    return (
        Setting(
            "text_percent",
            Part.APPEARANCE,
            _tr("Size of text"),
            _tr("Of everything in the window. Ctrl with + and − changes it as well."),
            OneOf(percents, "{value} %"),
            _tr("font zoom scale large small letters accessibility"),
        ),
        Setting(
            "reading_column",
            Part.APPEARANCE,
            _tr("Width of the text"),
            _tr("How wide messages and pages become in a large window."),
            OneOf(widths),
            _tr("column line length reading layout"),
        ),
        Setting(
            "density",
            Part.APPEARANCE,
            _tr("Density"),
            _tr("How much air there is in lists and between messages."),
            OneOf(densities),
            _tr("compact spacing padding rows small screen"),
        ),
    )


def _movement() -> Setting:
    return Setting(
        "is_still",
        Part.APPEARANCE,
        _tr("Fewer movements"),
        _tr("Nothing moves by itself. Also on where Windows has its animations switched off."),
        OnOff(),
        _tr("animation motion still accessibility dots"),
    )


def _language() -> Setting:
    return Setting(
        "language",
        Part.LANGUAGE,
        _tr("Language of the window"),
        _tr("Holds after the next start. Models answer in whatever language you write."),
        OneOf(
            (
                ("", _tr("As the system")),
                # Everybody finds their own language by the name that they give it themselves.
                ("en", "English"),
                ("de", "Deutsch"),
                ("fr", "Français"),
                ("es", "Español"),
                ("it", "Italiano"),
                ("zh_TW", "繁體中文"),
            )
        ),
        "language Sprache langue idioma lingua 語言 translation",
    )


def _desktop() -> tuple[Setting, ...]:
    return (
        Setting(
            "notifications",
            Part.DESKTOP,
            _tr("Tell me when a long answer is ready"),
            _tr(
                "If it took ten seconds or more and Cierzo is not in front. Never shows its words."
            ),
            OnOff(),
            _tr("notification notify alert background"),
        ),
        Setting(
            "tray",
            Part.DESKTOP,
            _tr("Icon in the tray"),
            _tr("Opens Cierzo, a quick question or a new chat. Some desktops have no tray."),
            OnOff(),
            _tr("system notification area menu bar"),
        ),
        Setting(
            "close_to_tray",
            Part.DESKTOP,
            _tr("Stay in the tray when the window is closed"),
            _tr("Answers and downloads go on. Ctrl+Q quits. Needs the icon in the tray."),
            OnOff(),
            _tr("background minimise quit exit"),
        ),
        Setting(
            "quick_question_key",
            Part.DESKTOP,
            _tr("Keys for a quick question"),
            _tr(
                "From anywhere, on Windows and X11. Elsewhere, have the system's own keyboard "
                "settings run “cierzo --quick”."
            ),
            KeyCombination(),
            _tr("global hot key shortcut launcher"),
        ),
    )


def _chat() -> tuple[Setting, ...]:
    keys = ((False, _tr("Enter")), (True, _tr("Ctrl+Enter")))
    return (
        Setting(
            "sends_with_ctrl",
            Part.CHAT,
            _tr("Send with"),
            _tr("With Ctrl+Enter, Enter alone begins a new line."),
            OneOf(keys),
            _tr("keyboard return key newline shift"),
        ),
        *_answers(),
        *_idle(),
    )


def _answers() -> tuple[Setting, ...]:
    usual = _tr("As recommended")
    return (
        Setting(
            "temperature",
            Part.CHAT,
            _tr("Temperature"),
            _tr("Low is predictable, high is varied. Holds where a chat has none of its own."),
            Number(empty=usual, decimals=2),
            _tr("sampling randomness creativity answers"),
        ),
        Setting(
            "top_p",
            Part.CHAT,
            _tr("Top-p"),
            _tr("Leaves out unlikely words: 0.9 takes the likeliest that make up 90 %."),
            Number(empty=usual, decimals=2),
            _tr("sampling nucleus answers"),
        ),
        Setting(
            "thinking_tokens",
            Part.CHAT,
            _tr("Longest thought"),
            _tr("For models that think first. Empty fits it to the speed of this PC."),
            Number(empty=_tr("Fits the speed"), unit=_tr("tokens")),
            _tr("thinking deep budget reasoning effort"),
        ),
    )


def _idle() -> tuple[Setting, ...]:
    moments = (
        ("mains", _tr("On mains power")),
        ("always", _tr("Always")),
        ("off", _tr("Never")),
    )
    return (
        Setting(
            "read_ahead",
            Part.CHAT,
            _tr("Read ahead"),
            _tr("While nobody waits, the model reads what it will need, so answers begin sooner."),
            OneOf(moments),
            _tr("battery background power idle energy"),
        ),
        Setting(
            "unload_after_min",
            Part.CHAT,
            _tr("Free memory after"),
            _tr("The model leaves memory when nothing was asked for so long."),
            Number(empty=_tr("Never"), nothing=0, unit=_tr("minutes")),
            _tr("unload idle RAM timeout"),
        ),
    )


def _engine() -> tuple[Setting, ...]:
    return (
        Setting(
            "kept_bytes",
            Part.ENGINE,
            _tr("Memory for other chats"),
            _tr("Going back to a chat is faster. Takes effect when a model is loaded next."),
            Number(unit="GiB", per_unit=_BYTES_PER_GIB, decimals=1),
            _tr("RAM cache context KV"),
        ),
        Setting(
            "snapshots_bytes",
            Part.ENGINE,
            _tr("Disk space for what was read"),
            _tr("Long chats go on at once. Takes effect when a model is loaded next."),
            Number(unit="GiB", per_unit=_BYTES_PER_GIB, decimals=1),
            _tr("snapshots cache storage KV"),
        ),
    )


def _updates() -> Setting:
    return Setting(
        "looks_for_updates",
        Part.UPDATES,
        _tr("Look for updates"),
        _tr("Once a day Cierzo asks its publisher for the newest version, and nothing else."),
        OnOff(),
        _tr("new version upgrade release"),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings", text)
