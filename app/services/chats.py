"""Chats as the window has them, and what is told about their changes."""

import secrets

import msgspec

from app.domain.attachments import Attachment
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState
from app.domain.message_tree import MessageTree
from app.domain.names import clean_name

# Messages that the model knows nothing of.
_NOT_SEEN = (MessageState.QUEUED, MessageState.UNANSWERED)


class Chat:
    """A conversation.

    Attributes:
        info: What is known of it without its messages.
        is_private: The person wants that it never touches the disk.
        is_kept: It is on the disk, or will be with its first message.
        is_loaded: Its messages are here.
        was_kept: Something of it went to the disk, whatever is left of it.
        is_busy: Something in it is being answered, or waits for that.
        queued: Questions that wait for their turn; they come behind the open path.
    """

    def __init__(
        self,
        info: ChatInfo,
        *,
        is_private: bool = False,
        is_kept: bool = True,
        is_loaded: bool = True,
    ) -> None:
        self.info = info
        self.is_private = is_private
        self.is_kept = is_kept and not is_private
        self.is_loaded = is_loaded
        self.was_kept = not is_loaded
        self.is_busy = False
        self.queued: list[ChatMessage] = []
        self._tree = MessageTree()
        self._path: list[ChatMessage] = []

    @property
    def chat_id(self) -> int:
        """On this PC."""
        return self.info.chat_id

    @property
    def key(self) -> str:
        """Names it to the engine, for good."""
        return self.info.key

    @property
    def title(self) -> str:
        """What the person calls it, or its first question."""
        return self.info.title

    @property
    def settings(self) -> ChatSettings:
        """How it is answered."""
        return self.info.settings

    @property
    def messages(self) -> list[ChatMessage]:
        """The open path, and what waits behind it."""
        return [*self._path, *self.queued]

    @property
    def path(self) -> list[ChatMessage]:
        """The open path."""
        return self._path

    @property
    def left_out(self) -> int:
        """How many messages at the beginning of the path are kept from the model."""
        last = self.info.reads_after
        ids = [m.message_id for m in self._path] if last is not None else []
        return ids.index(last) + 1 if last in ids else 0

    def take(self, kept: KeptChat) -> None:
        """Have the messages that were kept."""
        self._tree = MessageTree(kept.messages, kept.info.leaf_id)
        self.is_loaded = True
        self._follow()

    def let_go(self) -> None:
        """Forget the messages until they are needed again."""
        self._tree, self._path, self.is_loaded = MessageTree(), [], False

    def kept(self) -> KeptChat:
        """Everything in it."""
        return KeptChat(info=self.info, messages=tuple(self._tree.messages))

    def message(self, message_id: int) -> ChatMessage:
        """Find a message on whatever path; it is known to exist."""
        waiting = next((m for m in self.queued if m.message_id == message_id), None)
        return waiting or self._tree[message_id]

    def has(self, message_id: int) -> bool:
        """Whether there is such a message."""
        return message_id in self._tree or any(m.message_id == message_id for m in self.queued)

    def index(self, message_id: int) -> int | None:
        """Where that message is in `messages`; None on another path."""
        # From the end: what changes is nearly always there.
        messages = self.messages
        return next(
            (i for i in reversed(range(len(messages))) if messages[i].message_id == message_id),
            None,
        )

    def seen(self, before: int | None = None) -> list[ChatMessage]:
        """What the model knows of, up to the message of that id (not included) or the end."""
        messages = self.messages
        end = self.index(before) if before is not None else len(messages)
        return [m for m in messages[self.left_out : end] if m.state not in _NOT_SEEN]

    def variants(self, message_id: int) -> list[int]:
        """That message and the others in its place, oldest first."""
        return self._tree.variants(message_id) if message_id in self._tree else [message_id]

    def is_answered(self, question_id: int) -> bool:
        """Whether a question has an answer, on whatever path."""
        return len(self._tree.subtree(question_id)) > 1 if question_id in self._tree else False

    def add(self, message: ChatMessage) -> None:
        """Put a message behind its parent and open it."""
        self._tree.add(message)
        self._follow()

    def replace(self, message: ChatMessage) -> None:
        """Put another state of the same message in its place."""
        for place, waiting in enumerate(self.queued):
            if waiting.message_id == message.message_id:
                self.queued[place] = message
                return
        self._tree.replace(message)
        for place in reversed(range(len(self._path))):
            if self._path[place].message_id == message.message_id:
                self._path[place] = message
                return

    def open(self, message_id: int) -> None:
        """Open the path through that message."""
        self._tree.open(message_id)
        self._follow()

    def remove(self, message_id: int) -> list[ChatMessage]:
        """Take a message out with all that follows it."""
        taken = self._tree.remove(message_id)
        self._follow()
        return taken

    def put_back(self, messages: list[ChatMessage]) -> None:
        """Bring back what was taken out, and open it."""
        self._tree.put_back(messages)
        self.open(messages[0].message_id)

    def subtree(self, message_id: int) -> list[int]:
        """That message and all that follow it on whatever path."""
        return self._tree.subtree(message_id)

    def _follow(self) -> None:
        self._path = self._tree.path()
        leaf_id = self._path[-1].message_id if self._path else None
        self.info = msgspec.structs.replace(self.info, leaf_id=leaf_id)


