"""Stands where a kernel's process would: it has another one forked, and ends as that one ends.

``python stand_in.py SOCKET ARGUMENTS...``, where `source` listens, which says what is sent. A
signal to this process is handed on; if it is killed, its connection ends, and with it the kernel.
"""

import json
import os
import signal
import socket
import sys


def main() -> int:
    """The kernel's exit code."""
    address, *arguments = sys.argv[1:]
    asked = {"arguments": arguments, "environment": dict(os.environ), "folder": os.getcwd()}
    text = json.dumps(asked).encode()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [b"."], [0, 1, 2])
        connection.sendall(len(text).to_bytes(4) + text)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda given, _: connection.send(bytes([given])))
        return (connection.recv(1) or b"\x01")[0]


sys.exit(main())
