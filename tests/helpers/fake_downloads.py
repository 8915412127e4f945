"""The queue of downloads and the look-up of repositories, as a test steers them."""

from collections.abc import Callable

import msgspec

from app.domain.builds import quant_label
from app.domain.downloads.jobs import Download, Job, State
from app.domain.repository_name import RepositoryName
from app.services.offers import ModelOffer
from app.ui.models.source import DownloadTerms

GIB = 2**30


def job(name: str = "Mistral Small 4", build: str = "UD-Q3_K_XL", **facts) -> Job:
    model_id = facts.pop("model_id", name.lower().replace(" ", "-"))
    return Job(
        id=f"{model_id}:{build}",
        name=name,
        model_id=model_id,
        build=build,
        repository="mistralai/Example-GGUF",
        **facts,
    )


class FakeDownloads:
    """Behaves as the service does, and remembers what it was asked."""

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.on_installed: Callable[[Download], None] = lambda download: None
        self.downloads: tuple[Download, ...] = ()
        self.asked: list[tuple] = []
        self.terms = DownloadTerms()

    def add(self, job: Job) -> Download:
        self.asked.append(("add", job.id))
        return self.put(job)

    def pause(self, job_id: str) -> None:
        self.asked.append(("pause", job_id))
        self.change(job_id, state=State.PAUSED)

    def resume(self, job_id: str) -> None:
        self.asked.append(("resume", job_id))
        self.change(job_id, state=State.QUEUED, problem=None)

    def cancel(self, job_id: str, *, keeps_part: bool = False) -> None:
        self.asked.append(("cancel", job_id, keeps_part))
        self.downloads = tuple(d for d in self.downloads if d.job.id != job_id)
        self.on_change()

    def move(self, job_id: str, position: int) -> None:
        self.asked.append(("move", job_id, position))
        moved = next(d for d in self.downloads if d.job.id == job_id)
        others = [d for d in self.downloads if d.job.id != job_id]
        self.downloads = (*others[:position], moved, *others[position:])
        self.on_change()

    def pause_all(self) -> None:
        for download in self.downloads:
            if download.state not in (State.FAILED, State.INSTALLED):
                self.pause(download.job.id)

    def resume_all(self) -> None:
        for download in self.downloads:
            if download.state is State.PAUSED:
                self.resume(download.job.id)

    def clear_installed(self) -> None:
        self.downloads = tuple(d for d in self.downloads if d.state is not State.INSTALLED)
        self.on_change()

    # What a test does

    def put(self, job: Job, **facts) -> Download:
        """Have it at the end of the queue."""
        made = Download(**{"job": job, "state": State.QUEUED, **facts})
        self.downloads = (*self.downloads, made)
        self.on_change()
        return made

    def change(self, job_id: str, **facts) -> Download:
        """Something of it is another now."""
        old = next(d for d in self.downloads if d.job.id == job_id)
        new = msgspec.structs.replace(old, **facts)
        self.downloads = tuple(new if d is old else d for d in self.downloads)
        self.on_change()
        return new

    def install(self, job_id: str) -> None:
        """It ended well."""
        self.on_installed(self.change(job_id, state=State.INSTALLED, eta_s=None))

    def states(self) -> list[str]:
        return [str(download.state) for download in self.downloads]


class FakeFound(msgspec.Struct):
    asked_build: str = ""


class FakeRepositories:
    """Answers when a test says so."""

    def __init__(self) -> None:
        self.found: dict[str, FakeFound] = {}
        self.asked: list[RepositoryName] = []
        self.paths: dict[tuple[str, str], object] = {}
        self._on_offer: Callable[[ModelOffer | Exception], None] = lambda end: None

    def look(self, name: RepositoryName, on_offer: Callable) -> None:
        self.asked.append(name)
        self._on_offer = on_offer

    def installed_path(self, repository: str, build_id: str):
        return self.paths.get((repository, build_id))

    def answer(self, end: ModelOffer | Exception) -> None:
        """The Hub answered what was asked last."""
        name = self.asked[-1]
        if isinstance(end, ModelOffer):
            build = name.build or (quant_label(name.file) if name.file else "")
            self.found[name.repository] = FakeFound(build)
        self._on_offer(end)
