"""Write sections 19 and 20.1 of the book from the exercises' one source: the solutions.

The pages show statements, folded hints and the code that a statement speaks of, and no answer: what
a sample answer explains is often what a checker asks beside it. `python book/exercise_pages.py`
writes them; a test compares them with what is committed. Code is read from the students' notebooks,
which hold no solution: `make exercises` makes those first.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from exercise_texts import CLOSING, INTRODUCTION, NOTEBOOKS, NUMBERS, PATHS

from autograder.course import in_words
from autograder.course.definition import Definition

ROOT = Path(__file__).resolve().parent.parent
SOLUTIONS, EXERCISES = ROOT / "solutions", ROOT / "exercises"
DEFINITION = Definition.read(ROOT)


HOUR = ("1", "2", "3", "9", "10")
#: What an examination without a computer may ask: the parts that need neither code nor an essay.
EXAM = {
    **{"1": "ex01", "2": "ex02", "3": "ex03", "4 a": "ex04", "5 a": "ex05", "6 a": "ex06"},
    **{"8 a": "ex08", "9 a": "ex09-count", "10 a": "ex10", "12 a": "ex12", "13": "ex13"},
    **{"17 a": "ex17", "21": "ex21", "22 a": "ex22-count", "25 a": "ex25-reasons"},
    "the three convolutions by hand": "added-hand-convolution",
}
WEEK = tuple(f"{number:02}" for number in range(1, 8))


IN_THE_NOTEBOOK = '<p class="cb-points">given in the notebook</p>'
SAMPLE_ANSWER = (
    "\n\n*The notebook shows a sample answer with its points when you write `True` in the line "
    "below your own.*"
)

COUNT = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass
class Part:
    """A question, or a written part, as its cell shows it."""

    id: str
    source: str
    points: float
    minutes: int
    objectives: tuple[int, ...]
    written: bool
    counts: bool = True

    @property
    def exercise(self) -> str:
        """What the part counts for: "13" for ex13 and its parts, "added-shuffle" for that."""
        if number := re.match(r"(?:ex|mcq)(\d+)", self.id):
            return number[1]
        return self.id if self.id.startswith("added") else self.id.split("-")[0]


def cells_of(name: str) -> list[dict]:
    """The cells of an assignment's source notebook."""
    path = SOLUTIONS / name / f"{name}.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def text_of(cell: dict) -> str:
    return "".join(cell["source"])


def parts_of(name: str) -> list[Part]:
    """The questions and written parts of an assignment, in order."""
    cells = cells_of(name)
    points = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for cell in cells
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    found = []
    for cell in cells:
        facts = cell["metadata"].get("convbook", {})
        if "question" in facts:
            text = text_of(cell).split("=== BEGIN MARK SCHEME ===")[0].rstrip()
            written = facts.get("written", False)
            counts = not written or DEFINITION.counts(facts["question"])
            found.append(
                Part(
                    facts["question"],
                    text if counts else in_words.for_practice(text).rstrip(),
                    points[facts["question"]] if counts else 0,
                    facts["minutes"],
                    tuple(facts.get("objectives", ())),
                    written,
                    counts,
                )
            )
    return found


def assignments() -> list[str]:
    return sorted(path.parent.name for path in SOLUTIONS.glob("*/*.ipynb"))


def title_of(name: str) -> str:
    """The notebook's title without "Exercises NN"."""
    return re.search(r"^# Exercises \d+ · (.+)$", text_of(cells_of(name)[0]), re.MULTILINE)[1]


def page_of(name: str) -> Path:
    """Where an assignment's statements are shown."""
    number, _, slug = name.partition("-")
    if name == "08-multiple-choice":
        return ROOT / "book/20/20-01-graded-questions.md"
    return ROOT / f"book/19/19-{number}-{slug}.md"


def statements(name: str) -> str:
    """The page of one assignment."""
    page = page_of(name)
    section = ".".join(str(int(part)) for part in page.name.split("-")[:2])
    parts = {part.id: part for part in parts_of(name)}
    minutes = sum(part.minutes for part in parts.values())
    notebook = f"../../exercises/{name}/{name}.ipynb"
    lines = [
        f"# {section} {title_of(name)}",
        f"*{minutes} minutes of work · {{download}}`the notebook to work in <{notebook}>` "
        f"(in JupyterLab: `exercises/{name}/`; [how to start](../19-exercises.md#how-to-start))*",
    ]
    introduction = text_of(cells_of(name)[0]).split("\n", 1)[1]
    lines.append(introduction.split("\n|")[0].strip())
    if texts := in_words.texts(DEFINITION, name):
        machine = in_words.machine_points(DEFINITION, name)
        lines.append(in_words.which_count(texts, machine))
    code = given_code(name)
    for cell in cells_of(name):
        facts = cell["metadata"].get("convbook", {})
        if cell["id"] in code:
            lines.append(f"{IN_THE_NOTEBOOK}\n\n```python\n{code[cell['id']]}\n```")
        elif "question" in facts:
            part = parts[facts["question"]]
            statement = _with_hints_together(_with_quiet_facts(part.source))
            lines.append(statement + SAMPLE_ANSWER * part.written)
        elif (
            cell["cell_type"] == "markdown" and text_of(cell).startswith("## ") and _is_title(cell)
        ):
            lines.append(text_of(cell))
    return "\n\n".join(line.rstrip() for line in lines) + "\n"


def given_code(name: str) -> dict[str, str]:
    """The code that students find in a notebook and that its statements speak of, by cell id."""
    path = EXERCISES / name / f"{name}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {
        cell["id"]: _tidied(text_of(cell))
        for cell in cells
        if cell["cell_type"] == "code" and _is_spoken_of(cell)
    }


