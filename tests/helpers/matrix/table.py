"""All rows, in their order."""

from tests.helpers.matrix import byte_streams, deaths, stops
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (*deaths.ROWS, *stops.ROWS, *byte_streams.ROWS)
