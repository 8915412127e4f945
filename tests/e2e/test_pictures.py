"""Pictures through the real media process: the good, the bad and the hostile."""

import hashlib
import io
import os
import pathlib
import stat
import sys
import time

import pytest
from mistral_common.protocol.instruct.chunk import ImageChunk
from mistral_common.tokens.tokenizers import image as reference
from PIL import Image

from app.domain import errors
from app.domain.attachments import Detail, Source
from app.domain.errors import AppError, PictureDamaged
from app.media.client import PreparedPicture, prepare_picture
from tests.helpers.pictures import (
    FORMATS,
    PIXTRAL,
    bomb,
    flag,
    png,
    prepare,
    quarters,
    saved,
    write,
)

UPRIGHT = "red lime blue white"
ORIENTATION = 274  # EXIF's number of the field
# What a camera stores when it is held so, as the transposition of an upright picture.
HELD = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def pixels_of(prepared: PreparedPicture) -> Image.Image:
    picture = prepared.picture
    data = picture.data or pathlib.Path(picture.path).read_bytes()
    return Image.frombytes("RGB", (picture.width_px, picture.height_px), data)


def size_of(prepared: PreparedPicture) -> tuple[int, int]:
    return prepared.picture.width_px, prepared.picture.height_px


# What can be opened


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_becomes_whole_cells(tmp_path, kind):
    options = {"append_images": [flag()], "save_all": True} if kind == "MPO" else {}
    path = write(tmp_path, "ä picture", saved(flag(901, 500), kind, **options))
    prepared = prepare_picture(Source(name="p", path=str(path)), PIXTRAL, folder=None)
    assert prepared.format == FORMATS[kind]
    assert (prepared.original_width_px, prepared.original_height_px) == (901, 500)
    assert size_of(prepared) == (924, 504)
    assert quarters(pixels_of(prepared)) == UPRIGHT
    thumbnail = Image.open(io.BytesIO(prepared.thumbnail_png))
    assert (thumbnail.format, thumbnail.size) == ("PNG", (256, 142))
    assert quarters(thumbnail) == UPRIGHT


def test_pixels_are_a_private_file_named_by_its_content(tmp_path):
    folder = tmp_path / "new" / "pictures"
    prepared = prepare(saved(flag(), "PNG"), folder=folder)
    path = pathlib.Path(prepared.picture.path)
    assert [path] == list(folder.iterdir()), "nothing else is left there"
    assert path.name == f"{prepared.picture.sha256}.rgb"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == prepared.picture.sha256
    assert not prepared.picture.data
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert prepare(saved(flag(), "BMP"), folder=folder).picture == prepared.picture


def test_a_private_picture_leaves_nothing_on_the_disk(tmp_path):
    before = sorted(tmp_path.rglob("*"))
    prepared = prepare(saved(flag(), "PNG"))
    assert hashlib.sha256(prepared.picture.data).hexdigest() == prepared.picture.sha256
    assert not prepared.picture.path
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_file_whose_name_is_no_text(tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.png"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    source = Source(name=os.fsdecode(b"caf\xe9.png"), path=os.fsdecode(path))
    with pytest.raises(errors.PictureEmpty, match=r"caf�\.png"):
        prepare_picture(source, PIXTRAL, folder=None)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_of_an_animation_the_first_frame_is_taken(kind):
    data = saved(flag(), kind, save_all=True, append_images=[Image.new("RGB", (120, 60))] * 2)
    assert quarters(pixels_of(prepare(data))) == UPRIGHT


@pytest.mark.parametrize("held", HELD)
def test_a_photograph_is_upright_however_the_camera_was_held(held):
    stored = flag() if HELD[held] is None else flag().transpose(HELD[held])
    exif = Image.Exif()
    exif[ORIENTATION] = held
    prepared = prepare(saved(stored, "JPEG", exif=exif))
    assert (prepared.original_width_px, prepared.original_height_px) == (120, 60)
    assert size_of(prepared) == (140, 84)
    assert quarters(pixels_of(prepared)) == UPRIGHT


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_every_format_that_tells_how_it_was_held_is_turned_once(kind):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    # As bytes, from which pillow-heif makes the rotation that HEIC files have instead of EXIF's.
    prepared = prepare(saved(flag().transpose(HELD[6]), kind, exif=exif.tobytes()))
    assert (prepared.original_width_px, prepared.original_height_px) == (120, 60)
    assert quarters(pixels_of(prepared)) == UPRIGHT


def test_damaged_metadata_is_no_reason_to_refuse():
    data = saved(flag(), "JPEG", exif=b"Exif\0\0II*\0" + b"\xff" * 40)
    assert quarters(pixels_of(prepare(data))) == UPRIGHT


# The same as the reference


def see_through() -> Image.Image:
    image = flag(56, 28).convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(image.size))
    return image


