"""`chats export|import`: chats to files, and chats of files.

An export reads while a window has the chats open; an import needs them alone.
"""

import argparse
import contextlib
import datetime as dt
import pathlib
import queue
from collections.abc import Callable, Iterator
from typing import Never

import msgspec

from app.cli.arguments import Commands
from app.cli.chat_names import find_chat
from app.cli.chat_report import NO_CHATS, counted
from app.cli.output import EXIT_DONE, write, write_json
from app.domain.file_names import file_name_for
from app.domain.kept_chat import ChatInfo, KeptChat
from app.domain.units import format_count
from app.exchange.reader_protocol import Why
from app.exchange.writer_client import write_chats
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from app.services.chat_exchange import ChatExchange
from app.services.chat_import import Imported
from app.services.chat_keeper import ChatKeeper
from app.services.chat_library import ChatLibrary
from app.settings.folders import Folders
from app.store.store import Store

_SKIPPED = {
    Why.BROKEN: "cannot be read",
    Why.EMPTY: "without a message",
    Why.TOO_LARGE: "too large",
    Why.REPEATED: "in it twice",
}
# Windows would not let Ctrl-C interrupt a wait without an end.
_TURN_S = 0.25


class ExportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was written; `names` are those of the files in a folder, a thousand at most."""

    target: str
    chats: int
    files: int
    names: tuple[str, ...]


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What came, of all files and folders together."""

    program: str
    imported: int
    already_here: int
    skipped: dict[Why, int]
    missing_attachments: int


