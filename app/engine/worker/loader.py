"""A placement in llama.cpp's own terms: opening a model, making its context.

llama.cpp reports failures as NULL and a log line; the log is read to say which failure it was.
"""

import ctypes
import os
import re
from collections.abc import Callable
from typing import Any

from app.domain.errors import (
    AppError,
    Cancelled,
    ModelDamaged,
    ModelPart,
    ModelTruncated,
    ModelUnsupported,
)
from app.domain.placement.values import KvType, Placement
from app.engine.protocol import Stage
from app.engine.worker.abort import AbortFlag
from app.engine.worker.lookup import MOST_GUESSES
from app.engine.worker.native import captured_log, llama
from app.engine.worker.overrides import experts_in_ram
from app.engine.worker.sequences import MOST_SEQUENCES
from app.engine.worker.unfit import Unfit

Report = Callable[[Stage, int, int], None]

_DETAIL_CHARACTERS = 4000
_ARCHITECTURE_LINE = re.compile(r"unknown model architecture: '([^']*)'")
_UNFIT_WORDS = (
    *("failed to allocate", "unable to allocate", "bad_alloc"),
    # A KV cache of that precision cannot be cut into this model's heads, or cannot be attended to.
    *("does not divide", "requires flash_attn", "requires Flash Attention"),
)
_KV_TYPES: dict[KvType, int] = {
    "f16": llama.GGML_TYPE_F16,
    "q8_0": llama.GGML_TYPE_Q8_0,
    "q4_0": llama.GGML_TYPE_Q4_0,
}


class Loader:
    """Opens one file, in earnest or dry, placed in one way or another.

    Attributes:
        path: Of the file.
        name: Of the file, for errors.
    """

    def __init__(self, path: str, *, name: str, abort: AbortFlag, report: Report) -> None:
        self.path = path
        self.name = name
        self._abort = abort
        self._report = report
        self._references: tuple[object, ...] = ()

    def open_dry(self, placement: Placement) -> llama.llama_model_p:
        """Go through loading without taking memory.

        Raises:
            ModelError: The file cannot be used.
            Cancelled: The abort flag was set.
        """
        params = llama.llama_model_default_params()
        params.no_alloc = True
        params.load_mode = llama.LLAMA_LOAD_MODE_NONE
        return self._open(placement, params, lambda share: None)

    def open(self, placement: Placement, *, may_repack: bool) -> llama.llama_model_p:
        """Load the weights.

        Args:
            placement: Where they go.
            may_repack: Weights in RAM may be copied into the order that this processor multiplies
                fastest, instead of being mapped.

        Raises:
            Unfit: A device has no room.
            ModelError: The file cannot be used.
            Cancelled: The abort flag was set.
        """
        params = llama.llama_model_default_params()
        if not placement.is_mapped:
            params.load_mode = llama.LLAMA_LOAD_MODE_NONE
        params.use_extra_bufts = may_repack
        # Else copied weights go to pages that cannot move, which for tens of gigabytes of experts
        # the system refuses, or is paralysed by.
        params.no_host = placement.cpu_expert_layers > 0
        return self._open(
            placement,
            params,
            lambda share: self._report(Stage.LOAD, round(share * 1000), 1000),
        )

    def make_context(
        self, model: llama.llama_model_p, placement: Placement
    ) -> llama.llama_context_p:
        """Make the context; that of a dry model takes no memory.

        Raises:
            Unfit: A device has no room, or the KV cache cannot have that precision.
            ModelDamaged: The engine refuses.
            Cancelled: The abort flag was set.
        """
        params = llama.llama_context_default_params()
        params.n_ctx = placement.context_tokens + placement.kept_tokens
        params.n_seq_max = sequence_count(model)
        params.kv_unified = True
        params.n_batch = params.n_ubatch = placement.batch_tokens
        # Only the last tokens' logits are ever read; a full batch of them would take 256 MiB with
        # Tekken's vocabulary.
        params.n_outputs_max = params.n_outputs_max_per_seq = most_outputs(model)
        params.n_threads = params.n_threads_batch = placement.threads
        params.type_k = params.type_v = _KV_TYPES[placement.kv_type]
        params.abort_callback = ctypes.cast(self._abort.function, llama.ggml_abort_callback)
        params.abort_callback_data = self._abort.data
        params.no_perf = True
        with captured_log() as pieces:
            context = llama.llama_init_from_model(model, params)
        if context is None:
            raise self._failure("".join(pieces))
        if self._abort.is_set:
            llama.llama_free(context)
            raise Cancelled
        return context  # type: ignore[no-any-return]  # the binding's decorator loses the type

    def _open(
        self,
        placement: Placement,
        params: Any,  # noqa: ANN401 - the binding declares its pointers as arrays
        on_share: Callable[[float], None],
    ) -> llama.llama_model_p:
        no_devices = (ctypes.c_void_p * 1)(None)
        overrides = experts_in_ram(placement.cpu_expert_layers)
        shares = (ctypes.c_float * llama.llama_max_devices())(*placement.layer_shares)
        # The model remembers where they are.
        self._references = (no_devices, overrides, shares)
        params.n_gpu_layers = placement.gpu_layers
        params.split_mode = llama.LLAMA_SPLIT_MODE_LAYER
        params.main_gpu = 0
        if placement.layer_shares:
            params.tensor_split = shares
        if not placement.gpu_layers:
            # Else a GPU would still be started, and compute large batches.
            params.devices = ctypes.addressof(no_devices)
        elif placement.cpu_expert_layers:
            params.tensor_buft_overrides = ctypes.addressof(overrides)

        def go_on(share: float, _data: object) -> bool:
            on_share(share)
            return not self._abort.is_set

        params.progress_callback = callback = llama.llama_progress_callback(go_on)
        with captured_log() as pieces:
            model = llama.llama_model_load_from_file(os.fsencode(self.path), params)
        del callback  # it had to live until here
        if model is None:
            if self._abort.is_set:
                raise Cancelled
            raise self._failure("".join(pieces))
        return model  # type: ignore[no-any-return]  # as above

    def _failure(self, log: str) -> AppError | Unfit:
        """Which of the known failures the log speaks of."""
        log = log[-_DETAIL_CHARACTERS:]
        if match := _ARCHITECTURE_LINE.search(log):
            return ModelUnsupported(name=self.name, architecture=match[1][:40], detail=log)
        if "not within the file bounds" in log:
            return ModelTruncated(name=self.name, detail=log)
        if "cannot be used as main model" in log or "illegal split file" in log:
            return ModelPart(name=self.name, detail=log)
        if any(words in log for words in _UNFIT_WORDS):
            return Unfit(log)
        return ModelDamaged(name=self.name, detail=log)


def sequence_count(model: llama.llama_model_p) -> int:
    """How many sequences its context has."""
    return 1 if _is_recurrent(model) else MOST_SEQUENCES


def most_outputs(model: llama.llama_model_p) -> int:
    """For how many positions of a step its context gives logits."""
    return 1 if _is_recurrent(model) else MOST_GUESSES + 1


def metadata(model: llama.llama_model_p | None, key: str) -> str:
    """A value of the file, as text; empty where it has none."""
    buffer = ctypes.create_string_buffer(256)
    llama.llama_model_meta_val_str(model, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace")


def _is_recurrent(model: llama.llama_model_p) -> bool:
    return bool(llama.llama_model_is_recurrent(model) or llama.llama_model_is_hybrid(model))
