"""Model files whose metadata and vocabularies lie; all else in them is a small sound model."""

import functools
import pathlib
from collections.abc import Callable, Sequence

import gguf
import msgspec

from tests.helpers.tiny_model import CHATML
from tests.helpers.tiny_models.byte_alphabet import byte_alphabet
from tests.helpers.tiny_models.llama_blocks import LlamaShape, add_llama_blocks, add_llama_keys
from tests.helpers.tiny_models.weights import Weights

NAME = "<b>Evil</b> \u202egnp.exe\u2066 ../../../etc/passwd <img src='file:///etc/hostname'>\n"
_CONTROLS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
_BYTES = tuple(byte_alphabet())
_SHAPE = LlamaShape(embedding=64, heads=4, kv_heads=4, head_size=64, feed_forward=128)
_KIND = gguf.TokenType
_MOST = 2**32 - 1


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says; None leaves it out."""

    architecture: str = "llama"
    name: str | bytes | int | None = "Tiny"
    model: str | None = "gpt2"
    pre: str | None = "gpt-2"
    tokens: Sequence[str | bytes] | None = (*_CONTROLS, *_BYTES, "he")
    kinds: Sequence[int] | None = None
    scores: Sequence[float] | None = None
    merges: Sequence[str | bytes] | None = ("h e",)
    bos: int | None = 0
    eos: int | None = 2
    unk: int | None = None
    template: str | int = CHATML
    context_tokens: int = 2048
    rows: int | None = None


def write(path: pathlib.Path, header: Header) -> None:
    """Write the file; `rows` are those of the embedding, else there is one for each token."""
    writer = gguf.GGUFWriter(path, header.architecture)
    add_llama_keys(writer, _SHAPE, context_tokens=header.context_tokens)
    _add_text(writer, "general.name", header.name)
    _add_text(writer, "tokenizer.ggml.model", header.model)
    _add_text(writer, "tokenizer.ggml.pre", header.pre)
    _add_text(writer, "tokenizer.chat_template", header.template)
    tokens = header.tokens
    if tokens is not None:
        kinds = header.kinds
        if kinds is None:
            kinds = [_KIND.CONTROL if t in _CONTROLS else _KIND.NORMAL for t in tokens]
        writer.add_array("tokenizer.ggml.tokens", list(tokens))
        writer.add_array("tokenizer.ggml.token_type", [int(kind) for kind in kinds])
    if header.scores is not None:
        writer.add_array("tokenizer.ggml.scores", list(header.scores))
    if header.merges is not None:
        writer.add_array("tokenizer.ggml.merges", list(header.merges))
    for key, value in (("bos", header.bos), ("eos", header.eos), ("unknown", header.unk)):
        if value is not None:
            writer.add_uint32(f"tokenizer.ggml.{key}_token_id", value)
    rows = header.rows or len(tokens or ()) or 1
    weights = Weights(writer)
    weights.add_random("token_embd.weight", rows, _SHAPE.embedding)
    weights.add_ones("output_norm.weight", _SHAPE.embedding)
    add_llama_blocks(weights, _SHAPE)
    weights.write()


def _add_text(writer: gguf.GGUFWriter, key: str, value: str | bytes | int | None) -> None:
    if isinstance(value, int):
        writer.add_uint32(key, value)
    elif value is not None:
        writer.add_key_value(key, value, gguf.GGUFValueType.STRING)


def _case(**facts: object) -> Callable[[pathlib.Path], None]:
    return functools.partial(write, header=Header(**facts))


_TOKENS = (*_CONTROLS, *_BYTES)
_SPM = ("<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", "a")
_SPM_KINDS = (_KIND.UNKNOWN, _KIND.CONTROL, _KIND.CONTROL, *[_KIND.BYTE] * 256, 1, 1)

ALL: dict[str, Callable[[pathlib.Path], None]] = {
    "a name with markup that turns": _case(name=NAME),
    "an entry that is no text": _case(tokens=(*_TOKENS, b"\xff\xfe\x80", b"\xc3", b"\xed\xa0\x80")),
    "merges in a circle": _case(tokens=(*_TOKENS, "ab", "ba"), merges=("a b", "b a", "ab ba")),
    "entries that come twice": _case(tokens=(*_TOKENS, "he", "he", "A", "A")),
    "an end that is none of them": _case(eos=_MOST),
    "no vocabulary": _case(tokens=None, merges=None),
    "an entry of 1 MB": _case(tokens=(*_TOKENS, "x" * 1_000_000)),
    "a name of 1 MB": _case(name="x" * 1_000_000),
    "a name that is no text": _case(name=b"\xff\xfe\x80 \xc3"),
    "a name that is a number": _case(name=7),
    "an architecture with markup": _case(architecture="<img src=x>\u202e<b>bold</b>"),
    "a template that is a number": _case(template=9),
    "an empty vocabulary": _case(tokens=("a",), merges=None, bos=None, eos=None),
    "entries without a kind": _case(kinds=[3, 3, 3]),
    "kinds that there are not": _case(kinds=[99] * (len(_TOKENS) + 1)),
    "control tokens alone": _case(kinds=[3] * (len(_TOKENS) + 1)),
    "empty entries": _case(tokens=(*_TOKENS, "", "", "")),
    "a control token with markup": _case(
        tokens=(NAME, *_CONTROLS[1:], *_BYTES, "he"), kinds=[3] * 3 + [1] * 257
    ),
    "bytes missing": _case(tokens=(*_CONTROLS, "a", "b"), merges=()),
    "merges of what there is not": _case(merges=("zzz yyy", "h q")),
    "merges that are no pairs": _case(merges=("h", "", "h e l l o", b"\xff \xfe")),
    "100,000 merges": _case(merges=("h e",) * 100_000),
    "no end and no beginning": _case(bos=None, eos=None),
    "a beginning that is none of them": _case(bos=_MOST - 1),
    "a way of cutting that there is not": _case(pre="<script>"),
    "a tokenizer that there is not": _case(model="../../etc/passwd"),
    "more entries than rows": _case(rows=100),
    "fewer entries than rows": _case(rows=4000),
    "200,000 entries": _case(tokens=(*_TOKENS, *(f"w{n}" for n in range(200_000)))),
    "pieces without scores": _case(
        model="llama", pre=None, tokens=_SPM, kinds=_SPM_KINDS, merges=None, bos=1, eos=2, unk=0
    ),
    "pieces with scores that are none": _case(
        model="llama",
        pre=None,
        tokens=_SPM,
        kinds=_SPM_KINDS,
        scores=[float("nan"), float("inf")] + [0.0] * 259,
        merges=None,
        bos=1,
        eos=2,
        unk=0,
    ),
    "pieces without bytes": _case(
        model="llama",
        pre=None,
        tokens=("<unk>", "<s>", "</s>", "a"),
        kinds=(2, 3, 3, 1),
        scores=[0.0] * 4,
        merges=None,
        bos=1,
        eos=2,
        unk=0,
    ),
    "no context": _case(context_tokens=0),
    "a context of four billion": _case(context_tokens=_MOST),
}
