"""The media process when a document attacks it, and the reader that starts one per document."""

import os
import struct
import subprocess
import sys
import zlib

import msgspec
import pytest

from app.domain import errors
from app.domain.attachments import Source
from app.domain.errors import WorkerBug
from app.media import client, process_queue
from app.media.client import DocumentReader, DocumentText
from app.media.protocol import MAX_PAGES
from tests.helpers.children import only_mine, workers
from tests.helpers.documents import (
    cells,
    lying_about_size,
    open_document,
    package,
    pages,
    part_of,
    pdf,
    raw_pdf,
    read,
    sabotaged_worker,
    saved,
    slides,
    with_part,
    word,
    words,
    workbook,
)
from tests.helpers.posted import Posted

__all__ = ["only_mine"]  # a fixture

MEBIBYTE = 1 << 20
CATALOGUE = "<</Type/Catalog/Pages 2 0 R>>"
LAUGHS = (
    "<!DOCTYPE a [<!ENTITY l0 'ha'>"
    + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)
OUTSIDE = "<!DOCTYPE a [<!ENTITY l9 SYSTEM 'file:///etc/passwd'>]>"
for_ever = "def read_text(data, pages):\n    while True: pass\ntext.read_text = read_text"


@pytest.fixture
def sabotage(monkeypatch):
    """Have every media process run some code before it begins."""

    def replace(code: str) -> None:
        monkeypatch.setattr(process_queue, "worker_command", lambda role: sabotaged_worker(code))

    return replace


@pytest.fixture(autouse=True)
def nothing_is_left():
    """Whatever happened, the process is gone."""
    yield
    assert not workers()


class Owner(Posted):
    """A reader with an event loop of one queue."""

    def __init__(self) -> None:
        super().__init__()
        self.reader = DocumentReader(post=self.post)
        self.ends: list[object] = []

    def start(self, data: bytes, name: str = "d") -> None:
        self.reader.start(Source(name=name, data=data), on_end=self.ends.append)


@pytest.fixture
def owner():
    made = Owner()
    yield made
    made.reader.close()


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        (word("x"), "word/document.xml"),
        (slides("x"), "ppt/slides/slide1.xml"),
        (cells(["x"]), "xl/worksheets/sheet1.xml"),
        (cells(["x"]), "xl/sharedStrings.xml"),
        (open_document("text", ""), "content.xml"),
    ],
    ids=["docx", "pptx", "xlsx", "strings", "odt"],
)
def test_bombs(whole, part):
    bomb = with_part(whole, part, (bytes(MEBIBYTE) for _ in range(600)))
    with pytest.raises(errors.DocumentTooLarge, match="512 MiB"):
        read(bomb)
    with pytest.raises(errors.DocumentError):
        read(lying_about_size(bomb, part))


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit the memory")
def test_a_bomb_of_cells_ends_at_the_limit():
    """Two cells in opposite corners of a sheet, and a library that keeps all between them."""

    def fill(made):
        sheet = made.add_worksheet()
        sheet.write(0, 0, 1)
        sheet.write(1_048_575, 16_383, 1)

    with pytest.raises(errors.DocumentCrashed, match="aborted"):
        read(workbook(fill))


def test_a_sheet_that_is_used_at_its_end_is_read():
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write(0, 0, "first")
        sheet.write(1_048_575, 0, "last")

    assert pages(workbook(fill)) == {"Sheet1": "first\n\nlast"}


def test_a_small_file_with_too_many_words():
    paragraph = b"<w:p><w:r><w:t>" + b"word " * 20_000 + b"</w:t></w:r></w:p>"
    begin, _, end = part_of(word("x"), "word/document.xml").partition(b"<w:body>")
    parts = (begin + b"<w:body>", *([paragraph] * 170), end)
    with pytest.raises(errors.DocumentTooLong):
        read(with_part(word("x"), "word/document.xml", parts))


