"""What is said about pictures, in chips, bubbles and to screen readers."""

from PySide6.QtCore import QCoreApplication

from app.domain.attachments import Detail, PictureAttachment
from app.ui.quantities import counted, listed


def _tr(text: str) -> str:
    return QCoreApplication.translate("pictures", text)


def size_words(attachment: PictureAttachment) -> str:
    """The size that the model gets and what it takes, e.g. ``1540 × 1036 · 2,090 tokens``.

    Of a picture that was not made for a model yet, its own size.
    """
    picture = attachment.picture
    if picture is None or attachment.tokens is None:
        return f"{attachment.original_width_px} × {attachment.original_height_px}"
    size = f"{picture.width_px} × {picture.height_px}"
    tokens = counted(attachment.tokens, "1 token", "{count} tokens")
    return f"{size} · {tokens}"


def picture_name(attachment: PictureAttachment) -> str:
    """Name, size and tokens, for screen readers."""
    size = listed(size_words(attachment).split(" · "))
    return _tr("Picture {name}, {size}").format(name=attachment.name, size=size)


def detail_words(detail: Detail) -> str:
    """What a detail is called."""
    return {
        Detail.FULL: _tr("Full detail"),
        Detail.HALF: _tr("Half the detail"),
        Detail.QUARTER: _tr("A quarter of the detail"),
    }[detail]
