"""`python -m tests.helpers.tiny_models.picture_tokens MODEL PROJECTOR WIDTH HEIGHT`

Prints how many tokens a picture takes, after the projector has turned it into embeddings. In a
process of its own, because llama.cpp ends the process where it meets what it did not expect.
"""

import ctypes
import sys

from llama_cpp import llama_cpp as llama
from llama_cpp import mtmd_cpp as mtmd

_MOST_TOKENS = 5000


def main(model_path: str, projector_path: str, width_px: int, height_px: int) -> int:
    """Print the count; 1 if the projector does not go with the model."""
    llama.llama_backend_init()
    model = llama.llama_model_load_from_file(
        model_path.encode(), llama.llama_model_default_params()
    )
    params = mtmd.mtmd_context_params_default()
    params.use_gpu, params.warmup = False, False
    params.image_min_tokens, params.image_max_tokens = 1, _MOST_TOKENS
    context = mtmd.mtmd_init_from_file(projector_path.encode(), model, params)
    if context is None:
        return 1
    pixels = (ctypes.c_uint8 * (width_px * height_px * 3))()
    bitmap = mtmd.mtmd_bitmap_init(width_px, height_px, pixels)
    marker = mtmd.mtmd_default_marker()
    text = mtmd.mtmd_input_text(marker, len(marker), False, True)
    chunks = mtmd.mtmd_input_chunks_init()
    bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
    assert mtmd.mtmd_tokenize(context, chunks, ctypes.byref(text), bitmaps, 1) == 0
    for i in range(mtmd.mtmd_input_chunks_size(chunks)):
        chunk = mtmd.mtmd_input_chunks_get(chunks, i)
        if mtmd.mtmd_input_chunk_get_type(chunk) == mtmd.MTMD_INPUT_CHUNK_TYPE_IMAGE:
            assert mtmd.mtmd_encode_chunk(context, chunk) == 0
            print(mtmd.mtmd_input_chunk_get_n_tokens(chunk))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
