"""Words that would like to be more than words, in every place and every kind of file."""

import re

import pypdf
import pytest
from markdown_it import MarkdownIt

from app.domain.attachments import DocumentAttachment, DocumentPage, Source
from app.domain.kept_chat import KeptChat
from app.exchange.writer_protocol import ExportFormat
from tests.helpers.exported import READABLE, answer, chat, docx_xml, page, picture, words_of, write

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src='https://e.org/'></iframe>",
    "<style>*{display:none}</style>",
    "</code></pre><script>alert(1)</script>",
    "</title></style><script>alert(1)</script>",
    "<!--",
    "![x](file:///etc/passwd)",
    "![x](https://e.org/pixel.png)",
    "![x][picture-1]\n\n[picture-1]: https://e.org/pixel.png",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "[a](file:///etc/passwd)",
    "[a](data:text/html,<script>alert(1)</script>)",
    '[a](https://e.org/"onmouseover="alert(1))',
    "<https://e.org/><file:///etc/passwd>",
    "=cmd|' /C calc'!A0",
    "]]>",
    "&xxe; %xxe; <!DOCTYPE a [<!ENTITY xxe SYSTEM 'file:///etc/passwd'>]>",
    "{{jinja}} {% raw %} ${x} #{y} {0} {title}",
    "\u202egnp.exe \u2066 \u200f",
    "NUL \0 and \x1b[31m and \x9b and \ufffe",
    "half \ud800 of an emoji \udc00",
    "```\n</details>\n# You",
    "~~~~\n> ```",
    "> " * 20 + "```",
    "---\ntitle: x\n---",
    "\\(\\input{/etc/passwd}\\) $\\url{file:///x}$",
    "INCLUDETEXT \\* MERGEFORMAT { DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe }",
    "%PDF-1.7 endstream endobj <</S/JavaScript/JS(app.alert(1))>> ) Tj (",
    "<w:p><w:r><w:instrText>DDE</w:instrText></w:r></w:p>",
]
MARK = "KEEPME"


def everywhere(payload: str) -> KeptChat:
    """A chat that has those words in every place where somebody else's words can be."""
    document = DocumentAttachment(
        source=Source(name=payload),
        kind=payload,
        pages=(DocumentPage(label=payload, text=payload),),
    )
    hostile = chat(
        f"{payload}\n{MARK}-question",
        f"{payload}\n\n{MARK}-answer\n\n```{payload}\n{payload}\n```\n\n| {payload} |\n|-|\n",
        title=f"{payload} title",
        thought=f"{MARK}-thought {payload}",
        attachments=(picture(name=payload), document, picture(name=payload, data=b"none")),
    )
    reply = answer("more", number=3, parent=2, model=f"{payload} model")
    info = hostile.info
    return KeptChat(
        info=type(info)(chat_id=1, key="k", title=info.title, leaf_id=3),
        messages=(*hostile.messages, reply),
    )


@pytest.mark.parametrize("format_", READABLE)
def test_hostile_words_are_only_words(tmp_path, format_):
    """All payloads in one file: one process for each kind is enough."""
    path = write(tmp_path, [everywhere(payload) for payload in PAYLOADS], format_)
    words = words_of(path)
    for place in ("question", "answer", "thought"):
        assert words.count(f"{MARK}-{place}") == len(PAYLOADS)
    _INERT[format_](path)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_payload_gets_out_of_its_turn_in_markdown(tmp_path, payload):
    _is_inert_markdown(write(tmp_path, [everywhere(payload)], ExportFormat.MARKDOWN))


@pytest.mark.parametrize("payload", [payload for payload in PAYLOADS if "\ud800" not in payload])
def test_json_keeps_hostile_words_as_they_are(tmp_path, payload):
    words = write(tmp_path, [everywhere(payload)], ExportFormat.JSON).read_text(encoding="utf-8")
    assert f"{MARK}-question" in words


def _is_inert_html(path):
    written = page(path)
    tags = {tag for tag, _ in written.tags}
    assert not tags & {"script", "iframe", "svg", "object", "embed", "base", "form", "link"}
    assert [tag for tag, _ in written.tags].count("style") == 1
    policies = [a["content"] for t, a in written.tags if a.get("http-equiv") is not None]
    assert policies == ["default-src 'none'; img-src data:; style-src 'unsafe-inline'"]
    for tag, attrs in written.tags:
        assert not [name for name in attrs if name.startswith("on")]
        assert "style" not in attrs
        if "src" in attrs:
            assert tag == "img"
            assert re.fullmatch(r"data:image/(png|jpeg);base64,[\w+/=]+", attrs["src"])
        if "href" in attrs:
            assert tag == "a"
            assert re.match(r"https?://|mailto:", attrs["href"])
    _is_clean(path.read_text(encoding="utf-8"))


