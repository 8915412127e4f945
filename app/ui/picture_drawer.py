"""The process that draws an SVG of ours as PNG: one, then it is gone. It needs no screen."""

import msgspec

from app.domain.errors import ExportFailed
from app.domain.own_fonts import own_font
from app.pipe.once import answer_once
from app.services.picture_drawing import DrawPicture, PictureDrawn
from app.services.speed_picture import FONTS
from app.ui.screen import screen_problem

_NAME = "the picture"


def run() -> int:
    """Read a job from stdin and answer it on what was stdout."""
    return answer_once(_work)


def _work(line: bytes, _behind: bytes) -> PictureDrawn:
    job = msgspec.json.decode(line, type=DrawPicture)
    if problem := screen_problem():
        raise ExportFailed(name=_NAME, reason=problem)
    # Only now: without its libraries Qt cannot be imported.
    from PySide6.QtCore import QBuffer, QByteArray, Qt
    from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication(["cierzo"])
    QFontDatabase.addApplicationFont(str(own_font()))
    # WORKAROUND for QtSvg, which takes a list of families for the name of one.
    QFont.insertSubstitution(FONTS, "Inter")
    drawing = QSvgRenderer(QByteArray(job.svg.encode()))
    if not drawing.isValid():
        raise ValueError("an SVG that Qt does not understand")
    image = QImage(drawing.defaultSize() * job.scale, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    drawing.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes
    png = bytes(buffer.data().data())
    application.shutdown()
    return PictureDrawn(png=png)
