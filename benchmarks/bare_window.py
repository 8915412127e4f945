"""The base of startup: an empty main window with a text field, as short as Qt allows."""

import sys

from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit

if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = QMainWindow()
    window.setCentralWidget(QPlainTextEdit())
    window.resize(1000, 700)
    window.show()
    sys.exit(application.exec())
