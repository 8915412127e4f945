"""All rows, in their order."""

from tests.helpers.matrix import (
    byte_streams,
    cut_downloads,
    damaged_models,
    deaths,
    lost_files,
    shortages,
    stops,
)
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *damaged_models.ROWS,
    *cut_downloads.ROWS,
    *lost_files.ROWS,
    *deaths.ROWS,
    *shortages.ROWS,
    *stops.ROWS,
    *byte_streams.ROWS,
)
