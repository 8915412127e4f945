"""What exported files say beside the words of the chat: English, unless whoever exports says it."""

import msgspec


class FileWords(msgspec.Struct, frozen=True, kw_only=True):
    """One text each; braces are filled in by the writers.

    Attributes:
        language: Of these words, as HTML names it.
        months: From January on.
        questions: How many were asked, for one and for more.
        pages: Which pages the model saw, for one, for more, and for many that are not all named.
    """

    language: str = "en"
    months: tuple[str, ...] = (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
    moment: str = "{day} {month} {year}, {time}"
    questions: tuple[str, str] = ("1 question", "{count} questions")
    pages: tuple[str, str, str] = (
        "page {pages}",
        "pages {pages}",
        "pages {pages} and {count} more",
    )
    chats: str = "Chats"
    untitled: str = "Untitled chat"
    system: str = "System"
    you: str = "You"
    assistant: str = "Assistant"
    tool: str = "Tool"
    fast: str = "Fast"
    deep: str = "Deep"
    thought: str = "Thought"
    thought_for: str = "Thought for {time}"
    unanswered: str = "There is no answer."
    stopped: str = "Stopped here."
    cut: str = "Cut off here: the limit was reached."
    interrupted: str = "Interrupted here."
    edited: str = "Edited by hand."
    picture: str = "picture"
    missing_picture: str = "[picture: {name}; it cannot be read any more]"
    unnamed: str = "unnamed"
