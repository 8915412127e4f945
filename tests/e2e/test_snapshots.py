"""What was read of a chat outlives the process, and nothing on the disk can hurt."""

import os
import pathlib
import resource
import shutil

import pytest

from app.domain.chat import Effort
from app.engine.protocol import ChatKey, Forget, Keep, Unload
from app.engine.worker.sequences import MOST_SEQUENCES
from tests.e2e.conftest import named
from tests.helpers.engine_runner import EngineRunner, conversation
from tests.helpers.last_logits import difference, read
from tests.helpers.prepared_pictures import picture, show
from tests.helpers.tiny_models import write_mistral3

FAST, DEEP = Effort.FAST, Effort.DEEP
PLENTY_BYTES = 1 << 30
PLAIN = "The wind blows over the plain. "
LONG = PLAIN * 30  # about 330 tokens
FOLLOW_UP = (LONG, "So it does.", "And then?")
HEADER_BYTES = 10 + 8 + 4096
SAME = 0.02


def reused_tokens(asked) -> int:
    return asked.end.usage.reused_tokens


def new_tokens(asked) -> int:
    return asked.end.usage.prompt_tokens - reused_tokens(asked)


@pytest.fixture
def folder(tmp_path) -> pathlib.Path:
    return tmp_path / "kv"


@pytest.fixture
def start(run_engine, mistral4_model, folder):
    """Make engines that keep what they read in the folder."""

    def make(model=mistral4_model, **options) -> EngineRunner:
        defaults = {"kept_bytes": 1 << 28, "snapshots": folder}
        most_bytes = options.pop("snapshots_bytes", PLENTY_BYTES)
        return run_engine(model, snapshots_bytes=lambda: most_bytes, **{**defaults, **options})

    return make


def keep(engine: EngineRunner) -> None:
    engine.request(lambda i: Keep(request_id=i))


def forget(engine: EngineRunner, chat: str) -> None:
    engine.request(lambda i: Forget(request_id=i, chat=chat))


