"""GradientHighway: back-propagation in the page is back-propagation in Python."""

import json
import random

import numpy as np
import pytest

from convbook.widgets import GradientHighway


def random_state(rng):
    return {
        "depth": rng.randint(1, 100),
        "scale": rng.choice([0.05, 0.5, 1.0, 1.35, 2.0]),
        "activation": rng.choice(["relu", "tanh", "linear"]),
        "cancel_block": rng.choice([0, 0, rng.randint(1, 100)]),
        "cancel": rng.choice([0.0, 0.4, 1.0]),
        "block": rng.randint(1, 100),
        "seed": rng.randint(0, 50),
    }


@pytest.mark.browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(11)
    page = open_page(GradientHighway())
    for _ in range(100):
        state = random_state(rng)
        page.evaluate("state => setState(state)", state)
        ours = GradientHighway(**state)
        plain, residual = ours.plain_gradient, ours.residual_gradient
        values = page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('[data-cb]')]"
            ".map((el) => [el.dataset.cb, el.dataset.value]))"
        )
        shown = [float(values["plain-first"]), float(values["residual-first"])]
        np.testing.assert_allclose(shown, [plain[0], residual[0]], rtol=1e-8, atol=1e-300)
        here = min(state["block"], state["depth"]) - 1
        np.testing.assert_allclose(
            json.loads(values["here"]), [plain[here], residual[here]], rtol=1e-8, atol=1e-300
        )


@pytest.mark.browser
def test_the_counter_example_is_said_in_words_and_arrow_keys_choose_a_block(open_page):
    page = open_page(GradientHighway(cancel_block=15, cancel=1.0))
    assert page.evaluate("shown()")["residual-first"] == "0"
    assert "guarantees nothing" in page.evaluate("shown()")["meaning"]
    assert page.locator(".cb-cancelled").count() == 1
    page.locator(".cb-chart").press("ArrowRight")
    page.evaluate("frame()")
    assert page.evaluate("models[0].get('block')") == 2


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    ("cancel", "struck", "formulas"),
    [
        (1.0, {"residual"}, ["−x", "−x + x"]),
        (0.0, {"plain"}, ["0", "0 + x"]),
        (0.4, set(), ["−0.40·x", "−0.40·x + x"]),
    ],
)
def test_the_block_that_is_replaced_is_drawn_and_struck_out_where_it_kills_the_gradient(
    open_page, width, cancel, struck, formulas
):
    ours = GradientHighway(activation="linear", cancel_block=15, cancel=cancel)
    page = open_page(ours, width=width)
    assert page.locator(".cb-chain .cb-replaced").count() == 2
    assert page.locator(".cb-chain .cb-struck").count() == len(struck)
    texts = page.locator(".cb-chain text").all_text_contents()
    assert all(formula in texts for formula in formulas)
    chain = page.locator("[data-cb=chain]")
    rows = json.loads(chain.get_attribute("data-value"))
    assert len(rows) == (5 if width == 1280 else 3)
    for block, *factors in rows:
        for lengths, factor in zip(
            (ours.plain_gradient, ours.residual_gradient), factors, strict=True
        ):
            above = [*lengths, 1.0][block]
            expected = None if above == 0 else lengths[block - 1] / above
            assert factor == (expected if expected is None else pytest.approx(expected, rel=1e-8))
    words = f"Block 15: plain times {cancel:g}, residual times {1 - cancel:g}."
    assert words in chain.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_without_a_replaced_block_the_chain_follows_the_chosen_one(open_page):
    page = open_page(GradientHighway(block=20))
    rows = json.loads(page.locator("[data-cb=chain]").get_attribute("data-value"))
    assert [row[0] for row in rows] == [18, 19, 20, 21, 22]
    page.evaluate("setState({block: 30})")
    rows = json.loads(page.locator("[data-cb=chain]").get_attribute("data-value"))
    assert [row[0] for row in rows] == [26, 27, 28, 29, 30]
    page.evaluate("setState({depth: 2})")
    rows = json.loads(page.locator("[data-cb=chain]").get_attribute("data-value"))
    assert [row[0] for row in rows] == [1, 2]


@pytest.mark.browser
def test_the_verdict_is_true_of_gradients_of_every_size(open_page):
    page = open_page(GradientHighway())
    for scale in (0.05, 0.5, 1.0, 1.35, 2.0):
        for activation in ("relu", "tanh", "linear"):
            for depth in (1, 10, 30, 100):
                state = {"scale": scale, "activation": activation, "depth": depth}
                page.evaluate("state => setState(state)", state)
                ours = GradientHighway(**state)
                plain, residual = ours.plain_gradient[0], ours.residual_gradient[0]
                words = page.evaluate("shown()")["meaning"]
                case = (state, plain, residual, words)
                assert ("grows" in words) == (residual > 10), case
                assert ("explode" in words) == (max(plain, residual) > 10), case
                carried = plain < 0.01 <= residual <= 10
                assert ("carries the other one through" in words) == carried, case
                assert ("well enough" in words) == (
                    0.01 <= plain <= 10 and 0.01 <= residual <= 10
                ), case


def test_a_branch_that_cancels_the_shortcut_stops_every_gradient_below_it():
    widget = GradientHighway(depth=20, cancel_block=10, cancel=1.0)
    assert widget.residual_gradient[:10] == [0.0] * 10
    assert min(widget.residual_gradient[10:]) > 0
    # Without the shortcut the same block passes the gradient on unchanged.
    assert widget.plain_gradient[9] == pytest.approx(widget.plain_gradient[10])


def test_a_branch_of_zero_passes_the_gradient_through_the_shortcut_alone():
    widget = GradientHighway(depth=3, activation="tanh", cancel_block=3, cancel=0.0)
    assert widget.plain_gradient == [0.0, 0.0, 0.0]
    assert widget.residual_gradient[2] == pytest.approx(1.0)


def test_the_shortcut_keeps_alive_what_the_plain_stack_loses():
    widget = GradientHighway()
    assert widget.plain_gradient[0] < 1e-10
    assert widget.residual_gradient[0] > 0.1
    assert "<title>" in widget.picture()
