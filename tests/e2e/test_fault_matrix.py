"""The fault matrix with a few tries per row; `scripts/faults` makes all of them."""

import pytest
import pytest_socket

from tests.helpers.matrix.table import ROWS


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.tries_in_tests], ids=lambda row: f"{row.number} {row.fault}"
)
def test_a_fault_costs_nothing_but_a_sentence(
    row, tmp_path, expected_log, socket_enabled, monkeypatch
):
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")
    tally = row.run(row.tries_in_tests, 1, tmp_path)
    if tally.unavailable:
        pytest.skip(tally.unavailable)
    assert tally.is_good, tally
