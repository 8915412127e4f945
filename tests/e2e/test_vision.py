"""Pictures and the real worker: what the model sees, what it costs, what goes wrong."""

import pathlib
import random
import time

import msgspec
import psutil
import pytest

from app.domain.chat import Message, PicturePart, Role, TextPart
from app.domain.errors import (
    AppError,
    PictureMissing,
    PicturesUnavailable,
    ProjectorMismatch,
    ProjectorUnusable,
)
from app.domain.picture_grid import PictureGrid
from app.engine.protocol import Unload
from app.pipe.messages import Progress
from tests.e2e.conftest import named
from tests.helpers.engine_runner import EngineRunner, conversation
from tests.helpers.last_logits import difference, read
from tests.helpers.mtmd_logits import read_by_mtmd
from tests.helpers.prepared_pictures import CELL_PX, of_pixels, picture, show
from tests.helpers.tiny_models import EMBEDDING, write_mistral4, write_pixtral_projector

WHAT = "What is it?"
# Share of the spread of logits; measured 0 to 0.006.
SAME = 0.02
OBEY_S = 3.0


def looks(asked) -> int:
    """How often the worker said that it looks at a picture."""
    return sum(isinstance(e, Progress) and e.stage == "picture" for e in asked.events)


def usage(asked):
    return asked.end.usage


@pytest.fixture
def engine(run_engine, mistral4_model, projector) -> EngineRunner:
    """One that sees, with nothing loaded yet."""
    return run_engine(mistral4_model, projector=projector.path, kept_bytes=1 << 28)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (25, 18), (5, 31)])
def test_a_picture_takes_a_token_for_each_cell_and_row(engine, size):
    columns, rows = size
    without = usage(engine.ask(WHAT, max_tokens=1)).prompt_tokens
    asked = engine.ask(show(WHAT, picture(columns, rows)), max_tokens=1)
    assert usage(asked).image_tokens == (columns + 1) * rows
    assert usage(asked).prompt_tokens == without + (columns + 1) * rows


def test_no_size_that_the_grid_can_have_is_scaled(engine):
    # Where mtmd scaled, its count of tokens would not be ours, which the worker checks.
    draw = random.Random(5)
    sizes = [(1, 1), (1, 55), (55, 1), (55, 55), (54, 55), (2, 55), (55, 2)]
    sizes += [(draw.randint(1, 55), draw.randint(1, 12)) for _ in range(12)]
    sizes += [(draw.randint(1, 12), draw.randint(1, 55)) for _ in range(12)]
    for columns, rows in sizes:
        asked = engine.ask(show(WHAT, picture(columns, rows)), max_tokens=1)
        assert usage(asked).image_tokens == (columns + 1) * rows


def test_the_projector_of_pixtral_12b_has_cells_of_its_own(
    run_engine, tekken_model, pixtral_12b_projector
):
    engine = run_engine(tekken_model, projector=pixtral_12b_projector.path)
    for columns, rows in ((1, 1), (20, 10), (64, 1), (1, 64), (64, 64)):
        shown = picture(columns, rows, cell_px=16)
        asked = engine.ask(show(WHAT, shown), max_tokens=1)
        assert usage(asked).image_tokens == (columns + 1) * rows
    assert engine.service.state.loaded.grid == PictureGrid(cell_px=16, longest_px=1024)


def test_pixels_in_a_file_are_the_same_picture(engine, tmp_path):
    inside = engine.ask(show(WHAT, picture(6, 5)), chat="a")
    filed = engine.ask(show(WHAT, picture(6, 5, folder=tmp_path)), chat="b")
    assert usage(filed).prompt_tokens - usage(filed).reused_tokens == 1
    assert filed.text == inside.text != ""


def test_the_model_sees_the_picture(engine):
    texts = {
        engine.ask(show(WHAT, picture(6, 5, seed=seed)), chat="a", max_tokens=24).text
        for seed in range(3)
    }
    assert len(texts) == 3


