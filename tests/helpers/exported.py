"""Chats to write to files, and what is in a file that was written."""

import html.parser
import io
import pathlib
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterable

import docx
import pypdf
from PIL import Image

from app.domain.attachments import (
    DocumentAttachment,
    DocumentPage,
    PictureAttachment,
    Source,
)
from app.domain.chat import Effort, Part, Role, Sampling, TextPart, ThoughtPart, Timings, Usage
from app.domain.kept_chat import ChatInfo, ChatMessage, ChatSettings, KeptChat, MessageState
from app.exchange.chat_file import FileDocument, FilePicture
from app.exchange.writer_client import WrittenFiles, write_chats
from app.exchange.writer_protocol import ExportFormat, WriteOptions
from tests.helpers.pictures import flag, saved

ALL = WriteOptions()
READABLE = (ExportFormat.MARKDOWN, ExportFormat.HTML, ExportFormat.PDF, ExportFormat.DOCX)

ANSWER = """\
Zuerst: **fett**, *schräg*, ~~weg~~, `code_words`, [der Verweis](https://example.org/a?b=1&c=2).

## Zweiter Teil

1. eins
2. zwei
   - darin
     - tief
3. drei

- [x] erledigt
- [ ] offen

> ein Zitat
> > im Zitat

```python
def f(x):
    return x < 1 and "größer"
```

| Spalte | Zahl |
|:--|--:|
| Äpfel | 12 |
| Birnen | **7** |

---

Formel $a_1 < b_2$ und

$$
E = mc^2
$$

Ελληνικά, Русский, → ≤ ∑, שלום, 中文, 😀.
"""


def question(
    words: str, *, number: int = 1, attachments=(), parent: int | None = None
) -> ChatMessage:
    return ChatMessage(
        message_id=number,
        parent_id=parent,
        role=Role.USER,
        parts=(TextPart(words),),
        state=MessageState.DONE,
        created_ms=1_796_000_000_000,
        attachments=attachments,
    )


def answer(
    words: str, *, number: int = 2, parent: int = 1, thought: str = "", **facts
) -> ChatMessage:
    parts: tuple[Part, ...] = (TextPart(words),)
    if thought:
        parts = (ThoughtPart(thought), *parts)
    facts = {"effort": Effort.DEEP, "model": "Mistral Small 4", "thought_s": 12.0, **facts}
    return ChatMessage(
        message_id=number,
        parent_id=parent,
        role=Role.ASSISTANT,
        parts=parts,
        state=MessageState.DONE,
        created_ms=1_796_000_060_000,
        **facts,
    )


def picture(name: str = "flag.png", data: bytes | None = None, path: str = "") -> PictureAttachment:
    content = b"" if path else saved(flag(), "PNG") if data is None else data
    return PictureAttachment(
        source=Source(name=name, data=content, path=path),
        original_width_px=120,
        original_height_px=60,
        thumbnail_png=b"not sent",
    )


def document() -> DocumentAttachment:
    pages = tuple(
        DocumentPage(label=str(number), text=f"secret words {number}") for number in (1, 2, 3)
    )
    source = Source(name="report.pdf", data=b"%PDF-1.7")
    return DocumentAttachment(source=source, kind="PDF", pages=pages, chosen=(0, 2))


def chat(
    words: str = "Was ist das?",
    reply: str = ANSWER,
    *,
    title: str = "Ein Titel & mehr",
    thought: str = "Ich **denke** nach.",
    attachments=(),
) -> KeptChat:
    return KeptChat(
        info=ChatInfo(chat_id=7, key="key-7", title=title, created_ms=1_796_000_000_000, leaf_id=2),
        messages=(
            question(words, attachments=attachments),
            answer(reply, thought=thought),
        ),
    )


def rich_chat() -> KeptChat:
    """Everything that a chat can hold, with ids that a database might give."""
    messages = (
        question(
            "Eine *Frage*\n\n  mit <b>Zeilen</b>", number=40, attachments=(picture(), document())
        ),
        answer(
            ANSWER,
            number=52,
            parent=40,
            thought="Ich **denke** nach.",
            seed=3,
            sampling=Sampling(temperature=0.1, seed=3),
            usage=Usage(prompt_tokens=9),
            timings=Timings(prompt_s=0.5),
        ),
        answer("Die andere Antwort.", number=51, parent=40, effort=Effort.FAST, is_edited=True),
        question("Danke", number=60, parent=52),
    )
    info = ChatInfo(
        chat_id=9,
        key="key-9",
        title="Reich",
        is_named=True,
        folder="Arbeit",
        is_pinned=True,
        created_ms=1_796_000_000_000,
        used_ms=1_796_000_090_000,
        leaf_id=60,
        reads_after=52,
        settings=ChatSettings(
            preset="P",
            system="Be brief.",
            effort=Effort.DEEP,
            model="M",
            model_path="/secret/m.gguf",
        ),
    )
    return KeptChat(info=info, messages=messages)


def inline_source(attachment: FilePicture | FileDocument) -> Source:
    """The content of an attachment, as it stands in a file."""
    data = attachment.data or b""
    return Source(name=attachment.name, data=data, sha256=attachment.sha256, size_bytes=len(data))


def write(
    folder: pathlib.Path,
    chats: Iterable[KeptChat],
    format_: ExportFormat,
    options: WriteOptions = ALL,
) -> pathlib.Path:
    """Write with the real process."""
    target = folder / f"out.{format_}"
    written = write_chats(chats, target, format_, options)
    assert written == WrittenFiles(target=target, files=1, names=())
    assert [path.name for path in folder.iterdir() if path.name.startswith(".cierzo")] == []
    return target


def words_of(path: pathlib.Path) -> str:
    """The words that a reader of the file sees, in one line."""
    return " ".join(_READERS[path.suffix](path).split())


class Page(html.parser.HTMLParser):
    """The tags and words of an HTML file."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._is_style = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._is_style = tag == "style"

    def handle_endtag(self, tag):
        self._is_style = False
        self.words.append("" if tag in ("strong", "em", "code", "s", "a", "span", "bdi") else " ")

    def handle_data(self, data):
        if not self._is_style:
            self.words.append(data)


def page(path: pathlib.Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def docx_xml(path: pathlib.Path) -> dict[str, str]:
    """The parts of a Word document that are XML; each of them is well-formed."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        parts = {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith((".xml", ".rels"))
        }
    for xml in parts.values():
        ET.fromstring(xml)
    return parts


def image_in(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def _docx_words(path: pathlib.Path) -> str:
    document = docx.Document(str(path))
    words = [paragraph.text for paragraph in document.paragraphs]
    words += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(words)


def _pdf_words(path: pathlib.Path) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def _markdown_words(path: pathlib.Path) -> str:
    text = path.read_text(encoding="utf-8")
    return re.sub(r"\\([^\w\s])", r"\1", text).replace("&nbsp;", " ")


_READERS = {
    ".md": _markdown_words,
    ".html": lambda path: "".join(page(path).words),
    ".docx": _docx_words,
    ".pdf": _pdf_words,
    ".json": lambda path: path.read_text(encoding="utf-8"),
}
