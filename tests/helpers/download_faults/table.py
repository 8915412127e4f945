"""The whole table."""

from tests.helpers.download_faults import answers, connections, disks, olah, stops

ROWS = (*connections.ROWS, *answers.ROWS, *stops.ROWS, *disks.ROWS, *olah.ROWS)
