"""Starts a program as a caller with a key in its session keyring, and perhaps one who may make no user namespaces:

    caller.py SECRET free|contained PROGRAM...
"""

import ctypes
import os
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)


def contain():
    """unshare(2) of a user namespace is refused, as in most containers: a seccomp filter, by number of the call and flags."""
    allow, refuse = (0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050001)
    number, flags = (0x20, 0, 0, 0), (0x20, 0, 0, 16)
    code = [number, (0x15, 0, 3, 272), flags, (0x45, 0, 1, 0x10000000), refuse, allow]
    text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(code), ctypes.addressof(text)))
    if libc.prctl(22, 2, program, 0, 0) != 0:
        sys.exit("no filter")


secret, how, *words = sys.argv[1:]
libc.syscall(250, 1, None)
libc.syscall(248, b"user", b"repro-escape", secret.encode(), len(secret), -3)
if how == "contained":
    contain()
os.execvp(words[0], words)
