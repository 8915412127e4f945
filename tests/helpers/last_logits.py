"""`python -m tests.helpers.last_logits`: what the model computes at the end of the last prompt.

Reads a `Script` from stdin, prints `Outcome` on stdout. In a process of its own, without flash
attention: on the CPU that adds up in 16 bits for steps of a few tokens and in 32 for larger ones,
so that logits depend on how a prompt was cut, whatever was in the cache.
"""

import os
import pathlib
import subprocess
import sys

import msgspec
import numpy as np

from app.domain.chat import Conversation
from app.domain.placement.values import Wishes
from app.engine.protocol import ChatKey, Load, Prepare

PLENTY_BYTES = 8 << 30


class Script(msgspec.Struct, frozen=True):
    """Read these conversations one after the other."""

    load: Load
    prompts: tuple[tuple[str, Conversation], ...]
    is_kept: bool = False


class Outcome(msgspec.Struct, frozen=True):
    """Of the last conversation; `logits` is `numpy.ndarray.tolist`."""

    prompt_tokens: int
    reused_tokens: int
    logits: tuple[float, ...]


def read(
    model: pathlib.Path,
    *prompts: tuple[str, Conversation],
    is_kept: bool = False,
    context_tokens: int | None = None,
    kept_bytes: int = 0,
    **files: object,
) -> Outcome:
    """Have a new process read the conversations of chats; `is_kept` writes snapshots at the end."""
    load = Load(
        request_id=0,
        path=str(model),
        free_bytes=PLENTY_BYTES,
        wishes=Wishes(context_tokens=context_tokens, kept_bytes=kept_bytes),
        is_context_firm=context_tokens is not None,
        **files,
    )
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.last_logits"],
        input=msgspec.json.encode(Script(load, prompts, is_kept)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Outcome)


def difference(left: Outcome, right: Outcome) -> float:
    """The largest difference of two logits, as a share of how much logits spread."""
    apart = np.abs(np.subtract(left.logits, right.logits)).max()
    return float(apart / np.std(left.logits))


def _run() -> None:
    from app.engine.worker.abort import AbortFlag
    from app.engine.worker.generation import Generator
    from app.engine.worker.model import Model
    from app.engine.worker.native import initialise, llama

    initialise()
    use_plain_attention(llama)
    script = msgspec.json.decode(sys.stdin.buffer.read(), type=Script)
    model = Model(script.load, abort=AbortFlag(), report=lambda *progress: None)
    generator = Generator(model)
    for chat, conversation in script.prompts:
        request = Prepare(request_id=0, conversation=conversation, chat=ChatKey(chat))
        usage = generator.prepare(request, lambda *progress: None).usage
    logits = np.ctypeslib.as_array(
        llama.llama_get_logits_ith(model.context, -1), (model.vocabulary.size,)
    )
    outcome = Outcome(usage.prompt_tokens, usage.reused_tokens, tuple(logits.tolist()))
    sys.stdout.buffer.write(msgspec.json.encode(outcome))
    sys.stdout.flush()
    if script.is_kept:
        generator.sequences.keep(lambda: False)
    os._exit(0)


def use_plain_attention(llama) -> None:
    """Make every context of this process without flash attention."""
    defaults = llama.llama_context_default_params

    def changed():
        params = defaults()
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        return params

    llama.llama_context_default_params = changed


if __name__ == "__main__":
    _run()
