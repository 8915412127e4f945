"""The tensors of one file: random, but the same every time."""

from collections.abc import Sequence
from typing import Literal

import gguf
import numpy as np

Quant = Literal["f16", "q8_0"]
_SEED = 7


class Weights:
    """Adds tensors to a GGUF; matrices are stored as `quant` says, the rest as 32-bit floats."""

    def __init__(self, writer: gguf.GGUFWriter, *, quant: Quant = "f16") -> None:
        self._writer = writer
        self._quant = quant
        self._random = np.random.default_rng(_SEED)

    def add_random(self, name: str, *shape: int, silent_rows: Sequence[int] = ()) -> None:
        """Add a matrix that keeps the size of what it multiplies; `silent_rows` are zero."""
        self.add_matrix(name, self._drawn(shape, silent_rows))

    def add_random_float(self, name: str, *shape: int) -> None:
        """Add a matrix in 32-bit floats."""
        self._writer.add_tensor(name, self._drawn(shape).astype(np.float32))

    def add_zeros(self, name: str, *shape: int) -> None:
        """Add a matrix that silences what it multiplies."""
        self.add_matrix(name, np.zeros(shape, dtype=np.float32))

    def add_ones(self, name: str, size: int) -> None:
        """Add the weight of a norm that changes nothing."""
        self._writer.add_tensor(name, np.ones(size, dtype=np.float32))

    def add_matrix(self, name: str, values: np.ndarray) -> None:
        """Add these values."""
        if self._quant == "f16":
            self._writer.add_tensor(name, values.astype(np.float16))
            return
        quantised = gguf.quantize(values.astype(np.float32), gguf.GGMLQuantizationType.Q8_0)
        self._writer.add_tensor(name, quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)

    def write(self) -> None:
        """Write header and tensors, and close the file."""
        self._writer.write_header_to_file()
        self._writer.write_kv_data_to_file()
        self._writer.write_tensors_to_file()
        self._writer.close()

    def _drawn(self, shape: tuple[int, ...], silent_rows: Sequence[int] = ()) -> np.ndarray:
        values = self._random.standard_normal(shape) / np.sqrt(shape[-1])
        values[list(silent_rows)] = 0
        return values
