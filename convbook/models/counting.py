"""Small things that every model needs: counts that mean what they say, and probabilities."""

from __future__ import annotations

import keras
import numpy as np


def trainable_parameters(model) -> int:
    """How many numbers of ``model`` training changes now (``count_params`` counts all of them)."""
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def with_softmax(model):
    """The same network with its logits turned into probabilities that add up to 1."""
    probabilities = keras.layers.Softmax(dtype="float32", name="probabilities")(model.outputs[0])
    return keras.Model(model.inputs, probabilities, name=f"{model.name}_probabilities")


def seed(number: int) -> None:
    """Start Python's, NumPy's and Keras's random numbers from ``number``."""
    keras.utils.set_random_seed(number)


def fresh_copy(model):
    """The same layers with weights that have learnt nothing."""
    return keras.models.clone_model(model)
