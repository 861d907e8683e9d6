"""The filter of system calls that students' code runs under: what a notebook has no use for.

Three kinds are refused: calls that past holes in the kernel were reached through; calls that take
memory which no process owns, so that no limit counts it; and calls that open a way out.
"""

import contextlib
import tempfile

NOT_PERMITTED, NO_LOCKS, NO_SUCH_CALL = 1, 37, 38

NAMESPACES_AND_MOUNTS = (
    *("mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "move_mount", "open_tree"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "statmount", "listmount"),
)
KERNEL = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "bpf", "perf_event_open"),
    *("userfaultfd", "keyctl", "add_key", "request_key", "init_module", "finit_module"),
    *("delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff", "acct"),
    *("quotactl", "quotactl_fd", "open_by_handle_at", "name_to_handle_at", "syslog"),
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname"),
    *("setdomainname", "personality", "vhangup", "nfsservctl", "lookup_dcookie", "pidfd_getfd"),
    *("process_madvise", "process_mrelease", "seccomp", "landlock_create_ruleset"),
    *("lsm_get_self_attr", "lsm_set_self_attr", "lsm_list_modules", "cachestat"),
    *("fanotify_init", "fanotify_mark", "mbind", "move_pages", "migrate_pages"),
)
# Memory that belongs to no process: messages, locks, watches, timers, attributes, rings.
UNCOUNTED = (
    *("memfd_create", "memfd_secret", "shmget", "shmat", "msgget", "semget", "mq_open"),
    *("io_setup", "io_submit", "io_uring_setup", "io_uring_enter", "io_uring_register"),
    *("inotify_init", "inotify_init1", "timer_create", "vmsplice"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat"),
)
# Buffers of sockets are in nobody's memory, and some families lead out of a network namespace.
SOCKETS = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "setsockopt"),
    *("sendmsg", "sendmmsg", "recvmsg", "recvmmsg"),
)
# A session of its own is a share of the processor of its own.
SCHEDULING = ("setsid", "sched_setscheduler", "sched_setattr", "sched_setparam", "ioprio_set")
FORBIDDEN_CALLS = (*NAMESPACES_AND_MOUNTS, *KERNEL, *UNCOUNTED, *SOCKETS, *SCHEDULING)

CLONE_NEW_FLAGS = (
    *(0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80),
)
SHARED_ANONYMOUS = 0x21  # its pages stay when a process no longer maps them, and nobody has them
SET_PIPE_SIZE = 1031
SET_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW and those of open files: as many as one likes


# Calls are numbered alike everywhere since 424; these are younger than this list.
YOUNGER_CALLS = range(453, 512)


def program() -> bytes | None:
    """Compile the filter, or return None where libseccomp is not installed."""
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        return None
    refuse = pyseccomp.ERRNO(NOT_PERMITTED)
    filter_ = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in FORBIDDEN_CALLS:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # unknown to this architecture
            filter_.add_rule(refuse, name)
    for flag in CLONE_NEW_FLAGS:
        filter_.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    # Its flags lie in memory, where a filter can't look: glibc then falls back to clone.
    filter_.add_rule(pyseccomp.ERRNO(NO_SUCH_CALL), "clone3")
    for number in YOUNGER_CALLS:
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            filter_.add_rule(pyseccomp.ERRNO(NO_SUCH_CALL), number)
    shared = pyseccomp.Arg(3, pyseccomp.MASKED_EQ, SHARED_ANONYMOUS, SHARED_ANONYMOUS)
    filter_.add_rule(refuse, "mmap", shared)
    filter_.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, SET_PIPE_SIZE))
    for command in SET_LOCKS:
        lock = pyseccomp.Arg(1, pyseccomp.EQ, command)
        filter_.add_rule(pyseccomp.ERRNO(NO_LOCKS), "fcntl", lock)
    with tempfile.TemporaryFile() as file:
        filter_.export_bpf(file)
        file.seek(0)
        return file.read()
