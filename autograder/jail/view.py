"""What of this machine the jail shows: what its Python needs to run, and nothing else.

The list is made from the interpreter itself: its program, its standard library, the packages that
a notebook may import with what those require, and the shared libraries that all of these name. No
system tree is shown: /usr holds nbgrader's exchange on one machine, this repository on another.
"""

import importlib.metadata
import os
import re
import site
import sys
import sysconfig
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from autograder.jail import elf

# Data that libraries look for at fixed places. C.UTF-8 is built into newer C libraries.
DATA = ("/usr/share/zoneinfo", "/usr/share/fonts", "/usr/lib/locale/C.utf8", "/etc/ld.so.cache")
ROOT_LINKS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")


@dataclass
class View:
    """Mounts by where they are seen (to what is shown there), links, and folders kept empty."""

    mounts: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)

    def show(self, path) -> None:
        """Show a file or a folder at its own place, unless a folder around it is shown already."""
        path = _without_root_link(str(path))
        if os.path.exists(path) and not self.covers(path):
            self.mounts[path] = os.path.realpath(path)

    def covers(self, path: str) -> bool:
        """Whether `path` is seen because of a folder that is shown."""
        around = [str(parent) for parent in (Path(path), *Path(path).parents)]
        near = next((place for place in around if place in self.emptied), None)
        shown = next((place for place in around if place in self.mounts), None)
        return shown is not None and (near is None or len(shown) >= len(near))

    def below_tmp(self) -> list[str]:
        """The folders directly in /tmp that hold something that is shown."""
        return sorted({"/tmp/" + p.split("/")[2] for p in self.mounts if p.startswith("/tmp/")})

    def options(self) -> list[str]:
        """The view as bubblewrap's options."""
        made: dict[str, None] = {}
        options = []
        for name in ROOT_LINKS:
            if os.path.islink(f"/{name}"):
                options += ["--symlink", os.readlink(f"/{name}"), f"/{name}"]
        for path in sorted({*self.mounts, *self.links, *self.emptied}):
            for parent in reversed(Path(path).parents[:-1]):  # else bubblewrap makes them private
                if str(parent) not in made and not self.covers(str(parent)):
                    options += ["--dir", str(parent)]
                    made[str(parent)] = None
            if path in self.mounts:
                options += ["--ro-bind", self.mounts[path], path]
            elif path in self.links:
                options += ["--symlink", self.links[path], path]
            else:
                options += ["--tmpfs", path]
        for path in self.emptied:
            options += ["--remount-ro", path]
        return options


def _without_root_link(path):
    """`path` with /lib, which is a link to /usr/lib, written out."""
    first, _, rest = path.lstrip("/").partition("/")
    if first in ROOT_LINKS and os.path.islink(f"/{first}"):
        return os.path.join(os.path.realpath(f"/{first}"), rest)
    return path


def _show_program(view, path):
    """Show a program, along the links that lead to it: it finds its library by its own place."""
    path = _without_root_link(path)
    while os.path.islink(path):
        target = os.readlink(path)
        view.links[path] = target
        path = _without_root_link(os.path.normpath(os.path.join(os.path.dirname(path), target)))
    view.show(path)
    return path


def site_folders() -> list[str]:
    """Where this Python's packages lie."""
    return [folder for folder in site.getsitepackages() if os.path.isdir(folder)]


def _plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def _tops(distribution) -> set[str]:
    """The files and folders that a distribution put directly beside others."""
    record = distribution.read_text("RECORD")
    if record is not None:
        lines = (line.rpartition(",")[0].rpartition(",")[0] for line in record.splitlines())
        tops = {line.strip('"').split("/")[0] for line in lines}
        return {top for top in tops if top not in ("", "..", "__pycache__")}
    tops = (distribution.read_text("top_level.txt") or distribution.name).split()
    folder = Path(distribution.locate_file(""))
    found = {path.name for top in tops for path in (folder / top, *folder.glob(f"{top}.*"))}
    return found


@lru_cache
def _distribution(name: str) -> importlib.metadata.Distribution | None:
    """The installed distribution of that name; asked for one by one, it is found at once."""
    found = importlib.metadata.distributions(name=name, path=site_folders())
    return next(iter(found), None)


@lru_cache
def _by_module() -> dict[str, set[str]]:
    """The distributions that bring a module, by the module's name: reads all that is installed."""
    found: dict[str, set[str]] = {}
    for distribution in importlib.metadata.distributions(path=site_folders()):
        for top in _tops(distribution):
            found.setdefault(top.split(".")[0], set()).add(distribution.name)
    return found


def _bringing(module: str) -> set[str]:
    """The distributions that bring a module; most are called like it."""
    namesake = _distribution(_plain(module))
    if namesake is not None and module in {top.split(".")[0] for top in _tops(namesake)}:
        return {namesake.name}
    return _by_module().get(module, set())


def _required(modules, own) -> list[importlib.metadata.Distribution]:
    """The distributions of `modules` and all that they require, without our own."""
    tops = {module.split(".")[0] for module in modules} - set(own) - sys.stdlib_module_names
    names = [name for top in sorted(tops) for name in _bringing(top)]
    found: dict[str, importlib.metadata.Distribution] = {}
    while names:
        name = _plain(names.pop())
        distribution = _distribution(name)
        if name in found or name in own or distribution is None:
            continue
        found[name] = distribution
        for text in distribution.requires or ():
            try:
                wanted = Requirement(text)
            except InvalidRequirement:
                continue
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                names.append(wanted.name)
    return list(found.values())


def importable(modules, own: tuple[str, ...] = ("autograder",)) -> set[str]:
    """The names of the modules, by their first part, that come with `modules`."""
    tops = (top for distribution in _required(modules, own) for top in _tops(distribution))
    return {top.split(".")[0] for top in tops}


def _extensions(view):
    """The extension modules and libraries in what is shown; there is no screen for Tk's."""
    for shown in view.mounts:
        for folder, names, files in os.walk(shown):
            names[:] = [name for name in names if f"{folder}/{name}" not in view.emptied]
            found = (file for file in files if ".so" in file and not file.startswith("_tkinter"))
            yield from (f"{folder}/{file}" for file in found)
        if os.path.isfile(shown):
            yield shown


@lru_cache
def view_for(modules: tuple[str, ...], own: tuple[str, ...] = ("autograder",)) -> View:
    """What a notebook sees that may import `modules` beside the standard library.

    Of `own` packages nothing is shown: a copy of what students may see of them is staged.
    """
    view = View()
    programs = [_show_program(view, sys.executable)]
    base = getattr(sys, "_base_executable", sys.executable)
    if os.path.exists(base):
        programs.append(_show_program(view, base))
    for folder in {sys.prefix, os.path.dirname(sys.executable)}:
        view.show(f"{folder}/pyvenv.cfg")
    for name in ("stdlib", "platstdlib"):
        for prefix in (sys.prefix, sys.base_prefix, sys.base_exec_prefix):
            folder = sysconfig.get_path(name, vars={"base": prefix, "platbase": prefix})
            if os.path.isfile(f"{folder}/os.py") or os.path.isdir(f"{folder}/lib-dynload"):
                view.show(folder)
    for library in list(view.mounts):
        for name in ("site-packages", "dist-packages"):
            if os.path.isdir(f"{library}/{name}"):
                view.emptied.append(f"{library}/{name}")
    for distribution in _required(modules, own):
        for top in sorted(_tops(distribution)):
            if top.split(".")[0] not in own:
                view.show(distribution.locate_file(top))
    for path in (*elf.libraries([*programs, *_extensions(view)]), *DATA):
        view.show(path)
    return view
