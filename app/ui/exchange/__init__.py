"""Exporting and importing chats, in two dialogs."""
