"""What is said of downloads outside the Models page: the badge and the notifications."""

from typing import ClassVar

import pytest
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from app.domain.downloads.jobs import State
from app.domain.errors import HubBusy, NetworkDown
from app.ui.models.download_notices import DownloadNotices
from app.ui.notify import notify
from app.ui.tray_icon import TrayIcon
from tests.helpers.download_page_desk import SMALL, DownloadPageDesk, fill, open_downloads
from tests.helpers.fake_downloads import GIB, job


@pytest.fixture
def desk(qtbot, _dressed) -> DownloadPageDesk:
    return open_downloads(qtbot)


def test_the_badge_says_how_much_of_everything_is_there(desk):
    assert desk.badge.words() == ""
    fill(desk.queue)
    # One of three is done, and it counts.
    assert desk.badge.words() == "23 % downloaded"


def test_the_badge_marks_a_failure(desk):
    fill(desk.queue)
    desk.queue.change(SMALL, state=State.FAILED, problem=HubBusy(host="hub", wait_s=1))
    assert desk.badge.words() == "a download failed, 7 % downloaded"


def test_the_badge_marks_what_is_done_until_the_page_was_seen(desk, qtbot):
    desk.queue.put(job(), bytes_total=GIB)
    with qtbot.waitSignal(desk.badge.said):
        desk.queue.install(SMALL)
    assert desk.badge.words() == "a download is done"
    desk.badge.acknowledge()
    assert desk.badge.words() == ""
    assert desk.badge.isHidden()


class FakeTray(TrayIcon):
    """The system's notification area: there is none where tests run."""

    made: ClassVar[list["FakeTray"]] = []

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.is_shown, self.messages = False, []
        self.made.append(self)

    def show(self) -> None:
        self.is_shown = True

    def hide(self) -> None:
        self.is_shown = False


def _show_message(icon: FakeTray, title: str, text: str, *_) -> None:
    icon.messages.append((title, text))


# A name of Qt's, not of ours.
setattr(FakeTray, "showMessage", _show_message)  # noqa: B010


@pytest.fixture
def tray(monkeypatch):
    monkeypatch.setattr(FakeTray, "made", [])
    monkeypatch.setattr("app.ui.notify.TrayIcon", FakeTray)
    monkeypatch.setattr("app.ui.notify.can_speak", lambda: True)
    return FakeTray


@pytest.fixture
def elsewhere(qtbot, desk):
    """Another window is in front."""
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not desk.window.isActiveWindow(), timeout=5000)
    return desk


def test_an_end_is_notified_where_nobody_looks(elsewhere, tray):
    notices = DownloadNotices(elsewhere.feed, elsewhere.window)
    fill(elsewhere.queue)
    elsewhere.queue.install(SMALL)
    problem = NetworkDown(host="hub")
    elsewhere.queue.change("codestral-22b:Q4_K_M", state=State.FAILED, problem=problem)
    elsewhere.queue.change("codestral-22b:Q4_K_M", bytes_done=1)
    messages = [message for icon in tray.made for message in icon.messages]
    assert messages == [
        ("Download finished", "Mistral Small 4 UD-Q3_K_XL is installed."),
        ("Download failed", f"Codestral 22B. {problem}"),
    ]
    assert notices.parent() is elsewhere.window


def test_no_icon_stays_behind(elsewhere, tray, qtbot, monkeypatch):
    monkeypatch.setattr("app.ui.notify._SHOWN_MS", 1)
    notify(elsewhere.window, "Title", "Text")
    (icon,) = tray.made
    with qtbot.waitSignal(icon.destroyed):
        assert icon.is_shown
    assert not icon.is_shown


def test_a_press_on_the_notification_brings_the_window(elsewhere, tray, qtbot):
    notify(elsewhere.window, "Title", "Text")
    tray.made[0].messageClicked.emit()
    qtbot.waitUntil(elsewhere.window.isActiveWindow, timeout=5000)
    assert not tray.made[0].is_shown


def test_a_window_in_front_is_not_notified(desk, tray):
    notify(desk.window, "Title", "Text")
    assert tray.made == []


def test_without_a_notification_area_the_window_asks_for_attention(elsewhere, monkeypatch):
    alerted = []
    monkeypatch.setattr("app.ui.notify.QApplication.alert", alerted.append)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: False))
    notify(elsewhere.window, "Title", "Text")
    assert alerted == [elsewhere.window]
