"""All variants of a chat's messages, and the path through them that is open."""

from collections.abc import Iterable

from app.domain.kept_chat import ChatMessage


class MessageTree:
    """Messages linked to the one they follow.

    Every message remembers which of the variants that follow it was open last, so that going to
    another variant and back shows the same as before.
    """

    def __init__(self, messages: Iterable[ChatMessage] = (), leaf_id: int | None = None) -> None:
        """Take messages, parents before their children, and open the path to `leaf_id`.

        Without a leaf, or with one that does not exist, the newest variants are open.
        """
        self._messages: dict[int, ChatMessage] = {}
        self._children: dict[int | None, list[int]] = {None: []}
        self._open: dict[int | None, int] = {}
        for message in messages:
            self._link(message)
        if leaf_id in self._messages:
            self._open_up_to(leaf_id)

    def __contains__(self, message_id: int) -> bool:
        return message_id in self._messages

    def __getitem__(self, message_id: int) -> ChatMessage:
        return self._messages[message_id]

    @property
    def messages(self) -> list[ChatMessage]:
        """All of them, parents before their children."""
        return list(self._messages.values())

    def path(self) -> list[ChatMessage]:
        """What is open, from the beginning to the leaf."""
        path: list[ChatMessage] = []
        place: int | None = None
        while (place := self._open.get(place)) is not None:
            path.append(self._messages[place])
        return path

    def add(self, message: ChatMessage) -> None:
        """Add a message behind its parent and open it."""
        self._link(message)
        self._open_up_to(message.message_id)

    def replace(self, message: ChatMessage) -> None:
        """Put another state of the same message in its place."""
        self._messages[message.message_id] = message

    def variants(self, message_id: int) -> list[int]:
        """That message and the others with the same parent, oldest first."""
        return list(self._children[self._messages[message_id].parent_id])

    def open(self, message_id: int) -> None:
        """Open the path that leads through that message, and on to where it was last."""
        self._open_up_to(message_id)

    def subtree(self, message_id: int) -> list[int]:
        """That message and all that follow it, parents before their children."""
        found = [message_id]
        for place in found:
            found += self._children[place]
        return found

    def remove(self, message_id: int) -> list[ChatMessage]:
        """Take a message out with all that follow it; where it was open its neighbour is then.

        Returns:
            What was taken out, parents before their children.
        """
        parent_id = self._messages[message_id].parent_id
        taken = [self._messages[place] for place in self.subtree(message_id)]
        siblings = self._children[parent_id]
        position = siblings.index(message_id)
        siblings.remove(message_id)
        if self._open.get(parent_id) == message_id:
            del self._open[parent_id]
            if siblings:
                self._open[parent_id] = siblings[max(0, position - 1)]
        for message in taken:
            del self._messages[message.message_id]
            del self._children[message.message_id]
        return taken

    def put_back(self, messages: Iterable[ChatMessage]) -> None:
        """Bring back what was taken out, in the order of ids and open as it was."""
        first, *others = messages
        was_open = dict(self._open)
        for message in (first, *others):
            self._link(message)
            self._children[message.parent_id].sort()
        self._open |= was_open
        self._open_up_to(first.message_id)

    def _link(self, message: ChatMessage) -> None:
        self._messages[message.message_id] = message
        self._children[message.message_id] = []
        self._children[message.parent_id].append(message.message_id)
        self._open[message.parent_id] = message.message_id

    def _open_up_to(self, message_id: int) -> None:
        place = message_id
        while True:
            parent_id = self._messages[place].parent_id
            self._open[parent_id] = place
            if parent_id is None:
                return
            place = parent_id
