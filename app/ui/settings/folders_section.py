"""The folders that models lie in."""

import pathlib
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from app.ui.library.source import ModelLibrary
from app.ui.plain_text import PlainLabel
from app.ui.settings.folder_row import FolderRow


class FoldersSection(QWidget):
    """One row per folder, updated in place, and a way to add one."""

    def __init__(self, library: ModelLibrary) -> None:
        super().__init__()
        self._library = library
        self._rows: dict[pathlib.Path, FolderRow] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._add = QPushButton(self.tr("Add a folder…"))
        self._add.setObjectName("addModelsFolderButton")
        self._add.setProperty("kind", "outline")
        self._add.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._add.clicked.connect(self._ask_for_folder)
        words = self.tr(
            "On another drive, for example. The models in it are listed, and it can get new ones."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(PlainLabel(words, kind="muted", wraps=True))
        column.addLayout(self._list)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot()
    def show_library(self) -> None:
        """Show the folders as they are now."""
        folders = {folder.path: folder for folder in self._library.folders}
        for gone in set(self._rows) - set(folders):
            row = self._rows.pop(gone)
            if row.isAncestorOf(self.focusWidget() or self):
                self._add.setFocus(Qt.FocusReason.OtherFocusReason)
            row.hide()
            row.deleteLater()
        for path, folder in folders.items():
            if path not in self._rows:
                row = self._rows[path] = FolderRow()
                row.use_requested.connect(partial(self._library.use_for_downloads, path))
                row.forget_requested.connect(partial(self._library.forget_folder, path))
                self._list.addWidget(row)
            self._rows[path].show_folder(folder)

    @Slot()
    def _ask_for_folder(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Add a models folder"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self._library.add_folder(pathlib.Path(chosen)))
        dialog.open()
