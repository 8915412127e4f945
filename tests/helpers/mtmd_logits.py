"""`python -m tests.helpers.mtmd_logits`: a prompt with pictures, read by llama.cpp's own helper.

As `tests.helpers.last_logits`, but mtmd itself looks at the pictures and puts them into the
context, in steps of its own, with the mark at their end.
"""

import ctypes
import os
import pathlib
import subprocess
import sys

import msgspec
import numpy as np

from app.domain.chat import Conversation
from app.engine.protocol import Load
from tests.helpers.last_logits import PLENTY_BYTES, Outcome, Script, use_plain_attention

_BATCH_TOKENS = 512
_MOST_TOKENS = 5000


def read_by_mtmd(
    model: pathlib.Path, projector: pathlib.Path, conversation: Conversation
) -> Outcome:
    """Have a new process read the conversation."""
    load = Load(request_id=0, path=str(model), projector=str(projector), free_bytes=PLENTY_BYTES)
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.mtmd_logits"],
        input=msgspec.json.encode(Script(load, (("", conversation),))),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Outcome)


def _run() -> None:
    from app.engine.worker.abort import AbortFlag
    from app.engine.worker.model import Model
    from app.engine.worker.native import initialise, llama

    initialise()
    use_plain_attention(llama)
    script = msgspec.json.decode(sys.stdin.buffer.read(), type=Script)
    model = Model(script.load, abort=AbortFlag(), report=lambda *progress: None)
    ((_, conversation),) = script.prompts
    prompt = model.prompts.encode(model.prompts.segments(conversation))
    reader = _Reader(llama, model, script.load.projector)
    for first, image in prompt.images:
        reader.text(prompt.entries[reader.position : first])
        reader.picture(image.picture)
    reader.text(prompt.entries[reader.position :])
    logits = np.ctypeslib.as_array(
        llama.llama_get_logits_ith(model.context, -1), (model.vocabulary.size,)
    )
    sys.stdout.buffer.write(
        msgspec.json.encode(Outcome(reader.position, 0, tuple(logits.tolist())))
    )
    sys.stdout.flush()
    os._exit(0)


class _Reader:
    def __init__(self, llama, model, projector: str) -> None:
        from llama_cpp import mtmd_cpp

        self.position = 0
        self._llama, self._mtmd, self._context = llama, mtmd_cpp, model.context
        params = mtmd_cpp.mtmd_context_params_default()
        params.warmup = False
        params.image_min_tokens, params.image_max_tokens = 1, _MOST_TOKENS
        self._vision = mtmd_cpp.mtmd_init_from_file(projector.encode(), model._model, params)

    def text(self, ids: list[int]) -> None:
        for begin in range(0, len(ids), _BATCH_TOKENS):
            part = ids[begin : begin + _BATCH_TOKENS]
            tokens = (self._llama.llama_token * len(part))(*part)  # the batch only points there
            batch = self._llama.llama_batch_get_one(tokens, len(part))
            assert self._llama.llama_decode(self._context, batch) == 0
            self.position += len(part)

    def picture(self, picture) -> None:
        mtmd = self._mtmd
        pixels = (ctypes.c_uint8 * len(picture.data)).from_buffer_copy(picture.data)
        bitmap = mtmd.mtmd_bitmap_init(picture.width_px, picture.height_px, pixels)
        marker = mtmd.mtmd_default_marker()
        text = mtmd.mtmd_input_text(marker, len(marker), False, True)
        chunks = mtmd.mtmd_input_chunks_init()
        bitmaps = (mtmd.mtmd_bitmap_p_ctypes * 1)(bitmap)
        assert mtmd.mtmd_tokenize(self._vision, chunks, ctypes.byref(text), bitmaps, 1) == 0
        after = self._llama.llama_pos(0)
        status = mtmd.mtmd_helper_eval_chunks(
            self._vision,
            self._context,
            chunks,
            self.position,
            0,
            _BATCH_TOKENS,
            False,
            ctypes.byref(after),
        )
        assert status == 0
        self.position = after.value


if __name__ == "__main__":
    _run()
