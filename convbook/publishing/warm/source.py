"""The process that imports what notebooks import, and then forks a kernel for each who asks.

``python source.py SOCKET``, in a process group of its own, writes "ready" when it is, and ends when
its standard input does, be it because the build was killed; kernels that are left end with it. One
connection is one kernel: it brings three files (standard input, output and error), then four bytes
that say how long the JSON after them is: ``{"arguments", "environment", "folder"}``. After that,
each byte is a signal for the kernel, and the connection's end is its end. The answer is one byte,
the kernel's exit code.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import sys
from importlib import import_module

# matplotlib.pyplot would choose how figures are shown, before there is a notebook to show them in.
LIBRARIES = (
    "keras",
    "ipykernel.kernelapp",
    "matplotlib.figure",
    "scipy.signal",
    "skimage.transform",
    "sklearn.linear_model",
    "sklearn.model_selection",
    "sklearn.datasets",
)


def serve(address: str) -> None:
    """Fork a keeper for every connection; in a kernel's process, return when it is through."""
    for name in LIBRARIES:
        import_module(name)
    # A kernel that looked for cycles in all this would copy every page of it to no purpose.
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a keeper ended
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                os.killpg(0, signal.SIGKILL)  # keepers too; a kernel sees within a second
            connection, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                return keep(connection)
            connection.close()


def keep(connection: socket.socket) -> None:
    """Fork the kernel, hand its signals on, say how it ended; end with it, and it with us."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    asked = json.loads(received(connection, int.from_bytes(received(connection, 4))))
    kernel = os.fork()
    if kernel == 0:
        connection.close()
        return be_kernel(files, **asked)
    for file in files:
        os.close(file)
    ended = os.pidfd_open(kernel)
    while True:
        ready, _, _ = select.select([connection, ended], [], [])
        if ended in ready:
            code = os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])
            connection.sendall(bytes([code % 256]))
            os._exit(0)
        number = connection.recv(1)
        if not number:
            os.kill(kernel, signal.SIGKILL)
            os._exit(0)
        os.kill(kernel, number[0])


def received(connection: socket.socket, size: int) -> bytes:
    parts = b""
    while len(parts) < size:
        part = connection.recv(size - len(parts))
        if not part:
            os._exit(1)  # whoever asked is gone
        parts += part
    return parts


def be_kernel(files: list[int], arguments: list[str], environment: dict, folder: str) -> None:
    """What ``python -m ipykernel_launcher`` does, as if this process were new."""
    for at, file in enumerate(files):
        os.dup2(file, at)
        os.close(file)
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # It ends if its keeper does. From the environment this was read when the class was imported.
    sys.argv = ["ipykernel_launcher", *arguments, f"--IPKernelApp.parent_handle={os.getppid()}"]
    numpy, kernelapp = import_module("numpy"), import_module("ipykernel.kernelapp")
    numpy.random.seed()  # or all kernels would draw the same numbers
    kernelapp.launch_new_instance()
    # What was registered for the end is done; to take all libraries' objects apart, which kernels
    # share until one touches them, would take two seconds more.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    del sys.path[0]  # this file's folder, which is none of a notebook's
    serve(sys.argv[1])
