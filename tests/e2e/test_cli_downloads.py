"""`models download` and what is done with models afterwards, as a person runs it."""

import hashlib
import json
import pathlib
import shutil
import signal
import subprocess
from collections.abc import Callable

import psutil
import pytest

from tests.helpers.command_line import CIERZO, CommandLine
from tests.helpers.hub.content import Pattern, sha256_of
from tests.helpers.tiny_model import write_tiny_llama

MIB = 1 << 20
REPOSITORY = "acme/Tiny-GGUF"
FILE = "Tiny-Q4_K_M.gguf"
# Slower than another process starts on a loaded machine.
SLOW_BYTES_PER_S = MIB // 2


class Home:
    """A `--home` whose settings name the hub, and command lines that use it."""

    def __init__(self, folder: pathlib.Path, hub) -> None:
        self.path = folder / "h"
        self.models = self.path / "data/models"
        self.hub = hub
        self._run = CommandLine(folder)
        self._running: list[subprocess.Popen] = []
        (self.path / "config").mkdir(parents=True)
        self.set(hub_endpoint=hub.url)

    def set(self, **settings: object) -> None:
        path = self.path / "config/settings.json"
        before = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps({**before, **settings}))

    def __call__(self, *arguments: object, stdin: str = "") -> subprocess.CompletedProcess:
        return self._run("models", *arguments, "--home", self.path, stdin=stdin)

    def json(self, *arguments: object):
        result = self(*arguments, "--json")
        assert (result.returncode, result.stderr) == (0, ""), result
        return json.loads(result.stdout)

    def refusal(self, *arguments: object, code: int = 3) -> str:
        return self._run.refusal("models", *arguments, "--home", self.path, code=code)

    def start(self, *arguments: object) -> "Running":
        command = [*CIERZO, "models", *map(str, arguments), "--home", str(self.path), "--json"]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._running.append(process)
        return Running(process)

    def close(self) -> None:
        for process in self._running:
            process.kill()
            process.communicate()

    def installed(self, path: str = FILE) -> pathlib.Path:
        return self.models / REPOSITORY / path

    def publish_slow(self, size_bytes: int = 12 * MIB) -> Pattern:
        """A file that takes half a minute, over however many connections."""
        model = Pattern(size_bytes)
        self.hub.add(REPOSITORY, {FILE: model})
        self.hub.bytes_per_s_per_connection = SLOW_BYTES_PER_S / 4
        return model


