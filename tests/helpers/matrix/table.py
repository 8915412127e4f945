"""All rows, in their order."""

from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = ()
