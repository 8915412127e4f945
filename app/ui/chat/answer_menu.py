"""What else can be had of an answer."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from app.domain.model_file import ModelFile
from app.ui.chat.message_requests import AnswerAgain, GoOn


class AnswerMenu(QMenu):
    """Answer again, go on, edit.

    Signals:
        requested: A `MessageRequest`; None to edit the words.
    """

    requested = Signal(object)

    def __init__(
        self, parent: QWidget, message_id: int, models: Callable[[], list[ModelFile]]
    ) -> None:
        """Be about that answer; `models`, which can give another, are asked for when it opens."""
        super().__init__(parent)
        self._message_id = message_id
        self._offered = models
        self.setObjectName("answerMenu")
        again = self.addAction(self.tr("Answer again"))
        again.triggered.connect(lambda: self.requested.emit(AnswerAgain(self._message_id)))
        self._models = self.addMenu(self.tr("Answer again with"))
        go_on = self.addAction(self.tr("Continue the answer"))
        go_on.triggered.connect(lambda: self.requested.emit(GoOn(self._message_id)))
        edit = self.addAction(self.tr("Edit the answer"))
        edit.triggered.connect(lambda: self.requested.emit(None))
        self.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        models = self._offered()
        self._models.clear()
        for model in models:
            action = self._models.addAction(model.name.replace("&", "&&"))
            action.triggered.connect(
                lambda _, model=model: self.requested.emit(
                    AnswerAgain(self._message_id, model=model)
                )
            )
        self._models.menuAction().setVisible(len(models) > 1)
