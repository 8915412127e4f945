"""F12: models that write bytes that are no text."""

import contextlib
import itertools
import pathlib
import random
from collections.abc import Mapping, Sequence

import gguf
import numpy as np

from app.domain.model_file import ModelFile
from tests.helpers.engine_runner import EngineRunner
from tests.helpers.matrix.row import Row, Tally
from tests.helpers.tiny_models.byte_alphabet import byte_alphabet, in_byte_alphabet
from tests.helpers.tiny_models.llama_blocks import LlamaShape, add_llama_blocks, add_llama_keys
from tests.helpers.tiny_models.weights import Weights

Stream = tuple[bytes, ...]

_SHAPE = LlamaShape(embedding=256, layers=1, feed_forward=64)
_TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
_END = "<|end|>"
_LOGIT = 100.0
# Cut apart, doubled, beyond Unicode, halves of pairs, longer than they must be.
_TEXT = (
    "Zoë liest 日本語 und العربية \N{WOMAN}\u200d\N{WOMAN}\u200d\N{GIRL} \U0001f1eb\U0001f1f7 "
    "e\u0301 \u202e\u202d \U0001d518\r\n\t\0"
).encode()
_BROKEN = (
    *(b"\xed\xa0\xbd\xed\xb8\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80"),
    *(b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf0\x9f\x98", b"\xe2\x82", b"\xc3", b"\x80", b"\xff\xfe"),
)


def stream_of(seed: int) -> Stream:
    """The pieces that the tokens of one answer stand for."""
    draw = random.Random(seed)
    match seed % 4:
        case 0:  # characters cut anywhere
            data = bytes(_TEXT)
        case 1:
            data = draw.randbytes(draw.randint(1, 60))
        case 2:
            data = bytearray(_TEXT)
            for _ in range(draw.randint(1, 5)):
                place = draw.randrange(len(data) + 1)
                data[place:place] = draw.choice(_BROKEN)
            data = bytes(data[: draw.randint(1, len(data))])
        case _:  # each byte there is, alone
            data = bytes(draw.sample(range(256), 256))
            return tuple(data[i : i + 1] for i in range(256))
    return _cut(data, draw)


def _cut(data: bytes, draw: random.Random) -> Stream:
    """Pieces of which none comes twice, since each is a token."""
    pieces: list[bytes] = []
    piece, length = b"", 0
    for byte in data:
        piece += bytes([byte])
        length = length or draw.choice((1, 1, 1, 2, 3, 7))
        if len(piece) >= length and piece not in pieces:
            pieces.append(piece)
            piece, length = b"", 0
    if piece in pieces:
        piece = pieces.pop() + piece
    return (*pieces, piece) if piece else tuple(pieces)


def write_streams(path: pathlib.Path, streams: Sequence[Stream]) -> pathlib.Path:
    """Write a model that answers "<N>" with the stream of that number.

    Every piece is a token, and what comes next follows from the last token alone, as in
    `tests.helpers.tiny_models.scripted`; but there may be thousands.

    Raises:
        ValueError: A piece goes on in two ways.
    """
    tokens = [_END, *byte_alphabet(), *(f"<{number}>" for number in range(len(streams)))]
    pieces = {in_byte_alphabet(piece): None for stream in streams for piece in stream}
    tokens += [piece for piece in pieces if len(piece) > 1]
    ids = {token: number for number, token in enumerate(tokens)}
    kinds = [gguf.TokenType.NORMAL] * len(tokens)
    kinds[0] = gguf.TokenType.CONTROL
    successors: dict[int, int] = {}
    for number, stream in enumerate(streams):
        start = ids[f"<{number}>"]
        kinds[start] = gguf.TokenType.USER_DEFINED
        for last, token in itertools.pairwise(
            [start, *(ids[in_byte_alphabet(piece)] for piece in stream), 0]
        ):
            if successors.setdefault(last, token) != token:
                raise ValueError("a piece goes on in two ways")
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Bytes")
    add_llama_keys(writer, _SHAPE, context_tokens=1024)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges(["h e"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)
    writer.add_chat_template(_TEMPLATE)
    weights = Weights(writer)
    embeddings, outputs = _matrices(len(tokens), successors)
    weights.add_matrix("token_embd.weight", embeddings)
    weights.add_ones("output_norm.weight", _SHAPE.embedding)
    weights.add_matrix("output.weight", outputs)
    add_llama_blocks(weights, _SHAPE, is_silent=True)
    weights.write()
    return path


def _matrices(size: int, successors: Mapping[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Directions are drawn: in 256 dimensions none of some thousands is near another."""
    directions = np.random.default_rng(11).standard_normal((size, _SHAPE.embedding))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    outputs = np.zeros((size, _SHAPE.embedding))
    for token, successor in successors.items():
        outputs[successor] += directions[token] * (_LOGIT / np.sqrt(_SHAPE.embedding))
    embeddings = directions * np.sqrt(_SHAPE.embedding)
    return embeddings.astype(np.float32), outputs.astype(np.float32)


def _try_models(models: Sequence[Sequence[Stream]], first_seed: int, folder: pathlib.Path) -> Tally:
    """Each model says all its streams; the tries are counted by streams."""
    tally, deaths = Tally(), []
    paths = (write_streams(folder / f"{i}.gguf", some) for i, some in enumerate(models))
    first = ModelFile(name="0", path=next(paths))
    with contextlib.closing(EngineRunner(first)) as runner:
        runner.client.on_death = lambda error, was_idle: deaths.append(error)
        for streams, path in zip(models, itertools.chain([first.path], paths), strict=True):
            runner.service.use(ModelFile(name=path.stem, path=path))
            for number, stream in enumerate(streams):
                asked = runner.ask(f"<{number}>", max_tokens=400)
                expected = b"".join(stream).decode("utf-8", "replace")
                if asked.text != expected:
                    seed = first_seed + tally.tried
                    tally.wrong.append(f"seed {seed}: {asked.text!a}, not {expected!a}")
                tally.tried += 1
            path.unlink()
    tally.deaths = len(deaths)
    return tally


def _try_drawn(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    seeds = range(first_seed, first_seed + count)
    return _try_models([[stream_of(seed)] for seed in seeds], first_seed, folder)


def _try_single_bytes(count: int, first_seed: int, folder: pathlib.Path) -> Tally:
    values = [(first_seed - 1 + i) % 256 for i in range(count)]
    return _try_models([[(bytes([value]),) for value in values]], first_seed, folder)


_SAME = "the text is bytes.decode('utf-8', 'replace') of the answer"
ROWS = (
    Row(
        number="F12",
        fault="characters cut anywhere, stray bytes, surrogates, all bytes in any order",
        expected=_SAME,
        tries=300,
        tries_in_tests=8,
        run=_try_drawn,
    ),
    Row(
        number="F12",
        fault="an answer of one byte, each of the 256",
        expected=_SAME,
        tries=256,
        tries_in_tests=16,
        run=_try_single_bytes,
    ),
)
