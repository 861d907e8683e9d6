"""Quiz: it asks, judges and goes on as Python does, and a mistake leads to a widget."""

import random

import pytest
import traitlets
from harness import state_of
from playwright.sync_api import expect

from convbook import items, widgets
from convbook.items.prose import plain
from convbook.widgets import Quiz
from convbook.widgets.quiz import BANK

FAMILIES = {question.family for question in BANK.values()}
WRONG = {"question": "output-size-5", "answers": {"output-size-5": 1}}
browser = pytest.mark.browser


def frames(page):
    page.evaluate("frame().then(frame)")


def state(page, *names):
    return page.evaluate("names => names.map((name) => models[0].get(name))", list(names))


def random_state(rng):
    known = rng.sample(list(BANK), rng.choice([rng.randint(0, 40), len(BANK)]))
    answers = {name: rng.randrange(len(BANK[name].options)) for name in known}
    question = rng.choice(["", rng.choice([*BANK, *known])])
    return {
        "objective": rng.choice([0, rng.randint(1, 14)]),
        "seed": rng.randint(0, 9999),
        "question": question,
        "answers": answers,
    }


@browser
def test_100_random_states_ask_and_judge_as_python_does(open_page):
    rng = random.Random(5)
    page = open_page(Quiz())
    over = judged = 0
    for _ in range(100):
        values = random_state(rng)
        page.evaluate("state => setState(state)", values)
        ours, shown = Quiz(**values), page.evaluate("shown()")
        assert page.locator("[data-cb=position]").get_attribute("data-value") == str(ours.right)
        assert shown["feedback"] == ours.feedback
        if ours.current is None:
            over += 1
            said = page.locator(".cb-place").inner_text()
            assert said.startswith(f"{ours.right} of {len(ours.deck)} right")
            continue
        assert shown["stem"] == plain(ours.current.stem)
        texts = page.locator(".cb-text").evaluate_all(
            "all => all.map((e) => [...e.childNodes].filter((n) => !n.matches?.('.cb-mark, "
            ".cb-reason')).map((n) => n.textContent).join('').trim())"
        )
        assert texts == [plain(option.text) for option in ours.options]
        if ours.feedback:
            judged += 1
            reasons = page.locator(".cb-reason").all_text_contents()
            given = ours.current.options[ours.answers[ours.current.id]]
            others = [plain(one.reason) for one in ours.options if one is not given]
            assert reasons == (others if given.right else []), "the one given is said below"
    assert over > 2
    assert judged > 10


@browser
def test_a_round_by_keyboard_alone(open_page):
    quiz = Quiz(objective=7)
    page = open_page(quiz)
    first = page.get_by_role("radio").first
    first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    frames(page)
    chosen = quiz.current.options.index(quiz.options[1])
    assert state(page, "answers") == [{quiz.current.id: chosen}]
    assert page.evaluate("document.activeElement.closest('.cb-actions') !== null")
    page.get_by_role("button", name="Show the answer").press("Enter")
    frames(page)
    page.get_by_role("button", name="Next question").press("Enter")
    frames(page)
    assert page.evaluate("document.activeElement.type") == "radio"
    assert page.evaluate("shown()")["position"].startswith(f"Question 2 of {len(quiz.deck)} ")


@browser
def test_checking_nothing_is_answered_in_words(open_page):
    page = open_page(Quiz())
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[data-cb=feedback]")).to_have_text("Choose one of the options first.")
    assert state(page, "answers") == [{}]


@browser
def test_after_a_mistake_a_sibling_can_be_tried_and_then_the_round_goes_on(open_page):
    page = open_page(Quiz(**WRONG))
    page.get_by_role("button", name="Show the answer").click()
    page.get_by_role("button", name="Try a sibling").click()
    frames(page)
    sibling = Quiz(**WRONG).sibling
    assert state(page, "question") == [sibling]
    right = Quiz(question=sibling, answers=WRONG["answers"])
    page.get_by_role("radio").nth(right.options.index(right.current.right)).check()
    page.get_by_role("button", name="Check").click()
    frames(page)
    assert page.locator("[data-cb=feedback]").inner_text().startswith("Right.")
    assert page.get_by_role("button", name="Try a sibling").count() == 0
    page.get_by_role("button", name="Next question").click()
    frames(page)
    assert state(page, "question")[0] in right.deck


