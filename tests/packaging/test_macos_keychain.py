"""The certificate's keychain: there while something is signed, gone afterwards in any case."""

import base64
import pathlib
import subprocess

import pytest

from release import macos_keychain
from release.macos_keychain import KeychainError, signing_identity

NAME = "ABCDEF0123456789ABCDEF0123456789ABCDEF01"
LISTING = (
    f'  1) {NAME} "Developer ID Application: Somebody (TEAM)"\n     1 valid identities found\n'
)


@pytest.fixture
def security(monkeypatch):
    """Stand in for macOS's tool; what it was asked for, and what it shall answer."""
    monkeypatch.setenv(macos_keychain.CERTIFICATE_VARIABLE, base64.b64encode(b"p12").decode())
    monkeypatch.setenv(macos_keychain.PASSWORD_VARIABLE, "hunter2")
    asked = []
    answers = {"find-identity": (0, LISTING)}

    def run(command, **_):
        asked.append(command[1:])
        verb = command[1]
        if verb == "create-keychain":
            pathlib.Path(command[-1]).touch()
        if verb == "import":
            assert pathlib.Path(command[2]).read_bytes() == b"p12"
        code, words = answers.get(verb, (0, '    "/Users/a/login.keychain-db"\n'))
        return subprocess.CompletedProcess(command, code, stdout=words, stderr=words)

    monkeypatch.setattr(subprocess, "run", run)
    return asked, answers


def test_it_is_searched_while_something_is_signed_and_then_deleted(security):
    asked, _ = security
    with signing_identity() as identity:
        assert identity == NAME
        (keychain,) = {command[-1] for command in asked if command[0] == "create-keychain"}
        searched = next(command for command in reversed(asked) if command[0] == "list-keychains")
        assert searched[-2:] == [keychain, "/Users/a/login.keychain-db"]
    assert asked[-2] == ["list-keychains", "-d", "user", "-s", "/Users/a/login.keychain-db"]
    assert asked[-1] == ["delete-keychain", keychain]
    assert not pathlib.Path(keychain).parent.exists()


def test_a_wrong_password_is_told_without_the_password(security):
    asked, answers = security
    answers["import"] = (1, "MAC verification failed")
    with (
        pytest.raises(KeychainError, match="MAC verification failed") as caught,
        signing_identity(),
    ):
        pytest.fail("there is no identity")
    assert "hunter2" not in str(caught.value)
    assert asked[-1][0] == "delete-keychain"


def test_a_certificate_that_signs_no_programs_is_refused(security):
    _, answers = security
    answers["find-identity"] = (0, "     0 valid identities found\n")
    with pytest.raises(KeychainError, match="no valid certificate"), signing_identity():
        pytest.fail("there is no identity")
