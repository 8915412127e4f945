"""No formats but those that are imported by name; PyInstaller's own takes all that Pillow knows."""
