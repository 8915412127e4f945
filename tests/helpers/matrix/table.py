"""All rows, in their order."""

from tests.helpers.matrix import (
    byte_streams,
    cut_downloads,
    damaged_models,
    deaths,
    hostile_models,
    hostile_pictures,
    hostile_words,
    lost_files,
    prying_words,
    shortages,
    special_tokens,
    stops,
)
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *damaged_models.ROWS,
    *cut_downloads.ROWS,
    *lost_files.ROWS,
    *hostile_models.ROWS,
    *special_tokens.ROWS,
    *deaths.ROWS,
    *shortages.ROWS,
    *stops.ROWS,
    *byte_streams.ROWS,
    *prying_words.ROWS,
    *hostile_words.ROWS,
    *hostile_pictures.ROWS,
)
