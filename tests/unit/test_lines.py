import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pipe.lines import LineBuffer, LineTooLongError


@settings(deadline=None)
@given(st.lists(st.binary(max_size=20).filter(lambda b: b"\n" not in b)), st.data())
def test_any_cutting_gives_the_same_lines(lines, data):
    stream = b"".join(line + b"\n" for line in lines)
    buffer, got = LineBuffer(100), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        got += buffer.feed(stream[:size])
        stream = stream[size:]
    assert got == lines


def test_a_line_of_the_limit_passes_and_one_more_byte_does_not():
    assert list(LineBuffer(4).feed(b"1234\n")) == [b"1234"]
    with pytest.raises(LineTooLongError):
        list(LineBuffer(4).feed(b"12345"))
    buffer = LineBuffer(4)
    list(buffer.feed(b"123"))
    with pytest.raises(LineTooLongError):
        list(buffer.feed(b"45\n"))
