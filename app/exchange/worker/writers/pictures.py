"""Pictures for exported files: decoded here and written anew, so that no foreign byte gets on.

What hides behind the pixels of a file, its place and camera for a start, stays behind.
"""

import io
import pathlib
import warnings

import msgspec
import pi_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageOps,
    JpegImagePlugin,
    MpoImagePlugin,  # noqa: F401 - the JPEG plugin imports it on demand
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from app.domain.attachments import Source

MAX_SOURCE_BYTES = 64 * 1024 * 1024
_MAX_MEGAPIXELS = 40
# Of the longer edge: sharp over the whole width of a page.
_LONGEST_PX = 1600
# More than this as a PNG, and it is a photograph.
_MOST_PNG_BYTES = 400_000
_JPEG_QUALITY = 85
_FORMATS = (
    PngImagePlugin.PngImageFile.format,
    JpegImagePlugin.JpegImageFile.format,
    WebPImagePlugin.WebPImageFile.format,
    AvifImagePlugin.AvifImageFile.format,
    GifImagePlugin.GifImageFile.format,
    BmpImagePlugin.BmpImageFile.format,
    TiffImagePlugin.TiffImageFile.format,
    "HEIF",
)


class DrawnPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a file of our own making; `format` is ``png`` or ``jpeg``."""

    name: str
    data: bytes
    format: str
    width_px: int
    height_px: int


def load_decoders() -> None:
    """Limit what is decoded; called once."""
    Image.preinit()
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = _MAX_MEGAPIXELS * 1_000_000
    # Pillow warns of every oddity in a file's metadata; only this one is our concern.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def draw(source: Source, name: str) -> DrawnPicture | None:
    """Make a picture of what a person attached; None where that is no longer possible.

    Args:
        source: Whose bytes may be hostile.
        name: What it is called in the file.
    """
    data = source_bytes(source)
    if not data or len(data) > MAX_SOURCE_BYTES:
        return None
    try:
        opened = Image.open(io.BytesIO(data), formats=_FORMATS)
        # A JPEG can be decoded smaller at once.
        opened.draft("RGB", (_LONGEST_PX, _LONGEST_PX))
        image = _opaque(ImageOps.exif_transpose(opened))
        image.thumbnail((_LONGEST_PX, _LONGEST_PX))
        return _written(image, name)
    except Exception:  # noqa: BLE001 - a damaged file can make Pillow raise anything
        return None


def source_bytes(source: Source) -> bytes | None:
    """Read the content of an attachment; None where it is gone, or is no ordinary file."""
    if not source.path:
        return source.data or None
    path = pathlib.Path(source.path)
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return file.read(MAX_SOURCE_BYTES + 1) or None
    except (OSError, ValueError):  # ValueError: a NUL in the path
        return None


def _opaque(image: Image.Image) -> Image.Image:
    """Turn any kind of pixels into RGB, what is transparent into white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def _written(image: Image.Image, name: str) -> DrawnPicture:
    """Write a drawing without loss and a photograph small."""
    kind, file = "png", io.BytesIO()
    image.save(file, format="PNG")
    if file.tell() > _MOST_PNG_BYTES:
        kind, file = "jpeg", io.BytesIO()
        image.save(file, format="JPEG", quality=_JPEG_QUALITY)
    return DrawnPicture(
        name=name,
        data=file.getvalue(),
        format=kind,
        width_px=image.width,
        height_px=image.height,
    )