@pytest.mark.parametrize("kind", ["mistral4_model", "mistral3_model"])
def test_it_sees_what_llama_cpps_own_path_shows(request, projector, kind):
    path = request.getfixturevalue(kind).path
    asked = conversation(
        show("Two.", picture(9, 7), picture(30, 20, seed=2)), "Yes.", show("More.", picture(1, 3))
    )
    ours = read(path, ("a", asked), projector=str(projector.path))
    theirs = read_by_mtmd(path, projector.path, asked)
    assert theirs.prompt_tokens == ours.prompt_tokens
    assert difference(ours, theirs) < SAME


def test_a_wrong_pixel_would_be_noticed_by_that_comparison(mistral4_model, projector):
    shown, other = (conversation(show(WHAT, picture(9, 7, seed=seed))) for seed in (1, 2))
    ours = read(mistral4_model.path, ("a", shown), projector=str(projector.path))
    theirs = read_by_mtmd(mistral4_model.path, projector.path, other)
    assert difference(ours, theirs) > 10 * SAME


def test_a_follow_up_gives_the_logits_of_a_fresh_context(mistral4_model, projector):
    first = show(WHAT, picture(30, 20))
    follow_up = conversation(first, "A plain.", show("And this?", picture(9, 7, seed=2)))
    options = {"projector": str(projector.path), "kept_bytes": 1 << 28}
    reused = read(mistral4_model.path, ("a", conversation(first)), ("a", follow_up), **options)
    fresh = read(mistral4_model.path, ("a", follow_up), **options)
    assert reused.reused_tokens > 31 * 20
    assert difference(reused, fresh) < SAME


def test_a_follow_up_looks_at_no_picture_again(engine):
    question = show(WHAT, picture(25, 18), picture(9, 7, seed=2))
    first = engine.ask(question, chat="a", max_tokens=1)
    engine.ask("Something else.", chat="b", max_tokens=1)
    follow_up = engine.ask(question, "A plain.", "And then?", chat="a", max_tokens=1)
    assert looks(first) >= 2
    assert looks(follow_up) == 0
    assert usage(follow_up).reused_tokens == usage(first).prompt_tokens
    assert usage(follow_up).image_tokens == 26 * 18 + 10 * 7


def test_a_picture_that_another_chat_has_is_read_but_not_looked_at(engine):
    first = engine.ask(show(WHAT, picture(25, 18)), chat="a", max_tokens=1)
    second = engine.ask(
        Message(
            Role.USER, (TextPart("Before it, words."), PicturePart(picture(25, 18)), TextPart("?"))
        ),
        chat="b",
        max_tokens=1,
    )
    assert looks(first) >= 1
    assert looks(second) == 0
    assert usage(second).reused_tokens < 25


def test_the_same_pixels_in_another_shape_are_another_picture(engine):
    white = bytes([255]) * (4 * CELL_PX * CELL_PX * 3)
    wide, tall, square = (
        of_pixels(white, columns * CELL_PX, rows * CELL_PX)
        for columns, rows in ((4, 1), (1, 4), (2, 2))
    )
    assert wide.sha256 == tall.sha256 == square.sha256
    for shown, tokens in ((wide, 5), (tall, 8), (square, 6)):
        asked = engine.ask(show(WHAT, shown), chat="a", max_tokens=1)
        assert usage(asked).image_tokens == tokens
        assert looks(asked) >= 1
        assert usage(asked).reused_tokens < 22


def test_a_chat_that_was_cut_inside_a_picture_goes_on_inside_it(engine):
    # The answer takes the last cells; what follows a picture's middle must be its second half.
    shown = picture(55, 40)
    asked = engine.start(show(WHAT, shown), chat="a", max_tokens=1)
    engine.wait(lambda: [e for e in asked.events if getattr(e, "done", 0) > 600])
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    again = engine.ask(show(WHAT, shown), chat="a", max_tokens=8)
    fresh = engine.ask(show(WHAT, shown), chat="b", max_tokens=8)
    assert looks(again) == 0
    assert 600 < usage(again).reused_tokens < 56 * 40
    assert again.text == fresh.text


