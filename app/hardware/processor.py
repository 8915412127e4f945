"""Whether this processor can run what the program is compiled for.

The engine has variants for every processor, but Python's own wheels have not: numpy and Qt are
compiled for x86-64-v2 and would end the program with an illegal instruction, or without a word.
"""

import os
import sys

_LEAF_1 = 0  # its index in glibc
# Bits of ECX that CPUID answers with in leaf 1.
_NEEDED = {"SSE3": 0, "SSSE3": 9, "CMPXCHG16B": 13, "SSE4.1": 19, "SSE4.2": 20, "POPCNT": 23}


def processor_problem() -> str:
    """Say in a sentence that the processor is too old, if it is; ask before Qt is loaded."""
    missing = missing_instructions()
    if not missing:
        return ""
    return (
        f"This PC's processor is too old for Cierzo: it lacks {', '.join(missing)}. "
        "Processors made since 2009 have them."
    )


def missing_instructions() -> list[str]:
    """Name what is missing; empty too where nobody can be asked (another system or C library)."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return []
    import ctypes

    try:
        features_of = ctypes.CDLL(None).__x86_get_cpuid_feature_leaf
    except AttributeError:
        return []
    # struct cpuid_feature of <sys/platform/x86.h>: EAX, EBX, ECX, EDX.
    features_of.restype = ctypes.POINTER(ctypes.c_uint * 4)
    ecx = features_of(_LEAF_1).contents[2]
    return [name for name, bit in _NEEDED.items() if not ecx >> bit & 1]
