"""With which versions of nbgrader are marks written as nbgrader itself writes them?

``python tests/grading/nbgrader_versions.py 0.9.5 0.9.6`` installs each into a folder of its own
(from the network), runs the tests of the gradebook on it, and records what came of it in
``nbgrader_versions.json``. `autograder.notebooks.gradebook` writes with those that passed, and with
no other; a test compares. To try a new version, name it there first, and take it out if it fails.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RECORD = Path(__file__).with_suffix(".json")
#: A new gradebook, nbgrader's own commands and ours row by row, open marks, marks given by hand,
#: a course that goes on, markers who share, and the pages that students get.
TESTS = [
    "test_gradebook.py",
    "test_open_marks.py",
    "test_upgrade.py",
    "test_sharing.py",
    "test_resume.py::test_a_mark_given_by_hand_stays_while_its_answer_is_the_same",
    "test_sample.py::test_stock_nbgrader_autograde_gives_the_same_gradebook",
    "test_sample.py::test_feedback_has_nothing_alive_in_it",
    "test_sample.py::test_feedback_names_the_mistake_and_not_the_key",
]


def python(*arguments: str, path: str) -> subprocess.CompletedProcess:
    """Run Python with a folder of packages before all others."""
    env = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def prove(version: str) -> dict:
    """Install a version beside everything else and run the tests on it."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = [f"nbgrader=={version}", "--no-deps", "--quiet", "--target", folder]
        pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *wanted]
        subprocess.run(pip, check=True)
        found = python("-c", "import nbgrader; print(nbgrader.__version__)", path=folder)
        assert found.stdout.strip() == version, found
        tests = [f"{HERE.relative_to(ROOT)}/{test}" for test in TESTS]
        run = python("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, path=folder)
    passed = re.search(r"(\d+) passed", run.stdout)
    failed = re.findall(r"(?m)^(?:FAILED|ERROR) (\S+)", run.stdout)
    return {"passed": int(passed[1]) if passed else 0, "failed": failed}


def proves(found: dict) -> bool:
    """Whether what came of a version is a proof: tests ran, and none of them failed."""
    return found["passed"] > 0 and not found["failed"]


def main(versions: list[str]) -> int:
    """Prove versions and record them; 1 if one of them failed."""
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    for version in versions:
        record[version] = prove(version)
        print(version, record[version], flush=True)
        RECORD.write_text(json.dumps(dict(sorted(record.items())), indent=2) + "\n")
    return int(not all(proves(record[version]) for version in versions))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
