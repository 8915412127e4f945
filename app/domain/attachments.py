"""What a person puts to a question beside its words: pictures and documents."""

from enum import StrEnum

import msgspec

from app.domain.chat import Picture
from app.domain.picture_grid import PictureGrid


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a picture or a document comes from.

    Attributes:
        name: What the person calls it, e.g. the file's name without its folder.
        path: Of a file; empty where `data` has the content of one.
        sha256: Of the content, in hex, once it is kept with the chats; what it is found by there.
        size_bytes: Of the content, once it is kept.
    """

    name: str
    path: str = ""
    data: bytes = b""
    sha256: str = ""
    size_bytes: int = 0


class Detail(StrEnum):
    """How much of a picture the model is to see.

    Half the edge is a quarter of the tokens, so a large square takes 3,025, 729 or 169 of them
    with cells of 28 and a limit of 1,540 pixels. Pictures below the limit are not changed.
    """

    FULL = "full"
    HALF = "half"
    QUARTER = "quarter"

    def longest_px(self, grid: PictureGrid) -> int:
        """Limit of the longer edge, for `prepare_picture`."""
        return grid.longest_px // {Detail.FULL: 1, Detail.HALF: 2, Detail.QUARTER: 4}[self]


class PictureAttachment(msgspec.Struct, frozen=True, kw_only=True, tag="picture"):
    """A picture that can go with a question.

    Attributes:
        source: What it was made from, to make it again with another detail or for another model.
        original_width_px: Of the upright picture before it was scaled, as is the height.
        thumbnail_png: At most 256 pixels in either direction.
        grid: Of the model it was made for; None where it has to be made again, as after a restart.
        picture: What was made; None as above.
    """

    source: Source
    detail: Detail = Detail.FULL
    original_width_px: int = 0
    original_height_px: int = 0
    thumbnail_png: bytes = b""
    grid: PictureGrid | None = None
    picture: Picture | None = None

    @property
    def name(self) -> str:
        """What the person calls it."""
        return self.source.name

    @property
    def tokens(self) -> int | None:
        """What it takes of the context; None before it was made for a model."""
        if self.picture is None or self.grid is None:
            return None
        columns = self.picture.width_px // self.grid.cell_px
        rows = self.picture.height_px // self.grid.cell_px
        return (columns + 1) * rows


class DocumentPage(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a page, a sheet, a slide or a whole text.

    Attributes:
        label: What the person calls it: "3" of a paged document, a sheet's name; empty where the
            document is not divided.
    """

    label: str = ""
    text: str


class DocumentAttachment(msgspec.Struct, frozen=True, kw_only=True, tag="document"):
    """A document whose words go with a question.

    Attributes:
        kind: For people, e.g. ``PDF``.
        pages: All that was read of it, in order.
        chosen: Places in `pages` of what the model is shown; None is all of them.
    """

    source: Source
    kind: str
    pages: tuple[DocumentPage, ...]
    chosen: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """What the person calls it."""
        return self.source.name

    @property
    def shown(self) -> tuple[DocumentPage, ...]:
        """The pages that the model is shown."""
        if self.chosen is None:
            return self.pages
        return tuple(self.pages[place] for place in self.chosen)


Attachment = PictureAttachment | DocumentAttachment
