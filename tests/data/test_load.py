"""Claims about ``convbook.data.load``: what it gives, and what it says when it cannot."""

import io
import pickle

import numpy as np
import pytest
from PIL import Image

from convbook import data
from convbook.data import _real


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A private CONVBOOK_DATA, no Keras cache and no network."""
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))

    def no_network(*args, **kwargs):
        raise OSError("no network")

    monkeypatch.setattr(_real, "fetch", no_network)
    return tmp_path


def webp(images):
    files = []
    for image in images:
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "WEBP", lossless=True)
        files.append(buffer.getvalue())
    offsets = np.cumsum([0] + [len(f) for f in files]).astype(np.uint32)
    return np.frombuffer(b"".join(files), np.uint8), offsets


def write_signs(path, **changes):
    rng = np.random.default_rng(0)
    parts = {}
    for split, count in (("train", 12), ("test", 4)):
        images = rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
        parts[f"webp_{split}"], parts[f"offset_{split}"] = webp(images)
        parts[f"y_{split}"] = (np.arange(count) % 2).astype(np.uint8)
    parts["track_train"] = (np.arange(12) // 4).astype(np.uint16)
    np.savez(path, **(parts | changes))


def test_digits_come_whole_and_balanced():
    digits = data.load("digits", quiet=True)
    assert digits.x_train.shape == (1437, 8, 8, 1)
    assert digits.x_test.shape == (360, 8, 8, 1)
    assert digits.x_train.dtype == np.uint8
    assert digits.x_train.max() == 255
    assert np.bincount(digits.y_test).min() >= 34


def test_what_was_loaded_is_printed(capsys):
    dataset = data.load("digits")
    assert dataset.provenance in capsys.readouterr().out


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"no data set 'mnst'.*digits.*cifar10"):
        data.load("mnst")


def test_real_set_takes_no_options():
    with pytest.raises(TypeError, match="takes no options"):
        data.load("mnist", seed=3)


def test_missing_set_names_every_way_to_get_it(folder):
    with pytest.raises(data.DataNotFound) as problem:
        data.load("mnist")
    for way in ("CONVBOOK_DATA", "mnist.npz", "storage.googleapis.com", "no network"):
        assert way in str(problem.value)


def test_missing_set_without_address_names_its_home(folder):
    with pytest.raises(data.DataNotFound, match=r"benchmark\.ini\.rub\.de"):
        data.load("gtsrb-small")


def test_convbook_data_must_be_a_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("CONVBOOK_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(data.DataNotFound, match="not a folder"):
        data.load("mnist")


@pytest.mark.parametrize("kept", [0.5, 0.95, 0.001])
def test_half_downloaded_file_is_detected(folder, kept):
    path = folder / "gtsrb32.npz"
    write_signs(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(data.DamagedData, match=r"half downloaded.*delete it"):
        data.load("gtsrb-small")


def test_a_flipped_byte_is_detected(folder):
    path = folder / "gtsrb32.npz"
    write_signs(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(data.DamagedData):
        data.load("gtsrb-small")


def test_pictures_of_the_wrong_size_are_refused(folder):
    small = np.zeros((4, 16, 16, 3), np.uint8)
    pictures, offsets = webp(small)
    write_signs(folder / "gtsrb32.npz", webp_test=pictures, offset_test=offsets)
    with pytest.raises(data.DamagedData, match="16×16 pixels, expected 32×32"):
        data.load("gtsrb-small")


def test_an_array_of_the_wrong_shape_is_refused(folder):
    zeros = {"y_train": np.zeros(5, int), "y_test": np.zeros(5, int)}
    x = np.zeros((5, 32, 32), np.uint8)
    np.savez(folder / "mnist.npz", x_train=x, x_test=x, **zeros)
    with pytest.raises(data.DamagedData, match=r"\(32, 32, 1\), expected \(28, 28, 1\)"):
        data.load("mnist")


def test_floats_are_refused_because_their_scale_is_unknown(folder):
    zeros = {"y_train": np.zeros(5, int), "y_test": np.zeros(5, int)}
    x = np.zeros((5, 28, 28))
    np.savez(folder / "mnist.npz", x_train=x, x_test=x, **zeros)
    with pytest.raises(data.DamagedData, match="expected uint8"):
        data.load("mnist")


def test_labels_must_fit_pictures(folder):
    write_signs(folder / "gtsrb32.npz", y_train=np.zeros(3, np.uint8))
    with pytest.raises(data.DamagedData, match="12 pictures but y_train 3 labels"):
        data.load("gtsrb-small")


def test_frames_of_one_sign_stay_on_one_side(folder):
    write_signs(folder / "gtsrb32.npz")
    signs = data.load("gtsrb-small", quiet=True)
    assert len(np.unique(signs.groups_train)) == 6
    x, _, x_val, _ = signs.validation_split(0.34, seed=1)
    assert len(x) + len(x_val) == 12
    train, held_out = ({im.tobytes() for im in part} for part in (x, x_val))
    tracks = {im.tobytes(): g for im, g in zip(signs.x_train, signs.groups_train, strict=True)}
    assert not {tracks[b] for b in train} & {tracks[b] for b in held_out}


def test_validation_fraction_must_be_a_share():
    with pytest.raises(ValueError, match=r"between 0 and 1"):
        data.load("digits", quiet=True).validation_split(12)


def test_a_folder_of_pictures_named_after_classes_loads(folder):
    rng = np.random.default_rng(1)
    for split, count in (("Train", 3), ("Test", 2)):
        for name in ("digit_0", "digit_1"):
            place = folder / "devanagari" / split / name
            place.mkdir(parents=True)
            for i in range(count):
                image = Image.fromarray(rng.integers(0, 256, (40, 40), dtype=np.uint8))
                image.save(place / f"{i}.png")
    dataset = data.load("devanagari", quiet=True)
    assert dataset.x_train.shape == (6, 32, 32, 1)
    assert dataset.classes == ("digit_0", "digit_1")
    assert dataset.y_test.tolist() == [0, 0, 1, 1]


def test_keras_cache_of_cifar10_loads(folder):
    place = folder / "keras/datasets/cifar-10-batches-py-target/cifar-10-batches-py"
    place.mkdir(parents=True)
    rng = np.random.default_rng(2)
    for name in [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]:
        content = {
            b"data": rng.integers(0, 256, (4, 3072), dtype=np.uint8),
            b"labels": [0, 1, 2, 9],
        }
        (place / name).write_bytes(pickle.dumps(content))
    cifar = data.load("cifar10", quiet=True)
    assert cifar.x_train.shape == (20, 32, 32, 3)
    (place / "test_batch").write_bytes(b"half")
    with pytest.raises(data.DamagedData, match="test_batch"):
        data.load("cifar10")


class _Response(io.BytesIO):
    headers = {"Content-Length": "11"}  # noqa: RUF012


def test_download_that_breaks_off_leaves_no_file(tmp_path):
    target = tmp_path / "deep" / "mnist.npz"
    with pytest.raises(data.DamagedData, match="SHA-256"):
        _real.fetch(
            "http://example.invalid/x",
            target,
            "0" * 64,
            opener=lambda *a, **k: _Response(b"hello world"),
        )
    assert list(target.parent.iterdir()) == []


def test_download_with_the_right_sum_is_kept(tmp_path):
    import hashlib

    target = tmp_path / "file.bin"
    digest = hashlib.sha256(b"hello world").hexdigest()
    _real.fetch(
        "http://example.invalid/x", target, digest, opener=lambda *a, **k: _Response(b"hello world")
    )
    assert target.read_bytes() == b"hello world"


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "train", "test", "classes"),
    [
        ("mnist", 60_000, 10_000, 10),
        ("gtsrb-small", 6_535, 1_579, 43),
        ("devanagari", 32_200, 3_450, 46),
        ("apple-leaves", 1_902, 476, 4),
    ],
)
def test_real_sets_are_whole(name, train, test, classes):
    dataset = data.load(name, quiet=True)
    assert (len(dataset.x_train), len(dataset.x_test)) == (train, test)
    assert len(dataset.classes) == classes == len(np.unique(dataset.y_test))


@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_written_into_a_folder_for_each_class_and_a_class_can_be_made_rare(
    tmp_path, channels
):
    x = np.arange(8, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, channels), np.uint8)
    images = data.Dataset(x, np.arange(8) % 2, x[:2], np.array([0, 1]), ("rust", "scab"), "made up")
    folder = images.write_folders(tmp_path, every={"scab": 3})
    written = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    assert written == [
        *("test/rust/0000.png", "test/scab/0001.png"),
        *(f"train/rust/000{n}.png" for n in (0, 2, 4, 6)),
        "train/scab/0003.png",
    ]
    assert (
        np.asarray(Image.open(folder / "train/scab/0003.png")).ravel().tolist()
        == [3] * 4 * channels
    )
    with pytest.raises(ValueError, match="no class 'scurf'; there are rust, scab"):
        images.write_folders(tmp_path, every={"scurf": 2})
