"""The page that a student gets back: points, what went wrong, where to read; nothing else.

It is written from a closed set of things. Whatever comes from a student is escaped text; pictures,
HTML and attachments are left out, and so are the locked cells with their mark schemes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import nbformat.v4
from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape
from nbconvert.exporters import Exporter
from nbgrader.preprocessors import GetGrades
from traitlets import Unicode, default
from traitlets.config import Config

from autograder.jail.asking import clean
from autograder.notebooks import reading
from autograder.notebooks.cells import is_judged, marks

_HEADING = re.compile(r"(?m)^#{1,4} +(.+?)\s*$")
_SEE = re.compile(r"\s*See section (?P<section>[\d.]+)(?:: (?P<path>[\w./-]+(?:[?#]\S*)?))?\s*$")
_PICTURE = re.compile(r"!\[(picture \d+)\]\(attachment:picture-[\w.-]+\)")
_TICKS = re.compile(r"`([^`\n]+)`")
_STARS = re.compile(r"(?<![\w*])\*([^\s*][^*\n]*)\*(?![\w*])")
MAX_SHOWN = 5000
NO_ANSWER = "No response."  # nbgrader says it beside code that is as it was handed out


@dataclass
class Message:
    """A sentence to the student, with the section that it sends them to."""

    text: str
    section: str = ""
    link: str = ""


@dataclass
class Part:
    """One question of the page."""

    name: str
    title: str
    score: float | None
    max_score: float
    messages: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    comment: str = ""

    @property
    def grade(self) -> str:
        if self.score is None:
            return "open"
        return "full" if self.score >= self.max_score else "part" if self.score else "none"


def message_of(line: str, book_url: str) -> Message:
    """Split a checker's message into its sentence and the page that it points to."""
    match = _SEE.search(line)
    if not match:
        return Message(clean(line))
    link = ""
    if book_url and match["path"]:
        link = f"{book_url.rstrip('/')}/{quote(match['path'], safe='/?#&=%.-_')}"
    return Message(clean(line[: match.start()]), match["section"], link)


def _printed(cell):
    streams = [out.text for out in cell.get("outputs", []) if out.output_type == "stream"]
    return "".join(streams).strip()


def _errors(cell):
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            yield clean(": ".join(part for part in (output.ename, output.evalue) if part), 500)


class Page:
    """Reads an autograded notebook with grades in its metadata into what the template shows.

    `about` is what nbgrader says of the submission, with what only the course knows (see
    `autograder.course.on_page`): ``who`` handed it in, and how ``late``, as sentences.
    """

    def __init__(self, notebook, about: dict, book_url: str = ""):
        self.assignment = about["assignment"]
        self.score, self.max_score = _number(about["score"]), _number(about["max_score"])
        self.late_penalty = _number(about.get("late_penalty") or 0) or 0
        self.who, self.late = about.get("who", ""), about.get("late", "")
        self.notes, self.questions = [], []
        self._book_url, self._heading = book_url, ""
        self._answers, self._errors, self._comments = [], [], []
        for cell in notebook.cells:
            self._read(cell)
        self.unread = reading.why_unread(notebook)
        if self.unread:  # of questions, only what a person has marked by other means
            self.notes = []
            self.questions = [q for q in self.questions if q.score is not None]
        self.waiting = any(part.score is None for part in self.questions)

    def _read(self, cell):
        about = marks(cell)
        if cell.get("id") == reading.NOTES_ID:
            self.notes = [line[2:] for line in cell.source.splitlines() if line.startswith("- ")]
        elif about.get("grade"):
            self._add(cell, about)
        elif about.get("solution"):
            self._answers.append(clean(cell.source, MAX_SHOWN))
            self._errors.extend(_errors(cell))
            comment = clean(about.get("comment") or "")
            if comment != NO_ANSWER:
                self._comments.append(comment)
        elif about.get("locked") and (match := _HEADING.search(cell.source)):
            self._heading = match[1]

    def _add(self, cell, about):
        judged = is_judged(cell)
        lines = _printed(cell).splitlines() if judged else []
        early = cell.metadata.get("autograder", {}).get("early")
        if judged and about.get("before_due") and early:
            lines = early
        own = clean(_PICTURE.sub(r"(\1)", cell.source), MAX_SHOWN)
        answers = self._answers if judged else [own]
        part = Part(
            about["grade_id"],
            self._heading or about["grade_id"],
            None if about.get("open") else _number(about.get("score")),
            _number(about["points"]),
            [message_of(line, self._book_url) for line in lines],
            answers,
            self._errors,
            " ".join(filter(None, [*self._comments, clean(about.get("comment") or "")])),
        )
        self.questions.append(part)
        self._answers, self._errors, self._comments = [], [], []


def _number(value):
    """Points as they are written: without a fraction where there is none."""
    if value is None:
        return None
    value = round(float(value), 2)
    return int(value) if value == int(value) else value


class GetOpenGrades(GetGrades):
    """nbgrader's own step, which also says which answers still wait for a person.

    And whether the student's deadline is still to come: then some messages would tell too much.
    """

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        about = resources["nbgrader"]
        grade = self.gradebook.find_grade(
            marks(cell)["grade_id"],
            about["notebook"],
            about["assignment"],
            about["student"],
        )
        cell.metadata.nbgrader["open"] = grade.needs_manual_grade
        submission = grade.notebook.assignment
        due = submission.duedate  # with the student's extension
        now = datetime.now(UTC).replace(tzinfo=None)
        cell.metadata.nbgrader["before_due"] = due is not None and now < due


def ticks(text: str) -> Markup:
    """Escape a text; set what stands in backticks as code, and what stands in stars as stressed."""
    parts = _TICKS.split(str(escape(text)))  # every second one is code
    parts[::2] = [_STARS.sub(r"<em>\1</em>", part) for part in parts[::2]]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return Markup("".join(parts))


class FeedbackExporter(Exporter):
    """Writes a student's feedback page; nbgrader calls it through `GenerateFeedback`."""

    book_url = Unicode("", help="Where the book is published, for links to its pages").tag(
        config=True
    )
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self):
        return ".html"

    def from_notebook_node(self, nb, resources=None, **kwargs):
        notebook, resources = super().from_notebook_node(nb, resources, **kwargs)
        environment = Environment(loader=PackageLoader("autograder.notebooks"), autoescape=True)
        environment.filters["ticks"] = ticks
        page = Page(notebook, resources["nbgrader"], self.book_url)
        return environment.get_template("feedback.html.j2").render(page=page), resources


def page_of(
    notebook: Path, assignment: str, student: str, config: Config, told: Mapping[str, str]
) -> str:
    """The feedback page of a marked notebook, as `GenerateFeedback` would write it.

    `told` is what the course says of it (see `Page`).
    """
    about = {"student": student, "assignment": assignment, "notebook": assignment, **told}
    about["db_url"] = config.CourseDirectory.db_url
    exporter = FeedbackExporter(config=config)
    exporter.register_preprocessor(GetOpenGrades(config=config), enabled=True)
    marked = nbformat.v4.reads(notebook.read_text(encoding="utf-8"))
    resources = {"unique_key": assignment, "nbgrader": about, "metadata": {"name": assignment}}
    return exporter.from_notebook_node(marked, resources)[0]
