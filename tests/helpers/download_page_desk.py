"""The Models page on made-up services: prices, queue and repositories."""

from PySide6.QtWidgets import QAbstractButton, QTableWidget, QVBoxLayout, QWidget

from app.domain.downloads.jobs import State
from app.ui.models.download_badge import DownloadBadge
from app.ui.models.download_feed import DownloadFeed
from app.ui.models.page import ModelsPage
from tests.helpers.fake_downloads import GIB, FakeDownloads, FakeRepositories, job
from tests.helpers.fake_offers import CATALOGUE, GAMER, FakeOffers

SMALL = "mistral-small-4:UD-Q3_K_XL"


class DownloadPageDesk:
    """A page that can download, and what it asked for."""

    def __init__(self, machine=GAMER, catalogue=CATALOGUE, installed_view=None) -> None:
        self.offers = FakeOffers(machine, catalogue)
        self.queue = FakeDownloads()
        self.repositories = FakeRepositories()
        names = {model.id: model.name for model, _ in catalogue}
        self.feed = DownloadFeed(
            self.queue,
            job_of=lambda model, build: job(names.get(model, model), build, model_id=model),
            terms=lambda: self.queue.terms,
        )
        self.badge = DownloadBadge(self.feed)
        self.page = ModelsPage(
            self.offers,
            feed=self.feed,
            repositories=self.repositories,
            installed_path=self.repositories.installed_path,
            installed_view=installed_view,
        )
        self.window = QWidget()
        self.window.resize(900, 900)
        column = QVBoxLayout(self.window)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)

    def seen(self, name: str, inside: QWidget | None = None) -> list[QWidget]:
        found = (inside or self.page).findChildren(QWidget, name)
        return [widget for widget in found if widget.isVisible()]

    def card(self, name: str) -> QWidget:
        (found,) = [c for c in self.seen("modelCard") if name in c.accessibleName()]
        return found

    def row(self, name: str) -> QWidget:
        (found,) = [r for r in self.seen("downloadRow") if name in r.accessibleName()]
        return found

    def rows(self) -> list[str]:
        rows = sorted(self.seen("downloadRow"), key=lambda row: row.y())
        return [row.accessibleName() for row in rows]

    def text(self, inside: QWidget, name: str) -> str:
        (label,) = self.seen(name, inside)
        return label.text()

    def press(self, name: str, inside: QWidget | None = None) -> None:
        (button,) = self.seen(name, inside)
        assert isinstance(button, QAbstractButton)
        assert button.isEnabled()
        button.click()

    def unfold(self, name: str) -> QTableWidget:
        """Show the table of a model's builds."""
        self.press("buildsFold", self.card(name))
        (table,) = self.seen("buildTable", self.card(name))
        assert isinstance(table, QTableWidget)
        return table


def open_downloads(qtbot, **options) -> DownloadPageDesk:
    """Show the page in a window that is in front."""
    desk = DownloadPageDesk(**options)
    for widget in (desk.window, desk.badge):
        qtbot.addWidget(widget)
    desk.window.show()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow, timeout=5000)
    return desk


def fill(queue: FakeDownloads) -> None:
    """One that goes on, one that waits for its turn, one that is done."""
    queue.put(
        job(),
        state=State.DOWNLOADING,
        bytes_done=14 * GIB,
        bytes_total=50 * GIB,
        bytes_per_s=40e6,
        eta_s=961.0,
    )
    queue.put(job("Codestral 22B", "Q4_K_M", model_id="codestral-22b"), bytes_total=12 * GIB)
    queue.put(job("Pixtral 12B", "Q8_0"), state=State.INSTALLED, bytes_done=GIB, bytes_total=GIB)