@pytest.mark.parametrize("attack", [LAUGHS, OUTSIDE], ids=["laughs", "outside"])
def test_entities_are_refused(attack):
    document = f"{attack}<w:document xmlns:w='w'><w:p><w:t>&l9;</w:t></w:p></w:document>"
    strings = f"{attack}<sst><si><t>&l9;</t></si></sst>"
    with pytest.raises(errors.DocumentBroken):
        read(with_part(word("x"), "word/document.xml", document.encode()))
    with pytest.raises(errors.DocumentBroken):
        read(with_part(cells(["x"]), "_rels/.rels", f"{attack}<a>&l9;</a>".encode()))
    with pytest.raises(errors.DocumentBroken):
        read(open_document("text", "<text:p>&l9;</text:p>", before=attack))
    with pytest.raises(errors.DocumentBroken):
        read(open_document("spreadsheet", "<table:table>&l9;</table:table>", before=attack))
    with pytest.raises(errors.DocumentError):
        read(with_part(cells(["x"]), "xl/sharedStrings.xml", strings.encode()))
    assert words(f"{attack}<html><p>&l9; x".encode(), "a.html").endswith("&l9; x")


def test_names_that_lead_out_of_a_package_lead_nowhere(tmp_path):
    data = with_part(word("words"), "../../../../tmp/evil", b"x")
    assert words(with_part(data, "/etc/evil", b"x")) == "words"
    relations = part_of(word("x"), "_rels/.rels").replace(b"word/document.xml", b"../../a.xml")
    with pytest.raises(errors.DocumentError):
        read(with_part(word("x"), "_rels/.rels", relations))
    outside = part_of(word("x"), "_rels/.rels").replace(
        b"Target=", b'TargetMode="External" Target='
    )
    with pytest.raises(errors.NotADocument):
        read(with_part(word("x"), "_rels/.rels", outside))


def test_parts_that_are_missing_or_packed_in_an_unknown_way():
    relations = {"_rels/.rels": part_of(word("x"), "_rels/.rels")}
    with pytest.raises(errors.DocumentBroken):
        read(package(relations))
    changed = bytearray(word("x"))
    place = changed.find(b"PK\x01\x02")
    while place >= 0:
        changed[place + 10 : place + 12] = struct.pack("<H", 99)
        place = changed.find(b"PK\x01\x02", place + 4)
    with pytest.raises(errors.DocumentBroken):
        read(bytes(changed))


@pytest.mark.parametrize(
    "tree",
    [
        "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 5>>",
        "<</Type/Pages/Kids[3 0 R]/Count 2>>",
        "<</Type/Pages/Count 0/Kids[]>>",
        "<</Type/Pages/Count 9/Kids 99>>",
    ],
)
def test_trees_of_pages_that_lead_nowhere(tree):
    with pytest.raises(errors.DocumentError):
        read(raw_pdf(CATALOGUE, tree, "<</Type/Pages/Kids[2 0 R]/Parent 2 0 R/Count 1>>"))


def test_a_pdf_with_too_many_pages():
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    kids = "3 0 R " * 100_000
    tree = f"<</Type/Pages/Kids[{kids}]/Count 100000>>"
    with pytest.raises(errors.DocumentTooManyPages, match="10,000 pages"):
        read(raw_pdf(CATALOGUE, tree, page))


def test_a_pdf_that_unpacks_without_end():
    packed = zlib.compress(zlib.compress(bytes(1 << 29), 9), 9)
    stream = (
        f"<</Length {len(packed)}/Filter[/FlateDecode/FlateDecode]>>stream\n".encode()
        + packed
        + b"\nendstream"
    )
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
    data = raw_pdf(CATALOGUE, "<</Type/Pages/Kids[3 0 R]/Count 1>>", page, "STREAM")
    with pytest.raises(errors.DocumentError):
        read(data.replace(b"STREAM", stream))


@pytest.mark.parametrize("tag", ["div", "b", "table><tr><td", "ul><li", "svg", "template", "pre"])
def test_deep_web_pages(tag):
    data = f"<p>words</p>{f'<{tag}>' * 20_000}".encode()
    assert words(data, "a.html").startswith("words")


