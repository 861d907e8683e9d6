"""Settings of a course: each mistake is one sentence with its line, what was read, what to do."""

import small_course
from claims import for_each
from rich.cells import cell_len

from autograder import cli
from autograder.course.course import Course
from autograder.course.definition import Definition
from autograder.course.settings import Settings, SettingsError
from autograder.course.tables import layout


def told_of(kind, path, text: str) -> list[str]:
    """The sentences on a file, each without its path."""
    path.write_text(text)
    try:
        kind.read(path.parent)
    except SettingsError as error:
        return [line.removeprefix(f"{path}, ") for line in str(error).splitlines()]
    return []


def test_all_mistakes_of_a_file_are_told_in_the_order_of_its_lines(tmp_path):
    text = (
        'time_zone = "UTC"\n\n[late]\ngrace_minute = 15\npercent_per_day = "10"\n\n'
        '[due]\n"01-shapes" = "2026-09-30"\n\n[limits."01-shapes"]\nseconds = 0\n'
    )
    assert told_of(Settings, tmp_path / "course.toml", text) == [
        "line 4: [late] knows no grace_minute; did you mean grace_minutes?",
        'line 5: [late] percent_per_day is "10"; expected a number from 0 to 100',
        'line 8: [due] 01-shapes is "2026-09-30"; expected a date with a time, such as '
        "2026-09-30T23:59:00 without quotes",
        "line 11: [limits] 01-shapes: seconds is 0; expected a number above 0",
    ]


@for_each(
    ("text", "sentence"),
    [
        ("late = 10", "line 1: late is 10; expected a table"),
        ("[due]\na = 2026-09-30", "line 2: [due] a is 2026-09-30; expected a date with a time"),
        ("[limits]\na = 90", "line 2: [limits] a is 90; expected a table"),
        ("[late]\ngrace_minutes = inf", "line 2: [late] grace_minutes is Infinity; expected"),
        ("[late]\ngrace_minutes = true", "line 2: [late] grace_minutes is true; expected"),
        ("\nresubmissions = best", "line 2: 'resubmissions = best' can't be read: Invalid value;"),
        ('a = "1', "line 1: 'a = \"1' can't be read"),
        ('time_zone = "../x"', 'line 1: time_zone is "../x"; expected a zone'),
        ("deadlines = 1", "line 1: the file knows no deadlines; expected one of time_zone,"),
    ],
)
def test_a_mistake_in_a_course_s_settings_names_its_line(tmp_path, text, sentence):
    [told] = told_of(Settings, tmp_path / "course.toml", text)
    assert told.startswith(sentence)


@for_each(
    ("text", "sentence"),
    [
        ('[jail]\npackages = "linalg"', 'line 2: [jail] packages is "linalg"; expected a list of'),
        ("[jail]\nhides = [\n'a',\n3]", 'line 4: [jail] hides is ["a", 3]; expected a list of'),
        ("[jail.stubs]\n'a.b' = 3", "line 2: [jail] stubs: a.b is 3; expected a text in quotes"),
        ("nam = 'x'", "line 1: the file knows no nam; did you mean name?"),
    ],
)
def test_a_mistake_in_a_course_s_definition_names_its_line(tmp_path, text, sentence):
    [told] = told_of(Definition, tmp_path / "autograder.toml", text)
    assert told.startswith(sentence)


def test_a_file_may_be_written_on_windows_in_any_of_its_encodings(tmp_path):
    path = tmp_path / "autograder.toml"
    path.write_bytes("\ufeffname = 'algèbre'\r\n".encode())
    assert Definition.read(tmp_path).course_id == "algèbre"
    for encoding in ("cp1252", "utf-16"):
        path.write_bytes("name = 'algèbre'".encode(encoding))
        assert Definition.read(tmp_path).course_id == "algèbre"


def test_a_date_for_an_assignment_that_is_not_there_is_told(tmp_path, monkeypatch, capsys):
    folder = small_course.make(tmp_path)
    (folder / "course").mkdir()
    (folder / "course" / "course.toml").write_text('[due]\n"1-vector" = 2026-09-30T23:59:00\n')
    idle = Course(root=folder).settings.idle(["1-vectors", "2-matrices"])
    assert ["1-vector is no assignment here" in sentence for sentence in idle] == [True]
    monkeypatch.chdir(folder)
    assert cli.main(["exercises", "2-matrices"]) == 0
    assert "assignments are 1-vectors, 2-matrices" in capsys.readouterr().err


def test_columns_of_the_class_table_stand_below_each_other_in_every_script():
    names = ["(of)", "李小龙", "आशा", "[b]x[/b]\x1b[2J"]
    lines = layout(["student", "ex", "note"], [[name, "7", "open"] for name in names]).splitlines()
    ends = {cell_len(line.partition("7")[0]) for line in lines[2:]}
    assert len(ends) == 1
    assert lines[-1].startswith("[b]x[/b][2J ")
    assert lines[-1].endswith("open")


def test_a_class_table_is_never_cut_to_the_width_of_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    head = ["student", *(f"ex{number:02}" for number in range(40)), "note"]
    table = layout(head, [["asha", *["1"] * 40, "unchanged"]])
    assert [len(line.split()) for line in table.splitlines()[::2]] == [42, 42]
