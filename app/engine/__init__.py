"""The language model behind a process boundary: protocol, client and worker."""
