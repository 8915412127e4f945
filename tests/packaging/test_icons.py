"""The icon in every format, drawn from one file."""

import io
import pathlib
import struct

import pytest
from PIL import Image

from release import icons

SIDES_PX = [16, 22, 24, 32, 48, 64, 128, 256, 512]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("icons")
    icons.write_pngs(folder / "hicolor")
    icons.write_ico(folder / "cierzo.ico")
    icons.write_icns(folder / "cierzo.icns")
    return folder


def png(folder: pathlib.Path, side_px: int) -> Image.Image:
    return Image.open(folder / "hicolor" / f"{side_px}x{side_px}" / "apps" / "cierzo.png")


@pytest.mark.parametrize("side_px", SIDES_PX)
def test_a_picture_has_its_size_a_ground_and_round_corners(folder, side_px):
    picture = png(folder, side_px)
    assert picture.size == (side_px, side_px)
    assert picture.getpixel((0, 0))[3] < 64
    assert picture.getpixel((side_px // 2, side_px - side_px // 8 - 1))[3] == 255


@pytest.mark.parametrize("side_px", SIDES_PX)
def test_strokes_stand_out_at_every_size(folder, side_px):
    """Rows through the middle of the first stroke are nearly white, those beside it are not."""
    grey = png(folder, side_px).convert("L")
    share = 512 / 448 if side_px <= 24 else 1
    column = int(side_px * (0.5 + (210 / 512 - 0.5) * share))
    rows = [grey.getpixel((column, row)) for row in range(side_px)]
    light = [row for row, value in enumerate(rows) if value > 190]
    assert light
    between = rows[light[0] : int(side_px * (0.5 + (290 / 512 - 0.5) * share))]
    assert min(between) < 0.6 * max(between)


def test_the_smallest_goes_to_the_edge_and_its_strokes_fill_whole_pixels(folder):
    picture = png(folder, 16)
    assert picture.getpixel((8, 0))[3] == 255
    rows = [picture.convert("L").getpixel((5, row)) for row in range(16)]
    assert sum(value > 190 for value in rows[:8]) == 2


def test_windows_gets_bitmaps_and_one_png(folder):
    content = (folder / "cierzo.ico").read_bytes()
    _, kind, count = struct.unpack_from("<HHH", content)
    assert (kind, count) == (1, 8)
    heads = []
    for number in range(count):
        side, *_, size, start = struct.unpack_from("<BBBBHHII", content, 6 + 16 * number)
        heads.append((side, content[start : start + 4] == b"\x89PNG"))
        assert start + size <= len(content)
    assert heads[-1] == (0, True)
    assert not any(is_png for _, is_png in heads[:-1])


def test_what_windows_reads_is_what_was_drawn(folder):
    with Image.open(folder / "cierzo.ico") as icon:
        for side_px in (16, 32, 48, 256):
            drawn = icons.render(side_px, share=512 / 448)
            shown = icon.ico.getimage((side_px, side_px)).convert("RGBA")
            assert shown.tobytes() == drawn.tobytes()


def test_macos_gets_apples_grid(folder):
    content = (folder / "cierzo.icns").read_bytes()
    assert content[:4] == b"icns"
    assert struct.unpack(">I", content[4:8]) == (len(content),)
    found, at = {}, 8
    while at < len(content):
        kind, size = struct.unpack_from(">4sI", content, at)
        found[kind.decode()] = Image.open(io.BytesIO(content[at + 8 : at + size])).convert("RGBA")
        at += size
    assert {kind: picture.width for kind, picture in found.items()} == {
        "icp4": 16,
        "icp5": 32,
        "ic11": 32,
        "ic12": 64,
        "ic07": 128,
        "ic08": 256,
        "ic13": 256,
        "ic09": 512,
        "ic14": 512,
        "ic10": 1024,
    }
    assert found["ic10"].getchannel("A").getbbox() == (100, 100, 924, 924)


def test_drawing_twice_gives_the_same_bytes(folder, tmp_path):
    icons.write_pngs(tmp_path / "hicolor")
    icons.write_ico(tmp_path / "cierzo.ico")
    icons.write_icns(tmp_path / "cierzo.icns")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_the_window_wears_it(qapp):
    from app.ui.look.app_icon import app_icon

    sizes = {size.width() for size in app_icon().availableSizes()}
    assert sizes == {16, 24, 32, 48, 64, 128}
    image = app_icon().pixmap(16, 16).toImage()
    drawn = icons.render(16, share=512 / 448)
    for at in ((5, 6), (5, 9), (8, 15), (0, 0)):
        assert image.pixelColor(*at).getRgb() == pytest.approx(drawn.getpixel(at), abs=3)
