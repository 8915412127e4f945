"""GPT-2's printable stand-ins for bytes."""

import functools


@functools.cache
def byte_alphabet() -> str:
    """The 256 stand-ins, in the order of their bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = (byte for byte in range(256) if byte not in printable)
    stand_ins = {byte: chr(byte) for byte in printable}
    stand_ins |= {byte: chr(256 + i) for i, byte in enumerate(others)}
    return "".join(stand_ins[byte] for byte in range(256))


def in_byte_alphabet(data: bytes) -> str:
    """Write bytes as a "gpt2" vocabulary does."""
    alphabet = byte_alphabet()
    return "".join(alphabet[byte] for byte in data)
