"""Who may import whom: the contracts of pyproject.toml hold, and what breaks one is seen."""

import os
import re
import shutil
import subprocess
import sys

LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)
PACKAGES = ("convbook", "autograder", "questions")


def lint(folder):
    """Run import-linter on the packages in a folder; return its exit status and what it said."""
    run = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout + run.stderr


def test_every_import_keeps_to_the_rules(root):
    status, said = lint(root)
    assert status == 0, said


def test_an_import_that_breaks_a_rule_is_seen(root, tmp_path):
    """A foreign import, a wrong direction, a circle inside functions, a module without a rule."""
    for name in PACKAGES:
        unwanted = shutil.ignore_patterns(
            "__pycache__", "*.js", "*.npz", "*.json", "*.webp", "build"
        )
        shutil.copytree(root / name, tmp_path / name, ignore=unwanted)
    shutil.copy(root / "pyproject.toml", tmp_path)

    def add(file, code):
        with (tmp_path / file).open("a") as module:
            module.write(f"\n\n{code}\n")

    add("autograder/run/scoring.py", "import convbook.shapes")
    add("convbook/nn/loss.py", "def late():\n    from convbook import data")
    add("questions/vgg.py", "def late():\n    from questions import networks")
    add("questions/networks.py", "def late():\n    from questions import vgg")
    (tmp_path / "convbook" / "newcomer.py").write_text("")
    status, said = lint(tmp_path)
    assert status != 0
    broken = set(re.findall(r"(?m)^(.*?)\s*BROKEN", said))
    assert broken >= {
        "The engine knows no course: neither the book's library nor its checkers",
        "No circles, also none inside functions",
        "The book's library, from what makes pages down to the chapter's arithmetic",
    }, said
    assert "newcomer" in said
    assert "convbook.nn.loss -> convbook.data" in said
