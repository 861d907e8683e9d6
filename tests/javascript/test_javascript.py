"""The JavaScript's own tests and checks, where Node is installed: nobody else needs it."""

import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent

pytestmark = pytest.mark.node

needs_packages = pytest.mark.skipif(
    not (ROOT / "node_modules").is_dir(), reason="npm ci has not been run"
)


def run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_pure_modules_do_what_they_say():
    found = run("node", "--test", *map(str, sorted(HERE.glob("*.test.js"))))
    assert found.returncode == 0, found.stdout


@needs_packages
def test_eslint_finds_nothing():
    found = run("npx", "--no-install", "eslint", ".")
    assert found.returncode == 0, found.stdout


@needs_packages
def test_shared_modules_are_typed_strictly_and_no_widget_gets_worse():
    found = run("node", "tests/javascript/types.mjs")
    assert found.returncode == 0, found.stdout


#: Parts of one widget that happen to be modules of their own.
PARTS = {"network_table.js", "volumes.js"}


def test_the_type_baseline_grants_shared_modules_nothing():
    baseline = json.loads((HERE / "type-baseline.json").read_text("utf-8"))
    assert {Path(file).name for file in baseline if "/shared/" in file} <= PARTS
    assert all((ROOT / file).is_file() for file in baseline)
