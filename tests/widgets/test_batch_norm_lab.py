"""BatchNormLab: the page's batch normalization is the layer of convbook.nn."""

import random

import numpy as np
import pytest
from traitlets import TraitError

from convbook.widgets import BatchNormLab


def random_state(rng):
    return {
        "source": rng.choice(["worked", "drawn", "drawn", "drawn"]),
        "mean": rng.uniform(-10, 10),
        "spread": rng.choice([0.0, 0.4, 2.0, 5.0]),
        "batch_size": rng.choice([1, 2, 7, 64, 256]),
        "gamma": rng.uniform(-3, 3),
        "beta": rng.uniform(-10, 10),
        "mode": rng.choice(["training", "inference"]),
        "seen": rng.choice([0, 1, 20]),
        "seed": rng.randint(0, 9999),
        "moved": [
            [i, round(rng.uniform(-30, 30), 2)] for i in rng.sample(range(8), rng.randint(0, 3))
        ],
    }


@pytest.mark.browser
def test_100_random_states_display_what_python_computes(open_page):
    rng = random.Random(5)
    page = open_page(BatchNormLab())
    for _ in range(100):
        state = random_state(rng)
        page.evaluate("state => setState(state)", state)
        ours = BatchNormLab(**state)
        batch, outputs = ours.batch(), ours.outputs
        expected = {
            "batch-mean": batch.mean(),
            "batch-variance": batch.var(),
            "moving-mean": ours.moving[0],
            "moving-variance": ours.moving[1],
            "used-mean": ours.used[0],
            "used-variance": ours.used[1],
            "output-mean": outputs.mean(),
            "output-variance": outputs.var(),
        }
        values = page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('[data-cb]')]"
            ".map((el) => [el.dataset.cb, el.dataset.value]))"
        )
        for name, value in expected.items():
            # The layer keeps its moving averages in float32.
            np.testing.assert_allclose(
                float(values[name]), value, rtol=2e-4, atol=2e-4, err_msg=str((name, state))
            )


@pytest.mark.browser
def test_a_batch_of_one_and_statistics_never_trained_are_said_in_words(open_page):
    page = open_page(BatchNormLab(source="drawn", batch_size=1, beta=3.0))
    assert "variance 0" in page.evaluate("shown()")["meaning"]
    page.evaluate("setState({mode: 'inference'})")
    assert "No training batch was seen" in page.evaluate("shown()")["meaning"]


def grip(page, index: int = 0):
    """Where a dot of the numbers that come in is on the screen."""
    box = page.locator("circle.cb-in").nth(index).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def first_row(page) -> list:
    return page.evaluate("models[0].get('moved')")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 360])
def test_a_dot_is_dragged_the_numbers_follow_and_go_back(open_page, width):
    page = open_page(BatchNormLab(), width=width)
    x, y = grip(page, 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 20, y + 3, steps=3)
    page.mouse.move(x - 60, y + 30, steps=3)  # it stays held where the pointer leaves its row
    page.evaluate("frame()")
    assert grip(page, 2)[0] == pytest.approx(x - 60, abs=3)
    page.mouse.up()
    ((index, value),) = first_row(page)
    assert index == 2
    assert value < 5
    page.evaluate("frame()")
    ours = BatchNormLab(moved=[[index, value]])
    shown = page.locator("[data-cb=batch-mean]").get_attribute("data-value")
    assert float(shown) == pytest.approx(ours.batch().mean())
    page.mouse.move(x, y)
    page.evaluate("frame()")
    assert first_row(page) == [[index, value]], "a pointer that is up moves nothing"
    page.get_by_role("button", name="Put the numbers back").click()
    page.evaluate("frame()")
    assert first_row(page) == []
    assert page.locator("[data-cb=batch-mean]").inner_text() == "3.00"


@pytest.mark.browser
def test_a_finger_that_scrolls_the_page_moves_no_dot(open_page):
    page = open_page(BatchNormLab(), width=360)
    x, y = grip(page)
    page.evaluate(
        """([x, y]) => {
          const frame = document.querySelector(".cb-lines");
          frame.setPointerCapture = () => {};
          const event = (type, dx) => frame.dispatchEvent(new PointerEvent(type, { bubbles: true,
            pointerId: 7, pointerType: "touch", clientX: x + dx, clientY: y }));
          event("pointerdown", 0);
          event("pointermove", 9);
          event("pointercancel", 9);
        }""",
        [x, y],
    )
    assert first_row(page) == []


@pytest.mark.browser
def test_arrow_keys_choose_and_move_a_dot_within_its_limits(open_page):
    page = open_page(BatchNormLab())
    handle = page.get_by_role("slider", name="Number 1 of 4")
    handle.press("ArrowRight")
    assert first_row(page) == [[0, 1.5]]
    page.locator(".cb-handle").press("ArrowDown")
    page.evaluate("frame()")
    second = page.get_by_role("slider", name="Number 2 of 4")
    second.press("Shift+ArrowLeft")
    page.evaluate("frame()")
    assert first_row(page) == [[0, 1.5], [1, -4]]
    assert second.get_attribute("aria-valuetext") == "−4.00"
    assert second.evaluate("one => one === document.activeElement")
    second.press("End")
    page.evaluate("frame()")
    assert first_row(page)[1] == [1, 30]


@pytest.mark.browser
def test_another_batch_comes_as_it_was_drawn(open_page):
    page = open_page(BatchNormLab(source="drawn", moved=[[0, 9.0]]))
    page.get_by_role("button", name="Draw another batch").click()
    assert first_row(page) == []


@pytest.mark.parametrize("moved", [[[0]], [[0.5, 1]], [[256, 1]], [[0, 31]], [[0, "a"]], [3]])
def test_a_number_that_cannot_be_moved_there_says_what_was_expected(moved):
    with pytest.raises(TraitError, match=r"moved must be a list of \[index, value\]"):
        BatchNormLab(moved=moved)


def test_moved_numbers_are_those_of_this_batch_only():
    ours = BatchNormLab(moved=[[0, 3.0], [9, 5.0]], seen=1)
    assert ours.batch().tolist() == [3, 1, 5, 5]
    assert ours.batch(1).tolist() == [1, 1, 5, 5]


def test_the_worked_example_comes_out_as_on_its_page():
    np.testing.assert_allclose(BatchNormLab().outputs, [-1, -1, 1, 1], atol=1e-3)
    np.testing.assert_allclose(BatchNormLab(gamma=2, beta=10).outputs, [8, 8, 12, 12], atol=1e-3)


def test_moving_statistics_approach_the_batch_that_comes_again_and_again():
    near = BatchNormLab(seen=100, mode="inference")
    assert near.moving == pytest.approx((3, 4), abs=1e-3)
    assert BatchNormLab(seen=0).moving == (0, 1)
    assert "mean" in near.caption
    assert near.picture().startswith("<svg")
