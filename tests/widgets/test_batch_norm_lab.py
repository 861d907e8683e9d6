"""BatchNormLab: the page's batch normalization is the layer of convbook.nn."""

import random

import numpy as np
import pytest

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


def test_the_worked_example_comes_out_as_on_its_page():
    np.testing.assert_allclose(BatchNormLab().outputs, [-1, -1, 1, 1], atol=1e-3)
    np.testing.assert_allclose(BatchNormLab(gamma=2, beta=10).outputs, [8, 8, 12, 12], atol=1e-3)


def test_moving_statistics_approach_the_batch_that_comes_again_and_again():
    near = BatchNormLab(seen=100, mode="inference")
    assert near.moving == pytest.approx((3, 4), abs=1e-3)
    assert BatchNormLab(seen=0).moving == (0, 1)
    assert "mean" in near.caption
    assert near.picture().startswith("<svg")
