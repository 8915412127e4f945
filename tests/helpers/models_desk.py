"""A real window with the Models page on a service that is made up."""

from PySide6.QtWidgets import QWidget

from app.ui.pages import Sources
from tests.helpers.desk import Desk
from tests.helpers.fake_downloads import FakeDownloads, FakeRepositories, job
from tests.helpers.fake_library import FakeLibrary, FakeNetworkLog, FakeSettings, FakeTokens
from tests.helpers.fake_offers import FakeOffers


class ModelsDesk(Desk):
    """A window that has offers, with the page open."""

    def __init__(self, qtbot, offers: FakeOffers, *, is_open: bool = True) -> None:
        self.offers = offers
        self.downloads = FakeDownloads()
        self.library = FakeLibrary()
        super().__init__(qtbot, sources=self._sources())
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)
        if is_open:
            self.press("modelsButton")

    def _sources(self) -> Sources:
        return Sources(
            offers=self.offers,
            downloads=self.downloads,
            repositories=FakeRepositories(),
            library=self.library,
            settings=FakeSettings(),
            tokens=FakeTokens(),
            network_log=FakeNetworkLog(),
            job_of=lambda model, build: job(model, build, model_id=model),
            settings_changed=lambda: None,
        )

    def card(self, name: str) -> QWidget:
        (found,) = [c for c in self.seen("modelCard") if name in c.accessibleName()]
        return found

    def names(self) -> list[str]:
        cards = sorted(self.seen("modelCard"), key=lambda c: c.y())
        return [card.accessibleName() for card in cards]

    def part(self, card: str, name: str) -> QWidget:
        found = self.card(card).findChild(QWidget, name)
        assert found is not None, name
        return found

    def text(self, card: str, name: str) -> str:
        return self.part(card, name).text()

    def unfold(self, card: str, name: str = "settingsFold") -> None:
        self.part(card, name).click()
