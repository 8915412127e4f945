"""What each device has to hold for a layout: sums over the layers, made once per model."""

from itertools import accumulate

import msgspec

from app.domain.placement.buffers import Work, compute_bytes
from app.domain.placement.kv import cell_bytes, cells_for
from app.domain.placement.layout import Layout
from app.domain.placement.values import KvType, PlannedModel

# A layer's experts are three matrices, of which one or (where they are fused) two thirds are copied
# to a GPU at a time; half covers a mixture of formats too.
_COPIED_SHARE = 2


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What a context is to be like.

    Attributes:
        tokens: With those of the kept chats.
    """

    tokens: int
    kv_type: KvType
    batch_tokens: int
    is_vision_on_gpu: bool


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What one device holds."""

    weights_bytes: int = 0
    expert_bytes: int = 0
    kv_bytes: int = 0
    vision_bytes: int = 0
    compute_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """All of it."""
        return self.hard_bytes + self.expert_bytes

    @property
    def hard_bytes(self) -> int:
        """All but the experts, which may stay on the disk."""
        return self.weights_bytes + self.kv_bytes + self.vision_bytes + self.compute_bytes


class Costs:
    """Prices layouts of one model.

    Attributes:
        head_bytes: The output's on a GPU; where the embedding is the head too, a second copy of it.
    """

    def __init__(self, model: PlannedModel) -> None:
        weights, self.shape = model.weights, model.shape
        self._model = model
        self.layers = len(weights.layers)
        resident = [layer.resident_bytes for layer in weights.layers]
        routed = [layer.routed_bytes for layer in weights.layers]
        self._resident_until = (0, *accumulate(resident))
        self._routed_until = (0, *accumulate(routed))
        self.has_experts = self._routed_until[-1] > 0
        self._embedding_bytes = sum(weights.embedding.values())
        self._output_bytes = sum(weights.output.values())
        self.head_bytes = self._output_bytes
        if self.shape.is_tied:
            self.head_bytes += self._embedding_bytes
        self._copied_bytes = (max(routed, default=0) or max(resident, default=0)) // _COPIED_SHARE

    def gpu(
        self, first: int, behind: int, cpu_experts: int, demand: Demand, *, copies: bool
    ) -> Use:
        """What a GPU with the layers from `first` to before `behind` holds, without vision.

        Args:
            first: A layer; `layers` is the output.
            behind: The one after the last.
            cpu_experts: So many layers keep their experts in RAM.
            demand: The context.
            copies: It computes batches with weights that lie in RAM.
        """
        if behind <= first:
            return Use()
        has_output = behind > self.layers
        last = min(behind, self.layers)
        weights = self._resident_until[last] - self._resident_until[first]
        experts_from = min(max(first, cpu_experts), last)
        feeds = copies or not self.has_experts or experts_from < last
        work = Work(
            attends=first < last or copies,
            feeds=feeds and (first < last or copies),
            has_output=has_output,
            copied_bytes=self._copied(first, demand) if copies else 0,
        )
        return Use(
            weights_bytes=weights + (self.head_bytes if has_output else 0),
            expert_bytes=self._routed_until[last] - self._routed_until[experts_from],
            kv_bytes=self._kv(last - first, demand),
            compute_bytes=self._compute(work, demand),
        )

    def ram(self, layout: Layout, demand: Demand) -> Use:
        """What the CPU holds; experts that have to stay on the disk are still in it."""
        start = min(layout.start, self.layers)
        has_output = layout.gpu_layers == 0
        ends = self._embedding_bytes + (self._output_bytes if has_output else 0)
        experts_until = start
        if layout.gpu_layers:
            experts_until = max(start, min(layout.cpu_expert_layers, self.layers))
        work = Work(
            attends=start > 0,
            feeds=start > 0 or self._routed_until[experts_until] > 0,
            has_output=has_output,
            is_host=True,
        )
        is_vision_here = not demand.is_vision_on_gpu
        return Use(
            weights_bytes=self._resident_until[start] + ends,
            expert_bytes=self._routed_until[experts_until],
            kv_bytes=self._kv(start, demand),
            vision_bytes=self._model.vision_bytes if is_vision_here else 0,
            compute_bytes=self._compute(work, demand)
            + (self._model.vision_compute_bytes if is_vision_here else 0),
        )

    def leaves_ram(self, layout: Layout) -> bool:
        """Whether RAM has weights of a layer that takes part in batches."""
        return layout.start > 0 or (self.has_experts and layout.cpu_expert_layers > 0)

    def _kv(self, layers: int, demand: Demand) -> int:
        return layers * cells_for(demand.tokens) * cell_bytes(self.shape, demand.kv_type)

    def _compute(self, work: Work, demand: Demand) -> int:
        return compute_bytes(
            self.shape, work, tokens=demand.tokens, batch_tokens=demand.batch_tokens
        )

    def _copied(self, first: int, demand: Demand) -> int:
        """One tensor at a time; of layers that lie in RAM also the cache, for their attention."""
        return self._copied_bytes + (self._kv(1, demand) if first > 0 else 0)
