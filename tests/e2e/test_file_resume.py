"""What is on the disk of an unfinished file: kept, and trusted where that is safe."""

import shutil

import pytest

from app.domain.downloads.segments import SEGMENT_BYTES
from app.domain.errors import DiskFailed, DiskTooFull, ModelFolderGone
from tests.helpers.file_fetching import FileFetching
from tests.helpers.hub import Pattern

MB = 10**6
SIZE = 40 * MB


@pytest.fixture
def fetching(hub, tmp_path):
    return FileFetching(hub, tmp_path, Pattern(SIZE))


@pytest.fixture
def finished(fetching):
    """A part that is whole, with its journals."""
    fetching.run()
    fetching.states.clear()
    return fetching


def flip(path, place):
    with path.open("r+b") as file:
        file.seek(place)
        (byte,) = file.read(1)
        file.seek(place)
        file.write(bytes([byte ^ 255]))


def test_a_killed_process_loses_a_mebibyte_per_connection(fetching, tmp_path):
    """The folder is copied in mid-flow: what a new process would find."""
    copy = tmp_path / "copy"
    received = []

    def kill(state):
        if state.bytes_done > SIZE / 2 and not received:
            received.append(state.network_bytes)
            copy.mkdir()
            for path in (fetching.wanted.journal, fetching.wanted.part):  # what is older first
                shutil.copy(path, copy)

    fetching.on_state = kill
    fetching.run()
    for path in copy.iterdir():
        shutil.copy(path, fetching.wanted.part.parent)
    fetching.wanted.journal.with_suffix(".synced").unlink(missing_ok=True)
    fetching.states.clear()
    fetching.on_state = lambda state: None
    assert fetching.run() == fetching.wanted.sha256
    lost_bytes = received[0] + fetching.states[-1].network_bytes - SIZE
    assert lost_bytes <= 4 * (1 << 20) + SIZE / 100


def test_a_whole_part_needs_no_network(finished):
    finished.hub.clear_log()
    assert finished.run() == finished.wanted.sha256
    assert finished.hub.log == []


def test_a_segment_that_the_disk_lost_is_fetched_again(finished):
    flip(finished.wanted.part, SEGMENT_BYTES + 5)
    assert finished.run() == finished.wanted.sha256
    assert finished.states[-1].network_bytes == SEGMENT_BYTES


def test_a_part_that_became_shorter_is_filled_up(finished):
    with finished.wanted.part.open("r+b") as file:
        file.truncate(SEGMENT_BYTES + 5)
    assert finished.run() == finished.wanted.sha256
    assert finished.states[-1].network_bytes == SIZE - SEGMENT_BYTES


def test_a_part_that_became_longer_is_cut(finished):
    with finished.wanted.part.open("ab") as file:
        file.write(b"x" * 100)
    assert finished.run() == finished.wanted.sha256
    assert finished.wanted.part.stat().st_size == SIZE


def test_the_part_of_another_file_is_not_gone_on_with(finished, hub, tmp_path):
    other = FileFetching(hub, tmp_path / "other", Pattern(SIZE, seed=1))
    for path in (finished.wanted.journal, finished.wanted.part):
        shutil.copy(path, other.wanted.part.parent)
    assert other.run() == other.wanted.sha256
    assert other.states[-1].network_bytes == SIZE


def test_after_a_power_cut_only_what_the_disk_has_is_trusted(finished):
    """The newest journal outlived the bytes it tells of."""
    finished.wanted.journal.with_suffix(".synced").unlink(missing_ok=True)
    flip(finished.wanted.part, 5)
    assert finished.run() == finished.wanted.sha256
    assert finished.states[-1].network_bytes == SEGMENT_BYTES
    assert finished.states[0].bytes_done == SIZE - SEGMENT_BYTES


@pytest.mark.parametrize("content", [b"", b"{", b"\0" * 300, b'{"version":99}', b"[]"])
def test_a_damaged_journal_costs_no_more_than_the_bytes(finished, content):
    finished.wanted.journal.write_bytes(content)
    finished.wanted.journal.with_suffix(".synced").unlink(missing_ok=True)
    assert finished.run() == finished.wanted.sha256
    assert finished.states[-1].network_bytes == SIZE


def test_a_journal_that_a_power_cut_emptied_has_an_older_one_beside_it(finished):
    shutil.copy(finished.wanted.journal, finished.wanted.journal.with_suffix(".synced"))
    finished.wanted.journal.write_bytes(b"")
    assert finished.run() == finished.wanted.sha256
    assert finished.states[-1].network_bytes == 0


def test_a_full_disk_is_said_and_what_came_is_kept(fetching):
    fetching.wanted.part.symlink_to("/dev/full")  # the system's own disk that is always full
    with pytest.raises(DiskTooFull, match=r"38\.1 MiB more are needed"):
        fetching.run()


def test_a_journal_without_room_stops_nothing(fetching):
    fetching.wanted.journal.with_name("0.json.new").symlink_to("/dev/full")
    assert fetching.run() == fetching.wanted.sha256
    assert fetching.wanted.journal.exists()


def test_a_drive_that_is_pulled_out_is_said(fetching, tmp_path):
    fetching.hub.bytes_per_s_per_connection = 20 * MB
    fetching.on_state = lambda state: (
        state.bytes_done
        and (tmp_path / "models").exists()
        and (tmp_path / "models").rename(tmp_path / "elsewhere")
    )
    with pytest.raises(ModelFolderGone):
        fetching.run()


def test_a_folder_that_is_not_there_is_said(fetching, tmp_path):
    shutil.rmtree(tmp_path / "models")
    with pytest.raises(ModelFolderGone):
        fetching.run()


def test_a_disk_that_forgets_is_said_in_the_end(hub, tmp_path):
    """In every round the first byte is lost between its writing and its hashing."""
    fetching = FileFetching(hub, tmp_path, Pattern(SEGMENT_BYTES))
    hub.bytes_per_s_per_connection = 80 * MB
    forgotten = set()

    def forget(state):
        rounds_before = max(0, state.network_bytes - 1) // SEGMENT_BYTES
        if 0 < state.bytes_done < 6 * MB and rounds_before not in forgotten:
            flip(fetching.wanted.part, 0)
            forgotten.add(rounds_before)

    fetching.on_state = forget
    with pytest.raises(DiskFailed, match="does not give back"):
        fetching.run()
    assert forgotten == {0, 1, 2}
