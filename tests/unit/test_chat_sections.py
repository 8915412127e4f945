"""Headings of the list of chats, whatever the clock says."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from app.domain.kept_chat import ChatInfo
from app.services.chats import Chat
from app.ui.chat.chat_sections import Period, Section, sections

NOW = dt.datetime(2026, 11, 20, 15, 0).astimezone()
ORDER = [Period.TODAY, Period.YESTERDAY, Period.WEEK, Period.DAYS_30, Period.MONTH]


def ms(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def ago(**time: float) -> int:
    return ms(NOW - dt.timedelta(**time))


def chat(order: int, used_ms: int, **facts) -> Chat:
    info = ChatInfo(chat_id=order, key=str(order), used_order=order, used_ms=used_ms, **facts)
    return Chat(info, is_loaded=False)


def listed(chats, folders=(), now=NOW):
    return [(s, [c.chat_id for c in inside]) for s, inside in sections(chats, folders, now)]


def test_pinned_then_folders_then_dates():
    chats = [
        chat(1, ago(days=900)),
        chat(2, ago(days=3), folder="B"),
        chat(3, ago(days=2), is_pinned=True, folder="A"),
        chat(4, ago(hours=1)),
        chat(5, ago(minutes=1), folder="gone"),
    ]
    assert listed(chats, ["A", "B"]) == [
        (Section(Period.PINNED), [3]),
        (Section(Period.FOLDER, "A"), []),
        (Section(Period.FOLDER, "B"), [2]),
        (Section(Period.TODAY), [5, 4]),
        (Section(Period.MONTH, month=dt.date(2024, 6, 1)), [1]),
    ]


def test_every_date_has_its_heading():
    midnight = dt.datetime(2026, 11, 20).astimezone()
    chats = [
        chat(9, ms(midnight)),
        chat(8, ms(midnight) - 1),
        chat(7, ms(midnight - dt.timedelta(days=1)) - 1),
        chat(6, ms(midnight - dt.timedelta(days=7)) - 1),
        chat(5, ms(midnight - dt.timedelta(days=30)) - 1),
        chat(4, ms(dt.datetime(2026, 10, 1).astimezone())),
        chat(3, ms(dt.datetime(2026, 9, 30, 23, 59).astimezone())),
    ]
    assert listed(chats) == [
        (Section(Period.TODAY), [9]),
        (Section(Period.YESTERDAY), [8]),
        (Section(Period.WEEK), [7]),
        (Section(Period.DAYS_30), [6]),
        (Section(Period.MONTH, month=dt.date(2026, 10, 1)), [5, 4]),
        (Section(Period.MONTH, month=dt.date(2026, 9, 1)), [3]),
    ]


def test_a_clock_that_was_wrong_once_spoils_no_other_heading():
    today, before, long_ago = ago(hours=1), ago(days=1), ago(days=400)
    for wrong_ms in (0, 5, ago(days=20_000), ms(NOW + dt.timedelta(days=20_000))):
        found = listed([chat(4, today), chat(3, wrong_ms), chat(2, before), chat(1, long_ago)])
        assert found[0] == (Section(Period.TODAY), [4])
        assert found[1] == (Section(Period.YESTERDAY), [3, 2])
        assert found[2][1] == [1]
    assert listed([chat(2, today), chat(1, 0)]) == [(Section(Period.TODAY), [2, 1])]
    assert listed([chat(1, 0)]) == [(Section(Period.TODAY), [1])]


def test_a_clock_that_was_put_back_leaves_the_order():
    assert listed([chat(2, ago(days=1)), chat(1, ago(hours=1))]) == [
        (Section(Period.TODAY), [2, 1])
    ]


@given(
    st.lists(st.integers(-(2**53), 2**53) | st.integers(ago(days=800), ago(days=-800))),
    st.integers(ago(days=9000), ago(days=-9000)),
)
def test_no_heading_goes_back_up_the_list(stamps, now_ms):
    now = dt.datetime.fromtimestamp(now_ms / 1000, dt.UTC)
    chats = [chat(order, used_ms) for order, used_ms in enumerate(stamps)]
    found = sections(reversed(chats), [], now)
    shown = [c.chat_id for _, inside in found for c in inside]
    assert shown == list(reversed(range(len(stamps))))
    places = [
        (ORDER.index(section.period), -(section.month or dt.date.max).toordinal())
        for section, _ in found
    ]
    assert places == sorted(set(places))
    assert all(inside for _, inside in found)
