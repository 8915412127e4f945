"""How installed models are said in plain words."""

import datetime as dt
import os
import pathlib
import re
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.domain.library import Check, Installed
from app.ui.error_text import error_text
from app.ui.library.source import FolderState, LibraryWork, NewerBuilds
from app.ui.models.words import part_of_words
from app.ui.quantities import counted, format_bytes

_DAYS_IN_WORDS = 30
_LONG_RUN = re.compile(r"([^\s\u200b]{24})(?=[^\s\u200b])")
_AFTER = re.compile(r"([/\\_.-])(?=\S)")


def _tr(text: str) -> str:
    return QCoreApplication.translate("library", text)


def count_words(count: int, size_bytes: int) -> str:
    """Say how many models there are and what they take."""
    size = format_bytes(size_bytes)
    return counted(count, "1 model, {size}", "{count} models, {size}", size=size)


def whole_name(installed: Installed) -> str:
    """What a model is called beside others of its kind."""
    return f"{installed.name} {installed.build}".strip()


def breakable(text: str) -> str:
    """Allow a line to end inside paths and long names, by spaces that have no width."""
    return _LONG_RUN.sub("\\1\u200b", _AFTER.sub("\\1\u200b", text))


def short_path(path: pathlib.Path) -> str:
    """Say a folder, the person's own as ``~`` where that is the custom."""
    home = pathlib.Path.home()
    if os.name == "nt" or not path.is_relative_to(home):
        return str(path)
    return "~" if path == home else f"~/{path.relative_to(home).as_posix()}"


def place_of(installed: Installed, folders: Iterable[FolderState]) -> pathlib.Path:
    """The models folder that it is in, else the folder of its first file."""
    around = [folder.path for folder in folders if installed.path.is_relative_to(folder.path)]
    return max(around, key=lambda path: len(path.parts), default=installed.path.parent)


def where_words(installed: Installed, folders: Iterable[FolderState]) -> str:
    """Say where it lies and whose it is."""
    folders = tuple(folders)
    place = short_path(place_of(installed, folders))
    if not installed.is_there:
        if is_place_there(installed, folders):
            words = _tr("A file of it is missing: {place}.")
        else:
            words = _tr("Not there now: {place}. Plug its drive in.")
        return words.format(place=place)
    return f"{installed.app} · {place}" if installed.app else place


def is_place_there(installed: Installed, folders: Iterable[FolderState]) -> bool:
    """Whether the folder that it lies in is there; looks at the disk where that is none of ours."""
    around = place_of(installed, folders := tuple(folders))
    known = [folder.is_there for folder in folders if folder.path == around]
    return known[0] if known else around.is_dir()


def newer_words(newer: NewerBuilds) -> str:
    """Say what was published again, and who could not be asked."""
    count, failed = len(newer.found), newer.failed
    if not newer.asked:
        return _tr("None of these came from a repository that can be asked.")
    if len(failed) == newer.asked:
        return error_text(failed[0])
    if count:
        words = counted(
            count,
            "1 model was published again. See below.",
            "{count} models were published again. See below.",
        )
    elif failed:
        words = _tr("Nothing newer was found.")
    else:
        words = _tr("Every model is as it was published last.")
    if failed:
        missed = counted(
            len(failed),
            "1 could not be asked: {reason}",
            "{count} could not be asked: {reason}",
            reason=error_text(failed[0]),
        )
        words = f"{words} {missed}"
    return words


def day_words(at: str, today: dt.date) -> str:
    """Say a moment (ISO 8601) as a day seen from today; empty where it is none."""
    try:
        day = dt.datetime.fromisoformat(at).astimezone().date()
    except ValueError:
        return ""
    days = (today - day).days
    if days <= 0:
        return _tr("today")
    if days == 1:
        return _tr("yesterday")
    if days < _DAYS_IN_WORDS:
        return counted(days, "1 day ago", "{count} days ago")
    date = QLocale().toString(QDate(day.year, day.month, day.day), QLocale.FormatType.ShortFormat)
    return _tr("on {date}").format(date=date)


def used_words(installed: Installed, today: dt.date) -> str:
    """Say when it was used last."""
    day = day_words(installed.last_used_at, today)
    return _tr("Used {day}").format(day=day) if day else _tr("Never used")


def check_of(installed: Installed) -> Check:
    """What is known of all its files together."""
    checks = {file.check for file in installed.all_files}
    if Check.WRONG in checks:
        return Check.WRONG
    return Check.UNKNOWN if Check.UNKNOWN in checks else Check.GOOD


def check_words(installed: Installed, today: dt.date) -> str:
    """Say what is known of its content."""
    check = check_of(installed)
    if check is Check.UNKNOWN:
        return _tr("Not verified yet")
    if check is Check.WRONG:
        return _tr("Its content has changed. Download it again or remove it.")
    day = day_words(min(file.checked_at for file in installed.all_files), today)
    return _tr("Verified {day}").format(day=day) if day else _tr("Verified")


def work_words(work: LibraryWork) -> str:
    """Say what is being done and how far it is."""
    kind = {
        "verify": _tr("Verifying"),
        "move": _tr("Moving"),
        "import": _tr("Adding a model"),
    }[work.kind]
    if not work.done_bytes:
        return _tr("{work}, waiting for its turn").format(work=kind)
    return f"{kind}, {part_of_words(work.done_bytes, work.total_bytes)}"


def free_words(free_bytes: int | None) -> str:
    """Say how much room there is; empty where it is not known."""
    if free_bytes is None:
        return ""
    return _tr("{size} free").format(size=format_bytes(free_bytes))
