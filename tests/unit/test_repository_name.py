import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.errors import BadRepositoryName
from app.domain.repository_name import RepositoryName, is_repository, parse_repository

TINY = RepositoryName(repository="acme/Tiny-GGUF")
HUB = "https://huggingface.co"


@pytest.mark.parametrize(
    "text",
    [
        "acme/Tiny-GGUF",
        "  acme/Tiny-GGUF\n",
        f"{HUB}/acme/Tiny-GGUF",
        f"{HUB}/acme/Tiny-GGUF/",
        f"{HUB}/acme/Tiny-GGUF?library=llama-cpp#files",
        f"{HUB}/acme/Tiny-GGUF/tree/main",
        f"{HUB}/acme/Tiny-GGUF/tree/main/folder",
        f"{HUB}/acme/Tiny-GGUF/discussions/7",
        f"{HUB}:443/acme/Tiny-GGUF",
        "HTTP://HuggingFace.co/acme/Tiny-GGUF",
        "huggingface.co/acme/Tiny-GGUF",
        "www.huggingface.co/acme/Tiny-GGUF",
        "hf.co/acme/Tiny-GGUF",
    ],
)
def test_every_way_to_name_a_repository(text):
    assert parse_repository(text) == TINY


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("acme/Tiny-GGUF:Q4_K_M", {"build": "Q4_K_M"}),
        ("hf.co/acme/Tiny-GGUF:UD-Q4_K_XL", {"build": "UD-Q4_K_XL"}),
        (f"{HUB}/acme/Tiny-GGUF/tree/v1.0", {"revision": "v1.0"}),
        (f"{HUB}/acme/Tiny-GGUF/tree/refs%2Fpr%2F1", {"revision": "refs/pr/1"}),
        (f"{HUB}/acme/Tiny-GGUF/blob/main/Q4/a%20b.gguf", {"file": "Q4/a b.gguf"}),
        (f"{HUB}/acme/Tiny-GGUF/resolve/dev/a.gguf?download=true", {"revision": "dev"}),
        (f"{HUB}/acme/Tiny-GGUF?show_file_info=Q4%2Fa.gguf", {"file": "Q4/a.gguf"}),
    ],
)
def test_what_of_a_repository_was_meant(text, meant):
    found = parse_repository(text)
    assert found.repository == "acme/Tiny-GGUF"
    assert {name: getattr(found, name) for name in meant} == meant


@pytest.mark.parametrize(
    "endpoint", ["https://hub.example", "http://hub.example:8080/", "hub.example"]
)
def test_the_pages_of_the_chosen_mirror_are_known_too(endpoint):
    assert parse_repository("https://hub.example/acme/Tiny-GGUF", endpoint=endpoint) == TINY
    assert parse_repository("hub.example/acme/Tiny-GGUF", endpoint=endpoint) == TINY
    with pytest.raises(BadRepositoryName):
        parse_repository("https://hub.example/acme/Tiny-GGUF")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tiny",
        "acme/",
        "/acme/tiny",
        "acme/tiny/",
        "acme/tiny/more",
        "acme/tiny:",
        "acme/tiny:Q4:Q5",
        "acme/../tiny",
        "../tiny",
        "acme/..",
        "acme/.hidden",
        "acme/ti--ny",
        "acme/tiny.git",
        "acme/tiny name",
        "acme\\tiny",
        "аcme/tiny",
        "acme/" + "a" * 97,
        "a/" * 5000,
        HUB,
        f"{HUB}/acme",
        f"{HUB}/datasets/acme/tiny",
        f"{HUB}/spaces/acme/tiny",
        f"{HUB}/acme/tiny/blob/main/../../x.gguf",
        f"{HUB}/acme/tiny/blob/main/%2e%2e/x.gguf",
        f"{HUB}/acme/tiny/blob/main/..%5Cx.gguf",
        f"{HUB}/acme/tiny/blob/main/x%00.gguf",
        f"{HUB}/acme/tiny/tree/..%2F..",
        f"{HUB}/%ff/tiny",
        "https://huggingface.co.evil.example/acme/tiny",
        "https://huggingface.co@evil.example/acme/tiny",
        "https://person:word@huggingface.co/acme/tiny",
        "https://evil.example/acme/tiny",
        "file:///huggingface.co/acme/tiny",
        "ftp://huggingface.co/acme/tiny",
        "https://[huggingface.co/acme/tiny",
        "acme/tiny\n--flag",
    ],
)
def test_anything_else_is_refused_in_one_short_sentence(text):
    with pytest.raises(BadRepositoryName) as caught:
        parse_repository(text)
    assert len(str(caught.value)) < 200
    assert str(caught.value).isprintable()
    assert not is_repository(text)


_PIECES = ["..", "huggingface.co", "/tree/", "/blob/main/", "%2F", "%2e", "%00", "acme", "tiny"]
_NASTY = st.lists(st.sampled_from([*string.ascii_letters, *"/:%.?#@\\-_ []\x00\n\u202e", *_PIECES]))


@given(
    text=st.one_of(
        st.text(), _NASTY.map("".join), _NASTY.map(lambda words: f"{HUB}/{''.join(words)}")
    )
)
@example(text=f"{HUB}/acme/tiny/blob/main/a%0Ab.gguf")
def test_whatever_is_pasted_is_a_safe_name_or_refused(text):
    try:
        found = parse_repository(text)
    except BadRepositoryName:
        return
    owner, name = found.repository.split("/")
    for word in (owner, name, *found.file.split("/"), *found.revision.split("/")):
        assert word not in (".", "..")
        assert word.isprintable()
        assert not set(word) & set("\\\n\x00")
    assert all(char.isascii() and (char.isalnum() or char in "._-") for char in owner + name)
    assert not found.file.startswith("/")


@given(
    owner=st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True),
    name=st.from_regex(r"[A-Za-z0-9]([._]?[A-Za-z0-9]){0,20}", fullmatch=True),
    before=st.sampled_from(["", "hf.co/", "huggingface.co/", f"{HUB}/", "http://huggingface.co/"]),
    behind=st.sampled_from(["", "/tree/main", "/blob/main/x.gguf", "?x=1", "#top"]),
)
def test_a_name_is_found_on_all_of_its_pages(owner, name, before, behind):
    if name.endswith(".git") or owner in ("api", "blog", "docs"):
        return
    text = f"{before}{owner}/{name}" + (behind if before else "")
    assert parse_repository(text).repository == f"{owner}/{name}"