CONVERTED = {
    "RGB": (flag(56, 28), "PNG"),
    "RGBA": (see_through(), "PNG"),
    "grey": (Image.linear_gradient("L").resize((56, 28)), "PNG"),
    "grey, see-through": (see_through().convert("LA"), "PNG"),
    "black and white": (flag(56, 28).convert("1"), "PNG"),
    "palette": (flag(56, 28).quantize(8), "PNG"),
    "palette, see-through": (see_through().quantize(32), "PNG"),
    "CMYK": (flag(56, 28).convert("CMYK"), "TIFF"),
    "CMYK JPEG": (flag(56, 28).convert("CMYK"), "JPEG"),
}


@pytest.mark.parametrize("kind", CONVERTED)
def test_colours_are_the_references(kind):
    """At a size that needs no scaling: there the filters differ on purpose."""
    data = saved(*CONVERTED[kind])
    expected = reference._convert_to_rgb(Image.open(io.BytesIO(data)))
    prepared = prepare(data)
    assert size_of(prepared) == expected.size
    assert pixels_of(prepared).tobytes() == expected.tobytes()


@pytest.mark.parametrize("size", [(1, 1), (3000, 500), (28, 29), (1541, 1540), (15, 2000)])
def test_tokens_are_the_references(size):
    ids = reference.SpecialImageIDs(img=10, img_break=12, img_end=13)
    config = reference.ImageConfig(PIXTRAL.cell_px, PIXTRAL.longest_px)
    encoding = reference.ImageEncoder(config, ids)(ImageChunk(image=flag(*size)))
    width_px, height_px = size_of(prepare(saved(flag(*size), "PNG")))
    assert encoding.image.shape == (3, height_px, width_px)
    assert encoding.tokens.count(10) == width_px * height_px // PIXTRAL.cell_px**2


def test_transparent_is_white():
    image = Image.new("RGB", (28, 28), "red")
    image.putpixel((0, 0), (1, 2, 3))
    pixels = pixels_of(prepare(saved(image, "PNG", transparency=(255, 0, 0))))
    assert (pixels.getpixel((0, 0)), pixels.getpixel((9, 9))) == ((1, 2, 3), (255, 255, 255))


@pytest.mark.parametrize(
    ("mode", "kind", "values", "expected"),
    [
        ("I;16", "PNG", (0, 32896, 65535), (0, 128, 255)),
        ("I;16", "TIFF", (0, 257, 65535), (0, 1, 255)),
        ("I", "TIFF", (-1000, 0, 1000), (0, 128, 255)),
        ("F", "TIFF", (0.0, 0.5, 1.0), (0, 128, 255)),
        ("F", "TIFF", (7.0, 7.0, 7.0), (0, 0, 0)),
    ],
)
def test_wide_greys_are_scaled_not_cut_off(mode, kind, values, expected):
    image = Image.new(mode, (28, 28))
    for x, value in enumerate(values):
        image.putpixel((x, 0), value)
    image.paste(values[0], (3, 0, 28, 1))
    image.paste(values[0], (0, 1, 28, 28))
    pixels = pixels_of(prepare(saved(image, kind)))
    assert [pixels.getpixel((x, 0)) for x in range(3)] == [(v, v, v) for v in expected]


# Less detail


@pytest.mark.parametrize(("detail", "cells"), [("full", 55), ("half", 27), ("quarter", 13)])
def test_less_detail_takes_fewer_tokens(detail, cells):
    longest_px = Detail(detail).longest_px(PIXTRAL)
    prepared = prepare(saved(Image.new("L", (2000, 2000)), "PNG"), longest_px=longest_px)
    assert size_of(prepared) == (cells * 28, cells * 28)
    assert cells * 28 <= longest_px
    assert prepared.original_width_px == 2000