def test_the_projector_is_loaded_when_a_picture_comes_and_freed_with_the_model(
    run_engine, mistral4_model, tmp_path
):
    big = write_pixtral_projector(
        tmp_path / "mmproj.gguf", embedding=EMBEDDING, image_px=1536, patch_px=512, merge=1
    )
    big_bytes = big.stat().st_size
    engine = run_engine(mistral4_model, projector=big)
    engine.ask("Hi", max_tokens=1)
    worker = psutil.Process(engine.service.pid)
    assert engine.service.state.loaded.grid == PictureGrid(cell_px=512, longest_px=1536)
    before = worker.memory_info().rss
    engine.ask(show(WHAT, picture(1, 1, cell_px=512)), max_tokens=1)
    loaded = worker.memory_info().rss
    engine.request(lambda i: Unload(request_id=i))
    freed = worker.memory_info().rss
    assert big_bytes > 100_000_000
    assert loaded - before > big_bytes * 0.9
    assert freed < loaded - big_bytes * 0.9


def test_pictures_are_refused_where_there_is_no_projector(run_engine, mistral4_model, tmp_path):
    engine = run_engine(named(write_mistral4(tmp_path / "m.gguf")))
    assert isinstance(engine.ask(show(WHAT, picture(1, 1))).end, PicturesUnavailable)
    assert engine.service.state.loaded.grid is None
    assert engine.ask(WHAT, max_tokens=1).text is not None


