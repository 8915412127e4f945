"""From a file's bytes to upright, opaque RGB pixels on the model's grid.

Mistral's reference (mistral_common, `ImageEncoder`) is followed in size and colours, not in two
points: it leaves photographs of phones lying on their side, and it scales with OpenCV's bicubic
filter, which skips pixels where it shrinks; Pillow's looks at all of them.
"""

import io
import math
import warnings
from typing import NamedTuple, cast

import pi_heif
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    ExifTags,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,  # noqa: F401 - the JPEG plugin imports it on demand
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from app.domain.errors import (
    AppError,
    NotAPicture,
    PictureDamaged,
    PictureIsDrawing,
    PictureTooLarge,
)
from app.domain.picture_grid import PictureGrid
from app.domain.reports import frames_of
from app.media.protocol import THUMBNAIL_PX

MAX_MEGAPIXELS = 40

# As Pillow calls them -> as people do.
_FORMATS = {
    PngImagePlugin.PngImageFile.format: "PNG",
    JpegImagePlugin.JpegImageFile.format: "JPEG",
    WebPImagePlugin.WebPImageFile.format: "WebP",
    AvifImagePlugin.AvifImageFile.format: "AVIF",
    GifImagePlugin.GifImageFile.format: "GIF",
    BmpImagePlugin.BmpImageFile.format: "BMP",
    TiffImagePlugin.TiffImageFile.format: "TIFF",
    "HEIF": "HEIC",
}

# EXIF's numbers: how the camera was held -> what turns the picture upright.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\0", b"MM\0*")
_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1")


class Decoded(NamedTuple):
    """A picture, and what its file is called among people."""

    image: Image.Image
    format: str


def load_decoders() -> None:
    """Load what Pillow would load on first use: later no file can be opened any more."""
    Image.preinit()
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS * 1_000_000
    # Pillow warns of every oddity in a file's metadata; only this one is our concern.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)


def decode(data: bytes, name: str) -> Decoded:
    """Decode the first frame; the number of pixels is checked before any of them is.

    Raises:
        PictureTooLarge, NotAPicture, PictureIsDrawing, PictureDamaged: As they say.
    """
    try:
        image = Image.open(io.BytesIO(data), formats=tuple(_FORMATS))
        image.load()
        picture = _opaque(_upright(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise PictureTooLarge(name=name, limit_megapixels=MAX_MEGAPIXELS) from None
    except UnidentifiedImageError:
        raise _unidentified(data, name) from None
    except Exception as error:  # noqa: BLE001 - a damaged file can make Pillow raise anything
        raise PictureDamaged(name=name, detail=frames_of(error)) from None
    # The rest is MPO: a JPEG with more pictures behind the first, opened by the JPEG plugin.
    return Decoded(picture, _FORMATS.get(image.format or "", "JPEG"))


def fit(image: Image.Image, grid: PictureGrid) -> Image.Image:
    """Scale to whole cells; the proportions change by less than a cell, as in the reference."""
    columns, rows = grid.cells(*image.size)
    size = (columns * grid.cell_px, rows * grid.cell_px)
    return image.resize(size, Image.Resampling.BICUBIC)


def thumbnail_of(image: Image.Image) -> bytes:
    """Shrink the picture itself, which is of no more use then; return it as a PNG."""
    image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    file = io.BytesIO()
    image.save(file, format="PNG")
    return file.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - damaged metadata is no reason to refuse a picture
        return image
    turn = _UPRIGHT.get(orientation)
    return image if turn is None else image.transpose(turn)


def _opaque(image: Image.Image) -> Image.Image:
    """Turn any kind of pixels into RGB, what is transparent into white."""
    if image.mode.startswith("I;16"):
        image = _grey(image.convert("I"), 0, 65535)
    elif image.mode in ("I", "F"):
        # These files do not say what white is.
        low, high = cast("tuple[float, float]", image.getextrema())
        image = _grey(image, low, high)
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white


def _grey(image: Image.Image, black: float, white: float) -> Image.Image:
    """Map values of one wide channel to 8 bits."""
    scale = 255 / (white - black) if math.isfinite(white - black) and white > black else 0.0
    offset = 0.5 - black * scale
    grey = image.point(lambda value: value * scale + offset).convert("L")
    grey.info.pop("transparency", None)  # a value of the wide channel
    return grey


def _unidentified(data: bytes, name: str) -> AppError:
    """Say why no decoder wanted it."""
    is_known = (
        data.startswith(_SIGNATURES)
        or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
        or (data.startswith(b"BM") and data[6:10] == bytes(4))
        or (data[4:8] == b"ftyp" and data[8:12] in _BRANDS)
    )
    if is_known:
        return PictureDamaged(name=name)
    if b"<svg" in data[:4096].lower():
        return PictureIsDrawing(name=name)
    return NotAPicture(name=name)
