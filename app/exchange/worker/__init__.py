"""The processes that write and read files with chats."""
