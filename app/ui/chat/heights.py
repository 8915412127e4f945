"""How high the rows of a long column are, and which of them is where."""

from collections.abc import Iterable

_BLOCK = 512


class Heights:
    """Heights in pixels, row after row; with 100,000 of them a place is found in microseconds.

    Sums are kept per block of rows: a change costs one addition, a question one short walk.
    """

    def __init__(self, heights: Iterable[int] = ()) -> None:
        self._rows = list(heights)
        self._sums: list[int] = []  # of whole blocks; those behind the last are not known

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: int) -> int:
        return self._rows[row]

    def __setitem__(self, row: int, height: int) -> None:
        if row // _BLOCK < len(self._sums):
            self._sums[row // _BLOCK] += height - self._rows[row]
        self._rows[row] = height

    def insert(self, row: int, height: int) -> None:
        """Put a row before that one."""
        self._rows.insert(row, height)
        del self._sums[row // _BLOCK :]

    def cut(self, row: int) -> None:
        """Take away that row and all behind it."""
        del self._rows[row:]
        del self._sums[row // _BLOCK :]

    def remove(self, row: int) -> None:
        """Take a row away."""
        del self._rows[row]
        del self._sums[row // _BLOCK :]

    def extend(self, heights: Iterable[int]) -> None:
        """Put rows behind the last."""
        self._rows.extend(heights)

    def top(self, row: int) -> int:
        """How much is above that row; all of it for the number of rows."""
        block = min(row, len(self._rows)) // _BLOCK
        self._sum_up(block)
        return sum(self._sums[:block]) + sum(self._rows[block * _BLOCK : row])

    def total(self) -> int:
        """The height of the column."""
        return self.top(len(self._rows))

    def row_at(self, y: int) -> int:
        """Which row is at that height; the first or the last where it is beyond them."""
        self._sum_up(len(self._rows) // _BLOCK)
        block = 0
        while block < len(self._sums) and y >= self._sums[block]:
            y -= self._sums[block]
            block += 1
        row = block * _BLOCK
        while row < len(self._rows) - 1 and y >= self._rows[row]:
            y -= self._rows[row]
            row += 1
        return max(0, min(row, len(self._rows) - 1))

    def _sum_up(self, blocks: int) -> None:
        for block in range(len(self._sums), blocks):
            self._sums.append(sum(self._rows[block * _BLOCK : (block + 1) * _BLOCK]))
