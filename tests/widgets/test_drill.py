"""Drill: the same problems, answers and words as Python's, for any number and setting."""

import random

import pytest
from harness import load_module
from playwright.sync_api import expect

from convbook.items import drill
from convbook.widgets import Drill

browser = pytest.mark.browser
every_template = pytest.mark.parametrize("name", drill.templates())


def frames(page):
    page.evaluate("frame().then(frame)")


def answer_with(page, text):
    page.get_by_role("textbox").fill(text)
    page.get_by_role("textbox").press("Enter")
    frames(page)


@browser
def test_3000_problems_are_the_same_in_the_page_and_in_python(open_page):
    """Every template, its first seeds and random ones: text, answer, mistakes, solution."""
    page, rng = open_page(), random.Random(11)
    load_module(page, "shared/drill.js")
    seeds = [*range(60), *(rng.randrange(2**32) for _ in range(100))]
    asked = [(name, seed) for name in drill.templates() for seed in seeds]
    theirs = page.evaluate(
        """asked => asked.map(([name, seed]) => {
          const { values, stem, answer, mistakes, solution } = module.drawProblem(name, seed);
          return { values, stem, answer, mistakes: [...mistakes], solution };
        })""",
        asked,
    )
    assert len(asked) > 2500
    for (name, seed), drawn in zip(asked, theirs, strict=True):
        ours = drill.draw(name, seed)
        assert drawn == {
            "values": ours.values,
            "stem": ours.stem,
            "answer": ours.answer,
            "mistakes": [[wrong, why] for wrong, (why, _) in ours.mistakes.items()],
            "solution": list(ours.solution),
        }, (name, seed)


@browser
def test_the_order_of_problems_is_the_same_in_the_page_and_in_python(open_page):
    page, rng = open_page(), random.Random(12)
    load_module(page, "shared/drill.js")
    asked = [
        (rng.choice([rng.randint(0, 99), rng.randint(0, 999_999)]), topic, level)
        for topic in ("", *drill.TOPICS)
        for level in range(4)
        for _ in range(20)
    ]
    theirs = page.evaluate("asked => asked.map((one) => module.chooseTemplate(...one))", asked)
    assert theirs == [drill.choose(*one) for one in asked]


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(13)
    page = open_page(Drill())
    for _ in range(100):
        state = {
            "topic": rng.choice(["", *drill.TOPICS]),
            "level": rng.randint(0, 3),
            "number": rng.choice([rng.randint(0, 50), rng.randint(0, 999_999)]),
            "solution_shown": rng.random() < 0.5,
        }
        problem = Drill(**state).problem
        answers = [None, problem.answer, problem.answer + 7, *problem.mistakes]
        state |= {"given": rng.choice(answers), "tries": 1}
        page.evaluate("state => setState(state)", state)
        ours, shown = Drill(**state), page.evaluate("shown()")
        assert shown["stem"] == problem.stem
        assert shown["feedback"] == ours.feedback
        solved = state["solution_shown"] or state["given"] == problem.answer
        steps = page.locator(".cb-solution li").all_text_contents()
        assert steps == (list(problem.solution) if solved else [])


@browser
def test_problem_after_problem_by_keyboard_alone(open_page):
    page = open_page(Drill())
    page.get_by_role("textbox").focus()
    for number in range(3):
        page.keyboard.type(f"{Drill(number=number).problem.answer:,}")
        page.keyboard.press("Enter")
        expect(page.locator("[data-cb=feedback]")).to_contain_text("Right")
        page.keyboard.press("Enter")  # the next problem has the focus
        expect(page.locator("[data-cb=feedback]")).to_have_text("")
    assert page.evaluate("models[0].get('number')") == 3
    score = page.evaluate("models[0].get('score')")
    assert sum(right for right, _ in score.values()) == sum(tried for _, tried in score.values())
    assert page.evaluate("document.activeElement.type") == "text"


@browser
def test_a_mistake_that_many_make_is_explained_and_only_the_first_try_counts(open_page):
    page = open_page(Drill())
    problem = Drill().problem
    wrong, (why, _) = next(iter(problem.mistakes.items()))
    answer_with(page, str(wrong))
    expect(page.locator("[data-cb=feedback]")).to_have_text(f"Not {wrong:,}. {why}")
    answer_with(page, str(problem.answer))
    expect(page.locator("[data-cb=feedback]")).to_have_text(f"Right: {problem.answer:,}.")
    objective = str(drill.templates()[problem.template].objective)
    assert page.evaluate("models[0].get('score')") == {objective: [0, 1]}
    expect(page.locator("[data-cb=score]")).to_have_text("0 of 1 right at the first try.")


