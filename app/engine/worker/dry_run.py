"""What a placement takes, exactly, before any memory is taken.

llama.cpp goes through loading without allocating and logs the sizes of its cache and its buffers.
It says nothing about weights then; those follow from the file's table of tensors.
"""

import pathlib
import re
from types import TracebackType
from typing import Self

import msgspec

from app.domain.errors import ModelDamaged
from app.domain.placement.values import Placement
from app.domain.weights_of import weights_of
from app.engine.worker.buffers import (
    CPU,
    GraphicsDevice,
    buffers_of,
    cache_bytes,
    graphics_devices,
    used_devices,
)
from app.engine.worker.header import read_parts
from app.engine.worker.layers import devices_of_layers, weights_by_device
from app.engine.worker.loader import Loader
from app.engine.worker.native import captured_log, llama
from app.engine.worker.unfit import Unfit
from app.gguf.faults import HeaderError

# Beside its buffers a GPU takes a little when it computes, and a failure then is the end.
_SPARE_BYTES = 128 << 20
_SPLITS = re.compile(r"splits = (\d+)")


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What one placement takes.

    Attributes:
        cache_bytes: All of the KV cache.
        work_bytes: Cache and buffers, by device.
        weights_bytes: By device; those in RAM may be mapped.
    """

    cache_bytes: int
    work_bytes: dict[str, int]
    weights_bytes: dict[str, int]

    @property
    def ram_bytes(self) -> int:
        """All that lies in RAM, if nothing of it is mapped."""
        return self.work_bytes[CPU] + self.weights_bytes[CPU]


class Tightness(msgspec.Struct, frozen=True):
    """Needed and free on one device; for a person to read."""

    needed_bytes: int
    free_bytes: int

    def check(self) -> None:
        """See that it fits.

        Raises:
            Unfit: It does not.
        """
        if self.needed_bytes > self.free_bytes:
            raise Unfit("the dry run needs more than there is")


class DryRun:
    """A model that is opened dry for one placement; a context manager.

    Attributes:
        model: For questions about the file.
        devices: The GPUs that it would be spread over, in llama.cpp's order.
    """

    def __init__(self, loader: Loader, placement: Placement) -> None:
        """Open it.

        Raises:
            Unfit: There is no GPU to place anything on.
            ModelError: The file cannot be used.
            Cancelled: The abort flag was set.
        """
        self._loader = loader
        with captured_log() as pieces:
            self.model = loader.open_dry(placement)
        self.devices = used_devices("".join(pieces)) if placement.gpu_layers else ()
        try:
            self._weights_bytes = self._spread_weights(placement)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Free what little it holds."""
        llama.llama_model_free(self.model)

    def needs(self, placement: Placement) -> Needs:
        """Find out what a context takes; of the placement only what concerns it may differ.

        Raises:
            Unfit: The KV cache cannot have that precision there.
        """
        log = self._context_log(placement)
        if placement.gpu_layers and placement.kv_type != "f16":
            plain = msgspec.structs.replace(placement, kv_type="f16")
            # Attention that the GPU cannot do is done on the CPU, which tears the graph to pieces.
            if _splits(log) > _splits(self._context_log(plain)):
                raise Unfit("the GPU cannot read a cache of that precision")
        cache = cache_bytes(log)
        layers = llama.llama_model_n_layer(self.model)
        work_bytes = {CPU: 0, **dict.fromkeys(self.devices, 0)}
        for device in devices_of_layers(placement, layers, self.devices)[:-1]:
            work_bytes[device] += cache // layers
        for buffer in buffers_of(log, self.devices):
            if buffer.kind in ("compute", "output"):
                work_bytes[buffer.device] += buffer.bytes
        return Needs(cache_bytes=cache, work_bytes=work_bytes, weights_bytes=self._weights_bytes)

    def _context_log(self, placement: Placement) -> str:
        with captured_log() as pieces:
            llama.llama_free(self._loader.make_context(self.model, placement))
        return "".join(pieces)

    def _spread_weights(self, placement: Placement) -> dict[str, int]:
        if not placement.gpu_layers:
            return {CPU: llama.llama_model_size(self.model)}
        if len(self.devices) < max(1, len(placement.layer_shares)):
            raise Unfit("a device of the placement is not there")
        path, name = pathlib.Path(self._loader.path), self._loader.name
        try:
            header = read_parts(path)
        except (HeaderError, OSError) as error:
            raise ModelDamaged(name=name, detail=type(error).__name__) from None
        is_tied = all(tensor.name != "output.weight" for tensor in header.tensors)
        weights = weights_of(header, name=name)
        return weights_by_device(weights, placement, self.devices, is_tied=is_tied)


def tightest(
    placement: Placement, needs: Needs, *, free_bytes: int, projector_bytes: int
) -> Tightness:
    """The device that has least to spare, or lacks most; GPUs are asked now.

    Args:
        placement: Whether weights in RAM are mapped.
        needs: Of that placement.
        free_bytes: What may be taken of the RAM.
        projector_bytes: To be kept for the first GPU's vision projector.
    """
    gpus = {gpu.name: gpu for gpu in graphics_devices()}
    ram_bytes = needs.work_bytes[CPU] if placement.is_mapped else needs.ram_bytes
    found: list[Tightness] = []
    for device in needs.work_bytes:
        if device == CPU:
            continue
        needed_bytes = needs.work_bytes[device] + needs.weights_bytes.get(device, 0)
        if placement.is_vision_on_gpu and not found:
            needed_bytes += projector_bytes
        gpu = gpus.get(
            device, GraphicsDevice(device, shares_ram=False, free_bytes=0, total_bytes=0)
        )
        found.append(Tightness(needed_bytes + _SPARE_BYTES, gpu.free_bytes))
        if gpu.shares_ram:
            ram_bytes += needed_bytes
    found.append(Tightness(ram_bytes, free_bytes))
    return min(found, key=lambda t: t.free_bytes - t.needed_bytes)


def _splits(log: str) -> int:
    return int(_SPLITS.findall(log)[-1])
