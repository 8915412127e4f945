"""The child process that runs llama.cpp; the only package that imports llama_cpp."""
