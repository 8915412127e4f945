"""The sha256 of a part, computed while it grows, so that little is left to do at the end."""

import asyncio
import concurrent.futures
import errno
import hashlib
import pathlib
from collections.abc import Callable

_BLOCK_BYTES = 1 << 20
_STRIDE_BYTES = 8 << 20


class PrefixHash:
    """Follows the bytes that are there without a gap; they are still in the system's memory.

    After a restart it begins with the first byte again while the rest is being fetched.
    """

    def __init__(
        self, part: pathlib.Path, total_bytes: int, *, prefix_bytes: Callable[[], int]
    ) -> None:
        """Begin with nothing.

        Args:
            part: The file.
            total_bytes: Its size when it is whole.
            prefix_bytes: How far it is there without a gap; never goes back. Event loop only.
        """
        self._part = part
        self._total_bytes = total_bytes
        self._prefix_bytes = prefix_bytes
        self._sha256 = hashlib.sha256()
        self._hashed_bytes = 0
        self._has_grown = asyncio.Event()
        self._is_stopped = False

    def grow(self) -> None:
        """Say that there may be more."""
        if self._prefix_bytes() >= min(self._hashed_bytes + _STRIDE_BYTES, self._total_bytes):
            self._has_grown.set()

    async def run(self) -> str:
        """Hash until the whole file was seen.

        Returns:
            The sha256 in hex.

        Raises:
            OSError: The disk cannot read it.
        """
        loop = asyncio.get_running_loop()
        thread = concurrent.futures.ThreadPoolExecutor(1, "prefix-hash")
        try:
            while self._hashed_bytes < self._total_bytes:
                self.grow()
                await self._has_grown.wait()
                self._has_grown.clear()
                await loop.run_in_executor(thread, self._hash_to, self._prefix_bytes())
        finally:
            self._is_stopped = True
            thread.shutdown(wait=False)
        return self._sha256.hexdigest()

    def _hash_to(self, stop: int) -> None:
        block = bytearray(_BLOCK_BYTES)
        view = memoryview(block)
        with self._part.open("rb", buffering=0) as file:
            file.seek(self._hashed_bytes)
            while self._hashed_bytes < stop and not self._is_stopped:
                count = file.readinto(view[: min(_BLOCK_BYTES, stop - self._hashed_bytes)])
                if not count:
                    raise OSError(errno.EIO, "it lost what was written")
                self._sha256.update(view[:count])
                self._hashed_bytes += count
