"""Every network can be saved, and loaded in a session that has never heard of this book."""

import json
import subprocess
import sys

import numpy as np
import pytest

from convbook import models

pytestmark = pytest.mark.keras
SMALL = {"weights": None, "include_top": False, "input_shape": (32, 32, 3), "alpha": 0.35}


def transfer(preprocess):
    import keras

    base = keras.applications.MobileNetV2(**SMALL)
    return models.transfer_net(base, 3, preprocess=preprocess)


def released():
    net = transfer(None)
    models.unfreeze_last(net.layers[1], 8)
    return net


def local_response():
    """AlexNet's own layer in a network that is quicker to save than AlexNet."""
    import keras

    from convbook.models.classics import local_response_normalization

    image = keras.Input((8, 8, 7))
    return keras.Model(image, local_response_normalization(image))


def preprocess(name):
    import keras

    return getattr(keras.applications, name).preprocess_input


NETWORKS = {
    "transfer": lambda: transfer(None),
    "transfer, released": released,
    "transfer, images scaled inside": lambda: transfer(preprocess("mobilenet_v2")),
    "transfer, colours turned inside": lambda: transfer(preprocess("resnet50")),
    "crop disease": lambda: models.crop_disease_net(3, (32, 32, 3))[0],
    "LeNet-5 of the paper": lambda: models.lenet5("paper"),
    "AlexNet's normalisation": local_response,
    "section 11.1": lambda: models.chapter_cifar10_net(),
    "pocket net behind augmentation": lambda: models.augmented_pocket_net(),
    "pocket net": lambda: models.pocket_net(l2=1e-4),
    "with softmax": lambda: models.with_softmax(models.conv_net(3, (16, 16, 1))),
}


def test_every_saved_network_loads_in_a_new_session(tmp_path):
    import keras

    expected = {}
    for number, (name, build) in enumerate(NETWORKS.items()):
        models.seed(number)
        net = build()
        path = tmp_path / f"{number}.keras"
        net.save(path)
        shape = net.input_shape[1:]
        x = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
        expected[str(path)] = (name, shape, np.asarray(net(x, training=False)).tolist())
        keras.backend.clear_session()
    (tmp_path / "expected.json").write_text(json.dumps(expected))
    program = """
import json, sys, keras, numpy as np
for path, (name, shape, wanted) in json.load(open(sys.argv[1])).items():
    net = keras.models.load_model(path)
    x = np.random.default_rng(0).random((2, *shape), dtype=np.float32)
    got = np.asarray(net(x, training=False))
    np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=1e-4, err_msg=name)
    print(name)
assert "convbook" not in sys.modules
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "expected.json")],
        capture_output=True,
        text=True,
    )
    assert run.stdout.splitlines() == list(NETWORKS), run.stderr[-2000:]
