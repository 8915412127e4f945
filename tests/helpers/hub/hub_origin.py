"""The Hub: listings, descriptions, and where files lie. As huggingface.co answers them."""

import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from tests.helpers.hub.cdn_origin import ranged_reply
from tests.helpers.hub.content import Content, sha256_of, size_of
from tests.helpers.hub.faults import Fault
from tests.helpers.hub.reply import Reply, error_reply, json_reply, text_reply
from tests.helpers.hub.repositories import (
    Repository,
    folder_entry,
    is_lfs,
    oid_of,
    sibling,
    tree_entry,
)
from tests.helpers.hub.server import Asked
from tests.helpers.hub.state import State

_NAME = r"(?P<name>[^/]+/[^/]+)"
_INFO = re.compile(rf"/api/models/{_NAME}(?:/revision/(?P<revision>[^/]+))?")
_TREE = re.compile(rf"/api/models/{_NAME}/tree/(?P<revision>[^/]+)(?:/(?P<path>.*))?")
_PATHS = re.compile(rf"/api/models/{_NAME}/paths-info/(?P<revision>[^/]+)")
_REFS = re.compile(rf"/api/models/{_NAME}/refs")
_AUTH_CHECK = re.compile(rf"/api/models/{_NAME}/auth-check")
_FILE = re.compile(rf"/{_NAME}/resolve/(?P<revision>[^/]+)/(?P<path>.+)")


class _Question(msgspec.Struct):
    """A request that the person may ask, and what it is about."""

    state: State
    asked: Asked
    fault: Fault
    repository: Repository
    commit: str
    path: str

    @property
    def files(self) -> dict[str, Content]:
        """Of the commit."""
        return self.repository.commits[self.commit]

    def asks(self, name: str) -> str:
        """The value of that name in the query; "" if it has none."""
        return parse_qs(urlsplit(self.asked.target).query).get(name, [""])[0]


def answer_of_hub(state: State, asked: Asked, fault: Fault) -> Reply:
    """Answer."""
    path = urlsplit(asked.target).path
    if path == "/api/whoami-v2":
        return _whoami(state, asked)
    if path == "/api/models":
        return _search(state, asked)
    for pattern, answer in _ANSWERS.items():
        if match := pattern.fullmatch(path):
            values = {key: unquote(value or "") for key, value in match.groupdict().items()}
            return _within(state, asked, fault, values, answer)
    return error_reply(404)


def _within(state: State, asked: Asked, fault: Fault, values: dict[str, str], answer: Any) -> Reply:
    """Find repository and commit, if the person may."""
    repository = state.repositories.get(values["name"])
    token = _token(asked)
    if token and token != state.token:
        return error_reply(401, headers=_BAD_TOKEN)
    if repository is None or (repository.is_private and not token):
        return error_reply(404 if token else 401, "RepoNotFound")
    is_content = answer in (_file, _auth_check)
    if repository.is_gated and is_content and not (token and state.is_accepted):
        return error_reply(403 if token else 401, "GatedRepo")
    commit = repository.resolve(values.get("revision") or "main")
    if commit is None:
        return error_reply(404, "RevisionNotFound")
    return answer(_Question(state, asked, fault, repository, commit, values.get("path", "")))


_BAD_TOKEN = {"X-Error-Message": "Invalid credentials in Authorization header"}


def _token(asked: Asked) -> str:
    return asked.headers.get("authorization", "").removeprefix("Bearer ")


def _info(question: _Question) -> Reply:
    repository, files, lie = question.repository, question.files, question.fault.size_bytes
    siblings = [sibling(path, content, lie) for path, content in files.items()]
    if question.asks("blobs").lower() != "true":
        siblings = [{"rfilename": path} for path in files]
    return json_reply(
        {
            "id": repository.name,
            "modelId": repository.name,
            "author": repository.name.partition("/")[0],
            "sha": question.commit,
            "private": repository.is_private,
            "gated": "manual" if repository.is_gated else False,
            "disabled": False,
            "downloads": 0,
            "likes": 0,
            "tags": ["gguf"],
            "siblings": siblings,
        }
    )


def _tree(question: _Question) -> Reply:
    is_recursive = question.asks("recursive").lower() == "true"
    entries = _entries(question, is_recursive=is_recursive)
    if question.path and not entries:
        return error_reply(404, "EntryNotFound")
    first = int(question.asks("cursor") or 0)
    last = first + question.state.tree_page_length
    headers = {}
    if last < len(entries):
        address = f"http://{question.asked.headers['host']}{urlsplit(question.asked.target).path}"
        link = f"{address}?recursive={is_recursive}&cursor={last}"
        headers["Link"] = f'<{link}>; rel="next"'
    return json_reply(entries[first:last], headers)


def _entries(question: _Question, *, is_recursive: bool) -> list[dict[str, Any]]:
    prefix = f"{question.path}/" if question.path else ""
    entries: dict[str, dict[str, Any]] = {}
    for path, content in question.files.items():
        if not path.startswith(prefix):
            continue
        names = path.removeprefix(prefix).split("/")
        for i in range(1, len(names) if is_recursive else min(2, len(names))):
            parent = prefix + "/".join(names[:i])
            entries[parent] = folder_entry(parent)
        if is_recursive or len(names) == 1:
            entries[path] = tree_entry(path, content, question.fault.size_bytes)
    return list(entries.values())


def _paths(question: _Question) -> Reply:
    files, lie = question.files, question.fault.size_bytes
    wanted = parse_qs(question.asked.body.decode()).get("paths", [])
    return json_reply([tree_entry(path, files[path], lie) for path in wanted if path in files])


def _refs(question: _Question) -> Reply:
    main = {"name": "main", "ref": "refs/heads/main", "targetCommit": question.commit}
    return json_reply({"branches": [main], "converts": [], "tags": []})


def _auth_check(question: _Question) -> Reply:
    return text_reply(200, "OK")


def _file(question: _Question) -> Reply:
    state, path, content = question.state, question.path, question.files.get(question.path)
    commit_header = {"X-Repo-Commit": question.commit}
    if content is None:
        return error_reply(404, "EntryNotFound", commit_header)
    mark = oid_of(path, content)
    if not is_lfs(path, content):
        reply = ranged_reply(content, question.asked.headers.get("range", ""))
        reply.headers |= {**commit_header, "ETag": f'"{mark}"'}
        return reply
    sha256 = sha256_of(content)
    link = state.cdn_url + state.links.sign(sha256)
    headers = {
        **commit_header,
        "Location": link,
        "ETag": f'"{mark}"',
        "X-Linked-Etag": f'"{sha256}"',
        "X-Linked-Size": str(size_of(content)),
        "Accept-Ranges": "bytes",
    }
    return text_reply(302, "Found. Redirecting to the CDN.", headers)


def _whoami(state: State, asked: Asked) -> Reply:
    if _token(asked) != state.token:
        return error_reply(401, headers=_BAD_TOKEN)
    return json_reply({"type": "user", "name": "tester", "fullname": "Tester", "orgs": []})


def _search(state: State, asked: Asked) -> Reply:
    words = parse_qs(urlsplit(asked.target).query).get("search", [""])[0].lower()
    names = [name for name in state.repositories if words in name.lower()]
    return json_reply([{"id": name, "modelId": name} for name in names])


_ANSWERS = {
    _INFO: _info,
    _TREE: _tree,
    _PATHS: _paths,
    _REFS: _refs,
    _AUTH_CHECK: _auth_check,
    _FILE: _file,
}
