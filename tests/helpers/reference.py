"""Mistral's own tokenizers, one per version: what our prompts are measured against.

SentencePiece ones come from the files of `mistral_common`; Tekken ones are made from its v3 file by
giving it another version and more special tokens, with the vocabulary cut so that they load fast.
Nothing here knows our code.
"""

import base64
import dataclasses
import functools
import json
import pathlib
import struct
from collections.abc import Iterator
from typing import Any

from mistral_common.exceptions import MistralCommonException
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.validator import ValidationMode
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer
from mistral_common.tokens.tokenizers.tekken import Tekkenizer

NORMAL_TOKENS = 8_000
SPECIAL_TOKENS = 1_000

_DATA = pathlib.Path(MistralTokenizer._data_path())
_SPM_FILES = {
    "v1": "tokenizer.model.v1",
    "v2": "mistral_instruct_tokenizer_240216.model.v2",
    "v3-spm": "mistral_instruct_tokenizer_240323.model.v3",
    "v7-spm": "mistral_instruct_tokenizer_241114.model.v7",
    "v7-spm-image": "mistral_instruct_tokenizer_241114.model.v7m1",
}
_PATCH_16 = {"image_patch_size": 16, "max_image_size": 1024}
_PATCH_14 = {"image_patch_size": 14, "max_image_size": 1540, "spatial_merge_size": 2}

_OLDEST = tuple(str(token["token_str"]) for token in Tekkenizer.DEPRECATED_SPECIAL_TOKENS)
_FILLERS = tuple(f"<SPECIAL_{rank}>" for rank in range(len(_OLDEST), 32))
_V3 = _OLDEST[:17]
_V7 = _OLDEST
_V11 = (*_V7, *_FILLERS, "[ARGS]", "[CALL_ID]")
_V13 = (*_V11, "[THINK]", "[/THINK]")
_V15 = (*_V13, "[MODEL_SETTINGS]", "[/MODEL_SETTINGS]")
_EFFORT = {
    "reasoning_effort": {
        "type": "enum",
        "values": ["none", "high"],
        "accepts_none": True,
        "default": "none",
    }
}

# Name: version, special tokens, what the Tekken file says besides.
_TEKKEN: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "v3-tekken": ("v3", _V3, {}),
    "v3-tekken-image": ("v3", _V3, {"image": _PATCH_16}),
    "v7-tekken-image": ("v7", _V7, {"image": _PATCH_14}),
    "v11-image": ("v11", _V11, {"image": _PATCH_14}),
    "v13": ("v13", _V11, {}),
    "v13-image-think": ("v13", _V13, {"image": _PATCH_14}),
    "v15-image-think": ("v15", _V15, {"image": _PATCH_14, "model_settings_builder": _EFFORT}),
}
NAMES = (*_SPM_FILES, *_TEKKEN)


@dataclasses.dataclass(frozen=True)
class SpmPiece:
    """An entry of a SentencePiece vocabulary.

    `kind` is SentencePiece's and GGUF's number: 1 normal, 2 unknown, 3 control, 4 user-defined,
    5 unused, 6 byte.
    """

    text: str
    score: float
    kind: int


@dataclasses.dataclass(frozen=True)
class Reference:
    """A tokenizer of Mistral's and what a writer of GGUFs needs to copy its vocabulary.

    Attributes:
        name: One of `NAMES`.
        version: `v1` .. `v15`.
        special_tokens: Id of every special token, fillers included.
        normal_tokens: Tekken's others, as bytes by rank; their ids follow the special ones.
        spm_pieces: The whole SentencePiece vocabulary by id.
        cell_px: Edge of the square that becomes one image token; None without vision.
    """

    name: str
    version: str
    tokenizer: MistralTokenizer
    special_tokens: dict[str, int]
    normal_tokens: tuple[bytes, ...]
    spm_pieces: tuple[SpmPiece, ...]
    cell_px: int | None

    @property
    def is_spm(self) -> bool:
        return bool(self.spm_pieces)

    def encode_text(self, text: str) -> list[int]:
        """One call of the tokenizer, without special tokens."""
        return self.tokenizer.instruct_tokenizer.tokenizer.encode(text, bos=False, eos=False)

    def encode_request(self, request: ChatCompletionRequest) -> list[int] | None:
        """The prompt's ids, or None where the reference refuses."""
        try:
            return self.tokenizer.encode_chat_completion(request).tokens
        except (MistralCommonException, ValueError, AssertionError, RecursionError, OverflowError):
            return None


def load_reference(name: str, folder: pathlib.Path) -> Reference:
    """Load one of `NAMES`; Tekken files are written to `folder`."""
    if name in _SPM_FILES:
        path = _DATA / _SPM_FILES[name]
        pieces = tuple(_read_spm(path))
        specials = {p.text: i for i, p in enumerate(pieces) if p.kind in {2, 3}}
        normal: tuple[bytes, ...] = ()
    else:
        version, texts, extra = _TEKKEN[name]
        path = _write_tekken(folder / f"tekken_{name}.json", version, texts, extra)
        texts += tuple(f"<SPECIAL_{rank}>" for rank in range(len(texts), SPECIAL_TOKENS))
        specials = {text: rank for rank, text in enumerate(texts)}
        normal = tuple(base64.b64decode(token["token_bytes"]) for token in _base()["vocab"])
        pieces = ()
    tokenizer = MistralTokenizer.from_file(path, mode=ValidationMode.test)
    encoder = tokenizer.instruct_tokenizer.image_encoder
    config = encoder.image_config if encoder else None
    return Reference(
        name=name,
        version=tokenizer.version.value,
        tokenizer=tokenizer,
        special_tokens=specials,
        normal_tokens=normal,
        spm_pieces=pieces,
        cell_px=config.image_patch_size * config.spatial_merge_size if config else None,
    )


@functools.cache
def _base() -> dict[str, Any]:
    """The Tekken file of the package, cut."""
    whole = json.loads((_DATA / "tekken_240911.json").read_text("utf-8"))
    config = {**whole["config"], "default_vocab_size": SPECIAL_TOKENS + NORMAL_TOKENS}
    return {"vocab": whole["vocab"][:NORMAL_TOKENS], "config": config}


def _write_tekken(
    path: pathlib.Path, version: str, special_tokens: tuple[str, ...], extra: dict[str, Any]
) -> pathlib.Path:
    content = {
        "vocab": _base()["vocab"],
        "config": {**_base()["config"], "version": version},
        "special_tokens": [
            {"rank": rank, "token_str": text, "is_control": True}
            for rank, text in enumerate(special_tokens)
        ],
        **extra,
    }
    path.write_text(json.dumps(content), "utf-8")
    return path


def _read_spm(path: pathlib.Path) -> Iterator[SpmPiece]:
    """The `pieces` of a SentencePiece `ModelProto`; the package shows no user-defined kind."""
    for number, value in _protobuf_fields(path.read_bytes()):
        if number == 1:
            piece = dict(_protobuf_fields(value))
            (score,) = struct.unpack("<f", piece.get(2, bytes(4)))
            yield SpmPiece(piece[1].decode("utf-8"), score, piece.get(3, 1))


def _protobuf_fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Field numbers and values: an int for a varint, else bytes."""
    place = 0

    def varint() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while place < len(data):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
            continue
        size = {1: 8, 5: 4}.get(tag & 7) or varint()
        yield tag >> 3, data[place : place + size]
        place += size
