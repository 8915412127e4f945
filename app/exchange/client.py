"""The parent's end of the processes that write and read files with chats."""
