"""All rows, in their order."""

from tests.helpers.matrix import (
    byte_streams,
    cut_downloads,
    damaged_models,
    deaths,
    stops,
)
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *damaged_models.ROWS,
    *cut_downloads.ROWS,
    *deaths.ROWS,
    *stops.ROWS,
    *byte_streams.ROWS,
)
