"""Loading a model: checks, exact dry run, the real thing, what it took.

llama.cpp reports failures as NULL and a log line; the log is read to say which failure it was.
"""

import ctypes
import os
import pathlib
import re
import time
from collections.abc import Callable

import msgspec
import psutil

from app.domain.chat import Thinking
from app.domain.errors import (
    AppError,
    Cancelled,
    ContextTooLarge,
    ModelDamaged,
    ModelIsFolder,
    ModelNotFound,
    ModelPart,
    ModelTruncated,
    ModelUnreadable,
    ModelUnsupported,
    NotAModel,
    NotEnoughMemory,
)
from app.domain.families import Family, find_family
from app.engine.protocol import DeviceMemory, Load, Loaded, Stage
from app.engine.worker.abort import AbortFlag
from app.engine.worker.evaluator import BATCH_TOKENS
from app.engine.worker.fingerprint import fingerprint
from app.engine.worker.lookup import MOST_GUESSES
from app.engine.worker.native import captured_log, hide_path, llama
from app.engine.worker.prompts import Prompts
from app.engine.worker.sequences import MOST_SEQUENCES
from app.engine.worker.snapshots import Snapshots
from app.engine.worker.vision import Vision, find_projector
from app.engine.worker.vocabulary import Vocabulary

# A context that leaves most of the memory free may be large, one that does not has to be modest.
_LARGE_CONTEXT_TOKENS = 32768
_DEFAULT_CONTEXT_TOKENS = 8192
_LEAST_CONTEXT_TOKENS = 1024
_CELLS_STEP = 256
_DETAIL_CHARACTERS = 4000
_MAGIC = b"GGUF"
_BUFFER_LINE = re.compile(r"(\S+)\s+(model|KV|RS|compute|output) buffer size =\s+([\d.]+) MiB")
_CACHE_LINE = re.compile(r"llama_kv_cache\w*: size =\s+([\d.]+) MiB")
_ARCHITECTURE_LINE = re.compile(r"unknown model architecture: '([^']*)'")
_MIB = 1024 * 1024

Report = Callable[[Stage, int, int], None]


class _Sizes(msgspec.Struct, frozen=True):
    """What a context takes beside the weights, which are mapped from the file."""

    cache_bytes: int
    buffer_bytes: int

    @property
    def total_bytes(self) -> int:
        return self.cache_bytes + self.buffer_bytes


class _Cells(msgspec.Struct, frozen=True):
    """How the KV cache is cut: what one chat may hold, and what others may hold beside it."""

    context_tokens: int
    kept_tokens: int
    limit_tokens: int


