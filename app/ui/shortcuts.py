"""Every key that does something, declared once: what makes the shortcuts also makes their list."""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


class Keys(Enum):
    """What can be done by key."""

    NEW_CHAT = "new-chat"
    NEW_PRIVATE_CHAT = "new-private-chat"
    SEARCH = "search"
    FIND = "find"
    STOP = "stop"
    WRITE = "write"
    NEXT_CHAT = "next-chat"
    PREVIOUS_CHAT = "previous-chat"
    SIDEBAR = "sidebar"
    MODELS = "models"
    SETTINGS = "settings"
    OPEN_MODEL = "open-model"
    EXPORT = "export"
    LARGER = "larger"
    SMALLER = "smaller"
    USUAL_SIZE = "usual-size"
    SHORTCUTS = "shortcuts"
    QUIT = "quit"
    SEND = "send"
    NEW_LINE = "new-line"
    EARLIER_QUESTION = "earlier-question"
    LATER_QUESTION = "later-question"
    COMMANDS = "commands"
    EFFORT = "effort"
    PROMPTS = "prompts"
    EDIT_PROMPT = "edit-prompt"
    DELETE_PROMPT = "delete-prompt"
    OPEN_CHAT = "open-chat"
    RENAME_CHAT = "rename-chat"
    DELETE_CHAT = "delete-chat"
    UNDO = "undo"
    ROW_MENU = "row-menu"
    PREVIOUS_MESSAGE = "previous-message"
    NEXT_MESSAGE = "next-message"
    FIRST_MESSAGE = "first-message"
    LAST_MESSAGE = "last-message"
    SELECT_UP = "select-up"
    SELECT_DOWN = "select-down"
    SELECT_ALL = "select-all"
    COPY = "copy"
    COPY_SOURCE = "copy-source"
    NEXT_PLACE = "next-place"
    PREVIOUS_PLACE = "previous-place"
    BACK = "back"
    USE_MODEL = "use-model"
    REMOVE_MODEL = "remove-model"
    PRESET_UP = "preset-up"
    PRESET_DOWN = "preset-down"
    DELETE_PRESET = "delete-preset"


class Group(NamedTuple):
    """Keys that belong together: a title, and of each what it does and the keys that do it."""

    title: str
    entries: tuple[tuple[Keys, str, tuple[str, ...]], ...]


def groups(*, sends_with_ctrl: bool = False) -> tuple[Group, ...]:
    """All of them, in the language of the window, in the order of the list."""
    return (
        Group(_tr("Everywhere"), _everywhere()),
        Group(_tr("While you write"), _writing(sends_with_ctrl=sends_with_ctrl)),
        Group(_tr("In the list of chats"), _chats()),
        Group(_tr("Among messages"), _messages()),
        Group(_tr("On other pages"), _pages()),
    )


def keys_of(key: Keys) -> list[QKeySequence]:
    """Any of these does it."""
    return [QKeySequence(written) for written in _written()[key]]


def titles() -> dict[Keys, str]:
    """What each does, in the language of the window."""
    return {key: title for group in groups() for key, title, _ in group.entries}


def is_pressed(key: Keys, event: QKeyEvent) -> bool:
    """Whether that event is one of its keys; for what a widget does itself with a key."""
    # The keypad's own Enter and arrows are as good as the others.
    keypad = Qt.KeyboardModifier.KeypadModifier
    pressed = QKeySequence(event.key() | (event.modifiers() & ~keypad).value)
    return any(pressed == sequence for sequence in keys_of(key))


def add_shortcut(
    key: Keys, widget: QWidget, act: Callable[[], object], *, reaches_parts: bool = False
) -> QShortcut:
    """Have its keys do something while the keyboard is on a widget, or on a part of it."""
    shortcut = QShortcut(widget)
    shortcut.setKeys(keys_of(key))
    shortcut.setContext(
        Qt.ShortcutContext.WidgetWithChildrenShortcut
        if reaches_parts
        else Qt.ShortcutContext.WidgetShortcut
    )
    shortcut.activated.connect(act)
    return shortcut


@cache
def _written() -> dict[Keys, tuple[str, ...]]:
    """All keys, without building the whole list for every key press."""
    return {key: written for group in groups() for key, _, written in group.entries}


