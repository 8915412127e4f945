"""Shapes of the catalogue's models, and machines to place them on."""

import msgspec

from app.domain.model_shape import ModelShape
from app.domain.placement.values import (
    DeviceState,
    Fit,
    Machine,
    PlannedModel,
)
from app.domain.weights_of import estimated_weights

GIB = 1 << 30
MIB = 1 << 20
RANK = {fit: rank for rank, fit in enumerate(Fit)}

SMALL_4 = ModelShape(
    layers=36,
    embedding=4096,
    heads=32,
    key_length=128,
    value_length=128,
    vocabulary=131072,
    q_lora_rank=1024,
    kv_lora_rank=256,
    rope_length=64,
    experts=128,
    experts_used=4,
    shared_experts=1,
    expert_feed_forward=2048,
)
SMALL_24B = ModelShape(
    layers=40,
    embedding=5120,
    heads=32,
    kv_heads=8,
    key_length=128,
    value_length=128,
    feed_forward=32768,
    vocabulary=131072,
)
MIXTRAL = ModelShape(
    layers=32,
    embedding=4096,
    heads=32,
    kv_heads=8,
    key_length=128,
    value_length=128,
    feed_forward=14336,
    vocabulary=32000,
    experts=8,
    experts_used=2,
)
MEDIUM = msgspec.structs.replace(
    SMALL_24B, layers=88, embedding=12288, heads=96, feed_forward=28672
)
LARGE_3 = msgspec.structs.replace(
    SMALL_4,
    layers=61,
    embedding=7168,
    heads=128,
    q_lora_rank=1536,
    kv_lora_rank=512,
    key_length=192,
    feed_forward=16384,
    expert_feed_forward=4096,
    dense_layers=3,
)


def model(shape: ModelShape, total_bytes: int, *, vision_bytes: int = 0, limit: int = 262_144):
    return PlannedModel(
        name="model",
        shape=shape,
        weights=estimated_weights(shape, quant="q4_K", total_bytes=total_bytes),
        limit_tokens=limit,
        vision_bytes=vision_bytes,
        vision_compute_bytes=vision_bytes // 4,
    )


def machine(*gpus_gib: float, ram_gib: float = 64, free_share: float = 1.0, **more):
    def state(name, kind, size):
        total = int(size * GIB)
        return DeviceState(
            name=name, kind=kind, total_bytes=total, free_bytes=int(total * free_share)
        )

    return Machine(
        cpu=state("CPU", "cpu", ram_gib),
        gpus=tuple(state(f"CUDA{i}", "gpu", size) for i, size in enumerate(gpus_gib)),
        threads=8,
        **more,
    )


SMALL_4_Q4 = model(SMALL_4, 73 * 10**9, vision_bytes=870 * 10**6)
SMALL_24B_Q4 = model(SMALL_24B, 14 * 10**9, vision_bytes=880 * 10**6, limit=131_072)
MIXTRAL_Q4 = model(MIXTRAL, 26 * 10**9, limit=32_768)
