"""The window: the only package besides app.main and app.program that knows Qt."""
