"""How models' Markdown is read, on the screen and in exported files alike."""
