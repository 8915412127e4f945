"""Loading a model: checks, exact dry run, the real thing, what it took.

llama.cpp reports failures as NULL and a log line; the log is read to say which failure it was.
"""

import ctypes
import os
import pathlib
import re
import time
from collections.abc import Callable

import psutil

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
    TemplateBroken,
)
from app.engine.protocol import DeviceMemory, Load, Loaded, Stage
from app.engine.worker.abort import AbortFlag
from app.engine.worker.native import captured_log, hide_path, llama
from app.engine.worker.template import ChatTemplate
from app.engine.worker.vocabulary import Vocabulary

# Also the unit of a cancel on devices without an abort callback, and of the progress shown.
BATCH_TOKENS = 512
_DEFAULT_CONTEXT_TOKENS = 8192
_LEAST_CONTEXT_TOKENS = 1024
_DETAIL_CHARACTERS = 4000
_MAGIC = b"GGUF"
_BUFFER_LINE = re.compile(r"(\S+)\s+(model|KV|RS|compute|output) buffer size =\s+([\d.]+) MiB")
_CACHE_LINE = re.compile(r"llama_kv_cache\w*: size =\s+([\d.]+) MiB")
_ARCHITECTURE_LINE = re.compile(r"unknown model architecture: '([^']*)'")
_MIB = 1024 * 1024

Report = Callable[[Stage, int, int], None]


class Model:
    """A loaded model with its context; `close` frees both.

    Attributes:
        context: For `llama_decode`; owned by this object.
        context_tokens: Size of the KV cache.
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
        self.name = pathlib.Path(request.path).name
        self._report = report
        self._model: llama.llama_model_p | None = None
        self.context: llama.llama_context_p | None = None
        self.context_tokens = request.context_tokens or _DEFAULT_CONTEXT_TOKENS
        self._needed, self._free = 0, request.free_bytes
        hide_path(request.path, self.name)
        _check_file(pathlib.Path(request.path))
        try:
            self.context_tokens = self._dry_run(request)
            with captured_log() as pieces:
                self._model = self._open(request.path, is_dry=False)
                report(Stage.CONTEXT, 0, 1)
                self.context = self._make_context(self._model, request, self.context_tokens)
            source = (llama.llama_model_chat_template(self._model, None) or b"").decode(
                "utf-8", "replace"
            )
            self.vocabulary = Vocabulary(self._model, template_source=source)
            report(Stage.TEMPLATE, 0, 1)
            self.template = self._compile_template(source)
        except BaseException:
            self.close()
            raise
        load_s = time.perf_counter() - started_s
        self.loaded = self._facts(request.request_id, "".join(pieces), load_s)

    def close(self) -> None:
        """Free the memory; the object is of no use afterwards."""
        if self.context is not None:
            llama.llama_free(self.context)
            self.context = None
        if self._model is not None:
            llama.llama_model_free(self._model)
            self._model = None

    def _dry_run(self, request: Load) -> int:
        """Decide the context size and refuse what cannot fit, before any memory is taken.

        A size that was asked for is kept or refused; else it is halved until it fits.
        """
        model = self._open(request.path, is_dry=True)
        try:
            limit = llama.llama_model_n_ctx_train(model)
            context_tokens = request.context_tokens or min(limit, _DEFAULT_CONTEXT_TOKENS)
            if context_tokens > limit:
                raise ContextTooLarge(
                    name=self.name, limit_tokens=limit, context_tokens=context_tokens
                )
            needed = self._needed_bytes(model, request, context_tokens)
            while (
                needed > request.free_bytes
                and request.context_tokens is None
                and context_tokens >= 2 * _LEAST_CONTEXT_TOKENS
            ):
                context_tokens //= 2
                needed = self._needed_bytes(model, request, context_tokens)
        finally:
            llama.llama_model_free(model)
        self._needed = needed
        if needed > request.free_bytes:
            raise NotEnoughMemory(
                name=self.name,
                context_tokens=context_tokens,
                needed_bytes=needed,
                free_bytes=request.free_bytes,
            )
        return context_tokens

    def _needed_bytes(
        self, dry_model: llama.llama_model_p, request: Load, context_tokens: int
    ) -> int:
        """Memory beside the weights, which are mapped from the file.

        llama.cpp goes through making a context without allocating and logs the exact sizes.
        """
        with captured_log() as pieces:
            llama.llama_free(self._make_context(dry_model, request, context_tokens))
        log = "".join(pieces)
        buffers = sum(size for _, kind, size in _buffers(log) if kind in ("compute", "output"))
        return buffers + sum(round(float(size) * _MIB) for size in _CACHE_LINE.findall(log))

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

    def _make_context(
        self, model: llama.llama_model_p, request: Load, context_tokens: int
    ) -> llama.llama_context_p:
        """Make the context; that of a dry model takes no memory.

        Raises:
            ModelDamaged: The engine refuses.
            Cancelled: `abort` was set.
        """
        params = llama.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        # Only the last token's logits are ever read; a full batch of them would take 256 MiB with
        # Tekken's vocabulary.
        params.n_outputs_max = 1
        params.n_threads = params.n_threads_batch = request.threads or _physical_cores()
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

    def _compile_template(self, source: str) -> ChatTemplate:
        if not source:
            raise TemplateBroken(name=self.name, reason="there is none")
        return ChatTemplate(
            source,
            model_name=self.name,
            bos=self.vocabulary.bos,
            eos=self.vocabulary.eos,
            controls=self.vocabulary.controls,
        )

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

    def _facts(self, request_id: int, log: str, load_s: float) -> Loaded:
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
            context_tokens=self.context_tokens,
            limit_tokens=llama.llama_model_n_ctx_train(self._model),
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
