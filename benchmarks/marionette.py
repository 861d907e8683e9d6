"""A stock Firefox, driven through Marionette, the protocol that it speaks by itself.

Playwright drives only a Firefox of its own making; where a machine has just the distribution's,
this is enough of the protocol (https://firefox-source-docs.mozilla.org/testing/marionette/) to open
a page and to run functions in it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

#: Milliseconds that a function in the page may take.
PATIENCE = 900_000
#: Seconds that Firefox may take until it listens.
START = 60
PREFERENCES = {
    "app.update.enabled": False,
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "privacy.reduceTimerPrecision": False,  # a clock of 1 ms would round short runs away
    "toolkit.telemetry.enabled": False,
}
CALL = """const done = arguments[arguments.length - 1];
(async (given) => (%s)(given))(arguments[0]).then((value) => done({ value }),
  (error) => done({ error: `${error}\\n${error.stack ?? ""}` }));"""


def firefox() -> str | None:
    """Firefox's path: what the variable FIREFOX names, or the one that is installed."""
    named = os.environ.get("FIREFOX")
    return named or shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """A headless Firefox with a profile of its own and one page; ``close`` ends it.

    ``evaluate(function, argument)`` is Playwright's: the text of a JavaScript function, what it is
    called with, and its answer, both as JSON. Raises ``RuntimeError`` with what the page said.
    """

    def __init__(self, executable: str) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="firefox-", ignore_cleanup_errors=True)
        port = free_port()
        settings = PREFERENCES | {"marionette.port": port}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in settings.items()]
        home = self._profile.name
        (Path(home) / "user.js").write_text("".join(lines), "utf-8")
        self._process = subprocess.Popen(
            [executable, "--headless", "--marionette", "--no-remote", "--profile", home],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": home},
        )  # fmt: skip
        self._count, self._read = 0, b""
        self._socket = self._connect(port)
        self._receive()  # who is there
        capabilities = self._command("WebDriver:NewSession")["capabilities"]
        self.version = f"Firefox {capabilities['browserVersion']}"
        self._command("WebDriver:SetTimeouts", script=PATIENCE, pageLoad=PATIENCE)

    def _connect(self, port: int) -> socket.socket:
        end = time.monotonic() + START
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port))
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(
                        f"Firefox did not answer within {START} s (exit status "
                        f"{self._process.poll()}); start {self._process.args[0]} by hand to see why"
                    ) from None
                time.sleep(0.2)

    def _receive(self) -> Any:
        """The next message: its length in bytes, a colon, and JSON."""
        while b":" not in self._read:
            self._read += self._more()
        length, _, self._read = self._read.partition(b":")
        while len(self._read) < int(length):
            self._read += self._more()
        message, self._read = self._read[: int(length)], self._read[int(length) :]
        return json.loads(message)

    def _more(self) -> bytes:
        part = self._socket.recv(65536)
        if not part:
            raise RuntimeError("Firefox has ended")
        return part

    def _command(self, name: str, **parameters: Any) -> Any:
        self._count += 1
        text = json.dumps([0, self._count, name, parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(text), text))
        _, _, error, answer = self._receive()
        if error:
            raise RuntimeError(f"{name}: {error['message']}")
        return answer

    def goto(self, address: str) -> None:
        self._command("WebDriver:Navigate", url=address)

    def evaluate(self, function: str, argument: Any = None) -> Any:
        script = CALL % function
        answer = self._command(
            "WebDriver:ExecuteAsyncScript", script=script, args=[argument], sandbox=None
        )["value"]
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def close(self) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(20)
        self._profile.cleanup()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