@pytest.mark.parametrize(("longest_px", "expected"), [(1, 28), (4000, 1540)])
def test_a_limit_is_at_least_a_cell_and_at_most_the_grids(longest_px, expected):
    prepared = prepare(saved(Image.new("L", (2000, 2000)), "PNG"), longest_px=longest_px)
    assert size_of(prepared) == (expected, expected)


# What cannot be opened

PLAIN = saved(flag(), "PNG")
BAD = {
    "a text": (b"red, lime, blue, white\n" * 20, errors.NotAPicture),
    "random bytes": (bytes(range(255, 0, -1)), errors.NotAPicture),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", errors.NotAPicture),
    "a film": (b"\0\0\0\x20ftypisom" + bytes(60), errors.NotAPicture),
    "a PostScript file": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", errors.NotAPicture),
    "a format that is not offered": (saved(flag(), "PPM"), errors.NotAPicture),
    "an SVG": (b'<?xml version="1.0"?>\n<SVG width="9"></SVG>', errors.PictureIsDrawing),
    "nothing": (b"", errors.PictureEmpty),
    "a header alone": (PLAIN[:8], errors.PictureDamaged),
    "no pixels": (png(0, 0), errors.PictureDamaged),
    "no content": (png(9, 9), errors.PictureDamaged),
    "a wrong checksum": (PLAIN[:20] + b"!" + PLAIN[21:], errors.PictureDamaged),
    "too many bytes": (bytes(64 * 1024 * 1024 + 1), errors.PictureFileTooLarge),
    "a few pixels too many": (png(40_000_001, 1), errors.PictureTooLarge),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_content_is_one_sentence(tmp_path, kind):
    data, expected = BAD[kind]
    path = write(tmp_path, "x.png", data)
    source = Source(name="holiday.png", path=str(path))
    folder = tmp_path / "pixels"
    with pytest.raises(expected) as caught:
        prepare_picture(source, PIXTRAL, folder=folder)
    assert str(caught.value).startswith("“holiday.png” ")
    assert str(tmp_path) not in str(caught.value) + caught.value.detail
    assert not folder.exists()


@pytest.mark.parametrize("kind", ["nothing", "too many bytes", "a text"])
def test_bad_content_of_the_clipboard_is_one_sentence(kind):
    data, expected = BAD[kind]
    with pytest.raises(expected, match="“p” "):
        prepare(data)


def test_a_bomb_is_recognised_by_its_header():
    began_s = time.monotonic()
    with pytest.raises(errors.PictureTooLarge):
        prepare(bomb())
    assert time.monotonic() - began_s < 10


def test_forty_megapixels_are_allowed():
    prepared = prepare(saved(Image.new("1", (8000, 5000)), "PNG"))
    assert size_of(prepared) == (1540, 980)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_an_incomplete_file_is_damaged(kind, part):
    noise = Image.effect_noise((300, 200), 90).convert("RGB")
    data = saved(noise, kind)
    with pytest.raises(PictureDamaged):
        prepare(data[: int(len(data) * part)])


def test_places_that_are_no_picture(tmp_path):
    def failure_of(path: object) -> Exception:
        with pytest.raises(AppError) as caught:
            prepare_picture(Source(name="x", path=str(path)), PIXTRAL, folder=None)
        return caught.value

    assert isinstance(failure_of(tmp_path / "missing.png"), errors.PictureNotFound)
    assert isinstance(failure_of(tmp_path), errors.PictureIsFolder)
    assert isinstance(failure_of(tmp_path / ("n" * 300)), errors.PictureUnreadable)
    assert "invalid" in str(failure_of("a\0b"))


@pytest.mark.skipif(os.name != "posix", reason="POSIX files")
def test_a_pipe_in_the_file_system_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(errors.PictureUnreadable, match="no ordinary file"):
        prepare_picture(Source(name="x", path=str(tmp_path / "pipe")), PIXTRAL, folder=None)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path):
    path = write(tmp_path, "p.png", PLAIN)
    path.chmod(0)
    with pytest.raises(errors.PictureUnreadable, match="ermission"):
        prepare_picture(Source(name="p.png", path=str(path)), PIXTRAL, folder=None)


def test_a_folder_that_cannot_be_used(tmp_path):
    blocked = write(tmp_path, "file", b"")
    with pytest.raises(errors.FolderUnwritable):
        prepare(PLAIN, folder=blocked)
