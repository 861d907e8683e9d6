"""A network with every kind of layer that keeps a state, small enough to train in a test."""

from convbook.nn import BatchNorm2D, Conv2D, Dense, Dropout, Flatten, ReLU, Sequential


def small_network(seed=3):
    layers = [Conv2D(1, 4, 3), BatchNorm2D(4), ReLU(), Dropout(0.2), Flatten(), Dense(144, 10)]
    return Sequential(layers, input_shape=(1, 8, 8), seed=seed)