def _everywhere() -> tuple[tuple[Keys, str, tuple[str, ...]], ...]:
    return (
        (Keys.NEW_CHAT, _tr("New chat"), ("Ctrl+N",)),
        (Keys.NEW_PRIVATE_CHAT, _tr("New private chat"), ("Ctrl+Shift+N",)),
        (Keys.SEARCH, _tr("Search all chats"), ("Ctrl+K", "Ctrl+Shift+F")),
        (Keys.FIND, _tr("Find in this chat"), ("Ctrl+F",)),
        (Keys.STOP, _tr("Stop the answer"), ("Esc",)),
        (Keys.WRITE, _tr("Write a question"), ("Ctrl+L",)),
        (Keys.NEXT_CHAT, _tr("Next chat"), ("Ctrl+PgDown",)),
        (Keys.PREVIOUS_CHAT, _tr("Previous chat"), ("Ctrl+PgUp",)),
        (Keys.SIDEBAR, _tr("Show or hide the sidebar"), ("Ctrl+B",)),
        (Keys.MODELS, _tr("Models"), ("Ctrl+Shift+M",)),
        (Keys.SETTINGS, _tr("Settings"), ("Ctrl+,",)),
        (Keys.OPEN_MODEL, _tr("Open model…"), ("Ctrl+O",)),
        (Keys.EXPORT, _tr("Export chats…"), ("Ctrl+Shift+E",)),
        (Keys.LARGER, _tr("Larger text"), ("Ctrl++", "Ctrl+=")),
        (Keys.SMALLER, _tr("Smaller text"), ("Ctrl+-",)),
        (Keys.USUAL_SIZE, _tr("Usual size of text"), ("Ctrl+0",)),
        (Keys.SHORTCUTS, _tr("Keyboard shortcuts"), ("F1", "Ctrl+/")),
        (Keys.QUIT, _tr("Quit"), ("Ctrl+Q",)),
    )


def _writing(*, sends_with_ctrl: bool) -> tuple[tuple[Keys, str, tuple[str, ...]], ...]:
    send, line = ("Ctrl+Return", "Return") if sends_with_ctrl else ("Return", "Shift+Return")
    return (
        (Keys.SEND, _tr("Send"), (send,)),
        (Keys.NEW_LINE, _tr("New line"), (line,)),
        (Keys.EARLIER_QUESTION, _tr("Earlier question, from the first line"), ("Up",)),
        (Keys.LATER_QUESTION, _tr("Later question, from the last line"), ("Down",)),
        (Keys.COMMANDS, _tr("Commands, in the empty field"), ("/",)),
        (Keys.EFFORT, _tr("Switch between Fast and Deep"), ("Ctrl+D",)),
        (Keys.PROMPTS, _tr("Saved prompts"), ("Ctrl+Shift+P",)),
        (Keys.EDIT_PROMPT, _tr("Edit the saved prompt"), ("F2",)),
        (Keys.DELETE_PROMPT, _tr("Delete the saved prompt"), ("Del",)),
    )


def _chats() -> tuple[tuple[Keys, str, tuple[str, ...]], ...]:
    return (
        (Keys.OPEN_CHAT, _tr("Open the chat"), ("Return", "Space")),
        (Keys.RENAME_CHAT, _tr("Rename the chat or the folder"), ("F2",)),
        (Keys.DELETE_CHAT, _tr("Put the chat into the trash"), ("Del",)),
        (Keys.UNDO, _tr("Take back what was removed"), ("Ctrl+Z",)),
        (Keys.ROW_MENU, _tr("Open the menu"), ("Menu", "Shift+F10")),
    )


def _messages() -> tuple[tuple[Keys, str, tuple[str, ...]], ...]:
    return (
        (Keys.PREVIOUS_MESSAGE, _tr("Previous message"), ("Alt+Up",)),
        (Keys.NEXT_MESSAGE, _tr("Next message"), ("Alt+Down",)),
        (Keys.FIRST_MESSAGE, _tr("First message"), ("Alt+Home",)),
        (Keys.LAST_MESSAGE, _tr("Last message"), ("Alt+End",)),
        (Keys.SELECT_UP, _tr("Select by messages, upwards"), ("Alt+Shift+Up",)),
        (Keys.SELECT_DOWN, _tr("Select by messages, downwards"), ("Alt+Shift+Down",)),
        (Keys.SELECT_ALL, _tr("Select the whole chat"), ("Ctrl+A",)),
        (Keys.COPY, _tr("Copy the words"), ("Ctrl+C",)),
        (Keys.COPY_SOURCE, _tr("Copy as Markdown"), ("Ctrl+Shift+C",)),
        (Keys.NEXT_PLACE, _tr("Next place that was found"), ("Return", "Down")),
        (Keys.PREVIOUS_PLACE, _tr("Previous place that was found"), ("Shift+Return", "Up")),
    )


def _pages() -> tuple[tuple[Keys, str, tuple[str, ...]], ...]:
    return (
        (Keys.BACK, _tr("Back to the chat"), ("Esc",)),
        (Keys.USE_MODEL, _tr("Use the model"), ("Return", "Enter")),
        (Keys.REMOVE_MODEL, _tr("Remove the model"), ("Del",)),
        (Keys.PRESET_UP, _tr("Move the preset up"), ("Alt+Up",)),
        (Keys.PRESET_DOWN, _tr("Move the preset down"), ("Alt+Down",)),
        (Keys.DELETE_PRESET, _tr("Delete the preset"), ("Del",)),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("shortcuts", text)
