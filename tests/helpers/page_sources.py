"""What the pages beside the chat show, all of it made up."""

from app.catalog.starter import load_starter
from app.services.starter_offer import starter_offer
from app.ui.pages import Sources
from tests.helpers.fake_downloads import FakeDownloads, FakeRepositories, job
from tests.helpers.fake_library import FakeLibrary, FakeNetworkLog, FakeSettings, FakeTokens
from tests.helpers.fake_offers import CATALOGUE, GAMER, FakeOffers
from tests.helpers.fake_storage import FakeBackups, FakeStorage


def page_sources(**parts: object) -> Sources:
    """Sources with these in place of those that are made here."""
    made = {
        "offers": FakeOffers(GAMER, CATALOGUE),
        "downloads": FakeDownloads(),
        "repositories": FakeRepositories(),
        "library": FakeLibrary(),
        "settings": FakeSettings(),
        "tokens": FakeTokens(),
        "network_log": FakeNetworkLog(),
        "storage": FakeStorage(),
        "backups": FakeBackups(),
        "job_of": lambda model, build: job(model, build, model_id=model),
        "starter": starter_offer(load_starter()),
        "settings_changed": lambda: None,
    }
    return Sources(**{**made, **parts})
