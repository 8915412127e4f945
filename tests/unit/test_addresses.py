"""Which addresses may be asked for what a signed list names."""

import sys

import pytest

from app.domain.errors import AddressInsecure
from app.downloads.worker.addresses import check_address

SECURE = "https:" + "//updates.example/update.json"
LOOPBACK = "http:" + "//127.0.0.1:8080/update.json"


def test_https_passes_and_loopback_for_tests():
    check_address(SECURE)
    check_address(LOOPBACK)


def test_a_frozen_program_makes_no_exception_for_loopback(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    check_address(SECURE)
    with pytest.raises(AddressInsecure):
        check_address(LOOPBACK)


@pytest.mark.parametrize(
    "address",
    [
        "http:" + "//127.0.0.1.updates.example/",
        "http:" + "//localhost@updates.example/",
        "HTTP:" + "//updates.example/",
        "https:",
        "https:" + "///update.json",
        "//updates.example/",
        "",
        "https:" + "//up\ndates.example/",
    ],
)
def test_nothing_else_passes(address):
    with pytest.raises(AddressInsecure):
        check_address(address)
