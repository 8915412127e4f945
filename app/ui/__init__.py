"""The window: the only package besides app.main that knows Qt."""
