"""What holds for every widget, whatever it shows."""

import re
from pathlib import Path

import pytest
import waiting
from browsing import axe_violations

from convbook import widgets
from convbook.widgets import _bundle

browser = pytest.mark.browser
every_widget = pytest.mark.parametrize("name", widgets.__all__)

#: Rules about whole pages: a widget alone on a bare page has no heading, landmark or main part.
ABOUT_PAGES = {"region", "landmark-one-main", "page-has-heading-one"}


#: With the page's margins a widget is as wide as in the book on a telephone of 360 pixels.
TELEPHONE = 344


FOCUSED = "document.activeElement.closest('.cb-widget') !== null"


def make(name):
    return getattr(widgets, name)()


def wait_until_alive(page):
    page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *")
    page.evaluate("frame().then(frame)")


@every_widget
def test_it_stands_for_itself_on_paper(name):
    widget = make(name)
    assert len(widget.caption) > 20
    assert re.match(r"<(svg|img)\b", widget.picture())


@every_widget
def test_its_class_takes_no_unknown_input(name):
    with pytest.raises(TypeError, match="what can be set is"):
        getattr(widgets, name)(no_such_thing=1)


@every_widget
def test_its_sources_are_all_there_is_in_its_front_end(name):
    sources = getattr(widgets, name).sources()
    assert all(path.is_file() for path in sources)
    assert any(path.name == "view.js" for path in sources)


#: What a reader sees only after an answer.
LATER = {
    "Quiz": {"question": "output-size-5", "answers": {"output-size-5": 1}},
    "Drill": {"given": 5, "tries": 1, "solution_shown": True},
    "Flashcards": {"flipped": True},
    "Progress": {"done": [1], "practised": {"1": [1, 2]}},
}


@browser
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", LATER)
def test_what_comes_after_an_answer_is_accessible_too(open_page, name, theme):
    page = open_page(getattr(widgets, name)(**LATER[name]), width=360, theme=theme)
    wait_until_alive(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = axe_violations(page)
    assert [v["id"] for v in found if v["id"] not in ABOUT_PAGES] == []


@browser
@every_widget
def test_keys_stay_inside_reset_restores_and_closing_leaves_nothing_behind(open_page, name):
    widget = make(name)
    page = open_page(widget)
    wait_until_alive(page)
    page.evaluate("window.heard = 0; document.body.addEventListener('keydown', () => heard++)")
    page.get_by_role("button", name="Reset").first.press("ArrowRight")
    assert page.evaluate("heard") == 0
    page.get_by_role("button", name="Reset").first.press("Enter")
    page.evaluate("frame().then(frame)")
    opening = page.evaluate("models[0].get('_opening')")
    now = page.evaluate(
        "names => Object.fromEntries(names.map((n) => [n, models[0].get(n)]))", list(opening)
    )
    assert now == opening
    page.evaluate("unmount.forEach((close) => close())")
    assert page.locator(".cb-widget").count() == 0
    assert page.evaluate("Object.values(models[0].listeners).flat().length") == 0


@browser
@every_widget
def test_it_serves_who_forces_colours_doubles_the_size_wants_no_motion_and_has_no_mouse(
    open_page, name
):
    page = open_page(make(name), width=640, forced_colors="active", reduced_motion="reduce")
    wait_until_alive(page)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.keyboard.press("Tab")  # a ring around what has the focus is for keys
    assert page.evaluate(Path(__file__).with_name("met_by_few.js").read_text("utf-8")) == []


@browser
@every_widget
def test_no_setting_makes_the_page_of_a_telephone_wider(open_page, name):
    page = open_page(make(name), width=TELEPHONE)
    wait_until_alive(page)
    page.add_script_tag(content=Path(__file__).with_name("extremes.js").read_text("utf-8"))
    assert page.evaluate("widened()") == []


@browser
@every_widget
def test_letters_of_twice_the_size_leave_the_page_as_wide_as_a_telephone(open_page, name):
    page = open_page(make(name), width=TELEPHONE)
    wait_until_alive(page)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.evaluate("document.documentElement.style.fontSize = '200%'; frame().then(frame)")
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE


@browser
@every_widget
def test_a_button_pressed_by_key_leaves_the_keyboard_in_the_widget(open_page, name):
    page = open_page(make(name))
    wait_until_alive(page)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    buttons = page.locator(".cb-widget button:visible:enabled")
    left = []
    for index in range(min(buttons.count(), 80)):
        button = buttons.nth(min(index, buttons.count() - 1))
        words = button.evaluate("one => one.focus() ?? one.ariaLabel ?? one.textContent")
        page.keyboard.press("Enter")
        page.evaluate("frame().then(frame)")
        if not waiting.happens(lambda: page.evaluate(FOCUSED), 3, waiting.beat(page)):
            left.append(words)
    assert left == []


@browser
@pytest.mark.parametrize(
    ("name", "play"), [("ConvolutionStepper", "Play"), ("TrainingLab", "Train")]
)
def test_reset_stops_what_plays(open_page, name, play):
    page = open_page(make(name))
    wait_until_alive(page)
    page.locator(f".cb-body button:text-is('{play}'):enabled").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.get_by_role("button", name="Reset").click()
    page.evaluate("frame().then(frame)")
    assert page.get_by_role("button", name="Pause").count() == 0
    page.locator(f".cb-body button:text-is('{play}'):enabled").wait_for()


def test_every_widget_that_plays_is_tested_with_its_reset():
    folder = _bundle.FOLDER
    plays = {path.stem for path in folder.glob("*.js") if '"Pause"' in path.read_text("utf-8")}
    assert plays == {"convolution_stepper", "training_lab"}


def test_no_two_shared_modules_share_a_top_level_name():
    owner = {}
    for path in sorted((_bundle.FOLDER / "shared").glob("*.js")):
        _bundle._claim_names(path, path.read_text(encoding="utf-8"), owner)
    assert owner
