"""Change the code in every small way, and list what no test notices.

    python benchmarks/mutants.py                                # every part; an hour or two
    python benchmarks/mutants.py nn.loss marking.sheet          # parts by name
    python benchmarks/mutants.py --show nn.loss                 # and print the survivors' changes

Each part is a module with the tests that are meant to hold it (quick, without Keras, a browser
or a jail), tried in a copy of the working tree: mutmut leaves nothing here. The table goes to
``benchmarks/results/mutants.md``, beside the rows of parts that were not tried now. To survive is
no fault by itself: words of messages, ``strict=`` where lengths are equal anyway.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULT = ROOT / "benchmarks/results/mutants.md"

NN = ("arguments", "conv", "fit", "layers", "parameters")
TESTS_OF_NN = [f"tests/nn/test_{name}.py" for name in NN]
TESTS_OF_NN.append("--deselect=tests/nn/test_fit.py::test_digits_reach_98_percent")
MARKING = ("sheet", "rubrics", "variants", "open_marks")
TESTS_OF_MARKING = [f"tests/grading/test_{name}.py" for name in MARKING]
TESTS_OF_RUN = [f"tests/grading/test_{name}.py" for name in (*MARKING, "bounds", "rules")]


def parts() -> dict[str, tuple[str, list[str]]]:
    """What is tried: a module and its tests, by a short name such as ``nn.loss``."""
    found = {}
    for folder, tests in (
        ("convbook/shapes", ["tests/test_shapes.py", "tests/test_doctests.py"]),
        ("convbook/nn", TESTS_OF_NN),
        ("autograder/marking", TESTS_OF_MARKING),
        ("autograder/run", TESTS_OF_RUN),
    ):
        for path in sorted((ROOT / folder).glob("*.py")):
            if path.stem != "__init__":
                name = f"{path.parent.name}.{path.stem}"
                found[name] = (path.relative_to(ROOT).as_posix(), tests)
    return found


def settings(module: str, tests: list[str]) -> str:
    """The table of pyproject.toml that makes mutmut change this module and run these tests."""
    package = module.split("/")[0]
    others = sorted(
        path.name
        for path in ROOT.iterdir()
        if path.name not in (package, "tests", "mutants") and not path.name.startswith((".", "_b"))
    )
    return (
        f'[tool.mutmut]\nsource_paths = ["{package}"]\nonly_mutate = ["{module}"]\n'
        f"also_copy = {others}\n"
        'pytest_add_cli_args = ["-m", "not keras and not data and not browser and not jail", '
        '"-p", "no:cacheprovider"]\n'
        f"pytest_add_cli_args_test_selection = {tests}\n"
    )


def copy_of_the_tree(folder: Path) -> None:
    """Copy what git knows or would take, so that changes that are not committed count."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def mutmut(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        last = f"{done.stdout}\n{done.stderr}".replace("\r", "\n").strip().splitlines()[-15:]
        raise SystemExit("\n".join(["mutmut failed:", *last]))
    return done.stdout


def try_part(module: str, tests: list[str], show: bool) -> tuple[Counter, list[str]]:
    """What became of a module's mutants, and the survivors' names."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        copy_of_the_tree(folder)
        project = folder / "pyproject.toml"
        text = re.sub(r"(?ms)^\[tool\.mutmut\]\n.*?(?=^\[)", "", project.read_text("utf8"))
        project.write_text(f"{text}\n{settings(module, tests)}", "utf8")
        mutmut(folder, "run")
        rows = re.findall(r"(?m)^ *(\S+): (.+)$", mutmut(folder, "results", "--all", "true"))
        survivors = [name for name, state in rows if state == "survived"]
        if show:
            for name in survivors:
                changes = mutmut(folder, "show", name).splitlines()
                print(
                    name, *(line for line in changes if re.match(r"[-+](?![-+])", line)), sep="\n"
                )
    return Counter(state for _, state in rows), survivors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    known = parts()
    parser.add_argument("parts", nargs="*", metavar="PART", help="such as nn.loss; none: all")
    parser.add_argument("--show", action="store_true", help="print what the survivors change")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(known):
        parser.error(f"no part {', '.join(sorted(unknown))}; expected {', '.join(known)}")
    heading = (
        "# What no test notices\n\n`python benchmarks/mutants.py`: every small change of a module, "
        "and what its own quick tests say.\n\n"
        "| part | mutants | noticed | survive | in code that these tests never run | on |\n"
        "|---|---|---|---|---|---|\n"
    )
    rows = {}
    if RESULT.is_file():
        rows = dict(re.findall(r"(?m)^(\| `([\w.]+)` \|.*)$", RESULT.read_text("utf8")))
        rows = {name: row for row, name in rows.items()}
    for name in options.parts or known:
        states, survivors = try_part(*known[name], options.show)
        total, alive, unseen = states.total(), len(survivors), states["no tests"]
        rows[name] = (
            f"| `{name}` | {total} | {total - alive - unseen} | {alive} | {unseen} | "
            f"{date.today().isoformat()} |"
        )
        print(rows[name], flush=True)
        RESULT.write_text(heading + "\n".join(rows[n] for n in known if n in rows) + "\n", "utf8")


if __name__ == "__main__":
    main()
