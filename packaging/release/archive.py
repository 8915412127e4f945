"""The archive for every other Linux: the bundle with a script that adds it to the person's menu."""

import hashlib
import os
import pathlib
import shutil
import tarfile

import zstandard

from release.desktop_files import write_share
from release.project import NAME, PACKAGING, source_date_epoch, target, version
from release.staging import stage_bundle

_LEVEL = 19
_SCRIPTS = ("install.sh", "uninstall.sh")
# So far back repetitions are looked for; what every zstd unpacks without being asked to.
_WINDOW_LOG = 27


def build(dist: pathlib.Path) -> list[pathlib.Path]:
    """Make it of the bundle."""
    name = f"{NAME}-{version()}-{target()}"
    stage = dist / "stage"
    shutil.rmtree(stage, ignore_errors=True)
    folder = stage / name
    stage_bundle(dist / "bundle" / NAME, folder, "archive")
    # install.sh puts its own place there.
    write_share(folder / "share", command="@COMMAND@")
    for script in _SCRIPTS:
        shutil.copyfile(PACKAGING / "linux" / script, folder / script)
        (folder / script).chmod(0o755)
    _write_sums(folder)
    path = dist / f"{name}.tar.zst"
    write_archive(folder, path)
    shutil.rmtree(stage)
    return [path]


def write_archive(folder: pathlib.Path, path: pathlib.Path) -> None:
    """Pack the folder; the same bytes for the same content, whoever packs it and when."""
    parameters = zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, window_log=_WINDOW_LOG, enable_ldm=True, threads=os.cpu_count() or 1
    )
    compressor = zstandard.ZstdCompressor(compression_params=parameters)
    unfinished = path.with_name(path.name + ".part")
    with (
        unfinished.open("wb") as file,
        compressor.stream_writer(file) as stream,
        tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        tar.add(folder, folder.name, recursive=False, filter=_anonymous)
        # What checks the rest comes first: an archive that was cut off still can say so.
        for entry in sorted(folder.rglob("*"), key=lambda entry: (entry.name not in _FIRST, entry)):
            name = f"{folder.name}/{entry.relative_to(folder).as_posix()}"
            tar.add(entry, name, recursive=False, filter=_anonymous)
    unfinished.replace(path)


_SUMS = "contents.sha256"
_FIRST = {*_SCRIPTS, _SUMS}


def _write_sums(folder: pathlib.Path) -> None:
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    ]
    (folder / _SUMS).write_text("".join(lines), encoding="utf-8")


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = "root"
    member.mtime = source_date_epoch()
    member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
    return member
