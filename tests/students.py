"""An environment as students have it: the installed library, the exercises, no repository.

The packages that the library needs are lent by the environment that runs the tests, so nothing is
downloaded.
"""

import os
import shutil
import site
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


_built: list[Path] = []


class Environment:
    """A folder with a fresh Python, the installed library and the exercises.

    With `practice`, the wheel of checkers is installed, too.
    """

    def __init__(self, folder: Path, practice: bool = False):
        self.folder = folder
        self.exercises = folder / "exercises"
        self._install(self._build())
        if practice:
            # A wheel is a zip of what it installs; `--target` would not merge folders.
            zipfile.ZipFile(self._build_practice()).extractall(self.packages)
        checkpoints = shutil.ignore_patterns(".ipynb_checkpoints")
        shutil.copytree(ROOT / "exercises", self.exercises, ignore=checkpoints)

    def _build(self) -> Path:
        """Build the wheel from a copy: nothing is left behind in the repository."""
        source = self.folder / "source"
        for package in ("convbook", "autograder"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / package, source / package, ignore=ignored)
        for path in (
            ROOT / "importclosure.py",
            ROOT / "pyproject.toml",
            ROOT / "README.md",
            *ROOT.glob("LICENSE*"),
        ):
            shutil.copy(path, source)
        if not _built:  # the same one for every environment of this process
            self._pip("wheel", "--no-build-isolation", "--wheel-dir", self.folder, source)
            _built.extend(self.folder.glob("convbook-*.whl"))
        (wheel,) = _built
        return wheel

    def _build_practice(self) -> Path:
        source = self.folder / "source"
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / "questions", source / "questions", ignore=ignored)
        target = source / "questions"
        self._pip("wheel", "--no-build-isolation", "--wheel-dir", self.folder, target)
        (wheel,) = self.folder.glob("convbook_practice-*.whl")
        return wheel

    def _install(self, wheel: Path):
        base = str(self.folder / "env")
        venv.EnvBuilder(symlinks=os.name != "nt").create(base)
        self.python = Path(base) / ("Scripts" if os.name == "nt" else "bin") / "python"
        scheme, places = sysconfig.get_preferred_scheme("prefix"), {"base": base, "platbase": base}
        self.packages = Path(sysconfig.get_path("purelib", scheme, places))
        # A folder that is named so lends its packages; its own .pth files are not read, so that
        # neither the repository nor what is installed from it can be imported.
        (self.packages / "lent.pth").write_text("\n".join(site.getsitepackages()))
        self._pip("install", "--target", self.packages, wheel)

    def _pip(self, command, *arguments):
        pip = [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check"]
        pip += ["--no-deps", "--no-index", *map(str, arguments)]
        done = subprocess.run(pip, check=False, capture_output=True, text=True, cwd=self.folder)
        assert done.returncode == 0, done.stderr

    def installed(self) -> list[Path]:
        """Every file that came with the library."""
        found = [path for path in self.packages.rglob("*") if path.is_file()]
        return [path for path in found if path.suffix != ".pyc" and path.name != "lent.pth"]
