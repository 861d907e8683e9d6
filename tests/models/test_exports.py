"""What section 18.1 writes for other runtimes gives Keras's logits: LiteRT, ONNX where it is."""

from importlib.util import find_spec

import numpy as np
import pytest

pytestmark = pytest.mark.keras
ONNX = ("onnx", "tf2onnx", "onnxruntime")


@pytest.fixture(scope="module")
def network():
    """A network of section 18.1's kinds of layer, batch norms with statistics of their own."""
    from convbook.models import conv_net, seed

    seed(5)
    import keras

    model = conv_net(4, (16, 16, 3), widths=(4, 8))
    rng = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    images = rng.random((6, 16, 16, 3), dtype=np.float32)
    return model, images, model.predict(images, verbose=0)


def litert(path, images):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    (source,), (target,) = interpreter.get_input_details(), interpreter.get_output_details()
    rows = []
    for image in images:
        interpreter.set_tensor(source["index"], image[None])
        interpreter.invoke()
        rows.append(interpreter.get_tensor(target["index"])[0].copy())
    return np.stack(rows)


def onnx(path, images):
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def test_litert_gives_the_logits_of_keras(network, tmp_path):
    model, images, logits = network
    model.export(tmp_path / "net.tflite", format="litert", verbose=False)
    np.testing.assert_allclose(litert(tmp_path / "net.tflite", images), logits, atol=1e-4)


needs_onnx = pytest.mark.skipif(
    not all(map(find_spec, ONNX)), reason="the extra onnx is not installed, section 18.1 shows it"
)


@needs_onnx
def test_onnx_gives_the_logits_of_keras_for_any_number_of_images(network, tmp_path):
    model, images, logits = network
    model.export(tmp_path / "net.onnx", format="onnx", verbose=False)
    np.testing.assert_allclose(onnx(tmp_path / "net.onnx", images), logits, atol=1e-4)
    np.testing.assert_allclose(onnx(tmp_path / "net.onnx", images[:1]), logits[:1], atol=1e-4)


@needs_onnx
def test_a_model_that_augments_is_exported_at_inference_once_it_is_wrapped(network, tmp_path):
    import keras

    model, images, logits = network
    augmenting = keras.Sequential(
        [keras.Input((16, 16, 3)), keras.layers.RandomFlip(), keras.layers.RandomRotation(0.1)]
    )
    augmenting.add(model)
    inputs = keras.Input((16, 16, 3))
    deployed = keras.Model(inputs, augmenting(inputs, training=False))
    deployed(images[:1])
    deployed.export(tmp_path / "net.onnx", format="onnx", verbose=False)
    np.testing.assert_allclose(onnx(tmp_path / "net.onnx", images), logits, atol=1e-4)