@pytest.mark.parametrize(
    ("whole", "part", "tag"),
    [
        (word("x"), "word/document.xml", "tbl><tr><tc"),
        (open_document("text", ""), "content.xml", "p"),
    ],
)
def test_deep_office_documents(whole, part, tag):
    opened = f"<{tag}>" * 20_000
    closed = "".join(f"</{name}>" for name in reversed(tag.split("><"))) * 20_000
    with pytest.raises(errors.DocumentEmpty):
        read(with_part(whole, part, f"<a>{opened}{closed}</a>".encode()))
    with pytest.raises(errors.DocumentBroken):
        read(with_part(whole, part, f"<a>{opened}</a>".encode()))


@pytest.mark.skipif(os.name != "posix", reason="resource limits")
def test_a_web_page_that_costs_too_much_time(sabotage):
    sabotage("main._DOCUMENT_CPU_S = 1")
    with pytest.raises(errors.DocumentTooSlow):
        read(f"<p>{'<table><tr><td>' * 9_000}{'x' * 900_000}".encode(), "a.html")


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
@pytest.mark.parametrize("how", ["SIGSEGV", "SIGABRT", "SIGKILL"])
def test_a_reader_that_crashes_costs_one_sentence(sabotage, how):
    sabotage(f"text.read_text = lambda data, pages: os.kill(os.getpid(), signal.{how})")
    with pytest.raises(errors.DocumentCrashed, match="“d” stopped the program part"):
        read(b"words")


@pytest.mark.skipif(os.name != "posix", reason="POSIX signals")
def test_a_process_that_waits_for_ever_is_stopped_by_the_watchdog(sabotage, monkeypatch):
    monkeypatch.setattr(client, "_DOCUMENT_LIMIT_S", 0.5)
    sabotage("text.read_text = lambda data, pages: signal.pause()")
    with pytest.raises(errors.DocumentTooSlow):
        read(b"words")


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not limit it")
def test_memory_is_limited(sabotage):
    sabotage("text.read_text = lambda data, pages: bytearray(3 << 29)")
    with pytest.raises(errors.DocumentTooLarge, match=r"1\.5 GiB"):
        read(b"words")


@pytest.mark.skipif(os.name != "posix", reason="resource limits")
@pytest.mark.parametrize("attempt", ["open('/etc/passwd')", "socket.socket()", "os.pipe()"])
def test_while_it_reads_nothing_can_be_opened(sabotage, attempt):
    sabotage(
        "def read_text(data, pages):\n"
        f"    try: {attempt}\n"
        "    except OSError: os._exit(77)\n"
        "text.read_text = read_text"
    )
    with pytest.raises(errors.DocumentCrashed, match="exit code 77"):
        read(b"words")


def test_what_native_code_prints_is_not_kept(sabotage):
    sabotage(
        "def read_text(data, pages):\n"
        "    os.write(1, data)\n    os.write(2, data)\n    raise SystemExit(3)\n"
        "text.read_text = read_text"
    )
    with pytest.raises(errors.DocumentCrashed) as caught:
        read(b"words")
    assert not caught.value.detail


@pytest.mark.parametrize("kind", ["ValueError", "KeyError", "AssertionError"])
def test_a_bug_of_ours_is_a_report_without_words(sabotage, kind):
    sabotage(
        f"def read_text(data, pages): raise {kind}(data)\ntext.read_text = read_text",
    )
    with pytest.raises(WorkerBug, match=kind) as caught:
        read(b"private words")
    assert "private" not in str(caught.value)