def _is_inert_docx(path):
    parts = docx_xml(path)
    body = parts["word/document.xml"]
    for element in ("instrText", "fldSimple", "fldChar", "object", "altChunk", "control", "script"):
        assert f"<w:{element}" not in body
    relationships = parts["word/_rels/document.xml.rels"]
    for target, mode in re.findall(r'Target="([^"]*)"( TargetMode="External")?', relationships):
        assert not mode or re.match(r"https?://|mailto:", target)
        assert mode or re.fullmatch(r"media/picture\d+\.(png|jpeg)|\w+\.xml", target)
    assert "<!DOCTYPE" not in body
    _is_clean(body)


def _is_inert_pdf(path):
    reader = pypdf.PdfReader(path)
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(reader.trailer["/Root"])
    for pdf_page in reader.pages:
        assert "/AA" not in pdf_page
        for reference in pdf_page.get("/Annots", []):
            action = reference.get_object()["/A"]
            assert action["/S"] == "/URI"
            assert re.match(r"https?://|mailto:", action["/URI"])
    for number in range(1, reader.trailer["/Size"]):
        found = reader.get_object(number)
        if isinstance(found, dict):
            assert not {"/JS", "/AA", "/OpenAction", "/F", "/EF"} & set(found)
            assert found.get("/S") in (None, "/URI", "/Transparency")


def _is_inert_markdown(path):
    """A reader that shows HTML and loads pictures would have nothing to show or load."""
    text = path.read_text(encoding="utf-8")
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: True
    headings = []
    tokens = reader.parse(text)
    for block, behind in zip(tokens, [*tokens[1:], None], strict=True):
        if block.type == "heading_open" and block.level == 0 and block.tag in ("h1", "h2"):
            headings.append(behind.content)
        for token in (block, *(block.children or ())):
            assert token.type not in ("html_block", "html_inline")
            if token.type == "image":
                assert re.match(r"data:image/(png|jpeg);base64,", token.attrs["src"])
            if token.type == "link_open":
                assert re.match(r"https?://|mailto:", token.attrs["href"])
    assert sum("model" in heading for heading in headings) >= text.count("-question")
    _is_clean(text)


def _is_clean(text):
    assert not re.search("[\0\x1b\x9b\ufffe]", text)
    headings = re.findall(r'<h[12].*|^##? .*|"(?:Title|Answer)"/>.*?</w:p>', text, re.MULTILINE)
    assert headings
    assert not re.search("[\u202e\u2066\u200f]", "".join(headings))


_INERT = {
    ExportFormat.HTML: _is_inert_html,
    ExportFormat.DOCX: _is_inert_docx,
    ExportFormat.PDF: _is_inert_pdf,
    ExportFormat.MARKDOWN: _is_inert_markdown,
}

MONSTERS = {
    "a line of a megabyte": "word " * 200_000 + MARK,
    "a word of a megabyte": "x" * 1_000_000 + f" {MARK}",
    "a table of 2,000 columns": f"|{'a|' * 2000}\n|{'-|' * 2000}\n|{'b|' * 1999}{MARK}|",
    "a table of 2,000 rows": "|a|b|\n|-|-|\n" + "|1|2|\n" * 2000 + f"|{MARK}|x|",
    "a cell of many pages": f"|a|b|\n|-|-|\n|{'long words ' * 20_000}{MARK}|x|",
    "quotes 20,000 deep": ">" * 20_000 + f" {MARK}",
    "lists 300 deep": "\n".join("  " * depth + "- a" for depth in range(300)) + f" {MARK}",
    "code of 100,000 characters": "```\n" + "x = 1\n" * 17_000 + f"{MARK}\n```",
    "a line of code of 100,000 characters": "```\n" + "x" * 100_000 + f" {MARK}\n```",
    "a thousand headings": "# x\n\n" * 1000 + MARK,
    "right to left": "אב גד " * 20_000 + MARK,
    "many kinds of letters": "".join(map(chr, range(0x20, 0x3000))) + f"\n\n{MARK}",
    "marks upon marks": "a" + "\u0301" * 20_000 + f" {MARK}",
    "brackets": "[" * 49_000 + f"\n\n{MARK}",
    "nothing but line ends": "\n" * 100_000 + MARK,
}


@pytest.mark.parametrize("format_", READABLE)
@pytest.mark.parametrize("monster", MONSTERS, ids=lambda name: name.replace(" ", "-"))
def test_monsters_are_written_too(tmp_path, format_, monster):
    words = words_of(write(tmp_path, [chat(reply=MONSTERS[monster])], format_))
    assert MARK in words


@pytest.mark.parametrize("format_", READABLE)
def test_monstrous_questions_are_written_too(tmp_path, format_):
    words = words_of(
        write(tmp_path, [chat("x" * 300_000 + f" {MARK}", title="t" * 1_000_000)], format_)
    )
    assert MARK in words
