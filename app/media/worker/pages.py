"""What was read of a document so far, within the limits."""

import re

from app.domain.attachments import DocumentPage
from app.domain.errors import DocumentTooLong, DocumentTooManyPages
from app.domain.file_names import shown_name
from app.media.protocol import MAX_CHARACTERS, MAX_PAGES

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Control characters, halves of surrogate pairs and what is no character: none of it is text.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


class Pages:
    """Collects pages.

    Args:
        name: Of the document, for the sentences of errors.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._pages: list[DocumentPage] = []
        self._characters = 0

    def count(self, characters: int) -> None:
        """Take note of characters before they are kept.

        Raises:
            DocumentTooLong: They are too many.
        """
        self._characters += characters
        if self._characters > MAX_CHARACTERS:
            raise DocumentTooLong(name=self.name, limit_characters=MAX_CHARACTERS)

    def add(self, text: str, label: str = "") -> None:
        """Add a page whose characters were counted.

        Raises:
            DocumentTooManyPages: There are enough.
        """
        if len(self._pages) == MAX_PAGES:
            raise DocumentTooManyPages(name=self.name, limit_pages=MAX_PAGES)
        text = _NO_TEXT.sub("", _LINE_ENDS.sub("\n", text)).strip("\n")
        self._pages.append(DocumentPage(label=shown_name(label), text=text))

    @property
    def has_words(self) -> bool:
        """Whether there is anything to be seen on them."""
        return any(not page.text.isspace() for page in self._pages if page.text)

    def all(self) -> tuple[DocumentPage, ...]:
        """Everything, in order."""
        return tuple(self._pages)
