"""All rows, in their order."""

from tests.helpers.matrix import (
    byte_streams,
    damaged_models,
    deaths,
    hostile_models,
    hostile_pictures,
    hostile_words,
    prying_words,
    special_tokens,
    stops,
)
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *damaged_models.ROWS,
    *hostile_models.ROWS,
    *special_tokens.ROWS,
    *deaths.ROWS,
    *stops.ROWS,
    *byte_streams.ROWS,
    *prying_words.ROWS,
    *hostile_words.ROWS,
    *hostile_pictures.ROWS,
)
