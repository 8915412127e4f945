"""The Models page's service, with the real catalogue and planner."""

import functools
import pathlib
import queue

import pytest

from app.catalog.catalog import load_catalog
from app.domain.device import EngineSetup, Skipped
from app.domain.model_file import ModelFile
from app.domain.placement.values import DeviceState, Machine, Rates, Wishes
from app.engine.protocol import DeviceMemory, Load
from app.services.engine_service import EngineService
from app.services.library import Library
from app.services.model_offers import ModelOffers
from app.services.model_wishes import ModelWishes
from app.services.this_pc import ThisPc
from app.services.tuning import Trial
from tests.helpers.fake_engine import FakeWorkerClient

GB = 10**9
RATES = Rates(bytes_per_s={"q4_K": 30e9, "f16": 30e9}, node_s=5e-6)
MACHINE = Machine(
    cpu=DeviceState(name="CPU", kind="cpu", total_bytes=32 * GB, free_bytes=28 * GB, rates=RATES),
    threads=4,
    logical_threads=8,
)
CATALOG = functools.cache(load_catalog)
MODEL, BUILD = "ministral-3-14b-instruct", "Q4_K_M"
FILE = "Ministral-3-14B-Instruct-2512-Q4_K_M.gguf"
OTHER = ModelFile(name="other", path=pathlib.Path("/other.gguf"))


class Shop:
    """The service on the test's own thread; `settle` runs what its threads posted."""

    def __init__(self, folder, *, note: str = "") -> None:
        self.posted: queue.SimpleQueue = queue.SimpleQueue()
        self.kept: list[dict] = []
        self.client = FakeWorkerClient()
        self.engine = EngineService(self.client, OTHER, free_memory_bytes=lambda: 28 * GB)
        self.library = Library(folder)
        skipped = (Skipped(backend="Vulkan", reason=note),) if note else ()
        setup = EngineSetup(build=None, environment={}, skipped=skipped)
        self.offers = ModelOffers(
            CATALOG,
            self.library,
            self.engine,
            read_pc=lambda: ThisPc(machine=MACHINE, setup=setup, problem=setup.cpu_problem),
            wishes=ModelWishes({}, kept_bytes=0, keep=self.kept.append),
            post=self.posted.put,
        )
        self.changes = 0
        self.offers.on_change = self.count

    def count(self) -> None:
        self.changes += 1

    def settle(self, condition) -> None:
        while not condition():
            self.posted.get(timeout=30)()

    def price(self) -> None:
        self.offers.refresh()
        self.settle(lambda: self.offers.offers)

    def install(self) -> None:
        """A file of the right size whose header says nothing: it is priced like the catalogue's."""
        path = self.library.folder / "mistralai/Ministral-3-14B-Instruct-2512-GGUF" / FILE
        path.parent.mkdir(parents=True)
        with path.open("wb") as sparse:
            sparse.truncate(8_239_593_024)

    def offer(self):
        model = next(offer for offer in self.offers.offers if offer.id == MODEL)
        return next(build for build in model.builds if build.id == BUILD)


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_everything_is_priced_in_the_background_and_told_once(shop):
    assert shop.offers.offers == ()
    shop.offers.refresh()
    shop.offers.refresh()
    shop.settle(lambda: shop.offers.offers)
    assert shop.changes == 1
    assert shop.offers.machine == MACHINE
    assert shop.offer().plan.tokens_per_s > 0


def test_why_the_graphics_card_is_not_used_is_said(tmp_path):
    shop = Shop(tmp_path, note="did not answer within 30 seconds")
    shop.price()
    assert [str(problem) for problem in shop.offers.problems] == [
        "Running on the CPU because Vulkan did not answer within 30 seconds."
    ]


