"""Pictures: finding the projector that fits a model, and running it.

The pixels arrive scaled to the model's grid (`app.media`), so mtmd must never scale again: its own
limits would shrink a page to a third of what Mistral's reference shows the model.
"""

import collections
import ctypes
import hashlib
import math
import os
import pathlib
from collections.abc import Callable
from typing import Any

import msgspec
import psutil
from llama_cpp import mtmd_cpp as mtmd

from app.domain.errors import (
    Cancelled,
    ComputeFailed,
    NotEnoughMemory,
    PictureMissing,
    ProjectorMismatch,
    ProjectorUnusable,
)
from app.domain.picture_grid import PictureGrid
from app.domain.prompt import Image
from app.engine.worker.abort import AbortFlag
from app.engine.worker.buffers import graphics_devices
from app.engine.worker.gguf_keys import read_keys, read_vector
from app.engine.worker.native import llama, on_log
from app.engine.worker.sequences import picture_entry

_LEAST_TOKENS, _MOST_TOKENS = 1, 4096
_KEPT_BYTES = 256 << 20
# One look at the abort flag in so many nodes of the graph. A node takes microseconds, or seconds:
# attention over the largest picture.
_NODES_PER_LOOK = 4
_PROJECTOR = "clip.projector_type"
_EMBEDDING = "clip.vision.projection_dim"
_IMAGE_PX = "clip.vision.image_size"
_PATCH_PX = "clip.vision.patch_size"
_ROW_END = "v.token_embd.img_break"
_MERGE = "clip.vision.spatial_merge_size"

Embeddings = ctypes.Array[ctypes.c_float]


class ProjectorFile(msgspec.Struct, frozen=True):
    """A vision projector that fits the model."""

    path: pathlib.Path
    grid: PictureGrid


def find_projector(
    model_path: pathlib.Path, chosen: str, *, embedding: int
) -> ProjectorFile | None:
    """Check the chosen projector, or look for one beside the model; the smallest one that fits.

    Raises:
        ProjectorMismatch: The chosen one belongs to another model.
        ProjectorUnusable: The chosen one is not a vision projector of a kind known here.
    """
    if chosen:
        return _examine(pathlib.Path(chosen), embedding)
    beside = (
        path
        for path in model_path.parent.glob("*.gguf")
        if "mmproj" in path.name.lower() and path.is_file()
    )
    for path in sorted(beside, key=lambda path: (path.stat().st_size, path.name)):
        try:
            return _examine(path, embedding)
        except (ProjectorMismatch, ProjectorUnusable):
            continue
    return None


def _examine(path: pathlib.Path, embedding: int) -> ProjectorFile:
    try:
        found = read_keys(str(path), (_PROJECTOR, _EMBEDDING, _IMAGE_PX, _PATCH_PX, _MERGE))
        patch, merge = _size(found.get(_PATCH_PX)), _size(found.get(_MERGE, 1))
        grid = PictureGrid(cell_px=patch * merge, longest_px=_size(found.get(_IMAGE_PX)))
    except (OSError, ValueError):
        raise ProjectorUnusable(name=path.name) from None
    if found.get(_PROJECTOR) != "pixtral":
        raise ProjectorUnusable(name=path.name)
    if found.get(_EMBEDDING) != embedding:
        raise ProjectorMismatch(name=path.name)
    return ProjectorFile(path, grid)


def _size(value: int | str | None) -> int:
    if not isinstance(value, int) or value < 1:
        raise ValueError("not a size")
    return value


