"""What is found: the index, the places in a text and SQLite have to mean the same words."""

import contextlib
import sqlite3
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.search_words import SearchWords, index_words

ODD = (
    *("İstanbul", "ß", "ẞ", "ﬁ", "½", "ﷺ", "㏂", "e\u0301", "é", "Ａ１", "ｶﾞ", "ガ", "がく", "𝐀"),
    *("한글", unicodedata.normalize("NFD", "한글"), "ㄱ", "กำ", "กิน", "ກ", "កា", "हिन्दी", "மொழி"),
    *(
        "你好",
        "，世界",
        "𠀀",
        "👩\u200d👩",
        "\u200d",
        "\ufe0f",
        "\u00ad",
        "don't",
        "a_b",
        "3.14",
        "\0",
    ),
    *("ΌΣΟΣ", "όσος", "ᾳ", "ŉ", "العربية", "שָׁלוֹם", "x" * 300, "\ud83d", "\u0345"),
)
TEXTS = st.lists(
    st.one_of(st.sampled_from(ODD), st.text(max_size=8), st.sampled_from(" \n\u3000_-.")),
    max_size=12,
).map("".join)


def spans(typed, text):
    return [text[begin:end] for begin, end in SearchWords(typed).spans(text)]


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("win", "The wind and a Window, rewind", ["win", "Win"]),
        ("Ärger", "arger ÄRGERLICH", ["arger", "ÄRGER"]),
        ("cafe", "Café, cafe\u0301s", ["Café", "cafe\u0301"]),
        ("strasse", "Straßenbahn", ["Straße"]),
        ("s", "ßa", ["ß"]),
        ("istan", "İstanbul ISTANBUL", ["İstan", "ISTAN"]),
        ("世界", "你好，世界。世", ["世界"]),
        ("界", "世界", ["界"]),
        ("世 好", "你好，世界", ["好", "世"]),
        ("กิน", "ฉันกินข้าว", ["กิน"]),
        ("한", "대한민국", ["한"]),
        ("하", "한", ["한"]),
        ("か", "がく", ["が"]),
        ("が", "かく", []),
        ("हिन्दी", "यह हिन्दी है", ["हिन्दी"]),
        ("dont", "don't", []),
        ("don't", "I don't, don’t", ["don't", "don’t"]),
        ("3.14", "3 14, 3.141, 14 3", ["3 14", "3.14"]),
        ("a_b", "a b", ["a b"]),
        ("wi wind", "wind wi", ["wind", "wi"]),
        ("donaudampf", "Donau\u00addampfschiff", ["Donau\u00addampf"]),
        ("１２", "123", ["12"]),
        ("", "a", []),
        ("!? 👍", "!? 👍", []),
    ],
)
def test_places_in_a_text(typed, text, found):
    assert spans(typed, text) == found


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_places_are_in_order_apart_and_inside(typed, text):
    last = 0
    for begin, end in SearchWords(typed).spans(text):
        assert last <= begin < end <= len(text)
        last = end


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_a_text_that_has_all_words_has_places(typed, text):
    words = SearchWords(typed)
    if words and words.are_in(text):
        assert list(words.spans(text))


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS, st.integers(3900, 4100))
def test_places_in_long_texts_are_those_in_short_ones(texts, typed, length):
    """Whatever lies where a text is divided."""
    filling = "zzz " * (length // 4)
    expected, before = [], 0
    for text in texts:
        expected += [(b + before, e + before) for b, e in SearchWords(typed).spans(f"{text} zz ")]
        before += len(text) + 4 + len(filling)
    if "z" not in index_words(typed):
        long = "".join(f"{text} zz {filling}" for text in texts)
        assert list(SearchWords(typed).spans(long)) == expected


@settings(deadline=None)
@given(TEXTS.filter(str.split))
def test_a_text_has_what_was_typed_when_it_is_that(text):
    words = SearchWords(text)
    assert words.are_in(text)
    assert words.are_in(f"before {text} after") or not words


@settings(deadline=None)
@given(TEXTS)
def test_composed_or_not_makes_no_difference(text):
    forms = {
        tuple(index_words(unicodedata.normalize(form, text)).split()) for form in ("NFC", "NFD")
    }
    assert len(forms) == 1


@settings(deadline=None)
@given(TEXTS)
def test_words_in_the_index_are_folded_already(text):
    once = index_words(text)
    assert index_words(once).split() == once.split()


@settings(deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_sqlite_finds_the_same(texts, typed):
    texts.append(typed + " and more")
    words = SearchWords(typed)
    if not words:
        return
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE VIRTUAL TABLE word USING fts5(w, content='', tokenize='ascii')")
        for row, text in enumerate(texts):
            connection.execute(
                "INSERT INTO word (rowid, w) VALUES (?, ?)", (row, index_words(text))
            )
        query = " ".join(f'"{" ".join(term)}"*' for term in words.terms)
        found = connection.execute("SELECT rowid FROM word WHERE word MATCH ?", (query,)).fetchall()
    assert {row for (row,) in found} == {
        row for row, text in enumerate(texts) if words.are_in(text)
    }
