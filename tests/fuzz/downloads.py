"""What lies in the folder of a download: the job and the journals of its parts."""

import pathlib
import shutil
import tempfile
import zlib

from app.domain.downloads.folder import JOB, job_folder, kept_bytes
from app.domain.downloads.jobs import State
from app.domain.units import format_bytes
from app.downloads.worker.part_file import PartFile, crc32_of
from app.downloads.worker.part_journal import PartJournal
from app.downloads.worker.wanted import WantedFile
from app.services.download_entry import entry_of
from app.services.download_jobs import read_jobs
from tests.fuzz.target import Target
from tests.fuzz.workers import quiet

_CUT = b"\n----\n"
_FILE_BYTES = 40 << 20


def _journal(data: bytes) -> None:
    newest, synced, part, *_ = [*data.split(_CUT, 2), b"", b""]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wanted = WantedFile(
            name="m.gguf",
            bytes=_FILE_BYTES,
            sha256="0" * 64,
            part=folder / "0.part",
            journal=folder / "0.json",
            is_gguf=True,
        )
        wanted.journal.write_bytes(newest)
        wanted.journal.with_suffix(".synced").write_bytes(synced)
        wanted.part.write_bytes(part)
        with PartFile(wanted.part) as file:
            segments = PartJournal(wanted).restore(file)
        place = done = 0
        for segment in segments:
            assert segment.start == place < segment.stop, "no gap and no overlap"
            assert not segment.done or segment.start + segment.done <= len(part)
            if not synced:
                found = crc32_of(wanted.part, segment.start, segment.done)
                assert found == segment.crc32 or not segment.done
            place, done = segment.stop, done + segment.done
        assert place == _FILE_BYTES
        assert segments.done_bytes == done
        assert 0 <= segments.prefix_bytes <= done


def _jobs(data: bytes) -> None:
    content, journal, *_ = [*data.split(_CUT, 1), b""]
    with quiet(), tempfile.TemporaryDirectory() as name:
        models = pathlib.Path(name)
        folder = job_folder(models, "0" * 16)
        folder.mkdir(parents=True)
        (folder / JOB).write_bytes(content)
        (folder / "0.json").write_bytes(journal)
        for kept in read_jobs([models]):
            entry = entry_of(kept, is_offline=False)
            assert entry.state in State
            assert entry.bytes_done >= 0
            assert format_bytes(entry.bytes_done)
            assert format_bytes(entry.shown.bytes_total or 0)
            assert kept_bytes(models, kept.job) == kept.bytes_done
        shutil.rmtree(models / ".downloads")


_PART = b"x" * 100
_CRC = b"%d" % zlib.crc32(_PART)
TARGETS = (
    Target(
        name="journal",
        promise="of a part nothing is believed that is not on the disk",
        fuzz_one=_journal,
        words=(
            *(_CUT, _CUT, b'{"version":1,"name":"m.gguf","bytes":%d,' % _FILE_BYTES),
            *(b'"sha256":"' + b"0" * 64 + b'","segment_bytes":16777216,"done":{', b"}}"),
            *(b'"0":[100,' + _CRC + b"],", b'"16777216":[0,0]', b'"-1":[1,1]', _PART),
            *(b'"999999999999999999999999":[1,0],', b"[" * 3000),
        ),
    ),
    Target(
        name="jobs",
        promise="a damaged download costs itself and not the list",
        fuzz_one=_jobs,
        words=(
            *(_CUT, b'{"version":1,"id":"0000000000000000","name":"A","model_id":"a",'),
            *(b'"build":"Q4","repository":"acme/a","files":[{"path":"a.gguf","bytes":9}]}',),
            *(
                b'"failure":{"code":"wrong_bytes","facts":{}}',
                b'"repository":"../../x"',
                b"1" * 400,
            ),
            *(b'"created_at":"9999-12-31"', b'{"done":{"0":[1,1]}}', b"[" * 3000, b"\\u0000"),
        ),
    ),
)
