"""Each student's own numbers: drawn on the trusted side, told in the statement, marked rightly."""

import itertools
import json
import re
import shutil
from dataclasses import replace

import nbformat
import pytest
from the_course import catalogue, job

from autograder.course import handout
from autograder.course.course import Course
from autograder.course.settings import SettingsError
from autograder.jail.student import LocalStudent
from autograder.marking import Numbers, VariantSeed
from autograder.marking.question import variants_of
from autograder.notebooks import reading, submission
from autograder.notebooks.cells import marks, read_own
from autograder.run import pipeline
from autograder.run.key import result_key
from questions import sample

from .conftest import gradebook_of
from .own_numbers import SOLVED

STUDENTS = [VariantSeed("autumn 2026", f"21CS{number:03}") for number in range(40)]
NAME = sample.ASSIGNMENT
VARIANTS = variants_of(catalogue.load(NAME))


def _released():
    return read_own(Course().released(NAME))


def _statement(notebook, question):
    [cell] = [c for c in notebook.cells if marks(c).get("grade_id") == f"{question}-statement"]
    return cell.source


def _verdict(question, numbers, variant_seed=None):
    student = LocalStudent(SOLVED[question](*numbers))
    return catalogue.load(NAME)[question].check(student, variant_seed)


def test_without_a_seed_everybody_has_the_numbers_of_the_book():
    assert set(VARIANTS) == set(SOLVED)
    for variant in VARIANTS.values():
        assert variant.drawn(None) == variant.taught
        assert variant.fits(*variant.taught)


@pytest.mark.parametrize("question", VARIANTS)
def test_every_number_that_can_be_drawn_has_its_key(question, monkeypatch):
    variant = VARIANTS[question]
    for numbers in itertools.islice(itertools.product(*variant.options), 0, None, 3):
        if variant.fits(*numbers):
            monkeypatch.setattr(Numbers, "drawn", lambda *_, numbers=numbers: numbers)
            verdict = _verdict(question, numbers)
            assert verdict.points == verdict.max_points, numbers


@pytest.mark.parametrize("question", VARIANTS)
def test_a_student_is_marked_by_the_numbers_of_the_own_statement(question):
    variant, seen = VARIANTS[question], set()
    for variant_seed in STUDENTS:
        numbers = variant.drawn(variant_seed)
        seen.add(numbers)
        assert numbers == variant.drawn(VariantSeed(variant_seed.seed, variant_seed.student))
        text = variant.reworded(_statement(_released(), question), variant_seed)
        told = {int(number) for number in re.findall(r"\d+", text)}
        assert set(numbers) <= told
        assert (
            _verdict(question, numbers, variant_seed).points
            == catalogue.load(NAME)[question].points
        )
        if not set(SOLVED[question](*numbers).values()) & set(
            SOLVED[question](*variant.taught).values()
        ):
            book = _verdict(question, variant.taught, variant_seed)
            assert book.points < book.max_points
    assert len(seen) > len(STUDENTS) / 3
    assert variant.drawn(VariantSeed("spring 2027", "s")) != variant.drawn(
        VariantSeed("autumn 2026", "s")
    )


def test_other_numbers_make_another_result():
    seeds = (None, *(VariantSeed(*pair) for pair in [("a", "asha"), ("a", "ben"), ("b", "asha")]))
    assert len({result_key(_released(), "the rules", seed) for seed in seeds}) == len(seeds)


def test_an_attempt_has_the_numbers_of_its_student():
    plain = replace(job(NAME), secret="a seed")
    assert plain.variant_seed("asha+b") == VariantSeed("a seed", "asha+b")
    attempt = replace(plain, attempts=True)
    assert attempt.variant_seed("asha+b+20260910") == VariantSeed("a seed", "asha+b")
    assert replace(attempt, secret="").variant_seed("asha+20260910") is None


def test_the_same_mistakes_are_named():
    for variant_seed in STUDENTS:
        channels, filters, kernel = VARIANTS["ex02"].drawn(variant_seed)
        answer = LocalStudent({"ex02_parameters": filters * kernel * kernel * channels})
        verdict = catalogue.load(NAME)["ex02"].check(answer, variant_seed)
        assert (verdict.points, verdict.misconception) == (1, "forgot-bias")


def test_a_phrase_that_is_not_in_the_statement_is_refused():
    variant = Numbers((3,), ((4,),), ("{0} maps",), question="q")
    assert variant.reworded("It has 3 maps.", STUDENTS[0]) == "It has 4 maps."
    for text in ("It has 3 filters.", "It has 3 maps, and 3 maps more."):
        with pytest.raises(ValueError, match="stand"):
            variant.reworded(text, STUDENTS[0])
    with pytest.raises(ValueError, match="options"):
        Numbers((3,), ((4,),), (), lambda n: False).drawn(STUDENTS[0])


# --- a course ---------------------------------------------------------------------------------


def _course(folder, setting="variants = true\n", secret="autumn 2026"):
    folder.mkdir()
    if secret:
        (folder / "variants.secret").write_text(f"{secret}\n")
    (folder / "course.toml").write_text(setting)
    (folder / "roster.csv").write_text("id,name,email\nasha,Asha Rao,\nben,Ben Okafor,\n")
    return Course(folder)


