"""SVGs of ours as PNG, drawn in a throw-away process: a command line has no Qt itself."""

import msgspec

from app.domain.errors import ExportFailed, error_from_code
from app.pipe.command import worker_command
from app.pipe.messages import Failed, Wire
from app.pipe.once import NoAnswerError, ask_once

_ROLE = "--picture-drawer"
_LIMIT_S = 60.0  # a cold disk and a busy machine; else half a second
_MAX_ANSWER_BYTES = 16 << 20
_SCALE = 2  # sharp on fine screens, and where a chat shows it large


class DrawPicture(Wire, frozen=True, kw_only=True):
    """Draw it.

    Attributes:
        svg: Made by us; it names its size in pixels.
        scale: Pixels of the PNG for each of those.
    """

    svg: str
    scale: int


class PictureDrawn(Wire, frozen=True, kw_only=True):
    """The good answer."""

    png: bytes


Reply = PictureDrawn | Failed


def draw_png(svg: str, *, name: str) -> bytes:
    """Draw an SVG; waits for it.

    Args:
        svg: See `DrawPicture`.
        name: Of the file that it is for, for the sentences of errors.

    Raises:
        ExportFailed: It could not be drawn here.
        WorkerBug: The process has a defect.
    """
    try:
        line = ask_once(
            worker_command(_ROLE),
            msgspec.json.encode(DrawPicture(svg=svg, scale=_SCALE)),
            name="picture",
            environment={"QT_QPA_PLATFORM": "offscreen"},
            max_answer_bytes=_MAX_ANSWER_BYTES,
            timeout_s=_LIMIT_S,
        )
        reply: Reply = msgspec.json.decode(line, type=Reply)
    except TimeoutError:
        raise ExportFailed(name=name, reason="it took too long") from None
    except NoAnswerError as death:
        detail = "\n".join(death.outcome.last_words)
        raise ExportFailed(name=name, reason=death.outcome.reason, detail=detail) from None
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        raise ExportFailed(name=name, reason=reason) from None
    except msgspec.DecodeError:
        raise ExportFailed(name=name, reason="it broke the protocol") from None
    if isinstance(reply, Failed):
        raise error_from_code(reply.code, reply.facts, reply.detail)
    return reply.png
