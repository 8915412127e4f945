"""Nobody can answer yet: everything can be written and kept, and the way to a model is short."""

import pathlib

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QProgressBar, QWidget

from app.catalog.starter import load_starter
from app.domain.downloads.jobs import State
from app.domain.errors import NoModelYet, OfflineSwitchedOn
from app.domain.kept_chat import ChatSettings
from app.domain.model_file import ModelFile
from app.domain.picture_grid import PictureGrid
from app.engine.protocol import Load
from app.services.engine_service import EnginePhase
from tests.gui.test_first_run import FirstDesk
from tests.helpers.desk import Desk
from tests.helpers.fake_downloads import GIB
from tests.helpers.fake_library import SMALL, file
from tests.helpers.fake_offers import GAMER
from tests.helpers.old_chats import fill, old_chat
from tests.helpers.presence_desk import PresenceDesk

STARTER = load_starter()
TOY = msgspec.structs.replace(
    SMALL,
    id="toy",
    name=STARTER.name,
    model_id=STARTER.id,
    build=STARTER.build.id,
    repository=STARTER.repo,
    files=(file("/data/models/toy.gguf", STARTER.bytes),),
    projector=None,
)


class EmptyDesk(FirstDesk):
    """A desk without any model."""

    model = None

    def came(self, *installed) -> None:
        """The library has these now."""
        self.library.installed = installed
        self.library.on_change()

    def part(self, name: str, inside: str) -> QWidget:
        (found,) = [w for w in self.widget(inside).findChildren(QWidget, name) if w.isVisible()]
        return found

    def banner(self) -> str:
        return self.widget("errorText").text() if self.seen("errorBanner") else ""

    def loads(self) -> list[str]:
        return [request.path for request in self.client.requests if isinstance(request, Load)]


@pytest.fixture
def bare(qtbot, _dressed) -> EmptyDesk:
    desk = EmptyDesk(qtbot)
    desk.settle_in()
    return desk


def words_of(desk: EmptyDesk, name: str) -> str:
    labels = desk.widget(name).findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def test_both_ways_to_a_model_are_offered_and_the_toy_is_called_one(bare):
    words = words_of(bare, "starterOffer")
    assert "SmolLM2 135M, a small toy model" in words
    assert "Apache-2.0" in words
    assert bare.part("downloadButton", "starterOffer").text() == "Download 93.8 MiB"
    assert "toy" in bare.widget("starterPlace").accessibleDescription()
    bare.offers.measured(GAMER)
    assert bare.widget("firstModelName").text() == "Mistral Small 4"
    assert bare.part("downloadButton", "firstModel").text().startswith("Download ")
    assert "answers you meanwhile" not in bare.said()


def test_one_press_fetches_the_toy_and_it_answers_in_the_open_chat(bare):
    bare.offers.measured(GAMER)
    bare.write("Hello")
    bare.part("downloadButton", "starterOffer").click()
    (download,) = bare.queue.downloads
    assert download.job.model_id == STARTER.id
    bare.queue.change(
        download.job.id, state=State.DOWNLOADING, bytes_done=GIB // 2, bytes_total=GIB
    )
    bar = bare.part("downloadBar", "starterOffer")
    assert isinstance(bar, QProgressBar)
    assert bar.value() == bar.maximum() // 2
    bare.queue.install(download.job.id)
    bare.came(TOY)
    assert bare.engine.state.model == ModelFile(name=STARTER.name, path=TOY.path, is_toy=True)
    assert bare.loads() == [str(TOY.path)], "somebody is writing already"
    assert "answers you meanwhile" in bare.said()
    assert bare.seen("starterOffer") == []
    assert bare.widget("firstModelName").text() == "Mistral Small 4", "a better one is offered on"
    bare.client.finish_load()
    bare.press("sendButton")
    bare.client.write("Hello!")
    assert [text for _, text in bare.words()] == ["Hello", "Hello!"]


def test_whatever_model_comes_first_is_used_and_no_toy_while_there_is_another(bare):
    bare.came(TOY, SMALL)
    assert bare.engine.state.model == ModelFile(name=SMALL.name, path=SMALL.path)
    assert "Mistral Small 3.2 24B is ready" in bare.said()
    assert bare.seen("firstRun") == []
    assert bare.loads() == [], "nobody is writing"


def test_who_has_a_model_keeps_it_when_another_comes(bare):
    mine = ModelFile(name="Mine", path=pathlib.Path("/models/mine.gguf"))
    bare.engine.use(mine)
    bare.came(SMALL)
    assert bare.engine.state.model == mine


@pytest.mark.usefixtures("_dressed")
def test_the_toy_alone_is_no_model_of_ones_own(qtbot):
    desk = FirstDesk(qtbot, installed=(TOY,))
    desk.settle_in()
    desk.offers.measured(GAMER)
    assert desk.seen("firstModel"), "a better one is still offered"


