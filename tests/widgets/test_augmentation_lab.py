"""AugmentationLab: the page changes pictures as Python does, and says when a label is lost."""

import base64
import random

import harness
import numpy as np
import pytest
from traitlets import TraitError

from convbook.widgets import AugmentationLab, _augmentation

browser = pytest.mark.browser

#: How far the painted picture is from the given one: the largest difference, and how many differ.
APART = """(text) => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const painted = document.querySelectorAll("canvas")[1];
  window.copy ??= new OffscreenCanvas(painted.width, painted.height)
    .getContext("2d", { willReadFrequently: true });
  copy.drawImage(painted, 0, 0);
  const { data } = copy.getImageData(0, 0, painted.width, painted.height);
  const apart = bytes.map((value, i) => Math.abs(value - data[i + Math.floor(i / 3)]));
  return [apart.reduce((a, b) => Math.max(a, b), 0), apart.filter((value) => value > 0).length];
}"""
CHANGED = """([picture, settings]) => {
  const { data, height, width } = picture;
  const after = module.augmentPicture({ data: Float64Array.from(data), height, width }, settings);
  return [...module.toRgba(after).rgba];
}"""


def random_state(rng):
    def within(low, high):
        return round(rng.uniform(low, high), 2)

    return {
        "source": rng.choice(list(_augmentation.PICTURES)),
        "flip_horizontal": rng.random() < 0.4,
        "flip_vertical": rng.random() < 0.3,
        "angle": rng.choice([0.0, 90.0, 180.0, within(-180, 180), within(-30, 30)]),
        "zoom": rng.choice([1.0, within(0.5, 2)]),
        "crop": rng.choice([1.0, within(0.3, 1)]),
        "crop_top": within(0, 1),
        "crop_left": within(0, 1),
        "brightness": rng.choice([0.0, within(-0.5, 0.5)]),
        "contrast": rng.choice([1.0, within(0, 2)]),
        "saturation": rng.choice([1.0, within(0, 2)]),
        "hue": rng.choice([0.0, within(-180, 180), within(-30, 30)]),
    }


@browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(411)
    page = open_page(AugmentationLab())
    page.wait_for_selector("[data-cb=verdict]")
    verdicts = set()
    for _ in range(100):
        state = random_state(rng)
        ours = AugmentationLab(**state)
        page.evaluate("state => setState(state)", state)
        values = page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('[data-cb]')]"
            ".map((el) => [el.dataset.cb, el.dataset.value]))"
        )
        assert values["verdict"] == ours.verdict
        assert float(values["changed"]) == pytest.approx(ours.changed, abs=2e-4)
        assert float(values["kept"]) == pytest.approx(ours.kept, abs=1e-9)
        assert float(values["factor"]) == pytest.approx(abs(state["angle"]) / 360)
        reasons = page.locator(".cb-reasons p").all_inner_texts()
        if ours.problems:
            assert reasons == [rule["why"] for rule in ours.problems]
        # A number that lies half-way between two bytes may be rounded either way.
        most, others = page.evaluate(APART, base64.b64encode(ours.changed_picture).decode())
        assert most <= 1
        assert others < 1e-3 * ours.original.size
        verdicts.add((state["source"], ours.verdict))
    assert len(verdicts) >= 11


@browser
def test_pictures_that_are_not_square_are_changed_as_in_python(open_page):
    from convbook.data import augmentation

    rng = np.random.default_rng(4)
    page = open_page()
    harness.load_module(page, "shared/augment.js")
    for seed in range(5):
        picture = rng.random((9, 14, 3))
        settings = AugmentationLab(**random_state(random.Random(seed))).settings
        argument = {"data": picture.ravel().tolist(), "height": 9, "width": 14}
        theirs = np.array(page.evaluate(CHANGED, [argument, settings])).reshape(9, 14, 4)[..., :3]
        ours = augmentation.to_bytes(augmentation.augment(picture, **settings))
        assert abs(theirs - ours.astype(int)).max() <= 1


@browser
def test_keyboard_and_buttons_change_the_picture_and_the_verdict(open_page):
    page = open_page(AugmentationLab(source="sign", angle=0))
    page.wait_for_selector("[data-cb=verdict]")
    assert page.evaluate("shown()")["verdict"] == "The label is “turn left”."
    page.get_by_label("Flip left to right").press(" ")
    page.evaluate("frame()")
    assert "no longer holds" in page.evaluate("shown()")["verdict"]
    assert "turn right" in page.inner_text(".cb-reasons")
    page.get_by_role("button", name="No change").press("Enter")
    page.get_by_label("Rotate").press("End")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('angle')") == 180
    page.get_by_role("button", name="Draw a change at random").press("Enter")
    page.evaluate("frame()")
    assert abs(page.evaluate("models[0].get('angle')")) <= 20


