"""Claims about the training loop: it augments honestly, resumes, and records."""

import json

import numpy as np
import pytest

from convbook.models.training import Recipe, augment, predict_logits, score, train

RNG = np.random.default_rng(0)


def test_augmentation_moves_and_mirrors_and_does_nothing_else():
    images = RNG.integers(0, 256, (30, 8, 8, 1), dtype=np.uint8)
    np.testing.assert_array_equal(augment(images, np.random.default_rng(1)), images)
    moved = augment(images, np.random.default_rng(1), shift=2)
    for before, after in zip(images, moved, strict=True):
        padded = np.pad(before, ((2, 2), (2, 2), (0, 0)), mode="reflect")
        windows = [padded[r : r + 8, c : c + 8] for r in range(5) for c in range(5)]
        assert any((after == window).all() for window in windows)
    flipped = augment(images, np.random.default_rng(1), flip=True)
    mirrored = (flipped == images[:, :, ::-1]).all(axis=(1, 2, 3))
    same = (flipped == images).all(axis=(1, 2, 3))
    assert (mirrored | same).all()
    assert 5 < mirrored.sum() < 25


def test_learning_rate_rises_once_and_ends_at_zero():
    recipe = Recipe(epochs=10, peak_learning_rate=0.5, warm_up=0.2)
    rates = [recipe.learning_rate(p) for p in np.linspace(0, 1, 101)]
    assert max(rates) == pytest.approx(0.5)
    assert np.argmax(rates) == 20
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert (np.diff(rates[20:]) < 0).all()


@pytest.fixture
def task():
    x = RNG.integers(0, 120, (96, 8, 8, 1), dtype=np.uint8)
    y = np.arange(96) % 2
    x[y == 1, :, :4] += 100
    return x[:64], y[:64], x[64:], y[64:]


def network():
    import keras

    from convbook.models import conv_net

    keras.utils.set_random_seed(3)
    return conv_net(2, (8, 8, 1), widths=(4, 4), pools=1)


@pytest.mark.keras
def test_an_interrupted_run_ends_where_an_uninterrupted_one_does(task, tmp_path):
    recipe = Recipe(epochs=4, batch_size=16, peak_learning_rate=0.05, shift=1, seed=3)
    whole = network()
    train(whole, recipe, task, tmp_path / "whole.json", report=None)

    class Interrupt(Exception):
        pass

    def stop(line):
        if line.startswith("epoch  2"):
            raise Interrupt

    log, checkpoint = tmp_path / "parts.json", tmp_path / "parts"
    with pytest.raises(Interrupt):
        train(network(), recipe, task, log, checkpoint=checkpoint, report=stop)
    resumed = network()
    record = train(resumed, recipe, task, log, checkpoint=checkpoint, report=None)
    assert [row["epoch"] for row in record["epochs"]] == [1, 2, 3, 4]
    np.testing.assert_allclose(
        predict_logits(resumed, task[2]), predict_logits(whole, task[2]), atol=1e-3
    )


@pytest.mark.keras
def test_a_record_says_how_to_repeat_the_run(task, tmp_path):
    log = tmp_path / "run.json"
    model = network()
    recipe = Recipe(epochs=6, batch_size=16, peak_learning_rate=0.1, seed=3)
    train(model, recipe, task, log, about={"data": "two halves"}, report=None)
    record = json.loads(log.read_text())
    assert record["recipe"]["seed"] == 3
    assert record["parameters"] == model.count_params()
    assert record["data"] == "two halves"
    assert {"processor", "cores", "keras", "backend"} <= set(record["hardware"])
    assert score(model, task[2], task[3])["accuracy"] > 0.9


@pytest.mark.keras
def test_without_a_validation_set_nothing_is_validated(task):
    lines = []
    recipe = Recipe(epochs=1, batch_size=16)
    (row,) = train(network(), recipe, task[:2], report=lines.append)["epochs"]
    assert not [name for name in row if name.startswith("validation")]
    assert "validation" not in lines[0]


@pytest.mark.keras
def test_a_stopped_training_by_plateau_remembers_what_its_callbacks_knew(task, tmp_path):
    from convbook.models.chapter_recipe import fit
    from convbook.models.recipes import PlateauRecipe

    class Interrupt(Exception):
        pass

    # The labels of the validation set are drawn by lot, so its loss soon stops falling.
    x, y, x_val, _ = task
    data = (x, y, x_val, np.random.default_rng(6).integers(0, 2, len(x_val)))
    recipe = PlateauRecipe(epochs=40, batch_size=16, stop_after=4, reduce_after=2)

    def stop(row):
        if row["epoch"] == 4:  # before it can have stopped by itself
            raise Interrupt

    record = {"epochs": []}
    with pytest.raises(Interrupt):
        fit(network(), recipe, data, record, tmp_path, report=stop)
    state = json.loads((tmp_path / "state.json").read_text())
    assert state["epochs"] == 3, "the fourth epoch was not kept, so it is done again"
    known = [row["validation_loss"] for row in record["epochs"][:3]]
    best = int(np.argmin(known))
    assert state["others"][0]["wait"] == 2 - best
    model = network()
    record = fit(model, recipe, data, record, tmp_path)
    losses = [row["validation_loss"] for row in record["epochs"]]
    assert [row["epoch"] for row in record["epochs"]] == list(range(1, len(losses) + 1))
    assert record["went_on_after_epochs"] == [3]
    assert record["best_epoch"] == int(np.argmin(losses)) + 1
    assert len(losses) == record["best_epoch"] + 4, "it stops four epochs after its best"
    np.testing.assert_allclose(score(model, *data[2:])["loss"], min(losses), atol=1e-3)
