"""Progress, and what it shares with the quiz and the drill: the reader's own browser."""

import json
import random

import pytest
import traitlets
from harness import load_module, page_source, show
from playwright.sync_api import expect

from convbook import items
from convbook.widgets import Drill, Flashcards, Progress, Quiz

browser = pytest.mark.browser


def state(page):
    page.evaluate("frame().then(frame)")
    return page.evaluate("['done', 'practised'].map((name) => models[0].get(name))")


@pytest.fixture
def open_book(open_page, tmp_path):
    """``open_book(widget)``: a page of a published book on disk, the same browser each time."""
    file = tmp_path / "page.html"
    published = '<html data-content_root="./"'
    file.write_text(page_source().replace("<html", published), "utf-8")
    page = open_page()

    def opened(widget, name="page.html"):
        copy = file.with_name(name)
        copy.write_text(file.read_text("utf-8"), "utf-8")
        page.goto(copy.as_uri())
        show(page, widget)
        return page

    return opened


def random_progress(rng):
    tried = {number: rng.randint(1, 2000) for number in rng.sample(range(1, 15), rng.randint(0, 9))}
    return {
        "done": sorted(rng.sample(range(1, 15), rng.randint(0, 14))),
        "practised": {str(n): [rng.randint(0, count), count] for n, count in tried.items()},
    }


@browser
def test_100_random_states_display_what_python_holds(open_page):
    rng = random.Random(31)
    page = open_page(Progress())
    for _ in range(100):
        values = random_progress(rng)
        page.evaluate("state => setState(state)", values)
        ours, shown = Progress(**values), page.evaluate("shown()")
        assert shown["done"] == f"{len(ours.done)} of 14 objectives done"
        ticked = page.locator("li input").evaluate_all("all => all.map((box) => box.checked)")
        assert [number for number, on in enumerate(ticked, start=1) if on] == ours.done
        said = page.locator(".cb-practised").all_text_contents()
        assert said == [
            f"{counts[0]:,} of {counts[1]:,} right"
            if (counts := ours.practised.get(str(objective.number)))
            else ""
            for objective in items.objectives()
        ]


@browser
def test_objectives_are_ticked_by_keyboard_and_by_mouse(open_page):
    page = open_page(Progress())
    page.get_by_role("checkbox").nth(3).press("Space")
    page.get_by_text("2. compute sizes").click()
    assert state(page) == [[2, 4], {}]
    page.get_by_role("checkbox").nth(3).press("Space")
    assert state(page) == [[2], {}]


@browser
def test_what_is_exported_is_what_python_says_and_can_be_imported(open_page, tmp_path):
    ours = Progress(done=[3, 7], practised={"3": [2, 5]})
    page = open_page(ours)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert json.loads(file.read_text("utf-8")) == ours.record
    page.get_by_role("button", name="Erase").click()
    assert state(page) == [[], {}]
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator("[data-cb=said]")).to_have_text(
        "Read 2 objectives from “convbook-progress.json”."
    )
    assert state(page) == [[3, 7], {"3": [2, 5]}]
    page.get_by_role("button", name="Undo").press("Enter")
    assert state(page) == [[], {}]


@browser
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG no text at all", "cannot be read as a progress file"),
        (b"[1, 2]", "is not a file that “Export” has written"),
        (b"null", "is not a file that “Export” has written"),
        (b'{"format": "convbook-progress", "version": 9}', "has version 9"),
        (b" " * 200_000, "is too large"),
    ],
)
def test_a_file_of_another_kind_is_answered_in_words(open_page, content, words):
    page = open_page(Progress(done=[5]))
    file = {"name": "mine.txt", "mimeType": "text/plain", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.locator(".cb-problem")).to_contain_text(words)
    assert state(page) == [[5], {}]


@browser
@pytest.mark.parametrize("name", ["Erase", "Reset"])
def test_what_was_erased_can_be_had_back(open_page, name):
    page = open_page(Progress())
    page.evaluate("setState({ done: [1, 2], practised: { 2: [1, 1] } })")
    page.get_by_role("button", name=name).click()
    expect(page.locator("[data-cb=said]")).to_have_text("Everything is erased.")
    assert state(page) == [[], {}]
    page.get_by_role("button", name="Undo").click()
    assert state(page) == [[1, 2], {"2": [1, 1]}]


# --- the reader's own browser ---------------------------------------------------------------------


@browser
def test_ticks_are_there_again_on_the_next_visit_until_they_are_erased(open_book):
    page = open_book(Progress())
    page.get_by_role("checkbox").nth(5).check()
    assert state(page) == [[6], {}]
    page = open_book(Progress(), "again.html")
    assert state(page) == [[6], {}]
    expect(page.locator("[data-cb=said]")).to_have_text(
        "Kept in this browser on this device, and sent nowhere."
    )
    page.get_by_role("button", name="Erase").click()
    assert state(page) == [[], {}]
    assert page.evaluate("localStorage.getItem('convbook:progress')") is None
    assert state(open_book(Progress())) == [[], {}]