def test_one_beside_the_model_is_found_and_others_are_skipped(run_engine, tmp_path, tekken_model):
    model = named(write_mistral4(tmp_path / "m.gguf"))
    write_pixtral_projector(tmp_path / "mmproj-a-unfitting.gguf", embedding=EMBEDDING // 2)
    (tmp_path / "mmproj-b-empty.gguf").touch()
    (tmp_path / "mmproj-c-noise.gguf").write_bytes(b"GGUF" + random.Random(1).randbytes(5000))
    (tmp_path / "mmproj-d-folder.gguf").mkdir()
    (tmp_path / "mmproj-e-nowhere.gguf").symlink_to(tmp_path / "nowhere")
    (tmp_path / "mmproj-f-text.gguf").write_bytes(tekken_model.path.read_bytes())
    write_pixtral_projector(tmp_path / "mmproj-z.gguf", embedding=EMBEDDING)
    engine = run_engine(model)
    asked = engine.ask(show(WHAT, picture(2, 3)), max_tokens=1)
    assert usage(asked).image_tokens == 9


def test_the_projector_of_another_model_is_refused(run_engine, mistral4_model, unfitting_projector):
    engine = run_engine(mistral4_model, projector=unfitting_projector.path)
    error = engine.ask("Hi").end
    assert isinstance(error, ProjectorMismatch)
    assert unfitting_projector.path.name in str(error)


@pytest.mark.parametrize(
    "content", ["text model", "empty", "noise", "missing", "folder", "header", "cut"]
)
def test_what_is_no_projector_is_refused(
    run_engine, mistral4_model, tekken_model, projector, tmp_path, content
):
    path = tmp_path / "chosen.gguf"
    match content:
        case "text model":
            path = tekken_model.path
        case "empty":
            path.touch()
        case "noise":
            path.write_bytes(random.Random(1).randbytes(9000))
        case "folder":
            path.mkdir()
        case "header":
            path.write_bytes(projector.path.read_bytes()[:200])
        case "cut":
            path.write_bytes(projector.path.read_bytes()[:-1])
    error = run_engine(mistral4_model, projector=path).ask("Hi").end
    assert isinstance(error, ProjectorUnusable)
    assert str(path.parent) not in str(error) + error.detail


@pytest.mark.parametrize(
    ("key", "value"), [("image_px", 0), ("patch_px", 0), ("merge", 0), ("image_px", 1 << 31)]
)
def test_a_grid_that_cannot_be_is_refused(run_engine, mistral4_model, tmp_path, key, value):
    path = write_pixtral_projector(tmp_path / "p.gguf", embedding=EMBEDDING)
    data = bytearray(path.read_bytes())
    names = {"image_px": "image_size", "patch_px": "patch_size", "merge": "spatial_merge_size"}
    name = f"clip.vision.{names[key]}".encode()
    place = data.index(name) + len(name) + 4
    data[place : place + 4] = value.to_bytes(4, "little")
    path.write_bytes(data)
    error = run_engine(mistral4_model, projector=path).ask(show(WHAT, picture(1, 1))).end
    assert isinstance(error, ProjectorUnusable)


@pytest.mark.parametrize("damage", ["cut", "keys", "names", "noise", "gone"])
def test_a_projector_that_turns_out_to_be_damaged_costs_one_sentence(
    run_engine, mistral4_model, projector, tmp_path, expected_log, damage
):
    content = projector.path.read_bytes()
    path = tmp_path / "mmproj.gguf"
    path.write_bytes(content)
    engine = run_engine(mistral4_model, projector=path)
    engine.ask("Hi", chat="a", max_tokens=1)
    match damage:
        case "cut":
            path.write_bytes(content[: len(content) // 2])
        case "keys":
            path.write_bytes(content.replace(b"attention.head_count", b"attention.head_cOunt"))
        case "names":
            path.write_bytes(content.replace(b"v.patch_embd.weight", b"v.patch_emdb.weight"))
        case "noise":
            path.write_bytes(content[:-200_000] + random.Random(1).randbytes(200_000))
        case "gone":
            path.unlink()
    error = engine.ask(show(WHAT, picture(2, 2)), chat="a").end
    assert isinstance(error, AppError)
    assert str(tmp_path) not in str(error)
    assert usage(engine.ask("Hi", chat="a", max_tokens=1)).completion_tokens == 1


def test_missing_or_changed_pixels_are_told_and_the_next_question_works(engine, tmp_path):
    gone, short, changed = (picture(3, 3, seed=seed, folder=tmp_path) for seed in range(3))
    pathlib.Path(gone.path).unlink()
    pathlib.Path(short.path).write_bytes(b"short")
    pathlib.Path(changed.path).write_bytes(bytes(3 * 3 * CELL_PX * CELL_PX * 3))
    wrong = msgspec.structs.replace(picture(3, 3, seed=9), data=b"x" * 9)
    for shown in (gone, short, changed, wrong):
        assert isinstance(engine.ask(show(WHAT, shown), chat="a").end, PictureMissing)
    assert engine.ask(show(WHAT, picture(3, 3)), chat="a", max_tokens=1).end.usage


def test_pixels_are_not_needed_once_the_chat_was_read(engine, tmp_path):
    shown = picture(3, 3, folder=tmp_path)
    engine.ask(show(WHAT, shown), chat="a", max_tokens=1)
    pathlib.Path(shown.path).unlink()
    follow_up = engine.ask(show(WHAT, shown), "A plain.", "And then?", chat="a", max_tokens=1)
    assert usage(follow_up).image_tokens == 12


def test_a_stop_while_it_looks_at_a_large_picture_is_obeyed(engine):
    engine.ask(show(WHAT, picture(1, 1)), max_tokens=1)
    pid = engine.service.pid
    asked = engine.start(show(WHAT, picture(55, 55)), chat="a")
    engine.wait(lambda: looks(asked) > 1)
    stopped_s = time.monotonic()
    asked.work.stop()
    engine.wait(lambda: asked.ends)
    assert time.monotonic() - stopped_s < OBEY_S
    assert asked.text == ""
    assert engine.service.pid == pid
    # Half a look is none.
    again = engine.ask(show(WHAT, picture(55, 55)), chat="a", max_tokens=4)
    assert looks(again) > 0
    assert again.text == engine.ask(show(WHAT, picture(55, 55)), chat="b", max_tokens=4).text
