"""A dressed application and a window on a fake engine."""

import pytest
from PySide6.QtWidgets import QApplication

from app.ui.theme import Theme
from tests.helpers.desk import Desk


@pytest.fixture(scope="session")
def _dressed(qapp: QApplication) -> Theme:
    qapp.setApplicationName("Cierzo")
    return Theme(qapp)


@pytest.fixture
def desk(qtbot, _dressed) -> Desk:
    return Desk(qtbot)