def files(folder: pathlib.Path) -> list[pathlib.Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def test_a_new_process_goes_on_as_if_there_had_been_no_end(start):
    engine = start(snapshots=None)
    engine.ask(LONG, chat="a", max_tokens=8)
    without_end = reused_tokens(engine.ask(*FOLLOW_UP, chat="a", max_tokens=1))
    engine.close()
    engine = start()
    asked = engine.ask(LONG, chat="a", max_tokens=8)
    engine.close()
    follow_up = start().ask(*FOLLOW_UP, chat="a", max_tokens=1)
    assert reused_tokens(follow_up) == without_end >= asked.end.usage.prompt_tokens


def test_what_was_restored_gives_the_logits_of_a_fresh_context(mistral4_model, folder):
    options = {"snapshots": str(folder), "snapshots_bytes": PLENTY_BYTES}
    path = mistral4_model.path
    read(path, ("a", conversation(LONG)), is_kept=True, **options)
    restored = read(path, ("a", conversation(*FOLLOW_UP)), **options)
    assert restored.reused_tokens > 300
    assert difference(restored, read(path, ("a", conversation(*FOLLOW_UP)))) < SAME


def test_a_picture_in_the_history_is_not_looked_at_again(start, projector):
    turns = (show("What is it?", picture(9, 7)), "A plain.", "And then?")
    engine = start(projector=projector.path)
    first = engine.ask(turns[0], chat="a", max_tokens=1)
    keep(engine)
    engine.close()
    follow_up = start(projector=projector.path).ask(*turns, chat="a", max_tokens=1)
    assert reused_tokens(follow_up) == first.end.usage.prompt_tokens
    assert follow_up.end.usage.image_tokens == 10 * 7
    assert "picture" not in {getattr(event, "stage", "") for event in follow_up.events}


def test_both_efforts_of_a_chat_are_kept(start, folder):
    engine = start()
    for effort in (FAST, DEEP):
        engine.ask(LONG, chat="a", effort=effort, max_tokens=1)
    keep(engine)
    assert len(files(folder)) == 2
    engine.close()
    engine = start()
    for effort in (DEEP, FAST):
        assert new_tokens(engine.ask(LONG, chat="a", effort=effort, max_tokens=1)) == 1


def test_unloading_writes(start, folder):
    engine = start()
    engine.ask(LONG, chat="a", max_tokens=1)
    engine.ask(LONG, chat="b", max_tokens=1)
    engine.request(lambda i: Unload(request_id=i))
    assert len(files(folder)) == 2


def test_loading_another_model_writes(start, folder, mistral3_model):
    engine = start()
    engine.ask(LONG, chat="a", max_tokens=1)
    engine.service.use(mistral3_model)
    engine.ask("Hi", max_tokens=1)
    assert len(files(folder)) == 1


def test_giving_up_a_chat_for_another_writes_it(start, folder):
    engine = start()
    for number in range(MOST_SEQUENCES + 2):
        engine.ask(f"{number} {PLAIN}", chat=str(number), max_tokens=1)
    assert len(files(folder)) == 2
    assert new_tokens(engine.ask(f"0 {PLAIN}", chat="0", max_tokens=1)) == 1


def test_a_chat_comes_back_into_a_full_cache(start, folder):
    engine = start(context_tokens=1024, kept_bytes=0)
    for name in "abcd":
        engine.ask(f"{name} {LONG}", chat=name, max_tokens=1)
    assert len(files(folder)) > 0
    # Each of them pushes others out and comes back from the disk.
    for name in "abcdab":
        assert new_tokens(engine.ask(f"{name} {LONG}", chat=name, max_tokens=1)) == 1


def test_one_that_is_larger_than_the_context_is_not_restored(start, folder):
    engine = start(context_tokens=2048)
    engine.ask(PLAIN * 150, chat="a", max_tokens=1)
    keep(engine)
    engine.close()
    engine = start(context_tokens=1024, kept_bytes=0)
    engine.ask(LONG, chat="b", max_tokens=1)
    assert new_tokens(engine.ask("Hi", chat="a", max_tokens=1)) > 0
    assert files(folder) == []
    assert new_tokens(engine.ask(LONG, chat="b", max_tokens=1)) == 1


def test_nothing_new_is_not_written_again(start, folder):
    engine = start()
    engine.ask(LONG, chat="a", max_tokens=1)
    keep(engine)
    (file,) = files(folder)
    written = file.stat()
    keep(engine)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_the_service_keeps_while_nobody_waits(start, folder):
    engine = start()
    engine.ask(LONG, chat="a", max_tokens=1)
    engine.service.keep_snapshots()
    engine.wait(lambda: files(folder) and files(folder)[0].suffix == ".kv")


def test_only_the_owner_may_read_them_and_no_other_name_is_left(start, folder):
    engine = start()
    for chat in "ab":
        engine.ask(LONG, chat=chat, max_tokens=1)
    keep(engine)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in files(folder)] == [0o600] * 2
    assert {file.suffix for file in files(folder)} == {".kv"}


def test_what_a_killed_process_left_behind_is_cleared_away(start, folder):
    folder.mkdir()
    (folder / ".0123456789abcdef.part").write_bytes(b"half of a chat")
    start().ask("Hi", max_tokens=1)
    assert files(folder) == []


def test_a_private_chat_never_touches_the_disk(start, folder, tmp_path, monkeypatch):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    before = sorted(tmp_path.rglob("*"))
    engine = start()
    private = ChatKey("secret", is_private=True)
    asked = engine.ask(LONG, chat=private, max_tokens=4)
    keep(engine)
    for number in range(MOST_SEQUENCES):  # push it out
        engine.ask(f"{number}", max_tokens=1, chat=ChatKey(str(number), is_private=True))
    again = engine.ask(LONG, chat=private, max_tokens=4)
    engine.request(lambda i: Unload(request_id=i))
    assert new_tokens(again) > 300
    assert again.text == asked.text
    assert sorted(tmp_path.rglob("*")) == before


