"""Files with chats, written by the real process and read back by somebody else's library."""

import base64
import json
import re

import docx
import msgspec
import pypdf
import pytest

from app.domain.file_names import check_file_names
from app.domain.kept_chat import ChatInfo, KeptChat, MessageState
from app.domain.version import VERSION
from app.exchange.chat_file import ChatFile, kept_chat
from app.exchange.writer_client import write_chats
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from tests.helpers.exported import (
    ALL,
    READABLE,
    answer,
    chat,
    docx_xml,
    image_in,
    inline_source,
    page,
    picture,
    question,
    rich_chat,
    words_of,
    write,
)
from tests.helpers.pictures import flag, saved

WORDS = [
    "Reich",
    "You",
    "Mistral Small 4",
    "Deep",
    "2 questions",
    "mit <b>Zeilen</b>",
    "Zuerst:",
    "fett",
    "schräg",
    "weg",
    "code_words",
    "der Verweis",
    "Zweiter Teil",
    "eins",
    "zwei",
    "darin",
    "tief",
    "drei",
    "erledigt",
    "offen",
    "ein Zitat",
    "im Zitat",
    "return x < 1 and",
    "Äpfel",
    "Birnen",
    "a_1 < b_2",
    "E = mc^2",
    "Ελληνικά, Русский, → ≤ ∑",
    "Thought for 12 s",
    "report.pdf · PDF · pages 1, 3",
    "Danke",
]


@pytest.mark.parametrize("format_", READABLE)
def test_every_word_of_the_open_path_is_in_the_file(tmp_path, format_):
    words = words_of(write(tmp_path, [rich_chat()], format_))
    for expected in WORDS:
        assert expected in words
    assert "Die andere Antwort" not in words
    assert "secret" not in words


@pytest.mark.parametrize("format_", READABLE)
def test_thoughts_and_pictures_are_left_out_on_request(tmp_path, format_):
    bare = write(tmp_path, [rich_chat()], format_, WriteOptions(thoughts=False, pictures=False))
    words = words_of(bare)
    assert "denke" not in words
    assert "Thought" not in words
    assert "flag.png · picture" in words
    assert b"data:image" not in bare.read_bytes()


@pytest.mark.parametrize("format_", READABLE)
def test_several_chats_go_into_one_file(tmp_path, format_):
    chats = [chat(title=f"Titel {number}", reply=f"Antwort {number}.") for number in range(3)]
    words = words_of(write(tmp_path, chats, format_))
    places = [words.index(f"Antwort {number}.") for number in range(3)]
    assert places == sorted(places)
    assert all(f"Titel {number}" in words for number in range(3))


@pytest.mark.parametrize("format_", ExportFormat)
def test_no_chat_is_a_file_too(tmp_path, format_):
    path = write(tmp_path, [], format_)
    empty = KeptChat(info=ChatInfo(chat_id=1, key="k"), messages=())
    words = words_of(write(tmp_path, [empty], format_))
    assert path.exists()
    assert ("Untitled chat" in words) is (format_ is not ExportFormat.JSON)


@pytest.mark.parametrize("format_", READABLE)
def test_how_an_answer_ended_is_told(tmp_path, format_):
    stopped = msgspec.structs.replace(
        answer("Halb", effort=None, model=""), state=MessageState.STOPPED, is_edited=True
    )
    kept = KeptChat(info=ChatInfo(chat_id=1, key="k"), messages=(question("Frage"), stopped))
    words = words_of(write(tmp_path, [kept], format_))
    assert "Stopped here. Edited by hand." in words
    assert "Assistant" in words


def test_html_has_the_structure_of_the_answer(tmp_path):
    written = page(write(tmp_path, [rich_chat()], ExportFormat.HTML))
    tags = [tag for tag, _ in written.tags]
    assert {"strong", "em", "s", "code", "h4", "ol", "ul", "blockquote", "hr", "table"} <= set(tags)
    assert tags.count("th") == 2
    assert tags.count("td") == 4
    (link,) = [attrs for tag, attrs in written.tags if tag == "a"]
    assert link["href"] == "https://example.org/a?b=1&c=2"
    (image,) = [attrs for tag, attrs in written.tags if tag == "img"]
    assert image["alt"] == "flag.png"
    assert image_in(base64.b64decode(image["src"].partition(",")[2])).size == (120, 60)


def test_a_word_document_has_the_structure_of_the_answer(tmp_path):
    path = write(tmp_path, [rich_chat()], ExportFormat.DOCX)
    document = docx.Document(str(path))
    styles = {paragraph.style.name for paragraph in document.paragraphs}
    assert {"Title", "Question", "Answer", "Asked", "Thought", "Code", "Quote"} <= styles
    assert {"Heading 2", "List Paragraph"} <= styles
    (table,) = document.tables
    assert [cell.text for cell in table.rows[2].cells] == ["Birnen", "7"]
    assert len(document.inline_shapes) == 1
    assert document.core_properties.title == "Reich"
    numbering = docx_xml(path)["word/numbering.xml"]
    assert numbering.count("<w:num ") == 2, "bullets, and the list with numbers"


def test_a_pdf_can_be_searched_and_has_an_outline(tmp_path):
    path = write(tmp_path, [rich_chat(), chat(title="Zweiter")], ExportFormat.PDF)
    reader = pypdf.PdfReader(path)
    assert [entry.title for entry in reader.outline] == ["Reich", "Zweiter"]
    assert reader.metadata.title == "Reich"
    links = [
        annotation.get_object()["/A"]["/URI"]
        for pdf_page in reader.pages
        for annotation in pdf_page.get("/Annots", [])
    ]
    assert links == ["https://example.org/a?b=1&c=2"] * 2
    assert [image.image.size for image in reader.pages[0].images] == [(120, 60)]
    assert "CreationDate" not in str(reader.metadata) or "2000" in str(reader.metadata)


