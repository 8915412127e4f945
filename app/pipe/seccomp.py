"""A filter of the Linux kernel that refuses a process some system calls, for good.

Numbers are those of <asm/unistd.h>, <linux/audit.h>, <linux/filter.h> and <linux/seccomp.h>. What
is refused fails with EACCES, as a file that is not one's own does: libraries know what to do.
"""

import ctypes
import errno
import itertools
import os
import struct
import sys
from typing import NamedTuple

_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1
_RET_ALLOW, _RET_REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
# Classic BPF: load a word of `struct seccomp_data`, compare, return.
_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
# From here on x86-64 has its calls once more, for programs with short pointers.
_X32 = 0x40000000
_AF_UNIX = 1


class _Machine(NamedTuple):
    """How a processor's calls are numbered."""

    architecture: int
    seccomp: int
    sockets: tuple[int, int]  # socket, socketpair: the family is their first argument
    escapes: tuple[int, ...]  # io_uring_setup, ptrace, process_vm_writev, pidfd_getfd
    programs: tuple[int, int]  # execve, execveat


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 317, (41, 53), (425, 101, 311, 438), (59, 322)),
    "aarch64": _Machine(0xC00000B7, 277, (198, 199), (425, 117, 271, 438), (221, 281)),
}


def refuse_calls(*, local_sockets: bool, programs: bool) -> bool:
    """From here on no thread of this process makes a socket, nor do programs that it starts.

    What would get one in another way is refused, too: io_uring, another process (by ptrace, its
    memory or its descriptors), calls numbered as on another architecture. Programs that it starts
    get no rights by their set-user-id bit any more.

    Args:
        local_sockets: Sockets to processes on this machine (AF_UNIX) may still be made.
        programs: Other programs may still be started.

    Returns:
        Whether the kernel holds to it; False where it has no such filter.
    """
    machine = _MACHINES.get(os.uname().machine) if sys.platform == "linux" else None
    if machine is None or struct.calcsize("P") != struct.calcsize("Q"):
        return False
    refused = machine.escapes if programs else machine.escapes + machine.programs
    instructions = _filter(machine, refused, local_sockets=local_sockets)
    code = b"".join(itertools.starmap(struct.Struct("=HBBI").pack, instructions))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(
        struct.pack("@HP", len(instructions), ctypes.addressof(buffer))
    )
    libc = ctypes.CDLL(None)
    nothing = ctypes.c_ulong(0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), nothing, nothing, nothing):
        return False
    # Positive is a thread that could not be brought along.
    answer: int = libc.syscall(
        ctypes.c_long(machine.seccomp),
        ctypes.c_ulong(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(_SECCOMP_FILTER_FLAG_TSYNC),
        program,
    )
    return answer == 0


def _filter(
    machine: _Machine, refused: tuple[int, ...], *, local_sockets: bool
) -> list[tuple[int, int, int, int]]:
    """Instructions: code, how many to skip if it is true, if not, and a number."""
    if not local_sockets:
        refused += machine.sockets
    # The end: allowed; the family of a socket, allowed if it is local; else refused.
    end = [(_RETURN, 0, 0, _RET_ALLOW)]
    if local_sockets:
        end += [
            (_LOAD, 0, 0, _FIRST_ARGUMENT_AT),
            (_IF_EQUAL, 0, 1, _AF_UNIX),
            (_RETURN, 0, 0, _RET_ALLOW),
        ]
    end += [(_RETURN, 0, 0, _RET_REFUSE)]
    code = end
    if local_sockets:
        for number in machine.sockets:
            code = [(_IF_EQUAL, len(code) - len(end) + 1, 0, number), *code]
    for number in refused:
        code = [(_IF_EQUAL, len(code) - 1, 0, number), *code]
    code = [(_LOAD, 0, 0, _NUMBER_AT), (_IF_AT_LEAST, len(code) - 1, 0, _X32), *code]
    code = [(_IF_EQUAL, 0, len(code) - 1, machine.architecture), *code]
    return [(_LOAD, 0, 0, _ARCHITECTURE_AT), *code]
