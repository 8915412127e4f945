"""Repositories, their commits, and how the Hub describes them in JSON."""

import hashlib
from typing import Any

import msgspec

from tests.helpers.hub.content import Content, git_oid_of, sha256_of, size_of

# Real repositories keep every GGUF, and every other file above 10 MB, outside git.
_GIT_BYTES = 10_000_000


class Repository(msgspec.Struct, kw_only=True):
    """A repository.

    Attributes:
        commits: Commit -> path -> content; the last one is `main`.
    """

    name: str
    is_gated: bool = False
    is_private: bool = False
    commits: dict[str, dict[str, Content]] = {}

    def add(self, files: dict[str, Content], commit: str = "") -> str:
        """A new commit with exactly these files, of that name or of one of its own."""
        marks = [self.name, str(len(self.commits)), *sorted(files)]
        digest = hashlib.sha1("\n".join(marks).encode(), usedforsecurity=False)
        commit = commit or digest.hexdigest()
        self.commits = {**self.commits, commit: dict(files)}
        return commit

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch or a commit names."""
        if revision == "main":
            return list(self.commits)[-1]
        return revision if revision in self.commits else None


def is_lfs(path: str, content: Content) -> bool:
    """Whether the file lies at the CDN."""
    return path.endswith(".gguf") or not isinstance(content, bytes) or len(content) > _GIT_BYTES


def oid_of(path: str, content: Content) -> str:
    """The name of its blob in git; that of a pointer for large files."""
    if isinstance(content, bytes) and not is_lfs(path, content):
        return git_oid_of(content)
    return git_oid_of(_pointer(content))


def tree_entry(path: str, content: Content, size_bytes: int | None) -> dict[str, Any]:
    """A file in a listing; `size_bytes` is a lie about its size."""
    size = size_of(content) if size_bytes is None else size_bytes
    entry = {"type": "file", "oid": oid_of(path, content), "size": size, "path": path}
    if is_lfs(path, content):
        pointer_bytes = len(_pointer(content))
        entry["lfs"] = {"oid": sha256_of(content), "size": size, "pointerSize": pointer_bytes}
    return entry


def folder_entry(path: str) -> dict[str, Any]:
    """A folder in a listing."""
    return {"type": "directory", "oid": git_oid_of(path.encode()), "size": 0, "path": path}


def sibling(path: str, content: Content, size_bytes: int | None) -> dict[str, Any]:
    """A file in the description of a model."""
    entry = tree_entry(path, content, size_bytes)
    described = {"rfilename": path, "size": entry["size"], "blobId": entry["oid"]}
    if lfs := entry.get("lfs"):
        described["lfs"] = {
            "sha256": lfs["oid"],
            "size": lfs["size"],
            "pointerSize": lfs["pointerSize"],
        }
    return described


def _pointer(content: Content) -> bytes:
    text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256_of(content)}\n"
    return (text + f"size {size_of(content)}\n").encode()
