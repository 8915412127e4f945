"""The one stylesheet; `$names` are colour tokens and sizes of `app.ui.look.theme`.

8 px grid. Corners: 8 px small controls, 12 px cards and bubbles. Keyboard focus shows as a 2 px
ring in the accent colour; buttons take focus by Tab only, so that a click leaves no ring.
"""

STYLESHEET = """
* { font-size: ${base_pt}pt; }
QMainWindow, QWidget#shell, QWidget#chatPage, QWidget#modelsPage, QWidget#settingsPage {
  background: $page;
}
QWidget { color: $text; placeholder-text-color: $muted; }
QToolTip { background: $text; color: $page; border: 0; padding: 6px 8px; font-size: ${small_pt}pt; }

QScrollArea, QScrollArea > QWidget#qt_scrollarea_viewport { border: 0; background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $edge; border-radius: 4px; min-height: 32px; }
QScrollBar::handle:vertical:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QLabel { background: transparent; }
QLabel[kind="muted"] { color: $muted; }
QLabel[kind="small"] { color: $muted; font-size: ${small_pt}pt; }
QLabel[kind="speaker"] { color: $muted; font-size: ${small_pt}pt; font-weight: 600; }
QLabel[kind="title"] { font-size: ${title_pt}pt; font-weight: 600; }
QLabel[kind="wordmark"] { font-size: ${reading_pt}pt; font-weight: 600; }
QLabel[kind="heading"] { font-size: ${heading_pt}pt; font-weight: 600; }
QLabel[kind="strong"] { font-weight: 600; }
QLabel[kind="alarm"] { color: $alarm; }
QLabel[kind="chip"] {
  background: $bubble; border-radius: 6px; padding: 2px 8px; font-size: ${small_pt}pt;
}
QLabel[kind="key"] {
  background: $bubble; border: 1px solid $edge; border-radius: 5px; padding: 1px 6px;
  font-size: ${small_pt}pt;
}
QLabel[kind="tag"] {
  color: $accent; background: $accent_soft; border-radius: 6px; padding: 1px 6px;
  font-size: ${small_pt}pt; font-weight: 600;
}

QToolButton, QPushButton {
  background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 4px;
}
QToolButton:hover, QPushButton:hover { background: $hover; }
QToolButton:pressed, QPushButton:pressed { background: $line; }
QToolButton:focus, QPushButton:focus { border-color: $accent; }
QToolButton:disabled, QPushButton:disabled { color: $faint; background: transparent; }
QToolButton::menu-indicator { image: none; width: 0; }

QPushButton[kind="outline"] {
  background: $surface; border: 1px solid $edge; padding: 6px 14px; font-weight: 500;
}
QPushButton[kind="outline"]:hover { background: $hover; }
QPushButton[kind="outline"]:focus { border: 2px solid $accent; padding: 5px 13px; }
QPushButton[kind="link"] {
  color: $accent; border: 2px solid transparent; padding: 1px 4px; border-radius: 6px;
  font-size: ${small_pt}pt; font-weight: 600;
}
QPushButton[kind="link"]:hover { color: $accent_hover; background: $accent_soft; }
QPushButton[kind="link"]:focus { border-color: $accent; }

QPushButton[kind="primary"] {
  background: $accent; color: $on_accent; padding: 6px 18px; font-weight: 600;
}
QPushButton[kind="primary"]:hover { background: $accent_hover; }
QPushButton[kind="primary"]:focus { border-color: $text; }
QPushButton[kind="primary"]:disabled { background: $bubble; color: $faint; }
QPushButton[kind="fold"] {
  color: $muted; padding: 4px 8px 4px 0; font-weight: 600; text-align: left;
}
QPushButton[kind="fold"]:hover, QPushButton[kind="fold"]:checked { color: $text; }
QToolButton[kind="choice"] { background: $page; border: 1px solid $edge; }
QToolButton[kind="choice"]:hover { background: $hover; }
QToolButton[kind="choice"]:focus { border: 2px solid $accent; }

QFrame#topLine { background: $line; border: 0; }
QWidget#sidebar { background: $side; border-right: 1px solid $line; }
QPushButton#newChatButton {
  text-align: left; padding: 7px 10px; background: $surface; border: 1px solid $line;
  font-weight: 600;
}
QPushButton#newChatButton:hover { background: $hover; }
QPushButton#newChatButton:focus { border: 2px solid $accent; padding: 6px 9px; }
QLineEdit[kind="search"] {
  background: transparent; border: 1px solid $field_edge; border-radius: 8px; padding: 6px 4px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit[kind="search"]:focus {
  border: 2px solid $accent; padding: 5px 3px; background: $surface;
}
QPushButton[kind="page"] { text-align: left; padding: 7px 10px; font-weight: 600; }
QPushButton[kind="page"]:checked { background: $hover; }
QToolButton#newPrivateChatButton {
  background: $surface; border: 1px solid $line; padding: 7px 8px;
}
QToolButton#newPrivateChatButton:hover { background: $hover; }
QToolButton#newPrivateChatButton:focus { border: 2px solid $accent; padding: 6px 7px; }
QListView#chatList, QListView#trashList { background: transparent; border: 0; outline: 0; }
QLineEdit#rowEditor {
  background: $surface; border: 2px solid $accent; border-radius: 8px; padding: 0 6px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QFrame#undoBar { background: $surface; border: 1px solid $edge; border-radius: 10px; }
QFrame#undoBar QToolButton { padding: 2px; }
QListView[kind="entries"] { background: transparent; border: 0; outline: 0; }
QListView#chatList { background: transparent; border: 0; outline: 0; }
QWidget#scrim { background: rgba(20, 16, 12, 90); }

QToolButton#modelPicker { border-radius: 10px; }
QToolButton#modelPicker QLabel#modelName { font-weight: 600; }

QToolButton[kind="quiet"] {
  color: $muted; font-size: ${small_pt}pt; padding: 1px 3px; border-radius: 6px;
}
QToolButton[kind="quiet"]:disabled { color: $faint; }
QFrame#messageEditor { background: $surface; border: 1px solid $accent; border-radius: 14px; }
QPlainTextEdit#messageEditorInput {
  background: transparent; border: 0; font-size: ${reading_pt}pt;
  selection-background-color: $accent; selection-color: $on_accent;
}
QFrame#findBar { background: $page; border: 0; border-bottom: 1px solid $line; }
QListWidget#pageList, QPlainTextEdit#pageWords {
  background: $surface; border: 1px solid $line; border-radius: 10px; padding: 6px; outline: 0;
  selection-background-color: $accent; selection-color: $on_accent;
}
QListWidget#pageList:focus, QPlainTextEdit#pageWords:focus { border-color: $accent; }
QListWidget#pageList::item { padding: 5px 6px; border-radius: 6px; }
QListWidget#pageList::item:selected { background: $hover; color: $text; }
QToolButton#documentChip {
  background: $page; border: 1px solid $line; border-radius: 8px; padding: 3px 10px;
}
QToolButton#documentChip:hover { background: $surface; }
QToolButton#documentChip:focus { border: 2px solid $accent; padding: 2px 9px; }
QComboBox {
  background: $surface; border: 1px solid $field_edge; border-radius: 8px; padding: 5px 10px;
}
QComboBox:hover { background: $hover; }
QComboBox:focus { border: 2px solid $accent; padding: 4px 9px; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: none; }
QComboBox:disabled { color: $faint; }
QComboBox QAbstractItemView {
  background: $surface; border: 1px solid $edge; outline: 0; padding: 4px;
  selection-background-color: $hover; selection-color: $text;
}
QTextEdit#compareText {
  background: $surface; border: 1px solid $line; border-radius: 12px;
  font-size: ${reading_pt}pt; selection-background-color: $accent; selection-color: $on_accent;
}
QFrame#bubble { background: $bubble; border-radius: 14px; }
QTextEdit#messageText {
  background: transparent; border: 0; font-size: ${reading_pt}pt;
  selection-background-color: $accent; selection-color: $on_accent;
}
QTextEdit#messageText[dimmed="true"] { color: $muted; }
QTextEdit#thoughtText {
  background: transparent; border: 0; color: $muted;
  selection-background-color: $accent; selection-color: $on_accent;
}
QToolButton#thoughtButton {
  color: $muted; font-size: ${small_pt}pt; font-weight: 600; padding: 1px 6px 1px 0px;
}
QToolButton#thoughtButton:hover { color: $text; }
QToolButton#copyCodeButton { padding: 2px; }
QTableView#wholeTable {
  background: $surface; border: 1px solid $line; border-radius: 8px; outline: 0;
  gridline-color: $line; selection-background-color: $accent_soft; selection-color: $text;
}
QTableView#wholeTable:focus { border: 1px solid $accent; }
QTableView#wholeTable QHeaderView { background: transparent; border: 0; }
QTableView#wholeTable QHeaderView::section {
  background: $side; border: 0; border-bottom: 1px solid $line; padding: 4px 8px; color: $muted;
  font-weight: 600;
}
QToolButton#pictureTile { padding: 0; border-radius: 10px; }
QToolButton#pictureTile[kind="unopened"] { background: $line; }
QFrame#toyNote { background: $accent_soft; border-radius: 12px; }
QFrame#firstRun { background: $surface; border: 1px solid $line; border-radius: 12px; }

QFrame#composer { background: $surface; border: 1px solid $field_edge; border-radius: 14px; }
QFrame#composer[focused="true"] { border-color: $accent; }
QPlainTextEdit#messageInput {
  background: transparent; border: 0; font-size: ${reading_pt}pt;
  selection-background-color: $accent; selection-color: $on_accent;
}
QToolButton#sendButton { background: $accent; border-radius: 18px; }
QToolButton#sendButton:hover { background: $accent_hover; }
QToolButton#sendButton:focus { border: 2px solid $text; }
QToolButton#sendButton:disabled { background: $bubble; }
QToolButton#stopButton:enabled { background: $hover; border-radius: 18px; }
QToolButton#stopButton:enabled:hover { background: $line; }
QToolButton#stopButton:focus { border: 2px solid $accent; }
QFrame[kind="segments"] { background: $bubble; border-radius: 9px; }
QFrame[kind="segments"] QToolButton {
  border: 2px solid transparent; border-radius: 7px; padding: 1px 8px; margin: 2px;
  font-size: ${small_pt}pt; font-weight: 600; color: $muted;
}
QFrame[kind="segments"] QToolButton:checked { background: $chosen; color: $text; }
QFrame[kind="segments"] QToolButton:focus { border-color: $accent; }
QFrame[kind="segments"] QToolButton:disabled { color: $faint; }
QFrame[kind="segments"] QToolButton:checked:disabled { color: $muted; }

QScrollArea#attachmentRow { background: transparent; }
QFrame#attachmentChip { background: $page; border: 1px solid $line; border-radius: 10px; }
QFrame#attachmentChip QToolButton { padding: 2px; }

QFrame#noticeBar { background: $accent_soft; border-radius: 12px; }
QFrame#noticeBar QPushButton:hover { background: $surface; }
QFrame[kind="line"], QFrame[kind="line"]:disabled { background: $line; border: 0; }

QToolButton#answerSettingsButton { color: $muted; font-size: ${small_pt}pt; font-weight: 600; }
QToolButton#answerSettingsButton:hover { color: $text; }
QFrame[kind="popover"] { background: $surface; border: 1px solid $edge; border-radius: 12px; }
QLabel#contextHeadline { font-weight: 600; }
QLineEdit[kind="quick"] {
  background: transparent; border: 0; padding: 4px 0; font-size: ${reading_pt}pt;
  selection-background-color: $accent; selection-color: $on_accent;
}
QWidget#quickQuestion { background: $surface; }
QScrollArea#quickAnswerPane, QScrollArea#quickAnswerPane > QWidget > QWidget {
  background: transparent;
}
QLineEdit[kind="number"] {
  background: $page; border: 1px solid $field_edge; border-radius: 8px; padding: 4px 8px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit[kind="number"]:focus { border: 2px solid $accent; padding: 3px 7px; }
QLineEdit[refused="true"] { border-color: $alarm; }
QPlainTextEdit[kind="field"] {
  background: $page; border: 1px solid $field_edge; border-radius: 8px; padding: 2px 4px;
  selection-background-color: $accent; selection-color: $on_accent;
}
QPlainTextEdit[kind="field"]:focus { border: 2px solid $accent; padding: 1px 3px; }

QFrame#libraryRow, QFrame#importBox, QFrame#settingsSection {
  background: $surface; border: 1px solid $line; border-radius: 12px;
}
QFrame#libraryRow:focus { border: 2px solid $accent; }
QFrame#removedRow { background: transparent; border: 1px dashed $edge; border-radius: 12px; }
QFrame#foundFrame { background: $surface; border: 1px solid $line; border-radius: 12px; }
QFrame#foundRow:hover { background: $hover; }
QRadioButton { border: 2px solid transparent; border-radius: 8px; padding: 2px 6px 2px 2px; }
QRadioButton:focus { border-color: $accent; }
QRadioButton:disabled { color: $faint; }
QRadioButton::indicator {
  width: 14px; height: 14px; border: 2px solid $muted; border-radius: 9px; background: $surface;
}
QRadioButton::indicator:checked { width: 8px; height: 8px; border: 5px solid $accent; }
QRadioButton::indicator:disabled { border-color: $edge; }
QWidget#exchangeForm QLabel:disabled { color: $faint; }
QFrame#storageRow, QFrame#backupRow { border: 0; border-top: 1px solid $line; }
QFrame#recoveryPanel {
  background: $alarm_soft; border: 1px solid $alarm_line; border-radius: 12px;
}
QFrame#recoveryPanel QLabel { color: $alarm; }
QFrame#folderRow { background: $page; border: 1px solid $line; border-radius: 10px; }
QTableView#connectionsTable {
  background: $page; border: 1px solid $line; border-radius: 8px; outline: 0;
  selection-background-color: $accent_soft; selection-color: $text; font-size: ${small_pt}pt;
}
QTableView#connectionsTable:focus { border: 1px solid $accent; }
QTableView#connectionsTable::item { padding: 0 8px; border: 0; }
QTableView#connectionsTable QHeaderView { background: transparent; border: 0; }
QTableView#connectionsTable QHeaderView::section {
  background: transparent; border: 0; border-bottom: 1px solid $line; padding: 6px 9px;
  color: $muted; font-size: ${small_pt}pt; font-weight: 600;
}

QFrame#modelCard { background: $surface; border: 1px solid $line; border-radius: 12px; }
QFrame#modelCard[best="true"] { border: 2px solid $accent; }
QTableWidget#buildTable {
  background: transparent; border: 1px solid $line; border-radius: 8px; outline: 0;
  selection-background-color: $accent_soft; selection-color: $text;
}
QTableWidget#buildTable:focus { border: 1px solid $accent; }
QTableWidget#buildTable::item { padding: 0 10px; border: 0; }
QTableWidget#buildTable::item:hover { background: $hover; }
QTableWidget#buildTable::item:selected { background: $accent_soft; color: $text; }
QTableWidget#buildTable QHeaderView { background: transparent; border: 0; }
QTableWidget#buildTable QHeaderView::section {
  background: transparent; border: 0; border-bottom: 1px solid $line; padding: 6px 13px;
  color: $muted; font-size: ${small_pt}pt; font-weight: 600;
}
QWidget#placementPicture { background: $page; border: 1px solid $line; border-radius: 8px; }
QWidget#placementPicture:focus { border: 2px solid $accent; }
QSlider { min-height: 24px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $edge; }
QSlider::sub-page:horizontal { border-radius: 2px; background: $accent; }
QSlider::handle:horizontal {
  width: 16px; height: 16px; margin: -8px 0; border-radius: 10px;
  background: $accent; border: 2px solid $surface;
}
QSlider::handle:horizontal:hover { background: $accent_hover; }
QSlider::handle:horizontal:focus { border: 2px solid $text; }
QSlider::sub-page:horizontal:disabled { background: $edge; }
QSlider::handle:horizontal:disabled { background: $edge; }
QProgressBar[kind="thin"] { background: $line; border: 0; border-radius: 3px; }
QProgressBar[kind="thin"]::chunk { background: $accent; border-radius: 3px; }
QFrame[kind="question"] { background: $accent_soft; border-radius: 10px; }
QFrame#downloadTray, QFrame#repositoryRow {
  background: $surface; border: 1px solid $line; border-radius: 12px;
}
QFrame#downloadRow { border: 0; border-top: 1px solid $line; }

QFrame#errorBanner { background: $alarm_soft; border: 1px solid $alarm_line; border-radius: 12px; }
QFrame#errorBanner QLabel { color: $alarm; }
QFrame#errorBanner QPushButton { color: $alarm; padding: 3px 8px; font-weight: 600; }
QFrame#errorBanner QPushButton:hover { background: $alarm_line; }
QFrame#errorBanner QPushButton:focus, QFrame#errorBanner QToolButton:focus { border-color: $alarm; }
QFrame#errorBanner QToolButton:hover { background: $alarm_line; }

QMenu { background: $surface; border: 1px solid $edge; border-radius: 10px; padding: 6px; }
QMenu::item { padding: 7px 20px 7px 14px; border-radius: 6px; }
QMenu::item:selected { background: $bubble; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 6px 8px; }
QMenu::indicator { width: 8px; height: 8px; margin-left: 10px; border-radius: 4px; }
QMenu::indicator:checked { background: $accent; }
QMenu::indicator:unchecked { background: transparent; }
QDialog { background: $page; }
QDialogButtonBox QPushButton { background: $surface; border: 1px solid $edge; padding: 6px 14px; }
"""
