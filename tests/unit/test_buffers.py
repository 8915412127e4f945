"""Reading from llama.cpp's log what lies where."""

from app.engine.protocol import DeviceMemory
from app.engine.worker.buffers import buffers_of, cache_bytes, sum_up, used_devices

MIB = 1 << 20
LOG = """
llama_prepare_model_devices: using device CUDA0 (NVIDIA RTX) (0000:01:00.0) - 24000 MiB free
llama_prepare_model_devices: using device CUDA1 (NVIDIA RTX) (0000:02:00.0) - 24000 MiB free
load_tensors:        CUDA0 model buffer size =  4000.00 MiB
load_tensors:        CUDA1 model buffer size =  3000.00 MiB
load_tensors:   CPU_Mapped model buffer size =  9000.00 MiB
load_tensors:   CPU_REPACK model buffer size =   500.00 MiB
llama_context:  CUDA_Host  output buffer size =     0.50 MiB
llama_kv_cache:      CUDA0 KV buffer size =   320.00 MiB
llama_kv_cache:      CUDA1 KV buffer size =   160.50 MiB
llama_kv_cache: size =  480.50 MiB (  4096 cells,  32 layers,  8/1 seqs), K (f16):  240.25 MiB
sched_reserve:      CUDA0 compute buffer size =    64.00 MiB
sched_reserve:      CUDA1 compute buffer size =    32.00 MiB
sched_reserve:  CUDA_Host compute buffer size =    16.00 MiB
"""


def test_the_devices_are_those_that_the_layers_go_to():
    assert used_devices(LOG) == ("CUDA0", "CUDA1")


def test_buffers_are_added_up_by_device():
    memory = sum_up(buffers_of(LOG, used_devices(LOG)), ram_weights_bytes=2000 * MIB)
    assert {m.device: m for m in memory} == {
        "CUDA0": DeviceMemory(
            device="CUDA0",
            model_bytes=4000 * MIB,
            context_bytes=320 * MIB,
            compute_bytes=64 * MIB,
        ),
        "CUDA1": DeviceMemory(
            device="CUDA1",
            model_bytes=3000 * MIB,
            context_bytes=160 * MIB + MIB // 2,
            compute_bytes=32 * MIB,
        ),
        # The mapping covers tensors that were copied to other places.
        "CPU": DeviceMemory(
            device="CPU",
            model_bytes=2000 * MIB,
            mapped_bytes=1500 * MIB,
            compute_bytes=16 * MIB + MIB // 2,
        ),
    }


def test_a_cache_of_several_kinds_is_added_up():
    log = "llama_kv_cache: size =  1.00 MiB (\nllama_kv_cache_iswa: size =    0.50 MiB ("
    assert cache_bytes(log) == MIB + MIB // 2


def test_names_of_other_backends_are_understood():
    log = "\n".join(
        f"load_tensors: {name} model buffer size = 1.00 MiB"
        for name in ("RPC0[127.0.0.1:5000]", "MTL0_Mapped", "Vulkan1", "Vulkan_Host", "CUDA10")
    )
    found = buffers_of(log, ("RPC0", "MTL0", "Vulkan1", "CUDA1", "CUDA10"))
    assert [b.device for b in found] == ["RPC0", "MTL0", "Vulkan1", "CPU", "CUDA10"]
    assert [b.is_mapped for b in found] == [False, True, False, False, False]


def test_the_name_of_a_model_may_be_a_megabyte_in_the_log():
    """Where words are looked for in the middle of words, this takes hours."""
    named = f"print_info: general.name = {'x' * (1 << 20)}\n{'llama_kv_cache' * 50_000}\n"
    assert len(buffers_of(named + LOG, ["CUDA0", "CUDA1"])) == 10
    assert cache_bytes(named + LOG) == cache_bytes(LOG)
