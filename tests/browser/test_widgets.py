"""The widgets in the built book, with no kernel and no network: they say what Python says."""

import json
import random
import re

import pytest
import waiting
from playwright.sync_api import expect

from convbook import shapes, widgets
from convbook.items.prose import plain
from convbook.widgets import Drill, Flashcards, KernelLab, OutputSizeCalculator
from convbook.widgets.flashcards import CARDS
from convbook.widgets.kernel_lab import PRESETS

VIEWS = [{"width": 1280, "dark": False}, {"width": 360, "dark": True, "has_touch": True}]
SHOW = """async ([name, root, state]) => {
  const frame = () => new Promise(requestAnimationFrame);
  const model = convbook.find(name);
  for (const [trait, value] of Object.entries(state)) model.set(trait, value);
  await frame(); await frame(); await frame();
  const results = document.querySelector(root).querySelectorAll("[data-cb]");
  return Object.fromEntries([...results].map((e) => [e.dataset.cb, e.dataset.value]));
}"""


WAYS = {"http-wide-light": ("http", VIEWS[0]), "file-phone-dark": ("file", VIEWS[1])}


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def way(request):
    """Over http on a laptop, and from disk on a phone: every page is met both ways."""
    return request.param


@pytest.fixture
def scheme(way):
    return way[0]


@pytest.fixture
def view(way):
    return way[1]


def open_widget(visits, site, widget, scheme="http", **options):
    """The first page with the widget, and the widget's root once it is alive."""
    page = visits.open(site.url(site.page_with(widget), scheme), **options)
    dashed = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", widget).lower()
    page.locator(f".cb-{dashed}, .afm").first.scroll_into_view_if_needed()
    page.evaluate(f"location.hash = '{widget}?'")  # goes to it, wherever it is on the page
    # Questions in the text look like the quiz, and are none of its.
    root = page.locator(f".cb-{dashed}:not(.cb-check-live)").first
    expect(root.locator("[data-cb]").first).to_be_attached()
    root.evaluate(
        "root => root.querySelectorAll('details').forEach((fold) => { fold.open = true; })"
    )
    return page, root


def value(root, name):
    return json.loads(root.locator(f"[data-cb={name}]").get_attribute("data-value"))


def show(page, widget):
    """Put a Python widget's state into the page; what the page then displays."""
    name = type(widget).__name__
    root = ".cb-" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
    state = {trait: getattr(widget, trait) for trait in widget.inputs() if trait != "image"}
    return page.evaluate(SHOW, [name, root, state])