def test_everybody_gets_a_notebook_with_the_own_numbers(tmp_path):
    course = _course(tmp_path / "course")
    paths = handout.write(course, NAME)
    assert [path.parent.parent.name for path in paths] == ["asha", "ben"]
    asha, ben = (nbformat.read(path, as_version=4) for path in paths)
    assert _statement(asha, "ex02") != _statement(ben, "ex02")
    channels, filters, kernel = VARIANTS["ex02"].drawn(VariantSeed("autumn 2026", "asha"))
    assert f"has {filters} filters of size {kernel}×{kernel}" in _statement(asha, "ex02")
    assert f"an input with {channels} channels" in _statement(asha, "ex02")
    assert _statement(asha, "ex13") == _statement(ben, "ex13")


@pytest.mark.parametrize(
    ("setting", "assignment", "why"),
    [("", NAME, "variants ="), ("variants = true", "08-multiple-choice", "no question")],
)
def test_a_hand_out_that_can_not_be_says_why(tmp_path, setting, assignment, why):
    with pytest.raises(ValueError, match=why):
        handout.write(_course(tmp_path / "course", setting), assignment)


def test_the_secret_is_drawn_at_random_and_once(tmp_path):
    """A secret in words was guessed in 131 tries from a student's own numbers."""
    drawn = []
    for name in ("one", "two"):
        course = _course(tmp_path / name, secret=None)
        handout.write(course, NAME)
        drawn.append(course.settings.seed())
        handout.write(course, NAME)
        assert course.settings.seed() == drawn[-1]
        assert (course.folder / "variants.secret").stat().st_mode & 0o077 == 0
    assert drawn[0] != drawn[1]
    assert min(map(len, drawn)) >= 32


def test_a_secret_in_words_is_refused_and_a_missing_one_asked_for(tmp_path):
    with pytest.raises(SettingsError, match="can be guessed"):
        _course(tmp_path / "words", 'variants = "autumn 2026"\n')
    with pytest.raises(SettingsError, match="handout` draws it"):
        _course(tmp_path / "missing", secret=None).settings.variant_seed("asha")


def _hand_in(course, student, values):
    """The released notebook with an assignment of `values` as the first answer."""
    notebook = json.loads(json.dumps(_released()))
    [cell] = [c for c in notebook["cells"] if c["id"] == "ex01-answer"]
    cell["source"] = "\n".join(f"{name} = {value!r}" for name, value in values.items())
    for other in notebook["cells"]:
        if other["id"] in ("ex02-answer", "ex03-answer"):
            other["source"] = ""
    path = course.folder / "submitted" / student / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook))


@pytest.mark.jail
def test_the_folder_decides_whose_numbers_count_and_the_submission_does_not(tmp_path):
    course = _course(tmp_path / "course")
    asha = VariantSeed("autumn 2026", "asha")
    values = {}
    for question in ("ex01", "ex02", "ex03"):
        values |= SOLVED[question](*VARIANTS[question].drawn(asha))
    for student in ("asha", "ben"):  # Ben hands in what Asha has
        _hand_in(course, student, values)
    assert {o.state for o in pipeline.grade(course, NAME, workers=1)} == {"scored"}
    ours = gradebook_of(course, NAME)
    assert [ours["asha"][q][0] for q in ("ex01", "ex02", "ex03")] == [2, 2, 3]
    assert sum(ours["ben"][q][0] for q in ("ex01", "ex02", "ex03")) < 7
    marked = Course(course.folder).folder / "autograded" / "asha" / NAME / f"{NAME}.ipynb"
    assert VARIANTS["ex02"].reworded(_statement(_released(), "ex02"), asha) == _statement(
        nbformat.read(marked, as_version=4), "ex02"
    )

    # Both had the statements of the book's numbers before them, and are told.
    assert "`ex02-statement`" in nbformat.read(marked, as_version=4).cells[0].source

    # nbgrader itself finds the same, and a new seed marks everybody anew.
    shutil.rmtree(course.folder / "results")
    for student in ("asha", "ben"):
        assert course.api.autograde(NAME, student)["success"]
    assert gradebook_of(course, NAME) == ours
    (course.folder / "variants.secret").write_text("spring 2027")
    again = Course(course.folder)
    assert {o.state for o in pipeline.grade(again, NAME, workers=1)} == {"scored"}
    assert gradebook_of(again, NAME)["asha"]["ex02"][0] < 2


def test_who_answers_the_own_statement_is_told_nothing_of_other_numbers(tmp_path):
    course = _course(tmp_path / "course")
    asha, ben = handout.write(course, NAME)
    released = _released()
    own = reading.rebuild(released, submission.read(asha), course.given_to("asha", NAME, released))
    assert own.cells[0].id != reading.NOTES_ID
    taken = reading.rebuild(released, submission.read(ben), course.given_to("asha", NAME, released))
    assert "`ex01-statement`" in taken.cells[0].source


def test_two_questions_of_one_student_draw_apart():
    """Else whoever knows the numbers of one question knows those of the next."""
    options = (range(100), range(100))
    first, second = (Numbers((1, 2), options, (), question=name) for name in ("ex01", "ex02"))
    variant_seed = [VariantSeed("a seed", f"student {number}") for number in range(20)]
    assert [first.drawn(one) for one in variant_seed] != [second.drawn(one) for one in variant_seed]
    assert all(first.drawn(one) == first.drawn(one) for one in variant_seed)
