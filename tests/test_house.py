"""The house rules that a machine can hold; who may import whom is in test_import_rules.py."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).exists()]


def modules_imported(path: Path) -> set[str]:
    """Every module that a file imports, relative imports made absolute."""
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, node.module] if node.module else base)
            found |= {f"{stem}.{alias.name}" for alias in node.names} | {stem}
    return found


# Wrong answers, and attacks.
DATA = (
    *("tests/grading/answers/", "tests/grading/attacks/"),
    *("tests/questions/cases.py", "tests/questions/rarer_cases.py"),
)


def test_no_file_of_code_is_longer_than_400_lines():
    """JavaScript's are held to it by eslint; tables of answers and attacks may be longer."""
    for path in tracked("*.py"):
        name, lines = path.relative_to(ROOT).as_posix(), path.read_text("utf-8").count("\n")
        assert lines <= 400 or name.startswith(DATA), f"{name} has {lines} lines: divide it"


def test_the_jail_imports_only_the_standard_library_and_what_a_student_may_use():
    beside = {path.stem for path in (ROOT / "autograder/jail/inside").glob("*.py")} | {"wire"}
    allowed = (
        set(sys.stdlib_module_names) | {"numpy", "autograder", "IPython", "traitlets"} | beside
    )
    for path in tracked("autograder/jail/inside/*.py"):
        modules = modules_imported(path)
        assert {name.split(".")[0] for name in modules} - {""} <= allowed, path
        inside = [name for name in modules if name.startswith("autograder")]
        assert all(name.startswith("autograder.jail.inside") for name in inside), path


@pytest.mark.parametrize(
    "module", ["convbook", "convbook.widgets", "convbook.shapes", "convbook.nn"]
)
def test_importing_the_library_loads_no_deep_learning_framework(module):
    frameworks = ("tensorflow", "keras", "torch")
    code = f"import sys, {module}; print([m for m in {frameworks} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_requirements_name_the_eight_packages_with_both_bounds():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = {"jupyterlab", "jupyter-book", "numpy", "tensorflow"}
    wanted |= {"matplotlib", "ipywidgets", "nbgrader", "pytest"}
    specs = dict(re.match(r"([\w.-]+)(.*)", line).groups() for line in lines if line[:1].isalpha())
    assert wanted <= specs.keys()
    for name, bounds in specs.items():
        assert ">=" in bounds, f"{name} has no lower bound"
        assert "<" in bounds.replace(">=", ""), f"{name} has no upper bound"


def test_code_and_notebooks_are_clean_to_ruff():
    for command in (["check"], ["format", "--check"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--quiet", "."],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stdout


def test_notebooks_are_kept_without_outputs_and_with_stable_ids():
    notebooks = tracked("*.ipynb")
    assert notebooks
    for path in notebooks:
        document = json.loads(path.read_text(encoding="utf-8"))
        cells = document["cells"]
        ids = [cell.get("id") for cell in cells]
        assert all(ids), f"{path}: a cell has no id"
        assert len(set(ids)) == len(ids), f"{path}: two cells share an id"
        assert "widgets" not in document["metadata"], f"{path} holds widget state"
        for cell in cells:
            if cell["cell_type"] == "code":
                assert not cell["outputs"], f"{path}: cell {cell['id']} holds outputs"
                assert cell["execution_count"] is None, f"{path}: cell {cell['id']} was counted"


def test_the_start_page_lists_what_the_table_of_contents_lists(tmp_path):
    fresh = tmp_path / "start.ipynb"
    command = [sys.executable, str(ROOT / "book/start_page.py"), str(fresh)]
    subprocess.run(command, cwd=ROOT, check=True)
    assert fresh.read_text() == (ROOT / "notebooks/00-start.ipynb").read_text(), (
        "the start page is out of date; `make start` writes it anew"
    )


def test_one_version_is_said_everywhere_and_the_changelog_has_it():
    import autograder

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text("utf8")
    changes = (ROOT / "CHANGELOG.md").read_text("utf8")
    dated = re.search(rf"## \[{re.escape(version)}\] - (\S+)", changes)
    assert autograder.__version__ == version
    assert f"version: {version}\n" in citation
    assert dated, f"the changelog has no entry for {version}"
    assert f'date-released: "{dated[1]}"' in citation
