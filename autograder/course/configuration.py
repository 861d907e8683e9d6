"""nbgrader's configuration for a course: all that a course's ``nbgrader_config.py`` has to call.

The file in the course's root folder is three lines::

    from autograder.course.configuration import configure

    configure(get_config(), __file__)
"""

from pathlib import Path

from traitlets.config import Config

from autograder.course.definition import Definition
from autograder.notebooks.gradebook import url_of

#: Where a solution stood. nbgrader's own raises an error, also below a right answer that was typed
#: under it, and stops "Run all" at the first open question.
STUB = {"python": "# your answer here\n..."}

_PLUGINS = "autograder.course.plugins."
_HUB = "autograder.course.hub."


def configure(config: Config, root: Path | str, records: Path | str | None = None) -> Config:
    """Write into `config` where a course's things are and how its submissions are marked.

    `root` is the course's folder, or a file in it; `records` the folder of submissions and
    gradebook (default: what ``autograder.toml`` or the environment says).
    """
    root = Path(root).resolve()
    definition = Definition.read(root if root.is_dir() else root.parent)
    config.merge(_marking(definition))
    config.merge(of_course(definition, records))
    return config


def of_course(definition: Definition, records: Path | str | None = None) -> Config:
    """Return where a course's things are, and what its own file says of nbgrader.

    That is all that our own commands need: what nbgrader's converters are told in `configure` can't
    be said without loading them.
    """
    folder = definition.records_folder(records)
    folder.mkdir(parents=True, exist_ok=True)
    config = _places(definition, folder)
    config.merge(_exchange(definition))
    config.merge(Config(FeedbackExporter={"book_url": definition.book_url}))
    config.merge(Config(ClearSolutions={"code_stub": STUB}))
    config.merge(Config(definition.nbgrader))
    return config


def _places(definition: Definition, folder: Path) -> Config:
    """Solutions are the only source; what students get is generated beside them."""
    return Config(
        CourseDirectory={
            "course_id": definition.course_id,
            "root": str(definition.root),
            "source_directory": definition.solutions,
            "release_directory": definition.exercises,
            "submitted_directory": str(folder / "submitted"),
            "autograded_directory": str(folder / "autograded"),
            "feedback_directory": str(folder / "feedback"),
            "source_with_tests_directory": str(folder / "source_with_tests"),
            "db_url": url_of(folder / "gradebook.db"),
        }
    )


def _exchange(definition: Definition) -> Config:
    """Where students hand in, and who takes it from there."""
    root = definition.variable("EXCHANGE", definition.exchange)
    classes = {
        "collect": _HUB + "CollectByOwner",
        "release_assignment": _HUB + "ReleaseToAll",
        "release_feedback": _HUB + "ReleaseFeedback",
    }
    return Config(ExchangeFactory=classes, Exchange={"root": root} if root else {})


def _marking(definition: Definition) -> Config:
    """Students' code runs in a jail and answers, where nbgrader would have executed it.

    RebuildNotebook leaves nothing of what nbgrader's steps in between would look for;
    OverwriteCells brings mark schemes back for whoever marks by hand.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.preprocessors import LimitOutput, OverwriteCells

    without = definition.variable("MACHINE_ONLY").split(",")
    return Config(
        DropWrittenParts={"assignments": without, "namespace": definition.course_id},
        CountWrittenParts={
            "every": definition.written is None,
            "counted": list(definition.written or ()),
        },
        GenerateAssignment={
            "preprocessors": [
                _PLUGINS + "DropWrittenParts",
                _PLUGINS + "CountWrittenParts",
                *GenerateAssignment.preprocessors.default(),
            ]
        },
        Autograde={
            "exporter_class": _PLUGINS + "TolerantExporter",
            "pre_convert_hook": _PLUGINS + "tidy_submission",
            "sanitize_preprocessors": [_PLUGINS + "RebuildNotebook", OverwriteCells],
            "autograde_preprocessors": [
                _PLUGINS + "ScoreAnswers",
                LimitOutput,
                _PLUGINS + "RecordMarks",
            ],
        },
        GenerateFeedback={
            "exporter_class": "autograder.notebooks.feedback.FeedbackExporter",
            "preprocessors": [
                "autograder.notebooks.feedback.GetOpenGrades",
                _PLUGINS + "TellOnPage",
            ],
        },
    )
