"""Chats as `cierzo chats` prints them."""

import datetime as dt
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.attachments import Attachment, PictureAttachment, Source
from app.domain.chat import Role
from app.domain.kept_chat import ChatInfo, ChatMessage, Hit, KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.domain.units import format_bytes, format_count
from app.store.backups import Backup

NO_CHATS = "There are no chats yet.\n"
_INDENT = "    "
_STATES = {
    MessageState.QUEUED: "waiting",
    MessageState.WORKING: "being written",
    MessageState.UNANSWERED: "not answered",
    MessageState.STOPPED: "stopped",
    MessageState.CUT: "cut off",
    MessageState.INTERRUPTED: "interrupted",
}


class ChatReport(msgspec.Struct, frozen=True, kw_only=True):
    """A chat without its messages; a private one is never kept, so there is none here."""

    id: int
    key: str
    title: str
    folder: str
    pinned: bool
    created_ms: int
    used_ms: int
    messages: int
    private: bool = False


class BackupReport(msgspec.Struct, frozen=True, kw_only=True):
    """A copy; `made` is ISO 8601 in UTC, None where it was laid aside for another reason."""

    path: str
    bytes: int
    made: str | None


def chat_report(info: ChatInfo, messages: int) -> ChatReport:
    """What is known of it."""
    return ChatReport(
        id=info.chat_id,
        key=info.key,
        title=info.title,
        folder=info.folder,
        pinned=info.is_pinned,
        created_ms=info.created_ms,
        used_ms=info.used_ms,
        messages=messages,
    )


def backup_report(copy: Backup) -> BackupReport:
    """Where it is."""
    made = copy.made.isoformat() if copy.made else None
    return BackupReport(path=str(copy.path), bytes=copy.size_bytes, made=made)


def without_files(chat: KeptChat) -> KeptChat:
    """The same without places on this PC and without the content of files."""
    return KeptChat(
        info=msgspec.structs.replace(
            chat.info, settings=msgspec.structs.replace(chat.info.settings, model_path="")
        ),
        messages=tuple(
            msgspec.structs.replace(m, attachments=tuple(map(_without_file, m.attachments)))
            for m in chat.messages
        ),
    )


def list_lines(reports: Iterable[ChatReport]) -> Iterator[str]:
    """One line per chat; its id is one of its names."""
    reports = list(reports)
    width = max((len(str(report.id)) for report in reports), default=0)
    for report in reports:
        facts = [
            counted(report.messages, "message"),
            report.folder,
            "pinned" if report.pinned else "",
        ]
        words = ", ".join(filter(None, facts))
        moment, title = moment_words(report.used_ms), one_line(report.title)
        yield f"{report.id:{width}}  {moment}  {title} ({words})"


def hit_lines(hits: Iterable[Hit]) -> Iterator[str]:
    """Two lines per message that was found."""
    for hit in hits:
        yield f"{moment_words(hit.created_ms)}  {one_line(hit.title)} ({hit.chat_id})"
        yield f"{_INDENT}{one_line(hit.excerpt)}"


def backup_lines(copies: Iterable[Backup]) -> Iterator[str]:
    """One line per copy."""
    for copy in copies:
        made = _local(copy.made) if copy.made else "before an update"
        yield f"{made:16}  {format_bytes(copy.size_bytes):>9}  {copy.path}"


def transcript_lines(chat: KeptChat, *, has_thoughts: bool, has_all: bool) -> Iterator[str]:
    """What was said.

    Args:
        chat: With all its messages.
        has_thoughts: Also what models thought.
        has_all: Also what stands in the place of other messages.
    """
    tree = MessageTree(chat.messages, chat.info.leaf_id)
    messages = list(_depth_first(tree)) if has_all else tree.path()
    facts = [
        moment_words(chat.info.used_ms),
        counted(len(chat.messages), "message"),
        chat.info.folder,
    ]
    yield one_line(chat.info.title)
    yield ", ".join(filter(None, facts))
    for message in messages:
        yield ""
        yield _head(message, tree.variants(message.message_id) if has_all else [])
        if has_thoughts and message.thought:
            for line in message.thought.splitlines():
                yield f"{_INDENT}| {line}"
        for attachment in message.attachments:
            yield f"{_INDENT}[{one_line(attachment.name)}]"
        for line in message.text.splitlines():
            yield f"{_INDENT}{line}" if line else ""


def moment_words(unix_ms: int) -> str:
    """A moment here; a gap where it is not known."""
    if not unix_ms:
        return " " * 16
    return _local(dt.datetime.fromtimestamp(unix_ms / 1000, dt.UTC))


def one_line(text: str) -> str:
    """A text that may have several lines, as one."""
    return " ".join(text.split())


def counted(count: int, what: str) -> str:
    """So many of something that is called the same with an s."""
    return f"{format_count(count)} {what}{'' if count == 1 else 's'}"


def _local(moment: dt.datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _head(message: ChatMessage, variants: list[int]) -> str:
    who = "You" if message.role is Role.USER else message.model or "Answer"
    facts = [
        moment_words(message.created_ms).strip(),
        _STATES.get(message.state, ""),
        "edited" if message.is_edited else "",
    ]
    if len(variants) > 1:
        facts.append(f"{variants.index(message.message_id) + 1} of {len(variants)}")
    return ", ".join([one_line(who), *filter(None, facts)])


def _depth_first(tree: MessageTree) -> Iterator[ChatMessage]:
    """All messages, each variant with all that follows it before the next."""
    following: dict[int | None, list[ChatMessage]] = {}
    for message in tree.messages:
        following.setdefault(message.parent_id, []).append(message)
    waiting = following.get(None, [])[::-1]
    while waiting:
        message = waiting.pop()
        yield message
        waiting += following.get(message.message_id, [])[::-1]


def _without_file(attachment: Attachment) -> Attachment:
    source: Source = msgspec.structs.replace(attachment.source, path="", data=b"")
    if isinstance(attachment, PictureAttachment):
        return msgspec.structs.replace(attachment, source=source, thumbnail_png=b"")
    return msgspec.structs.replace(attachment, source=source)