def test_a_character_without_a_glyph_is_a_box(tmp_path):
    words = words_of(write(tmp_path, [chat(reply="vor \U00012000 nach")], ExportFormat.PDF))
    assert re.search(r"vor □ nach", words)


def test_json_holds_everything_but_paths(tmp_path):
    rich = rich_chat()
    path = write(tmp_path, [rich, chat()], ExportFormat.JSON)
    text = path.read_text(encoding="utf-8")
    assert "/secret" not in text
    file = msgspec.json.decode(text, type=ChatFile)
    assert (file.format, file.version, file.app) == ("cierzo-chats", 1, VERSION)
    assert file.folders == ("Arbeit",)
    assert file.exported_ms > 1_700_000_000_000
    again = kept_chat(file.chats[0], inline_source)
    assert [message.text for message in again.messages] == [m.text for m in rich.messages]
    assert [message.parent_id for message in again.messages] == [None, 1, 1, 2]
    assert (again.info.leaf_id, again.info.reads_after) == (4, 2)
    assert again.messages[0].attachments[0].source.data == saved(flag(), "PNG")
    assert again.messages[0].attachments[1].pages == rich.messages[0].attachments[1].pages
    assert again.messages[1].thought == "Ich **denke** nach."


def test_json_names_the_folders_that_are_asked_for_first(tmp_path):
    options = WriteOptions(folders=("Leer", "Arbeit", "Auch leer"))
    path = write(tmp_path, [rich_chat()], ExportFormat.JSON, options)
    file = msgspec.json.decode(path.read_bytes(), type=ChatFile)
    assert file.folders == ("Leer", "Arbeit", "Auch leer")


def test_json_without_thoughts_and_files(tmp_path):
    path = write(
        tmp_path, [rich_chat()], ExportFormat.JSON, WriteOptions(thoughts=False, pictures=False)
    )
    (found,) = json.loads(path.read_text(encoding="utf-8"))["chats"]
    assert "denke" not in json.dumps(found)
    assert all("data" not in a for m in found["messages"] for a in m.get("attachments", ()))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "HEIF"])
def test_pictures_of_every_kind_are_written_anew(tmp_path, kind):
    source = tmp_path / "picture"
    source.write_bytes(saved(flag(3000, 1500), kind))
    kept = chat(attachments=(picture(path=str(source)),))
    written = page(write(tmp_path, [kept], ExportFormat.HTML))
    (image,) = [attrs for tag, attrs in written.tags if tag == "img"]
    assert image["src"].startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
    assert image_in(base64.b64decode(image["src"].partition(",")[2])).size == (1600, 800)


def test_what_hides_in_a_picture_stays_behind(tmp_path):
    data = saved(flag(), "JPEG", exif=b"Exif\0\0secret place", comment=b"secret words")
    for format_ in READABLE:
        path = write(tmp_path, [chat(attachments=(picture(data=data),))], format_)
        assert b"secret" not in path.read_bytes()
        for tag, attrs in page(path).tags if format_ is ExportFormat.HTML else ():
            if tag == "img":
                assert b"secret" not in base64.b64decode(attrs["src"].partition(",")[2])


@pytest.mark.parametrize("format_", READABLE)
@pytest.mark.parametrize("data", [b"", b"no picture", saved(flag(), "PNG")[:60], b"<svg/>"])
def test_a_picture_that_cannot_be_read_is_a_line_of_text(tmp_path, format_, data):
    words = words_of(
        write(tmp_path, [chat(attachments=(picture("bild.png", data=data),))], format_)
    )
    assert "[picture: bild.png; it cannot be read any more]" in words


def test_every_chat_gets_a_file_with_a_safe_name_of_its_own(tmp_path):
    (tmp_path / "plain.md").write_text("mine")
    titles = [
        "plain",
        "PLAIN",
        "",
        "CON",
        "con.txt",
        "a/b\\c:d*e?",
        "trailing... ",
        "..",
        "x" * 250,
        "x" * 250,
        "漢字" * 120,
        "\u202egpj.exe",
        "line\nend\0\x1b[31m",
        "👩‍👩‍👧 family",
        "é",
        "e\u0301",
    ]
    chats = [chat(title=title, reply=f"Number {place}.") for place, title in enumerate(titles)]
    written = write_chats(chats, tmp_path, ExportFormat.MARKDOWN, ALL, is_folder=True)
    assert written.files == len(titles)
    check_file_names(written.names)
    for place, name in enumerate(written.names):
        assert f"Number {place}." in (tmp_path / name).read_text(encoding="utf-8")
    assert (tmp_path / "plain.md").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".md") == sorted(
        [*written.names, "plain.md"]
    )
    assert written.names[:3] == ("plain (2).md", "PLAIN (3).md", "Untitled chat.md")


@pytest.mark.parametrize("format_", ExportFormat)
def test_a_folder_of_every_kind(tmp_path, format_):
    folder = tmp_path / "Ordner ü"
    folder.mkdir()
    written = write_chats([chat(), chat()], folder, format_, ALL, is_folder=True)
    assert [path.name for path in sorted(folder.iterdir())] == sorted(written.names)
    assert all("mehr" in words_of(folder / name) for name in written.names)
