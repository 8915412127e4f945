"""`chats change`: title, folder, pin, and back from the trash."""

import argparse

import msgspec

from app.cli.arguments import Commands
from app.cli.chat_names import are_there, find_chat
from app.cli.chat_report import chat_report, list_lines
from app.cli.output import EXIT_DONE, write, write_json
from app.domain.errors import ChatUnknown
from app.domain.kept_chat import ChatInfo
from app.domain.names import same_name
from app.services.chats import clean_title, title_of
from app.settings.folders import Folders
from app.store.store import Store


def add_commands(actions: Commands, shared: argparse.ArgumentParser) -> None:
    """Declare it."""
    change = actions.add_parser("change", parents=[shared], help="title, folder or pin of a chat")
    change.set_defaults(command=_change)
    change.add_argument("chat", metavar="NAME|KEY|ID")
    change.add_argument("--title", help="empty gives back the first question")
    change.add_argument("--folder", help="it is made if there is none; empty is no folder")
    change.add_argument("--pin", action=argparse.BooleanOptionalAction, help="keep it on top")
    change.add_argument("--bring-back", action="store_true", help="out of the trash")


def _change(options: argparse.Namespace, folders: Folders) -> int:
    if not are_there(folders.data):
        raise ChatUnknown(name=options.chat)
    with Store(folders.data) as store:
        known = store.chats.infos()
        info = find_chat(
            [i for i in known if (i.trashed_ms is not None) == options.bring_back], options.chat
        )
        changed = msgspec.structs.replace(info, **_changes(options, info, store))
        store.chats.put(changed)
        names = store.presets.folders()
        if changed.folder and changed.folder not in names:
            store.presets.put_folders([*names, changed.folder])
        report = chat_report(changed, store.message_counts().get(changed.chat_id, 0))
    if options.json:
        write_json(report)
    else:
        write("".join(f"{line}\n" for line in list_lines([report])))
    return EXIT_DONE


def _changes(options: argparse.Namespace, info: ChatInfo, store: Store) -> dict[str, object]:
    changes: dict[str, object] = {}
    if options.title is not None:
        title = clean_title(options.title)
        changes["is_named"] = bool(title)
        changes["title"] = title or title_of(_first_words(info, store))
    if options.folder is not None:
        folder, names = clean_title(options.folder), store.presets.folders()
        changes["folder"] = next((name for name in names if same_name(name, folder)), folder)
    if options.pin is not None:
        changes["is_pinned"] = options.pin
    if options.bring_back:
        changes["trashed_ms"] = None
    return changes


def _first_words(info: ChatInfo, store: Store) -> str:
    messages = store.chats.load(info.chat_id).messages
    return messages[0].text if messages else ""
