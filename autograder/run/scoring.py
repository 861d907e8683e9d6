"""From a rebuilt notebook to verdicts: the one place where both the CLI and nbgrader get scores."""

import hashlib
import json
import logging
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path

import nbformat

import questions
from autograder.jail.asking import CellRun, Sitting, clean
from autograder.jail.isolation import Jail
from autograder.jail.profile import profile_of
from autograder.marking import catalogue, variants
from autograder.marking.verdict import Verdict
from autograder.run import bounds

log = logging.getLogger(__name__)

UNMARKED = "unmarked"
MAX_MESSAGES, MAX_MESSAGE = 20, 2000
MAGIC_NOTE = (
    "Lines that start with % or ! and lines that end with ? belong to Jupyter, not to Python; they "
    "were passed over."
)


@dataclass
class Result:
    """All that marking a notebook brought: verdicts by question, runs by place of the cell.

    `crowded` says that something was lost which might not be lost with nobody else around; that is
    for whoever marks, and no part of the record.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    runs: dict[int, CellRun] = field(default_factory=dict)
    crowded: bool = False

    @property
    def points(self) -> float:
        return sum(verdict.points for verdict in self.verdicts.values())

    def to_plain(self) -> dict:
        """Return the result as what JSON can hold."""
        plain = asdict(self)
        del plain["crowded"]
        return plain

    @classmethod
    def from_plain(cls, plain: dict) -> "Result":
        verdicts = {
            name: Verdict(**{**verdict, "messages": tuple(verdict["messages"])})
            for name, verdict in plain["verdicts"].items()
        }
        return cls(verdicts, {int(at): CellRun(**run) for at, run in plain["runs"].items()})


def marks(cell) -> dict:
    """Return nbgrader's metadata of a cell, or an empty dict."""
    return cell.metadata.get("nbgrader", {})


def is_judged(cell) -> bool:
    """Whether a checker, and not a person, marks this cell."""
    return (
        cell.cell_type == "code"
        and bool(marks(cell).get("grade"))
        and not marks(cell).get("solution")
    )


def _capped(verdict: Verdict) -> Verdict:
    """The verdict with what its messages quote from the answer kept short."""
    messages = tuple(clean(text, MAX_MESSAGE) for text in verdict.messages[:MAX_MESSAGES])
    return replace(verdict, messages=messages)


def _verdict(question, student, whose) -> Verdict:
    try:
        with bounds.bounded():
            return _capped(question.check(student, whose))
    except Exception:
        # A fault of ours, or an attack on it: it costs this question, and the instructor looks.
        log.exception("The checker of %s failed", question.id)
        message = "This answer could not be marked automatically; your instructor will look at it."
        return Verdict(0, question.points, (message,), UNMARKED)


def cells_to_run(notebook) -> dict[int, str]:
    """Return the sources of the code cells that are run, by their places in the notebook."""
    return {
        at: cell.source
        for at, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and not is_judged(cell)
    }


def score(notebook, assignment: str, jail: Jail, whose: variants.Whose | None = None) -> Result:
    """Run the student's cells of a rebuilt notebook in the jail and mark its questions.

    `whose` numbers the questions are about is the course's to say (see `marking.variants`).
    """
    cells, result = cells_to_run(notebook), Result()
    with Sitting(jail, list(cells.values())) as sitting:
        for name, question in catalogue.load(assignment).items():
            with sitting.question() as student:
                result.verdicts[name] = _verdict(question, student, whose)
        result.runs = dict(zip(cells, sitting.runs, strict=True))
        result.crowded = sitting.crowded
    return result


def check_fits(released, assignment: str) -> None:
    """Raise an error unless every judged cell has a checker that is worth as many points."""
    wanted = {
        marks(cell)["grade_id"]: float(marks(cell)["points"])
        for cell in released.cells
        if is_judged(cell)
    }
    found = {name: float(q.points) for name, q in catalogue.load(assignment).items()}
    if wanted != found:
        differing = sorted(set(wanted.items()) ^ set(found.items()))
        raise ValueError(
            f"{assignment}: the notebook's judged cells and the checkers differ in {differing}; "
            "every judged cell needs a checker of the same id and points"
        )


def fingerprint(*parts: bytes) -> str:
    """Return a short hash of what a result depends on."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:32]


@cache
def _rules(assignment: str, released: Path) -> bytes:
    """Everything but the submission that a result depends on: the code that marks, the notebook."""
    own = Path(catalogue.module_of(assignment).__file__)
    folder = Path(__file__).parents[1]
    beside = {*Path(questions.__file__).parent.glob("*.py"), *own.parent.glob("*.py")}
    shared = [path for path in beside if not catalogue.is_checkers(path.stem)]
    names = (
        "jail/asking",
        "jail/channel",
        "jail/profile",
        "jail/student",
        "run/bounds",
        "run/scoring",
        "handin/forms",
        "handin/wire",
    )
    running = [*(folder / f"{name}.py" for name in names), *folder.glob("marking/*.py")]
    ours = sorted({own, *shared, *running, *folder.glob("jail/inside/*.py")})
    return b"".join(path.read_bytes() for path in (*ours, released))


def result_key(
    notebook, assignment: str, released: Path, whose: variants.Whose | None = None
) -> str:
    """Return the key of a notebook's result: it changes with the answers and with the rules.

    Written answers belong to it: a new text is no new score, but the marker has to see it.
    """
    written = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type != "code" and marks(cell).get("solution")
    ]
    cells = json.dumps([list(cells_to_run(notebook).items()), written]).encode()
    own = [] if whose is None else [f"{whose.seed}\0{whose.student}".encode()]
    return fingerprint(cells, _rules(assignment, Path(released)), *own)


def read_released(path: Path):
    """Read the notebook that students were given."""
    return nbformat.read(path, as_version=4)


def jail_for(
    assignment: str, released: Path, kind: str = "bubblewrap", seconds: float | None = None
) -> Jail:
    """Return a jail, not yet started, for the notebooks of an assignment."""
    profile = profile_of(assignment, released, released.parent)
    if seconds is not None:
        wall = profile.wall_seconds / profile.seconds * seconds
        profile = replace(profile, seconds=seconds, wall_seconds=wall)
    return Jail(profile, kind)