def test_a_private_chat_reads_nothing_that_was_kept_under_its_name(start, folder):
    engine = start()
    engine.ask(LONG, chat="a", max_tokens=1)
    keep(engine)
    engine.close()
    asked = start().ask(LONG, chat=ChatKey("a", is_private=True), max_tokens=1)
    assert reused_tokens(asked) == 0


def test_the_oldest_go_when_the_limit_is_reached(start, folder):
    engine = start()
    engine.ask(LONG, chat="size", max_tokens=1)
    keep(engine)
    size_bytes = files(folder)[0].stat().st_size
    engine.close()
    shutil.rmtree(folder)
    engine = start(snapshots_bytes=round(size_bytes * 2.5))
    written = {}
    for age, chat in enumerate("abc"):
        engine.ask(LONG, chat=chat, max_tokens=1)
        known = set(files(folder))
        keep(engine)
        (written[chat],) = set(files(folder)) - known
        # A minute apart: some file systems know no finer times.
        os.utime(written[chat], (1_700_000_000 + 60 * age,) * 2)
    assert set(files(folder)) == {written["b"], written["c"]}


def test_one_that_is_larger_than_the_limit_is_not_written(start, folder):
    engine = start(snapshots_bytes=10_000)
    engine.ask(LONG, chat="a", max_tokens=1)
    keep(engine)
    assert files(folder) == []


def test_forgetting_a_chat_leaves_nothing_of_it(start, folder):
    engine = start()
    for chat in "ab":
        for effort in (FAST, DEEP):
            engine.ask(f"{chat} {LONG}", chat=chat, effort=effort, max_tokens=1)
    keep(engine)
    forget(engine, "a")
    assert len(files(folder)) == 2
    assert new_tokens(engine.ask(f"a {LONG}", chat="a", effort=FAST, max_tokens=1)) > 300
    assert new_tokens(engine.ask(f"b {LONG}", chat="b", effort=FAST, max_tokens=1)) == 1


def test_a_chat_is_forgotten_by_an_engine_that_does_not_run(start, folder):
    engine = start()
    engine.ask(LONG, chat="a", max_tokens=1)
    keep(engine)
    engine.close()
    start().service.forget("a")
    assert files(folder) == []


def test_a_changed_model_does_not_get_what_the_old_one_read(start, folder, tmp_path):
    model = named(write_mistral3(tmp_path / "m.gguf"))
    engine = start(model)
    engine.ask(LONG, chat="a", max_tokens=1)
    keep(engine)
    engine.close()
    os.utime(model.path, (1_700_000_000, 1_700_000_000))
    asked = start(model).ask(LONG, chat="a", max_tokens=1)
    assert reused_tokens(asked) == 0


def test_the_file_of_another_model_is_deleted(start, folder, mistral3_model):
    other = start(mistral3_model)
    other.ask(LONG, chat="a", max_tokens=1)
    keep(other)
    (foreign,) = files(folder)
    content = foreign.read_bytes()
    other.close()
    foreign.unlink()
    engine = start()
    mine = own_file(engine, folder)
    mine.write_bytes(content)
    assert_unused(engine, mine)


def own_file(engine: EngineRunner, folder: pathlib.Path) -> pathlib.Path:
    """Have the chat written; then only the file is left of it."""
    engine.ask(LONG, chat="a", max_tokens=1)
    keep(engine)
    (file,) = files(folder)
    content = file.read_bytes()
    forget(engine, "a")
    file.write_bytes(content)
    return file


def assert_unused(engine: EngineRunner, file: pathlib.Path) -> None:
    """The chat works in the same process, from its beginning, and the file is gone."""
    pid = engine.service.pid
    asked = engine.ask(LONG, chat="a", max_tokens=4)
    assert reused_tokens(asked) == 0
    assert asked.end.usage.completion_tokens == 4
    assert engine.service.pid == pid
    assert file not in files(file.parent)


