import time

import msgspec
import pytest

from app.domain.placement.fallbacks import fallbacks
from app.domain.placement.kv import can_hold, kv_bytes
from app.domain.placement.planner import plan
from app.domain.placement.values import (
    Change,
    DeviceState,
    Fit,
    Rates,
    Wishes,
)
from tests.helpers.planned_models import (
    GIB,
    LARGE_3,
    MEDIUM,
    MIB,
    SMALL_4,
    SMALL_4_Q4,
    SMALL_24B,
    SMALL_24B_Q4,
    machine,
    model,
)


def test_the_cache_of_small_4_takes_23040_bytes_per_token():
    assert kv_bytes(SMALL_4, 1 << 20, "f16") == 23_040 << 20
    assert kv_bytes(SMALL_24B, 4096, "f16") == 163_840 * 4096
    assert kv_bytes(SMALL_24B, 4096, "q8_0") == 163_840 * 4096 * 17 // 32
    assert kv_bytes(SMALL_24B, 4096, "q4_0") == 163_840 * 4096 * 9 // 32


def test_cells_are_made_in_steps_of_256():
    sizes = [kv_bytes(SMALL_4, tokens, "f16") // 23_040 for tokens in (0, 1, 256, 257, 1000)]
    assert sizes == [256, 256, 256, 512, 1024]


def test_heads_that_are_no_whole_blocks_are_never_quantised():
    odd = msgspec.structs.replace(SMALL_24B, key_length=80, value_length=80)
    assert not can_hold(odd, "q8_0")
    found = plan(model(odd, 14 * 10**9), machine(), Wishes(kv_type="q8_0"))
    assert found.placement.kv_type == "f16"
    assert Change.KV_PRECISION in found.changes


def test_a_dense_model_that_fits_lies_on_the_gpu():
    found = plan(SMALL_24B_Q4, machine(24), Wishes())
    assert found.fit is Fit.GPU
    assert found.placement.gpu_layers == 41
    assert found.placement.is_vision_on_gpu
    assert not found.changes


def test_a_dense_model_that_does_not_fit_gives_its_first_layers_to_ram():
    found = plan(SMALL_24B_Q4, machine(12), Wishes())
    assert found.fit is Fit.GPU_AND_RAM
    assert 20 < found.placement.gpu_layers < 41
    gpu, cpu = found.shares
    assert gpu.kv_bytes + cpu.kv_bytes == found.kv_bytes


def test_experts_go_to_ram_before_anything_else():
    found = plan(SMALL_4_Q4, machine(16, ram_gib=80), Wishes())
    assert found.fit is Fit.GPU_AND_RAM
    assert found.placement.gpu_layers == 37
    assert 20 < found.placement.cpu_expert_layers < 36
    gpu, cpu = found.shares
    assert cpu.kv_bytes == 0
    assert gpu.expert_bytes > 0
    assert found.placement.batch_tokens == 2048


def test_a_gpu_too_small_for_the_dense_parts_takes_some_layers():
    found = plan(SMALL_4_Q4, machine(2, ram_gib=96), Wishes())
    assert found.fit is Fit.GPU_AND_RAM
    assert 0 < found.placement.gpu_layers < 37
    assert found.shares[0].expert_bytes == 0


def test_what_ram_cannot_hold_stays_on_the_disk():
    found = plan(SMALL_4_Q4, machine(8, ram_gib=32), Wishes())
    assert found.fit is Fit.DISK
    disk = found.shares[-1]
    assert disk.kind == "disk"
    assert disk.expert_bytes > 20 * GIB
    assert found.shares[-2].free_bytes >= 0


def test_a_dense_model_is_never_read_from_the_disk():
    assert plan(SMALL_24B_Q4, machine(ram_gib=8), Wishes()).fit is Fit.NO
    assert plan(SMALL_24B_Q4, machine(ram_gib=24), Wishes()).fit is Fit.CPU


def test_several_gpus_share_the_layers_in_order():
    found = plan(SMALL_24B_Q4, machine(10, 12), Wishes())
    assert found.fit is Fit.GPU
    assert sum(found.placement.layer_shares) == found.placement.gpu_layers == 41
    first, second, cpu = found.shares
    assert first.weights_bytes > 0
    assert second.weights_bytes > 0
    assert cpu.kv_bytes == 0


def test_graphics_inside_the_processor_take_their_memory_from_ram():
    pc = machine(ram_gib=32)
    graphics = DeviceState(name="Vulkan0", kind="igpu", total_bytes=24 * GIB, free_bytes=24 * GIB)
    found = plan(SMALL_24B_Q4, msgspec.structs.replace(pc, gpus=(graphics,)), Wishes())
    assert found.fit is Fit.GPU
    shared, cpu = found.shares
    assert cpu.free_bytes == 32 * GIB - cpu.model_bytes - shared.model_bytes
    small = msgspec.structs.replace(pc, cpu=machine(ram_gib=12).cpu, gpus=(graphics,))
    assert plan(SMALL_24B_Q4, small, Wishes()).fit is Fit.NO


def test_beside_a_card_graphics_inside_the_processor_are_not_used():
    pc = machine(24)
    graphics = DeviceState(name="Vulkan1", kind="igpu", total_bytes=8 * GIB, free_bytes=8 * GIB)
    found = plan(SMALL_24B_Q4, msgspec.structs.replace(pc, gpus=(graphics, *pc.gpus)), Wishes())
    unused, used, _cpu = found.shares
    assert (unused.model_bytes, used.name) == (0, "CUDA0")
    assert found.placement.layer_shares == ()


def test_the_projector_stays_in_ram_where_it_would_push_layers_off_the_gpu():
    wishes = Wishes(context_tokens=8192)
    needed = plan(
        msgspec.structs.replace(SMALL_24B_Q4, vision_bytes=0, vision_compute_bytes=0),
        machine(24),
        wishes,
    )
    total = needed.shares[0].model_bytes + GIB + 300 * MIB
    found = plan(SMALL_24B_Q4, machine(total / GIB), Wishes(context_tokens=8192))
    assert found.fit is Fit.GPU
    assert not found.placement.is_vision_on_gpu
    assert Change.VISION_TO_RAM in found.changes
    forced = plan(
        SMALL_24B_Q4, machine(total / GIB), Wishes(context_tokens=8192, is_vision_on_gpu=True)
    )
    assert forced.placement.is_vision_on_gpu
    assert forced.fit is Fit.GPU_AND_RAM


def test_the_cache_loses_precision_only_where_that_keeps_the_model_on_the_gpu():
    wishes = Wishes(context_tokens=32768)
    assert plan(SMALL_24B_Q4, machine(24), wishes).placement.kv_type == "f16"
    tight = plan(SMALL_24B_Q4, machine(18.5), wishes)
    assert (tight.fit, tight.placement.kv_type) == (Fit.GPU, "q8_0")
    assert Change.KV_PRECISION in tight.changes
    assert plan(SMALL_24B_Q4, machine(12), wishes).placement.kv_type == "f16"


def test_the_context_is_large_where_it_costs_little_and_usual_where_it_does_not():
    assert plan(SMALL_4_Q4, machine(96), Wishes()).placement.context_tokens == 32768
    assert plan(SMALL_24B_Q4, machine(16), Wishes()).placement.context_tokens == 8192
    tiny = plan(SMALL_24B_Q4, machine(ram_gib=15.7), Wishes())
    assert tiny.placement.context_tokens < 8192
    assert Change.CONTEXT in tiny.changes


def test_the_comfortable_context_is_the_last_that_fits_in_the_same_way():
    found = plan(SMALL_24B_Q4, machine(24), Wishes())
    most = found.comfortable_tokens
    assert 32768 < most < 131_072
    assert most % 256 == 0
    assert plan(SMALL_24B_Q4, machine(24), Wishes(context_tokens=most)).fit is Fit.GPU
    assert plan(SMALL_24B_Q4, machine(24), Wishes(context_tokens=most + 256)).fit is not Fit.GPU


def test_a_context_beyond_the_limit_is_clamped_and_said():
    found = plan(SMALL_24B_Q4, machine(48), Wishes(context_tokens=10_000_000))
    assert found.placement.context_tokens == 131_072
    assert Change.CONTEXT in found.changes
    assert plan(SMALL_24B_Q4, machine(48), Wishes(context_tokens=-5)).placement.context_tokens == 1


def test_kept_chats_get_what_is_left_and_are_the_first_to_go():
    wishes = Wishes(context_tokens=16384, kept_bytes=2 * GIB)
    roomy = plan(SMALL_24B_Q4, machine(24), wishes)
    assert 0 < roomy.placement.kept_tokens <= 2 * GIB // 163_840
    without = plan(SMALL_24B_Q4, machine(17.5), msgspec.structs.replace(wishes, kept_bytes=0))
    tight = plan(SMALL_24B_Q4, machine(17.5), wishes)
    assert tight.placement.gpu_layers == without.placement.gpu_layers
    assert tight.fit is without.fit


def test_numbers_of_layers_can_be_set_by_hand():
    pc = machine(24, ram_gib=80)
    assert plan(SMALL_24B_Q4, pc, Wishes(gpu_layers=10)).placement.gpu_layers == 10
    assert plan(SMALL_24B_Q4, pc, Wishes(gpu_layers=0)).fit is Fit.CPU
    assert plan(SMALL_4_Q4, pc, Wishes(cpu_expert_layers=33)).placement.cpu_expert_layers == 33
    missed = plan(SMALL_4_Q4, pc, Wishes(cpu_expert_layers=0))
    assert Change.EXPERTS_TO_RAM in missed.changes
    assert missed.placement.cpu_expert_layers > 0
    beyond = plan(SMALL_24B_Q4, machine(12), Wishes(gpu_layers=1000))
    assert beyond.changes == (Change.LAYERS_TO_RAM,)
    nowhere = plan(SMALL_24B_Q4, machine(), Wishes(gpu_layers=10))
    assert (nowhere.placement.gpu_layers, nowhere.changes) == (0, (Change.LAYERS_TO_RAM,))


def test_a_second_process_is_given_no_copies_of_weights_in_ram():
    """RPC computes no batches with weights in our RAM, a card does."""
    pc = machine(24, ram_gib=80)
    remote = msgspec.structs.replace(pc.gpus[0], name="RPC0")
    wishes = Wishes(cpu_expert_layers=36, batch_tokens=512, context_tokens=4096)
    card = plan(SMALL_4_Q4, pc, wishes).shares[0].compute_bytes
    rpc = plan(SMALL_4_Q4, msgspec.structs.replace(pc, gpus=(remote,)), wishes).shares[0]
    assert card - rpc.compute_bytes > 800 * MIB


def test_the_ladder_gives_up_kept_chats_first_and_the_gpu_last():
    wishes = Wishes(context_tokens=32768, kept_bytes=4 * GIB)
    ladder = fallbacks(SMALL_4_Q4, machine(24, ram_gib=96), wishes)
    added = [later.changes[-1] for later in ladder[1:]]
    assert added[0] is Change.KEPT_CHATS
    order = list(dict.fromkeys(added))
    assert order == [
        Change.KEPT_CHATS,
        Change.CONTEXT,
        Change.KV_PRECISION,
        Change.EXPERTS_TO_RAM,
        Change.VISION_TO_RAM,
        Change.LAYERS_TO_RAM,
    ]
    assert ladder[-1].placement.gpu_layers == 0


def test_a_context_that_does_not_fit_falls_back_to_the_largest_that_does():
    first, second, *_rest = fallbacks(
        SMALL_24B_Q4, machine(ram_gib=24), Wishes(context_tokens=131_072)
    )
    assert first.fit is Fit.NO
    assert second.fit is Fit.CPU
    assert second.changes[0] is Change.CONTEXT
    assert second.placement.context_tokens == first.comfortable_tokens


def test_nothing_helps_where_the_weights_alone_do_not_fit():
    assert len(fallbacks(SMALL_24B_Q4, machine(ram_gib=4), Wishes())) == 1


@pytest.mark.parametrize("shape", [MEDIUM, LARGE_3], ids=["Medium 3.5", "Large 3"])
def test_the_slider_can_price_the_biggest_models_while_it_moves(shape):
    big = model(shape, 75 * 10**9 if shape is MEDIUM else 380 * 10**9, vision_bytes=5 * 10**9)
    pc = machine(24, 16, ram_gib=400, disk_bytes_per_s=3e9)
    rates = Rates(bytes_per_s={"q4_K": 2e10}, node_s=1e-6, flops_per_s=1e12)
    pc = msgspec.structs.replace(
        pc,
        cpu=msgspec.structs.replace(pc.cpu, rates=rates),
        gpus=tuple(msgspec.structs.replace(gpu, rates=rates) for gpu in pc.gpus),
    )
    seconds = []
    for _ in range(5):
        started_s = time.process_time()
        plan(big, pc, Wishes(kept_bytes=8 * GIB))
        seconds.append(time.process_time() - started_s)
    assert min(seconds) < 0.01
