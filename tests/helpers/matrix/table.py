"""All rows, in their order."""

from tests.helpers.matrix import (
    hostile_models,
    hostile_pictures,
    hostile_words,
    prying_words,
    special_tokens,
)
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *hostile_models.ROWS,
    *special_tokens.ROWS,
    *prying_words.ROWS,
    *hostile_words.ROWS,
    *hostile_pictures.ROWS,
)
