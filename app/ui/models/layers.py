"""Which layer of a model lies on which device."""

import itertools

import msgspec
from PySide6.QtCore import QCoreApplication

from app.domain.placement.values import Placement


class LayerRun(msgspec.Struct, frozen=True, kw_only=True):
    """Neighbouring layers that lie alike.

    Attributes:
        gpu: Number of the graphics card, from 0; None for the processor.
        is_split: Their routed experts stay in RAM although the rest is on the card.
    """

    first: int
    last: int
    gpu: int | None
    is_split: bool = False

    @property
    def count(self) -> int:
        """How many layers."""
        return self.last - self.first + 1


def layer_runs(placement: Placement, layers: int) -> list[LayerRun]:
    """Say where every layer lies, as llama.cpp places them: the first stay on the CPU."""
    # The output counts as a layer of its own, the last one.
    on_gpu = min(max(placement.gpu_layers, 0), layers + 1)
    start = layers + 1 - on_gpu
    ends = list(itertools.accumulate(placement.layer_shares or (1,)))

    def place(layer: int) -> tuple[int | None, bool]:
        if layer < start:
            return None, False
        reached = (layer - start) / on_gpu * ends[-1]
        gpu = next((number for number, end in enumerate(ends) if reached < end), len(ends) - 1)
        return gpu, layer < placement.cpu_expert_layers

    runs = []
    for (gpu, is_split), group in itertools.groupby(range(layers), key=place):
        members = list(group)
        runs.append(LayerRun(first=members[0], last=members[-1], gpu=gpu, is_split=is_split))
    return runs


def run_words(run: LayerRun, *, gpus: int, is_advanced: bool) -> str:
    """Name the device of a run; `gpus` is how many there are to tell apart."""
    if run.gpu is None:
        return _tr("processor")
    card = _tr("graphics card")
    if gpus > 1:
        card = f"{card} {run.gpu + 1}"
    if not run.is_split:
        return card
    words = _tr("{card}, experts in memory") if is_advanced else _tr("{card}, parts in memory")
    return words.format(card=card)


def range_words(run: LayerRun) -> str:
    """Number the layers of a run."""
    return str(run.first) if run.count == 1 else f"{run.first}–{run.last}"


def layers_words(runs: list[LayerRun], *, gpus: int, is_advanced: bool) -> str:
    """Say where all layers are, e.g. "Layers 0–11: processor · 12–35: graphics card"."""
    if not runs:
        return ""
    named = (
        f"{range_words(run)}: {run_words(run, gpus=gpus, is_advanced=is_advanced)}" for run in runs
    )
    return _tr("Layers {list}").format(list=" · ".join(named))


def _tr(text: str) -> str:
    return QCoreApplication.translate("models", text)
