"""The bundle's own processes behind the same clients that the program uses: libraries and data."""

import json
import subprocess
import sys

import pytest

from app.domain.downloads.network import Network
from app.downloads.client import DownloadClient
from app.downloads.protocol import Looked
from app.pipe.waiting import wait_for
from tests.helpers.documents import cells, pdf, read, slides, word
from tests.helpers.documents import saved as saved_document
from tests.helpers.frozen import run_frozen
from tests.helpers.hub import Pattern
from tests.helpers.pictures import FORMATS, flag, prepare, saved
from tests.helpers.screen_reader import desktop, missing
from tests.helpers.tiny_models import chain, write_llama_spm, write_mistral3, write_scripted

pytestmark = pytest.mark.timeout(300)

WORDS = "Cold air from the northwest"
ANSWER = "It is from far away."


@pytest.fixture
def bundle(artefacts, monkeypatch):
    """The bundle, whose processes are what `worker_command` starts in this one."""
    folder = artefacts / "bundle" / "Cierzo"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(folder / "cierzo"))
    return folder


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("kind", FORMATS)
def test_pictures_of_all_kinds_are_decoded(kind):
    assert prepare(saved(flag(), kind)).format == FORMATS[kind]


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("d.pdf", lambda: saved_document(pdf(WORDS))),
        ("d.docx", lambda: word(WORDS)),
        ("d.pptx", lambda: slides(WORDS)),
        ("d.xlsx", lambda: cells([WORDS, 7])),
        ("d.txt", lambda: f"{WORDS} – Ä".encode("cp1252")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_documents_of_all_kinds_are_read(name, content):
    assert WORDS in " ".join(page.text for page in read(content(), name).pages)


@pytest.mark.usefixtures("bundle")
def test_the_download_worker_asks_a_hub(hub):
    hub.add("acme/tiny-GGUF", {"tiny-Q4_K_M.gguf": Pattern(3000)})

    def start(post, on_end):
        client = DownloadClient(post=post)
        client.look(Network(endpoint=hub.url), "acme/tiny-GGUF", "main", on_end=on_end)
        return client

    looked = wait_for(start)
    assert isinstance(looked, Looked)
    assert [file.path for file in looked.files] == ["tiny-Q4_K_M.gguf"]


@pytest.mark.parametrize("write", [write_mistral3, write_llama_spm])
def test_both_kinds_of_tokenisers_work(artefacts, tmp_path, write):
    model = write(tmp_path / "tiny.gguf")
    messages = tmp_path / "messages.json"
    messages.write_text(json.dumps([{"role": "user", "content": WORDS}]), encoding="utf-8")
    words = ("tokens", "--json", "--model", model, "--messages", messages)
    result = run_frozen(artefacts / "bundle" / "Cierzo", *words)
    assert result.returncode == 0, result.stderr
    assert WORDS in json.loads(result.stdout)["text"].replace("\N{LOWER ONE EIGHTH BLOCK}", " ")


def test_a_question_is_answered_in_the_window(artefacts, tmp_path):
    """On a real X server, by a screen reader."""
    lacks = missing()
    assert not lacks, f"Install the packages {' '.join(lacks)}."
    script = chain("[/INST]", "It", " is", " from", " far", " away", ".", "</s>")
    model = write_scripted(tmp_path / "windy.gguf", script)
    with desktop() as (environment, reader):
        process = subprocess.Popen(
            [artefacts / "bundle/Cierzo/cierzo", "--home", tmp_path / "data", model],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            program = reader.program("Cierzo")
            for button, page in (
                ("modelsButton", "modelsPage"),
                ("settingsButton", "settingsPage"),
            ):
                reader.wait(lambda b=button: program.find(b), button).press()
                shown = reader.wait(lambda p=page: program.find(p), page)
                reader.wait(lambda s=shown: s.is_showing, page)
            reader.wait(lambda: program.find("newChatButton"), "a new chat").press()
            field = reader.wait(lambda: program.find("messageInput"), "the composer")
            reader.wait(lambda: field.is_showing, "the chat page")
            field.write("Which wind blows here?")
            send = program.find("sendButton")
            reader.wait(lambda: send.is_enabled, "something to send")
            send.press()
            shown = reader.wait(lambda: program.find("transcript"), "the transcript")
            reader.wait(lambda: any(ANSWER in t.words() for t in shown.walk()), "the answer")
        finally:
            process.terminate()
            _, errors = process.communicate(timeout=30)
    assert errors == ""
