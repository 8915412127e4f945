"""All rows, in their order."""

from tests.helpers.matrix import (
    bad_updates,
    byte_streams,
    clocks,
    damaged_models,
    deaths,
    full_disks,
    instances,
    large_chats,
    odd_folders,
    odd_names,
    outside_names,
    stops,
    sudden_ends,
    versions,
)
from tests.helpers.matrix.row import Row

ROWS: tuple[Row, ...] = (
    *damaged_models.ROWS,
    *deaths.ROWS,
    *sudden_ends.ROWS,
    *full_disks.ROWS,
    *stops.ROWS,
    *byte_streams.ROWS,
    *large_chats.ROWS,
    *instances.ROWS,
    *clocks.ROWS,
    *odd_folders.ROWS,
    *odd_names.ROWS,
    *outside_names.ROWS,
    *bad_updates.ROWS,
    *versions.ROWS,
)
