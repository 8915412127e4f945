"""All of a table, however long: only what can be seen of it is drawn."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QDialog, QHeaderView, QTableView, QVBoxLayout, QWidget

from app.ui.plain_text import one_line

_WINDOW_SHARE = 0.86
_MOST_COLUMN_PX = 360
_LOOKED_AT_ROWS = 100


class _Rows(QAbstractTableModel):
    def __init__(self, rows: list[list[str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._head, *self._rows = rows

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._head)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self._rows[index.row()][index.column()])
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        is_head = orientation is Qt.Orientation.Horizontal
        return one_line(self._head[section]) if is_head else section + 1


class TableDialog(QDialog):
    """Shows the cells as they are written; Escape closes it."""

    def __init__(self, rows: list[list[str]], parent: QWidget) -> None:
        """Show those rows, the head first."""
        super().__init__(parent)
        self.setObjectName("tableDialog")
        self.setWindowTitle(self.tr("Table"))
        table = QTableView()
        table.setObjectName("wholeTable")
        table.setAccessibleName(self.tr("Table"))
        table.setModel(_Rows(rows, self))
        table.setWordWrap(False)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMaximumSectionSize(_MOST_COLUMN_PX)
        header.setResizeContentsPrecision(_LOOKED_AT_ROWS)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.resizeColumnsToContents()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(table)
        self.resize(parent.window().size() * _WINDOW_SHARE)
        self.finished.connect(self.deleteLater)
