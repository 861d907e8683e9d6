"""Three hundred oddities, collected, marked and exported: each gets exactly what it has to.

`make test` takes one of each ten, which is every kind of archive once; `make hostile` takes all.
"""

import csv
import os
import shutil
import subprocess
import sys

import pytest

from autograder.course import collecting, export
from autograder.course.course import Course
from autograder.run import pipeline

from .oddities import expected, people
from .oddities.archives import blackboard
from .oddities.notebooks import ASSIGNMENT

EVERY = 1 if os.environ.get("HOSTILE") == "all" else 10
SETTINGS = """\
time_zone = "{zone}"

[late]
grace_minutes = {grace}
percent_per_day = {percent}
at_most_percent = {most}

[due]
"{assignment}" = {due:%Y-%m-%dT%H:%M:%S}
"""


def make(folder, about: people.Course) -> Course:
    """A course's folder with settings and roster; all fifty stand in the roster."""
    folder.mkdir()
    text = SETTINGS.format(
        zone=about.zone,
        grace=expected.GRACE,
        percent=expected.PERCENT_PER_DAY,
        most=expected.AT_MOST,
        assignment=ASSIGNMENT,
        due=expected.DUE,
    )
    (folder / "course.toml").write_text(text, encoding="utf-8")
    members = [p for p in people.people() if p.number // 50 == about.number]
    people.write_roster(about, members, folder / "roster.csv")
    return Course(folder)


def collect(course, archive, folder) -> list[str]:
    """Collect what lies in an archive as its instructor would; return what was said."""
    said: list[str] = []
    tables = {"names": archive.names, "times": archive.times}
    paths = {}
    for name, rows in tables.items():
        paths[name] = folder / f"{name}.csv" if rows else None
        if rows:
            with paths[name].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows((key, str(value)) for key, value in rows.items())
    asked = collecting.Asked.read(course, paths["names"], paths["times"])
    for path in archive.paths:
        collecting.collect(course, ASSIGNMENT, path, asked=asked, say=said.append)
    return said


def table(course) -> dict[str, dict[str, str]]:
    """The exported table, by student."""
    with export.write(course, ASSIGNMENT, "csv").open(newline="", encoding="utf-8-sig") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize(("about", "members", "archives"), list(expected.batches(EVERY)))
def test_each_gets_what_the_rules_say(tmp_path, about, members, archives):
    course = make(tmp_path / "course", about)
    for number, (kind, inside) in enumerate(archives):
        folder = tmp_path / f"{number}-{kind.__name__}"
        folder.mkdir()
        collect(course, kind([m.delivery(about) for m in inside if m.handed_in], folder), folder)
    wrong = disagreements(course, members)
    assert not wrong, "\n" + "\n".join(wrong)


def disagreements(course, members) -> list[str]:
    """Mark and export; say whose row is not what the rules of the course say."""
    outcomes = {o.student: o for o in pipeline.grade(course, ASSIGNMENT, workers=2)}
    rows, wrong = table(course), []
    for member in members:
        row, outcome = rows.get(member.person.id), outcomes.get(member.person.id)
        found = (
            row and row["points"],
            row and row["final"],
            row and row["open"],
            outcome and outcome.state,
        )
        final, points = (f"{p:g}" if p is not None else "" for p in (member.final, member.points))
        needs_person = bool(member.open) or not member.marked
        wanted = (points, final, "yes" if needs_person else "no")
        wanted = wanted if member.handed_in else ("", "", "no")
        if found[:3] != wanted:
            wrong.append(
                f"{member.person} form {member.form} {member.damage and member.damage.name}: "
                f"{found}, expected {wanted}"
            )
    return wrong


# Blackboard's names say when, too; nbgrader loses the minutes and takes the hours for UTC's.
BLACKBOARD = r".*_(?P<student_id>\w+)_attempt_[\d-]+_(?P<file_id>[\w-]+)"


def test_what_nbgraders_own_zip_collect_took_gets_what_the_rules_say(root, tmp_path):
    about = people.COURSES[0]
    course = make(tmp_path / "course", about)
    members = [m for m in expected.members()[:10] if m.handed_in and m.percent_off == 0][:3]
    archive = blackboard([m.delivery(about) for m in members], tmp_path)
    downloaded = tmp_path / "downloaded" / ASSIGNMENT / "archive"
    downloaded.mkdir(parents=True)
    shutil.copy(archive.paths[0], downloaded)
    command = [sys.executable, "-m", "nbgrader", "zip_collect", ASSIGNMENT]
    places = f"{tmp_path}/{{downloaded}}/{{assignment_id}}/{{collect_step}}"
    command += [f"--ZipCollectApp.collect_directory_structure={places}"]
    command += [f"--FileNameCollectorPlugin.named_regexp={BLACKBOARD}"]
    done = subprocess.run(
        command, cwd=root, env=course.environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert list(course.submissions(ASSIGNMENT)) == [m.person.id for m in members]
    wrong = disagreements(course, members)
    assert not wrong, "\n" + "\n".join(wrong)
