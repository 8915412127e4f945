"""All rows, in their order."""

from tests.helpers.matrix import full_disks, odd_folders, odd_names, sudden_ends
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *sudden_ends.ROWS,
    *full_disks.ROWS,
    *odd_folders.ROWS,
    *odd_names.ROWS,
)
