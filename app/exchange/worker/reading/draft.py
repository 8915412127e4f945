"""A chat as a reader found it, and what becomes of it.

Other programs make several messages of what is one answer to us: a thought, a call of a tool, what
the tool said, the words. Here they become one; with branches among them, one per branch.
"""

import itertools
from collections.abc import Iterable, Iterator

import msgspec

from app.domain.attachments import Attachment
from app.domain.chat import Part, Role, TextPart, ThoughtPart
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.exchange.reader_protocol import MAX_LINE_BYTES, Why
from app.exchange.worker.reading.clean import clean_line, clean_text
from app.exchange.worker.reading.order import in_order
from app.exchange.worker.reading.outcome import Outcome

_SHOWN = {Role.USER, Role.ASSISTANT}
# Of all messages of a chat together.
_MOST_PARTS = 1_000_000


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it stands in a file.

    Attributes:
        key: What the file calls it.
        parent: The key of the one it follows; None at the beginning.
        role: A system's words are taken where they come first; a tool's messages, and whatever
            has nothing to show, only lead from one to the other.
    """

    key: str
    parent: str | None
    role: Role
    text: str = ""
    thought: str = ""
    state: MessageState = MessageState.DONE
    created_ms: int = 0
    model: str = ""
    thought_s: float = 0.0
    attachments: tuple[Attachment, ...] = ()


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A chat as it stands in a file; a title that came with it is kept like one of the person's.

    Attributes:
        key: 32 hex digits.
        leaf: The key of the turn that was open last; None where nothing tells.
    """

    key: str
    title: str
    created_ms: int = 0
    used_ms: int = 0
    is_pinned: bool = False
    system: str = ""
    model: str = ""
    turns: list[Turn]
    leaf: str | None = None


def chat_of(draft: Draft) -> Outcome:
    """Make a chat of it, unless it has no message, or too much in all its branches together."""
    weaver = _Weaver(draft.turns)
    try:
        messages = tuple(weaver.messages())
    except _TooLargeError:
        return Why.TOO_LARGE
    if not messages:
        return Why.EMPTY
    tree = MessageTree(messages, weaver.message_of(draft.leaf))
    title = clean_line(draft.title)
    newest_ms = max(message.created_ms for message in messages)
    return KeptChat(
        info=ChatInfo(
            chat_id=0,
            key=draft.key,
            title=title,
            is_named=bool(title),
            is_pinned=draft.is_pinned,
            created_ms=draft.created_ms,
            used_ms=draft.used_ms or newest_ms or draft.created_ms,
            leaf_id=tree.path()[-1].message_id,
            settings=ChatSettings(
                system=clean_text(draft.system or weaver.system).strip(),
                model=clean_line(draft.model),
            ),
        ),
        messages=messages,
    )


class _TooLargeError(Exception):
    pass


class _Weaver:
    """Makes messages out of turns.

    Attributes:
        system: What a system said first.
    """

    def __init__(self, turns: list[Turn]) -> None:
        self.system = ""
        self._turns: dict[str, Turn] = {}
        for turn in turns:
            self._turns.setdefault(turn.key, turn)
        self._order = in_order({turn.key: turn.parent for turn in self._turns.values()})
        # The nearest question or answer above each turn, and which of both come below one.
        self._above: dict[str, str | None] = {}
        self._below: dict[str, set[Role]] = {}
        for key, parent in self._order:
            self._look_at(key, parent)
        self._parts_left = _MOST_PARTS
        self._characters_left = MAX_LINE_BYTES
        self._next_id = itertools.count(1)
        self._message_ids: dict[str | None, int | None] = {None: None}
        # The message that an answer follows, also where it is only a part of one.
        self._before: dict[str | None, int | None] = {}

    def message_of(self, key: str | None) -> int | None:
        """The message that shows a turn, else the one before it."""
        return self._message_ids.get(key)

    def messages(self) -> Iterator[ChatMessage]:
        """Make them, parents before their children."""
        made = [message for key, _ in self._order if (message := self._message(key))]
        answered = {message.parent_id for message in made if message.role is Role.ASSISTANT}
        for message in made:
            is_open = message.role is Role.USER and message.message_id not in answered
            state = MessageState.UNANSWERED if is_open else message.state
            yield msgspec.structs.replace(message, state=state)

    def _look_at(self, key: str, parent: str | None) -> None:
        is_shown = parent is None or self._turns[parent].role in _SHOWN
        above = parent if is_shown or parent is None else self._above[parent]
        self._above[key] = above
        turn = self._turns[key]
        if above is not None:
            self._below.setdefault(above, set()).add(turn.role)
        elif turn.role is Role.SYSTEM and not self.system:
            self.system = turn.text

    def _message(self, key: str) -> ChatMessage | None:
        """The message that ends with a turn, if one does."""
        turn, below = self._turns[key], self._below.get(key, set()) & _SHOWN
        is_answer, above = turn.role is Role.ASSISTANT, self._above[key]
        goes_on = is_answer and above is not None and self._turns[above].role is Role.ASSISTANT
        before = self._before[above] if goes_on else self._message_ids[above]
        self._before[key] = before
        # An answer that goes on in one branch may be asked on in another.
        is_end = turn.role in _SHOWN and not (is_answer and below == {Role.ASSISTANT})
        parts = self._parts_up_to(key) if is_end else []
        content = _content_of(parts)
        is_empty = not content and not turn.attachments and (is_answer or not below)
        if not is_end or is_empty:
            self._message_ids[key] = before
            return None
        message_id = self._message_ids[key] = next(self._next_id)
        return ChatMessage(
            message_id=message_id,
            parent_id=before,
            role=turn.role,
            parts=content or (TextPart(""),),
            state=turn.state,
            created_ms=turn.created_ms,
            attachments=turn.attachments,
            model=clean_line(next((part.model for part in reversed(parts) if part.model), "")),
            thought_s=sum(part.thought_s for part in parts),
        )

    def _parts_up_to(self, key: str) -> list[Turn]:
        """What is one answer together; a question, a system or a tool is alone."""
        parts = [self._turns[key]]
        while parts[-1].role is Role.ASSISTANT:
            above = self._above[parts[-1].key]
            if above is None or self._turns[above].role is not Role.ASSISTANT:
                break
            parts.append(self._turns[above])
        self._count(parts)
        return parts[::-1]

    def _count(self, parts: list[Turn]) -> None:
        """Branches of one answer all have its beginning: together they grow with their square."""
        self._parts_left -= len(parts)
        self._characters_left -= sum(len(part.text) + len(part.thought) for part in parts)
        if min(self._parts_left, self._characters_left) < 0:
            raise _TooLargeError


def _content_of(turns: list[Turn]) -> tuple[Part, ...]:
    """The thoughts and the words; neither where there is only white space."""
    thought = _joined(turn.thought for turn in turns)
    text = _joined(turn.text for turn in turns)
    parts: list[Part] = [ThoughtPart(thought)] if thought else []
    return (*parts, TextPart(text)) if text else tuple(parts)


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(clean_text(text).strip("\r\n") for text in texts if text.strip())
