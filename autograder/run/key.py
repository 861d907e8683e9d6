"""The key of a result: a fingerprint of all that decides a mark, and of nothing else.

That is what stands in the notebook (`result_key`), and the rules (`rules`): the checkers with all
that they import, and whatever of the course's packages students' code may run, as syntax trees
without comments and docstrings; the engine; the limits. A changed comment marks nobody again.
"""

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import ModuleType

import autograder
import importclosure
from autograder.jail.profile import Profile
from autograder.marking.variants import VariantSeed
from autograder.notebooks import cells
from autograder.run import profiles
from autograder.run.store import write_whole

#: What runs when a notebook is marked, beside what checkers import.
ENGINE = (
    "jail/asking.py",
    "jail/student.py",
    "run/scoring.py",
    "notebooks/additions.py",
    "notebooks/cells.py",
    "notebooks/reading.py",
    "notebooks/recovery.py",
    "notebooks/submission.py",
    "handin/wire.py",
)


#: The rules by the state of all files that they may follow from, in this process.
_KNOWN: dict[str, str] = {}


def remembered_rules(
    memo: Path,
    module: ModuleType,
    checkers: Path,
    released: Path,
    profile: Profile,
    takes_off: bool = True,
) -> str:
    """Return the `rules`, from the file `memo` where nothing has been written since.

    To read and parse all that decides a mark is a good part of what a command takes to start.
    """
    library = profile.library
    places = {Path(autograder.__file__).parent, Path(importclosure.__file__), checkers}
    places |= {released.parent, *(folder for _, folder in library.packages)}
    places |= {path for _, path in library.stubs}
    about = [module.__name__, str(released), asdict(profile), takes_off]
    about += [autograder.__version__, sys.version, importclosure.state(places)]
    state = hashlib.sha256(json.dumps(about, default=str).encode()).hexdigest()
    if state not in _KNOWN:
        with contextlib.suppress(OSError, ValueError):
            before, found = memo.read_text("ascii").split()
            _KNOWN[before] = found
    if state not in _KNOWN:
        _KNOWN[state] = rules(module, checkers, released, profile, takes_off)
        if memo.parent.is_dir():
            with contextlib.suppress(OSError):  # then it costs time, and nothing else
                write_whole(memo, f"{state} {_KNOWN[state]}\n")
    return _KNOWN[state]


def rules(
    module: ModuleType, checkers: Path, released: Path, profile: Profile, takes_off: bool = True
) -> str:
    """Return the fingerprint of all that decides an assignment's marks but the submissions.

    `module` holds the assignment's checkers and lies in the package `checkers`; `released` is the
    notebook that students were given. `takes_off` is as in `autograder.run.job.Job`.
    """
    engine = Path(autograder.__file__).parent
    packages: dict[str, Path] = dict(profile.library.packages)
    package = module.__name__.split(".")[0]
    sources = importclosure.Sources({**packages, "autograder": engine, package: checkers})
    running = {engine / name for name in ENGINE} | set((engine / "jail/inside").glob("*.py"))
    files = {*sources.behind([module.__name__]), *running}
    absent = {name for name, _ in profile.library.stubs} | set(profile.hides)
    given = importclosure.Sources({**packages, "autograder": engine}, absent)
    trees = profiles.parsed(profiles.code_of(released))
    files |= {path for path in given.behind(trees=trees) if not _hides(path, absent, packages)}
    files |= {path for _, path in profile.library.stubs}
    files |= _data(files, packages.values())
    limits = {
        name: value for name, value in asdict(profile).items() if name not in ("library", "files")
    }
    graded = sorted(cells.judged_points(cells.read_own(released)).items())
    beside = sorted(
        path for path in released.parent.rglob("*") if path.is_file() and path != released
    )
    return importclosure.digest(
        sorted({*files, *beside}),
        json.dumps(
            [
                *(limits, graded, profile.library.hides, profile.library.preload, takes_off),
                sorted(packages),  # students may import what the released notebook doesn't
            ],
            default=str,
        ),
        autograder.__version__,
    )


def _data(modules: Iterable[Path], folders: Iterable[Path]) -> set[Path]:
    """The data beside the modules of a course's packages."""
    own = [Path(folder) for folder in folders]
    within = (path for path in modules if any(path.is_relative_to(folder) for folder in own))
    return {data for path in within for data in importclosure.data_beside(path)}


def _hides(path: Path, absent: set[str], packages: Mapping[str, Path]) -> bool:
    """Whether a file is of a module that students' code does not find."""
    for name, folder in packages.items():
        if path.is_relative_to(folder):
            parts = path.relative_to(folder).with_suffix("").parts
            module = ".".join([name, *(part for part in parts if part != "__init__")])
            return any(module == other or module.startswith(f"{other}.") for other in absent)
    return False


def result_key(notebook, rules: str, variant_seed: VariantSeed | None = None) -> str:
    """Return the key of a notebook's result: it changes with the answers and with the rules.

    Written answers belong to it: a new text is no new score, but the marker has to see it.
    """
    own = [list(cells.cells_to_run(notebook).items()), cells.written_answers(notebook)]
    numbers = None if variant_seed is None else [variant_seed.seed, variant_seed.student]
    return hashlib.sha256(json.dumps([own, numbers, rules]).encode()).hexdigest()[:32]
