"""ImageNet MobileNetV2 from 8-bit weights: it knows a cat, and where the cat is."""

import numpy as np
import pytest

from convbook import explain
from convbook.data import DamagedData, DataNotFound

pytestmark = pytest.mark.keras


def test_missing_and_damaged_files_say_what_to_do(tmp_path):
    from convbook.models import load_int8_mobilenet_v2

    with pytest.raises(DataNotFound, match="CONVBOOK_DATA"):
        load_int8_mobilenet_v2(tmp_path / "no.npz")
    half = tmp_path / "half.npz"
    half.write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(DamagedData, match="fetch it again"):
        load_int8_mobilenet_v2(half)


@pytest.mark.data
def test_the_cat_is_a_cat_and_grad_cam_points_at_it():
    from skimage import data
    from skimage.transform import resize

    from convbook.models import load_int8_mobilenet_v2

    model, labels = load_int8_mobilenet_v2()
    cat = resize(data.chelsea()[:, 75:375], (224, 224), anti_aliasing=True)
    top = explain.logits(model, 2 * cat[None] - 1)[0].argmax()
    assert "cat" in labels[top]
    # Half a cat beside half a cup of coffee: the peak changes sides with the cat.
    cup = resize(data.coffee()[:, 100:500], (224, 224), anti_aliasing=True)
    for left, right, cat_is_left in ((cat, cup, True), (cup, cat, False)):
        scene = np.concatenate([left[:, 56:168], right[:, 56:168]], axis=1)
        heat = explain.grad_cam(model, 2 * scene[None] - 1, class_index=top)
        assert heat.shape == (1, 7, 7)
        ((_, column),) = explain.peaks(heat, (224, 224))
        assert (column < 112) == cat_is_left


@pytest.mark.data
def test_features_and_an_svm_tell_apple_diseases_apart():
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    from convbook.data import load
    from convbook.models import load_int8_mobilenet_v2
    from convbook.models.mobilenet import pooled_features

    apples = load("apple-leaves", quiet=True)
    model, _ = load_int8_mobilenet_v2()
    train, test = (pooled_features(model, x) for x in (apples.x_train, apples.x_test))
    svm = make_pipeline(StandardScaler(), SVC(C=10)).fit(train, apples.y_train)
    assert np.mean(svm.predict(test) == apples.y_test) >= 0.95
