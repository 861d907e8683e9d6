"""Which test files a change concerns, nearest first, as many as fit into six minutes.

``python tests/changed.py [BASE]`` prints them as pytest's arguments, one a line, and says on
standard error what it left to ``make test``. A test file is concerned by a file that it reaches: by
importing it, directly or through others, or by standing for the folder in which it lies (`FOLDERS`:
pages, exercises and front ends are not imported). The nearer, the sooner; a test file that was
changed itself comes first. pytest-testmon would follow lines instead of imports, but sees neither
JavaScript nor notebooks nor what runs in another process, which is most of what is changed here.
"""

import ast
import math
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = (ROOT, ROOT / "tests")
BUDGET = 600.0  # seconds of tests, for two processes in a little over five minutes
# What no import leads to, and the test folders or files that look at it.
FOLDERS = {
    "book/": ("tests/book/",),
    "notebooks/": ("tests/book/", "tests/publishing/test_freshness.py"),
    "_toc.yml": ("tests/book/", "tests/test_house.py"),
    "solutions/": ("tests/questions/",),
    "questions/": (
        *("tests/questions/", "tests/grading/test_answers.py"),
        *("tests/grading/test_fresh.py", "tests/grading/test_sample.py"),
    ),
    "tests/grading/answers/": ("tests/grading/test_answers.py", "tests/grading/test_fresh.py"),
    "exercises/": ("tests/questions/",),
    "runs/": ("tests/models/",),
    "nbgrader_config.py": ("tests/grading/test_sample.py", "tests/grading/test_course.py"),
    "convbook/widgets/": ("tests/widgets/test_every_widget.py",),
    "convbook/publishing/": ("tests/publishing/",),
    "autograder/jail/": ("tests/grading/test_jail.py",),
}
ALWAYS = ("tests/test_house.py",)
# Minutes each, for one file: JupyterLab, the book, the hostile class.
HEAVY = (
    "tests/lab/",
    "tests/browser/",
    "tests/grading/test_formgrader.py",
    "tests/grading/test_hostile.py",
    "tests/grading/test_attacks.py",
    "tests/publishing/test_freshness.py",
)
# A notebook's number in the names of what makes its exercises, and what lies beside all of them.
ITS_OWN = re.compile(
    r"(?:questions/q|solutions/|exercises/|tests/grading/answers/(?:fresh/f|a)|book/19/19-)(\d\d)[-_]"
)
BESIDE = re.compile(r"tests/questions/\w*cases\w*\.py|book/19-exercises\.md|CHANGELOG\.md")
SECONDS = {  # of one test file, about
    "tests/grading/": 30.0,
    "tests/models/": 40.0,
    "tests/publishing/": 40.0,
    "tests/widgets/": 25.0,
}


def module_file(name: str) -> Path | None:
    """The file of a module of ours, looked for where tests find it."""
    for root in CODE:
        path = root / name.replace(".", "/")
        for file in (path.with_suffix(".py"), path / "__init__.py"):
            if file.is_file():
                return file
    return None


