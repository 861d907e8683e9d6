"""TrainingLab: a run in the page is the run of convbook.nn, and a reader can steer it."""

import base64
import gzip
import itertools

import harness
import numpy as np
import pytest

from convbook.widgets import TrainingLab, _bundle, _training
from convbook.widgets.training_lab import CODE

browser = pytest.mark.browser

RUN = """async ([settings, images, labels, train, steps]) => {
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const remote = await module.openTrainingRemote(
    { images: bytes(images), labels: bytes(labels), train });
  const look = { digit: 3, layer: 2 };
  const first = await remote.start(settings, look);
  const found = await remote.advance(steps, Infinity, look);
  const again = await remote.look(look);
  remote.close();
  return { apart: remote.apart, words: remote.words, losses: found.losses, start: first.points[0],
    points: found.points, looked: again.step, kernels: [...found.kernels] };
}"""
RUNS = {
    "sgd, wrong labels": {"rate": 0.01, "depth": 3, "label_noise": 0.3, "examples": 500},
    "momentum, all layers, shifts": {
        "optimiser": "momentum", "rate": 0.003, "depth": 4, "batch_norm": True, "skip": True,
        "augmentation": True,
    },
    "adam, small weights": {"optimiser": "adam", "rate": 0.002, "weight_scale": 0.5, "seed": 7},
}  # fmt: skip


def run_in_page(page, lab, steps):
    digits = _training.digits()
    data = [base64.b64encode(a.tobytes()).decode() for a in (digits.images, digits.labels)]
    return page.evaluate(RUN, [lab.settings, *data, digits.train, steps])


@browser
@pytest.mark.parametrize("name", RUNS)
def test_two_hundred_steps_of_the_lab_are_those_of_numpy(open_page, name):
    page, lab = open_page(), TrainingLab(**RUNS[name])
    harness.load_module(page, CODE)
    found = run_in_page(page, lab, 200)
    steps = list(itertools.islice(lab.run(), 200))
    away = np.abs(np.array(found["losses"]) / [loss for loss, _ in steps] - 1)
    assert away[:50].max() <= 1e-5
    assert away.max() <= 1e-3
    assert found["apart"]
    assert found["looked"] == 200
    start = lab.curve()[0]
    assert found["start"]["validationLoss"] == pytest.approx(start.validation_loss, rel=1e-4)
    assert found["start"]["accuracy"] == pytest.approx(start.accuracy, abs=0.01)
    kernels = steps[-1][1].layers[0].params["weight"].ravel()
    np.testing.assert_allclose(found["kernels"], kernels, atol=2e-3)


def alive(page):
    page.wait_for_selector("[data-cb=training]:not(:empty)")


def verdict(page, kind):
    page.wait_for_selector(f"[data-cb=verdict][data-value={kind}]")
    return page.evaluate("shown()")["verdict"]


@browser
def test_a_run_to_nan_says_what_happened_and_how_to_mend_it_and_is_kept(open_page):
    page = open_page(TrainingLab(**TrainingLab.presets()["nan"]))
    alive(page)
    page.get_by_role("button", name="Train", exact=True).click()
    words = verdict(page, "nan")
    assert "At step 3 the loss was NaN" in words
    assert "lower learning rate" in words
    assert page.get_by_role("button", name="One step").is_disabled()
    page.get_by_role("button", name="Learning rate 1", exact=True).click()
    verdict(page, "fresh")
    assert page.evaluate("models[0].get('rate')") == 1
    assert "NaN at step 3" in page.get_by_role("listitem").inner_text()
    page.get_by_role("button", name="Forget run 1").click()
    page.wait_for_selector("li", state="detached")


@browser
def test_the_keyboard_alone_trains_pauses_steps_and_begins_anew(open_page):
    page = open_page(TrainingLab(pace="slow"))
    alive(page)
    play = page.get_by_role("button", name="Train", exact=True)
    play.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-cb=place]:not([data-value='0'])")
    page.keyboard.press("Enter")
    page.wait_for_selector("button:text-is('Train')")
    page.keyboard.press("Tab")
    step = page.evaluate("Number(document.querySelector('[data-cb=place]').dataset.value)")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "step => Number(document.querySelector('[data-cb=place]').dataset.value) > step", arg=step
    )
    page.get_by_role("slider", name="Learning rate").press("ArrowRight")
    verdict(page, "fresh")
    assert page.evaluate("models[0].get('rate')") == 0.03
    assert page.get_by_role("listitem").count() == 1


@browser
def test_a_finger_trains_and_opens_a_mistake(open_page):
    page = open_page(TrainingLab(examples=20, epochs=3), width=360, has_touch=True)
    alive(page)
    page.get_by_role("button", name="Train", exact=True).tap()
    page.wait_for_selector("button:text-is('3 more epochs')")
    before = page.evaluate("models[0].get('digit')")
    page.get_by_role("button", name="show this digit").first.tap()
    page.wait_for_function("before => models[0].get('digit') !== before", arg=before)
    page.wait_for_function("shown().answer.endsWith(': wrong.')")


REFUSED = {
    "a worker": (
        "void (window.Worker = function () { throw Error('no'); });",
        "own thread",
    ),
    "WebAssembly": ("void (window.WebAssembly = undefined);", "plain JavaScript"),
}


@browser
@pytest.mark.parametrize("what", REFUSED)
def test_where_something_is_refused_it_trains_all_the_same_and_says_so(open_page, what):
    page = open_page()
    script, words = REFUSED[what]
    page.evaluate(script)
    harness.show(page, TrainingLab(examples=20, epochs=2, depth=1, filters=4))
    alive(page)
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_selector("button:text-is('2 more epochs')")
    assert words in page.locator(".cb-body").inner_text()
    assert page.evaluate("shown()")["place"] == "Step 2, epoch 2"


def test_every_idea_is_a_setting_of_its_own_that_the_lab_admits():
    presets = TrainingLab.presets()
    assert len({str(sorted(settings.items())) for settings in presets.values()}) == len(presets)
    for settings in presets.values():
        assert TrainingLab(**settings).settings.items() <= settings.items()


def test_code_and_front_end_together_stay_within_a_page_of_widgets():
    lab = TrainingLab()
    texts = (str(lab._esm), str(lab._css), lab._code)
    assert sum(len(gzip.compress(text.encode(), mtime=0)) for text in texts) <= 60_000
    assert not {path.name for path in _bundle.sources("training_lab.js")} & {"train.wasm"}


def test_the_picture_on_paper_ends_where_a_run_breaks():
    lab = TrainingLab(**TrainingLab.presets()["nan"])
    assert len(lab.curve()) == 1
    assert lab.caption.startswith("A network of 5,458 parameters trains on 1,437 digits. After 0")
