"""The process that writes chats to files."""