_TITLE_CHARACTERS = 60
_MOST_TITLE_CHARACTERS = 200
_MOST_LOOKED_AT = 4000


def title_of(question: str) -> str:
    """What a chat is called after its first question."""
    # As much as is needed of a line that may be a megabyte.
    line = question.strip().partition("\n")[0][:_MOST_LOOKED_AT]
    line = clean_name(line, most=_MOST_LOOKED_AT)
    return line if len(line) <= _TITLE_CHARACTERS else line[:_TITLE_CHARACTERS].rstrip() + "…"


def clean_title(title: str) -> str:
    """A title or the name of a folder as a person wrote it, on one line and not endless."""
    return clean_name(title, most=_MOST_TITLE_CHARACTERS)


def new_key() -> str:
    """A name for a chat that no other has."""
    return secrets.token_hex(16)


class ChatAdded(msgspec.Struct, frozen=True):
    """It is among the chats: new, or out of the trash again."""

    chat: Chat


class ChatChanged(msgspec.Struct, frozen=True):
    """Its `info` changed, or work in it began or ended (`ChatService.working_chat_id`)."""

    chat: Chat


class ChatRemoved(msgspec.Struct, frozen=True):
    """It is no longer among the chats: in the trash, or gone for good."""

    chat: Chat


class ChatsAdded(msgspec.Struct, frozen=True):
    """Chats came from elsewhere; each stands where it was used."""

    chats: tuple[Chat, ...]


class ChatsRemoved(msgspec.Struct, frozen=True):
    """They are gone for good."""

    chats: tuple[Chat, ...]


class ChatLoaded(msgspec.Struct, frozen=True):
    """The messages of a chat are here."""

    chat: Chat


class ChatsOpened(msgspec.Struct, frozen=True):
    """The chats that were kept are here; told once, and again after a restore."""


class FoldersChanged(msgspec.Struct, frozen=True):
    """A folder came, went or has another name."""


class PathChanged(msgspec.Struct, frozen=True):
    """Other variants are open from that place in the chat on."""

    chat: Chat
    index: int


class MessageAdded(msgspec.Struct, frozen=True):
    """At that place in the chat: an answer stands before the questions that wait behind it."""

    chat_id: int
    index: int
    message: ChatMessage


class MessageChanged(msgspec.Struct, frozen=True):
    """Same message, new state or numbers; its words grow by `TextAdded` alone."""

    chat_id: int
    message: ChatMessage


class MessageRemoved(msgspec.Struct, frozen=True):
    """It is no longer part of the chat."""

    chat_id: int
    message_id: int


class TextAdded(msgspec.Struct, frozen=True):
    """More words of the answer that is being written, or of its thought.

    Attributes:
        reasoning_tokens: Of the thought so far.
    """

    chat_id: int
    message_id: int
    text: str
    is_thought: bool = False
    reasoning_tokens: int = 0


class Reading(msgspec.Struct, frozen=True):
    """The model reads the prompt; `left_s` is None until there is something to estimate from.

    `is_looking`: it works on a picture, which has no count.
    """

    chat_id: int
    done_tokens: int
    total_tokens: int
    left_s: float | None
    is_looking: bool = False


class Repeats(msgspec.Struct, frozen=True):
    """The answer says the same over and over."""

    chat_id: int


class LeftOut(msgspec.Struct, frozen=True):
    """More of the chat is kept from the model, see `Chat.left_out`."""

    chat: Chat


class QuestionReturned(msgspec.Struct, frozen=True):
    """A question left the chat and belongs in the composer again."""

    chat_id: int
    text: str
    attachments: tuple[Attachment, ...] = ()


class Trouble(msgspec.Struct, frozen=True):
    """Something failed; `chat_id` None concerns no chat in particular."""

    chat_id: int | None
    error: Exception


LibraryEvent = (
    ChatAdded
    | ChatChanged
    | ChatRemoved
    | ChatsAdded
    | ChatsRemoved
    | ChatLoaded
    | ChatsOpened
    | FoldersChanged
    | PathChanged
)
ChatEvent = (
    LibraryEvent
    | MessageAdded
    | MessageChanged
    | MessageRemoved
    | TextAdded
    | Reading
    | Repeats
    | LeftOut
    | QuestionReturned
    | Trouble
)