class Vision:
    """The projector of one model: loaded when the first picture comes."""

    def __init__(
        self,
        file: ProjectorFile,
        model: llama.llama_model_p,
        *,
        threads: int,
        abort: AbortFlag,
        is_on_gpu: bool,
    ) -> None:
        """Use that file; `is_on_gpu` is a wish, the CPU takes it where there is no room."""
        self.file = file
        self._model = model
        self._threads = threads
        self._abort = abort
        self._is_on_gpu = is_on_gpu
        self._context: mtmd.mtmd_context_p | None = None
        self._width = llama.llama_model_n_embd(model)
        self._kept: collections.OrderedDict[int, Embeddings] = collections.OrderedDict()
        self._on_node = llama.ggml_backend_sched_eval_callback(self._at_node)
        self._row_end = read_vector(str(file.path), _ROW_END)
        self._nodes = 0
        self._report: Callable[[], None] = lambda: None

    def embeddings(
        self, image: Image, first: int, count: int, report: Callable[[], None]
    ) -> Embeddings:
        """What the model sees in place of `count` of the picture's tokens, from `first` on.

        The picture's last token, the mark after it, is not among them. `report` is called now and
        then while they are computed.

        Raises:
            PictureMissing: The file with the pixels is gone or was changed.
            NotEnoughMemory: There is no room for the projector.
            ProjectorUnusable: It cannot be loaded.
            ComputeFailed: A device failed.
            Cancelled: The abort flag was set.
        """
        key = picture_entry(image.picture)
        if key not in self._kept:
            pixels = _pixels(image)
            self._report = report
            self._kept[key] = self._encode(image, pixels)
            while len(self._kept) > 1 and self._kept_bytes() > _KEPT_BYTES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        floats = count * self._width
        offset_bytes = first * self._width * ctypes.sizeof(ctypes.c_float)
        rows: Embeddings = (ctypes.c_float * floats).from_buffer(self._kept[key], offset_bytes)
        return rows

    def release(self) -> None:
        """Free the projector and what was computed with it; the next picture loads it again."""
        self._kept.clear()
        if self._context is not None:
            mtmd.mtmd_free(self._context)
            self._context = None

    def _kept_bytes(self) -> int:
        return sum(ctypes.sizeof(embeddings) for embeddings in self._kept.values())

    def _encode(self, image: Image, pixels: bytes) -> Embeddings:
        context = self._context or self._open()
        bitmap = mtmd.mtmd_bitmap_init(
            image.picture.width_px,
            image.picture.height_px,
            (ctypes.c_uint8 * len(pixels)).from_buffer_copy(pixels),
        )
        chunks = mtmd.mtmd_input_chunks_init()
        try:
            part = mtmd.mtmd_input_part(bitmap=bitmap)
            parts = (ctypes.POINTER(mtmd.mtmd_input_part) * 1)(ctypes.pointer(part))
            if mtmd.mtmd_tokenize_from_parts(context, chunks, parts, 1, False):
                raise ComputeFailed(status=1)
            chunk = _image_chunk(chunks)
            count = mtmd.mtmd_input_chunk_get_n_tokens(chunk)
            assert count == image.tokens - 1, "mtmd must not scale the picture"
            status = mtmd.mtmd_encode_chunk(context, chunk)
            if self._abort.is_set:
                raise Cancelled
            if status:
                raise ComputeFailed(status=status)
            embeddings: Embeddings = (ctypes.c_float * (count * self._width))()
            source = mtmd.mtmd_get_output_embd(context)
            ctypes.memmove(embeddings, source, ctypes.sizeof(embeddings))
            self._mark_row_ends(embeddings, image)
            # What is damaged in the file spreads over every cell, or over the marks between rows.
            if not math.isfinite(sum(embeddings[: (image.columns + 1) * self._width])):
                raise ProjectorUnusable(name=self.file.path.name)
            return embeddings
        finally:
            mtmd.mtmd_input_chunks_free(chunks)
            mtmd.mtmd_bitmap_free(bitmap)

    def _mark_row_ends(self, embeddings: Embeddings, image: Image) -> None:
        """Put the mark at the end of every row but the last.

        WORKAROUND for mtmd (pixtral.cpp), which clears the place by multiplying whatever the memory
        held by zero: what is not a number stays so, on GPUs more often than not.
        """
        width, row = self._width, image.columns + 1
        if len(self._row_end) == width:
            for number in range(1, image.rows):
                end = (number * row - 1) * width
                embeddings[end : end + width] = list(self._row_end)

    def _open(self) -> mtmd.mtmd_context_p:
        path = self.file.path
        _examine(
            path, self._width
        )  # mtmd computes with whatever memory holds if its end is missing
        needed_bytes = path.stat().st_size
        is_on_gpu = self._is_on_gpu and _gpu_free_bytes() > needed_bytes
        free_bytes = psutil.virtual_memory().available
        if needed_bytes > free_bytes and not is_on_gpu:
            raise NotEnoughMemory(
                name=path.name, context_tokens=0, needed_bytes=needed_bytes, free_bytes=free_bytes
            )
        mtmd.mtmd_log_set(on_log, None)
        mtmd.mtmd_helper_log_set(on_log, None)
        params = mtmd.mtmd_context_params_default()
        params.print_timings = params.warmup = False
        params.use_gpu = is_on_gpu
        params.n_threads = self._threads
        params.image_min_tokens, params.image_max_tokens = _LEAST_TOKENS, _MOST_TOKENS
        params.cb_eval = self._on_node
        self._context = mtmd.mtmd_init_from_file(os.fsencode(path), self._model, params)
        if self._context is None:
            raise ProjectorUnusable(name=path.name)
        return self._context

    def _at_node(self, _node: object, is_question: bool, _data: object) -> bool:
        """Have ggml stop at a node now and then; the answer after it says whether to go on."""
        if not is_question:
            self._report()
            return not self._abort.is_set
        self._nodes += 1
        return self._abort.is_set or self._nodes % _NODES_PER_LOOK == 0


def _gpu_free_bytes() -> int:
    """What the GPU that mtmd takes has left: the first one, an integrated one only if alone."""
    gpus = sorted(graphics_devices(), key=lambda gpu: gpu.shares_ram)
    return gpus[0].free_bytes if gpus else 0


def _image_chunk(chunks: Any) -> Any:  # noqa: ANN401 - the binding's pointers
    """The picture itself; mtmd adds the end mark as a text chunk, which is ours to write."""
    for index in range(mtmd.mtmd_input_chunks_size(chunks)):
        chunk = mtmd.mtmd_input_chunks_get(chunks, index)
        if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_IMAGE:
            return chunk
    raise ComputeFailed(status=1)


def _pixels(image: Image) -> bytes:
    picture = image.picture
    pixels = picture.data
    if not pixels:
        try:
            pixels = pathlib.Path(picture.path).read_bytes()
        except OSError:
            raise PictureMissing from None
    is_whole = len(pixels) == picture.width_px * picture.height_px * 3
    if not is_whole or hashlib.sha256(pixels).hexdigest() != picture.sha256:
        raise PictureMissing
    return pixels
