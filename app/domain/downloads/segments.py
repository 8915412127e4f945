"""Which bytes of a file are there, and which a connection fetches next.

A file is cut into segments of 16 MiB that are begun in ascending order: some file systems fill the
gap before a far write with zeros. Each fills up from its own start, so one number and one checksum
say what is in it. Nothing that was counted is ever taken back, unless the disk lost it.
"""

import bisect
import itertools
from collections.abc import Iterator, Mapping

import msgspec

SEGMENT_BYTES = 16 << 20
# What a thief leaves to the connection it takes from must hold what that one has on the way to the
# disk already.
_LEAST_STOLEN_BYTES = 2 << 20

Done = Mapping[int, tuple[int, int]]  # start of a segment -> bytes in it, their crc32


class Segment(msgspec.Struct):
    """A range of a file, in bytes.

    Attributes:
        stop: After its last byte.
        done: From `start` on.
        crc32: Of them.
    """

    start: int
    stop: int
    done: int = 0
    crc32: int = 0
    is_claimed: bool = False

    @property
    def position(self) -> int:
        """The first byte that is missing."""
        return self.start + self.done

    @property
    def is_complete(self) -> bool:
        """Whether it has all its bytes."""
        return self.position >= self.stop


class Claim(msgspec.Struct):
    """Adjoining segments that one connection fills, in ascending order; others may take its end."""

    segments: list[Segment]

    @property
    def position(self) -> int:
        """The first byte that is missing, if any is."""
        return next((s.position for s in self.segments if not s.is_complete), self.stop)

    @property
    def stop(self) -> int:
        """After its last byte."""
        return self.segments[-1].stop

    @property
    def missing_bytes(self) -> int:
        """What is still to be fetched."""
        return sum(segment.stop - segment.position for segment in self.segments)


class Segments:
    """The segments of one file; belongs to one thread."""

    def __init__(
        self, total_bytes: int, done: Done | None = None, *, segment_bytes: int = SEGMENT_BYTES
    ) -> None:
        """Begin with what is there.

        Args:
            total_bytes: Of the file.
            done: As `done` gave it, of the same file and the same `segment_bytes`; what does not
                fit into the file is left out.
            segment_bytes: The size of all but the last.
        """
        self.total_bytes = total_bytes
        known = {start: entry for start, entry in (done or {}).items() if 0 <= start < total_bytes}
        starts = sorted({*range(0, total_bytes, segment_bytes), *known})
        self._segments = [
            Segment(start, stop) for start, stop in itertools.pairwise([*starts, total_bytes])
        ]
        for segment in self._segments:
            done_bytes, crc32 = known.get(segment.start, (0, 0))
            if 0 < done_bytes <= segment.stop - segment.start:
                segment.done, segment.crc32 = done_bytes, crc32
        self.done_bytes = sum(segment.done for segment in self._segments)
        self._first_free = 0
        self._first_incomplete = 0

    def __iter__(self) -> Iterator[Segment]:
        return iter(self._segments)

    @property
    def is_complete(self) -> bool:
        """Whether every byte is there."""
        return self.done_bytes == self.total_bytes

    @property
    def prefix_bytes(self) -> int:
        """How much is there without a gap, from the file's first byte on."""
        while (
            self._first_incomplete < len(self._segments)
            and self._segments[self._first_incomplete].is_complete
        ):
            self._first_incomplete += 1
        if self._first_incomplete == len(self._segments):
            return self.total_bytes
        return self._segments[self._first_incomplete].position

    @property
    def done(self) -> dict[int, tuple[int, int]]:
        """What is there, to be written down."""
        return {s.start: (s.done, s.crc32) for s in self._segments if s.done}

    def claim(self, most_bytes: int) -> Claim | None:
        """Take the first segment that nobody has, and those after it up to about so many bytes."""
        while self._first_free < len(self._segments) and not self._is_free(self._first_free):
            self._first_free += 1
        taken: list[Segment] = []
        size_bytes = 0
        for segment in self._segments[self._first_free :]:
            if segment.is_claimed or segment.is_complete:
                break
            if taken and (segment.done or size_bytes + segment.stop - segment.start > most_bytes):
                break
            taken.append(segment)
            size_bytes += segment.stop - segment.position
        return _claimed(taken)

    def claim_all(self) -> Claim | None:
        """Take the whole file for one stream that begins at its first byte; nobody has any of it.

        What is there already is passed over.
        """
        return _claimed(list(self._segments))

    def steal(self, claims: list[Claim], least_bytes: int) -> Claim | None:
        """Take the second half of what the slowest connection has before it.

        Args:
            claims: What the connections have.
            least_bytes: Nothing is taken where less is missing.
        """
        victim = max(claims, key=lambda claim: claim.missing_bytes, default=None)
        least_bytes = max(least_bytes, 2 * _LEAST_STOLEN_BYTES)
        if victim is None or victim.missing_bytes < least_bytes:
            return None
        middle = victim.position + victim.missing_bytes // 2
        taken = [segment for segment in victim.segments if segment.start >= middle]
        if not taken:
            last = victim.segments[-1]
            taken = [Segment(middle, last.stop)]
            last.stop = middle
            bisect.insort(self._segments, taken[0], key=lambda segment: segment.start)
        else:
            del victim.segments[-len(taken) :]
        return _claimed(taken)

    def advance(self, segment: Segment, count: int, crc32: int) -> None:
        """Count bytes that are on the disk.

        Args:
            segment: Where they are, after those that were there.
            count: At most what was missing.
            crc32: Of everything that is in the segment now.
        """
        assert 0 <= count <= segment.stop - segment.position
        segment.done += count
        segment.crc32 = crc32
        self.done_bytes += count

    def release(self, claim: Claim) -> None:
        """Give back what a connection did not fill."""
        for segment in claim.segments:
            segment.is_claimed = False
        self._first_free = 0

    def forget(self, segment: Segment) -> None:
        """What was in it is wrong or lost; nobody may be filling it."""
        self.done_bytes -= segment.done
        segment.done = segment.crc32 = 0
        self._first_free = self._first_incomplete = 0

    def _is_free(self, place: int) -> bool:
        return not (self._segments[place].is_claimed or self._segments[place].is_complete)


def _claimed(segments: list[Segment]) -> Claim | None:
    for segment in segments:
        segment.is_claimed = True
    return Claim(segments) if segments else None
