"""Where one build lies and what the person may change about it."""

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.domain.placement.values import Fit, Machine, MemoryPlan, Wishes
from app.services.offers import BuildOffer, ModelOffer
from app.ui.models.advanced_fields import AdvancedFields
from app.ui.models.best_setting import BestSetting
from app.ui.models.choice_button import ChoiceButton
from app.ui.models.fold import Fold
from app.ui.models.placement_picture import PlacementPicture
from app.ui.models.reserve_slider import ReserveSlider
from app.ui.models.source import ModelOffers
from app.ui.models.words import changes_words, context_words, fit_words, rate_words, speed_words
from app.ui.plain_text import PlainLabel
from app.ui.quantities import format_count, sentence
from app.ui.segments import Segments

_LEAST_CONTEXT = 4096


class SettingPanel(QWidget):
    """Picture, slider, context, precision; every change is priced at once and kept when it is over.

    Signals:
        planned: The `MemoryPlan` of what is set now, or None.
    """

    planned = Signal(object)

    def __init__(self, offers: ModelOffers, model: ModelOffer, build: BuildOffer) -> None:
        super().__init__()
        self.setObjectName("settingPanel")
        self._offers = offers
        self._model, self._build = model, build
        self._wishes = Wishes()
        self._tuned = ""  # the build whose search was started here
        self._advanced_fields: AdvancedFields | None = None
        self._picture = PlacementPicture()
        self._summary = PlainLabel(wraps=True)
        self._summary.setObjectName("settingSummary")
        self._reserve = ReserveSlider()
        self._context = ChoiceButton("contextChoice", self.tr("Context"))
        self._context_words = PlainLabel(kind="small", wraps=True)
        self._context_words.setObjectName("contextText")
        self._kv = Segments(
            (
                (None, self.tr("Automatic")),
                ("f16", self.tr("Full")),
                ("q8_0", self.tr("Half")),
                ("q4_0", self.tr("Quarter")),
            )
        )
        self._kv.setObjectName("kvSwitch")
        self._kv_words = PlainLabel(kind="small", wraps=True)
        self._kv_words.setObjectName("kvText")
        self._advanced = Fold("advancedFold", self.tr("Advanced"))
        self._best = BestSetting()
        self._reset = QPushButton(self.tr("Back to automatic"))
        self._reset.setObjectName("automaticButton")
        self._reset.setProperty("kind", "link")
        self._reset.setToolTip(self.tr("Let Cierzo decide everything about this build again"))
        self._reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._arrange()
        self._connect()
        self.show_build(model, build)

    def show_build(self, model: ModelOffer, build: BuildOffer) -> None:
        """Show this build with what was decided for it."""
        self._model, self._build = model, build
        if not self._reserve.is_dragged():
            self._wishes = self._offers.wishes(model.id, build.id)
        self._show()
        self._show_tuning()

    def _show(self) -> None:
        machine = self._offers.machine
        if machine is None:
            return
        plan = self._offers.price(self._model.id, self._build.id, self._wishes)
        is_advanced = self._advanced.isChecked()
        self._picture.setVisible(plan is not None)
        if plan:
            self._picture.show_plan(
                plan, machine, layers=self._model.layers, is_advanced=is_advanced
            )
        self._summary.setText(self._summary_words(plan, machine))
        is_bad = plan is not None and plan.fit in (Fit.NO, Fit.DISK)
        self._summary.setProperty("kind", "alarm" if is_bad else "")
        self._summary.style().polish(self._summary)
        self._reserve.show_reserve(self._wishes.reserve_bytes, machine, has_plan=plan is not None)
        self._show_context(plan)
        self._show_kv(plan)
        if is_advanced and plan:
            self._fields(machine, plan).show_wishes(self._wishes, plan.placement)
        if self._advanced_fields:
            self._advanced_fields.setVisible(is_advanced and plan is not None)
        self._reset.setVisible(self._wishes != self._automatic())
        self.planned.emit(plan)

    def _summary_words(self, plan: MemoryPlan | None, machine: Machine) -> str:
        if plan is None:
            return self.tr("What it needs is not known before it is downloaded.")
        parts = [fit_words(plan.fit, has_gpu=bool(machine.gpus))]
        if plan.fit is not Fit.NO:
            parts.append(speed_words(plan.tokens_per_s))
            if plan.prompt_tokens_per_s is not None:
                reads = self.tr("reads a question at {rate}")
                parts.append(reads.format(rate=rate_words(plan.prompt_tokens_per_s)))
        words = sentence(" · ".join(part for part in parts if part))
        given_up = changes_words(plan.changes) if plan.fit is not Fit.NO else ""
        return f"{words} {given_up}".strip()

    def _show_context(self, plan: MemoryPlan | None) -> None:
        limit, taken = self._model.limit_tokens, plan.placement.context_tokens if plan else 0
        automatic = self.tr("Automatic")
        if plan and self._wishes.context_tokens is None:
            automatic = self.tr("Automatic ({count})").format(count=format_count(taken))
        steps = [_LEAST_CONTEXT << power for power in range(32)]
        offered = [step for step in steps if step < limit] + [limit]
        wished = self._wishes.context_tokens
        if wished is not None and wished not in offered:
            offered = sorted((*offered, wished))
        choices: list[tuple[object, str]] = [(None, automatic)]
        for step in offered:
            words = self.tr("{count} tokens").format(count=format_count(step))
            if plan and step > plan.comfortable_tokens:
                words = self.tr("{count} tokens · tight").format(count=format_count(step))
            choices.append((step, words))
        self._context.show_choices(choices, wished)
        self._context_words.setVisible(plan is not None)
        if plan:
            words = self.tr("One chat may hold {taken}. Comfortable up to {most}.")
            self._context_words.setText(
                words.format(
                    taken=context_words(taken), most=context_words(plan.comfortable_tokens)
                )
            )

    def _show_kv(self, plan: MemoryPlan | None) -> None:
        self._kv.show_choice(self._wishes.kv_type)
        sentences = {
            "f16": self.tr("Full: exact, and takes the most memory."),
            "q8_0": self.tr("Half: about half the memory, with hardly any loss."),
            "q4_0": self.tr("Quarter: about a quarter; details of long chats may get lost."),
        }
        kv_type = plan.placement.kv_type if plan else self._wishes.kv_type
        self._kv_words.setText(sentences[kv_type] if kv_type else "")

    def _show_tuning(self) -> None:
        tuning = self._offers.tuning
        if tuning is None:
            self._tuned = ""
        if self._build.path is None:
            self._best.show_not_installed()
        elif tuning and self._tuned == self._build.id:
            self._best.show_running(tuning)
        else:
            result = self._offers.result(self._model.id, self._build.id)
            self._best.show_ready(result, is_other_running=tuning is not None)

    def _fields(self, machine: Machine, plan: MemoryPlan) -> AdvancedFields:
        if self._advanced_fields is None:
            self._advanced_fields = AdvancedFields(
                layers=self._model.layers,
                threads=machine.logical_threads,
                has_experts=any(share.expert_bytes for share in plan.shares),
            )
            self._advanced_fields.changed.connect(self._wish_and_keep)
            self._advanced_place.addWidget(self._advanced_fields)
        return self._advanced_fields

    def _automatic(self) -> Wishes:
        """Of the wishes only how much memory other chats may keep, which is not set here."""
        return Wishes(kept_bytes=self._wishes.kept_bytes)

    def _connect(self) -> None:
        self._reserve.moved.connect(self._reserve_moved)
        self._reserve.settled.connect(self._keep)
        self._context.chosen.connect(lambda tokens: self._change(context_tokens=tokens))
        self._kv.chosen.connect(lambda kv_type: self._change(kv_type=kv_type))
        self._advanced.opened.connect(lambda _: self._show())
        self._reset.clicked.connect(self._back_to_automatic)
        self._best.start_requested.connect(self._tune)
        self._best.stop_requested.connect(self._offers.stop_tuning)
        self._best.undo_requested.connect(self._undo)

    @Slot(object)
    def _reserve_moved(self, reserve_bytes: int) -> None:
        self._wishes = msgspec.structs.replace(self._wishes, reserve_bytes=reserve_bytes)
        self._show()

    @Slot(object)
    def _wish_and_keep(self, wishes: Wishes) -> None:
        self._wishes = wishes
        self._show()
        self._keep()

    def _change(self, **changed: object) -> None:
        self._wish_and_keep(msgspec.structs.replace(self._wishes, **changed))

    @Slot()
    def _back_to_automatic(self) -> None:
        self._wish_and_keep(self._automatic())
        self._context.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _keep(self) -> None:
        self._offers.keep_wishes(self._model.id, self._build.id, self._wishes)

    @Slot()
    def _tune(self) -> None:
        self._tuned = self._build.id
        self._offers.tune(self._model.id, self._build.id)
        if self._offers.tuning:
            self._best.show_running(self._offers.tuning)

    @Slot()
    def _undo(self) -> None:
        self._offers.undo_tuning(self._model.id, self._build.id)
        self.show_build(self._model, self._build)

    def _arrange(self) -> None:
        precision = self.tr("Precision of the conversation memory")
        self._kv.setAccessibleName(precision)
        context = PlainLabel(self.tr("Context"))
        context.setBuddy(self._context)
        context_row = QHBoxLayout()
        context_row.addWidget(context)
        context_row.addStretch()
        context_row.addWidget(self._context)
        self._advanced_place = QVBoxLayout()
        foot = QHBoxLayout()
        foot.addWidget(self._advanced)
        foot.addStretch()
        foot.addWidget(self._reset)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._picture)
        column.addSpacing(4)
        column.addWidget(self._summary)
        column.addSpacing(12)
        column.addWidget(self._reserve)
        column.addSpacing(8)
        column.addLayout(context_row)
        column.addWidget(self._context_words)
        column.addSpacing(8)
        column.addWidget(PlainLabel(precision))
        column.addWidget(self._kv, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._kv_words)
        column.addSpacing(12)
        column.addWidget(self._best)
        column.addSpacing(4)
        column.addLayout(foot)
        column.addLayout(self._advanced_place)