@browser
def test_after_a_mistake_one_can_try_again_and_only_the_first_answer_counts(open_page):
    quiz = Quiz(**WRONG)
    page = open_page(quiz)
    text = page.locator(".cb-question")
    expect(text).not_to_contain_text("✓ right")
    reason = plain(quiz.current.options[1].reason)
    assert text.inner_text().count(reason) == 1
    page.get_by_role("button", name="Try again").press("Enter")
    right = page.get_by_role("radio").nth(quiz.options.index(quiz.current.right))
    expect(page.get_by_role("radio").first).to_be_focused()
    right.check()
    right.press("Enter")
    frames(page)
    assert page.locator("[data-cb=feedback]").inner_text().startswith("Right.")
    expect(text).to_contain_text("✓ right")
    assert state(page, "answers") == [WRONG["answers"]]
    page.get_by_role("button", name="Next question").click()
    frames(page)
    assert state(page, "question")[0] in quiz.deck


@browser
def test_a_finished_round_can_repeat_what_was_wrong_or_go_on_with_siblings(open_page):
    deck = Quiz(objective=8).deck
    right = {name: BANK[name].options.index(BANK[name].right) for name in deck}
    wrong = {deck[1]: (right[deck[1]] + 1) % len(BANK[deck[1]].options)}
    page = open_page(Quiz(objective=8, answers=right | wrong))
    said = page.locator(".cb-place").inner_text()
    assert said.startswith(f"{len(deck) - 1} of {len(deck)} right at the first try")
    page.get_by_role("button", name="Repeat the wrong one").click()
    frames(page)
    assert state(page, "answers") == [{name: right[name] for name in deck if name != deck[1]}]
    page.evaluate("state => setState(state)", {"answers": right})
    page.get_by_role("button", name="Another round").click()
    frames(page)
    assert state(page, "answers", "seed") == [{}, 2]


@browser
def test_in_a_notebook_a_mistake_names_the_line_that_shows_why(open_page):
    page = open_page(Quiz(**WRONG))
    line = page.locator(".cb-actions code").inner_text()
    made = eval(
        line, {"OutputSizeCalculator": widgets.OutputSizeCalculator}
    )  # the line is the bank's
    assert made.output_size == 12


@browser
@pytest.mark.parametrize("nonsense", [{"question": "no-such"}, {"answers": {"x": 9}, "seed": -3}])
def test_a_state_that_no_quiz_has_is_read_as_the_nearest_one(open_page, nonsense):
    page = open_page(Quiz())
    page.evaluate("state => setState(state)", nonsense)
    assert page.evaluate("shown()")["position"].startswith("Question 1 of ")


def test_a_round_has_one_question_of_every_family_and_the_seed_chooses():
    families = [BANK[name].family for name in Quiz().deck]
    assert sorted(families) == sorted(FAMILIES)
    assert len({tuple(Quiz(seed=seed).deck) for seed in range(20)}) == 20
    firsts = {tuple(o.right for o in Quiz(question="pool-1", seed=s).options) for s in range(40)}
    assert len(firsts) == len(BANK["pool-1"].options), "the right one comes in every place"


def test_an_objective_asks_all_its_questions():
    for objective in items.OBJECTIVES:
        assert {BANK[name].objective for name in Quiz(objective=objective).deck} == {objective}


def test_what_was_practised_is_counted_by_objective():
    answers = {"output-size-5": 1, "output-size-4": 0, "pool-1": 0}
    assert Quiz(answers=answers).practised == {"2": [1, 2], "4": [1, 1]}


@pytest.mark.parametrize("answers", [{"no-such": 0}, {"pool-1": 9}])
def test_answers_that_cannot_be_are_refused(answers):
    with pytest.raises(traitlets.TraitError, match="answers"):
        Quiz(answers=answers)


def test_on_paper_it_is_a_question_with_its_answer():
    quiz = Quiz(question="output-size-5")
    assert quiz.caption.endswith("⌊(50 − 6 + 2·1) / 4⌋ + 1 = 12.")
    assert "47×47" in quiz.picture()


LOOKS = {}
for question in BANK.values():
    if "widget" in question.look:
        LOOKS.setdefault(question.look["widget"], []).append(question)


@browser
@pytest.mark.parametrize("name", LOOKS)
def test_what_a_link_sets_before_a_widget_starts_is_what_the_widget_shows(open_page, name):
    widget = getattr(widgets, name)()
    page = open_page()
    page.add_style_tag(content=str(widget._css))
    plain_state, binary = state_of(widget)
    for question in LOOKS[name]:
        linked = question.look["state"]
        page.evaluate(
            """async ([esm, state, binary]) => {
              models.length = 0;
              window.unmount?.forEach((close) => close());
              await mount(esm, state, binary, 1);
            }""",
            [str(widget._esm), plain_state | linked, binary],
        )
        page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *")
        frames(page)
        assert state(page, *linked) == list(linked.values()), question.id
        assert page.locator(".cb-problem:not(:empty):visible").count() == 0, question.id