def _tidied(code: str) -> str:
    """Code without the blank lines that stand where a solution stood."""
    code = re.sub(r" +$", "", code, flags=re.MULTILINE)
    return re.sub(r"\n{4,}", "\n\n\n", re.sub(r"\n{3,}(?= )", "\n\n", code)).rstrip()


def _is_spoken_of(cell: dict) -> bool:
    """Tools, data and broken layers; of the cells for answers, those with something to fill in."""
    marks, code = cell["metadata"].get("nbgrader", {}), text_of(cell)
    if marks.get("solution"):
        return code.startswith("class ") or "{\n" in code or "print(" in code
    given = marks.get("grade") is False and not code.startswith("try:")
    return given and "beside(" not in code  # which shows an example beside what one has


def _with_quiet_facts(statement: str) -> str:
    """The line of points, minutes and objectives, bold in the notebook, small print on the page."""
    return re.sub(
        r"^\*\*([^*\n]+ · about \d+ minutes[^*\n]*)\*\*(?:( · )\*([^*\n]+)\*)?$",
        r'<p class="cb-points">\1\2\3</p>',
        statement,
        count=1,
        flags=re.MULTILINE,
    )


def _with_hints_together(statement: str) -> str:
    """The folded hints of a statement in one box, which shows them in one row."""
    fold = r"<details>\n<summary>Hint \d.*?</details>"
    return re.sub(
        rf"{fold}(?:\n{fold})*",
        r'<div class="cb-hints">\n\g<0>\n</div>',
        statement,
        flags=re.DOTALL,
    )


def _is_title(cell: dict) -> bool:
    return not text_of(cell).startswith(("## How this works", "## Before you start"))


def overview() -> str:
    """The page of section 19: what there is, what it is worth, how long it takes."""
    everything = [(name, part) for name in assignments() for part in parts_of(name)]
    counted = [part for _, part in everything if part.written and part.counts]
    words = sum(part.points for part in counted)
    points = sum(part.points for _, part in everything)
    return "".join(
        (
            INTRODUCTION.format(
                hours=sum(part.minutes for _, part in everything) / 60,
                points=points,
                machine=points - words,
                words=words,
                count=COUNT[len(counted)],
            ),
            _paths(everything),
            NOTEBOOKS.format(rows="\n".join(map(_notebook_row, assignments()))),
            NUMBERS.format(rows="\n".join(_exercise_rows(everything))),
            CLOSING,
        )
    )


def _paths(everything: list[tuple[str, Part]]) -> str:
    """What to do with an hour, a week, or an examination ahead, with the minutes of each."""
    hour = sum(
        part.minutes
        for name, part in everything
        if part.exercise in {f"{int(number):02}" for number in HOUR}
        and name != "08-multiple-choice"
    )
    week = sum(part.minutes for name, part in everything if name.startswith(WEEK))
    minutes = {part.id: part.minutes for _, part in everything}
    return PATHS.format(
        hour=_listed(HOUR),
        hour_minutes=hour,
        week_hours=week / 60,
        exam=_listed(tuple(EXAM)),
        exam_minutes=sum(minutes[id] for id in EXAM.values()),
    )


def _listed(numbers: tuple[str, ...]) -> str:
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"


def _link(name: str) -> str:
    return page_of(name).relative_to(ROOT / "book").as_posix()


def _notebook_row(name: str) -> str:
    parts = parts_of(name)
    machine = sum(part.points for part in parts if not part.written)
    written = sum(part.points for part in parts if part.written)
    minutes = sum(part.minutes for part in parts)
    cells = (f"[{title_of(name)}]({_link(name)})", f"{machine:g}", _or_dash(written), str(minutes))
    return f"| {' | '.join(cells)} |"


def _or_dash(points: float) -> str:
    return f"{points:g}" if points else "–"


def _words(parts: list[Part]) -> str:
    """What an exercise's answers in words are worth."""
    own = [part for part in parts if part.written]
    return (
        "practice"
        if own and not any(part.counts for part in own)
        else _or_dash(sum(part.points for part in own))
    )


def _exercise_rows(everything):
    titles = {}
    for name in assignments():
        for line in re.findall(
            r"^\| ([^|]+) \| ([^|]+) \| ", text_of(cells_of(name)[0]), re.MULTILINE
        ):
            titles.setdefault((name, line[0].strip()), []).append(line[1].strip())
    grouped = {}
    for name, part in everything:
        if name != "08-multiple-choice":
            grouped.setdefault((name, part.exercise), []).append(part)
    numbered = sorted((key for key in grouped if key[1].isdigit()), key=lambda key: int(key[1]))
    for key in [*numbered, *(key for key in grouped if not key[1].isdigit())]:
        yield _exercise_row(key, grouped[key], titles)


def _exercise_row(key, parts, titles) -> str:
    name, exercise = key
    number = str(int(exercise)) if exercise.isdigit() else exercise.split("-")[0]
    found = titles.get((name, number))  # several where a notebook has several that were added
    machine = sum(part.points for part in parts if not part.written)
    minutes = sum(part.minutes for part in parts)
    objectives = sorted({goal for part in parts for goal in part.objectives})
    cells = (
        f"[{number}]({_link(name)})",
        found.pop(0) if found else title_of(name).lower(),
        f"{machine:g}",
        _words(parts),
        str(minutes),
        ", ".join(map(str, objectives)),
    )
    return f"| {' | '.join(cells)} |"


def pages() -> dict[Path, str]:
    """Every page with its text."""
    return {ROOT / "book/19-exercises.md": overview()} | {
        page_of(name): statements(name) for name in assignments()
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