class Running:
    """A download in another process."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process
        self.lines: list[dict] = []

    def until(self, condition: Callable[[dict], bool]) -> dict:
        """Read its lines up to the first that is like that."""
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
            if condition(self.lines[-1]):
                return self.lines[-1]
        raise AssertionError((self.lines[-3:], self.process.stderr.read()))

    def is_under_way(self) -> dict:
        return self.until(lambda line: line["state"] == "downloading" and line["bytes_done"] > MIB)

    def end(self) -> int:
        """Let it run to its end."""
        for line in self.process.stdout:
            self.lines.append(json.loads(line))
        return self.process.wait(60)


@pytest.fixture
def home(tmp_path, hub, measured):
    home = Home(tmp_path, hub)
    shutil.copytree(measured, home.path / "cache")
    yield home
    home.close()


@pytest.fixture
def tiny(tmp_path) -> bytes:
    return write_tiny_llama(tmp_path / "made.gguf").read_bytes()


def digest(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_repository_is_downloaded_and_listed(home, tiny):
    home.hub.add(REPOSITORY, {FILE: tiny, "README.md": b"x"})
    result = home("download", f"{home.hub.url}/{REPOSITORY}")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[-1].startswith("Tiny Q4_K_M: installed, ")
    assert home.installed().read_bytes() == tiny
    assert not (home.models / ".downloads").exists()


def test_json_lines_say_every_state_and_end_with_installed(home):
    model = Pattern(3 * MIB)
    home.hub.add(REPOSITORY, {FILE: model})
    running = home.start("download", f"{REPOSITORY}:Q4_K_M")
    assert running.end() == 0
    first, last = running.lines[0], running.lines[-1]
    assert list(first)[:7] == [
        "job", "state", "bytes_done", "bytes_total", "bytes_per_s", "eta_s", "reason",
    ]  # fmt: skip
    assert (last["state"], last["bytes_done"], last["bytes_total"]) == (
        "installed",
        3 * MIB,
        3 * MIB,
    )
    done = [line["bytes_done"] for line in running.lines]
    assert done == sorted(done)
    assert digest(home.installed()) == sha256_of(model)


def test_a_download_that_is_there_ends_at_once(home, tiny):
    home.hub.add(REPOSITORY, {FILE: tiny})
    assert home("download", REPOSITORY).returncode == 0
    before = home.hub.bytes_sent()
    assert home("download", REPOSITORY).returncode == 0
    assert home.hub.bytes_sent() - before < MIB


def test_of_several_builds_one_is_named(home, tiny):
    home.hub.add(REPOSITORY, {FILE: tiny, "Tiny-Q8_0.gguf": tiny + bytes(32)})
    assert home("download", REPOSITORY, "--build", "q8_0").returncode == 0
    assert home.installed("Tiny-Q8_0.gguf").exists()
    assert not home.installed().exists()


def test_a_label_that_means_two_builds_is_refused_with_their_names(home):
    home.hub.add(REPOSITORY, {FILE: b"a", "big/Tiny-v2-Q4_K_M.gguf": b"b"})
    sentence = home.refusal("download", REPOSITORY, "--build", "Q4_K_M", code=2)
    assert "Tiny-Q4_K_M.gguf, Tiny-v2-Q4_K_M.gguf" in sentence


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no-such-model", "is no model"),
        ("acme/nothing", "There is no repository “acme/nothing”"),
        ("acme/only-text", "has no GGUF model"),
        ("https://evil.example/acme/tiny", "is no repository"),
        ("mistral-small-4 --build Q9", "has no build “Q9”"),
        (f"{REPOSITORY} --build Q9", "has no build “Q9”"),
        (f"{REPOSITORY} --folder /nowhere", "There is no folder “/nowhere”"),
    ],
)
def test_what_cannot_be_downloaded_is_one_sentence(home, tiny, name, words):
    home.hub.add(REPOSITORY, {FILE: tiny})
    home.hub.add("acme/only-text", {"README.md": b"x"})
    assert words.replace("is no model", "There is no model") in home.refusal(
        "download", *name.split()
    )


def test_offline_asks_nobody(home):
    home.set(is_offline=True)
    assert "Offline" in home.refusal("download", REPOSITORY)
    assert home.hub.log == []


def test_offline_leaves_no_job_of_a_model_of_the_catalogue(home):
    home.set(is_offline=True)
    sentence = home.refusal("download", "devstral-2", "--build", "Q4_K_M")
    assert "Offline" in sentence
    assert not home.models.exists()


def test_what_is_in_another_models_folder_is_not_fetched_again(home, tiny, tmp_path):
    home.hub.add(REPOSITORY, {FILE: tiny})
    drive = tmp_path / "drive"
    drive.mkdir()
    assert home("download", REPOSITORY, "--folder", drive).returncode == 0
    before = home.hub.bytes_sent()
    line = home.json("download", REPOSITORY)
    assert (line["state"], line["bytes_done"]) == ("installed", len(tiny))
    assert not home.installed().exists()
    assert home.hub.bytes_sent() - before < len(tiny)


def test_the_page_of_a_mirror_that_only_the_environment_names(home, tiny, monkeypatch):
    home.hub.add(REPOSITORY, {FILE: tiny})
    home.set(hub_endpoint="")
    monkeypatch.setenv("HF_ENDPOINT", home.hub.url)
    assert home("download", f"{home.hub.url}/{REPOSITORY}/blob/main/{FILE}").returncode == 0


def test_another_folder_gets_the_model_and_belongs_to_the_library(home, tiny, tmp_path):
    home.hub.add(REPOSITORY, {FILE: tiny})
    drive = tmp_path / "drive"
    drive.mkdir()
    assert home("download", REPOSITORY, "--folder", drive).returncode == 0
    assert (drive / REPOSITORY / FILE).read_bytes() == tiny
    settings = json.loads((home.path / "config/settings.json").read_text())
    assert settings["model_folders"] == [str(drive)]
    (model,) = home.json("list", "--installed")
    assert model["builds"][0]["path"] == str(drive / REPOSITORY / FILE)


class TestFromAnotherProcess:
    def test_pause_and_resume(self, home):
        model = home.publish_slow()
        running = home.start("download", REPOSITORY)
        job = running.is_under_way()["job"]
        assert home.json("pause", job)["running"]
        running.until(lambda line: line["state"] == "paused")
        (listed,) = home.json("list", "--installed")
        assert listed["builds"][0]["download"]["state"] == "paused"
        home.hub.bytes_per_s_per_connection = 0
        home.json("resume", REPOSITORY)
        assert running.end() == 0
        assert digest(home.installed()) == sha256_of(model)

    def test_cancel(self, home):
        home.publish_slow()
        running = home.start("download", REPOSITORY)
        running.is_under_way()
        assert "cancelled" in home("cancel", "Tiny").stdout
        assert running.end() == 3
        assert running.lines[-1]["error"]["code"] == "download_cancelled"
        assert not (home.models / ".downloads").exists()
        assert home.json("list", "--installed") == []

    def test_cancel_and_keep_what_is_there(self, home):
        home.publish_slow()
        running = home.start("download", REPOSITORY)
        running.is_under_way()
        assert "what is there stays" in home("cancel", "Tiny", "--keep").stdout
        assert running.end() == 3
        assert home.json("list", "--installed") == []
        home.hub.clear_log()
        home.hub.bytes_per_s_per_connection = 0
        assert home("download", REPOSITORY).returncode == 0
        assert home.hub.bytes_sent() < 12 * MIB - MIB

    def test_a_second_download_follows_the_first(self, home):
        model = home.publish_slow()
        first = home.start("download", REPOSITORY)
        first.is_under_way()
        second = home.start("download", REPOSITORY)
        assert second.until(lambda line: line["elsewhere"])["state"] == "downloading"
        home.hub.bytes_per_s_per_connection = 0
        assert (first.end(), second.end()) == (0, 0)
        assert digest(home.installed()) == sha256_of(model)
        assert home.hub.bytes_sent() < 18 * MIB, "not both fetched it"

    @pytest.mark.parametrize("wish", ["pause", "resume", "cancel"])
    def test_a_download_that_does_not_exist(self, home, wish):
        assert "There is no download “tiny”" in home.refusal(wish, "tiny")


def test_after_a_kill_it_goes_on_where_it_was(home):
    model = home.publish_slow()
    running = home.start("download", REPOSITORY)
    done = running.is_under_way()["bytes_done"]
    family = [running.process, *psutil.Process(running.process.pid).children(recursive=True)]
    for process in family:
        process.kill()
    running.process.wait()
    home.hub.bytes_per_s_per_connection = 0
    home.hub.clear_log()
    again = home.start("download", REPOSITORY)
    assert again.end() == 0
    assert digest(home.installed()) == sha256_of(model)
    assert home.hub.bytes_sent() <= 12 * MIB - done + 6 * MIB


def test_ctrl_c_ends_it_and_the_next_one_goes_on(home):
    home.publish_slow()
    running = home.start("download", REPOSITORY)
    running.is_under_way()
    running.process.send_signal(signal.SIGINT)
    assert running.end() == 130
    (listed,) = home.json("list", "--installed")
    assert listed["builds"][0]["download"]["state"] == "queued"
    assert home("pause", REPOSITORY).stdout == "Tiny Q4_K_M: paused\n"
    assert "goes on" in home("resume", REPOSITORY).stdout
    assert home("cancel", REPOSITORY).stdout == "Tiny Q4_K_M: cancelled\n"


class TestLibrary:
    @pytest.fixture(autouse=True)
    def model(self, home, tiny):
        home.hub.add(REPOSITORY, {FILE: tiny})
        assert home("download", REPOSITORY).returncode == 0
        return home.installed()

    def test_good_bytes_are_good_and_a_wrong_one_is_found(self, home, model):
        assert home("verify", "acme/tiny-gguf").stdout.startswith("good ")
        content = bytearray(model.read_bytes())
        content[-1] ^= 1
        model.write_bytes(content)
        result = home("verify")
        assert (result.returncode, result.stderr) == (1, "")
        assert result.stdout.startswith("WRONG")
        assert FILE in result.stdout

    def test_a_model_is_moved_to_another_drive(self, home, model, tiny, tmp_path):
        drive = tmp_path / "drive"
        drive.mkdir()
        (moved,) = home.json("move", REPOSITORY, "--to", drive)
        assert moved["path"] == str(drive / REPOSITORY / FILE)
        assert (drive / REPOSITORY / FILE).read_bytes() == tiny
        assert not model.exists()

    def test_a_removed_model_waits_in_the_trash(self, home, model):
        assert "trash" in home("remove", REPOSITORY).stdout
        assert not model.exists()
        assert list((home.models / ".trash").rglob(FILE))
        assert home.json("list", "--installed") == []

    def test_now_means_now(self, home):
        assert home("remove", REPOSITORY, "--build", "Q4_K_M", "--now").returncode == 0
        assert not list(home.models.rglob(FILE))

    def test_what_is_not_installed_cannot_be_removed(self, home):
        assert "is not installed" in home.refusal("remove", "mistral-small-4")

    def test_a_newer_build_is_named(self, home, tiny):
        assert home.json("newer") == []
        commit = home.hub.add(REPOSITORY, {FILE: tiny + bytes(32)})
        (newer,) = home.json("newer")
        assert (newer["repository"], newer["commit"]) == (REPOSITORY, commit)

    def test_it_answers_by_its_name(self, home):
        line = CommandLine(home.path)
        answer = line.json(
            "ask", "Hi", "--model", REPOSITORY, "--max-tokens", "2", "--home", home.path
        )
        assert answer["usage"]["completion_tokens"] == 2
        assert "is not installed" in line.refusal(
            "ask", "Hi", "--model", "mistral-small-4", "--home", home.path
        )


class TestFilesOfOnesOwn:
    @pytest.fixture
    def file(self, tmp_path):
        folder = tmp_path / "somewhere"
        folder.mkdir()
        return write_tiny_llama(folder / "my-tiny.gguf")

    def test_adopted_they_stay_where_they_are(self, home, file):
        (found,) = home.json("adopt", file)
        assert (found["name"], found["path"]) == ("my-tiny", str(file))
        (model,) = home.json("list", "--installed")
        build = model["builds"][0]
        assert (build["path"], build["library"]["origin"]) == (str(file), "adopted")
        assert "stay where they are" in home("remove", str(file)).stdout
        assert file.exists()
        assert home.json("list", "--installed") == []

    def test_imported_they_are_copied_or_moved(self, home, file):
        (copied,) = home.json("import", file)
        assert pathlib.Path(copied["path"]).is_relative_to(home.models)
        assert file.exists()
        home("remove", copied["path"], "--now")
        (moved,) = home.json("import", file, "--move")
        assert pathlib.Path(moved["path"]).exists()
        assert not file.exists()

    def test_a_folder_without_models(self, home, tmp_path):
        (tmp_path / "empty").mkdir()
        assert "There is no GGUF model" in home.refusal("import", tmp_path / "empty")

    def test_what_other_programs_have_is_listed_and_adopted_on_request(self, home, file, tmp_path):
        store = tmp_path / "home/.lmstudio/models/acme/Tiny-GGUF"
        store.mkdir(parents=True)
        file.rename(store / "Tiny-Q4_K_M.gguf")
        (found,) = home.json("adopt")
        assert found["app"] == "LM Studio"
        assert home.json("list", "--installed") == []
        home.json("adopt", "--all")
        (model,) = home.json("list", "--installed")
        assert model["builds"][0]["library"]["app"] == "LM Studio"


def test_the_doctor_lists_every_connection_and_the_switch(home, tiny):
    home.hub.add(REPOSITORY, {FILE: tiny})
    assert home("download", REPOSITORY).returncode == 0
    report = CommandLine(home.path).json("doctor", "--home", home.path)["downloads"]
    assert not report["is_offline"]
    hosts = {connection["host"] for connection in report["connections"]}
    assert hosts == {url.partition("://")[2] for url in (home.hub.url, home.hub.cdn_url)}
    assert sum(connection["bytes"] for connection in report["connections"]) >= len(tiny)
    (folder,) = report["models_folders"]
    assert folder["free_bytes"] > 0
    assert folder["gets_downloads"]


def test_without_a_key_store_a_token_is_not_kept_and_never_shown(home):
    result = home("token", stdin="hf_secret\n")
    assert (result.returncode, result.stdout) == (3, "")
    assert "no key store" in result.stderr
    assert "hf_secret" not in result.stderr
    assert "No token was given" in home.refusal("token")
