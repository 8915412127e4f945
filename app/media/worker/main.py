"""The media worker process: one picture, then it is gone."""

import os
import pathlib

import msgspec

from app.domain.errors import PictureReaderMissing, PictureTooLarge
from app.domain.reports import frames_of
from app.media.protocol import Job, Prepared
from app.media.worker.source import read_picture_file
from app.pipe.limits import limit_resources
from app.pipe.once import REQUEST_ID, answer_once, read_chunk

_CPU_S = 5
_ADDRESS_SPACE_BYTES = 3 << 29  # 1.5 GiB: the largest picture allowed needs 0.7 of it
_ORPHAN_S = 60.0


def run() -> int:
    """Read a job from stdin and answer it on what was stdout."""
    return answer_once(_prepare)


def _prepare(line: bytes, behind: bytes) -> Prepared:
    """Take the picture's bytes from behind the job's line."""
    job, data = msgspec.json.decode(line, type=Job), bytearray(behind)
    while len(data) < job.data_bytes:
        data += read_chunk()
    return _work(job, bytes(data[: job.data_bytes]))


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
