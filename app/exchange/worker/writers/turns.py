"""A chat as it is read: who said what on the path that is open, in words for people."""

from collections.abc import Iterator

import msgspec

from app.domain.attachments import Attachment, DocumentAttachment, PictureAttachment, Source
from app.domain.chat import Effort, PicturePart, Role, ThoughtPart
from app.domain.kept_chat import ChatMessage, KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.domain.units import format_count, format_duration
from app.exchange.worker.writers.blocks import Block, paragraphs
from app.exchange.worker.writers.markdown_blocks import markdown_blocks
from app.exchange.worker.writers.words import label, moment, readable
from app.exchange.writer_protocol import WriteOptions

_MODES = {Effort.FAST: "Fast", Effort.DEEP: "Deep"}
_SPEAKERS = {
    Role.SYSTEM: "System",
    Role.USER: "You",
    Role.ASSISTANT: "Assistant",
    Role.TOOL: "Tool",
}
_NOTES = {
    MessageState.UNANSWERED: "There is no answer.",
    MessageState.STOPPED: "Stopped here.",
    MessageState.CUT: "Cut off here: the limit was reached.",
    MessageState.INTERRUPTED: "Interrupted here.",
}


class Passage(msgspec.Struct, frozen=True, kw_only=True):
    """Words of one turn: a thought, or what was said.

    Attributes:
        source: The words as they were written.
        is_markdown: A model wrote them; a person's words are no Markdown.
        thought: What the thought is called; empty where it is none.
    """

    source: str
    is_markdown: bool
    thought: str = ""

    def blocks(self) -> tuple[Block, ...]:
        """Parse the words."""
        return markdown_blocks(self.source) if self.is_markdown else paragraphs(self.source)


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One question or answer.

    Attributes:
        speaker: Who, in one line.
        mode: How it was answered; empty for a question, and where there is no choice.
        when: Empty where it is not known.
        pictures: What they are made of, and what they are called.
        documents: A line about each.
        note: How it ended, if not well; empty else.
    """

    speaker: str
    is_person: bool
    mode: str
    when: str
    passages: tuple[Passage, ...]
    pictures: tuple[tuple[Source, str], ...]
    documents: tuple[str, ...]
    note: str


def title_of(chat: KeptChat) -> str:
    """The title, in one line."""
    return label(chat.info.title) or "Untitled chat"


def about(chat: KeptChat) -> str:
    """A line about the chat: when it began, and how many questions were asked."""
    questions = sum(m.role is Role.USER for m in _path(chat))
    count = f"{format_count(questions)} question{'' if questions == 1 else 's'}"
    return " · ".join(filter(None, (moment(chat.info.created_ms), count)))


def turns_of(chat: KeptChat, options: WriteOptions) -> Iterator[Turn]:
    """Yield what is open of a chat, from its beginning."""
    for message in _path(chat):
        is_person = message.role is Role.USER
        speaker = label(message.model) if message.role is Role.ASSISTANT else ""
        yield Turn(
            speaker=speaker or _SPEAKERS[message.role],
            is_person=is_person,
            mode=_MODES[message.effort] if message.effort and not is_person else "",
            when=moment(message.created_ms),
            passages=tuple(_passages(message, options)),
            pictures=tuple(_pictures(message.attachments)) if options.pictures else (),
            documents=tuple(_documents(message.attachments, has_pictures=options.pictures)),
            note=_note(message),
        )


def missing_picture(name: str) -> str:
    """What stands in the place of a picture that cannot be read."""
    return f"[picture: {name}; it cannot be read any more]"


def _path(chat: KeptChat) -> list[ChatMessage]:
    return MessageTree(chat.messages, chat.info.leaf_id).path()


def _passages(message: ChatMessage, options: WriteOptions) -> Iterator[Passage]:
    is_markdown = message.role is Role.ASSISTANT
    for part in message.parts:
        if isinstance(part, PicturePart) or not part.text.strip():
            continue
        if not isinstance(part, ThoughtPart):
            yield Passage(source=readable(part.text), is_markdown=is_markdown)
        elif options.thoughts:
            name = f"Thought for {format_duration(message.thought_s)}"
            yield Passage(
                source=readable(part.text),
                is_markdown=is_markdown,
                thought=name if message.thought_s > 0 else "Thought",
            )


def _pictures(attachments: tuple[Attachment, ...]) -> Iterator[tuple[Source, str]]:
    for attachment in attachments:
        if isinstance(attachment, PictureAttachment):
            yield attachment.source, label(attachment.name) or "picture"


def _documents(attachments: tuple[Attachment, ...], *, has_pictures: bool) -> Iterator[str]:
    """Say what was attached and is not shown: the name, the kind, and which pages."""
    for attachment in attachments:
        name = label(attachment.name) or "unnamed"
        if isinstance(attachment, DocumentAttachment):
            kind = label(attachment.kind)
            yield " · ".join(filter(None, (name, kind, _pages(attachment))))
        elif not has_pictures:
            yield f"{name} · picture"


def _pages(document: DocumentAttachment) -> str:
    """Name the pages that were shown to the model, the first dozen of them."""
    labels = [label(page.label) for page in document.shown if page.label]
    if not labels:
        return ""
    named = ", ".join(labels[:12]) + (f" and {len(labels) - 12} more" if len(labels) > 12 else "")
    return f"page {named}" if len(labels) == 1 else f"pages {named}"


def _note(message: ChatMessage) -> str:
    edited = "Edited by hand." if message.is_edited else ""
    return " ".join(filter(None, (_NOTES.get(message.state, ""), edited)))