@pytest.mark.parametrize(
    ("state", "verdict", "why"),
    [
        ({"source": "sign", "flip_horizontal": True}, "changes", "turn right"),
        ({"source": "digit", "angle": 180}, "changes", "is a 9"),
        ({"source": "digit", "flip_vertical": True, "flip_horizontal": True}, "changes", "is a 9"),
        ({"source": "digit", "flip_horizontal": True}, "changes", "no digit at all"),
        ({"source": "sign", "hue": 120}, "changes", "red forbids"),
        ({"source": "leaf", "hue": -60}, "changes", "colour of the spots is the disease"),
        ({"source": "leaf", "angle": 100, "flip_vertical": True}, "keeps", None),
        ({"source": "cat", "flip_horizontal": True}, "keeps", None),
        ({"source": "cat", "angle": 54}, "doubtful", "hardly any camera"),
        ({"source": "digit", "hue": 180, "saturation": 0}, "keeps", None),
        ({"source": "cat", "contrast": 0}, "changes", "nothing to recognise"),
        ({"source": "sign", "zoom": 2}, "changes", "left the frame"),
    ],
)
def test_the_label_is_lost_where_a_person_would_say_so(state, verdict, why):
    lab = AugmentationLab(**{"angle": 0} | state)
    assert lab.verdict == verdict
    assert why is None or any(why in rule["why"] for rule in lab.problems)


def test_hue_leaves_a_white_digit_on_black_as_it_was():
    assert AugmentationLab(source="digit", angle=0, hue=77).changed == 0


def test_the_shipped_pictures_are_drawn_by_the_module_that_says_so():
    shipped = np.concatenate([_augmentation.picture(name) for name in _augmentation.PICTURES], 1)
    drawn = _augmentation.drawn()
    assert shipped.shape == drawn.shape
    assert abs(shipped.astype(int) - drawn).max() <= 2


@pytest.mark.parametrize("bad", [{"angle": 181}, {"zoom": 0}, {"crop": 1.5}, {"source": "dog"}])
def test_bad_inputs_are_refused(bad):
    with pytest.raises(TraitError):
        AugmentationLab(**bad)


def test_it_stands_for_itself_on_paper():
    lab = AugmentationLab(source="sign", flip_horizontal=True, angle=0)
    assert "no longer holds" in lab.caption
    assert lab.picture().startswith("<img")


SAYS = """() => JSON.parse(document.querySelector('[data-cb=network-says]').dataset.value)"""


def digit_said(state):
    """The digit network's first guess for the lab's picture, in NumPy: (name, share)."""
    from convbook.widgets._reader import digit_probabilities
    from convbook.widgets.digit_canvas import prepared

    found = digit_probabilities([prepared(AugmentationLab(**state).exact.mean(axis=2))])[0]
    return str(found.argmax()), found.max()


@browser
def test_the_digit_network_says_of_a_turned_six_what_it_says_in_numpy(open_page):
    page = open_page(AugmentationLab(source="digit", angle=0))
    page.get_by_role("button", name="Ask the network of section 10").click()
    page.wait_for_function("() => shown()['network-says'].includes(' says ')")
    said = {}
    for angle in range(0, 181, 15):
        state = {"source": "digit", "angle": angle, "flip_horizontal": angle % 2 == 1}
        page.evaluate("state => setState(state)", state)
        name, share = page.evaluate(SAYS)
        ours = digit_said(state)
        assert share == pytest.approx(ours[1], abs=1e-3)
        assert name == ours[0]
        said[angle] = name
    assert (said[0], said[180]) == ("6", "9")


@browser
def test_a_cat_is_a_cat_upright_and_a_frog_in_green(open_page):
    page = open_page(AugmentationLab(angle=0))
    page.get_by_role("button", name="Ask the chapter's network").click()
    page.wait_for_function("() => shown()['network-says'].includes(' says cat')")
    upright = page.evaluate(SAYS)[1]
    page.evaluate("setState({ angle: 54 })")
    assert page.evaluate(SAYS)[1] < upright - 0.2
    page.evaluate("setState({ angle: 0, hue: 120 })")
    assert page.evaluate(SAYS)[0] == "frog"
    page.evaluate("setState({ source: 'sign' })")
    assert "No network of this book" in page.evaluate("shown()")["network-says"]


def test_the_sizes_that_the_page_names_are_those_of_the_weights():
    from convbook.widgets import _bundle, _page_network

    text = (_bundle.FOLDER / "shared" / "asking.js").read_text(encoding="utf-8")
    for network in (_page_network.digit_network, _page_network.pocket_network):
        assert f"size: {len(network()[1]):_}" in text
