"""What a person pastes to name a repository of the Hub."""

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import msgspec

from app.domain.errors import BadRepositoryName

# The Hub's own, and the short form that Ollama and llama.cpp print.
_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
# As huggingface_hub's `validate_repo_id` has it, with an owner always.
_MOST_NAME = 96
_WORD = re.compile(r"[A-Za-z0-9_](?:[\w.-]*\w)?", re.ASCII)
_REVISION = re.compile(r"\w[\w./-]{0,127}", re.ASCII)
_BUILD = re.compile(r"\w[\w./-]{0,127}", re.ASCII)
# First words of the Hub's pages that are no models.
_OTHER_PAGES = frozenset(
    {"api", "blog", "collections", "datasets", "docs", "models", "organizations", "papers"}
    | {"posts", "settings", "spaces", "tasks"}
)
_FILE_PAGES = ("tree", "blob", "resolve", "raw", "blame")
_MOST_TEXT = 2000
_MOST_SHOWN = 80


class RepositoryName(msgspec.Struct, frozen=True, kw_only=True):
    """A repository, and what of it was meant.

    Attributes:
        repository: OWNER/NAME.
        revision: A branch, a tag or a commit.
        file: Path inside it of the file whose page was pasted; "" is none.
        build: What stood behind a colon; "" is nothing.
    """

    repository: str
    revision: str = "main"
    file: str = ""
    build: str = ""


def parse_repository(text: str, *, endpoint: str = "") -> RepositoryName:
    """Read OWNER/NAME, OWNER/NAME:BUILD or the address of a page, with or without its scheme.

    Args:
        text: As it was pasted.
        endpoint: Of the mirror that is used, whose pages are known then, too; "" is none.

    Raises:
        BadRepositoryName: It is none of these.
    """
    plain = text.strip()
    if len(plain) > _MOST_TEXT or not plain.isprintable():
        raise _bad(plain)
    try:
        address = _address(plain, hosts=_HOSTS | {_host(endpoint)})
        if address:
            return _from_page(address)
        name, _, build = plain.partition(":")
        return _named(name.split("/"), build=_build(build) if ":" in plain else "")
    except ValueError:  # also of `urlsplit`
        raise _bad(plain) from None


def is_repository(text: str, *, endpoint: str = "") -> bool:
    """Whether it names a repository: decides what a field is for while a person types."""
    try:
        parse_repository(text, endpoint=endpoint)
    except BadRepositoryName:
        return False
    return True


def _bad(text: str) -> BadRepositoryName:
    shown = "".join(char if char.isprintable() else "?" for char in text[:_MOST_SHOWN])
    return BadRepositoryName(text=shown + ("…" if len(text) > _MOST_SHOWN else ""))


def _host(address: str) -> str:
    """Its host as a page's address has it, without port; "" where there is none."""
    try:
        return urlsplit(address if "://" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""


def _address(text: str, *, hosts: frozenset[str]) -> SplitResult | None:
    """The parts of a page's address; None for a text that is none."""
    has_scheme = "://" in text
    parts = urlsplit(text if has_scheme else f"//{text}")
    is_known = bool(parts.hostname) and parts.hostname in hosts
    if not has_scheme and not is_known:
        return None
    # A password in an address is no part of a page's name, and it should not go any further.
    if not is_known or "@" in parts.netloc or parts.scheme not in ("http", "https", ""):
        raise ValueError(text)
    return parts


def _from_page(address: SplitResult) -> RepositoryName:
    path, _, build = address.path.strip("/").partition(":")
    # Split first: a slash inside a branch's name is written as %2F.
    words = [unquote(word, errors="strict") for word in path.split("/")]
    if words[0] in _OTHER_PAGES:
        raise ValueError(words[0])
    named = _named(words[:2], build=_build(build) if ":" in address.path else "")
    if len(words) > 3 and words[2] in _FILE_PAGES:
        revision, file = words[3], "/".join(words[4:]) if words[2] != "tree" else ""
        if not _REVISION.fullmatch(revision) or ".." in revision:
            raise ValueError(revision)
        return msgspec.structs.replace(named, revision=revision, file=_file(file))
    # The page of a repository with the panel of one of its files open.
    shown = parse_qs(address.query).get("show_file_info", [""])[0]
    return msgspec.structs.replace(named, file=_file(shown))


def _named(words: Sequence[str], *, build: str) -> RepositoryName:
    if len(words) != 2 or not all(_is_name(word) for word in words):
        raise ValueError(words)
    return RepositoryName(repository="/".join(words), build=build)


def _is_name(word: str) -> bool:
    has_shape = bool(_WORD.fullmatch(word)) and len(word) <= _MOST_NAME
    return has_shape and ".." not in word and "--" not in word and not word.endswith(".git")


def _build(text: str) -> str:
    if not _BUILD.fullmatch(text):
        raise ValueError(text)
    return text


def _file(path: str) -> str:
    """A path that stays inside the repository."""
    words = path.split("/")
    is_safe = path.isprintable() and "\\" not in path and not {"", ".", ".."} & set(words)
    if path and not is_safe:
        raise ValueError(path)
    return path
