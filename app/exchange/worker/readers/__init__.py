"""How chats lie in files of programs: a module each, that knows nothing of the others."""
