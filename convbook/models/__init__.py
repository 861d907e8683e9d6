"""The networks of the chapter, each a function that returns a built functional Keras model.

Models take pictures (N, H, W, C) and return logits, never probabilities: ``with_softmax`` adds
those. Keras is imported when the first model is asked for, not before.
"""

from __future__ import annotations

from importlib import import_module

from convbook.models._quiet import import_keras

_HOME = {
    "alexnet": "classics",
    "augmented_pocket_net": "chapter",
    "conv_net": "small",
    "crop_disease_net": "chapter",
    "chapter_cifar10_net": "chapter",
    "devanagari_net": "chapter",
    "efficientnet": "classics",
    "fresh_copy": "counting",
    "googlenet": "inception",
    "imagenet_classes": "mobilenet",
    "imagenet_weights": "mobilenet",
    "inception_module": "inception",
    "lenet5": "lenet",
    "load_int8_mobilenet_v2": "mobilenet",
    "mobilenet_v2": "classics",
    "plain_net": "residual",
    "seed": "counting",
    "pocket_net": "pocket",
    "resnet": "residual",
    "resnet50": "classics",
    "traffic_sign_net": "chapter",
    "transfer_net": "chapter",
    "trainable_parameters": "counting",
    "unfreeze_last": "chapter",
    "vgg16": "classics",
    "with_softmax": "counting",
}
__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"convbook.models has no {name!r}; it has {', '.join(__all__)}")
    import_keras()
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
