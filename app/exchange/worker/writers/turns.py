"""A chat as it is read: who said what on the path that is open, in words for people."""

from collections.abc import Iterator

import msgspec

from app.domain.attachments import Attachment, DocumentAttachment, PictureAttachment, Source
from app.domain.chat import Effort, PicturePart, Role, ThoughtPart
from app.domain.kept_chat import ChatMessage, KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.domain.units import format_count, format_duration
from app.exchange.file_words import FileWords
from app.exchange.worker.writers.blocks import Block, paragraphs
from app.exchange.worker.writers.markdown_blocks import markdown_blocks
from app.exchange.worker.writers.words import label, moment, readable
from app.exchange.writer_protocol import WriteOptions

_MOST_PAGES_NAMED = 12


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


def title_of(chat: KeptChat, words: FileWords) -> str:
    """The title, in one line."""
    return label(chat.info.title) or words.untitled


def about(chat: KeptChat, words: FileWords) -> str:
    """A line about the chat: when it began, and how many questions were asked."""
    questions = sum(m.role is Role.USER for m in _path(chat))
    count = words.questions[questions != 1].format(count=format_count(questions))
    return " · ".join(filter(None, (moment(chat.info.created_ms, words), count)))


def turns_of(chat: KeptChat, options: WriteOptions) -> Iterator[Turn]:
    """Yield what is open of a chat, from its beginning."""
    words = options.words
    modes = {Effort.FAST: words.fast, Effort.DEEP: words.deep}
    for message in _path(chat):
        is_person = message.role is Role.USER
        speaker = label(message.model) if message.role is Role.ASSISTANT else ""
        yield Turn(
            speaker=speaker or _speaker(message.role, words),
            is_person=is_person,
            mode=modes[message.effort] if message.effort and not is_person else "",
            when=moment(message.created_ms, words),
            passages=tuple(_passages(message, options)),
            pictures=tuple(_pictures(message.attachments, words)) if options.pictures else (),
            documents=tuple(_documents(message.attachments, options)),
            note=_note(message, words),
        )


def missing_picture(name: str, words: FileWords) -> str:
    """What stands in the place of a picture that cannot be read."""
    return words.missing_picture.format(name=name)


def _speaker(role: Role, words: FileWords) -> str:
    return {
        Role.SYSTEM: words.system,
        Role.USER: words.you,
        Role.ASSISTANT: words.assistant,
        Role.TOOL: words.tool,
    }[role]


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
            words = options.words
            name = words.thought_for.format(time=format_duration(message.thought_s))
            yield Passage(
                source=readable(part.text),
                is_markdown=is_markdown,
                thought=name if message.thought_s > 0 else words.thought,
            )


def _pictures(
    attachments: tuple[Attachment, ...], words: FileWords
) -> Iterator[tuple[Source, str]]:
    for attachment in attachments:
        if isinstance(attachment, PictureAttachment):
            yield attachment.source, label(attachment.name) or words.picture


def _documents(attachments: tuple[Attachment, ...], options: WriteOptions) -> Iterator[str]:
    """Say what was attached and is not shown: the name, the kind, and which pages."""
    words = options.words
    for attachment in attachments:
        name = label(attachment.name) or words.unnamed
        if isinstance(attachment, DocumentAttachment):
            kind = label(attachment.kind)
            yield " · ".join(filter(None, (name, kind, _pages(attachment, words))))
        elif not options.pictures:
            yield f"{name} · {words.picture}"


def _pages(document: DocumentAttachment, words: FileWords) -> str:
    """Name the pages that were shown to the model, the first dozen of them."""
    labels = [label(page.label) for page in document.shown if page.label]
    if not labels:
        return ""
    one, several, many = words.pages
    more = len(labels) - _MOST_PAGES_NAMED
    pattern = one if len(labels) == 1 else several if more <= 0 else many
    return pattern.format(pages=", ".join(labels[:_MOST_PAGES_NAMED]), count=more)


def _note(message: ChatMessage, words: FileWords) -> str:
    ended = {
        MessageState.UNANSWERED: words.unanswered,
        MessageState.STOPPED: words.stopped,
        MessageState.CUT: words.cut,
        MessageState.INTERRUPTED: words.interrupted,
    }.get(message.state, "")
    edited = words.edited if message.is_edited else ""
    return " ".join(filter(None, (ended, edited)))
