"""`chats list|show|search|backup|restore|recover|delete`, and the parser of `chats`.

What only asks reads while a window has the chats open; what changes them needs them alone.
"""

import argparse
import pathlib

import msgspec

from app.cli import chat_change, chat_exchange
from app.cli.arguments import Commands
from app.cli.chat_names import are_there, find_chat
from app.cli.chat_report import (
    NO_CHATS,
    backup_lines,
    backup_report,
    chat_report,
    counted,
    hit_lines,
    list_lines,
    one_line,
    transcript_lines,
    without_files,
)
from app.cli.output import EXIT_DONE, write, write_json
from app.domain.errors import (
    BackupUnusable,
    ChatsDamaged,
    ChatsUnreadable,
    ChatUnknown,
)
from app.engine.snapshot_files import forget_snapshots
from app.services.chat_backups import make_copy
from app.services.chat_keeper import now, now_ms
from app.services.chat_library import TRASH_DAYS
from app.settings.folders import Folders
from app.store.backups import Backup, Backups
from app.store.store import Store, recover_chats, restore_chats

_MOST_HITS = 1000


def add_commands(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare `chats` and what it can do."""
    chats = commands.add_parser("chats", parents=[shared], help="what is kept of chats")
    actions = chats.add_subparsers(required=True, metavar="ACTION")
    _add_reading(actions, shared)
    _add_changing(actions, shared)
    chat_change.add_commands(actions, shared)
    chat_exchange.add_commands(actions, shared)


def _add_reading(actions: Commands, shared: argparse.ArgumentParser) -> None:
    listing = actions.add_parser("list", parents=[shared], help="every chat, one line each")
    listing.set_defaults(command=_list)
    listing.add_argument("--trash", action="store_true", help="those in the trash")
    show = actions.add_parser("show", parents=[shared], help="what was said in a chat")
    show.set_defaults(command=_show)
    show.add_argument("chat", metavar="NAME|KEY|ID")
    show.add_argument("--thoughts", action="store_true", help="also what models thought")
    show.add_argument("--all", action="store_true", help="also other variants of messages")
    search = actions.add_parser("search", parents=[shared], help="messages with all these words")
    search.set_defaults(command=_search)
    search.add_argument("words", metavar="WORD", nargs="+")


def _add_changing(actions: Commands, shared: argparse.ArgumentParser) -> None:
    backup = actions.add_parser("backup", parents=[shared], help="make a copy of all chats")
    backup.set_defaults(command=_backup)
    backup.add_argument("--list", action="store_true", help="say which copies there are")
    restore = actions.add_parser("restore", parents=[shared], help="go back to a copy")
    restore.set_defaults(command=_restore)
    restore.add_argument("copy", metavar="FILE|DATE", help="a date is 2026-11-29, the newest of it")
    recover = actions.add_parser("recover", parents=[shared], help="save what can be read")
    recover.set_defaults(command=_recover)
    delete = actions.add_parser("delete", parents=[shared], help="move chats to the trash")
    delete.set_defaults(command=_delete)
    delete.add_argument("chats", metavar="NAME|KEY|ID", nargs="+")
    delete.add_argument(
        "--for-good", action="store_true", help="leave nothing of them, also not in the copies"
    )


def _list(options: argparse.Namespace, folders: Folders) -> int:
    with Store(folders.data, reads_only=True) as store:
        infos = [i for i in store.chats.infos() if (i.trashed_ms is not None) == options.trash]
        counts = store.message_counts()
    reports = [chat_report(info, counts.get(info.chat_id, 0)) for info in infos]
    if options.json:
        write_json(reports)
    else:
        write("".join(f"{line}\n" for line in list_lines(reports)))
    return EXIT_DONE


def _show(options: argparse.Namespace, folders: Folders) -> int:
    with Store(folders.data, reads_only=True) as store:
        info = find_chat(store.chats.infos(), options.chat)
        chat = store.chats.load(info.chat_id)
    if options.json:
        write_json(without_files(chat))
    else:
        lines = transcript_lines(chat, has_thoughts=options.thoughts, has_all=options.all)
        write("".join(f"{line}\n" for line in lines))
    return EXIT_DONE


def _search(options: argparse.Namespace, folders: Folders) -> int:
    with Store(folders.data, reads_only=True) as store:
        hits = store.chats.find(" ".join(options.words), most=_MOST_HITS)
    if options.json:
        write_json(hits)
    else:
        write("".join(f"{line}\n" for line in hit_lines(hits)) or "Nothing was found.\n")
    return EXIT_DONE


def _backup(options: argparse.Namespace, folders: Folders) -> int:
    if options.list:
        copies = Backups(folders.data).usable()
        if options.json:
            write_json([backup_report(copy) for copy in copies])
        else:
            write("".join(f"{line}\n" for line in backup_lines(copies)) or "There is no copy.\n")
        return EXIT_DONE
    if not are_there(folders.data):
        _say(NO_CHATS, None, as_json=options.json)
        return EXIT_DONE
    with Store(folders.data) as store:
        made = make_copy(store)
    _say(f"{made.path}\n", backup_report(made), as_json=options.json)
    return EXIT_DONE


def _restore(options: argparse.Namespace, folders: Folders) -> int:
    data, moment = folders.data, now()
    copy = _find_copy(data, options.copy)
    before = set(Backups(data).folder.glob("*.db"))
    if are_there(data):
        try:
            with Store(data) as store:
                store.restore(copy, moment)
        except (ChatsDamaged, ChatsUnreadable):
            restore_chats(data, copy, moment)
    else:
        restore_chats(data, copy, moment)
    kept = next(iter(set(Backups(data).folder.glob("*.db")) - before), None)
    words = f"Your chats are as they were in {copy.name}.\n"
    if kept:
        words += f"What there was until now is kept as {kept}.\n"
    _say(
        words,
        {"restored": str(copy), "kept": str(kept) if kept else None},
        as_json=options.json,
    )
    return EXIT_DONE


def _recover(options: argparse.Namespace, folders: Folders) -> int:
    if not are_there(folders.data):
        _say(NO_CHATS, None, as_json=options.json)
        return EXIT_DONE
    try:
        with Store(folders.data) as store:
            is_well = not store.problems()
    except (ChatsDamaged, ChatsUnreadable):
        is_well = False
    if is_well:
        _say("All is well, so nothing was changed.\n", None, as_json=options.json)
        return EXIT_DONE
    saved = recover_chats(folders.data, now())
    messages, chats = counted(saved.messages, "message"), counted(saved.chats, "chat")
    _say(
        f"{messages} in {chats} were saved. The damaged file is kept as {saved.damaged}.\n",
        {"chats": saved.chats, "messages": saved.messages, "damaged": str(saved.damaged)},
        as_json=options.json,
    )
    return EXIT_DONE


def _delete(options: argparse.Namespace, folders: Folders) -> int:
    if not are_there(folders.data):
        raise ChatUnknown(name=options.chats[0])
    with Store(folders.data) as store:
        known = store.chats.infos()
        if not options.for_good:
            known = [info for info in known if info.trashed_ms is None]
        # All of them are known before the first goes.
        found = {info.chat_id: info for info in (find_chat(known, name) for name in options.chats)}
        counts = store.message_counts()
        if options.for_good:
            store.delete_chats(found.values())
        else:
            for info in found.values():
                store.chats.put(msgspec.structs.replace(info, trashed_ms=now_ms()))
    if options.for_good:
        for info in found.values():
            forget_snapshots(folders.cache / "snapshots", info.key)
    end = "deleted" if options.for_good else f"in the trash for {TRASH_DAYS} days"
    _say(
        "".join(f"{one_line(info.title)}: {end}\n" for info in found.values()),
        [chat_report(info, counts.get(info.chat_id, 0)) for info in found.values()],
        as_json=options.json,
    )
    return EXIT_DONE


def _find_copy(data: pathlib.Path, name: str) -> pathlib.Path:
    """The file that is meant, or the newest copy of a day.

    Raises:
        BackupUnusable: There is none.
    """
    path = pathlib.Path(name)
    if path.is_file():
        return path.absolute()
    for copy in Backups(data).usable():
        if name in (copy.path.name, _day_of(copy)):
            return copy.path
    raise BackupUnusable(name=name)


def _day_of(copy: Backup) -> str:
    """Here."""
    return copy.made.astimezone().date().isoformat() if copy.made else ""


def _say(words: str, value: object, *, as_json: bool) -> None:
    if as_json:
        write_json(value)
    else:
        write(words)
