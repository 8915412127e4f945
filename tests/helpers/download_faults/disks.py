"""Disks that are full, not writable, or not there any more."""

import contextlib
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

from tests.helpers.download_faults.desk import SIZE_BYTES, Desk, Row, Unavailable
from tests.helpers.download_kit import keep_job

_RATE = 8_000_000
_MB = 1_000_000
# What has to stay free is a gigabyte, so a disk that has room must be larger.
_ROOMY = "2g"
# Python's own signal handling turns the limit into an error of the write.
_LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""


@contextlib.contextmanager
def _disk(desk: Desk, size: str) -> Iterator[pathlib.Path]:
    """A file system in memory in place of the models folder."""
    folder = desk.models_folder
    _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield folder
        # What was installed is looked at when the disk is gone.
        kept = [path for path in folder.rglob("*") if path.is_file()]
        copies = {path.relative_to(folder): path.read_bytes() for path in kept}
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
    for path, content in copies.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def _mount(*arguments: str) -> None:
    try:
        subprocess.run(["mount", *arguments], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable("file systems can only be mounted by root on Linux") from error


def _too_small(desk: Desk) -> None:
    """It is refused before anything is fetched, and goes on when there is room."""
    with _disk(desk, "30m") as folder:
        desk.download()
        assert not desk.hub.bytes_sent(), "something was fetched before"
        _mount("-o", f"remount,size={_ROOMY}", str(folder))
        desk.download()


def _full_in_the_middle(desk: Desk) -> None:
    with _disk(desk, _ROOMY) as folder:
        desk.hub.bytes_per_s_per_connection = _RATE
        request_id = desk.begin()
        desk.wait_for_share(request_id, 0.2)
        used_kb = (os.statvfs(folder).f_blocks - os.statvfs(folder).f_bfree) * 4
        _mount("-o", f"remount,size={used_kb + 64}k", str(folder))
        desk.end(request_id)
        desk.hub.bytes_per_s_per_connection = 0
        _mount("-o", f"remount,size={_ROOMY}", str(folder))
        if desk.outcomes[-1] != "installed":
            desk.download()


def _read_only(desk: Desk) -> None:
    with _disk(desk, _ROOMY) as folder:
        keep_job(folder, desk.job)
        _mount("-o", "remount,ro", str(folder))
        desk.end(desk.worker.fetch(desk.job, folder, is_kept=True))
        _mount("-o", "remount,rw", str(folder))
        desk.download()


def _vanishes(desk: Desk) -> None:
    """As an unplugged drive; then it is there again, with all that was on it."""
    desk.hub.bytes_per_s_per_connection = _RATE
    request_id = desk.begin()
    desk.wait_for_share(request_id, 0.3)
    away = desk.folder / "away"
    desk.models_folder.rename(away)
    desk.end(request_id)
    desk.hub.bytes_per_s_per_connection = 0
    assert not desk.models_folder.exists(), "a folder was made where the drive was"
    away.rename(desk.models_folder)
    desk.download()


def _file_size_limit(desk: Desk) -> None:
    wrapper = (sys.executable, "-c", _LIMITED, str(SIZE_BYTES // 2))
    if sys.platform == "win32":
        raise Unavailable("Windows has no limit on the size of files")
    with desk.own_worker(wrapper=wrapper) as worker:
        desk.download(worker)
    desk.download()


ROWS = (
    Row(
        name="disk too small, then enlarged",
        act=_too_small,
        expected="DiskTooFull, installed",
        is_slow=True,
    ),
    Row(
        name="disk full in the middle, then freed",
        act=_full_in_the_middle,
        expected="(DiskTooFull, )?installed",
        most_served=1.5,
        is_slow=True,
    ),
    Row(
        name="limit on the size of files",
        act=_file_size_limit,
        expected="(FileTooLargeForDisk|DiskTooFull|DiskFailed), installed",
        most_served=1.5,
    ),
    Row(
        name="read-only folder",
        act=_read_only,
        expected="ModelFolderGone, installed",
        is_slow=True,
    ),
    Row(
        name="folder that vanishes and comes back",
        act=_vanishes,
        expected="ModelFolderGone, installed",
        most_served=1.5,
    ),
)
