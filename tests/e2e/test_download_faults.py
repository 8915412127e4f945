"""The rows of the fault table that are quick; `scripts/download-faults` runs all of them."""

import pytest

from tests.helpers.download_faults.desk import Workers, try_row
from tests.helpers.download_faults.table import ROWS


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    workers = Workers(tmp_path_factory.mktemp("workers"))
    yield workers
    workers.close()


@pytest.mark.parametrize("row", [row for row in ROWS if not row.is_slow], ids=lambda row: row.name)
def test_a_fault_ends_with_the_right_file_or_one_sentence(row, hub, tmp_path, workers):
    result = try_row(row, hub, tmp_path, workers)
    if result.unavailable:
        pytest.skip(result.unavailable)
    assert not result.problems, result
