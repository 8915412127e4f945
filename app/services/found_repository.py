"""A repository that was looked up, described like a model of the catalogue."""

import pathlib

import msgspec

from app.catalog.catalog import Catalog
from app.domain.builds import Build, group_builds
from app.domain.catalogue import CatalogModel, Repository
from app.domain.downloads.jobs import Job, job_for
from app.domain.errors import (
    AppError,
    BuildAmbiguous,
    BuildIncomplete,
    BuildNotFound,
    ModelError,
    RepositoryEmpty,
)
from app.domain.families import find_family
from app.domain.parameters import parameters_of
from app.domain.placement.planned import planned_model
from app.domain.repository_name import RepositoryName
from app.domain.tensors import Header
from app.downloads.protocol import Looked
from app.services.offers import ModelOffer

_SUFFIX = "-gguf"


class FoundRepository(msgspec.Struct, frozen=True, kw_only=True):
    """What a repository holds and what of it suits this PC.

    Attributes:
        name: What was asked for.
        offer: The same as of a model of the catalogue.
        builds: Those of the offer, in its order.
        incomplete: Builds of which parts were never published.
        is_priced: Nothing more is coming; before, no fit is known.
    """

    name: RepositoryName
    offer: ModelOffer
    builds: tuple[Build, ...]
    incomplete: tuple[Build, ...] = ()
    is_priced: bool = False

    @property
    def asked_build(self) -> str:
        """The id of the build that was named, or whose file was; "" if it was none or several."""
        path = self.name.file
        if path:
            return next((b.id for b in self.builds if path in (f.path for f in b.files)), "")
        try:
            return self.choose(self.name.build).id if self.name.build else ""
        except (BuildAmbiguous, BuildIncomplete, BuildNotFound):
            return ""

    def choose(self, build_id: str) -> Build:
        """Find a build by its label or the name of one of its files, whatever the case.

        Raises:
            BuildNotFound: There is none.
            BuildAmbiguous: There are several of that label.
            BuildIncomplete: Parts of it are missing.
        """
        wanted = build_id.lower()
        labelled = [build for build in self.builds if build.label.lower() == wanted]
        if len(labelled) > 1:
            choices = ", ".join(pathlib.PurePosixPath(b.files[0].path).name for b in labelled)
            raise BuildAmbiguous(
                repository=self.name.repository, build=labelled[0].label, choices=choices
            )
        for build in (*labelled, *(build for build in self.builds if wanted in _names(build))):
            return build
        if any(wanted in (build.label.lower(), *_names(build)) for build in self.incomplete):
            raise BuildIncomplete(build=build_id, repository=self.name.repository)
        raise BuildNotFound(build=build_id, name=self.name.repository)

    def job(self, build: Build) -> Job:
        """What downloads a build."""
        return job_for(build, name=self.offer.name, model_id=self.name.repository)


class RepositoryContent(msgspec.Struct, frozen=True, kw_only=True):
    """What the Hub listed, before it has prices.

    Attributes:
        model: As if it were the catalogue's; without shape before a header was read.
        incomplete: Builds of which parts were never published; the model is without them.
    """

    name: RepositoryName
    model: CatalogModel
    incomplete: tuple[Build, ...]

    @property
    def smallest(self) -> Build:
        """The build whose header tells most for the least: alone in its file, then small."""
        return min(self.model.builds, key=lambda b: (b.part_count, b.weights_bytes or 0))

    def offered(self, offer: ModelOffer, *, is_priced: bool) -> FoundRepository:
        """Put both together."""
        return FoundRepository(
            name=self.name,
            offer=offer,
            builds=self.model.builds,
            incomplete=self.incomplete,
            is_priced=is_priced,
        )

    def with_header(self, header: Header, catalog: Catalog) -> "RepositoryContent":
        """Add what one build's header tells; the same where that is not enough for a price."""
        try:
            planned = planned_model(
                header, name=self.model.name, families=catalog.families, vision_bytes=0
            )
        except ModelError:
            return self
        architecture = str(header.keys.get("general.architecture", ""))
        parameters = parameters_of(planned.shape)
        family = find_family(
            catalog.families,
            architecture=architecture,
            parameters=parameters,
            name=str(header.keys.get("general.name", "")),
        )
        model = msgspec.structs.replace(
            self.model,
            architecture=architecture,
            parameters=parameters,
            context_limit_tokens=planned.limit_tokens,
            thinking=family.thinking if family else self.model.thinking,
            shape=planned.shape,
        )
        return msgspec.structs.replace(self, model=model)


def content_of(
    name: RepositoryName, looked: Looked, catalog: Catalog
) -> RepositoryContent | AppError:
    """Group a listing into builds, and say what the catalogue knows of the repository.

    Returns:
        The content, or why there is nothing to download.
    """
    builds = group_builds(name.repository, looked.files, commit=looked.commit)
    incomplete = tuple(build for build in builds if build.missing_parts)
    lacking = {file.path for build in incomplete for file in build.files}
    if len(incomplete) == len(builds):
        for build in incomplete:
            return BuildIncomplete(build=build.label, repository=name.repository)
        return RepositoryEmpty(repository=name.repository)
    whole = Repository(
        repo=name.repository,
        commit=looked.commit,
        files=tuple(file for file in looked.files if file.path not in lacking),
    )
    model = _described(whole, catalog, sees_pictures=any(build.projector for build in builds))
    return RepositoryContent(name=name, model=model, incomplete=incomplete)


def _described(repository: Repository, catalog: Catalog, *, sees_pictures: bool) -> CatalogModel:
    name = repository.repo
    own_name = name.partition("/")[2]
    if own_name.lower().endswith(_SUFFIX):
        own_name = own_name[: -len(_SUFFIX)]
    known = next((m for m in catalog.models if name in (r.repo for r in m.repositories)), None)
    return CatalogModel(
        id=name,
        name=known.name if known else own_name,
        architecture="",
        parameters=1,  # nothing is divided by it before there is a shape
        context_limit_tokens=0,
        license=known.license if known else "",
        license_note=known.license_note if known else "",
        released=known.released if known else "",
        about=known.about if known else name,
        pictures=sees_pictures,
        repositories=(repository,),
        bad_files=known.bad_files if known else (),
    )


def _names(build: Build) -> set[str]:
    """What a build is called by beside its label."""
    paths = {file.path.lower() for file in build.files}
    return {build.id.lower(), *paths, *(pathlib.PurePosixPath(path).name for path in paths)}