class Model:
    """A loaded model with its context; `close` frees both.

    Attributes:
        context: For `llama_decode`; owned by this object.
        context_tokens: What one chat may hold.
        sequence_count: How many sequences the context has.
        most_outputs: For how many positions of a step it can give logits.
        vision: None if it does not see.
        snapshots: None if nothing is to be kept on the disk.
        abort: Ends a running computation from another thread.
        loaded: The answer to the request that loaded it.
    """

    def __init__(self, request: Load, *, abort: AbortFlag, report: Report) -> None:
        """Load it.

        Args:
            request: What to load.
            abort: Set it to cancel; the load then raises `Cancelled`.
            report: Called with stage, units done and units in total.

        Raises:
            ModelError: It cannot be used, see `app.domain.errors`.
            Cancelled: `abort` was set.
        """
        started_s = time.perf_counter()
        self.abort = abort
        path = pathlib.Path(request.path)
        self.name = path.name
        self._report = report
        self._model: llama.llama_model_p | None = None
        self.context: llama.llama_context_p | None = None
        self.vision: Vision | None = None
        self.context_tokens = request.context_tokens or _DEFAULT_CONTEXT_TOKENS
        self._threads = request.threads or _physical_cores()
        self._needed, self._free = 0, request.free_bytes
        hide_path(request.path, self.name)
        _check_file(path)
        try:
            family, cells = self._dry_run(request)
            self.context_tokens = cells.context_tokens
            with captured_log() as pieces:
                self._model = self._open(request.path, is_dry=False)
                report(Stage.CONTEXT, 0, 1)
                self.context = self._make_context(
                    self._model, cells.context_tokens + cells.kept_tokens
                )
            self._read_vocabulary(family, request, path)
            self.snapshots = self._open_snapshots(request)
        except BaseException:
            self.close()
            raise
        load_s = time.perf_counter() - started_s
        self.loaded = self._facts(request.request_id, family, cells, "".join(pieces), load_s)

    def close(self) -> None:
        """Free the memory; the object is of no use afterwards."""
        if self.vision is not None:
            self.vision.release()
        if self.context is not None:
            llama.llama_free(self.context)
            self.context = None
        if self._model is not None:
            llama.llama_model_free(self._model)
            self._model = None

    @property
    def thinking(self) -> Thinking:
        """Whether it thinks."""
        return self.prompts.thinking

    def _read_vocabulary(self, family: Family | None, request: Load, path: pathlib.Path) -> None:
        assert self._model is not None
        source = (llama.llama_model_chat_template(self._model, None) or b"").decode(
            "utf-8", "replace"
        )
        self.vocabulary = Vocabulary(self._model, template_source=source)
        self._report(Stage.TEMPLATE, 0, 1)
        projector = find_projector(
            path, request.projector, embedding=llama.llama_model_n_embd(self._model)
        )
        if projector:
            self.vision = Vision(projector, self._model, threads=self._threads, abort=self.abort)
        self.prompts = Prompts(
            self.vocabulary,
            model_name=self.name,
            template_source=source,
            family=family,
            grid=projector.grid if projector else None,
        )

    def _open_snapshots(self, request: Load) -> Snapshots | None:
        if not request.snapshots:
            return None
        return Snapshots(
            pathlib.Path(request.snapshots),
            fingerprint=fingerprint(
                pathlib.Path(request.path), self.vision.file.path if self.vision else None
            ),
            limit_bytes=request.snapshots_bytes,
        )

    def _dry_run(self, request: Load) -> tuple[Family | None, _Cells]:
        """Decide the sizes and refuse what cannot fit, before any memory is taken.

        A context that was asked for is kept or refused; else it is halved until it fits.
        """
        model = self._open(request.path, is_dry=True)
        try:
            family = find_family(
                request.families,
                architecture=_metadata(model, "general.architecture"),
                parameters=llama.llama_model_n_params(model),
                name=_metadata(model, "general.name"),
            )
            is_whole = llama.llama_model_is_recurrent(model) or llama.llama_model_is_hybrid(model)
            self.sequence_count = 1 if is_whole else MOST_SEQUENCES
            self.most_outputs = 1 if is_whole else MOST_GUESSES + 1
            limit = llama.llama_model_n_ctx_train(model)
            if family:
                limit = min(limit, family.context_limit_tokens)
            context_tokens, sizes = self._fit_context(model, request, limit)
            kept_tokens = 0
            if self._needed <= request.free_bytes:
                kept_tokens = self._fit_kept(model, request, context_tokens, sizes)
        finally:
            llama.llama_model_free(model)
        if self._needed > request.free_bytes:
            raise NotEnoughMemory(
                name=self.name,
                context_tokens=context_tokens,
                needed_bytes=self._needed,
                free_bytes=request.free_bytes,
            )
        return family, _Cells(context_tokens, kept_tokens, limit)

    def _fit_context(
        self, model: llama.llama_model_p, request: Load, limit: int
    ) -> tuple[int, _Sizes]:
        context_tokens = request.context_tokens or min(limit, _LARGE_CONTEXT_TOKENS)
        if context_tokens > limit:
            raise ContextTooLarge(name=self.name, limit_tokens=limit, context_tokens=context_tokens)
        while True:
            sizes = self._sizes(model, context_tokens)
            self._needed = sizes.total_bytes
            is_large = context_tokens > _DEFAULT_CONTEXT_TOKENS
            room_bytes = request.free_bytes // 4 if is_large else request.free_bytes
            is_least = context_tokens < 2 * _LEAST_CONTEXT_TOKENS
            if self._needed <= room_bytes or request.context_tokens is not None or is_least:
                return context_tokens, sizes
            context_tokens //= 2

    def _fit_kept(
        self, model: llama.llama_model_p, request: Load, context_tokens: int, sizes: _Sizes
    ) -> int:
        """Cells for the chats that are not being worked on, as many as one chat may have."""
        if not request.kept_bytes or not sizes.cache_bytes or self.sequence_count == 1:
            return 0
        room_bytes = min(request.kept_bytes, request.free_bytes - sizes.total_bytes)
        tokens = min(context_tokens, room_bytes * context_tokens // sizes.cache_bytes)
        kept_tokens = tokens // _CELLS_STEP * _CELLS_STEP
        needed = self._sizes(model, context_tokens + kept_tokens).total_bytes
        if needed > request.free_bytes:
            return 0
        self._needed = needed
        return kept_tokens

    def _sizes(self, dry_model: llama.llama_model_p, cells: int) -> _Sizes:
        """Have llama.cpp make a context without allocating; it logs the exact sizes."""
        with captured_log() as pieces:
            llama.llama_free(self._make_context(dry_model, cells))
        log = "".join(pieces)
        return _Sizes(
            cache_bytes=sum(round(float(size) * _MIB) for size in _CACHE_LINE.findall(log)),
            buffer_bytes=sum(
                size for _, kind, size in _buffers(log) if kind in ("compute", "output")
            ),
        )

    def _open(self, path: str, *, is_dry: bool) -> llama.llama_model_p:
        params = llama.llama_model_default_params()
        params.no_alloc = is_dry
        if is_dry:
            params.load_mode = llama.LLAMA_LOAD_MODE_NONE
        progress = self._on_dry_progress if is_dry else self._on_progress
        params.progress_callback = callback = llama.llama_progress_callback(progress)
        with captured_log() as pieces:
            model = llama.llama_model_load_from_file(os.fsencode(path), params)
        del callback  # it had to live until here
        if model is None:
            if self.abort.is_set:
                raise Cancelled
            raise self._failure("".join(pieces))
        return model  # type: ignore[no-any-return]  # the binding's decorator loses the type

    def _on_dry_progress(self, _share: float, _data: object) -> bool:
        return not self.abort.is_set

    def _on_progress(self, share: float, _data: object) -> bool:
        self._report(Stage.LOAD, round(share * 1000), 1000)
        return not self.abort.is_set

    def _make_context(self, model: llama.llama_model_p, cells: int) -> llama.llama_context_p:
        """Make the context; that of a dry model takes no memory.

        Raises:
            ModelDamaged: The engine refuses.
            Cancelled: `abort` was set.
        """
        params = llama.llama_context_default_params()
        params.n_ctx = cells
        params.n_seq_max = self.sequence_count
        params.kv_unified = True
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        # Only the last tokens' logits are ever read; a full batch of them would take 256 MiB with
        # Tekken's vocabulary.
        params.n_outputs_max = params.n_outputs_max_per_seq = self.most_outputs
        params.n_threads = params.n_threads_batch = self._threads
        params.abort_callback = ctypes.cast(self.abort.function, llama.ggml_abort_callback)
        params.abort_callback_data = self.abort.data
        params.no_perf = True
        with captured_log() as pieces:
            context = llama.llama_init_from_model(model, params)
        if context is None:
            raise self._failure("".join(pieces))
        if self.abort.is_set:
            llama.llama_free(context)
            raise Cancelled
        return context  # type: ignore[no-any-return]  # as above

    def _failure(self, log: str) -> AppError:
        """Which of the known failures the log speaks of."""
        log = log[-_DETAIL_CHARACTERS:]
        if match := _ARCHITECTURE_LINE.search(log):
            return ModelUnsupported(name=self.name, architecture=match[1][:40], detail=log)
        if "not within the file bounds" in log:
            return ModelTruncated(name=self.name, detail=log)
        if "cannot be used as main model" in log or "illegal split file" in log:
            return ModelPart(name=self.name, detail=log)
        if "failed to allocate" in log or "unable to allocate" in log:
            return NotEnoughMemory(
                name=self.name,
                context_tokens=self.context_tokens,
                needed_bytes=self._needed,
                free_bytes=self._free,
                detail=log,
            )
        return ModelDamaged(name=self.name, detail=log)

    def _facts(
        self, request_id: int, family: Family | None, cells: _Cells, log: str, load_s: float
    ) -> Loaded:
        devices: dict[str, dict[str, int]] = {}
        field_of = {"model": "model_bytes", "KV": "context_bytes", "RS": "context_bytes"}
        for device, kind, size in _buffers(log):
            sums = devices.setdefault(device, {})
            field = field_of.get(kind, "compute_bytes")
            sums[field] = sums.get(field, 0) + size
        return Loaded(
            request_id=request_id,
            name=_metadata(self._model, "general.name"),
            architecture=_metadata(self._model, "general.architecture"),
            parameters=llama.llama_model_n_params(self._model),
            file_bytes=llama.llama_model_size(self._model),
            family=family.id if family else "",
            tokenizer=self.prompts.tokenizer,
            thinking=self.thinking,
            grid=self.vision.file.grid if self.vision else None,
            context_tokens=cells.context_tokens,
            limit_tokens=cells.limit_tokens,
            kept_tokens=cells.kept_tokens,
            load_s=load_s,
            memory=tuple(DeviceMemory(device=d, **sums) for d, sums in devices.items()),
        )


def _check_file(path: pathlib.Path) -> None:
    if path.is_dir():
        raise ModelIsFolder(name=path.name)
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise ModelNotFound(name=path.name) from None
    except OSError as error:
        raise ModelUnreadable(name=path.name, reason=error.strerror or "unknown") from None
    if magic != _MAGIC:
        raise NotAModel(name=path.name)


def _buffers(log: str) -> list[tuple[str, str, int]]:
    """Every (device, kind, bytes) that llama.cpp says it allocated."""
    return [
        (device, kind, round(float(size) * _MIB))
        for device, kind, size in _BUFFER_LINE.findall(log)
    ]


def _metadata(model: llama.llama_model_p | None, key: str) -> str:
    buffer = ctypes.create_string_buffer(256)
    llama.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def _physical_cores() -> int:
    """How many cores this process may use; the second thread of a core only gets in the way."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else cores
    return min(cores, allowed)
