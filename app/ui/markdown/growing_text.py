"""Words as Markdown that are drawn while they are written.

What is finished stays as it is: each step draws the open end only, and long texts are drawn in
steps between which the window lives.
"""

import contextlib
import functools
import io
import math
import re
import sys
import threading
import time
from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import (
    QEvent,
    QSize,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QGuiApplication,
    QPalette,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from app.ui.markdown.colouring import CodeColours
from app.ui.markdown.drawing import Drawing
from app.ui.markdown.font_search import FontSearch
from app.ui.markdown.formulas import FormulaObject, formulas
from app.ui.markdown.furniture import Furniture
from app.ui.markdown.lines_view import UnitView
from app.ui.markdown.links import LinkedText
from app.ui.markdown.look import Look
from app.ui.markdown.table_view import TableView
from app.ui.markdown.units import Splitter

_STEP_CHARS = 2048
_STEP_S = 0.012
_QUICK_CHARS = 400
_MOST_TOLD_CHARS = 2000
# Signs that may become something else with the next one; they are held back while words come.
_UNSURE = re.compile(r"\s*(?:[-=*_+#>`~|$\\:]+\s*|\d{1,9}[.)])$")
_KEEP = QTextCursor.MoveMode.KeepAnchor
_LOOK_EVENTS = (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


class GrowingText(LinkedText):
    """Shows an answer that may grow at its end.

    Signals:
        grown: More of a long text is drawn; it wants another height.
    """

    grown = Signal()
    _look_key: tuple[str, str] | None = None  # what it was drawn for, once it is made

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ensurePolished()
        _warm_up()
        self._source: list[str] = []
        self._waiting = ""
        self._newlines = io.IncrementalNewlineDecoder(None, translate=True)
        self._splitter = Splitter()
        self._font_search = FontSearch()
        self._is_settled = False
        self._linked: int | None = None  # so many views know what links are called, once settled
        self._drawing = Drawing(self.document(), Look(self.font()))
        self._furniture = Furniture(self, self._drawing)
        self._formula_object = FormulaObject(self.document())
        self._colours = CodeColours(self._drawing, self)
        self._fitted_px = 0
        self._touched = 0  # the first view that was drawn since the last lay-out
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._go_on)
        self._restyled = sys.maxsize  # so many views wear the look of now
        self._restyle_timer = QTimer(self, singleShot=True, interval=0)
        self._restyle_timer.timeout.connect(self._restyle_more)
        self._look_key = self._key()

    def append_text(self, text: str) -> None:
        """Add to the end; the cost does not depend on what is there already."""
        self._is_settled = False
        self._take(text)

    def append_later(self, text: str) -> None:
        """The same, but what takes long is drawn in the next turns of the event loop."""
        if len(text) > _QUICK_CHARS:
            self._timer.start()
        self.append_text(text)

    def replace_text(self, text: str) -> None:
        """Show this and nothing else."""
        self._timer.stop()
        self._source, self._waiting, self._run = [], "", ""
        self._newlines.reset()
        self._splitter = Splitter()
        self._font_search.clear()
        self._drawing.clear()
        self._furniture.refresh(0)
        self._take(text)
        self.settle()

    def settle(self) -> None:
        """Nothing follows for now: show what was held back, learn what links are called."""
        if not self._is_settled:
            self._is_settled = True
            self._take("", is_end=True)

    def let_go(self) -> None:
        """Forget what is shown, before it is deleted."""
        # It may be a hundred thousand objects, which the garbage collector would find one day,
        # all in one turn of the event loop.
        self._timer.stop()
        self._restyle_timer.stop()
        self._waiting = ""
        self._splitter = Splitter()
        self._drawing.views.clear()

    def source(self) -> str:
        """The answer as the model wrote it."""
        return "".join(self._source)

    def is_drawn(self) -> bool:
        """Whether nothing waits to be drawn."""
        return not self._waiting and not self._timer.isActive()

    def size_for(self, width: int) -> QSize:
        """Lay the text out that wide.

        Returns:
            The width, and the height of all words.
        """
        document = self.document()
        self._fit(width)
        height = math.ceil(document.size().height()) + self._furniture.room_below()
        return QSize(width, height)

    def changeEvent(self, event: QEvent) -> None:
        """Follow theme and font."""
        super().changeEvent(event)
        if event.type() in _LOOK_EVENTS and self._look_key not in (None, self._key()):
            # Not at once: a new parent takes the font away and gives it back.
            self._restyle_timer.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Move what stands between the words."""
        super().resizeEvent(event)
        self._fit(self.viewport().width())

    def _key(self) -> tuple[str, str]:
        """What the look follows from."""
        ground = QGuiApplication.palette().color(QPalette.ColorRole.Window)
        return self.font().toString(), ground.name()

    def _take(self, text: str, *, is_end: bool = False) -> None:
        self._source.append(text)
        more = self._newlines.decode(text, final=is_end)
        self._font_search.note(more, self._drawing.look.fonts)
        self._waiting += more
        self._mind_long_runs(text)
        self._linked = None
        if not self._timer.isActive():
            # Else it waits for its turn behind what waits already.
            self._work(is_end=is_end)

    def _work(self, *, is_end: bool = False) -> bool:
        """Draw what waits, for a moment; whether more waits."""
        deadline = time.monotonic() + _STEP_S
        if self._waiting or is_end:
            self._step(is_end=is_end)
        while (waits := self._waits()) and time.monotonic() < deadline:
            self._step()
        if waits:
            self._timer.start()
        return waits

    @Slot()
    def _go_on(self) -> None:
        self._work()
        self.grown.emit()

    def _waits(self) -> bool:
        is_owed = self._furniture.owed_from is not None
        return bool(self._waiting) or self._has_links_to_name() or is_owed

    def _step(self, *, is_end: bool = False) -> None:
        with self._kept_selection():
            if self._font_search.is_owed():
                self._font_search.look()
            elif self._waiting or is_end:
                self._feed()
            elif self._has_links_to_name():
                self._name_links()
            else:
                self._touched = min(self._touched, self._furniture.refresh(sys.maxsize))

    @contextlib.contextmanager
    def _kept_selection(self) -> Iterator[None]:
        """Draw; what is selected and what is marked stays so."""
        cursor = self.textCursor()
        anchor, position = cursor.anchor(), cursor.position()
        self._is_growing = True
        yield
        now = self.textCursor()
        if (now.anchor(), now.position()) != (anchor, position):
            last = self.document().characterCount() - 1
            cursor.setPosition(min(anchor, last))
            cursor.setPosition(min(position, last), _KEEP)
            self.setTextCursor(cursor)
        self._is_growing = False
        self._redrawn()

    def _redrawn(self) -> None:
        """Follow what is new in the document."""

    def _feed(self) -> None:
        end = _STEP_CHARS
        if len(self._waiting) > end:
            end = self._waiting.find("\n", end, 2 * end) + 1 or end
        self._splitter.feed(self._waiting[:end])
        self._waiting = self._waiting[end:]
        is_unsure = not self._is_settled and _UNSURE.match(self._splitter.rest())
        shown = self._splitter if is_unsure else self._splitter.peek()
        first = self._drawing.draw(shown.units, self._splitter.first_open)
        self._show_new(first)
        if self._is_settled and not self._waiting and self._linked is None:
            self._linked = 0

    def _name_links(self) -> None:
        assert self._linked is not None
        if self._drawing.name_links(self._linked):
            self._show_new(self._linked)
        self._linked += 1

    def _has_links_to_name(self) -> bool:
        if self._linked is None or not self._drawing.known():
            return False
        return self._linked < len(self._drawing.views)

    def _show_new(self, first: int) -> None:
        self._touched = min(self._touched, first, self._furniture.refresh(first))
        self._colours.refresh(first, is_settled=self._is_settled and not self._waiting)

        for view in self._drawing.views[first:]:
            for style in view.formulas():
                drawn = functools.partial(self._draw_formulas, view)
                formulas().ask(style.formula, view, drawn, is_display=style.is_display)

    def _draw_formulas(self, view: UnitView) -> None:
        """One was typeset: draw what names it again."""
        if not shiboken6.isValid(self) or view not in self._drawing.views:
            return
        number = self._drawing.views.index(view)
        with self._kept_selection():
            self._drawing.draw_again(number)
            self._show_new(number)
        if view.drawn_formulas():
            self._tell_formulas()
        self.grown.emit()

    def _tell_formulas(self) -> None:
        """Tell screen readers what the pictures of formulas are of."""
        all_tex = "; ".join(tex for view in self._drawing.views for tex in view.drawn_formulas())
        words = self.tr("Formulas: {formulas}").format(formulas=all_tex[:_MOST_TOLD_CHARS])
        self.setAccessibleDescription(words)

    def _fit(self, width: int) -> None:
        """Lay out what is new, or everything where the width is."""
        document, views = self.document(), self._drawing.views
        frame = document.rootFrame().frameFormat()
        if frame.topMargin() != self._furniture.room_above():
            frame.setTopMargin(self._furniture.room_above())
            document.rootFrame().setFrameFormat(frame)
            self._touched = 0
        is_new_width = document.textWidth() != width
        if is_new_width:
            document.setTextWidth(width)
        if is_new_width or self._fitted_px != width:
            self._touched, self._fitted_px = 0, width
            for view in views:
                if isinstance(view, TableView):
                    view.release()
        for view in views[self._touched :]:
            if isinstance(view, TableView):
                view.fit(width)
        self._furniture.lay_out(self._touched, width)
        self._touched = len(views)

    @Slot()
    def _restyle_more(self) -> None:
        """Wear the theme and size of now, a few units at a time."""
        if self._look_key != self._key():
            self._look_key = self._key()
            self._drawing.look = Look(self.font())
            self._restyled = 0
        elif self._restyled >= len(self._drawing.views):
            return
        deadline = time.monotonic() + _STEP_S
        while self._restyled < len(self._drawing.views) and time.monotonic() < deadline:
            self._drawing.restyle(self._restyled)
            self._restyled += 1
        self._touched = 0
        if self._restyled < len(self._drawing.views):
            self._restyle_timer.start()
            return
        self._restyled = sys.maxsize
        self._colours.restyle()
        self._fit(self.viewport().width())
        self.grown.emit()


@functools.cache
def _warm_up() -> None:
    """Import what reads Markdown, once: the words of the first answer arrive a little later."""

    def load() -> None:
        from app.ui.markdown import flat, table_rows

        assert flat
        assert table_rows

    threading.Thread(target=load, name="markdown-warm-up", daemon=True).start()
