"""The learner's path needs nothing that Windows or macOS lacks: held by their rules, played here.

Not seen: a real Windows or macOS machine. What differs there and can be played on Linux is.
"""

import ast
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: What only Unix has.
UNIX_MODULES = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
UNIX_NAMES = {"fork", "forkpty", "killpg", "geteuid", "getuid", "mkfifo", "setsid", "SIGKILL",
              "SIGALRM", "uname"}  # fmt: skip
#: What another file starts as a process of its own, after it has asked for what only Linux has.
STARTED_ON_LINUX = {
    "convbook/publishing/warm/source.py": ("convbook/publishing/warm/__init__.py", "pidfd_open")
}
#: Windows keeps these names to itself, whatever the ending, and these characters out of names.
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
FORBIDDEN = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')


def tracked(*patterns):
    command = ["git", "ls-files", "-z", *patterns]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in out.split("\0") if name]


def learners_code():
    """(path, syntax tree) of the library, the form reader and the cells that a learner runs."""
    for name in tracked("convbook/*.py", "autograder/handin/*.py"):
        yield name, ast.parse((ROOT / name).read_text(encoding="utf-8"))
    for name in tracked("notebooks/*.ipynb", "exercises/*.ipynb"):
        for cell in json.loads((ROOT / name).read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                source = "".join(cell["source"])
                lines = [line for line in source.splitlines() if not line.startswith("%matplotlib")]
                yield f"{name}:{cell['id']}", ast.parse("\n".join(lines))


def called(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def opens_text_without_encoding(node):
    if not isinstance(node, ast.Call):
        return False
    given = {keyword.arg for keyword in node.keywords}
    name, place = called(node), {"read_text": 0, "write_text": 1, "open": 2}
    if name not in place or "encoding" in given or None in given:
        return False
    if name == "open":
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if isinstance(owner, ast.Name) and owner.id in ("Image", "webbrowser", "os", "tarfile"):
            return False
        place_of_mode = 0 if owner is not None else 1
        mode = next((k.value for k in node.keywords if k.arg == "mode"), None)
        if mode is None and len(node.args) > place_of_mode:
            mode = node.args[place_of_mode]
        return not (isinstance(mode, ast.Constant) and "b" in mode.value)
    return len(node.args) <= place[name]


def asked_for(tree):
    """What the code asks for before it uses it, hasattr(os, "getuid"), or does without."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {ast.unparse(call.args[1]).strip("'") for call in calls if called(call) == "hasattr"}
    blocks = [node for node in ast.walk(tree) if isinstance(node, ast.With)]
    careful = [block for block in blocks if "suppress" in ast.unparse(block.items[0])]
    texts = [n.value for part in careful for n in ast.walk(part) if isinstance(n, ast.Constant)]
    return names | ({"/proc/"} if "/proc/cpuinfo" in texts else set())


def test_text_is_read_and_written_in_utf8_by_name():
    """Elsewhere the default may be cp1252, which has no minus sign and no Devanagari."""
    found = [
        f"{path}:{node.lineno}"
        for path, tree in learners_code()
        for node in ast.walk(tree)
        if opens_text_without_encoding(node)
    ]
    assert found == []


def test_nothing_of_unix_alone_is_used():
    found = []
    for path, tree in learners_code():
        if path in STARTED_ON_LINUX:
            starts_it, name = STARTED_ON_LINUX[path]
            starter = ast.parse((ROOT / starts_it).read_text(encoding="utf-8"))
            assert name in asked_for(starter), f"{starts_it} does not ask for {name}"
            continue
        fine = asked_for(tree)
        for node in ast.walk(tree):
            names = set()
            if isinstance(node, ast.Import):
                names = {alias.name.split(".")[0] for alias in node.names} & UNIX_MODULES
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = {(node.module or "").split(".")[0]} & UNIX_MODULES
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if node.value.id in ("os", "signal"):
                    names = {node.attr} & UNIX_NAMES
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                starts = ("/tmp/", "/dev/", "/proc/", "/bin/")
                names = {start for start in starts if node.value.startswith(start)}
            names -= fine
            found += [f"{path}:{node.lineno} {name}" for name in names]
    assert found == []


def test_file_names_are_allowed_everywhere_and_differ_in_more_than_case():
    names = tracked()
    parts = {part for name in names for part in name.split("/")}
    assert [part for part in parts if RESERVED.fullmatch(part) or FORBIDDEN.search(part)] == []
    folded = Counter(name.casefold() for name in names)
    assert [name for name in names if folded[name.casefold()] > 1] == []
    assert [name for name in names if len(name) > 160] == []  # Windows allows 260 with its folder


PLAYED = """
import importlib, pkgutil, sys, warnings
for name in {blocked!r}:
    sys.modules[name] = None
warnings.filterwarnings("error", category=EncodingWarning, module=r"(convbook|autograder)")
import convbook
from convbook import data, nn, practice, shapes, widgets
rooms = ("shapes", "nn", "data", "items", "widgets")
for room in rooms:
    package = importlib.import_module("convbook." + room)
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
data.load("digits", quiet=True)
for name in widgets.__all__:
    thing = getattr(widgets, name)
    if isinstance(thing, type) and name not in ("Widget",):
        thing()
practice.hand_in("ex01", 32, "whole number")
"""


def test_a_learners_morning_without_unix_modules_and_with_another_default_encoding(tmp_path):
    code = PLAYED.format(blocked=sorted(UNIX_MODULES - {"posix", "pwd", "grp"}))
    run = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", code],
        cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]


CHILD = """
import multiprocessing
from convbook.shapes import output_size
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.apply(output_size, (32, 5)))
"""


def test_work_in_processes_started_by_spawn(tmp_path):
    """Windows and macOS start processes afresh, so what is sent must be importable."""
    script = tmp_path / "work.py"
    script.write_text(CHILD, encoding="utf-8")
    out = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "28"
