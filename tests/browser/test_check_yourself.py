"""The two questions at a page's end are answered there; where that cannot be, they are plain."""

import html
import json
import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

PAGE = "notebooks/04/04-05-pooling.html"
QUESTIONS = "book/20-multiple-choice.html"
KEPT = "JSON.parse(localStorage.getItem('convbook:progress') ?? '{}').practised ?? {}"


@pytest.fixture
def first_question(visits, book_site):
    def opened(scheme="http", **options):
        page = visits.open(book_site.url(PAGE, scheme), **options)
        return page, page.locator(".cb-check-live .cb-question").first

    return opened


def right_option(question) -> int:
    """Which option the page's own list says is right."""
    reasons = question.page.locator(".cb-check details").first.locator("li").all_text_contents()
    return next(i for i, text in enumerate(reasons) if text.startswith("Right."))


def options_shown(question) -> int:
    return question.locator("li.cb-option").count()


def test_the_ten_questions_are_numbered_and_counted(visits, book_site, scheme):
    page = visits.open(book_site.url(QUESTIONS, scheme))
    questions = page.locator(".cb-check-live .cb-question")
    expect(questions).to_have_count(10)
    for at in range(10):
        expect(questions.nth(at)).to_contain_text(f"{at + 1} of 10")
    third = questions.nth(2)
    reasons = page.locator(".cb-check details").nth(2).locator("li").all_text_contents()
    right = next(i for i, text in enumerate(reasons) if text.startswith("Right."))
    third.get_by_role("radio").nth(right).check()
    third.get_by_role("button", name="Check").click()
    expect(page.locator(".cb-check-live > .cb-body > .cb-label")).to_contain_text("1 of 1 right")


def test_a_wrong_answer_gets_its_reason_and_is_recorded_once(first_question, scheme):
    page, question = first_question(scheme)
    right = right_option(question)
    options = question.get_by_role("radio")
    question.get_by_role("button", name="Check").click()
    expect(question.get_by_role("status")).to_contain_text("Choose one of the options")
    options.nth((right + 1) % options.count()).check()
    question.get_by_role("button", name="Check").click()
    expect(question.get_by_role("status")).to_contain_text("Not right.")
    expect(question.locator(".cb-is-right, .cb-reason")).to_have_count(0)
    question.get_by_role("button", name="Show the answer").click()
    expect(question.locator(".cb-is-right .cb-mark")).to_contain_text("right")
    expect(question.locator(".cb-reason")).to_have_count(options_shown(question) - 1)
    question.get_by_role("button", name="Try again").click()
    options.nth(right).check()
    options.nth(right).press("Enter")
    expect(question.get_by_role("status")).to_contain_text("Right.")
    [(tally)] = page.evaluate(KEPT).values()
    assert tally == [0, 1], "only the first answer counts"


def test_an_answer_is_still_there_after_a_reload(first_question):
    page, question = first_question()
    question.get_by_role("radio").nth(right_option(question)).check()
    question.get_by_role("button", name="Check").click()
    page.reload()
    expect(question.get_by_role("status")).to_contain_text("Right.")
    assert list(page.evaluate(KEPT).values()) == [[1, 1]]


def test_paper_and_browsers_without_scripts_have_the_plain_list(first_question):
    page, question = first_question(java_script_enabled=False)
    expect(page.locator(".cb-check ol").first).to_be_visible()
    expect(question).to_have_count(0)
    page, question = first_question()
    expect(question).to_be_visible()
    page.emulate_media(media="print")
    expect(question).to_be_hidden()
    expect(page.locator(".cb-check ol").first).to_be_visible()


def test_every_list_can_be_answered_and_neighbours_ask_other_questions(book_site):
    lists, pages = 0, []
    for name in book_site.pages():
        text = (book_site.folder / name).read_text("utf-8")
        lists += text.count('class="cb-check"')
        for found in re.findall(r'data-questions="([^"]*)"', text):
            pages.append((name, {one["id"] for one in json.loads(html.unescape(found))}))
    assert len(pages) == lists > 35
    assert all(len(asked) == 2 for name, asked in pages if name != QUESTIONS)
    assert sum(len(asked) for name, asked in pages if name == QUESTIONS) == 10
    # Sorted by name, pages stand in reading order within each part of the book.
    repeated = {
        (one, other): asked & also
        for (one, asked), (other, also) in pairwise(sorted(pages, key=lambda page: page[0]))
        if asked & also
    }
    assert repeated == {}


def test_below_the_last_question_stands_no_count_where_there_are_two(visits, book_site):
    page = visits.open(book_site.url("notebooks/04/04-05-pooling.html"))
    body = page.locator(".cb-check-live > .cb-body")
    body.scroll_into_view_if_needed()
    nodes = "(body) => [...body.childNodes].map((node) => node.nodeName)"
    assert body.evaluate(nodes) == ["DIV", "DIV"]
