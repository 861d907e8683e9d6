"""What two submissions have in common is told where it is evidence, and an honest class is not."""

import copy
import random

import nbformat
import pytest
import small_course

from autograder.course import report, similarity, work
from autograder.course.similarity import pairs
from autograder.course.work import Work, words
from autograder.marking.result import Result
from autograder.marking.verdict import Verdict
from questions import sample

ESSAY = (
    "A pointwise convolution looks at one pixel only and mixes what its channels say there so I "
    "think of it as a small dense layer that walks over the picture and is the same everywhere "
    "which is why it needs so few weights and can not see shapes at all, only colours of features."
)
OTHERS = (
    "It mixes channels without looking at neighbours.",
    "Each output channel is a weighted sum of the input channels at the same position; height and "
    "width stay as they are, because the kernel has a single tap and the stride is one.",
    "Think of every pixel as a vector: the layer multiplies that vector by one matrix, the same "
    "for all pixels, and so changes how many channels there are and nothing else about the image.",
)
HONEST = {f"honest-{number}": Work(texts={"a": words(text)}) for number, text in enumerate(OTHERS)}


def _found(works):
    return {(pair.one, pair.other): pair.reasons for pair in pairs(works)}


# --- words ---------------------------------------------------------------------------------------


def test_the_same_essay_is_listed_also_with_other_punctuation_and_a_changed_word():
    changed = ESSAY.upper().replace("SMALL", "TINY").replace(",", " -")
    works = HONEST | {"x": Work(texts={"a": words(ESSAY)}), "y": Work(texts={"a": words(ESSAY)})}
    assert _found(works) == {("x", "y"): ("a: the same 54 words",)}
    works["y"] = Work(texts={"a": words(changed)})
    assert _found(works) == {("x", "y"): ("a: 92 % of the words",)}


def test_what_most_of_a_class_wrote_is_no_evidence():
    dictated = {f"s{n}": Work(texts={"a": words(ESSAY)}) for n in range(5)}
    assert _found(HONEST | dictated) == {}


def test_a_short_sentence_that_two_wrote_is_no_evidence():
    works = HONEST | {n: Work(texts={"a": words(" ".join(ESSAY.split()[:19]))}) for n in "xy"}
    assert _found(works) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Size: (5−3)/2 + 1", ("size", "5", "3", "2", "1")),
        ("नमस्ते दुनिया।", ("नमस्ते", "दुनिया")),
        ("卷积 layer", ("卷", "积", "layer")),
    ],
)
def test_words_are_those_of_every_script(text, found):
    assert words(text) == found


# --- short answers -------------------------------------------------------------------------------


def _wrong(**answers):
    return Work(answers=answers, wrong=frozenset(answers))


def test_three_wrong_answers_that_nobody_else_gave_are_listed():
    copied = {"a": "x = 31.7", "b": "y = 4711", "c": "z = (3, 3, 17)"}
    spaced = {"a": "x=31.7 # 8", "b": "y = 4711 ", "c": "z = (3,3,17)"}
    works = {f"s{n}": _wrong(a=f"x = {n}00", b="y = 512") for n in range(6)}
    works |= {"x": _wrong(**copied), "y": _wrong(**spaced)}
    assert _found(works) == {("x", "y"): ("3 answers that nobody else gave: a, b, c",)}
    works["s0"] = _wrong(**copied)  # three of eight are more than a few, here
    assert _found(works) == {}
    works["s0"], works["y"] = _wrong(a="x = 31.7"), _wrong(**copied)
    assert _found(works) == {}, "two unusual ones are chance"


def test_three_wrong_answers_among_many_that_differ_are_chance():
    same = {"a": "x = 31.7", "b": "y = 4711", "c": "z = 99.5"}
    one = _wrong(**same, **{f"q{n}": f"x = 10{n}" for n in range(3)})
    other = _wrong(**same, **{f"q{n}": f"x = 20{n}" for n in range(3)})
    assert _found({"x": one, "y": other}) == {}


def test_the_same_right_numbers_are_no_evidence_and_neither_are_whole_notebooks_of_them():
    right = Work(answers={f"q{n}": f"x{n} = {n * 1000}" for n in range(9)})
    others = {f"s{n}": Work(answers={"q1": f"x1 = {n}"}) for n in range(8)}
    assert _found(others | {"x": right, "y": right}) == {}


def test_right_answers_in_forms_of_their_own_count_where_all_answers_are_the_same():
    odd = {"a": "x = 15 + 15", "b": "y = 73857 - 1", "c": "z = 2 * 56", "d": "w = 7"}
    others = {f"s{n}": Work(answers={"a": "x = (64 - 5) // 2 + 1"}) for n in range(8)}
    works = others | {"x": Work(answers=odd), "y": Work(answers=dict(odd))}
    assert _found(works) == {("x", "y"): ("3 answers that nobody else gave: a, b, c",)}
    works["y"] = Work(answers=odd | {"d": "w = 7.0"})
    assert _found(works) == {}


