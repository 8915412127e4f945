"""The disk image for macOS: the app, a link to Applications, and a picture that says what to do."""

import pathlib
import tempfile

from release.macos_keychain import signing_identity
from release.macos_signing import notarise, sign_app, sign_image
from release.project import NAME, PACKAGING, target, version

BACKGROUND = PACKAGING / "macos" / "background.svg"
_WINDOW_PX = (640, 400)
# In points from the window's top left corner; the picture's arrow leads from one to the other.
_APP_AT = (180, 190)
_APPLICATIONS_AT = (460, 190)
_ICON_PX = 112


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Sign ``bundle/Cierzo.app`` and put it into an image; done on macOS only.

    Both are notarised where the secrets are: the app too, because people throw the image away.
    """
    if not target().startswith("macos-"):
        return []
    import dmgbuild  # type: ignore[import-not-found]  # there on macOS only

    app = dist / "bundle" / f"{NAME}.app"
    image = dist / f"{NAME}-{version()}-{target()}.dmg"
    image.unlink(missing_ok=True)
    with signing_identity() as identity, tempfile.TemporaryDirectory() as folder:
        sign_app(app, identity)
        notarise(app)
        background = draw_background(pathlib.Path(folder))
        dmgbuild.build_dmg(str(image), NAME, settings=settings(app, background))
        sign_image(image, identity)
        notarise(image)
    return [image]


def settings(app: pathlib.Path, background: pathlib.Path) -> dict[str, object]:
    """What dmgbuild is told; it needs no Finder that would have to be clicked through."""
    return {
        "format": "ULMO",  # lzma, the smallest; macOS reads it since 10.15
        "files": [str(app)],
        "symlinks": {"Applications": "/Applications"},
        "icon_locations": {app.name: _APP_AT, "Applications": _APPLICATIONS_AT},
        "background": str(background),
        "window_rect": ((200, 160), _WINDOW_PX),
        "icon_size": _ICON_PX,
    }


def draw_background(folder: pathlib.Path) -> pathlib.Path:
    """Draw the picture for both densities of screens; dmgbuild finds the second by its name."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    renderer = QSvgRenderer(str(BACKGROUND))
    width_px, height_px = _WINDOW_PX
    for scale, name in ((1, "background.png"), (2, "background@2x.png")):
        image = QImage(width_px * scale, height_px * scale, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        # tiffutil joins the two only if their densities say that they are equally large.
        image.setDotsPerMeterX(round(72 * scale / 0.0254))
        image.setDotsPerMeterY(round(72 * scale / 0.0254))
        image.save(str(folder / name))
    return folder / "background.png"