def test_what_the_person_decides_is_kept_and_priced(shop):
    shop.price()
    shop.offers.keep_wishes(MODEL, BUILD, Wishes(context_tokens=16384))
    assert shop.kept == [{FILE: Wishes(context_tokens=16384)}]
    shop.settle(lambda: shop.offer().plan.placement.context_tokens == 16384)
    assert shop.offers.wishes(MODEL, BUILD) == Wishes(context_tokens=16384)
    shop.offers.keep_wishes(MODEL, BUILD, Wishes())
    assert shop.kept[-1] == {}, "back to automatic leaves nothing behind"


def test_an_installed_build_becomes_the_chats_model(shop):
    shop.offers.open(MODEL, BUILD)
    assert shop.engine.state.model is OTHER, "it is not there yet"
    shop.install()
    shop.offers.open(MODEL, BUILD)
    assert shop.engine.state.model.path.name == FILE
    shop.engine.prepare()
    assert shop.client.requests[-1].path.endswith(FILE)
    assert isinstance(shop.client.requests[-1], Load)


def test_what_is_decided_while_it_measures_is_not_lost(shop):
    shop.offers.refresh()
    shop.offers.keep_wishes(MODEL, BUILD, Wishes(context_tokens=4096))
    shop.offers.keep_wishes(MODEL, BUILD, Wishes(context_tokens=16384))
    shop.settle(lambda: shop.offers.offers and not shop.offers.is_reading)
    assert shop.offer().plan.placement.context_tokens == 16384


def test_the_model_that_would_be_replaced_does_not_count_as_lost_memory(shop):
    shop.price()
    alone = shop.offer().plan.shares[0].free_bytes
    shop.engine.prepare()
    held = DeviceMemory(
        device="CPU", model_bytes=5 * GB, mapped_bytes=3 * GB, context_bytes=GB, compute_bytes=GB
    )
    shop.client.finish_load(memory=(held,))
    shop.offers.refresh()
    shop.settle(lambda: not shop.offers.is_reading)
    assert shop.offer().plan.shares[0].free_bytes == alone + 4 * GB


def test_a_defect_while_it_measures_is_told_and_the_page_can_try_again(shop):
    def broken():
        raise ZeroDivisionError

    read_pc, shop.offers.read_pc = shop.offers.read_pc, broken
    shop.offers.refresh()
    with pytest.raises(ZeroDivisionError):
        shop.settle(lambda: False)
    shop.offers.read_pc = read_pc
    shop.price()
    assert shop.offers.offers


class FakeTrial:
    """Eight threads are twice as fast."""

    def __init__(self, *_model, is_stopped) -> None:
        self.is_stopped = is_stopped

    def measure(self, wishes: Wishes) -> Trial:
        fast = 2 if wishes.threads == 8 else 1
        return Trial(tokens_per_s=10 * fast, prompt_tokens_per_s=100 * fast)


@pytest.fixture
def tuned(shop, monkeypatch):
    monkeypatch.setattr("app.services.speed_trial.SpeedTrial", FakeTrial)
    shop.install()
    shop.price()
    shop.offers.tune(MODEL, BUILD)
    assert shop.offers.tuning
    shop.settle(lambda: shop.offers.tuning is None)
    return shop


def test_the_best_setting_is_kept_with_what_it_gained(tuned):
    result = tuned.offers.result(MODEL, BUILD)
    assert (result.before_tokens_per_s, result.after_tokens_per_s) == (10, 20)
    assert tuned.offers.wishes(MODEL, BUILD) == Wishes(threads=8)
    assert tuned.kept[-1] == {FILE: Wishes(threads=8)}


def test_the_search_can_be_undone(tuned):
    tuned.offers.undo_tuning(MODEL, BUILD)
    assert tuned.offers.wishes(MODEL, BUILD) == Wishes()
    assert tuned.offers.result(MODEL, BUILD) is None


def test_what_is_not_installed_is_not_searched(shop):
    shop.price()
    shop.offers.tune(MODEL, BUILD)
    assert shop.offers.tuning is None
