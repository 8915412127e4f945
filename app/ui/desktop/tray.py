"""The icon in the system's tray and its menu."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from app.ui.tray_icon import STANDING, TrayIcon, can_speak

_SHOWN_MS = 15_000


class Tray(QObject):
    """There as long as it lives.

    Signals:
        open_requested, quick_question_requested, new_chat_requested, quit_requested: Its menu.
    """

    open_requested = Signal()
    quick_question_requested = Signal()
    new_chat_requested = Signal()
    quit_requested = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._menu = QMenu(window)
        self._menu.setObjectName("trayMenu")
        self._icon = TrayIcon(window)
        self._icon.setObjectName(STANDING)
        self._icon.setToolTip("Cierzo")
        self._add("trayOpen", self.tr("Open Cierzo"), self.open_requested.emit)
        self._add(
            "trayQuickQuestion", self.tr("Quick question"), self.quick_question_requested.emit
        )
        self._add("trayNewChat", self.tr("New chat"), self.new_chat_requested.emit)
        self._menu.addSeparator()
        self._add("trayQuit", self.tr("Quit"), self.quit_requested.emit)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.show()

    def explain(self) -> bool:
        """Say where Cierzo went when its window was closed; False where that cannot be said."""
        if not can_speak():
            return False
        words = self.tr(
            "Cierzo stays here, as you chose. Open it or quit it with this icon; Settings has the "
            "switch."
        )
        self._icon.say("Cierzo", words, self.open_requested.emit, _SHOWN_MS)
        return True

    def leave(self) -> None:
        """Go."""
        self._icon.hide()
        for part in (self._icon, self._menu):
            part.setParent(None)
            part.deleteLater()
        self.deleteLater()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.open_requested.emit()

    def _add(self, name: str, label: str, act: Callable[[], None]) -> None:
        action = QAction(label, self._menu)
        action.setObjectName(name)
        action.triggered.connect(lambda _: act())
        self._menu.addAction(action)
