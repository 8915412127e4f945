"""The cells of workbooks as tables: what was computed when they were saved, not the formulas.

Sheets that the program hides are left out. Nothing is evaluated and no macro is looked at.
"""

import datetime as dt
import io
import re
from collections.abc import Sequence

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from app.domain.errors import DocumentBroken, DocumentEncrypted
from app.domain.reports import frames_of
from app.media.worker.pages import Pages

_SPACES = re.compile(r"[\t\r\n]+")
_Cell = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta
_DIGITS = 15  # what a spreadsheet program shows of a number


def read_sheets(data: bytes, pages: Pages) -> None:
    """Read every sheet that is shown.

    Raises:
        DocumentError: It is damaged, protected or too long.
    """
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for index, sheet in enumerate(workbook.sheets_metadata):
            is_shown = sheet.visible is SheetVisibleEnum.Visible
            if is_shown and sheet.typ is SheetTypeEnum.WorkSheet:
                pages.add(_text_of(workbook.get_sheet_by_index(index), pages), sheet.name)
    except PasswordError:
        raise DocumentEncrypted(name=pages.name) from None
    except (CalamineError, OSError, ValueError) as error:
        raise DocumentBroken(name=pages.name, detail=frames_of(error)) from None


def _text_of(sheet: CalamineSheet, pages: Pages) -> str:
    """A line per row, tabs between cells, and one empty line where rows are empty.

    The rows begin in the first column that is used.
    """
    lines: list[str] = []
    for row in sheet.iter_rows():
        line = _line_of(row)
        if line or (lines and lines[-1]):
            pages.count(len(line) + 1)
            lines.append(line)
    return "\n".join(lines)


def _line_of(row: Sequence[_Cell]) -> str:
    if not any(cell != "" for cell in row):
        return ""
    return "\t".join(_words_of(cell) for cell in row).rstrip("\t")


def _words_of(cell: _Cell) -> str:
    match cell:
        case bool():
            return str(cell).upper()
        case float():
            return f"{cell:.{_DIGITS}g}"
        case dt.datetime():
            return cell.isoformat(sep=" ", timespec="seconds")
        case str():
            return _SPACES.sub(" ", cell)
        case _:
            return str(cell)
