"""A JupyterLab of its own, on a folder laid out like the repository, and a browser to drive it."""

import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import waiting
from browsing import OWN, Visits

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.lab)


class Lab:
    """A running server; ``folder`` is what it shows."""

    def __init__(self, folder: Path, settings: Path):
        self.folder, self.settings, self.token = folder, settings, secrets.token_hex(16)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._server = self._start(settings)

    def _start(self, settings):
        kinds = ("JUPYTER_CONFIG", "JUPYTER_DATA", "JUPYTER_RUNTIME")
        kinds += ("JUPYTERLAB_SETTINGS", "JUPYTERLAB_WORKSPACES")
        folders = {f"{kind}_DIR": str(settings / kind.lower()) for kind in kinds}
        page_config = settings / "jupyter_config" / "labconfig" / "page_config.json"
        page_config.parent.mkdir(parents=True)
        news = "@jupyterlab/apputils-extension:announcements"  # it would ask a question first
        learners = json.loads((ROOT / "book/lab-learners/labconfig/page_config.json").read_text())
        learners["disabledExtensions"][news] = True
        page_config.write_text(json.dumps(learners))
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += ["--ip=127.0.0.1", f"--port={self.address.rpartition(':')[2]}"]
        command += [f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.folder}"]
        log = (settings / "server.log").open("w")
        environment = os.environ | folders
        environment.pop("MPLBACKEND", None)  # a kernel's pictures go into the notebook
        return subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log)

    def url(self, path: str) -> str:
        return f"{self.address}/{path}?token={self.token}&reset"

    def stop(self):
        self._server.terminate()
        self._server.wait(waiting.PATIENCE)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    (folder / "notebooks").mkdir()
    for name in ("book", "exercises"):
        (folder / name).symlink_to(ROOT / name)
    for path in (ROOT / "notebooks").iterdir():
        (folder / "notebooks" / path.name).symlink_to(path)
    start = folder / "notebooks" / "00-start.ipynb"
    start.unlink(missing_ok=True)
    subprocess.run([sys.executable, str(ROOT / "book/start_page.py"), str(start)], check=True)
    lab = Lab(folder, tmp_path_factory.mktemp("lab-settings"))
    try:
        waiting.until_answered(f"{lab.address}/api?token={lab.token}")
        yield lab
    finally:
        lab.stop()


@pytest.fixture
def visits(browser):
    """Opens pages. JupyterLab talks to the console a lot; only requests are held against it."""
    visits = Visits(browser)
    yield visits
    visits.close()
    assert not [url for url in visits.requests if not url.startswith(OWN)]
