"""The hostile class earns nothing beyond its honest answers, sees no key and harms nobody.

That each attack does its harm where nothing holds it is shown beside this in `test_attacks.py`.
A choice of the class runs with every test run, and with ``HOSTILE=all`` the whole of it.
"""

import json
from pathlib import Path

import pytest
from claims import for_each
from nbconvert import HTMLExporter
from the_course import catalogue, job

from autograder.notebooks import outputs
from autograder.notebooks.cells import marks
from autograder.notebooks.feedback import FeedbackExporter
from autograder.run.pool import score_all
from autograder.run.store import Store

from . import attacks
from .attacks import world
from .attacks.pages import active_markup

pytestmark = pytest.mark.jail
CHOSEN = attacks.chosen()


class Aftermath:
    """The whole class, marked once, and what was found afterwards."""

    def __init__(self, folder: Path):
        self.folder, self.doors = folder, world.Doors(folder)
        self.treasures = world.plant(folder)
        before = world.fingerprint(self.treasures)
        places = {"COURSE": str(folder), "ROOT": str(world.ROOT), **self.doors.places()}
        self.folders = {"alice": folder / "submitted" / "alice" / world.ASSIGNMENT}
        for number, attack in enumerate(CHOSEN.values()):
            at = folder / "submitted" / f"s{number:03}" / world.ASSIGNMENT
            world.hand_in(attack, at, folder, places)
            self.folders[attack.name] = at
        self.job = job(world.ASSIGNMENT, folder / "results", seconds=1.5)
        self.outcomes = {
            outcome.student: outcome
            for outcome in score_all(self.job, dict(self.folders), workers=2)
        }
        self.unharmed = world.fingerprint(self.treasures) == before
        self.knocks = list(self.doors.heard)
        self.doors.close()
        self.store = Store(folder / "results")

    def points(self, name) -> dict[str, float]:
        """Points by question, those that earned something."""
        result = self.store.latest(name)
        earned = {question: verdict.points for question, verdict in result.verdicts.items()}
        return {question: points for question, points in earned.items() if points}

    def autograded(self, name):
        """The notebook as nbgrader would keep it."""
        notebook = self.store.notebook(name)
        outputs.write_outputs(notebook, self.store.latest(name))
        return notebook


@pytest.fixture(scope="module")
def aftermath(tmp_path_factory):
    return Aftermath(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def worth():
    questions = catalogue.load(world.ASSIGNMENT)
    return {name: question.points for name, question in questions.items()}


def test_the_class_is_as_large_as_promised():
    assert len(attacks.CLASS) >= 60


def test_everybody_is_marked(aftermath):
    states = {name: outcome.state for name, outcome in aftermath.outcomes.items()}
    left = {name: state for name, state in states.items() if state not in ("scored", "no notebook")}
    assert left == {}
    assert set(states) == set(aftermath.folders)


def test_the_honest_neighbour_keeps_her_points(aftermath, worth):
    assert aftermath.points("alice") == worth


@for_each("name", CHOSEN)
def test_an_attack_earns_its_honest_answers_and_nothing_else(aftermath, worth, name):
    attack = CHOSEN[name]
    honest = {question: worth[question] for question in attack.honest}
    if aftermath.outcomes[name].state == "no notebook":
        assert attack.keeps == "at most"
    elif attack.keeps == "all":
        assert aftermath.points(name) == honest
    else:
        assert aftermath.points(name).items() <= honest.items()


def test_no_attack_sees_a_key(aftermath):
    for path in (aftermath.folder / "results").glob("*.json"):
        text = path.read_text()
        assert not any(secret in text for secret in world.SECRETS), path.name


def test_no_attack_harms_what_is_not_its_own(aftermath):
    assert aftermath.unharmed


def test_no_attack_reaches_a_listener(aftermath):
    assert aftermath.knocks == []


@for_each("name", CHOSEN)
def test_no_page_has_anything_alive_in_it(aftermath, name):
    if aftermath.outcomes[name].state == "no notebook":
        return  # there is no notebook to show
    notebook = aftermath.autograded(name)
    graders_page, _ = HTMLExporter().from_notebook_node(notebook)
    assert active_markup(graders_page) == []
    for cell in notebook.cells:
        if marks(cell).get("grade"):
            cell.metadata.nbgrader["score"] = 0
    about = {"assignment": world.ASSIGNMENT, "score": 0, "max_score": 1}
    page, _ = FeedbackExporter().from_notebook_node(notebook, {"nbgrader": about})
    assert active_markup(page) == []
    assert "<script" not in page.lower()
    json.dumps(notebook)
