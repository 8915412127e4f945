"""Throw-away processes that know the formats: they write and read files with chats."""
