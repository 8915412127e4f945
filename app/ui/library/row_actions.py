"""What can be done with an installed model, by menu and by keyboard."""

import pathlib
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.domain.library import Installed, Origin
from app.ui.library.source import FolderState, LibraryWork, ModelLibrary
from app.ui.library.words import free_words, is_place_there, place_of, short_path
from app.ui.open_folder import open_folder
from app.ui.shortcuts import Keys, keys_of


class RowActions(QObject):
    """The actions of one row; the keys hold while the row has the keyboard.

    Attributes:
        menu: All of them.

    Signals:
        use_requested: Of the model that is shown.
    """

    use_requested = Signal()

    def __init__(self, library: ModelLibrary, row: QWidget) -> None:
        super().__init__(row)
        self._library = library
        self._row = row
        self._installed: Installed | None = None
        self.menu = QMenu(row)
        self._use = self._action(self.tr("Use"), self.use_requested.emit)
        self._use.setShortcuts(keys_of(Keys.USE_MODEL))
        # On the row alone: on a button of it the same key presses that.
        self._use.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._verify = self._action(self.tr("Verify"), self._verify_or_stop)
        self._show_folder = self._action(self.tr("Show in folder"), self._open_folder)
        self._places = QMenu(self.tr("Move to another folder"), self.menu)
        self._places.aboutToShow.connect(self._fill_places)
        self.menu.addMenu(self._places)
        self.menu.addSeparator()
        self._remove = self._action(self.tr("Remove"), self._remove_model)
        self._remove.setShortcuts(keys_of(Keys.REMOVE_MODEL))
        self._remove.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        row.addActions([self._use, self._remove])

    def show_model(self, installed: Installed, *, work: LibraryWork | None) -> None:
        """Offer what can be done with it now."""
        self._installed = installed
        is_adopted = installed.origin is Origin.ADOPTED
        is_moving = work is not None and work.kind == "move"
        is_working = work is not None
        is_free = installed.is_there and not is_working
        self._use.setEnabled(installed.is_there and not is_moving)
        self._verify.setText(self.tr("Stop") if is_working else self.tr("Verify"))
        self._verify.setEnabled(installed.is_there or is_working)
        self._show_folder.setEnabled(installed.is_there)
        self._places.menuAction().setEnabled(is_free and not is_adopted)
        self._remove.setText(self.tr("Take off the list") if is_adopted else self.tr("Remove"))
        can_remove = installed.is_there or is_place_there(installed, self._library.folders)
        self._remove.setEnabled(is_adopted or (can_remove and not is_working))
        self.menu.setAccessibleName(self.tr("Actions for {name}").format(name=installed.name))

    @property
    def _model(self) -> Installed:
        assert self._installed
        return self._installed

    @Slot()
    def _verify_or_stop(self) -> None:
        if self._model.id in self._library.works:
            self._library.stop(self._model.id)
        else:
            self._library.verify(self._model.id)

    @Slot()
    def _open_folder(self) -> None:
        open_folder(self._model.path.parent)

    @Slot()
    def _remove_model(self) -> None:
        self._library.remove(self._model.id)

    @Slot()
    def _fill_places(self) -> None:
        self._places.clear()
        here = place_of(self._model, self._library.folders)
        for folder in self._library.folders:
            if folder.is_there and folder.path != here:
                action = self._places.addAction(_folder_words(folder))
                action.triggered.connect(lambda _, path=folder.path: self._move(path))
        if self._places.actions():
            self._places.addSeparator()
        self._places.addAction(self.tr("Another folder…")).triggered.connect(self._ask_for_folder)

    @Slot()
    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self._row.window(), self.tr("Move to a folder"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self._move(pathlib.Path(chosen)))
        dialog.open()

    def _move(self, folder: pathlib.Path) -> None:
        self._library.move(self._model.id, folder)

    def _action(self, label: str, act: Callable[[], None]) -> QAction:
        action = self.menu.addAction(label)
        action.triggered.connect(lambda _: act())
        return action


def _folder_words(folder: FolderState) -> str:
    name = short_path(folder.path)
    if folder.is_own:
        name = QCoreApplication.translate("library", "Cierzo's own folder")
    free = free_words(folder.free_bytes)
    words = f"{name} ({free})" if free else name
    return words.replace("&", "&&")
