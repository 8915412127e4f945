"""What the XML of all office texts has in common: tables, and what is not to be read."""

import abc
from collections.abc import Mapping
from typing import ClassVar

from app.media.worker.flow import Flow
from app.media.worker.package import Visitor


class Markup(Visitor, abc.ABC):
    """Brings the words of a part into a flow; a format says what its tags mean.

    Attributes:
        table: The tag of a table, as are `row` and `cell` theirs.
        flow: Where the words go.
    """

    table: ClassVar[str]
    row: ClassVar[str]
    cell: ClassVar[str]

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._starts = {
            self.table: flow.start_table,
            self.row: flow.start_row,
            self.cell: flow.start_cell,
        }
        self._ends = {self.table: flow.end_table, self.row: flow.end_row, self.cell: flow.end_cell}
        self._skipped_depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        if self._skipped_depth or self.is_skipped(tag, attributes):
            self._skipped_depth += 1
        elif tag in self._starts:
            self._starts[tag]()
        else:
            self.open(tag, attributes)

    def end(self, tag: str) -> None:
        """It ends."""
        if self._skipped_depth:
            self._skipped_depth -= 1
        elif tag in self._ends:
            self._ends[tag]()
        else:
            self.close(tag)

    def write(self, text: str) -> None:
        """Characters stand in it."""
        if not self._skipped_depth:
            self.characters(text)

    @abc.abstractmethod
    def is_skipped(self, tag: str, attributes: Mapping[str, str]) -> bool:
        """Whether an element is left out with all that stands in it."""

    @abc.abstractmethod
    def open(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins that is no part of a table."""

    @abc.abstractmethod
    def close(self, tag: str) -> None:
        """It ends."""

    @abc.abstractmethod
    def characters(self, text: str) -> None:
        """Characters stand where they may be read."""
