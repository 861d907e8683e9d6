"""Give up, one after the other, everything that a student's code has no use for.

Runs in the forked child before the first line of a notebook. Linux only; the calls that Python 3.11
has no name for go through libc.
"""

import contextlib
import ctypes
import os
import resource
import struct

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC = 1, 32, 4096, 16384
PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 4, 24, 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
INSIDE_UID = 1000

libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def _mount_tmpfs(target, options, flags=MS_NOSUID | MS_NODEV):
    _check(
        libc.mount(b"tmpfs", target.encode(), b"tmpfs", ctypes.c_ulong(flags), options.encode()),
        f"mount {target}",
    )


def _bind(source, target):
    flags = ctypes.c_ulong(MS_BIND | MS_REC)
    _check(libc.mount(source.encode(), target.encode(), None, flags, None), f"bind {target}")


def _make_read_only(target):
    flags = ctypes.c_ulong(MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    _check(libc.mount(None, target.encode(), None, flags, None), f"make {target} read-only")


def become_nobody():
    """Leave the uid that built the jail as its root; where there is no second user do nothing."""
    if os.getuid() == 0:
        with contextlib.suppress(PermissionError):  # an ordinary user's namespace may not
            os.setgroups([])
        os.setresgid(INSIDE_UID, INSIDE_UID, INSIDE_UID)
        os.setresuid(INSIDE_UID, INSIDE_UID, INSIDE_UID)
        # A change of uid makes /proc/self unwritable, and the uid map is written there.
        _check(libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "PR_SET_DUMPABLE")


def enter_namespaces():
    """Enter new user, pid, mount, net, ipc and uts namespaces (pid: with the next fork)."""
    uid, gid = os.getuid(), os.getgid()
    flags = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    _check(libc.unshare(flags), "unshare")
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/gid_map", f"{INSIDE_UID} {gid} 1")
    _write("/proc/self/uid_map", f"{INSIDE_UID} {uid} 1")
    # Under memory pressure the kernel should take this process before anybody else's.
    _write("/proc/self/oom_score_adj", "1000")


def hide_and_mount(megabytes, cover, keep=()):
    """Mount the writable places, /tmp and /dev/shm; cover /proc and the directories in `cover`.

    `keep` are the directories below /tmp that stay to be seen: a Python that is installed there.
    Every mount has few inodes, and those that nothing has to be written to are read-only.
    """
    for directory in cover:
        _mount_tmpfs(directory, "size=4k,nr_inodes=2,mode=0555")
        _make_read_only(directory)
    handles = {path: os.open(path, os.O_PATH) for path in keep}
    _mount_tmpfs("/tmp", f"size={megabytes}m,nr_inodes=4096,mode=0755")
    _mount_tmpfs("/dev/shm", f"size={max(1, megabytes // 4)}m,nr_inodes=256,mode=0777")
    # Mapped by several processes, zeros are memory that no process owns.
    _bind("/dev/null", "/dev/zero")
    for path, handle in handles.items():
        os.makedirs(path)
        _bind(f"/proc/self/fd/{handle}", path)  # as read-only as it was
        os.close(handle)
    # TensorFlow aborts without these two; nothing else of /proc is shown.
    executable = os.readlink("/proc/self/exe")
    _mount_tmpfs("/proc", "size=64k,nr_inodes=8,mode=0755")
    os.mkdir("/proc/self")
    os.symlink(executable, "/proc/self/exe")
    _write("/proc/self/cmdline", "python\0")
    _make_read_only("/proc")


def limit(limits):
    """Set the resource limits: a dict of names such as ``"DATA"`` to numbers."""
    for name, value in limits.items():
        number = getattr(resource, "RLIMIT_" + name)
        _, hard = resource.getrlimit(number)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))


def drop_privileges():
    """Drop every capability for good and forbid gaining any by executing a file."""
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails above the kernel's last one
    header = ctypes.create_string_buffer(struct.pack("=Ii", 0x20080522, 0))
    nothing = ctypes.create_string_buffer(struct.pack("=6I", *[0] * 6))
    _check(libc.capset(header, nothing), "capset")


def filter_system_calls(program: bytes):
    """Install a compiled seccomp filter (an array of BPF instructions of 8 bytes each)."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    filter_ = Program(len(program) // 8, program)
    _check(
        libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_), 0, 0),
        "PR_SET_SECCOMP",
    )
