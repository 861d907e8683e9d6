"""TransferAdvisor: one consistent chart, and the accuracies behind it as they were recorded."""

import json
import random

import pytest
from harness import read_number
from traitlets import TraitError

from convbook.widgets import TransferAdvisor, _transfer
from convbook.widgets.transfer_advisor import CHART

browser = pytest.mark.browser


def random_state(rng):
    return {
        "classes": rng.choice([2, rng.randint(2, 40), rng.randint(2, 1_000)]),
        "per_class": round(10 ** rng.uniform(0, 4)),
        "kind": rng.choice(["alike", "unlike"]),
        "compute": rng.choice(["minutes", "hours"]),
    }


@browser
def test_100_random_states_display_what_python_says(open_page):
    rng = random.Random(92)
    page = open_page(TransferAdvisor())
    seen = set()
    for _ in range(100):
        state = random_state(rng)
        ours = TransferAdvisor(**state)
        page.evaluate("state => setState(state)", state)
        shown = page.evaluate("shown()")
        assert read_number(shown["total"].split("= ")[1].split()[0]) == ours.total
        assert shown["advice"] == ours.advice["title"]
        assert (shown["later"] == "") == (ours.advice is ours.full_advice)
        assert f"With {ours.measured_count} pictures a class" in shown["verdict"]
        leaders = page.locator("[data-cb=verdict]").get_attribute("data-value")
        assert json.loads(leaders) == ours.leaders
        for way, accuracy in ours.accuracies.items():
            cell = shown[f"accuracy-{way}"].removesuffix("\xa0%")
            assert read_number(cell) == pytest.approx(100 * accuracy, abs=0.0501)
        advised = page.locator("tr.cb-advised .cb-badge").count()
        assert advised == len(ours.advice["ways"])
        seen.add((ours.size, ours.kind, ours.compute))
    assert len(seen) == 12


@browser
def test_the_slider_goes_by_ratios_and_the_keyboard_moves_it(open_page):
    page = open_page(TransferAdvisor(per_class=100))
    page.get_by_label("Pictures of each, by a slider").press("ArrowRight")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('per_class')") == 112
    page.get_by_label("Pictures of each, by a slider").press("End")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('per_class')") == 10_000
    assert "lie beyond what was measured" in page.inner_text(".cb-stack")


@browser
@pytest.mark.parametrize("nonsense", ["", "0", "-3", "1e9", "2.5"])
def test_nonsense_is_answered_in_words_and_the_advice_stays(open_page, nonsense):
    page = open_page(TransferAdvisor())
    before = page.evaluate("shown()")["advice"]
    page.get_by_label("Classes").fill(nonsense)
    page.evaluate("frame()")
    assert "Still in use: 7" in page.locator(".cb-problem:not(:empty)").inner_text()
    assert page.evaluate("shown()")["advice"] == before


def test_the_chart_has_one_answer_for_every_case_and_no_gap():
    assert set(CHART["advice"]) == {f"{s}-{k}" for s in CHART["sizes"] for k in ("alike", "unlike")}
    sizes = [TransferAdvisor(classes=2, per_class=n).size for n in (499, 500, 4_999, 5_000)]
    assert sizes == ["few", "some", "some", "many"]
    for advice in [*CHART["advice"].values(), CHART["minutes"]]:
        assert set(advice["ways"]) <= set(_transfer.WAYS) == set(CHART["ways"])
        assert len(advice["steps"]) == 3
        assert advice["reason"].endswith(".")


def test_little_time_never_changes_what_is_quick_already():
    few = TransferAdvisor(compute="minutes")
    assert few.advice is few.full_advice
    many = TransferAdvisor(classes=100, per_class=1_000, compute="minutes")
    assert many.advice is CHART["minutes"]
    assert many.full_advice["ways"] == ["all"]


def test_every_accuracy_was_measured_with_every_seed():
    record = _transfer.record()
    assert set(record["accuracies"]) == {"alike", "unlike"}
    for ways in record["accuracies"].values():
        assert set(ways) == set(_transfer.WAYS)
        for counts in ways.values():
            assert [int(count) for count in counts] == list(_transfer.COUNTS)
            for values in counts.values():
                assert len(values) == record["seeds"] >= 2
                assert all(0.1 < value <= 1 for value in values)
    assert not set(record["backbone"]["classes"]) & set(record["classes"]["alike"])
    assert record["data"]["alike"].startswith("CIFAR-10")
    assert record["data"]["unlike"].startswith("DHCD")


def test_what_the_page_says_of_the_curves_holds():
    def means(kind, way):
        return [_transfer.mean_accuracy(kind, way, count) for count in _transfer.COUNTS]

    for kind in ("alike", "unlike"):
        for way in _transfer.WAYS:
            assert means(kind, way) == sorted(means(kind, way)), "more pictures, more right"
    assert means("alike", "head")[0] > means("alike", "scratch")[0] + 0.1
    assert means("unlike", "last")[0] > means("unlike", "head")[0]


@pytest.mark.parametrize("bad", [{"classes": 1}, {"per_class": 0}, {"kind": "similar"}])
def test_bad_inputs_are_refused(bad):
    with pytest.raises(TraitError):
        TransferAdvisor(**bad)


def test_it_stands_for_itself_on_paper():
    widget = TransferAdvisor()
    assert "7 classes with 5 pictures each" in widget.caption
    assert "freeze everything" in widget.caption
    assert widget.picture().startswith("<svg")
    assert widget.picture().count("<polyline") == len(_transfer.WAYS)
