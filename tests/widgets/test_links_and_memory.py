"""Whatever a link asks for, and whatever the browser has kept: a widget that works comes up."""

import json
from urllib.parse import quote

import pytest
from published import ORIGIN, Published
from test_limits import proposals

from convbook import widgets

pytestmark = pytest.mark.browser

#: Widgets that keep their state in the reader's browser.
KEEPERS = ["Drill", "Flashcards", "Quiz"]


@pytest.fixture
def publish(browser):
    """``publish(widget)``: a published page with it, closed when the test ends."""
    opened = []

    def publish(widget, **options):
        opened.append(Published(browser, widget, **options))
        return opened[-1]

    yield publish
    for page in opened:
        page.close()


def alive(page) -> bool:
    """Whether the widget is there and nothing on the page speaks of a fault."""
    shown = page.locator(".cb-body").inner_text() if page.locator(".cb-body").count() else ""
    return (
        len(shown) > 20
        and "could not start" not in shown
        and not page.locator(".afm-error").count()
    )


@pytest.mark.parametrize(
    ("widget", "fragment", "trait"),
    [
        (widgets.Drill, 'number="x"', "number"),
        (widgets.Drill, "number=1e9", "number"),
        (widgets.Quiz, "answers=null", "answers"),
        (widgets.Quiz, 'question="gone"', "question"),
        (widgets.Flashcards, 'known=["gone"]', "known"),
        (widgets.ConvolutionStepper, "stride=5", "stride"),
        (widgets.PoolingLab, "numbers=[[1],[2,3]]", "numbers"),
        (widgets.NetworkBuilder, 'layers=[{"kind":"toString"}]', "layers"),
    ],
)
def test_a_link_to_what_cannot_be_is_answered_in_words(publish, widget, fragment, trait):
    site = publish(widget())
    page = site.open(f"#{widget.__name__}?{quote(fragment, safe='=')}")
    assert alive(page)
    assert page.locator(".afm-remark").inner_text().startswith("The link asks for")
    assert trait in page.locator(".afm-remark").inner_text()
    assert site.state(trait) == {trait: getattr(widget(), trait)}
    page = site.open()
    assert alive(page), "the next visit is not spoilt either"
    assert site.problems == []


@pytest.mark.parametrize("name", widgets.__all__)
def test_no_link_breaks_it(publish, name):
    """Every input gets values that fit and values that don't, one link after the other."""
    widget = getattr(widgets, name)
    site = publish(widget())
    page = site.open()
    found = page.evaluate(
        """async ([name, asked]) => {
          const model = convbook.models.get("m");
          const frame = () => new Promise((done) => requestAnimationFrame(done));
          const followed = () =>
            new Promise((done) => addEventListener("hashchange", done, { once: true }));
          const wrong = [];
          for (const [trait, value] of asked) {
            const before = JSON.stringify(model.get(trait));
            const heard = followed();  // by the host too, which listened first
            location.hash = `#${name}?${trait}=${encodeURIComponent(JSON.stringify(value))}`;
            await heard; await model.asked; await frame();
            const said = document.querySelector(".afm-remark")?.textContent ?? "";
            const kept = JSON.stringify(model.get(trait)) === before;
            const broken = document.querySelector(".afm-error")?.textContent;
            if (broken || (said && !kept)) wrong.push([trait, value, broken ?? said]);
            document.querySelector(".afm-error")?.remove();
          }
          return wrong;
        }""",
        [name, [one for i, one in enumerate(proposals(widget)) if i % 4 == 0]],
    )
    assert found == []
    assert alive(page)
    assert site.problems == []
    assert alive(site.open()), "what was kept on the way can be shown again"


def kept_under(page) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('convbook:'))")


@pytest.mark.parametrize("name", KEEPERS)
def test_no_memory_breaks_it(publish, name):
    widget = getattr(widgets, name)
    site = publish(widget())
    page = site.open()
    page.evaluate(
        "convbook.models.get('m').set('seed' , 5); convbook.models.get('m').set('number', 5)"
    )
    site.rest()
    key = next(k for k in kept_under(page) if k.startswith(f"convbook:{name}:"))
    good = json.loads(page.evaluate("key => localStorage[key]", key))
    damaged = ["", "{", "null", "[]", json.dumps([*good, 1]), json.dumps({"a": 1})]
    odd = ["x", None, -1, {"1": None}]
    for at in range(len(good)):
        damaged += [json.dumps([*good[:at], value, *good[at + 1 :]]) for value in odd]
    for text in damaged:
        page.evaluate("([key, text]) => { localStorage[key] = text; }", [key, text])
        assert alive(site.open()), text
    assert site.problems == []


def test_a_state_that_cannot_be_drawn_gives_way_to_the_opening_one(publish):
    """The last net: here the front end fails although every limit is kept."""
    drill = widgets.Drill()
    site = publish(drill)
    esm = drill._esm.replace(
        "function controls(",
        "function controls(view) {\n"
        "  if (view.get('level') === 3) throw new Error('no third level');\n"
        "  return allControls(view);\n}\nfunction allControls(",
        1,
    )
    site.files[f"{ORIGIN}/afm/front.js"] = (
        "text/javascript",
        f"convbook.assets['front'] = {json.dumps({'esm': esm, 'css': ''})};",
    )
    page = site.open("#Drill?level=3")
    assert alive(page)
    assert "starts from the beginning" in page.locator(".cb-body").inner_text()
    assert site.state("level") == {"level": 1}
    assert not any(
        json.loads(page.evaluate("k => localStorage[k]", k))[1] == 3 for k in kept_under(page)
    )
    assert site.problems
    assert all("no third level" in problem for problem in site.problems)
