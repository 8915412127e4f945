"""Places what can be pressed inside an answer where the text's layout leaves room for it."""

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QPushButton, QTextEdit

from app.ui.markdown.block_views import CodeView
from app.ui.markdown.drawing import Drawing
from app.ui.markdown.extras import CodeHeader, whole_table_button, whole_table_words
from app.ui.markdown.lines_view import LinesView, UnitView
from app.ui.markdown.look import PANEL, PANEL_FIRST, PANEL_LAST
from app.ui.markdown.table_dialog import TableDialog
from app.ui.markdown.table_view import TableView

# Nobody presses more of them, and each is a widget.
_MOST_HEADERS = 200
# A header takes a millisecond to make.
_HEADERS_AT_ONCE = 10


class Furniture:
    """The headers of code and the buttons under tables of one answer.

    Attributes:
        owed_from: The first view whose headers are still to be made; None where all are there.
    """

    def __init__(self, text: QTextEdit, drawing: Drawing) -> None:
        self._text = text
        self._drawing = drawing
        self._headers: dict[tuple[int, int], tuple[UnitView, CodeHeader]] = {}
        self._buttons: dict[int, tuple[TableView, QPushButton]] = {}
        self.owed_from: int | None = None

    def refresh(self, first: int) -> int:
        """Have what the views from that one on need, and nothing of those that are gone.

        Returns:
            The first view that may have got something: what was owed is made along, some at a time.
        """
        views = self._drawing.views
        self._remove_what_is_gone(first)
        first = min(first, len(views) if self.owed_from is None else self.owed_from)
        self.owed_from = None
        most = min(_MOST_HEADERS, len(self._headers) + _HEADERS_AT_ONCE)
        for number in range(first, len(views)):
            view = views[number]
            if isinstance(view, LinesView):
                for panel in view.panels:
                    if not self._have_header(number, view, panel.number, panel.language, most):
                        self.owed_from = number
            if isinstance(view, TableView) and any(view.hidden()):
                self._have_button(number, view)
            if self.owed_from is not None:
                break
        return first

    def lay_out(self, first: int, width: int) -> None:
        """Place what belongs to the views from that one on."""
        look = self._drawing.look
        layout = self._text.document().documentLayout()
        for (number, panel), (view, header) in self._headers.items():
            if number >= first and isinstance(view, LinesView):
                row = next(n for n, line in enumerate(view.lines) if line.style.panel == panel)
                left = view.lines[row].style.depth * look.step_px
                top = layout.blockBoundingRect(view.block(row)).top()
                header.lay_out(left, top, width - left, look)
        for number, (table, button) in self._buttons.items():
            if number >= first:
                size = button.sizeHint()
                top = table.bottom()
                button.setGeometry(
                    QRect(0, round(top) + 2, min(size.width(), width), size.height())
                )

    def room_above(self) -> int:
        """What the first line needs above itself."""
        form = self._text.document().begin().blockFormat()
        is_code = form.intProperty(PANEL) & PANEL_FIRST
        return self._drawing.look.panel_header_px if is_code else 0

    def room_below(self) -> int:
        """What the last line needs below itself."""
        form = self._text.document().lastBlock().blockFormat()
        if form.intProperty(PANEL) & PANEL_LAST:
            return self._drawing.look.panel_foot_px + round(self._drawing.look.em * 0.3)
        return 0

    def _is_there(self, key: tuple[int, int], view: UnitView) -> bool:
        number, panel = key
        views = self._drawing.views
        return (
            number < len(views)
            and views[number] is view
            and any(one.number == panel for one in view.panels)
        )

    def _remove_what_is_gone(self, first: int) -> None:
        views = self._drawing.views
        for key, (view, header) in list(self._headers.items()):
            if key[0] >= first and not self._is_there(key, view):
                del self._headers[key]
                header.hide()
                header.deleteLater()
        for number, (table, button) in list(self._buttons.items()):
            if number >= len(views) or views[number] is not table or not any(table.hidden()):
                del self._buttons[number]
                button.hide()
                button.deleteLater()

    def _have_header(
        self, number: int, view: LinesView, panel: int, language: str, most: int
    ) -> bool:
        """Have it, if that makes no more than so many; whether nothing is owed."""
        found = self._headers.get((number, panel))
        if found:
            found[1].show_language(language)
        elif len(self._headers) < most:
            header = CodeHeader(self._text.viewport(), language, lambda: self._code(view, panel))
            self._headers[(number, panel)] = view, header
        else:
            return len(self._headers) >= _MOST_HEADERS
        return True

    def _have_button(self, number: int, view: TableView) -> None:
        if number not in self._buttons:
            button = whole_table_button(self._text.viewport())
            button.clicked.connect(lambda: self._show_table(view))
            self._buttons[number] = view, button
        self._buttons[number][1].setText(whole_table_words(*view.hidden()))

    def _code(self, view: LinesView, panel: int) -> str:
        if isinstance(view, CodeView):
            return view.code()
        return next((one.text for one in view.panels if one.number == panel), "")

    def _show_table(self, view: TableView) -> None:
        TableDialog(view.all_rows(), self._text.window()).open()
