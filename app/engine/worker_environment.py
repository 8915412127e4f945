"""What both ends know of how an engine process finds its libraries."""

# Absolute folders of backends, separated as in PATH: GPU packs first, the processor's last.
FOLDERS_VARIABLE = "CIERZO_BACKENDS"
CPU_FOLDER = "cpu"

ENGINE_ENVIRONMENT = {
    # Without it ggml starts a debugger on every abort: 8 s instead of half a second.
    "GGML_NO_BACKTRACE": "1",
    # GNU OpenMP's threads spin for milliseconds at every barrier, hundreds of times per token: as
    # soon as another program wants a core, decoding falls to a tenth and less. With thirty times
    # less than the default it keeps a quarter, and loses nothing when it is alone (measured).
    "GOMP_SPINCOUNT": "10000",
}
