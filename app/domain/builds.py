"""From the files of a repository to builds: the items that a person downloads.

Nothing but names decides, so that a listing of the Hub is grouped like the catalogue's own.
"""

import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec

# The number formats in the names of GGUFs: Q4_K_M, IQ4_XS, TQ1_0, MXFP4_MOE, BF16, UD-Q4_K_XL.
# Some names have nothing between them and the model's ("devstralQ4_0.gguf").
_LABEL = re.compile(
    r"(?:(?<![A-Za-z0-9])|(?<=[a-z])(?=I?Q\d))"
    r"(?i:(?:UD-)?(?:I?Q\d(?:_[0-9A-Z]{1,3})*|TQ\d_\d)|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32"
    r"|APEX(?:-I)?-[a-z]+)"
    r"(?![A-Za-z0-9])"
)
_PART = re.compile(r"-(\d{5})-of-(\d{5})$")
_PROJECTOR = re.compile(r"(?:^|[-._])mmproj(?:[-._]|$)", re.IGNORECASE)
_NO_MODEL = re.compile(r"(?:^|[-._])imatrix(?:[-._]|$)", re.IGNORECASE)

# Projectors are small, so the best one is taken: F32 is twice the size of what Mistral published
# (BF16) and no more exact. F16 comes first because every backend computes it; BF16 falls back to
# the CPU on some.
_PROJECTOR_LABELS = ("F16", "BF16", "F32")
# No disk holds more, and no division of it fails.
_Bytes = Annotated[int, msgspec.Meta(le=1 << 50)]


class Sized(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that is downloaded.

    Attributes:
        bytes: Exact size; None where it is not known.
        approx_bytes: A size that somebody rounded, said as "about"; never beside `bytes`.
    """

    bytes: _Bytes | None = None
    approx_bytes: _Bytes | None = None

    @property
    def size_bytes(self) -> int | None:
        """The best that is known."""
        return self.approx_bytes if self.bytes is None else self.bytes


class BuildFile(Sized, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file of a repository.

    Attributes:
        path: Inside the repository, with slashes.
        sha256: In hex; "" where it is not known.
    """

    path: str
    sha256: str = ""


class StatedBuild(Sized, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A build of which only its label and its size, without projector, are known."""

    label: str


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """One item that a person downloads: a model file or all its parts, and its projector.

    Attributes:
        id: Unique in a model of the catalogue; how the person names the build.
        label: The number format as the file names say it, e.g. "UD-Q4_K_XL".
        commit: 40 hex digits; "" is whatever is newest.
        files: In the order of their parts; empty where only the size is known, and the Hub says
            the rest.
        part_count: How many files there have to be.
        projector: What the model needs to see pictures.
        weights_bytes: Of the files; None where it is not known.
        is_approximate: A size that is counted in here was rounded.
    """

    id: str
    label: str
    repository: str
    commit: str = ""
    files: tuple[BuildFile, ...] = ()
    part_count: int = 1
    projector: BuildFile | None = None
    weights_bytes: int | None = None
    is_approximate: bool = False

    @property
    def total_bytes(self) -> int | None:
        """What is downloaded, the projector included; None where a part of it is not known."""
        if self.projector is None or self.weights_bytes is None:
            return self.weights_bytes
        projector_bytes = self.projector.size_bytes
        return None if projector_bytes is None else self.weights_bytes + projector_bytes

    @property
    def missing_parts(self) -> tuple[int, ...]:
        """Parts of a split model that the repository does not have, counted from 1."""
        if self.part_count == 1:
            return ()
        there = {_part(file.path)[1] for file in self.files}
        return tuple(part for part in range(1, self.part_count + 1) if part not in there)


def quant_label(path: str) -> str:
    """Tell a file's number format by its name, else by its folder; else it is the bare name."""
    stem, *_ = _part(path)
    folder, _, name = stem.rpartition("/")
    for text in (name, folder):
        if found := _LABEL.findall(text):
            label: str = found[-1]
            is_word = label.upper().startswith("APEX")
            return label if is_word else re.sub(r"^FP", "F", label.upper())
    return name


def is_projector(path: str) -> bool:
    """Whether a file is a vision projector: "mmproj" begins its name, or ends Mistral's own."""
    return bool(_PROJECTOR.search(pathlib.PurePosixPath(path).stem))


def choose_projector(files: Iterable[BuildFile]) -> BuildFile | None:
    """Take the projector that goes with every build of a repository."""
    ranks = {label: rank for rank, label in enumerate(_PROJECTOR_LABELS)}
    return min(
        (file for file in files if is_projector(file.path)),
        key=lambda file: ranks.get(quant_label(file.path), len(ranks)),
        default=None,
    )


def group_builds(
    repository: str,
    files: Iterable[BuildFile],
    *,
    commit: str = "",
    stated: Iterable[StatedBuild] = (),
    sees_pictures: bool = True,
) -> tuple[Build, ...]:
    """Group a repository's files into builds, in their order.

    Two builds may have the same label, which then is the id of both.

    Args:
        repository: OWNER/NAME.
        files: All of it; what is no model is left out.
        commit: 40 hex digits, or "".
        stated: Builds whose files are not known.
        sees_pictures: The model has a use for a projector.
    """
    files = tuple(files)
    projector = choose_projector(files) if sees_pictures else None
    is_rounded = projector is not None and projector.approx_bytes is not None
    builds = [
        Build(
            id=quant_label(parts[0].path),
            label=quant_label(parts[0].path),
            repository=repository,
            commit=commit,
            files=parts,
            part_count=part_count,
            projector=projector,
            weights_bytes=_sum_bytes(parts),
            is_approximate=is_rounded or any(part.approx_bytes is not None for part in parts),
        )
        for parts, part_count in _split_sets(files)
    ]
    builds += [
        Build(
            id=build.label,
            label=build.label,
            repository=repository,
            commit=commit,
            projector=projector,
            weights_bytes=build.size_bytes,
            is_approximate=is_rounded or build.approx_bytes is not None,
        )
        for build in stated
    ]
    return tuple(builds)


def _split_sets(files: Iterable[BuildFile]) -> Iterator[tuple[tuple[BuildFile, ...], int]]:
    sets: dict[tuple[str, int], list[BuildFile]] = {}
    for file in files:
        is_model = file.path.lower().endswith(".gguf") and not is_projector(file.path)
        if is_model and not _NO_MODEL.search(pathlib.PurePosixPath(file.path).stem):
            stem, _, part_count = _part(file.path)
            sets.setdefault((stem, part_count), []).append(file)
    for (_, part_count), parts in sets.items():
        yield tuple(sorted(parts, key=lambda part: part.path)), part_count


def _part(path: str) -> tuple[str, int, int]:
    """Split a path into what its parts share, its number and how many there are."""
    stem = path[: -len(".gguf")] if path.lower().endswith(".gguf") else path
    found = _PART.search(stem)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        return stem, 1, 1
    return stem[: found.start()], int(found[1]), int(found[2])


def _sum_bytes(files: Iterable[BuildFile]) -> int | None:
    sizes = [file.size_bytes for file in files]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None