@browser
def test_quiz_and_drill_mark_what_was_practised(open_book):
    question = Quiz(question="pool-1")
    page = open_book(question)
    page.get_by_role("radio").nth(question.options.index(question.current.right)).check()
    page.get_by_role("button", name="Check").click()
    page.evaluate("frame()")
    page = open_book(Drill(topic="receptive field"))
    page.get_by_role("button", name="Show the solution").click()
    page.evaluate("frame()")
    assert state(open_book(Progress())) == [[], {"2": [0, 1], "4": [1, 1]}]


@browser
def test_another_tab_is_heard(open_book):
    page = open_book(Progress())
    other = page.context.new_page()
    other.goto(page.url)
    other.evaluate(
        """localStorage.setItem("convbook:progress", '{"done": [9], "practised": {}}')"""
    )
    expect(page.get_by_role("checkbox").nth(8)).to_be_checked(timeout=30_000)


@browser
def test_a_damaged_record_is_read_as_far_as_it_goes(open_book):
    page = open_book(Progress())
    for kept in ("nonsense", "7", '{"done": [2, 99, "x"], "practised": {"1": [3, 2], "x": 1}}'):
        page.evaluate("kept => localStorage.setItem('convbook:progress', kept)", kept)
        page = open_book(Progress())
    assert state(page) == [[2], {}]


@browser
@pytest.mark.parametrize(
    ("widget", "change"),
    [
        (Quiz, {"objective": 4, "answers": {"pool-1": 1}, "question": "pool-1"}),
        (Drill, {"number": 7, "given": 5, "tries": 1, "score": {"2": [0, 1]}}),
        (Flashcards, {"card": "leak", "known": ["macs-flops"], "flipped": True}),
    ],
)
def test_a_reader_goes_on_where_they_stopped(open_book, widget, change):
    page = open_book(widget())
    page.evaluate("state => setState(state)", change)
    page = open_book(widget())
    page.evaluate("frame().then(frame)")
    now = page.evaluate("names => names.map((name) => models[0].get(name))", list(change))
    assert now == list(change.values())
    page.get_by_role("button", name="Reset").click()
    page.evaluate("frame().then(frame)")
    page = open_book(widget())
    opening = page.evaluate("names => names.map((name) => models[0].get(name))", list(change))
    assert opening == [getattr(widget(), name) for name in change]


@browser
def test_where_the_browser_keeps_nothing_all_works_on(open_book):
    page = open_book(Progress())
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })"
    )
    page = open_book(Progress())
    page.get_by_role("checkbox").first.check()
    assert state(page) == [[1], {}]
    expect(page.locator("[data-cb=said]")).to_contain_text("This browser keeps nothing")
    page = open_book(Drill())
    page.get_by_role("button", name="Show the solution").click()
    expect(page.locator(".cb-solution li")).not_to_have_count(0)


@browser
def test_a_mistake_in_the_quiz_leads_to_the_widget_in_that_very_state(open_book):
    page = open_book(Quiz(question="output-size-5", answers={"output-size-5": 1}))
    link = page.get_by_role("link", name="See it happen")
    href = link.get_attribute("href")
    path, _, query = href.rpartition("/notebooks/")[2].partition("#OutputSizeCalculator?")
    assert path == "04/04-04-stride-and-padding.html"
    assert "kernel_size=6&stride=4&padding=1" in query
    assert link.get_attribute("target") == "_blank"


# --- Python ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"done": [15]}, {"practised": {"2": [3, 2]}}, {"practised": {"x": [1, 1]}}]
    + [{"practised": {"2": value}} for value in (3, [1], ["a", "b"], [-1, 2])],
)
def test_a_state_that_cannot_be_is_refused(wrong):
    with pytest.raises(traitlets.TraitError):
        Progress(**wrong)


def test_the_quiz_and_the_drill_count_as_progress_takes_it():
    quiz = Quiz(answers={"pool-1": 0, "pool-2": 1})
    assert Progress(practised=quiz.practised).practised == {"4": [1, 2]}
    assert Progress(practised=Drill(score={"2": [1, 3]}).score).caption.endswith(
        "1 were practised."
    )


@browser
def test_texts_of_the_bank_are_marked_up_in_the_page(open_page):
    page = open_page()
    load_module(page, "shared/prose.js")
    made = page.evaluate(
        """text => {
          const box = document.createElement("p");
          box.append(...module.prose(text));
          return box.innerHTML;
        }""",
        "is *not* `x.T` * 2 & <b>",
    )
    assert made == "is <em>not</em> <code>x.T</code> * 2 &amp; &lt;b&gt;"


def test_on_paper_it_is_a_list_to_tick():
    picture = Progress(done=[2]).picture()
    assert picture.count("☐") == 13
    assert "☑ 2. compute sizes" in picture
