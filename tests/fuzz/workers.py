"""What a worker that a file took over can say to the window."""

import contextlib
import logging
import pathlib
import tempfile
from collections.abc import Iterator

import msgspec

from app.domain.attachments import Source
from app.domain.chat import Conversation, Message, Role
from app.domain.downloads.network import Network
from app.domain.errors import AppError, Cancelled, WorkerBug
from app.domain.kept_chat import KeptChat
from app.domain.model_file import ModelFile
from app.domain.picture_grid import PictureGrid
from app.downloads.client import DownloadClient
from app.downloads.protocol import FetchState
from app.engine.client import engine_client
from app.exchange.reader_client import ChatReader
from app.media.client import DocumentReader, DocumentText, PictureReader, PreparedPicture
from app.services.chat_service import ChatService
from app.services.download_entry import Entry
from app.services.engine_service import EngineService
from tests.fuzz.mouth import Mouth, Posts, mouths
from tests.fuzz.shelf import keep
from tests.fuzz.target import Target
from tests.helpers.downloads_desk import job_named

_GOOD_ENDS = (AppError, Cancelled, WorkerBug)
_GRID = PictureGrid(cell_px=28, longest_px=280)
_MOST_LINES = 40


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """What a broken worker says is logged, as it should be."""
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _talk(said: list[Mouth], posts: Posts, data: bytes) -> None:
    """Let the worker of the moment say it line by line, and then be gone."""
    for line in data.split(b"\n")[:_MOST_LINES]:
        if said:
            said[-1].say(line + b"\n")
        posts.run()
    for mouth in said:
        mouth.end()
    posts.run()


def _engine(data: bytes) -> None:
    with quiet(), mouths() as said:
        posts = Posts()
        client = engine_client(post=posts.put)
        model = ModelFile(name="M", path=pathlib.Path("/m.gguf"))
        service = EngineService(client, model, free_memory_bytes=lambda: 1 << 30)
        chats = ChatService(service)
        chat = chats.new_chat()
        ends: list[object] = []
        chats.ask(chat.chat_id, "Q")  # request 1 loads, 2 answers, 3 counts
        asked = Conversation(messages=(Message(Role.USER, "Q"),))
        service.count(asked, on_end=ends.append)
        _talk(said, posts, data)
        assert len(ends) == 1
        assert service.state.error is None or isinstance(service.state.error, _GOOD_ENDS)
        assert 0 <= service.state.progress <= 1
        assert not chat.is_busy
        for message in chat.messages:
            assert msgspec.json.decode(msgspec.json.encode(message), type=type(message)) == message
        client.close()


def _downloads(data: bytes) -> None:
    with quiet(), mouths() as said:
        posts = Posts()
        client = DownloadClient(post=posts.put)
        job = job_named("a")
        entry = Entry(job=job, models_folder=pathlib.Path("/models"))
        ends: list[object] = []
        here = pathlib.Path("/nowhere")

        def follow(state: FetchState) -> None:
            entry.take(state)
            assert entry.shown.job.id == job.id

        client.fetch(
            Network(), here, here, reuse_folders=(), other_bytes=0, on_state=follow,
            on_end=ends.append,
        )  # fmt: skip
        client.look(Network(), "acme/a", "main", on_end=ends.append)
        client.hash(here, is_urgent=True, on_progress=lambda event: None, on_end=ends.append)
        _talk(said, posts, data)
        assert len(ends) <= 3
        for end in ends:
            assert not isinstance(end, Exception) or isinstance(end, _GOOD_ENDS)
        client.close()


def _media(data: bytes) -> None:
    with quiet(), mouths() as said:
        posts = Posts()
        pictures, documents = PictureReader(post=posts.put), DocumentReader(post=posts.put)
        ends: list[object] = []
        source = Source(name="a", data=b"a")
        pictures.start(source, _GRID, folder=None, on_end=ends.append)
        documents.start(source, on_end=ends.append)
        for mouth in said:
            mouth.say(data + b"\n")
            mouth.end()
        posts.run()
        assert len(ends) == 2
        picture, document = ends
        assert isinstance(picture, PreparedPicture | AppError | WorkerBug)
        assert isinstance(document, DocumentText | AppError | WorkerBug)


def _chats(data: bytes) -> None:
    with quiet(), mouths() as said, tempfile.TemporaryDirectory() as folder:
        posts = Posts()
        reader = ChatReader(post=posts.put)
        ends: list[object] = []
        found: list[KeptChat] = []
        here = pathlib.Path(folder)
        reader.read(here / "file", here, on_chat=found.append, on_end=ends.append)
        _talk(said, posts, data)
        assert len(ends) == 1
        reader.close()
        if found:
            assert keep(found)


_TAG = b'{"type":"%b","request_id":%d,'
_WORDS = (
    *(b"null", b"true", b"-1", b"1e400", b"1" * 25, b"1" * 400, b"[" * 3000, b'{"a":' * 3000),
    *(b'"facts":{}', b'"facts":{"detail":"x"}', b'"facts":{"name":1,"limit_bytes":"x"}', b"}\n"),
    *(b'"code":"context_full"', b'"code":"engine_missing"', b'"code":"bug"', b'"code":"cancelled"'),
    *(b'"code":"wrong_bytes"', b'"code":"picture_damaged"', b'"code":"no_chats"', b'"detail":"x"'),
)


def _words(*kinds: bytes) -> tuple[bytes, ...]:
    return (*_WORDS, *(_TAG % (kind, number) for kind in kinds for number in (0, 1, 2, 3)))


TARGETS = (
    Target(
        name="engine_words",
        promise="whatever an engine says, every question ends once and the window lives",
        fuzz_one=_engine,
        words=(
            *_words(b"Progress", b"TextDelta", b"Repeating", b"Loaded", b"Generated", b"Counted"),
            *_words(b"Failed", b"Tokenised", b"SegmentTokens", b"Unloaded", b"Kept"),
            *(b'"stage":"load"', b'"stage":"prompt"', b'"stage":"?"', b'"done":1,"total":0'),
            *(b'"part":7', b'"part":-1', b'"is_thought":true', b'"text":"x"'),
        ),
    ),
    Target(
        name="download_words",
        promise="whatever a download worker says, every request ends once",
        fuzz_one=_downloads,
        words=(
            *_words(b"FetchState", b"Traffic", b"Looked", b"Fetched", b"Stopped", b"Hashed"),
            *_words(b"Failed", b"FileProgress", b"UrlRead", b"Peeked"),
            *(b'"state":"waiting"', b'"state":"downloading"', b'"problem":{"code":"hub_busy"}'),
        ),
    ),
    Target(
        name="media_words",
        promise="whatever a process with a picture or a document says, both requests end once",
        fuzz_one=_media,
        words=(
            *_words(b"Prepared", b"DocumentRead", b"Failed"),
            *(b'"original_width_px":0', b'"original_height_px":1e999', b'"pixels":"AAAA"'),
        ),
    ),
    Target(
        name="reader_words",
        promise="whatever a reader of chats says, what is believed can be kept",
        fuzz_one=_chats,
        words=(
            *_words(b"ChatFound", b"ChatsRead", b"Progress", b"Failed"),
            *(b'"created_ms":', b'"parent_id":', b'"seed":', b'"leaf_id":', b'"thought_s":'),
        ),
    ),
)
