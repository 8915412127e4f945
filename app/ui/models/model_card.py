"""One model: what it is, the build for this PC, and what is folded away behind it."""

from collections.abc import Iterable

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.downloads.jobs import State
from app.domain.placement.values import Fit, MemoryPlan
from app.services.offers import BuildOffer, ModelOffer
from app.ui.catalogue_text import catalogue_text
from app.ui.models.build_summary import BuildSummary
from app.ui.models.build_table import BuildTable
from app.ui.models.card_download import CardDownload
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.flow_row import FlowRow, chip
from app.ui.models.fold import Fold
from app.ui.models.setting_panel import SettingPanel
from app.ui.models.source import ModelOffers
from app.ui.models.words import reason_words, released_words, thinking_words
from app.ui.plain_text import ElidedLabel, PlainLabel, tooltip
from app.ui.quantities import format_count


class ModelCard(QFrame):
    """Shows a `ModelOffer`; table and settings are made when they are unfolded.

    Signals:
        use_requested: Ids of model and build.
    """

    use_requested = Signal(str, str)

    def __init__(
        self,
        offers: ModelOffers,
        model: ModelOffer,
        *,
        feed: DownloadFeed | None = None,
        can_be_set: bool = True,
    ) -> None:
        """Be empty until `show_model`.

        Args:
            offers: Prices it.
            model: What it is going to show.
            feed: Downloads it; None leaves that out.
            can_be_set: The offers can price it with other settings.
        """
        super().__init__()
        self.setObjectName("modelCard")
        self._offers = offers
        self._feed = feed
        self._can_be_set = can_be_set
        self._download = CardDownload(feed) if feed else None
        self._model = model
        self._spoken_of = ""
        self._chosen = ""  # the build that the person chose; empty leaves it to the card
        self._shown: tuple[ModelOffer, bool] | None = None
        self._table: BuildTable | None = None
        self._panel: SettingPanel | None = None
        self._name = ElidedLabel(kind="heading")
        self._name.setObjectName("modelTitle")
        self._released = PlainLabel(kind="small")
        self._about = PlainLabel(wraps=True)
        self._chips = FlowRow()
        self._license = PlainLabel(kind="small", wraps=True)
        self._license.setObjectName("licenseNote")
        self._reason = PlainLabel(kind="muted", wraps=True)
        self._reason.setObjectName("reason")
        self._summary = BuildSummary()
        self._use = QPushButton(self.tr("Use"))
        self._use.setObjectName("useButton")
        self._use.setProperty("kind", "primary")
        self._use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._settings = Fold("settingsFold", self.tr("Memory and speed"))
        self._builds = Fold("buildsFold", "")
        self._place = QVBoxLayout()
        self._arrange()
        self._use.clicked.connect(self._use_pressed)
        self._settings.opened.connect(self._show_settings)
        self._builds.opened.connect(self._show_builds)

    @property
    def model(self) -> ModelOffer:
        """What is shown."""
        return self._model

    def show_model(self, model: ModelOffer) -> None:
        """Show it, keeping what is unfolded and which build was chosen."""
        has_gpu = bool(self._offers.machine and self._offers.machine.gpus)
        if self._shown == (model, has_gpu):
            return
        self._shown, self._model = (model, has_gpu), model
        self.setProperty("best", model.is_best)
        self.style().polish(self)
        title = self.tr("Start with {name}") if model.is_best else "{name}"
        self._name.setText(title.format(name=model.name))
        self._name.setToolTip(tooltip(model.name))
        self._released.setText(released_words(model.released))
        self._about.setText(catalogue_text(model.about))
        self._about.setVisible(bool(model.about))
        self._chips.show_members([chip(words, hint=hint) for words, hint in self._facts()])
        self._license.setText(catalogue_text(model.license_note))
        self._license.setVisible(bool(model.license_note))
        self._show_reason()
        self._builds.say(self.tr("All builds ({count})").format(count=len(model.builds)))
        self._builds.setVisible(len(model.builds) > 1)
        self._show_build()

    def refresh(self) -> None:
        """The search for the best setting went on or ended."""
        if self._panel and self._settings.isChecked() and (build := self.build()):
            self._panel.show_build(self._model, build)

    def show_downloads(self) -> None:
        """Follow the queue, keeping the keyboard."""
        if self._download is None or self._feed is None:
            return
        build = self.build()
        if build and build.id != self._spoken_of:
            self._show_build()
        else:
            self._download.refresh()
        if self._table:
            self._table.show_downloads(self._feed.of_model(self._model.id))

    def choose(self, build_id: str) -> None:
        """Speak of this build from now on."""
        self._chosen = build_id
        self._show_build()

    def enter(self) -> None:
        """Take the keyboard, from a search."""
        buttons = self._download.buttons if self._download else ()
        doors = (self._use, *buttons, self._settings, self._builds)
        door = next((door for door in doors if door.isVisible() and door.isEnabled()), None)
        if door:
            door.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def build(self) -> BuildOffer | None:
        """The build that the card speaks of; None where the catalogue has none."""
        by_id = {build.id: build for build in self._model.builds}
        if self._chosen in by_id:
            return by_id[self._chosen]
        best = by_id.get(self._model.choice.build) if self._model.choice else None
        if best and best.path:
            return best
        installed = (build for build in self._model.builds if build.path)
        downloads = self._feed.of_model(self._model.id) if self._feed else {}
        coming = (
            build
            for build in self._model.builds
            if build.id in downloads and downloads[build.id].state is not State.INSTALLED
        )
        return next(installed, None) or next(coming, None) or best or _smallest(self._model.builds)

    def _show_build(self) -> None:
        build = self.build()
        self._spoken_of = build.id if build else ""
        for part in (self._summary, self._settings):
            part.setVisible(build is not None)
        had_focus = self._holds_focus()
        self._use.setVisible(build is not None and build.path is not None)
        has_gpu = bool(self._offers.machine and self._offers.machine.gpus)
        if self._download:
            self._download.show_build(self._model, build, has_gpu=has_gpu)
        if had_focus and not self._holds_focus():
            self.enter()
        if build is None:
            self._describe(self.tr("No build of it is known."))
            return
        self._summary.show_build(build, has_gpu=has_gpu)
        self._use.setAccessibleName(
            self.tr("Use {name} {build}").format(name=self._model.name, build=build.id)
        )
        can_run = build.plan is None or build.plan.fit is not Fit.NO
        self._use.setEnabled(can_run)
        self._use.setToolTip(
            self.tr("Chat with this model")
            if can_run
            else self.tr("It does not fit this PC as it is set now")
        )
        self._settings.setVisible(build.plan is not None and self._can_be_set)
        self._describe(self._summary.words())
        if self._table:
            self._table.show_builds(self._model, build.id)
        if self._panel:
            self._panel.setVisible(self._settings.isChecked() and build.plan is not None)
        self.refresh()

    def _show_reason(self) -> None:
        choice, words = self._model.choice, ""
        if choice and self._model.is_best:
            words = reason_words(choice)
        elif choice is None and any(build.plan for build in self._model.builds):
            words = self.tr("No good build of it fits: all need more memory than there is.")
        self._reason.setText(words)
        self._reason.setVisible(bool(words))

    def _describe(self, words: str) -> None:
        self.setAccessibleName(self._name.text())
        self.setAccessibleDescription(f"{self._about.text()} {words}".strip())

    def _facts(self) -> Iterable[tuple[str, str]]:
        """Words and explanation of each chip."""
        model = self._model
        if thinking := thinking_words(model.thinking):
            yield thinking, self.tr("It can work out an answer before it gives it")
        if model.sees_pictures:
            yield self.tr("Sees pictures"), ""
        if model.limit_tokens:
            count = format_count(model.limit_tokens)
            yield (
                self.tr("Up to {count} tokens").format(count=count),
                self.tr("The longest chat that it was made for"),
            )
        if model.license:
            yield model.license, catalogue_text(model.license_note)

    @Slot()
    def _use_pressed(self) -> None:
        if build := self.build():
            self.use_requested.emit(self._model.id, build.id)

    @Slot(bool)
    def _show_settings(self, is_open: bool) -> None:
        build = self.build()
        if is_open and self._panel is None and build:
            self._panel = SettingPanel(self._offers, self._model, build)
            self._panel.planned.connect(self._show_planned)
            self._place.insertWidget(0, self._panel)
        if self._panel:
            self._unfold(self._panel, self._settings, is_open=is_open)
        self.refresh()

    @Slot(bool)
    def _show_builds(self, is_open: bool) -> None:
        build = self.build()
        if is_open and self._table is None and build:
            self._table = BuildTable(can_download=self._feed is not None)
            self._table.build_chosen.connect(self.choose)
            self._table.download_requested.connect(self._download_build)
            self._place.addWidget(self._table)
            self._table.show_builds(self._model, build.id)
            self.show_downloads()
        if self._table:
            self._unfold(self._table, self._builds, is_open=is_open)

    def _unfold(self, part: QWidget, fold: Fold, *, is_open: bool) -> None:
        """Show or hide it; the keyboard stays at the fold rather than going anywhere."""
        focus = QApplication.focusWidget()
        if not is_open and focus and (focus is part or part.isAncestorOf(focus)):
            fold.setFocus(Qt.FocusReason.OtherFocusReason)
        part.setVisible(is_open)

    @Slot(object)
    def _show_planned(self, plan: MemoryPlan | None) -> None:
        """Follow the panel while its slider is dragged."""
        if build := self.build():
            has_gpu = bool(self._offers.machine and self._offers.machine.gpus)
            planned = msgspec.structs.replace(build, plan=plan)
            self._summary.show_build(planned, has_gpu=has_gpu)

    @Slot(str)
    def _download_build(self, build_id: str) -> None:
        self.choose(build_id)
        if self._download:
            self._download.start()

    @Slot()
    def _stay(self) -> None:
        """Go on speaking of the build that is being downloaded."""
        if build := self.build():
            self._chosen = build.id

    def _holds_focus(self) -> bool:
        """Whether a button about the build has the keyboard and can be seen."""
        buttons = self._download.buttons if self._download else ()
        return any(b.hasFocus() and not b.isHidden() for b in (self._use, *buttons))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self._released)
        buttons = self._download.buttons if self._download else ()
        foot = FlowRow(gap_px=8)
        foot.show_members([self._use, *buttons, self._settings, self._builds])
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        self._place.setSpacing(12)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 14)
        column.setSpacing(8)
        column.addLayout(head)
        parts: tuple[QWidget, ...] = (self._about, self._reason, self._chips, self._license, line)
        for row in (*parts, self._summary):
            column.addWidget(row)
        if self._download:
            self._download.begun.connect(self._stay)
            column.addWidget(self._download)
        column.addWidget(foot)
        column.addLayout(self._place)


def _smallest(builds: tuple[BuildOffer, ...]) -> BuildOffer | None:
    """The one most likely to fit, faulty ones last."""
    known = [build for build in builds if build.bytes is not None] or list(builds)
    return min(known, key=lambda build: (bool(build.warning), build.bytes or 0), default=None)