def add_commands(actions: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare both."""
    formats = [str(each.value) for each in ExportFormat]
    exporting = actions.add_parser("export", parents=[shared], help="write chats to files")
    exporting.set_defaults(command=_export, parser=exporting)
    exporting.add_argument("chats", metavar="NAME|KEY|ID", nargs="*")
    exporting.add_argument("--all", action="store_true", help="all but those in the trash")
    exporting.add_argument("--to", type=pathlib.Path, required=True, metavar="FILE|FOLDER")
    exporting.add_argument("--format", choices=formats, help="else what the file's name says")
    exporting.add_argument("--each", action="store_true", help="a file for each chat, in a folder")
    exporting.add_argument("--no-thoughts", action="store_true", help="leave out thoughts")
    exporting.add_argument("--no-pictures", action="store_true", help="leave out attached files")
    importing = actions.add_parser(
        "import", parents=[shared], help="bring in chats of Cierzo and of other programs"
    )
    importing.set_defaults(command=_import)
    importing.add_argument("paths", type=pathlib.Path, nargs="+", metavar="FILE|FOLDER")


def _export(options: argparse.Namespace, folders: Folders) -> int:
    format_ = _format(options)
    with Store(folders.data, reads_only=True) as store:
        infos = [info for info in store.chats.infos() if info.trashed_ms is None]
        all_folders = store.presets.folders()
    chosen = _chosen(options, infos)
    if not chosen:
        _say_export(ExportReport(target="", chats=0, files=0, names=()), as_json=options.json)
        return EXIT_DONE
    named = {info.folder for info in chosen}
    target = _target(options, format_, chosen)
    written = write_chats(
        _Chats(folders.data, chosen),
        target,
        format_,
        WriteOptions(
            thoughts=not options.no_thoughts,
            pictures=not options.no_pictures,
            folders=tuple(name for name in all_folders if options.all or name in named),
        ),
        is_folder=options.each,
    )
    report = ExportReport(
        target=str(written.target), chats=len(chosen), files=written.files, names=written.names
    )
    _say_export(report, as_json=options.json)
    return EXIT_DONE


class _Chats:
    """Reads one chat after the other on the thread that sends them, which opens the store."""

    def __init__(self, data: pathlib.Path, infos: list[ChatInfo]) -> None:
        self._data = data
        self._infos = infos

    def __iter__(self) -> Iterator[KeptChat]:
        with Store(self._data, reads_only=True) as store:
            there = {info.chat_id for info in store.chats.infos()}
            for info in self._infos:
                if info.chat_id in there:
                    yield store.chats.load(info.chat_id)


def _format(options: argparse.Namespace) -> ExportFormat:
    """The one that was named, else that of the target's name."""
    named = options.format or options.to.suffix.removeprefix(".").lower()
    try:
        return ExportFormat(named)
    except ValueError:
        _refuse(options, "--format is needed: what --to names does not say which")


def _chosen(options: argparse.Namespace, infos: list[ChatInfo]) -> list[ChatInfo]:
    """The chats that are meant, each once, in the order in which they were named.

    Raises:
        ChatUnknown, ChatAmbiguous: As they say.
    """
    if bool(options.chats) == options.all:
        _refuse(options, "name chats, or take --all of them")
    infos = [info for info in infos if info.leaf_id is not None]
    if options.all:
        return infos
    found = [find_chat(infos, name) for name in options.chats]
    return list({info.chat_id: info for info in found}.values())


def _refuse(options: argparse.Namespace, words: str) -> Never:
    parser: argparse.ArgumentParser = options.parser
    parser.error(words)


def _target(
    options: argparse.Namespace, format_: ExportFormat, chosen: list[ChatInfo]
) -> pathlib.Path:
    """Where it goes; a folder gets a file that is named after what is in it."""
    target: pathlib.Path = options.to.absolute()
    if options.each or not target.is_dir():
        return target
    today = dt.datetime.now(dt.UTC).astimezone().date().isoformat()
    title = chosen[0].title if len(chosen) == 1 else f"Cierzo chats {today}"
    return target / file_name_for(title, format_.suffix)


def _say_export(report: ExportReport, *, as_json: bool) -> None:
    if as_json:
        write_json(report)
    elif report.chats:
        write(f"{counted(report.chats, 'chat')}: {report.target}\n")
        write("".join(f"  {name}\n" for name in report.names))
    else:
        write(NO_CHATS)


def _import(options: argparse.Namespace, folders: Folders) -> int:
    results: list[Imported] = []
    with _Desk(folders) as desk:
        for path in options.paths:
            results.append(desk.bring_in(path.absolute()))
            if results[-1].problem:
                break
    problem = results[-1].problem
    if problem is None or any(result.chats for result in results):
        report = _import_report(results)
        if options.json:
            write_json(report)
        else:
            write(f"{_import_words(report)}\n")
    if problem:
        raise problem
    return EXIT_DONE


class _Desk:
    """The window's services without Qt's event loop; leaving it ends them."""

    def __init__(self, folders: Folders) -> None:
        self._posted: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._library = ChatLibrary(ChatKeeper(folders.data, post=self._posted.put))
        self._exchange = ChatExchange(self._library, folders.cache, post=self._posted.put)

    def __enter__(self) -> "_Desk":
        """Open the chats.

        Raises:
            ChatsError: They cannot be changed now.
        """
        self._library.open()
        self._wait_for(lambda: self._library.is_open)
        if self._library.problem:
            self._library.close()
            raise self._library.problem
        return self

    def __exit__(self, *_: object) -> None:
        self._exchange.close()
        self._library.close()

    def bring_in(self, path: pathlib.Path) -> Imported:
        """Bring in one file or folder and wait for it."""
        ends: list[Imported] = []
        self._exchange.imports.bring_in(path, ends.append)
        self._wait_for(lambda: bool(ends))
        return ends[0]

    def _wait_for(self, condition: Callable[[], bool]) -> None:
        while not condition():
            with contextlib.suppress(queue.Empty):
                self._posted.get(timeout=_TURN_S)()


def _import_report(results: list[Imported]) -> ImportReport:
    skipped: dict[Why, int] = {}
    for result in results:
        for why, count in result.skipped.items():
            skipped[why] = skipped.get(why, 0) + count
    programs = [name for result in results for name in result.program.split(", ") if name]
    return ImportReport(
        program=", ".join(dict.fromkeys(programs)),
        imported=sum(len(result.chats) for result in results),
        already_here=sum(result.already_here for result in results),
        skipped=skipped,
        missing_attachments=sum(result.missing_attachments for result in results),
    )


def _import_words(report: ImportReport) -> str:
    source = f" from {report.program}" if report.program else ""
    words = [f"{counted(report.imported, 'chat')}{source}"]
    if report.already_here:
        words.append(f"{format_count(report.already_here)} already here")
    words += [f"{format_count(count)} {_SKIPPED[why]}" for why, count in report.skipped.items()]
    if report.missing_attachments:
        words.append(f"{counted(report.missing_attachments, 'attachment')} missing")
    return ", ".join(words)
