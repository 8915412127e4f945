"""The grid against the live reference."""

import random

import pytest
from mistral_common.tokens.tokenizers.image import ImageConfig, ImageEncoder, SpecialImageIDs
from PIL import Image

from app.domain.attachments import Detail
from app.domain.picture_grid import PictureGrid

PIXTRAL_12B = PictureGrid(cell_px=16, longest_px=1024)
SMALL_3 = PictureGrid(cell_px=28, longest_px=1540)


def reference(grid: PictureGrid) -> ImageEncoder:
    ids = SpecialImageIDs(img=10, img_break=12, img_end=13)
    return ImageEncoder(ImageConfig(grid.cell_px, grid.longest_px), ids)


def random_sizes() -> list[tuple[int, int]]:
    """Small, large, narrow, and around the places where something is rounded."""
    draw = random.Random(20261122)
    edges = [1, 2, 15, 16, 17, 27, 28, 29, 769, 770, 771, 1023, 1024, 1025, 1539, 1540, 1541, 3080]
    sizes = [(draw.choice(edges), draw.choice(edges)) for _ in range(60)]
    sizes += [(draw.randint(1, 60), draw.randint(1, 60)) for _ in range(30)]
    sizes += [(draw.randint(1, 6000), draw.randint(1, 6000)) for _ in range(80)]
    sizes += [(draw.randint(1, 20_000), draw.randint(1, 30)) for _ in range(15)]
    sizes += [(draw.randint(1, 30), draw.randint(1, 20_000)) for _ in range(15)]
    return sizes


@pytest.mark.parametrize("grid", [PIXTRAL_12B, SMALL_3], ids=["cells of 16", "cells of 28"])
def test_two_hundred_sizes_have_the_references_cells(grid):
    encoder = reference(grid)
    sizes = random_sizes()
    assert len(sizes) == 200
    for size in sizes:
        assert grid.cells(*size) == encoder._image_to_num_tokens(Image.new("1", size)), size


def test_less_detail_is_a_fraction_of_the_longest_edge():
    assert [detail.longest_px(SMALL_3) for detail in Detail] == [1540, 770, 385]
    assert Detail("half").longest_px(PIXTRAL_12B) == 512
