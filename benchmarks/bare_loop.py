"""The base of decode and prefill: the shortest honest Python loop over llama.cpp's C API.

`bare_loop GGUF CONTEXT_TOKENS THREADS` answers lines `{"prompt", "max_tokens"}`. `first_s` runs
from the question to its first token, `decode_s` from there to the last. Keeps common prefixes.
"""

import ctypes
import json
import sys
import time

from llama_cpp import llama_cpp as llama

from app.engine.worker.own_choice import BATCH_TOKENS  # so that both read in equal steps

# The starter model's template. The counts of prompt tokens are compared.
PROMPT = """<|im_start|>system
You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>
<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"""

llama.llama_log_set(quiet := llama.llama_log_callback(lambda *_: None), ctypes.c_void_p(0))
llama.llama_backend_init()
params = llama.llama_context_default_params()
params.n_ctx, params.n_outputs_max, params.no_perf = int(sys.argv[2]), 1, True
params.n_batch = params.n_ubatch = BATCH_TOKENS
params.n_threads = params.n_threads_batch = int(sys.argv[3])
model = llama.llama_model_load_from_file(sys.argv[1].encode(), llama.llama_model_default_params())
context = llama.llama_init_from_model(model, params)
vocab, sampler = llama.llama_model_get_vocab(model), llama.llama_sampler_init_greedy()
buffer, piece = (llama.llama_token * BATCH_TOKENS)(), ctypes.create_string_buffer(256)
cached: list[int] = []

for line in sys.stdin:
    asked, began_s, first_s, pieces = json.loads(line), time.perf_counter(), 0.0, []
    text = PROMPT.format(asked["prompt"]).encode()
    ids = (llama.llama_token * len(text))()
    ids = ids[: llama.llama_tokenize(vocab, text, len(text), ids, len(ids), False, True)]
    kept = [*(a == b for a, b in zip(cached, ids[:-1], strict=False)), False].index(False)
    llama.llama_memory_seq_rm(llama.llama_get_memory(context), 0, kept, -1)
    cached, unread = ids[:kept], ids[kept:]
    while True:
        for start in range(0, len(unread), BATCH_TOKENS):
            step = unread[start : start + BATCH_TOKENS]
            buffer[: len(step)] = step  # type: ignore[assignment]  # ctypes takes ints
            if llama.llama_decode(context, llama.llama_batch_get_one(buffer, len(step))):
                raise RuntimeError("llama_decode")
        cached += unread
        unread = [token := llama.llama_sampler_sample(sampler, context, -1)]
        last_s = time.perf_counter()
        first_s = first_s or last_s
        if llama.llama_vocab_is_eog(vocab, token):
            break
        size = llama.llama_token_to_piece(vocab, token, piece, len(piece), 0, False)
        pieces.append(piece.raw[:size])
        if len(pieces) == asked["max_tokens"]:
            break
    answer = {"text": b"".join(pieces).decode("utf-8", "replace"), "tokens": len(pieces)}
    answer |= {"prompt_tokens": len(ids), "read_tokens": len(ids) - kept}
    answer |= {"first_s": first_s - began_s, "decode_s": last_s - first_s}
    print(json.dumps(answer), flush=True)
