"""The base of decode and prefill: the shortest honest Python loop over llama.cpp's C API.

Run as a child: `python -m benchmarks.bare_loop GGUF CONTEXT_TOKENS THREADS`. A line
`{"prompt", "max_tokens"}` is answered by `{"text", "prompt_tokens", "read_tokens", "tokens",
"first_s", "decode_s"}`: seconds from the question to its first token, tokenising included, and
from there to the last token. Like our worker it keeps the common prefix.
"""

import ctypes
import json
import sys
import time

from llama_cpp import llama_cpp as llama

# Only for its number, so that both always read in steps of the same size.
from app.engine.worker.own_choice import BATCH_TOKENS

# The starter model's template. The counts of prompt tokens are compared.
_PROMPT = (
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
    "<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
)


class _Loop:
    def __init__(self, path: str, context_tokens: int, threads: int) -> None:
        params = llama.llama_context_default_params()
        params.n_ctx = context_tokens
        params.n_batch = params.n_ubatch = BATCH_TOKENS
        params.n_outputs_max = 1
        params.n_threads = params.n_threads_batch = threads
        params.no_perf = True
        model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        self._context = llama.llama_init_from_model(model, params)
        self._vocab = llama.llama_model_get_vocab(model)
        self._sampler = llama.llama_sampler_chain_init(llama.llama_sampler_chain_default_params())
        llama.llama_sampler_chain_add(self._sampler, llama.llama_sampler_init_greedy())
        self._buffer = (llama.llama_token * BATCH_TOKENS)()
        self._cached: list[int] = []

    def answer(self, prompt: str, max_tokens: int) -> dict[str, object]:
        began_s = time.perf_counter()
        ids = self._tokenise(_PROMPT.format(prompt).encode())
        same = [a == b for a, b in zip(self._cached, ids[:-1], strict=False)]
        kept = (*same, False).index(False)
        llama.llama_memory_seq_rm(llama.llama_get_memory(self._context), 0, kept, -1)
        del self._cached[kept:]
        for start in range(kept, len(ids), BATCH_TOKENS):
            self._decode(ids[start : start + BATCH_TOKENS])
        pieces: list[bytes] = []
        piece = ctypes.create_string_buffer(256)
        first_s = 0.0
        while True:
            token = llama.llama_sampler_sample(self._sampler, self._context, -1)
            last_s = time.perf_counter()
            first_s = first_s or last_s
            if llama.llama_vocab_is_eog(self._vocab, token):
                break
            size = llama.llama_token_to_piece(self._vocab, token, piece, len(piece), 0, False)
            pieces.append(piece.raw[:size])
            if len(pieces) == max_tokens:
                break
            self._decode([token])
        return {
            "text": b"".join(pieces).decode("utf-8", "replace"),
            "prompt_tokens": len(ids),
            "read_tokens": len(ids) - kept,
            "tokens": len(pieces),
            "first_s": first_s - began_s,
            "decode_s": last_s - first_s,
        }

    def _decode(self, tokens: list[int]) -> None:
        self._buffer[: len(tokens)] = tokens  # type: ignore[assignment]  # ctypes takes ints
        batch = llama.llama_batch_get_one(self._buffer, len(tokens))
        if status := llama.llama_decode(self._context, batch):
            raise RuntimeError(f"llama_decode: {status}")
        self._cached += tokens

    def _tokenise(self, text: bytes) -> list[int]:
        ids = (llama.llama_token * len(text))()
        return ids[: llama.llama_tokenize(self._vocab, text, len(text), ids, len(ids), False, True)]


if __name__ == "__main__":
    quiet = llama.llama_log_callback(lambda level, text, data: None)
    llama.llama_log_set(quiet, ctypes.c_void_p(0))
    llama.llama_backend_init()
    loop = _Loop(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    for line in sys.stdin:
        print(json.dumps(loop.answer(**json.loads(line))), flush=True)