def test_pointing_with_mouse_or_finger_shows_that_pixels_sum(visits, book_site, scheme, view):
    page, lab = open_widget(visits, book_site, "KernelLab", scheme, **view)
    output = lab.get_by_label("Output picture")
    output.scroll_into_view_if_needed()
    box = output.bounding_box()
    at = (box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.touchscreen.tap(*at) if view.get("has_touch") else page.mouse.move(*at)
    page.wait_for_function("convbook.find('KernelLab').get('column') < 70")
    row, column = page.evaluate("['row', 'column'].map((t) => convbook.find('KernelLab').get(t))")
    assert abs(row - 128) <= 2
    assert abs(column - 64) <= 2
    python = KernelLab(preset="identity", row=row, column=column)  # as on the landing page
    expect(lab.locator("[data-cb=response]")).to_have_attribute(
        "data-value", re.compile(rf"^{python.response():g}(\.0*)?$")
    )


def test_everything_answers_to_the_keyboard(visits, book_site, scheme, view):
    _, lab = open_widget(visits, book_site, "KernelLab", scheme, **view)
    output = lab.get_by_role("grid", name="Output picture").get_by_role("gridcell")
    output.press("Home")
    output.press("ArrowRight")
    output.press("ArrowUp")
    python = KernelLab(preset="identity", column=1, row=KernelLab().row - 1)
    expect(lab.locator("[data-cb=response]")).to_have_attribute(
        "data-value", f"{python.response():g}"
    )
    lab.get_by_label("Stride").first.press("ArrowRight")
    expect(lab.locator("[data-cb=output-size]")).to_have_attribute("data-value", "[128,128]")
    lab.get_by_role("combobox", name="Kernel").first.select_option("gaussian-blur")
    middle = lab.get_by_label("Row 2, column 2", exact=True)
    expect(middle).to_have_value("4")
    lab.get_by_role("button", name="Reset").press("Enter")
    expect(lab.locator("[data-cb=output-size]")).to_have_attribute("data-value", "[256,256]")


def test_the_landing_page_asks_for_upright_edges_and_notices_them(visits, book_site, scheme, view):
    page, lab = open_widget(visits, book_site, "KernelLab", scheme, **view)
    told = lab.locator("[data-cb=challenge]")
    expect(told).to_have_text("Change the nine numbers until only upright edges are left.")
    height = 720 if view["width"] > 1000 else 740  # the nine numbers, before anybody scrolls
    page.evaluate("history.replaceState(null, '', location.pathname); scrollTo(0, 0)")
    for shown in (lab.locator(".cb-weights"), *lab.locator(".cb-pictures canvas").all()):
        box = shown.bounding_box()
        assert box["y"] + box["height"] <= height
    for place, weight in (
        ("Row 2, column 1", "-1"),
        ("Row 2, column 2", "0"),
        ("Row 2, column 3", "1"),
    ):
        lab.get_by_label(place, exact=True).fill(weight)
        lab.get_by_label(place, exact=True).press("Enter")
        if weight == "-1":
            lab.get_by_label(place, exact=True).fill("2")
            expect(told).to_contain_text("the nine numbers add up to 3")
            lab.get_by_label(place, exact=True).fill(weight)
    expect(told).to_contain_text("Found. Every row adds up to 0")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_page_with_widgets_does_not_scroll_sideways(visits, book_site, width):
    page = visits.open(book_site.url("notebooks/04/04-06-the-standard-pipeline.html"), width=width)
    page.evaluate("scrollTo(300, 0)")
    assert page.evaluate("scrollX") == 0


def test_what_a_reader_changed_is_there_after_a_reload_and_on_the_way_back(visits, book_site):
    page, lab = open_widget(visits, book_site, "KernelLab")
    lab.get_by_role("combobox", name="Kernel").select_option("gaussian-blur")
    lab.get_by_label("Stride").first.press("ArrowRight")
    page.wait_for_function("location.hash.includes('stride=2')")
    address = page.url

    def as_left():
        expect(lab.get_by_role("combobox", name="Kernel")).to_have_value("gaussian-blur")
        expect(lab.locator("[data-cb=output-size]")).to_have_attribute("data-value", "[128,128]")

    page.reload()
    as_left()
    page.goto("about:blank")
    page.go_back()
    as_left()
    assert page.url == address
    lab.get_by_role("button", name="Reset").click()
    page.wait_for_function("!location.hash")


def test_a_readers_answers_stay_out_of_the_address(visits, book_site):
    page, cards = open_widget(visits, book_site, "Flashcards")
    cards.get_by_role("button", name="Show the answer").click()
    cards.get_by_role("button", name="I knew it").click()
    expect(cards.locator("[data-cb=told]")).to_have_text("That one comes again tomorrow.")
    assert not waiting.happens(lambda: "known" in page.url, 0.5, waiting.beat(page))


def test_the_calculator_answers_and_explains_what_is_impossible(visits, book_site, scheme, view):
    page, calculator = open_widget(visits, book_site, "OutputSizeCalculator", scheme, **view)
    state = {"input_size": 7, "kernel_size": 3, "stride": 2, "padding": 0, "padding_mode": "equal"}
    show(page, OutputSizeCalculator(**state))
    kernel = calculator.get_by_label("Kernel F", exact=True).first
    kernel.fill("9")
    kernel.press("Enter")
    problem = calculator.locator("[data-cb=problem]")
    expect(problem).to_contain_text(OutputSizeCalculator(**state | {"kernel_size": 9}).problem)
    kernel.fill("5")
    kernel.press("Enter")
    expect(calculator.locator("[data-cb=output-size]")).to_have_text("2")
    expect(problem).to_be_hidden()


def random_lab(rng) -> KernelLab:
    lab = KernelLab(
        operation=rng.choice(["cross-correlation", "convolution"]),
        stride=rng.randint(1, 4),
        padding=rng.randint(0, 8),
        fill=rng.choice(["zeros", "replicate"]),
        display=rng.choice(["auto", "signed", "absolute", "clipped"]),
        row=rng.randint(0, 255),
        column=rng.randint(0, 255),
        source=rng.choice(["photograph", "photograph", "edge"]),
    )
    if rng.random() < 0.5:
        lab.preset = rng.choice(list(PRESETS))
    else:
        size = rng.choice([3, 5])
        lab.kernel = [[rng.randint(-8, 8) for _ in range(size)] for _ in range(size)]
        lab.divisor = float(rng.randint(1, 20))
    return lab


def test_kernel_lab_displays_what_python_computes_in_20_random_states(visits, book_site):
    """As a page of its own does in 100."""
    page, _ = open_widget(visits, book_site, "KernelLab")
    rng = random.Random(7)
    for _ in range(20):
        lab = random_lab(rng)
        shown = {
            name: json.loads(v) for name, v in show(page, lab).items() if v and name != "border"
        }
        rows, columns = lab.output_shape
        assert shown["output-size"] == [rows, columns]
        assert shown["response"] == pytest.approx(lab.response(), abs=1e-9)
        assert shown["equation"] == pytest.approx(lab.response() * lab.divisor, abs=1e-9)
        assert shown["range"] == pytest.approx([lab.output.min(), lab.output.max()], abs=1e-9)


def random_calculator(rng) -> OutputSizeCalculator:
    return OutputSizeCalculator(
        input_size=rng.choice([rng.randint(1, 12), rng.randint(1, 300)]),
        kernel_size=rng.randint(1, 11),
        stride=rng.randint(1, 5),
        padding=rng.randint(0, 6),
        padding_after=rng.randint(0, 6),
        padding_mode=rng.choice(["equal", "uneven", "valid", "same"]),
        dilation=rng.choice([1, 1, 2, 3]),
    )


def test_the_calculator_displays_what_python_computes_in_20_random_states(visits, book_site):
    page, _ = open_widget(visits, book_site, "OutputSizeCalculator")
    rng = random.Random(8)
    impossible = 0
    for _ in range(20):
        python = random_calculator(rng)
        shown = show(page, python)
        assert shown["problem"] == python.problem
        assert json.loads(shown["pad-amounts"]) == list(python.pad_amounts)
        if python.problem:
            impossible += 1
            assert shown["output-size"] == shown["keras"] == shown["pytorch"] == ""
            continue
        assert shown["output-size"] == str(python.output_size)
        assert shown["unused-pixels"] == str(python.unused_pixels)
        assert shown["keras"] == str(python.keras_output or "")
        assert shown["pytorch"] == str(python.pytorch_output or "")
    assert 1 <= impossible <= 12


def test_the_arithmetic_as_shipped_equals_python_on_5000_settings(visits, book_site):
    """The page's own script, with nothing added but a line that exports its functions."""
    page, _ = open_widget(visits, book_site, "OutputSizeCalculator")
    rng = random.Random(9)
    paddings = (lambda: rng.randint(0, 9), lambda: [rng.randint(0, 9), rng.randint(0, 9)])
    paddings += (lambda: "same", lambda: "valid")
    settings = [
        [rng.randint(1, 600), rng.randint(1, 15), rng.randint(1, 6), rng.choice(paddings)(), d]
        for d in (rng.randint(1, 4) for _ in range(5000))
    ]
    answers = page.evaluate(
        """async (settings) => {
          const { esm } = Object.values(convbook.assets).find((a) => a.esm?.includes("outputSize"));
          const source = esm + "\\nexport { outputSize, padAmounts, unusedPixels };";
          const { outputSize, padAmounts, unusedPixels } =
            await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
          const tried = (action, setting) => {
            try { return action(...setting); } catch (error) { return error.message; }
          };
          const actions = [outputSize, unusedPixels, padAmounts];
          return settings.map((setting) => actions.map((action) => tried(action, setting)));
        }""",
        settings,
    )
    functions = (shapes.output_size, shapes.unused_pixels, shapes.pad_amounts)
    for setting, answer in zip(settings, answers, strict=True):
        assert answer == [tried(function, setting) for function in functions], setting


def tried(function, setting):
    padding = tuple(setting[3]) if isinstance(setting[3], list) else setting[3]
    try:
        result = function(*setting[:3], padding, setting[4])
    except ValueError as error:
        return str(error)
    return list(result) if isinstance(result, tuple) else result


def test_a_mistake_in_the_quiz_opens_the_widget_that_contradicts_it(
    visits, book_site, scheme, view
):
    page, quiz = open_widget(visits, book_site, "Quiz", scheme, **view)
    page.evaluate("convbook.find('Quiz').set('question', 'output-size-5')")
    quiz.get_by_role("radio", name="11×11").check()
    quiz.get_by_role("button", name="Check").press("Enter")
    expect(quiz.locator("[data-cb=feedback]")).to_contain_text("Not right. This counts the steps")
    with page.expect_popup() as opened:
        quiz.get_by_role("link", name="See it happen").click()
    answer = opened.value.locator(".cb-output-size-calculator [data-cb=output-size]").first
    expect(answer).to_have_text("12")
    quiz.get_by_role("button", name="Show the answer").click()
    quiz.get_by_role("button", name="Try a sibling").click()
    expect(quiz.get_by_role("radio").first).to_be_focused()


def test_what_was_practised_stands_beside_the_objectives(visits, book_site, scheme, view):
    page, drill = open_widget(visits, book_site, "Drill", scheme, **view)
    page.evaluate("convbook.find('Drill').set('topic', 'receptive field')")
    expect(drill).to_contain_text("· receptive field, level")  # drawn: what is typed before is lost
    answer = Drill(topic="receptive field").problem.answer
    drill.get_by_role("textbox").fill(f"{answer:,}")
    drill.get_by_role("textbox").press("Enter")
    expect(drill.locator("[data-cb=feedback]")).to_have_text(f"Right: {answer:,}.")
    page.goto(book_site.url(f"{book_site.page_with('Progress')}#Progress?", scheme))
    rows = page.locator(".cb-progress li")
    expect(rows.nth(1)).to_contain_text("1 of 1 right")
    rows.nth(1).get_by_role("checkbox").press("Space")
    expect(page.locator(".cb-progress [data-cb=done]")).to_contain_text("1 of")  # and is kept
    page.reload()
    expect(rows.nth(1).get_by_role("checkbox")).to_be_checked()
    rows.nth(6).get_by_role("link", name="practise").click()
    expect(page.locator(".cb-quiz [data-cb=position]")).to_contain_text("objective 7")


def test_a_reader_finds_the_pile_of_cards_as_they_left_it(visits, book_site, scheme, view):
    page, cards = open_widget(visits, book_site, "Flashcards", scheme, **view)
    cards.get_by_role("button", name="Show the answer").press("Enter")
    cards.get_by_role("button", name="I knew it").press("Enter")
    second = cards.locator("[data-cb=front]")
    expect(second).to_have_text(plain(CARDS[Flashcards().order[1]].front))
    page.wait_for_function("Object.keys(localStorage).some((key) => key.includes('Flashcards:'))")
    page.reload()
    expect(second).to_have_text(plain(CARDS[Flashcards().order[1]].front))
    expect(cards.locator("[data-cb=position]")).to_contain_text("1 of")


STATE = """(name) => {
  const model = convbook.find(name);
  return JSON.stringify(Object.keys(model.get("_opening")).map((trait) => model.get(trait)));
}"""
OPENING = """(name) => JSON.stringify(Object.values(convbook.find(name).get("_opening")))"""
# What stands in the widget and can be used, in the order of the Tab key; `Reset` and links apart.
CONTROLS = """button:not([disabled]), select, [tabindex="0"], input:not([type=file])"""
BY_KEY = {"range": "ArrowRight", "checkbox": "Space", "radio": "ArrowDown", "number": "ArrowUp"}


def by_keyboard(page, control):
    control.focus()
    kind = control.evaluate("e => e.type || ''")
    page.keyboard.press(BY_KEY.get(kind, "ArrowDown"))
    if kind in ("button", "submit"):
        page.keyboard.press("Enter")


def by_pointer(page, control):
    box = control.bounding_box()
    at = {"x": box["width"] * 0.8, "y": box["height"] / 2}
    touch = page.evaluate("navigator.maxTouchPoints > 0")
    (control.tap if touch else control.click)(position=at, force=True)


@pytest.mark.parametrize("name", widgets.__all__)
def test_every_widget_answers_to_keys_and_to_the_pointer(visits, book_site, name, scheme, view):
    page, root = open_widget(visits, book_site, name, scheme, **view)
    for use in (by_keyboard, by_pointer):
        # By the pointer: the next frame may still move the keyboard's focus away from it.
        root.get_by_role("button", name="Reset").first.click()
        page.wait_for_function(f"() => ({STATE})('{name}') === ({OPENING})('{name}')")
        opening = page.evaluate(STATE, name)
        for control in root.locator(CONTROLS).all():
            if control.is_visible() and control.text_content().strip() != "Reset":
                use(page, control)
                if page.evaluate(STATE, name) != opening:
                    break
        answered = waiting.happens(
            lambda before=opening: page.evaluate(STATE, name) != before, 10, waiting.beat(page)
        )
        assert answered, f"nothing in {name} answers {use.__name__}"
    assert root.locator(".cb-error, .afm-error").count() == 0