@cache
def imports(path: Path) -> frozenset[Path]:
    """Our files that a file imports itself, and the front end or the data that lie beside it."""
    if path.suffix == ".js":
        named = re.findall(
            r"""(?m)(?:from|import)\s*\(?["'](\.[^"']+)["']""", path.read_text("utf8")
        )
        return frozenset(
            file for name in named if (file := (path.parent / name).resolve()).is_file()
        )
    if path.suffix != ".py":
        return frozenset()
    found = {file for kind in (".js", ".css") if (file := path.with_suffix(kind)).is_file()}
    if path.name == "__init__.py":
        found |= {file for file in path.parent.glob("*.*") if file.suffix not in (".py", ".js")}
    folder = path.relative_to(ROOT).parent
    for node in ast.walk(ast.parse(path.read_text("utf8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            up = list(folder.parts)[: len(folder.parts) - node.level + 1] if node.level else []
            base = ".".join([*up, *([node.module] if node.module else [])])
            names = [base, *(f"{base}.{alias.name}" for alias in node.names)]
        else:
            continue
        found |= {file for name in names if (file := module_file(name))}
        found |= {file for name in names if (file := _lazily_defined(name))}
    found |= set(path.parent.glob("conftest.py")) if path.name.startswith("test_") else set()
    return frozenset(found - {path})


def _lazily_defined(name: str) -> Path | None:
    """The file behind a class that a package looks up when it is asked for it."""
    package, _, wanted = name.rpartition(".")
    if package != "convbook.widgets" or not wanted[:1].isupper():
        return None
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in wanted).lstrip("_")
    return module_file(f"{package}.{snake}")


def distances(start: Path) -> dict[Path, int]:
    """How many imports away from a test file each file of ours lies."""
    found, waiting = {start: 0}, [start]
    while waiting:
        path = waiting.pop(0)
        for file in imports(path):
            if file not in found:
                found[file] = found[path] + 1
                waiting.append(file)
    return found


def distance(test: Path, changed: Iterable[str]) -> int | None:
    """How near a test file is to the nearest changed file; None if it is not concerned."""
    reached = {path.relative_to(ROOT).as_posix(): far for path, far in distances(test).items()}
    name = test.relative_to(ROOT).as_posix()
    found = [reached[path] for path in changed if path in reached]
    for folder, tests in FOLDERS.items():
        if name.startswith(tests) and any(path.startswith(folder) for path in changed):
            found.append(1)
    return min(found, default=0 if name in ALWAYS else None)


def assignment_of(changed: Iterable[str]) -> str | None:
    """The one assignment whose exercises are all that was changed, or None."""
    own = [ITS_OWN.match(path) for path in changed if not BESIDE.fullmatch(path)]
    numbers = {match and match[1] for match in own}
    if len(numbers) != 1 or None in numbers:
        return None
    [folder] = (ROOT / "solutions").glob(f"{numbers.pop()}-*")
    return folder.name


def choose(changed: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the test files to run, nearest first, and those that are left to `make test`."""
    changed = list(changed)
    near = []
    farthest = 1 if assignment_of(changed) else math.inf
    for test in sorted((ROOT / "tests").rglob("test_*.py")):
        far = distance(test, changed)
        if far is not None and far <= farthest:
            near.append((far, test.relative_to(ROOT).as_posix()))
    chosen, left, seconds = [], [], 0.0
    for far, name in sorted(near):
        cost = next((s for folder, s in SECONDS.items() if name.startswith(folder)), 8.0)
        if far and (name.startswith(HEAVY) or seconds + cost > BUDGET):
            left.append(name)
        else:
            chosen.append(name)
            seconds += cost
    return chosen, left


def changed_files(base: str) -> list[str]:
    """What differs from where this branch left `base`, files not yet added included."""

    def git(*arguments):
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout.split("\0" if "-z" in arguments else None)

    [fork] = git("merge-base", base, "HEAD")
    names = git("diff", "-z", "--name-only", fork)
    names += git("ls-files", "-z", "--others", "--exclude-standard")
    return sorted({name for name in names if name})


def main() -> None:
    base = sys.argv[1] if len(sys.argv) > 1 else "main"
    changed = changed_files(base)
    chosen, left = choose(changed)
    print(f"{len(changed)} files differ from {base}; {len(chosen)} test files", file=sys.stderr)
    if not changed:
        print("Committed on it yourself? BASE=HEAD~1 tries the last commit.", file=sys.stderr)
    if left:
        print("Left to `make test`, further away or long:", *left, sep="\n  ", file=sys.stderr)
    if assignment := assignment_of(changed):
        print(f"Of the claims about answers, those of {assignment}.", file=sys.stderr)
        chosen.append(f"--assignment={assignment}")
    print("\n".join(chosen))


if __name__ == "__main__":
    main()
