"""What the self-test and the process that opens the window for it say to each other."""

from app.pipe.messages import Failed, Wire

MAX_ANSWER_BYTES = 1 << 20


class OpenWindow(Wire, frozen=True, kw_only=True):
    """Open the window and close it as soon as it can be used.

    Attributes:
        home: Folder for its files, as `os.fsencode` makes it.
    """

    home: bytes


class WindowOpened(Wire, frozen=True, kw_only=True):
    """It was on the screen, and its event loop had nothing more to do.

    Attributes:
        platform: Qt's name for the kind of screen, e.g. ``xcb``.
        usable_ns: When it could be used, on the clock that all processes share.
        languages: Those with all their words and Qt's own.
        has_colours: Code gets them.
        has_formulas: They are drawn.
    """

    platform: str
    usable_ns: int
    languages: tuple[str, ...]
    has_colours: bool
    has_formulas: bool


Reply = WindowOpened | Failed
