"""Fast | Deep: whether the model thinks before it answers."""

from app.domain.chat import Effort, Thinking
from app.ui.plain_text import PlainLabel
from app.ui.segments import Segments


class EffortSwitch(Segments):
    """Two segments; fixed where the model leaves no choice.

    Attributes:
        effort: What the person chose, also while a model cannot do it.
        hint: Says beside it why there is no choice; empty where there is one.
    """

    def __init__(self) -> None:
        super().__init__(((Effort.FAST, self.tr("Fast")), (Effort.DEEP, self.tr("Deep"))))
        self.setObjectName("effortSwitch")
        self.effort = Effort.FAST
        self.hint = PlainLabel(kind="small")
        self.hint.setObjectName("effortHint")
        self._thinking: Thinking | None = None
        self.chosen.connect(self.show_effort)
        self._show()

    def show_effort(self, effort: Effort) -> None:
        """Show what is wished in this chat."""
        self.effort = effort
        self._show()

    def show_thinking(self, thinking: Thinking | None) -> None:
        """Show what the model can do; None: nobody knows before it is loaded."""
        self._thinking = thinking
        self._show()

    def toggle(self) -> None:
        """Choose the other one, where there is a choice."""
        self.choose(Effort.FAST if self.effort is Effort.DEEP else Effort.DEEP)

    def choose(self, effort: Effort) -> None:
        """Choose that one, where there is a choice."""
        if self.isEnabled():
            self.chosen.emit(effort)

    def _show(self) -> None:
        shown = {Thinking.SWITCH: self.effort, Thinking.ALWAYS: Effort.DEEP}
        effort = shown.get(self._thinking, Effort.FAST) if self._thinking else Effort.FAST
        self.show_choice(effort)
        self.setEnabled(self._thinking is Thinking.SWITCH)
        words = {
            Thinking.SWITCH: self.tr(
                "Fast answers at once. Deep thinks first, which takes longer. (Ctrl+D)"
            ),
            Thinking.ALWAYS: self.tr("This model always thinks before it answers."),
            Thinking.NEVER: self.tr("This model always answers at once."),
            None: self.tr("Whether this model can think is known when it is loaded."),
        }[self._thinking]
        self.hint.setText(
            {
                Thinking.SWITCH: "",
                Thinking.ALWAYS: self.tr("Always thinks"),
                Thinking.NEVER: self.tr("Does not think"),
                None: self.tr("Known once loaded"),
            }[self._thinking]
        )
        self.hint.setToolTip(words)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
        name = self.tr("Deep") if effort is Effort.DEEP else self.tr("Fast")
        self.setAccessibleName(self.tr("Thinking effort: {name}").format(name=name))
