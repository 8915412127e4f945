"""What the parent and the processes that write and read files with chats say to each other."""
