import zlib

from hypothesis import given
from hypothesis import strategies as st

from app.domain.downloads.segments import Segments

MIB = 1 << 20
SEGMENT = 8 * MIB


def segments(total_bytes, done=None):
    return Segments(total_bytes, done, segment_bytes=SEGMENT)


def fill(found, claim, count):
    """Count so many bytes of a claim, in order; what the connection got before it stopped."""
    for segment in claim.segments:
        part = min(count, segment.stop - segment.position)
        found.advance(segment, part, zlib.crc32(b"%d" % segment.position))
        count -= part


def test_segments_are_taken_in_ascending_order():
    found = segments(3 * SEGMENT + 5)
    claims = [found.claim(0) for _ in range(4)]
    assert [(claim.position, claim.stop) for claim in claims] == [
        (0, SEGMENT),
        (SEGMENT, 2 * SEGMENT),
        (2 * SEGMENT, 3 * SEGMENT),
        (3 * SEGMENT, 3 * SEGMENT + 5),
    ]
    assert found.claim(0) is None


def test_a_fast_connection_takes_several_at_once():
    claim = segments(10 * SEGMENT).claim(3 * SEGMENT)
    assert (claim.position, claim.stop) == (0, 3 * SEGMENT)


def test_what_was_given_back_is_taken_first():
    found = segments(4 * SEGMENT)
    first, second = found.claim(0), found.claim(0)
    fill(found, first, 5)
    found.release(first)
    assert found.claim(SEGMENT).position == 5
    assert second.position == SEGMENT


def test_a_gap_ends_the_prefix():
    found = segments(3 * SEGMENT)
    first, second = found.claim(0), found.claim(0)
    fill(found, second, SEGMENT)
    fill(found, first, 7)
    assert found.prefix_bytes == 7
    fill(found, first, SEGMENT - 7)
    assert found.prefix_bytes == 2 * SEGMENT


def test_the_tail_of_the_longest_claim_is_stolen():
    found = segments(2 * SEGMENT)
    short, long = found.claim(0), found.claim(0)
    fill(found, short, 5 * MIB)
    stolen = found.steal([short, long], 0)
    assert (stolen.position, stolen.stop) == (SEGMENT + 4 * MIB, 2 * SEGMENT)
    assert long.stop == SEGMENT + 4 * MIB


def test_whole_segments_are_stolen_before_one_is_cut():
    found = segments(4 * SEGMENT)
    claim = found.claim(4 * SEGMENT)
    stolen = found.steal([claim], 0)
    assert (claim.stop, stolen.position) == (2 * SEGMENT, 2 * SEGMENT)


def test_little_is_not_worth_stealing():
    found = segments(SEGMENT)
    claim = found.claim(0)
    fill(found, claim, 5 * MIB)
    assert found.steal([claim], 0) is None
    assert segments(SEGMENT).steal([], 0) is None


def test_a_connection_has_two_mebibytes_on_the_way_that_nobody_steals():
    found = segments(2 * SEGMENT)
    claim = found.claim(2 * SEGMENT)
    fill(found, claim, SEGMENT - MIB)
    assert found.steal([claim], 0).position >= claim.position + 2 * MIB


def test_a_cut_segment_is_found_again():
    found = segments(SEGMENT)
    claim = found.claim(0)
    stolen = found.steal([claim], 0)
    fill(found, stolen, 3)
    again = segments(SEGMENT, found.done)
    assert again.done_bytes == 3
    assert again.claim(0).stop == stolen.segments[0].start


def test_what_was_lost_is_fetched_again():
    found = segments(2 * SEGMENT)
    fill(found, claim := found.claim(2 * SEGMENT), 2 * SEGMENT)
    found.release(claim)
    assert found.is_complete
    found.forget(next(iter(found)))
    assert (found.done_bytes, found.prefix_bytes) == (SEGMENT, 0)
    assert found.claim(0).position == 0


def test_the_whole_file_is_claimed_for_one_stream():
    found = segments(2 * SEGMENT + 1, {0: (4, 9)})
    claim = found.claim_all()
    assert (claim.position, claim.stop, claim.missing_bytes) == (
        4,
        2 * SEGMENT + 1,
        2 * SEGMENT - 3,
    )
    assert found.claim(0) is None


def test_an_empty_file_is_complete():
    assert segments(0).is_complete
    assert segments(0).prefix_bytes == 0


@given(
    st.integers(0, 3 * SEGMENT),
    st.dictionaries(
        st.integers(-5, 4 * SEGMENT),
        st.tuples(st.integers(-5, 2 * SEGMENT), st.integers(0, 2**32 - 1)),
        max_size=6,
    ),
)
def test_nothing_that_was_written_down_breaks_them(total, done):
    found = segments(total, done)
    assert sum(segment.stop - segment.start for segment in found) == total
    assert all(0 <= segment.done <= segment.stop - segment.start for segment in found)
    assert 0 <= found.prefix_bytes <= found.done_bytes <= total


class Download:
    """Connections that come, stop, steal and die; every mebibyte's first byte is counted."""

    def __init__(self, total_bytes):
        self.total_bytes = total_bytes
        self.found = segments(total_bytes)
        self.claims = []
        self.fetched = [0] * -(-total_bytes // MIB)

    def claim(self, _, amount):
        self.claims.extend(filter(None, [self.found.claim(amount)]))

    def steal(self, _, amount):
        self.claims.extend(filter(None, [self.found.steal(self.claims, amount)]))

    def fill(self, which, amount):
        for segment in self.claims[which].segments if which < len(self.claims) else ():
            part = min(amount, segment.stop - segment.position)
            for place in range(-(-segment.position // MIB), -(-(segment.position + part) // MIB)):
                self.fetched[place] += 1
            self.found.advance(segment, part, 1)
            amount -= part

    def stop(self, which, amount):
        self.fill(which, amount)
        if which < len(self.claims):
            self.found.release(self.claims.pop(which))

    def restart(self, *_):
        self.found, self.claims = segments(self.total_bytes, self.found.done), []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "claim", "fill", "fill", "fill", "stop", "steal", "restart"]),
        st.integers(0, 3),
        st.integers(0, 3 * SEGMENT),
    ),
    max_size=60,
)


@given(st.integers(0, 6 * SEGMENT), STEPS)
def test_no_byte_is_fetched_twice_or_forgotten(total, steps):
    download = Download(total)
    for step, which, amount in steps:
        before = download.found.done_bytes
        getattr(download, step)(which, amount)
        assert download.found.done_bytes >= before
        assert download.found.prefix_bytes <= download.found.done_bytes
    download.restart()
    while not download.found.is_complete:
        download.claim(0, SEGMENT)
        download.stop(0, total)
    assert download.found.prefix_bytes == total
    assert set(download.fetched) <= {1}
