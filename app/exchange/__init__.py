"""Chats to and from files of other kinds; only the worker knows their formats."""
