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
        }
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


def test_the_seed_decides_the_order():
    assert Flashcards(seed=3).order == Flashcards(seed=3).order
    assert len({tuple(Flashcards(seed=seed).order) for seed in range(10)}) == 10


def test_a_card_that_is_not_there_is_refused():
    with pytest.raises(traitlets.TraitError):
        Flashcards(known=["no-such"])


def test_on_paper_it_has_both_sides():
    picture = Flashcards(card="macs-flops").picture()
    assert "MACs or FLOPs?" in picture
    assert "ask for the convention" in picture
    assert "every one of them known" in Flashcards(known=list(CARDS)).caption
