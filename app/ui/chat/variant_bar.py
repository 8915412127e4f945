"""Which of several variants of a message is open, and the way to the others."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.ui.chat.message_requests import Compare, DeleteVariant, ShowVariant
from app.ui.look.icons import IconFollower
from app.ui.menu_button import MenuButton


class VariantBar(QWidget):
    """Shows ``‹ 2/3 ›``; the numbers open a menu.

    Signals:
        requested: A `MessageRequest`.
    """

    requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("variantBar")
        self._variants: list[int] = []
        self._place = 0
        self._back = self._button("previousVariantButton", self.tr("Previous variant"))
        IconFollower(self._back, "chevron-left", QPalette.ColorRole.PlaceholderText, 14)
        self._count = MenuButton("variantMenuButton", self.tr("Variants"), self._make_menu)
        self._count.setProperty("kind", "quiet")
        self._next = self._button("nextVariantButton", self.tr("Next variant"))
        IconFollower(self._next, "chevron-right", QPalette.ColorRole.PlaceholderText, 14)
        self._back.clicked.connect(lambda: self._step(-1))
        self._next.clicked.connect(lambda: self._step(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for button in (self._back, self._count, self._next):
            row.addWidget(button)
        self.hide()

    def show_variants(self, variants: list[int], message_id: int) -> None:
        """Show where this message stands among the others; one alone is not worth a word."""
        self._variants, self._place = variants, variants.index(message_id)
        self.show_again()
        number, total = self._place + 1, len(variants)
        self._count.setText(f"{number}/{total}")
        self._count.setAccessibleName(
            self.tr("Variant {number} of {total}").format(number=number, total=total)
        )
        self._back.setEnabled(self._place > 0)
        self._next.setEnabled(number < total)

    def show_again(self) -> None:
        """Be seen, if there is anything to see."""
        self.setVisible(len(self._variants) > 1)

    def _step(self, step: int) -> None:
        self.requested.emit(ShowVariant(self._variants[self._place + step]))

    def _make_menu(self, button: QToolButton) -> QMenu:
        menu = QMenu(button)
        compare = menu.addAction(self.tr("Compare two variants…"))
        delete = menu.addAction(self.tr("Delete this variant"))
        compare.triggered.connect(lambda: self.requested.emit(Compare(self._here())))
        delete.triggered.connect(lambda: self.requested.emit(DeleteVariant(self._here())))
        return menu

    def _here(self) -> int:
        return self._variants[self._place]

    def _button(self, name: str, label: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("kind", "quiet")
        button.setAccessibleName(label)
        button.setToolTip(label)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button
