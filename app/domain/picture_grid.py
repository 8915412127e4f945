"""How large a picture is for a model, and how many cells it has.

Mistral's reference (mistral_common, `ImageEncoder._image_to_num_tokens`): the longer edge is
limited, then both edges are rounded up to whole cells.
"""

import msgspec


class PictureGrid(msgspec.Struct, frozen=True, kw_only=True):
    """What a vision projector makes of pictures.

    Attributes:
        cell_px: Edge of the square that becomes one token.
        longest_px: The most pixels of the longer edge.
    """

    cell_px: int
    longest_px: int

    def cells(self, width_px: int, height_px: int) -> tuple[int, int]:
        """Columns and rows of a picture of that size, at least 1 each."""
        ratio = max(height_px / self.longest_px, width_px / self.longest_px)
        if ratio > 1:
            width_px = max(round(width_px / ratio), 1)
            height_px = max(round(height_px / ratio), 1)
        return (width_px - 1) // self.cell_px + 1, (height_px - 1) // self.cell_px + 1
