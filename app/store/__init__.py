"""Chats on the disk: one SQLite file and the files that were attached."""