def test_the_same_comments_in_three_answers_are_listed():
    told = words("no idea, my cousin said so")
    some = dict.fromkeys("abc", told)
    works = {n: Work(answers=dict.fromkeys("abc", "x = 1"), comments=some) for n in "xy"}
    assert list(_found(HONEST | works)) == [("x", "y")]
    formula = dict.fromkeys("abc", words("(W - F + 2 * P) / S + 1"))
    works = {n: Work(answers=dict.fromkeys("abc", "x = 1"), comments=formula) for n in "xy"}
    assert _found(HONEST | works) == {}, "a formula is everybody's"


# --- out of notebooks ----------------------------------------------------------------------------


def test_an_answer_is_wrong_in_its_own_way_unless_it_has_a_name_or_says_nothing():
    released = small_course.NOTEBOOKS["1-vectors"]

    def wrong(answer, **verdict):
        notebook = copy.deepcopy(released)
        [cell] = [cell for cell in notebook.cells if cell.id == "length-answer"]
        cell.source = answer
        result = Result({"length": Verdict(**{"points": 0, "max_points": 2} | verdict)})
        return work.work_of(notebook, released, result).wrong

    assert wrong("vector_length = 4711") == {"length"}
    assert wrong("vector_length = 25") == frozenset(), "two digits are nothing"
    assert wrong("vector_length = 'b'") == frozenset()
    assert wrong("vector_length = 4711", misconception="forgot-the-root") == frozenset()
    assert wrong("vector_length = 4711", points=2) == frozenset()
    assert wrong("vector_length = 4711", fault="the checker failed") == frozenset()


def _work(**sources):
    """What is read out of a notebook in which these cells, by their ids, have another source."""
    released = small_course.NOTEBOOKS["1-vectors"]
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        cell.source = sources.pop(cell.id.replace("-", "_"), cell.source)
    for name, source in sources.items():
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=name))
    return work.work_of(notebook, released, None)


def test_an_untouched_notebook_is_no_work_and_formulas_are_no_programs():
    assert _work() == Work()
    assert _work(length_answer="vector_length = (3**2 + 4**2) ** 0.5 + 0 * 1 * 2 * 3").code == set()
    assert _work(dot_answer="def dot(a, b):\n    return a[0] * b[0] + a[1] * b[1]").code
    assert _work(more="for n in range(3):\n    print(n, n * n)  # to see them").code


def test_comments_that_were_handed_out_are_nobodys_words():
    assert _work(more="# to see them\nx = 'as I did it before'").texts == {
        work.OWN_CELLS: ("to", "see", "them", "as", "i", "did", "it", "before")
    }
    layers = "[{'layer': 'conv', 'padding': 'same'}, {'layer': 'relu'}]"
    assert _work(more=f"layers = {layers}").texts == {}, "names and choices are no sentences"
    given = next(c for c in small_course.NOTEBOOKS["1-vectors"].cells if "SOLUTION" in c.source)
    assert _work(more=given.source.replace("= ...", "= 7")).texts == {}


def _honest_class(size, rng):
    """Students of any strength; wrong answers are mostly a few popular ones, some with a name."""
    questions = [f"q{n}" for n in range(12)]
    popular = {q: [(f"x = {rng.randrange(100, 9999)}", n < 3) for n in range(6)] for q in questions}
    works = {}
    for number in range(size):
        weak, answers, wrong = rng.random() * 0.8, {}, set()
        for q in questions:
            answers[q] = "x = 30"
            if rng.random() < weak:
                answers[q], named = rng.choices(popular[q], (6, 5, 4, 3, 2, 2))[0]
                if rng.random() < 0.25:
                    answers[q], named = f"x = {rng.randrange(100, 200)}", False
                wrong |= set() if named else {q}
        works[f"s{number}"] = Work(answers=answers, wrong=frozenset(wrong))
    return works


@pytest.mark.parametrize(("size", "classes"), [(5, 300), (30, 100), (200, 4)])
def test_in_made_up_honest_classes_hardly_anybody_is_accused(size, classes):
    rng = random.Random(size)
    accused = [len(pairs(_honest_class(size, rng))) for _ in range(classes)]
    assert sum(accused) <= classes / 50, accused


# --- the sample class ----------------------------------------------------------------------------


@pytest.mark.jail
def test_of_the_sample_class_nobody_is_accused_and_the_page_says_what_was_compared(sample_course):
    works = work.read(sample_course, sample.ASSIGNMENT, [m.name for m in sample.MEMBERS])
    assert len(works) == len(sample.MEMBERS)
    assert pairs(works) == []
    page = report.write(sample_course, sample.ASSIGNMENT).read_text("utf-8")
    assert "No two of the 33 submissions that could be read are alike in what was compared" in page
    assert all(compared in page for compared in similarity.COMPARED)
