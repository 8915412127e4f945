"""Changes of a chat's messages: made, kept and told in one go."""

import msgspec

from app.domain.kept_chat import ChatMessage, MessageState
from app.services.chat_library import ChatLibrary
from app.services.chats import (
    Chat,
    MessageAdded,
    MessageChanged,
    MessageRemoved,
    PathChanged,
    QuestionReturned,
)


class ChatEdits:
    """Used by everything that changes messages.

    Attributes:
        library: Keeps the chats and tells what happens to them.
    """

    def __init__(self, library: ChatLibrary) -> None:
        self.library = library

    def change(self, chat: Chat, message_id: int, **changes: object) -> None:
        """Change a message."""
        changed = msgspec.structs.replace(chat.message(message_id), **changes)
        chat.replace(changed)
        self.library.keep(chat, changed)
        self.library.on_event(MessageChanged(chat.chat_id, changed))

    def keep(self, chat: Chat, *message_ids: int) -> None:
        """Have messages on the disk as they are now."""
        self.library.keep(chat, *(chat.message(i) for i in message_ids))

    def add(self, chat: Chat, message: ChatMessage) -> None:
        """Put a message behind its parent; it may come in the place of another variant."""
        parent = -1 if message.parent_id is None else chat.index(message.parent_id)
        index = 0 if parent is None else parent + 1
        has_others = index < len(chat.path)
        chat.add(message)
        self.library.keep(chat, message)
        if parent is None or has_others:
            self.tell_path(chat, message.message_id)
        else:
            self.library.on_event(MessageAdded(chat.chat_id, index, message))

    def tell_path(self, chat: Chat, message_id: int) -> None:
        """Other variants are open, from that message on."""
        self.library.on_event(PathChanged(chat, chat.index(message_id) or 0))

    def hand_down(self, chat: Chat, gone: ChatMessage) -> None:
        """What waits behind a message that goes follows the one before it."""
        for waiting in chat.queued:
            if waiting.parent_id == gone.message_id:
                self.change(chat, waiting.message_id, parent_id=gone.parent_id)

    def place_unanswered(self, chat: Chat) -> None:
        """What waited and waits no longer is on the path, as it is after a restart."""
        given_up = [m for m in chat.queued if m.state is MessageState.UNANSWERED]
        for question in given_up:
            chat.queued.remove(question)
            parent_id = chat.path[-1].message_id if chat.path else None
            chat.add(msgspec.structs.replace(question, parent_id=parent_id))
            self.keep(chat, question.message_id)

    def return_question(self, chat: Chat, message_id: int) -> None:
        """Take a question out of the chat and give it back to the composer."""
        question = chat.message(message_id)
        index = chat.index(message_id) or 0
        is_waiting = question in chat.queued
        if is_waiting:
            chat.queued.remove(question)
            self.hand_down(chat, question)
        else:
            chat.remove(message_id)
        self.library.keep(chat)
        self._keep_as_draft(chat, question)
        self.library.delete_messages(chat, [question])
        if is_waiting:
            self.library.on_event(MessageRemoved(chat.chat_id, message_id))
        else:
            self.library.on_event(PathChanged(chat, index))
        self.library.on_event(QuestionReturned(chat.chat_id, question.text, question.attachments))

    def _keep_as_draft(self, chat: Chat, question: ChatMessage) -> None:
        """Have its words and files on the disk before the question is gone from there."""
        draft = self.library.draft(chat.chat_id)
        is_its_own = (draft.text, draft.attachments) == (question.text, question.attachments)
        if not is_its_own:
            words = "\n\n".join(text for text in (question.text, draft.text) if text.strip())
            attachments = (*question.attachments, *draft.attachments)
            draft = msgspec.structs.replace(draft, text=words, attachments=attachments)
        self.library.keep_draft(chat, draft)
