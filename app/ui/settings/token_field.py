"""The Hub's token: written once, never shown again."""

from enum import Enum

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.ui.buttons import push_button
from app.ui.escape import claims_escape
from app.ui.plain_text import PlainLabel
from app.ui.settings.entries import EntryRefused, token_entry
from app.ui.settings.source import TokenStore
from app.ui.settings.token_keeper import TokenKeeper

_FIELD_PX = 380


class _State(Enum):
    ASKING = "asking"
    NONE = "none"
    KEPT = "kept"
    PASSING = "passing"
    REPLACING = "replacing"


class TokenField(QWidget):
    """Says whether there is a token; adds, replaces and forgets it.

    Signals:
        changed: There is another token, or none.
    """

    changed = Signal()

    def __init__(self, tokens: TokenStore) -> None:
        super().__init__()
        self._keeper = TokenKeeper(tokens)
        self._state = _State.NONE
        self._before = _State.NONE  # what a replacement that is given up goes back to
        self._is_changing = False
        self._words = PlainLabel(kind="muted", wraps=True)
        self._words.setObjectName("tokenState")
        self._field = _SecretLine()
        self._field.setAccessibleName(self.tr("Hugging Face token"))
        self._refusal = PlainLabel(kind="alarm", wraps=True)
        self._refusal.setObjectName("tokenRefusal")
        self._save = push_button("saveTokenButton", self.tr("Add"))
        self._cancel = push_button("cancelTokenButton", self.tr("Cancel"))
        self._replace = push_button("replaceTokenButton", self.tr("Replace…"))
        self._forget = push_button("forgetTokenButton", self.tr("Forget"))
        self._arrange()
        self._save.clicked.connect(self._save_token)
        self._field.returnPressed.connect(self._save_token)
        self._field.given_up.connect(self._give_up)
        self._field.textEdited.connect(self._refusal.hide)
        self._cancel.clicked.connect(self._give_up)
        self._replace.clicked.connect(self._begin_replacing)
        self._forget.clicked.connect(self._forget_token)
        self._keeper.answered.connect(self._answered)
        self._show(_State.NONE)

    def look(self) -> None:
        """Find out whether there is a token; what is being written stays."""
        if self._state is not _State.ASKING and not self._field.text():
            self._show(_State.ASKING)
            self._keeper.look()

    @Slot()
    def _save_token(self) -> None:
        try:
            token = token_entry(self._field.text())
        except EntryRefused as refusal:
            self._refusal.setText(str(refusal))
            self._refusal.show()
            self._field.setAccessibleDescription(str(refusal))
            return
        self._is_changing = True
        self._show(_State.ASKING)
        self._keeper.put(token)

    @Slot()
    def _forget_token(self) -> None:
        self._is_changing = True
        self._show(_State.ASKING)
        self._keeper.forget()

    @Slot()
    def _begin_replacing(self) -> None:
        self._before = self._state
        self._show(_State.REPLACING)
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _give_up(self) -> None:
        self._show(self._before if self._state is _State.REPLACING else _State.NONE)

    @Slot(bool, bool)
    def _answered(self, has_token: bool, is_kept: bool) -> None:
        kept = _State.KEPT if is_kept else _State.PASSING
        self._show(kept if has_token else _State.NONE)
        if self._is_changing:
            self._is_changing = False
            self.changed.emit()

    def _show(self, state: _State) -> None:
        """Show that state and no letter of any token; the keyboard stays in here."""
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        self._state = state
        is_writing = state in (_State.NONE, _State.REPLACING)
        has_token = state in (_State.KEPT, _State.PASSING)
        self._words.setText(self._sentence())
        self._field.clear()
        self._refusal.hide()
        self._field.setVisible(is_writing)
        self._save.setVisible(is_writing)
        self._cancel.setVisible(state is _State.REPLACING)
        self._replace.setVisible(has_token)
        self._forget.setVisible(has_token)
        self._field.setAccessibleDescription(self._words.text())
        if had_focus and not is_writing:
            (self._replace if has_token else self).setFocus(Qt.FocusReason.OtherFocusReason)
        elif had_focus:
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _sentence(self) -> str:
        return {
            _State.ASKING: self.tr("Asking this system's key store…"),
            _State.NONE: self.tr(
                "Only for repositories whose terms you accepted with your account. It is sent to "
                "the server of the models alone."
            ),
            _State.REPLACING: self.tr("The new token takes the place of the one there is."),
            _State.KEPT: self.tr("There is a token, in this system's own key store."),
            _State.PASSING: self.tr(
                "There is a token until Cierzo ends: this system has no key store that would "
                "keep it."
            ),
        }[self._state]

    def _arrange(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # while the key store is asked
        words = PlainLabel(self.tr("Hugging Face token"), kind="strong")
        words.setBuddy(self._field)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._field, 1)
        for button in (self._save, self._cancel, self._replace, self._forget):
            line.addWidget(button)
        line.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(words)
        column.addWidget(self._words)
        column.addLayout(line)
        column.addWidget(self._refusal)


class _SecretLine(QLineEdit):
    """Shows dots; Escape empties it.

    Signals:
        given_up: Escape was pressed with something written.
    """

    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tokenField")
        self.setProperty("kind", "number")
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setPlaceholderText("hf_…")
        self.setMaximumWidth(_FIELD_PX)

    def event(self, event: QEvent) -> bool:
        """Claim Escape while there is something to empty."""
        if self.text() and claims_escape(event):
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Empty it."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
