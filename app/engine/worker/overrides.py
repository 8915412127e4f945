"""Tensors that do not lie where their layer does."""

import ctypes

from app.engine.worker import ggml

_KIND_CPU = 0


class _Override(ctypes.Structure):
    """llama_model_tensor_buft_override; the binding has it without fields."""

    _fields_ = (("pattern", ctypes.c_char_p), ("buffer_type", ctypes.c_void_p))


def experts_in_ram(layers: int) -> ctypes.Array[_Override]:
    """Keep the routed experts of the first `layers` layers in RAM.

    The array has to live as long as the model that is loaded with it.
    """
    numbers = "|".join(map(str, range(layers)))
    # `gate_up` are fused ones; without it they would silently stay on the GPU.
    pattern = rf"blk\.({numbers})\.ffn_(up|down|gate|gate_up)_(ch|)exps"
    cpu = ggml.device_buffer_type(ggml.device_of_kind(_KIND_CPU))
    return (_Override * 2)(_Override(pattern.encode(), cpu), _Override(None, None))
