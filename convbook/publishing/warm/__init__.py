"""Kernels that have imported Keras before they are asked for.

Every notebook's kernel would import the same libraries, which takes longer than most of their
cells. So one process imports them once, and each kernel is a fork of it: `source` is that process,
and `stand_in` the small one that the kernel's manager starts, watches and ends in the kernel's
place. Imports alone may be forked; TensorFlow hangs in a fork if it has run an operation before.

Only Linux has what this needs (``pidfd_open``). Elsewhere, and where the libraries can't be
imported, there is no address, and kernels start as they always do.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from jupyter_client.manager import AsyncKernelManager
from traitlets import Unicode

HERE = Path(__file__).parent
LAUNCHER = "ipykernel_launcher"
# As in convbook.models._quiet, which says why and may not be imported here; a test compares them.
SETTINGS = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_ENABLE_ONEDNN_OPTS": "1",
}
INLINE = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}  # as ipykernel sets it


class WarmKernelManager(AsyncKernelManager):
    """Starts a stand-in, which asks the process at ``address`` to fork a kernel."""

    address = Unicode(help="socket of the process to fork; empty for an ordinary kernel").tag(
        config=True
    )

    def format_kernel_cmd(self, extra_arguments=None) -> list[str]:
        command = super().format_kernel_cmd(extra_arguments)
        if not self.address or LAUNCHER not in command:
            return command
        arguments = command[command.index(LAUNCHER) + 1 :]
        return [sys.executable, "-I", "-S", str(HERE / "stand_in.py"), self.address, *arguments]


@contextmanager
def warm_kernels() -> Iterator[str]:
    """The address of a process to fork kernels from, while it is wanted; "" where none can be."""
    if not hasattr(os, "pidfd_open"):
        yield ""
        return
    with TemporaryDirectory(prefix="kernels-") as folder:
        address = f"{folder}/socket"
        command = [sys.executable, str(HERE / "source.py"), address]
        with subprocess.Popen(
            command,
            env=SETTINGS | os.environ | INLINE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as source:
            assert source.stdout is not None  # asked for above
            assert source.stdin is not None
            try:
                yield address if source.stdout.readline() == b"ready\n" else ""
            finally:
                source.stdin.close()  # which ends it
