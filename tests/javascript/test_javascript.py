"""The JavaScript's own tests and checks, where Node is installed: nobody else needs it."""

import json
import subprocess
from pathlib import Path

import pytest
import trait_types

from convbook import widgets

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent

pytestmark = pytest.mark.node

#: Widgets whose front end does not name the types of its traits yet; there may only be fewer.
UNTYPED = set(widgets.__all__) - set(trait_types.known())

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


def test_the_type_baseline_grants_shared_modules_nothing():
    baseline = json.loads((HERE / "type-baseline.json").read_text("utf-8"))
    assert not [file for file in baseline if "/shared/" in file]
    assert all((ROOT / file).is_file() for file in baseline)


def front_end(name: str) -> str:
    own = (path for path in getattr(widgets, name).sources() if path.suffix == ".js")
    return "".join(path.read_text("utf-8") for path in own if path.parent.name == "widgets")


@pytest.mark.parametrize("name", widgets.__all__)
def test_a_widget_knows_what_its_traits_hold(name):
    if name in UNTYPED:
        return
    assert f'import("../../types/traits").{name}' in front_end(name)
    written = trait_types.interface(getattr(widgets, name))
    assert written in trait_types.TARGET.read_text("utf-8"), (
        "run python tests/javascript/trait_types.py"
    )
