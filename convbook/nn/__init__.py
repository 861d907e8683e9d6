"""A convolutional network that can be read: layers in NumPy, each with its own backward pass.

Images are float32 arrays of shape ``(N, C, H, W)`` (:mod:`convbook.nn.typing` says which types are
computed in). Start with :mod:`convbook.nn.dense`, whose backward pass is three lines, then
:mod:`convbook.nn.conv`, which begins with the definition of convolution.

>>> import numpy as np
>>> network = Sequential([Conv2D(1, 4, 3), ReLU(), Flatten(), Dense(144, 10)], (1, 8, 8), seed=18)
>>> network.forward(np.zeros((2, 1, 8, 8))).shape
(2, 10)
"""

from convbook.nn.activation import Dropout, ReLU
from convbook.nn.conv import Conv2D, conv2d
from convbook.nn.dense import Dense, Flatten
from convbook.nn.gradients import check_gradients, numerical_gradient, relative_error
from convbook.nn.initialisers import glorot, he
from convbook.nn.layer import Composite, Layer
from convbook.nn.loss import SoftmaxCrossEntropy, softmax
from convbook.nn.normalisation import BatchNorm2D
from convbook.nn.optimisers import SGD, Adam, cosine
from convbook.nn.pooling import AvgPool2D, GlobalAvgPool2D, MaxPool2D
from convbook.nn.sequential import Residual, Sequential
from convbook.nn.training import History

__all__ = [
    "SGD",
    "Adam",
    "AvgPool2D",
    "BatchNorm2D",
    "Composite",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2D",
    "History",
    "Layer",
    "MaxPool2D",
    "ReLU",
    "Residual",
    "Sequential",
    "SoftmaxCrossEntropy",
    "check_gradients",
    "conv2d",
    "cosine",
    "glorot",
    "he",
    "numerical_gradient",
    "relative_error",
    "softmax",
]