def said(**changes: object) -> str:
    reply = {
        "type": "DocumentRead",
        "request_id": 1,
        "kind": "PDF",
        "pages": [{"label": "1", "text": "x"}],
    }
    return msgspec.json.encode(reply | changes).decode()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("hello", "broke the protocol"),
        ('{"type":"Failed","request_id":1,"code":"document_empty","facts":{}}', "protocol"),
        ("x" * 80_000_000, "ended by the system"),
        (said(pages=[]), "no document"),
        (said(pages=[{"text": ""}]), "no document"),
        (said(pages=[{"text": "x"}] * (MAX_PAGES + 1)), "no document"),
        (said(pages=[{"text": "x" * 16_000_001}]), "no document"),
        (said(kind="\N{RIGHT-TO-LEFT OVERRIDE}"), "no document"),
        (said(pages=[{"label": "x" * 99, "text": "x"}]), "no document"),
        (
            '{"type":"Prepared","request_id":1,"pixels":"AAAA","width_px":1,"height_px":1,'
            '"original_width_px":1,"original_height_px":1,"format":"","thumbnail_png":""}',
            "protocol",
        ),
        ("", "exit code 0"),
    ],
    ids=range(11),
)
def test_a_process_that_was_taken_over_is_not_believed(sabotage, tmp_path, line, reason):
    path = tmp_path / "said"
    path.write_text(line + "\n" * bool(line), encoding="utf-8")
    sabotage(f"print(open({str(path)!r}, encoding='utf-8').read(), end='')\nraise SystemExit")
    with pytest.raises(errors.DocumentCrashed, match=reason):
        read(b"words")


@pytest.mark.parametrize(
    ("library", "data"),
    [
        ("pypdfium2", saved(pdf("x"))),
        ("python_calamine", cells(["x"])),
        ("charset_normalizer", b"x"),
    ],
)
def test_a_broken_installation_is_one_sentence(sabotage, library, data):
    sabotage(
        "import sys\ndel sys.modules['app.media.worker.text'], sys.modules['charset_normalizer']\n"
        f"sys.modules[{library!r}] = None"
    )
    with pytest.raises(errors.DocumentReaderMissing, match="a library is missing"):
        read(data)


def test_a_program_that_cannot_be_started(monkeypatch):
    monkeypatch.setattr(process_queue, "worker_command", lambda role: ["/no/such/program"])
    with pytest.raises(errors.DocumentReaderMissing, match="Reinstall"):
        read(b"x")


def test_documents_end_in_the_order_in_which_they_came(owner):
    for name, data in [("a", b"one"), ("b", b"\0"), ("c", b""), ("d", b"two")]:
        owner.start(data, name)
    assert not owner.ends, "nothing is reported before the owner looks"
    assert len(workers()) == 1, "one at a time"
    owner.wait(lambda: len(owner.ends) == 4)
    assert [type(end).__name__ for end in owner.ends] == [
        "DocumentText",
        "NotADocument",
        "DocumentEmpty",
        "DocumentText",
    ]


def test_the_document_after_a_crash_is_read(owner):
    owner.start(b"one")
    owner.start(b"two")
    workers()[0].kill()
    owner.wait(lambda: len(owner.ends) == 2)
    assert isinstance(owner.ends[0], errors.DocumentCrashed)
    assert isinstance(owner.ends[1], DocumentText)


def test_close_ends_the_process_and_reports_nothing(owner, sabotage):
    sabotage(for_ever)
    owner.start(b"one")
    owner.start(b"two")
    (worker,) = workers()
    owner.reader.close()
    assert not worker.is_running()
    owner.run_what_is_posted()
    assert not owner.ends


def test_too_many_bytes_from_the_clipboard():
    with pytest.raises(errors.DocumentFileTooLarge, match="64 MiB"):
        read(bytes((64 << 20) + 1))


def test_the_process_ends_with_its_parent():
    """When the parent is gone before the job is complete, nobody waits for the rest."""
    job = {"type": "ReadDocument", "request_id": 1, "name": "d", "data_bytes": 9}
    worker = subprocess.run(
        [sys.executable, "-P", "-m", "app", "--media-worker"],
        input=msgspec.json.encode(job) + b"\nabc",
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert not worker.stdout


def test_the_window_never_loads_what_reads_documents():
    code = "import sys, app.media.client, app.media.file_kinds; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"pypdfium2", "python_calamine", "charset_normalizer", "zipfile", "html.parser"}
    assert not heavy & set(result.stdout.split())
