"""The media worker process: one file, then it is gone."""

import os
import pathlib

import msgspec

from app.domain.errors import DocumentReaderMissing, PictureReaderMissing, PictureTooLarge
from app.domain.reports import frames_of
from app.media.protocol import DocumentRead, Job, Prepared, PreparePicture, ReadDocument, Result
from app.media.worker.source import DOCUMENT_FAULTS, PICTURE_FAULTS, read_file
from app.pipe.limits import limit_resources
from app.pipe.once import REQUEST_ID, answer_once, read_chunk
from app.pipe.silence import stay_silent

_CPU_S = 5
_DOCUMENT_CPU_S = 30  # ten thousand pages take ten
_ADDRESS_SPACE_BYTES = 3 << 29  # 1.5 GiB: the largest picture allowed needs 0.7 of it
_ORPHAN_S = 90.0


def run() -> int:
    """Read a job from stdin and answer it on what was stdout."""
    stay_silent(is_throw_away=True)
    return answer_once(_work)


def _work(line: bytes, behind: bytes) -> Result:
    """Take the file's bytes from behind the job's line."""
    job: Job = msgspec.json.decode(line, type=Job)
    data = bytearray(behind)
    while len(data) < job.data_bytes:
        data += read_chunk()
    content = bytes(data[: job.data_bytes])
    if isinstance(job, PreparePicture):
        return _prepare_picture(job, content)
    return _read_document(job, content)


def _prepare_picture(job: PreparePicture, data: bytes) -> Prepared:
    try:
        from app.media.worker.picture import (
            MAX_MEGAPIXELS,
            decode,
            fit,
            load_decoders,
            thumbnail_of,
        )

        load_decoders()
    except ImportError as error:  # a broken installation
        raise PictureReaderMissing(reason="a library is missing", detail=frames_of(error)) from None
    if job.path:
        data = read_file(pathlib.Path(os.fsdecode(job.path)), job.name, PICTURE_FAULTS)
    limit_resources(cpu_s=_CPU_S, address_space_bytes=_ADDRESS_SPACE_BYTES, orphan_s=_ORPHAN_S)
    picture = decode(data, job.name)
    width_px, height_px = picture.image.size
    try:
        scaled = fit(picture.image, job.grid)
    except MemoryError:  # a picture like a thread: Pillow weighs each of its pixels
        raise PictureTooLarge(name=job.name, limit_megapixels=MAX_MEGAPIXELS) from None
    return Prepared(
        request_id=REQUEST_ID,
        pixels=scaled.tobytes(),
        width_px=scaled.width,
        height_px=scaled.height,
        original_width_px=width_px,
        original_height_px=height_px,
        format=picture.format,
        thumbnail_png=thumbnail_of(picture.image),
    )


def _read_document(job: ReadDocument, data: bytes) -> DocumentRead:
    if job.path:
        data = read_file(pathlib.Path(os.fsdecode(job.path)), job.name, DOCUMENT_FAULTS)
    try:
        from app.media.worker.document import load_reader, read_words

        read = load_reader(data, job.name)
    except ImportError as error:  # a broken installation
        reason = "a library is missing"
        raise DocumentReaderMissing(reason=reason, detail=frames_of(error)) from None
    _mute()
    limit_resources(
        cpu_s=_DOCUMENT_CPU_S, address_space_bytes=_ADDRESS_SPACE_BYTES, orphan_s=_ORPHAN_S
    )
    kind, pages = read_words(read, data, job.name, memory_bytes=_ADDRESS_SPACE_BYTES)
    return DocumentRead(request_id=REQUEST_ID, kind=kind, pages=pages)


def _mute() -> None:
    """Have nothing more reach the log: native code quotes what it fails on, a document's words."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
