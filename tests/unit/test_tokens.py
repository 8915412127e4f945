"""The token and the system's key store."""

import subprocess
import sys

import keyring
import keyring.backend
import keyring.backends.null
import keyring.errors
import pytest

from app.services.tokens import TokenStore

SECRET = "hf_notarealtoken"


class Drawer(keyring.backend.KeyringBackend):
    """A key store in memory that counts how often it is asked."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}
        self.reads = 0

    def get_password(self, service, username):
        self.reads += 1
        return self.secrets.get((service, username))

    def set_password(self, service, username, password):
        self.secrets[service, username] = password

    def delete_password(self, service, username):
        if self.secrets.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError


class Broken(keyring.backend.KeyringBackend):
    """Raises whatever it is told, with a secret in it."""

    priority = 1

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self.error = error

    def fail(self, *_arguments):
        raise self.error(SECRET)

    get_password = set_password = delete_password = fail


@pytest.fixture
def drawer():
    before = keyring.get_keyring()
    drawer = Drawer()
    keyring.set_keyring(drawer)
    yield drawer
    keyring.set_keyring(before)


@pytest.fixture(
    params=[keyring.errors.KeyringLocked, keyring.errors.NoKeyringError, OSError, ZeroDivisionError]
)
def broken(request, drawer):
    keyring.set_keyring(Broken(request.param))


def test_there_is_none_at_first(drawer):
    assert TokenStore().get() == ""
    assert TokenStore().is_kept


def test_another_start_finds_it(drawer):
    TokenStore().put(f" {SECRET}\n")
    assert TokenStore().get() == SECRET
    assert [service for service, _ in drawer.secrets] == ["Cierzo"]


def test_the_key_store_is_asked_once(drawer):
    tokens = TokenStore()
    tokens.get()
    tokens.get()
    assert drawer.reads == 1


def test_a_forgotten_one_is_gone(drawer):
    tokens = TokenStore()
    tokens.put(SECRET)
    tokens.forget()
    assert (tokens.get(), TokenStore().get(), drawer.secrets) == ("", "", {})


def test_forgetting_without_one_is_no_trouble(drawer):
    tokens = TokenStore()
    tokens.forget()
    assert tokens.is_kept


def test_without_a_key_store_it_holds_until_the_end(broken):
    tokens = TokenStore()
    tokens.put(SECRET)
    assert tokens.get() == SECRET
    assert not tokens.is_kept
    assert TokenStore().get() == ""


def test_without_a_key_store_it_can_be_forgotten(broken):
    tokens = TokenStore()
    tokens.put(SECRET)
    tokens.forget()
    assert tokens.get() == ""


def test_a_key_store_that_works_again_keeps_it(broken):
    tokens = TokenStore()
    tokens.put(SECRET)
    keyring.set_keyring(Drawer())
    tokens.put(SECRET)
    assert tokens.is_kept


def test_nothing_of_it_is_logged(broken, caplog):
    caplog.set_level("DEBUG")
    tokens = TokenStore()
    tokens.put(SECRET)
    tokens.get()
    tokens.forget()
    assert SECRET not in caplog.text


def test_the_environment_and_other_programs_files_are_not_read(drawer, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_TOKEN", SECRET)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    (tmp_path / "token").write_text(SECRET)
    assert TokenStore().get() == ""


def test_a_key_store_that_takes_everything_and_keeps_nothing_is_none(drawer):
    keyring.set_keyring(keyring.backends.null.Keyring())
    tokens = TokenStore()
    tokens.put(SECRET)
    assert tokens.get() == SECRET
    assert not tokens.is_kept


@pytest.mark.skipif(sys.platform == "darwin", reason="where Apple's libraries are")
def test_no_program_is_started_to_look_for_key_stores():
    code = """
import sys
started = []

def hook(event, details):
    if event == "subprocess.Popen":
        started.append(details[0])

sys.addaudithook(hook)
from app.services.tokens import TokenStore
TokenStore().get()
import keyring
print(started, keyring.get_keyring() is not None)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[] True\n"
