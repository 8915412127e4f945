"""A real window with the Models page on a service that is made up."""

from PySide6.QtWidgets import QWidget

from tests.helpers.desk import Desk
from tests.helpers.fake_downloads import FakeDownloads
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fake_offers import FakeOffers
from tests.helpers.page_sources import page_sources


class ModelsDesk(Desk):
    """A window that has offers, with the page open."""

    def __init__(self, qtbot, offers: FakeOffers, *, is_open: bool = True) -> None:
        self.offers = offers
        self.downloads = FakeDownloads()
        self.library = FakeLibrary()
        super().__init__(
            qtbot,
            sources=page_sources(
                offers=self.offers, downloads=self.downloads, library=self.library
            ),
        )
        self.window.activateWindow()
        self.wait_for(self.window.isActiveWindow)
        if is_open:
            self.press("modelsButton")

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
