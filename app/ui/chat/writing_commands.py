"""The commands of the composer and what stands around it."""

from PySide6.QtCore import QCoreApplication

from app.domain.chat import Effort
from app.ui.chat.attaching import Attaching
from app.ui.chat.commands import Command
from app.ui.chat.composer import Composer
from app.ui.chat.model_chip import ModelChip


def _tr(text: str) -> str:
    return QCoreApplication.translate("commands", text)


def writing_commands(composer: Composer, attaching: Attaching, chip: ModelChip) -> list[Command]:
    """Each does what its button does."""
    switch = composer.effort

    def why_fixed() -> str:
        return "" if switch.isEnabled() else switch.toolTip()

    commands = [
        Command(_tr("fast"), _tr("Answer at once"), lambda: switch.choose(Effort.FAST), why_fixed),
        Command(
            _tr("deep"),
            _tr("Think before answering"),
            lambda: switch.choose(Effort.DEEP),
            why_fixed,
        ),
        Command(_tr("attach"), _tr("Attach files"), composer.attach_requested.emit),
        Command(_tr("model"), _tr("Choose the model"), lambda: _open_menu(chip)),
        Command(
            _tr("preset"), _tr("Preset and settings of this chat"), composer.settings_button.click
        ),
    ]
    if attaching.screenshot.is_possible:
        take = Command(_tr("screenshot"), _tr("Attach a screenshot"), attaching.screenshot.take)
        commands.insert(3, take)
    return commands


def _open_menu(chip: ModelChip) -> None:
    # `showMenu` would wait for its end in here.
    chip.menu().popup(chip.mapToGlobal(chip.rect().bottomLeft()))