@browser
def test_a_solution_can_be_seen_without_an_answer_and_then_counts_as_not_known(open_page):
    page = open_page(Drill())
    page.get_by_role("button", name="Show the solution").click()
    frames(page)
    assert page.locator(".cb-solution li").count() == len(Drill().problem.solution)
    assert [right for right, _ in page.evaluate("models[0].get('score')").values()] == [0]
    page.get_by_role("button", name="Next problem").click()
    frames(page)
    assert page.locator(".cb-solution li").count() == 0
    page.get_by_role("button", name="Skip it").click()
    frames(page)
    assert page.evaluate("models[0].get('number')") == 2


@browser
@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1728", 1728),
        (" 1,728 ", 1728),
        ("1 728", 1728),
        ("1\u202f728 weights", 1728),
        ("17,28,000", 1_728_000),
        ("26.0", 26),
        ("26 px", 26),
        ("१७२८", 1728),
        ("0", 0),
        ("", "Type a number first."),
        ("abc", "is not a number"),
        ("26×26", "more than one number"),
        ("3*3*64", "more than one number"),
        ("-5", "a count never is"),
        ("26.5", "is not a whole number"),
        ("1,72", "is not a whole number"),
        ("1.7e3", "write every digit"),
        ("3.6 million", "write every digit"),
        ("9" * 30, "far too large"),
        ("1,728,", "is not a number"),
        ("NaN", "is not a number"),
    ],
)
def test_counts_are_read_as_people_write_them(open_page, typed, value):
    page = open_page()
    load_module(page, "shared/drill.js")
    read = page.evaluate("text => module.readCount(text)", typed)
    assert read.get("value", read.get("problem")) == value or str(value) in read.get("problem", "")


@browser
def test_nonsense_is_answered_in_words_and_counts_for_nothing(open_page):
    page = open_page(Drill())
    answer_with(page, "twenty-six")
    expect(page.locator("[data-cb=feedback]")).to_contain_text("“twenty-six” is not a number")
    expect(page.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("[models[0].get('tries'), models[0].get('given')]") == [0, None]


@browser
def test_every_answer_is_judged_anew_until_the_problem_is_solved(open_page):
    page = open_page(Drill())
    answer = Drill().problem.answer
    feedback = page.locator("[data-cb=feedback]")
    for typed, said in (("1", "Not 1."), ("abc", "not a number"), ("1", "Not 1.")):
        answer_with(page, typed)
        expect(feedback).to_contain_text(said)
    answer_with(page, str(answer))
    expect(feedback).to_contain_text("Right")
    expect(page.get_by_role("textbox")).not_to_be_editable()
    page.get_by_role("textbox").press("Enter")
    expect(feedback).to_contain_text("Right")
    page.get_by_role("button", name="Next problem").click()
    expect(page.get_by_role("textbox")).to_be_editable()


@browser
def test_another_topic_starts_afresh(open_page):
    page = open_page(Drill(number=4, given=1, tries=1))
    page.get_by_role("combobox", name="Topic").select_option("parameters")
    page.get_by_role("radio", name="3").check()
    frames(page)
    names = ["topic", "level", "number", "given", "tries"]
    state = page.evaluate("names => names.map((name) => models[0].get(name))", names)
    assert state == ["parameters", 3, 0, None, 0]


def test_every_template_comes_once_a_lap():
    total = len(drill.templates())
    laps = [[drill.choose(lap * total + at) for at in range(total)] for lap in range(3)]
    assert all(sorted(lap) == sorted(drill.templates()) for lap in laps)
    assert laps[0] != laps[1]


def test_every_topic_has_every_level():
    for topic in drill.TOPICS:
        for level in (1, 2, 3):
            assert drill.templates()[drill.choose(0, topic, level)].topic == topic
    with pytest.raises(ValueError, match="topics are output size, parameters"):
        drill.choose(0, "colour")


@every_template
def test_every_equation_of_a_worked_solution_is_true(name):
    """``a + b · c = d`` holds, whatever was drawn."""
    found = 0
    for seed in range(40):
        for step in drill.draw(name, seed).solution:
            for left, right in equations_in(step):
                found += 1
                assert eval(left) == eval(right), step  # digits and operators alone
    assert found or name == "size-same", "its one step rounds up"


def equations_in(step):
    text = step.replace(",", "").replace("−", "-").replace("·", "*")
    numbers_alone = "".join(letter if letter in "0123456789+-*/()= ." else "#" for letter in text)
    for part in numbers_alone.split("#"):
        left, equals, right = part.strip(" .").rpartition("=")
        if equals and left.strip() and left.strip()[0] not in "=.*/+)":
            yield left.strip(), right.strip()


def test_on_paper_it_is_a_problem_with_its_solution():
    widget = Drill(number=5)
    assert f"{widget.problem.answer:,}." in widget.caption
    assert widget.picture().count("<text") >= 2
