"""Flashcards: the pile of the page is the pile of Python, and cards come until they are known."""

import random

import pytest
import traitlets
from playwright.sync_api import expect

from convbook.items.prose import plain
from convbook.widgets import Flashcards
from convbook.widgets.flashcards import CARDS

browser = pytest.mark.browser


def state(page, *names):
    page.evaluate("frame().then(frame)")
    return page.evaluate("names => names.map((name) => models[0].get(name))", list(names))


@browser
def test_100_random_states_show_the_card_that_python_shows(open_page):
    rng = random.Random(21)
    page = open_page(Flashcards())
    for _ in range(100):
        count = rng.choice([rng.randint(0, len(CARDS)), len(CARDS)])
        values = {
            "seed": rng.randint(0, 9999),
            "card": rng.choice(["", rng.choice(list(CARDS))]),
            "flipped": rng.random() < 0.5,
            "known": rng.sample(list(CARDS), count),
            "today": 20_000,
        }
        due = rng.sample(values["known"], rng.choice([0, 0, count // 2]))
        values["schedule"] = {name: [2, 20_000 - (name in due) + 1] for name in values["known"]}
        count -= len(due)
        page.evaluate("state => setState(state)", values)
        ours, shown = Flashcards(**values), page.evaluate("shown()")
        assert page.locator("[data-cb=position]").get_attribute("data-value") == str(count)
        if ours.current is None:
            assert shown["front"].startswith("You knew them all")
            assert shown["back"] == ""
            continue
        assert f"{len(ours.left)} to go" in shown["position"]
        assert shown["front"] == plain(ours.current.front)
        assert shown["back"].startswith(plain(ours.current.back)) == ours.flipped


@browser
def test_all_cards_by_keyboard_alone_with_one_that_comes_again(open_page):
    page = open_page(Flashcards())
    page.get_by_role("button", name="Show the answer").focus()
    page.keyboard.press("Enter")
    assert state(page, "flipped") == [True]
    page.get_by_role("button", name="Again").press("Enter")
    first = Flashcards().current.id
    for _ in range(len(CARDS)):
        assert state(page, "flipped") == [False]
        page.keyboard.press("Enter")
        assert state(page, "flipped") == [True]
        page.keyboard.press("Enter")
    known = state(page, "known")[0]
    assert sorted(known) == sorted(CARDS)
    assert known[-1] == first, "it came again, at the end"
    expect(page.locator("[data-cb=position]")).to_have_text(f"All {len(CARDS)} cards known")
    page.keyboard.press("Enter")
    assert state(page, "known", "seed") == [[], 2]


@browser
def test_the_last_unknown_card_comes_again_at_once(open_page):
    *others, last = Flashcards().order
    page = open_page(Flashcards(known=others, flipped=True))
    page.get_by_role("button", name="Again").click()
    assert state(page, "card", "flipped") == [last, False]


@browser
def test_a_state_that_no_pile_has_is_read_as_the_nearest_one(open_page):
    page = open_page(Flashcards())
    page.evaluate("setState({ card: 'no-such', known: ['neither'] })")
    assert page.evaluate("shown()")["front"] == plain(Flashcards().current.front)


@browser
def test_a_card_that_was_known_comes_again_later_and_later(open_page):
    first = Flashcards().current.id
    page = open_page(Flashcards(today=20_000))
    for today, box, wait in ((20_000, 1, 1), (20_001, 2, 3), (20_004, 3, 7), (20_011, 4, 21)):
        page.evaluate("state => setState(state)", {"today": today, "card": first, "flipped": True})
        page.get_by_role("button", name="I knew it").click()
        assert state(page, "schedule")[0][first] == [box, today + wait]
        later = "tomorrow" if wait == 1 else f"in {wait} days"
        assert page.evaluate("shown()")["told"] == f"That one comes again {later}."
    page.evaluate("state => setState(state)", {"card": first, "flipped": True})
    page.get_by_role("button", name="Again").click()
    assert state(page, "schedule")[0][first] == [0, 20_011]


@browser
def test_what_is_due_is_asked_for_again_though_it_was_known(open_page):
    names = list(CARDS)
    schedule = {name: [1, 20_005] for name in names} | {names[0]: [1, 20_002]}
    page = open_page(Flashcards(known=names, schedule=schedule, today=20_001))
    assert "1 card comes again tomorrow" in page.evaluate("shown()")["front"]
    cards = Flashcards(known=names, schedule=schedule, today=20_002)
    assert cards.left == [names[0]]
    page = open_page(cards)
    shown = page.evaluate("shown()")
    assert shown["front"] == plain(CARDS[names[0]].front)
    assert "1 to go, 1 of them for another look" in shown["position"]


def test_the_seed_decides_the_order():
    assert Flashcards(seed=3).order == Flashcards(seed=3).order
    assert len({tuple(Flashcards(seed=seed).order) for seed in range(10)}) == 10


def test_a_card_that_is_not_there_is_refused():
    with pytest.raises(traitlets.TraitError):
        Flashcards(known=["no-such"])
    with pytest.raises(traitlets.TraitError, match="box 0 to 5"):
        Flashcards(schedule={next(iter(CARDS)): [6, 1]})


def test_on_paper_it_has_both_sides():
    picture = Flashcards(card="macs-flops").picture()
    assert "MACs or FLOPs?" in picture
    assert "ask for the convention" in picture
    assert "every one of them known" in Flashcards(known=list(CARDS)).caption
