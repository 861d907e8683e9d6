"""Timeline: what is read out is what the table of milestones says; every number has a source."""

import itertools
import random

import pytest
from harness import read_number

from convbook.widgets import Timeline
from convbook.widgets.timeline import MILESTONES

#: Names that overlap another name, a drawn point of another milestone, or the chart's edge.
COLLISIONS = """(() => {
  const svg = document.querySelector(".cb-chart svg").getBoundingClientRect();
  const names = [...document.querySelectorAll(".cb-name, .cb-chart .cb-tick")];
  const boxes = names.map((el) => [el.textContent, el.getBoundingClientRect()]);
  const points = [...document.querySelectorAll("circle:not(.cb-none)")]
    .map((el) => ["point", el.getBoundingClientRect()]);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 &&
    a.top < b.bottom - 3 && b.top < a.bottom - 3;
  const outside = ([, a]) => a.left < svg.left - 1 || a.right > svg.right + 1;
  const found = boxes.filter(outside).map(([name]) => name);
  boxes.forEach(([name, a], i) => {
    for (const [other, b] of [...boxes.slice(i + 1), ...points]) {
      if (meet(a, b)) found.push(`${name} on ${other}`);
    }
  });
  return found;
})()"""


@pytest.mark.browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(3)
    page = open_page(Timeline())
    for _ in range(100):
        state = {
            "measure": rng.choice(["error", "parameters", "depth"]),
            "ensembles": rng.random() < 0.6,
            "single_networks": rng.random() < 0.6,
            "chosen": rng.choice(MILESTONES)["short"],
        }
        page.evaluate("state => setState(state)", state)
        ours = Timeline(**state)
        shown = page.evaluate("shown()")
        exact = page.locator("[data-cb=value]").get_attribute("data-value")
        assert exact == (
            "" if ours.value is None else f"{ours.value:g}" if ours.value < 1e5 else str(ours.value)
        )
        assert (shown["value"] == "–") == (ours.value is None)
        drawn = page.locator("circle:not(.cb-none)").count()
        assert drawn == len(ours.shown)
        if ours.shown:
            assert read_number(shown["shown"].split()[0]) == len(ours.shown)
        else:
            assert shown["shown"].startswith("No milestone")


@pytest.mark.browser
def test_arrow_keys_and_a_tap_choose_a_milestone(open_page):
    page = open_page(Timeline(chosen="AlexNet"))
    page.locator(".cb-chart").press("ArrowRight")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('chosen')") == "VGG-16"
    page.locator("circle.cb-point").first.click()
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('chosen')") != "VGG-16"


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_no_name_lies_on_another_on_a_point_or_outside_the_chart(open_page, width):
    page = open_page(Timeline(), width=width)
    for measure in ("error", "parameters", "depth"):
        for milestone in MILESTONES:
            page.evaluate(
                "state => setState(state)", {"measure": measure, "chosen": milestone["short"]}
            )
            assert page.evaluate(COLLISIONS) == [], (measure, milestone["short"])
            names = page.locator(".cb-name").all_text_contents()
            assert milestone["short"] in names
            assert len(names) >= len(Timeline(measure=measure).shown)
    ticks = [one.bounding_box() for one in page.locator("text.cb-tick[text-anchor=middle]").all()]
    assert len(ticks) >= 5
    for before, after in itertools.pairwise(ticks):
        assert before["x"] + before["width"] + 3 <= after["x"], "two years touch"


def test_milestones_stand_in_order_and_each_names_its_source_with_a_year():
    years = [m["year"] for m in MILESTONES]
    assert years == sorted(years)
    for m in MILESTONES:
        assert any(c.isdigit() for c in m["source"]), m["name"]
        assert (m["error"] is None) == (m["error_of"] is None), m["name"]


def test_ensembles_and_single_networks_are_told_apart():
    assert len(Timeline(ensembles=False).shown) == 1
    assert Timeline(ensembles=False, single_networks=False).shown == []
    assert "hollow points are ensembles" in Timeline().caption
