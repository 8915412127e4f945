"""The files of the languages: complete, of one kind, and safe to be put into the window."""

import re
import unicodedata

import pytest

from tests.helpers.languages.catalogue import (
    TRANSLATED,
    forms_of,
    path_of,
    rendered,
    untranslated,
    words_of,
)
from tests.helpers.languages.extraction import (
    ROOT,
    NotFoundError,
    Text,
    find_texts,
    texts_of_code,
)

TEXTS = find_texts()
WORDS = {language: words_of(language) for language in TRANSLATED}
REVIEWED = ROOT / "tests/facts/same_in_languages.txt"
_PLACEHOLDER = re.compile(r"\{[^}]*\}")
# Invisible characters that are typography: no-break spaces.
_WANTED_UNSEEN = {"\u00a0", "\u202f"}

each_language = pytest.mark.parametrize("language", TRANSLATED)


def forms(language):
    """Every text with each of its translations."""
    for text in TEXTS:
        for said in WORDS[language].get(text.key, ()):
            yield text, said


def reviewed(language):
    lines = [line for line in REVIEWED.read_text("utf-8").splitlines() if ": " in line]
    pairs = [line.split(": ", 1) for line in lines if not line.startswith("#")]
    return {text[1:-1] for languages, text in pairs if language in languages.split()}


# Everything is there


@each_language
def test_every_text_is_translated(language):
    assert untranslated(language) == [], "run scripts/languages and translate what is empty"


@each_language
def test_the_files_are_as_scripts_languages_writes_them(language):
    content, change = rendered(language)
    assert change.gone == 0, "delete what is gone at the end of the file"
    assert path_of(language).read_text("utf-8") == content, "run scripts/languages"


def test_the_search_finds_what_the_window_says():
    found = {text.text for text in TEXTS}
    assert len(found) > 1000
    assert {
        "Send",  # in a class
        "{count} chats",  # counted
        "Graphics card",  # by a module's own function
        "The disk is full, so this could not be kept. Free some space, for example under "
        "Settings, Storage, and try again; nothing that was kept before is lost.",  # an error
        "it was ended by the system, perhaps for lack of memory",  # a reason
        "loading the model",  # what a silent engine did
        "Writing help",  # a preset
        "Older model for chat and pictures.",  # the catalogue
    } <= found


def test_a_text_that_nobody_could_translate_is_refused():
    with pytest.raises(NotFoundError, match=r"place\.py:1"):
        list(texts_of_code("widget.setText(self.tr(words))", "place.py"))
    with pytest.raises(NotFoundError):
        list(texts_of_code('counted(3, "1 chat", many)', "place.py"))
    with pytest.raises(NotFoundError):
        list(texts_of_code('self.tr(f"Use {name}")', "place.py"))


def test_both_ends_of_a_choice_and_a_second_meaning_are_found():
    source = 'self.tr("On" if is_on else "Off")\nself.tr("Open", "adjective")'
    assert list(texts_of_code(source, "place.py")) == [
        Text(place="place.py", text="On"),
        Text(place="place.py", text="Off"),
        Text(place="place.py", text="Open", context="adjective"),
    ]


# What is said can be put in


@each_language
def test_placeholders_are_kept(language):
    for text, said in forms(language):
        wanted, got = set(_PLACEHOLDER.findall(text.text)), set(_PLACEHOLDER.findall(said))
        is_for_one = text.one and said == WORDS[language][text.key][0]
        assert got == wanted or (is_for_one and got | {"{count}"} == wanted), (text.text, said)


@each_language
def test_a_text_that_counts_has_all_its_forms(language):
    for text in TEXTS:
        wanted = forms_of(language) if text.one else 1
        assert len(WORDS[language][text.key]) == wanted, text.text
    # French says “0 message” as it says “1 message”, so that form has the number in it.
    if language == "fr":
        for text in TEXTS:
            if text.one and "{count}" in text.one + text.text and text.one[0].isdigit():
                assert "{count}" in WORDS[language][text.key][0], text.text


@each_language
def test_nothing_is_left_in_english(language):
    same = {text.text for text, said in forms(language) if said in (text.text, text.one)}
    assert same == reviewed(language) & {text.text for text in TEXTS}


@each_language
def test_no_file_of_reviewed_words_lists_what_is_not_there(language):
    assert reviewed(language) <= {text.text for text in TEXTS}


@each_language
def test_nothing_unseen_and_no_markup_comes_in(language):
    for text, said in forms(language):
        strange = [
            char
            for char in said
            if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp")
            or (unicodedata.category(char) == "Zs" and char not in _WANTED_UNSEEN | {" "})
        ]
        assert not strange, (text.text, strange)
        assert not re.search(r"<[^ ]|&\w+;", said), said
        assert said.count("`") == text.text.count("`"), said
        assert said == said.strip() or text.text != text.text.strip(), repr(said)


# It reads well


@each_language
def test_ends_are_like_the_english_ones(language):
    ends = {".": ".。", "…": "…", "?": "?？", ":": ":："}
    closing = "“”»」\u202f"
    for text, said in forms(language):
        end, wanted = said.rstrip(closing)[-1:], ends.get(text.text.rstrip(closing)[-1:])
        assert end in wanted if wanted else end not in "….。", (text.text, said)


@each_language
def test_quotation_marks_and_apostrophes_are_the_language_s_own(language):
    own = {"de": "„“", "fr": "«»", "es": "«»", "it": "«»", "zh_TW": "「」"}[language]
    for _, said in forms(language):
        assert not set("\"'") & set(said), said
        assert not set("„“”«»「」") - set(own) & set(said), said
        assert said.count(own[0]) == said.count(own[1]), said


def test_french_signs_are_held_by_no_break_spaces():
    loose = re.compile(
        r"[^\u202f][;!?»]"  # narrow before these
        r"|«[^\u202f]"
        r"|[^\u00a0\d*]:(?!//|\d)"  # a whole one before a colon, but in addresses
    )
    for _, said in forms("fr"):
        assert not loose.search(said), said


def test_chinese_has_full_width_signs():
    for _, said in forms("zh_TW"):
        assert not re.search(r"[\u4e00-\u9fff][,.;:?!]|[,;?!][\u4e00-\u9fff]", said), said
