"""The child process: the only one that opens internet sockets, and only when asked."""