def test_send_keeps_the_words_and_says_the_two_ways_out(bare, qtbot):
    bare.write("What is the cierzo?")
    assert bare.loads() == []
    qtbot.keyClick(bare.widget("messageInput"), Qt.Key.Key_Return)
    assert bare.banner() == str(NoModelYet())
    assert bare.draft() == "What is the cierzo?"
    assert bare.words() == []
    assert bare.engine.state.phase is EnginePhase.EMPTY
    bare.press("openModelOfErrorButton")
    assert bare.window.findChild(QFileDialog)
    bare.press("allModelsOfErrorButton")
    assert bare.seen("modelsPage")
    bare.came(SMALL)
    assert bare.banner() == "", "it is said no longer than it holds"


@pytest.mark.usefixtures("_dressed")
def test_what_is_written_meanwhile_is_kept(qtbot, tmp_path):
    class KeptDesk(Desk):
        model = None

    desk = KeptDesk(qtbot, data=tmp_path)
    desk.write("Half a thought")
    desk.press("sendButton")
    desk.window.settle()
    desk.leave()
    again = Desk(qtbot, data=tmp_path)
    again.wait_for(lambda: again.draft() == "Half a thought")


def test_the_chip_says_it_and_its_menu_has_the_ways(bare):
    chip = bare.widget("modelPicker")
    assert bare.widget("modelName").text() == "No model yet"
    assert chip.accessibleName() == "No model yet"
    chip.menu().aboutToShow.emit()
    assert [a.text() for a in chip.menu().actions() if a.text()] == [
        "All models…",
        "Open model file…",
    ]
    bare.came(SMALL)
    assert bare.widget("modelName").text() == SMALL.name


def test_an_old_chat_stays_as_it_is_and_goes_on_once_there_is_a_model(bare):
    chat = old_chat(5, "Bread", says="Flour.")
    fill(bare.chat_library, [chat])
    bare.widget("chatPage").open_chat(5)
    question, answer = (message.message_id for message in chat.messages)
    bare.chats.answer_again(5, answer)
    assert bare.banner() == str(NoModelYet())
    assert [text for _, text in bare.words()] == ["Bread", "Flour."]
    bare.chats.edit_question(5, question, "White bread")
    assert bare.statuses() == ["Not answered."]
    bare.came(SMALL)
    assert bare.banner() == ""
    bare.press("askAgainButton")
    assert bare.loads() == [str(SMALL.path)]


def test_a_chat_with_a_model_of_its_own_is_answered(bare, tmp_path):
    own = tmp_path / "own.gguf"
    own.touch()
    chat = bare.chats.chats[0]
    bare.chat_library.change(chat, settings=ChatSettings(model="Own", model_path=str(own)))
    bare.ask("Hello")
    assert bare.loads() == [str(own)]
    assert bare.banner() == ""


def test_a_picture_waits_for_a_model_and_is_opened_with_it(bare):
    bare.drop("/photos/a.png")
    assert bare.banner() == str(NoModelYet())
    bare.came(SMALL)
    bare.client.finish_load(grid=PictureGrid(cell_px=28, longest_px=1540))
    bare.reader.finish(columns=4, rows=4)
    assert bare.widget("sendButton").isEnabled()


def test_offline_the_download_waits_and_says_why(bare):
    bare.part("downloadButton", "starterOffer").click()
    (download,) = bare.queue.downloads
    bare.queue.change(download.job.id, state=State.WAITING, problem=OfflineSwitchedOn())
    assert str(OfflineSwitchedOn()) in words_of(bare, "starterOffer")


@pytest.mark.parametrize("width", [300, 1080])
def test_nothing_is_cut_in_a_narrow_window(bare, width):
    bare.offers.measured(GAMER)
    bare.window.resize(width, 740)
    bare.wait_for(lambda: bare.widget("starterOffer").width() < width)
    button = bare.part("downloadButton", "starterOffer")
    assert button.mapTo(bare.window, button.rect().topRight()).x() < width
    assert button.width() >= button.sizeHint().width()


@pytest.mark.usefixtures("_dressed")
def test_a_quick_question_says_it_too(qtbot, tmp_path):
    class EmptyPresence(PresenceDesk):
        model = None

    desk = EmptyPresence(qtbot, tmp_path)
    desk.quick.ask_here()
    assert desk.part("quickAbout").text() == "No model yet"
    qtbot.keyClicks(desk.part("quickInput"), "Why?")
    qtbot.keyClick(desk.part("quickInput"), Qt.Key.Key_Return)
    assert desk.part("quickStatus").text() == str(NoModelYet())
    assert desk.part("quickInput").text() == "Why?"
    assert not desk.part("quickAnswerPane").isVisible()
    desk.engine.use(ModelFile(name="Mine", path=pathlib.Path("/models/mine.gguf")))
    assert desk.part("quickAbout").text().startswith("Mine answers")
    qtbot.keyClick(desk.part("quickInput"), Qt.Key.Key_Return)
    desk.client.finish_load()
    desk.client.write("Because.")
    assert desk.part("quickAnswer").toPlainText() == "Because."
