"""A dressed application and a window on a fake engine."""

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.look.theme import Theme
from tests.helpers.desk import Desk
from tests.helpers.fake_offers import CATALOGUE, GAMER, FakeOffers
from tests.helpers.models_desk import ModelsDesk


@pytest.fixture(scope="session")
def _dressed(qapp: QApplication) -> Theme:
    qapp.setApplicationName("Cierzo")
    return Theme(qapp)


@pytest.fixture
def desk(qtbot, _dressed) -> Desk:
    return Desk(qtbot)


@pytest.fixture
def models(qtbot, _dressed):
    """Open the Models page on a machine that is made up."""

    def open_page(machine=GAMER, catalogue=CATALOGUE) -> ModelsDesk:
        return ModelsDesk(qtbot, FakeOffers(machine, catalogue))

    return open_page
