"""The media worker process: one picture, then it is gone."""

import os
import pathlib

import msgspec

from app.domain.errors import AppError, PictureReaderMissing, PictureTooLarge
from app.domain.reports import frames_of
from app.media.protocol import REQUEST_ID, Job, Prepared, Reply
from app.media.worker.source import read_picture_file
from app.pipe.limits import limit_resources
from app.pipe.messages import Failed
from app.pipe.sandbox import become_worker

_CHUNK_BYTES = 1 << 20
_CPU_S = 5
_ADDRESS_SPACE_BYTES = 3 << 29  # 1.5 GiB: the largest picture allowed needs 0.7 of it
_ORPHAN_S = 60.0


def run() -> int:
    """Read a job from stdin and answer it on what was stdout."""
    become_worker()
    out = os.dup(1)
    os.dup2(2, 1)  # native code prints to fd 1
    try:
        reply: Reply = _work(*_read_job())
    except AppError as error:
        reply = Failed(
            request_id=REQUEST_ID, code=error.code, facts=error.facts, detail=error.detail
        )
    except Exception as error:  # noqa: BLE001 - the one place that turns bugs into reports
        reply = Failed(request_id=REQUEST_ID, code="bug", detail=frames_of(error))
    data = memoryview(msgspec.json.encode(reply) + b"\n")
    while data:
        data = data[os.write(out, data) :]
    return 0


def _read_job() -> tuple[Job, bytes]:
    """Return the job and the bytes behind its line."""
    received = bytearray()
    while b"\n" not in received:
        received += _read_chunk()
    line, _, data = received.partition(b"\n")
    job = msgspec.json.decode(line, type=Job)
    while len(data) < job.data_bytes:
        data += _read_chunk()
    return job, bytes(data[: job.data_bytes])


def _read_chunk() -> bytes:
    chunk = os.read(0, _CHUNK_BYTES)
    if not chunk:
        raise SystemExit  # the parent is gone
    return chunk


def _work(job: Job, data: bytes) -> Prepared:
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
        data = read_picture_file(pathlib.Path(os.fsdecode(job.path)), job.name)
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
