"""What widgets say is true of what they show: one of a thing, a growth, an impossible setting."""

import random
import re

import pytest

from convbook import widgets
from convbook.widgets import BatchNormLab, GradientHighway, PoolingLab

pytestmark = pytest.mark.browser

#: Each widget with as many counts as can be at one.
ONE_OF_EVERYTHING = {
    "AugmentationLab": {"angle": 1},
    "BatchNormLab": {"source": "drawn", "batch_size": 1, "seen": 1, "mode": "inference"},
    "ConvolutionStepper": {"image": [[[2]]], "kernel": [[[1]]]},
    "Drill": {"score": {"1": [1, 1]}},
    "Flashcards": {"known": ["macs-flops"]},
    "FullyConnectedVsConv": {
        "image_size": 1,
        "channels": 1,
        "units": 1,
        "filters": 1,
        "kernel_size": 1,
    },
    "GradientHighway": {"depth": 1, "cancel_block": 1},
    "KernelLab": {"source": "own", "image": b"\x09", "image_width": 1},
    "NetworkBuilder": {
        "input_shape": [1, 1, 1],
        "layers": [{"kind": "conv", "filters": 1, "kernel": 1, "bias": False}],
    },
    "OutputSizeCalculator": {"input_size": 1, "kernel_size": 1, "padding": 0},
    "PoolingLab": {"numbers": [[5]], "pool_size": 1, "stride": 1, "shift_right": 1},
    "Progress": {"done": [1], "practised": {"1": [1, 1]}},
    "ReceptiveField": {"layers": [[1, 1, 1]], "input_size": 1, "channels": 1},
    "Timeline": {"ensembles": False, "chosen": "EfficientNet-B7"},
    "TransferAdvisor": {"classes": 2, "per_class": 1},
}
#: A single 1 before a plural: "1 numbers", but not "11 numbers", "0.1 numbers" or "1 × 1 pixels".
ONE_THINGS = re.compile(r"(?<![\d.,·×⌋⌊/+−=-])(?<![·×/+−=] )\b1 ([a-z]+s)\b")
SINGULARS = {"is", "has", "was", "passes", "gives", "enters"}


@pytest.mark.parametrize("name", ONE_OF_EVERYTHING)
def test_one_of_a_thing_is_said_in_the_singular(open_page, name):
    page = open_page(getattr(widgets, name)(**ONE_OF_EVERYTHING[name]))
    page.wait_for_selector(".cb-widget:not(.cb-waiting) .cb-body > *")
    page.evaluate("frame().then(frame)")
    text = page.locator(".cb-body").inner_text()
    found = [word for word in ONE_THINGS.findall(text) if word not in SINGULARS]
    assert found == []


def test_what_is_said_of_gradients_is_what_is_measured(open_page):
    rng = random.Random(14)
    page = open_page(GradientHighway())
    heard = set()
    for _ in range(120):
        state = {
            "depth": rng.randint(1, 100),
            "scale": round(rng.uniform(0.05, 2), 2),
            "activation": rng.choice(["relu", "tanh", "linear"]),
            "seed": rng.randint(0, 50),
        }
        ours = GradientHighway(**state)
        plain, residual = ours.plain_gradient[0], ours.residual_gradient[0]
        page.evaluate("state => setState(state)", state)
        words = page.evaluate("shown()")["meaning"]
        heard.add(words.split(",")[0][:30])
        assert ("explode" in words) == (max(plain, residual) > 10), (state, words)
        assert "keeps the gradient from vanishing" not in words
        if "all but vanished" in words:
            assert min(plain, residual) < 0.01
        if "does well enough" in words:
            assert 0.01 <= plain <= 10
            assert 0.01 <= residual <= 10
    assert len(heard) >= 3


def test_a_window_that_does_not_fit_names_controls_that_exist_and_leaves_nothing_stale(open_page):
    page = open_page(PoolingLab())
    page.wait_for_selector("[data-cb=value]")
    page.evaluate("setState({ pool_size: 6 })")
    problem = page.evaluate("shown()")["problem"]
    assert problem == f"No output: {PoolingLab(pool_size=6).problem}."
    assert "padding" not in problem
    assert page.get_by_role("slider", name="Window", exact=True).is_visible()
    assert page.get_by_role("slider", name="Table", exact=True).is_visible()
    assert not page.locator("[data-cb=value]").is_visible()
    assert page.evaluate("shown()")["output-size"] == "none"
    assert page.get_by_role("application").count() == 0


def test_a_variance_that_epsilon_shrinks_is_explained(open_page):
    page = open_page(BatchNormLab(gamma=2))
    assert page.evaluate("shown()")["output-variance"] == "4.00"
    page.evaluate("setState({ source: 'drawn', spread: 0.1, gamma: 1 })")
    variance = page.evaluate("shown()")["output-variance"]
    assert variance != "1.00"
    assert f"at {variance} instead of γ² = 1.00" in page.locator(".cb-body").inner_text()
