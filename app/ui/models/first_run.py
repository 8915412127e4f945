"""The first run: finds the model for this PC, downloads it, and has the empty chat use it.

Where there is no model at all, the small one to try the app with is offered beside it.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.downloads.jobs import Download
from app.services.offers import BuildOffer, ModelOffer
from app.ui.chat.welcome import Welcome
from app.ui.error_text import error_text
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.first_model import FirstModel
from app.ui.models.source import ModelOffers
from app.ui.models.starter_offer import StarterOffer


class FirstRun(QObject):
    """Fills the empty chat's panel until the person has a model of their own.

    Signals:
        all_requested: The person wants to see every model.
    """

    all_requested = Signal()

    def __init__(
        self,
        offers: ModelOffers,
        feed: DownloadFeed,
        welcome: Welcome,
        *,
        starter: ModelOffer,
        has_models: Callable[[], bool],
        parent: QObject,
    ) -> None:
        """Offer the starter, and wait for `look` with the other.

        Args:
            offers: Told to measure this PC only where there is no model yet.
            feed: Downloads.
            welcome: Has the place of the panel.
            starter: The small model to try the app with.
            has_models: Whether anything is installed beside it.
            parent: Its owner.
        """
        super().__init__(parent)
        self._offers = offers
        self._feed = feed
        self._welcome = welcome
        self._has_models = has_models
        self._panel: FirstModel | None = None
        self._starter: StarterOffer | None = None
        self._starter_id = starter.id
        if welcome.lacks_model:
            self._starter = StarterOffer(feed, starter)
            welcome.put_starter(self._starter, self._starter.words())
        self._has_asked = False
        self._came: set[tuple[str, str]] = set()  # downloaded in this run: model and build
        feed.changed.connect(self._follow_queue)
        feed.installed.connect(self._installed)

    @property
    def needs_prices(self) -> bool:
        """Whether it shows what the offers say of what is installed."""
        return self._has_asked and self._welcome.is_first_run

    @Slot()
    def look(self) -> None:
        """It is known what is installed, or something of it changed."""
        if not self._welcome.is_first_run:
            return
        if self._has_models() and not self._came:
            self._welcome.end_first_run()
        elif not self._has_asked:
            self._has_asked = True
            self._offers.refresh()
            self.show_offers()

    @Slot()
    def show_offers(self) -> None:
        """Show what is known of this PC by now."""
        if not self.needs_prices:
            return
        if self._offers.machine is None:
            if self._offers.problems:
                self._welcome.say_first_run(error_text(self._offers.problems[0]))
            return
        found = self._best()
        is_here = found is not None and found[1].path is not None
        if found and is_here and not self._welcome.isHidden():
            self._use(found[0].id, found[1].id)  # the chat is still empty
        else:
            self._show(found)

    def _show(self, found: tuple[ModelOffer, BuildOffer] | None) -> None:
        if self._panel is None:
            self._panel = FirstModel(self._feed)
            self._panel.use_requested.connect(self._use)
            self._panel.all_requested.connect(self.all_requested)
            self._panel.open_requested.connect(self._welcome.open_model_requested)
        machine = self._offers.machine
        if found:
            self._panel.show_offer(*found, has_gpu=bool(machine and machine.gpus))
        else:
            self._panel.show_none()
        self._welcome.put_first_run(self._panel, self._panel.words())

    def _best(self) -> tuple[ModelOffer, BuildOffer] | None:
        """What was downloaded here, else what is recommended."""
        by_ids = {(m.id, b.id): (m, b) for m in self._offers.offers for b in m.builds}
        came = (by_ids[ids] for ids in self._came if ids in by_ids and by_ids[ids][1].path)
        best = (
            by_ids.get((model.id, model.choice.build))
            for model in self._offers.offers
            if model.is_best and model.choice
        )
        return next(came, None) or next(best, None)

    @Slot()
    def _follow_queue(self) -> None:
        if self._starter and self._welcome.lacks_model:
            self._starter.refresh()
            self._welcome.put_starter(self._starter, self._starter.words())
        if self._panel and self._welcome.is_first_run:
            self._panel.refresh()
            self._welcome.put_first_run(self._panel, self._panel.words())

    @Slot(object)
    def _installed(self, download: Download) -> None:
        if self.needs_prices and download.job.model_id != self._starter_id:
            self._came.add((download.job.model_id, download.job.build))

    @Slot(str, str)
    def _use(self, model_id: str, build_id: str) -> None:
        names = {model.id: model.name for model in self._offers.offers}
        self._offers.open(model_id, build_id)
        self._welcome.end_first_run(ready=names.get(model_id, ""))
