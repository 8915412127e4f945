"""Which device each layer goes to."""

from collections.abc import Sequence

from app.domain.placement.values import Placement
from app.domain.weights import Weights
from app.engine.worker.buffers import CPU


def devices_of_layers(placement: Placement, layers: int, gpus: Sequence[str]) -> list[str]:
    """Name the device of each layer and, last, of the output, as llama.cpp will choose them.

    The last `gpu_layers` of them go to the GPUs, in proportion to `layer_shares`
    (`get_layer_buft_list` in llama-model.cpp).
    """
    count = layers + 1
    on_gpus = min(placement.gpu_layers, count) if gpus else 0
    shares = placement.layer_shares or (1,)
    ends = [sum(shares[: i + 1]) * on_gpus for i in range(len(shares))]
    homes = [
        gpus[next(i for i, end in enumerate(ends) if layer * sum(shares) < end)]
        for layer in range(on_gpus)
    ]
    return [CPU] * (count - on_gpus) + homes


def weights_by_device(
    weights: Weights, placement: Placement, gpus: Sequence[str], *, is_tied: bool
) -> dict[str, int]:
    """Add up the bytes of the weights that each device holds.

    The embedding always stays in RAM; where it serves as the head too (`is_tied`), a GPU that has
    the output gets a copy of it.
    """
    embedding_bytes = sum(weights.embedding.values())
    *homes, output_home = devices_of_layers(placement, len(weights.layers), gpus)
    sums = {CPU: embedding_bytes}

    def add(device: str, count: int) -> None:
        sums[device] = sums.get(device, 0) + count

    for index, (layer, home) in enumerate(zip(weights.layers, homes, strict=True)):
        add(home, layer.resident_bytes)
        add(CPU if index < placement.cpu_expert_layers else home, layer.routed_bytes)
    add(output_home, sum(weights.output.values()))
    if is_tied and output_home != CPU:
        add(output_home, embedding_bytes)
    return sums
