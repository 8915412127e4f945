"""What has to hold in an entry of models.toml beyond the types of its values."""

import re
from collections.abc import Iterator

from app.catalog.faults import commit_fault, hash_fault, repo_fault
from app.domain.builds import BuildFile, Sized, group_builds
from app.domain.catalogue import BadFile, CatalogModel, Repository
from app.domain.chat import Effort, Sampling, Thinking
from app.domain.mistral.version import TokenizerVersion

# A rule that is broken: which key, and what is wrong with it.
Fault = tuple[str, str]

_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_WORD = re.compile(r"[a-z0-9]+")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_STEP = re.compile(r"\w[\w.+-]*", re.ASCII)  # of a path: nothing that leaves the folder

_OPEN_LICENSES = frozenset({"Apache-2.0", "MIT"})
_EFFORTS = {
    Thinking.NEVER: frozenset({Effort.FAST}),
    Thinking.ALWAYS: frozenset({Effort.DEEP}),
    Thinking.SWITCH: frozenset(Effort),
}
_RANGES = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "min_p": (0, 1),
    "top_k": (0, 1000),
    "repeat_penalty": (0.5, 2),
}


def model_faults(model: CatalogModel) -> Iterator[Fault]:
    """Look for broken rules."""
    yield from _identity_faults(model)
    yield from _use_faults(model)
    yield from _license_faults(model)
    repos: set[str] = set()
    for index, repository in enumerate(model.repositories):
        key = f"repositories[{index}]"
        if repository.repo in repos:
            yield f"{key}.repo", f"“{repository.repo}” is there twice"
        repos.add(repository.repo)
        for inner, reason in _repository_faults(repository):
            yield f"{key}.{inner}", reason
    for index, bad in enumerate(model.bad_files):
        for inner, reason in _bad_file_faults(bad):
            yield f"bad_files[{index}].{inner}", reason


def _identity_faults(model: CatalogModel) -> Iterator[Fault]:
    if not _ID.fullmatch(model.id):
        yield "id", f"“{model.id}” is not in small letters, digits and hyphens"
    for key in ("name", "architecture", "license", "about"):
        if not getattr(model, key).strip():
            yield key, "is empty"
    if model.parameters <= 0:
        yield "parameters", "is not greater than 0"
    for index, word in enumerate(model.name_words):
        if not _WORD.fullmatch(word):
            yield f"name_words[{index}]", f"“{word}” has more than small letters and digits"
    yield from _shape_faults(model)


def _use_faults(model: CatalogModel) -> Iterator[Fault]:
    if model.context_limit_tokens <= 0:
        yield "context_limit_tokens", "is not greater than 0"
    if model.tokenizer not in {"", *TokenizerVersion}:
        known = ", ".join(TokenizerVersion)
        yield "tokenizer", f"“{model.tokenizer}” is none of {known}"
    yield from _sampling_faults(model)


def _license_faults(model: CatalogModel) -> Iterator[Fault]:
    if not _DATE.fullmatch(model.released):
        yield "released", "is not a date like 2026-03-16, 2026-03 or 2026"
    if model.license not in _OPEN_LICENSES and not model.license_note.strip():
        yield "license_note", f"is missing: “{model.license}” has terms to agree to"


def _sampling_faults(model: CatalogModel) -> Iterator[Fault]:
    for effort, sampling in model.sampling.items():
        key = f"sampling.{effort.value}"
        if effort not in _EFFORTS[model.thinking]:
            yield key, f"does not go with thinking = “{model.thinking.value}”"
        if sampling.seed is not None:
            yield f"{key}.seed", "is not for the catalogue to say"
        yield from _range_faults(key, sampling)


def _range_faults(key: str, sampling: Sampling) -> Iterator[Fault]:
    for name, (least, most) in _RANGES.items():
        if not least <= getattr(sampling, name) <= most:
            yield f"{key}.{name}", f"is not between {least} and {most}"


def _shape_faults(model: CatalogModel) -> Iterator[Fault]:
    if model.shape is None:
        return
    for name in model.shape.__struct_fields__:
        if getattr(model.shape, name) < 0:
            yield f"shape.{name}", "is negative"
    for name in ("layers", "embedding", "heads", "kv_heads", "key_length", "vocabulary"):
        if getattr(model.shape, name) == 0:
            yield f"shape.{name}", "is 0"


def _repository_faults(repository: Repository) -> Iterator[Fault]:
    if fault := repo_fault(repository.repo):
        yield "repo", fault
    if repository.commit and (fault := commit_fault(repository.commit)):
        yield "commit", fault
    paths: set[str] = set()
    for index, file in enumerate(repository.files):
        key = f"files[{index}]"
        if file.path.lower() in paths:
            yield f"{key}.path", f"“{file.path}” is there twice"
        paths.add(file.path.lower())
        for inner, reason in _file_faults(file):
            yield f"{key}.{inner}", reason
    for index, build in enumerate(repository.builds):
        key = f"builds[{index}]"
        if not _STEP.fullmatch(build.label):
            yield f"{key}.label", f"“{build.label}” is not a label like Q4_K_M"
        yield from _size_faults(build, key)
        if build.size_bytes is None:
            yield f"{key}.bytes", "is missing, and approx_bytes too"
    yield from _grouping_faults(repository)


def _file_faults(file: BuildFile) -> Iterator[Fault]:
    steps = file.path.split("/")
    if not all(_STEP.fullmatch(step) for step in steps) or not file.path.endswith(".gguf"):
        yield "path", f"“{file.path}” is not the plain path of a .gguf file"
    yield from _size_faults(file)
    if file.sha256 and (fault := hash_fault(file.sha256)):
        yield "sha256", fault


def _size_faults(sized: Sized, key: str = "") -> Iterator[Fault]:
    prefix = f"{key}." if key else ""
    if sized.bytes is not None and sized.approx_bytes is not None:
        yield f"{prefix}approx_bytes", "stands beside bytes: a size is exact or about, not both"
    for name in ("bytes", "approx_bytes"):
        size = getattr(sized, name)
        if size is not None and size <= 0:
            yield f"{prefix}{name}", "is not greater than 0"


def _grouping_faults(repository: Repository) -> Iterator[Fault]:
    labels: set[str] = set()
    for build in group_builds(repository.repo, repository.files, stated=repository.builds):
        if build.missing_parts:
            missing = f"part {build.missing_parts[0]} of {build.part_count}"
            yield "files", f"lack {missing} of “{build.label}”"
        if build.label.lower() in labels:
            yield "files", f"hold two builds “{build.label}”"
        labels.add(build.label.lower())


def _bad_file_faults(bad: BadFile) -> Iterator[Fault]:
    if not bad.name.strip() or "/" in bad.name:
        yield "name", "is not the name of a file"
    if not bad.reason.strip():
        yield "reason", "is empty"
    yield from _size_faults(bad)
    if bad.sha256 and (fault := hash_fault(bad.sha256)):
        yield "sha256", fault
