"""The files of the languages: what is translated is kept, what is new or gone can be seen."""

import pathlib
import re

import msgspec

from app.ui.word_file import Words, read_words
from tests.helpers.languages.extraction import ROOT, Text, find_texts

FOLDER = ROOT / "resources/languages"
TRANSLATED = tuple(sorted(path.stem for path in FOLDER.glob("*.po")))
# gettext's own words for how a language counts; editors read it.
_PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "zh_TW": "nplurals=1; plural=0;",
}
_ORDINARY_PLURALS = "nplurals=2; plural=(n != 1);"
_GONE = re.compile(r'^#~ msgid "(.*)"\n#~ msgstr "(.*)"\n', re.MULTILINE)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a new search changed in one file."""

    missing: int
    gone: int


def forms_of(language: str) -> int:
    """How many forms a text has that counts things."""
    return 1 if language == "zh_TW" else 2


def path_of(language: str) -> pathlib.Path:
    return FOLDER / f"{language}.po"


def words_of(language: str) -> Words:
    """What is translated."""
    path = path_of(language)
    # An editor may have folded long lines.
    return read_words(path.read_text("utf-8").replace('"\n"', "")) if path.exists() else {}


def update(language: str, extra: Words | None = None) -> Change:
    """Write the file anew from the texts of the source; `extra` are words to put into it."""
    content, change = rendered(language, extra)
    path_of(language).write_text(content, "utf-8")
    return change


def rendered(language: str, extra: Words | None = None) -> tuple[str, Change]:
    """The file as it should be."""
    texts, words = find_texts(), {**words_of(language), **(extra or {})}
    gone = _gone_before(language)
    keys = {text.key for text in texts}
    gone |= {text: forms[0] for (_, text), forms in words.items() if (_, text) not in keys}
    known = {text.text for text in texts}
    gone = {text: said for text, said in gone.items() if text not in known}
    entries = [_entry(text, words.get(text.key, ()), language) for text in texts]
    lost = [f'#~ msgid "{_escaped(a)}"\n#~ msgstr "{_escaped(b)}"\n' for a, b in gone.items()]
    content = "\n".join([_head(language), *entries, *lost])
    missing = sum(text.key not in words for text in texts)
    return content, Change(missing=missing, gone=len(gone))


def untranslated(language: str) -> list[str]:
    """The texts that still need somebody."""
    words = words_of(language)
    return [text.text for text in find_texts() if text.key not in words]


def _gone_before(language: str) -> dict[str, str]:
    path = path_of(language)
    found = _GONE.findall(path.read_text("utf-8")) if path.exists() else []
    return {one.replace('\\"', '"'): other.replace('\\"', '"') for one, other in found}


def _entry(text: Text, forms: tuple[str, ...], language: str) -> str:
    lines = [f"#: {text.place}"]
    if text.context:
        lines.append(f'msgctxt "{_escaped(text.context)}"')
    if not text.one:
        said = forms[0] if forms else ""
        lines += [f'msgid "{_escaped(text.text)}"', f'msgstr "{_escaped(said)}"']
        return "\n".join(lines) + "\n"
    lines += [f'msgid "{_escaped(text.one)}"', f'msgid_plural "{_escaped(text.text)}"']
    for number in range(forms_of(language)):
        said = forms[number] if number < len(forms) else ""
        lines.append(f'msgstr[{number}] "{_escaped(said)}"')
    return "\n".join(lines) + "\n"


def _head(language: str) -> str:
    path = path_of(language)
    before = path.read_text("utf-8").split("msgid", 1)[0] if path.exists() else ""
    notes = [line for line in before.splitlines() if line.startswith("#")]
    plurals = _PLURALS.get(language, _ORDINARY_PLURALS)
    fields = [
        f"Language: {language}",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {plurals}",
    ]
    written = "\\n".join([*fields, ""])
    return "\n".join([*notes, 'msgid ""', f'msgstr "{written}"', ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
