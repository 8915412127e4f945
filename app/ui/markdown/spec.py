"""What a unit looks like, without Qt: lines of runs that can be compared."""

import msgspec


class CharStyle(msgspec.Struct, frozen=True):
    """How words of a line look.

    Attributes:
        link: Where they lead, an address that was checked; empty where they lead nowhere.
        formula: The TeX that is drawn in their place, without its marks.
        is_display: The formula stands by itself.
        is_drawn: The run is the formula's picture.
        is_marker: A list's sign.
        task: Whether the task is done, where the run is its box.
    """

    is_strong: bool = False
    is_emphasis: bool = False
    is_struck: bool = False
    is_code: bool = False
    is_quiet: bool = False
    is_marker: bool = False
    link: str = ""
    formula: str = ""
    is_display: bool = False
    is_drawn: bool = False
    task: bool | None = None


PLAIN = CharStyle()
MARKER = CharStyle(is_marker=True)


class LineStyle(msgspec.Struct, frozen=True):
    """How a line of a unit stands on the page.

    Attributes:
        heading: 1 to 6; 0 for others.
        depth: Steps of lists that it is moved by.
        bars: At which of these steps a quote's bar stands beside it.
        marker_chars: The length of the sign that hangs before it; 0 where none does.
        gap: Lines of air above it: "none", "item", "block", "heading" or "unit".
        panel: Number of the block of code that it is part of, within its unit; 0 for others.
        is_rule: A line across the page.
        is_display: A formula that stands by itself.
        is_cell: In a table.
    """

    heading: int = 0
    depth: int = 0
    bars: tuple[int, ...] = ()
    marker_chars: int = 0
    gap: str = "block"
    panel: int = 0
    is_panel_first: bool = False
    is_panel_last: bool = False
    is_rule: bool = False
    is_display: bool = False
    is_cell: bool = False


class Run(msgspec.Struct, frozen=True):
    """Words in one style.

    Attributes:
        at: Where they stand in the unit's source.
        is_literal: Each sign is one of the source; else all of them stand for what is there.
    """

    text: str
    style: CharStyle = PLAIN
    at: int = 0
    is_literal: bool = True


class Line(msgspec.Struct, frozen=True):
    """A paragraph of the document."""

    style: LineStyle
    runs: tuple[Run, ...]


class Panel(msgspec.Struct, frozen=True):
    """A block of code inside a unit: what it is and what is copied."""

    number: int
    language: str
    text: str


class Flat(msgspec.Struct, frozen=True):
    """A unit as lines, and the code among them."""

    lines: tuple[Line, ...]
    panels: tuple[Panel, ...] = ()


class Piece(msgspec.Struct, frozen=True):
    """Some signs of a row of code, in Qt's count, and which colour they have."""

    begin: int
    length: int
    colour: str


Row = tuple[Piece, ...]