def test_a_whole_file_is_used(start, folder):
    engine = start()
    own_file(engine, folder)
    assert new_tokens(engine.ask(LONG, chat="a", max_tokens=1)) == 1


REGIONS = {
    "magic": range(0, 10, 3),
    "length of the header": range(10, 18, 2),
    "header": [*range(18, 250, 7)],
    "entries": range(HEADER_BYTES, HEADER_BYTES + 2600, 311),
}


@pytest.mark.parametrize("region", [*REGIONS, "state", "spaces"])
def test_one_wrong_bit_anywhere_is_noticed(start, folder, region):
    engine = start()
    file = own_file(engine, folder)
    content = file.read_bytes()
    state = range(HEADER_BYTES + 2800, len(content), len(content) // 30)
    places = {**REGIONS, "state": [*state, len(content) - 1], "spaces": [2000, HEADER_BYTES - 1]}
    for place in places[region]:
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        file.write_bytes(damaged)
        assert_unused(engine, file)
        forget(engine, "a")


def test_a_cut_or_longer_file_is_noticed(start, folder):
    engine = start()
    file = own_file(engine, folder)
    content = file.read_bytes()
    lengths = [0, 1, 9, 10, 17, 18, 1000, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 4]
    lengths += [len(content) * share // 10 for share in range(1, 10)] + [len(content) - 1]
    for length in lengths:
        file.write_bytes(content[:length])
        assert_unused(engine, file)
        forget(engine, "a")
    file.write_bytes(content + b"\0")
    assert_unused(engine, file)


def test_what_is_no_file_is_ignored(start, folder):
    engine = start()
    file = own_file(engine, folder)
    file.unlink()
    file.symlink_to(file)  # cannot be opened, whoever tries
    assert_unused(engine, file)
    forget(engine, "a")
    os.mkfifo(file)
    assert_unused(engine, file)


def test_a_folder_in_its_place_is_left_alone(start, folder):
    engine = start()
    file = own_file(engine, folder)
    file.unlink()
    (file / "inside").mkdir(parents=True)
    asked = engine.ask(LONG, chat="a", max_tokens=4)
    keep(engine)
    assert reused_tokens(asked) == 0
    assert (file / "inside").is_dir()
    assert files(folder) == [file]
    forget(engine, "a")
    assert engine.ask("Hi", max_tokens=1).text


def test_a_folder_that_cannot_be_made_costs_nothing_but_time(start, tmp_path):
    (tmp_path / "file").touch()
    engine = start(snapshots=tmp_path / "file" / "kv")
    asked = engine.ask(LONG, chat="a", max_tokens=4)
    keep(engine)
    forget(engine, "a")
    assert engine.ask(LONG, chat="a", max_tokens=4).text == asked.text


def test_a_file_that_may_not_grow_is_given_up(start, folder):
    engine = start()
    asked = engine.ask(LONG, chat="a", max_tokens=4)
    resource.prlimit(engine.service.pid, resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    keep(engine)
    assert files(folder) == []
    assert new_tokens(engine.ask(LONG, chat="a", max_tokens=4)) == 1
    assert engine.ask(LONG, chat="b", max_tokens=4).text == asked.text


def test_a_worker_that_dies_while_it_writes_costs_only_that_file(start, folder, expected_log):
    engine = start()
    engine.ask(PLAIN * 500, chat="a", max_tokens=1)
    pid = engine.service.pid
    ends = []
    engine.client.submit(
        lambda i: Keep(request_id=i), on_event=lambda event: os.kill(pid, 9), on_end=ends.append
    )
    engine.wait(lambda: ends)
    assert engine.ask("Hi", max_tokens=1).text
    assert {file.suffix for file in files(folder)} <= {".kv"}
