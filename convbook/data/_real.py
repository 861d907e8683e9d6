"""Real data sets: found on this machine, or fetched from their official address.

Looked for in the folder named by ``CONVBOOK_DATA``, then where Keras keeps its downloads, then
fetched. A set is one ``.npz`` file, or a folder ``NAME/train/CLASS/*.png`` with ``NAME/test``
beside it.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convbook.data._dataset import DamagedData, DataNotFound, Dataset

CIFAR10_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
PICTURES = {".png", ".jpg", ".jpeg", ".ppm", ".webp", ".bmp"}


@dataclass(frozen=True)
class Source:
    """Where one real data set may be found, and what it must look like."""

    title: str
    file: str | None
    shape: tuple[int, int, int]
    classes: tuple[str, ...] | None = None
    url: str | None = None
    sha256: str | None = None
    keras_cache: str | None = None
    home: str = ""


SOURCES = {
    "mnist": Source(
        "MNIST, handwritten digits",
        "mnist.npz",
        (28, 28, 1),
        classes=tuple("0123456789"),
        url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        keras_cache="mnist.npz",
        home="http://yann.lecun.com/exdb/mnist/",
    ),
    "cifar10": Source(
        "CIFAR-10, photographs of ten kinds of thing",
        "cifar10.npz",
        (32, 32, 3),
        classes=CIFAR10_CLASSES,
        url="https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
        sha256="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        keras_cache="cifar-10-batches-py-target/cifar-10-batches-py",
        home="https://www.cs.toronto.edu/~kriz/cifar.html",
    ),
    "gtsrb": Source(
        "GTSRB, German traffic signs",
        "gtsrb.npz",
        (32, 32, 3),
        home="https://benchmark.ini.rub.de/gtsrb_dataset.html",
    ),
    "gtsrb-small": Source(
        "GTSRB, German traffic signs, one frame in six",
        "gtsrb32.npz",
        (32, 32, 3),
        classes=tuple(str(number) for number in range(43)),
        home="https://benchmark.ini.rub.de/gtsrb_dataset.html",
    ),
    "devanagari": Source(
        "DHCD, handwritten Devanagari: 36 consonants and 10 digits",
        "dhcd32.npz",
        (32, 32, 1),
        home="https://archive.ics.uci.edu/dataset/389",
    ),
    "plantvillage": Source(
        "PlantVillage, leaves of healthy and diseased crops",
        "plantvillage.npz",
        (64, 64, 3),
        home="https://github.com/spMohanty/PlantVillage-Dataset",
    ),
    "apple-leaves": Source(
        "PlantVillage, the four apple classes",
        "plantvillage_apple64.npz",
        (64, 64, 3),
        home="https://github.com/spMohanty/PlantVillage-Dataset",
    ),
}


def load_real(name: str) -> Dataset:
    """Find, check and decode the real data set ``name``."""
    source = SOURCES[name]
    for where in _places(name, source):
        if where.is_dir():
            reader = _read_cifar_batches if where.name == "cifar-10-batches-py" else _read_folder
            return reader(where, source)
        if where.is_file():
            return _read_npz(where, source)
    return _download(name, source)


def data_folder() -> Path | None:
    """The folder named by ``CONVBOOK_DATA``, or None where the variable is not set."""
    value = os.environ.get("CONVBOOK_DATA")
    if not value:
        return None
    folder = Path(value).expanduser()
    if not folder.is_dir():
        raise DataNotFound(
            f"CONVBOOK_DATA names {folder}, which is not a folder; correct it or unset it"
        )
    return folder


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser() / "datasets"


def _places(name, source):
    folder = data_folder()
    if folder:
        if source.file:
            yield folder / source.file
        yield folder / name
    if source.keras_cache:
        yield _keras_cache() / source.keras_cache


def _not_found(name, source, reason) -> DataNotFound:
    ways = [
        f"set CONVBOOK_DATA to a folder that holds {source.file} "
        f"or {name}/train/CLASS/*.png and {name}/test/CLASS/*.png"
    ]
    if source.url:
        ways.append(f"connect to the network once, and it comes from {source.url}")
    ways.append(f"get it at its home, {source.home}")
    steps = "\n".join(f"  - {way}" for way in ways)
    return DataNotFound(
        f"{source.title} ({name!r}) is not on this machine{reason}. What to do:\n{steps}\n"
        "The embedded sets need no download: see convbook.data.available()."
    )


# ------------------------------------------------------------------------------------------ files


def _read_npz(path: Path, source: Source) -> Dataset:
    try:
        with np.load(path, allow_pickle=False) as archive:
            parts = {key: archive[key] for key in archive.files}
    except (zipfile.BadZipFile, EOFError, ValueError, OSError, KeyError) as problem:
        raise _damaged(path, problem) from problem
    classes = tuple(str(c) for c in parts["classes"]) if "classes" in parts else source.classes
    splits = {}
    for split in ("train", "test"):
        if f"x_{split}" not in parts and f"webp_{split}" not in parts:
            raise _damaged(path, f"it holds {', '.join(sorted(parts))}, and no {split} pictures")
        if f"y_{split}" not in parts:
            raise _damaged(path, f"it holds no labels y_{split}")
        x = parts[f"x_{split}"] if f"x_{split}" in parts else _decode(parts, split, path, source)
        splits[f"x_{split}"] = _checked(x, source, path)
        splits[f"y_{split}"] = parts[f"y_{split}"].astype(np.int64)
    groups = parts.get("track_train")
    if groups is not None and len(groups) == len(splits["y_train"]):
        groups = splits["y_train"] * 100_000 + groups.astype(np.int64)
    sizes = f"{len(splits['x_train']):,} + {len(splits['x_test']):,} pictures"
    return Dataset(
        **splits,
        classes=classes or tuple(str(n) for n in range(int(splits["y_train"].max()) + 1)),
        provenance=f"{source.title}; {sizes} from {path.name}",
        groups_train=groups,
    )


def _damaged(path, reason) -> DamagedData:
    return DamagedData(
        f"{path} is damaged or only half downloaded ({reason}); delete it and fetch it again"
    )


def _checked(x, source, path):
    if x.ndim == 3:
        x = x[..., None]
    if x.ndim != 4 or x.shape[1:] != source.shape:
        raise DamagedData(
            f"{path}: its pictures have shape {x.shape[1:]}, expected {source.shape} "
            f"for {source.title}; this is another file"
        )
    if x.dtype != np.uint8:
        raise DamagedData(f"{path}: its pictures are {x.dtype}, expected uint8 from 0 to 255")
    return x


def _decode(parts, split, path, source):
    """Pictures of a split that is stored as WebP files, one after the other."""
    from PIL import Image

    data, offsets = parts[f"webp_{split}"], parts[f"offset_{split}"].astype(np.int64)
    if offsets[-1] != len(data) or (np.diff(offsets) <= 0).any():
        raise _damaged(path, f"the {split} pictures end before their table of contents does")
    height, width, channels = source.shape
    mode = "L" if channels == 1 else "RGB"
    out = np.empty((len(offsets) - 1, height, width, channels), np.uint8)
    data = data.tobytes()
    for i in range(len(out)):
        try:
            image = Image.open(io.BytesIO(data[offsets[i] : offsets[i + 1]])).convert(mode)
        except OSError as problem:
            raise _damaged(path, f"{split} picture {i} cannot be decoded") from problem
        if image.size != (width, height):
            raise DamagedData(
                f"{path}: {split} picture {i} is {image.size[0]}×{image.size[1]} pixels, "
                f"expected {width}×{height}"
            )
        out[i] = np.asarray(image).reshape(height, width, channels)
    return out


def _read_folder(folder: Path, source: Source) -> Dataset:
    """``folder/train/CLASS/*.png``; pictures are resized to the size the set is used at here."""
    train, test = (_split_folder(folder, split) for split in ("train", "test"))
    classes = tuple(sorted(p.name for p in train.iterdir() if p.is_dir()))
    if not classes:
        raise DataNotFound(f"{train} holds no folder named after a class; expected CLASS/*.png")
    x_train, y_train, groups = _read_split(train, classes, source)
    x_test, y_test, _ = _read_split(test, classes, source)
    sizes = f"{len(x_train):,} + {len(x_test):,} pictures"
    provenance = f"{source.title}; {sizes} from the folder {folder.name}"
    return Dataset(x_train, y_train, x_test, y_test, classes, provenance, groups)


def _split_folder(folder, split):
    for name in (split, split.title()):
        if (folder / name).is_dir():
            return folder / name
    raise DataNotFound(f"{folder} has no folder {split!r}; expected {split}/CLASS/*.png in it")


def _read_split(folder, classes, source):
    from PIL import Image

    height, width, channels = source.shape
    pictures: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    groups: list[int] = []
    for label, name in enumerate(classes):
        for path in sorted((folder / name).glob("*")):
            if path.suffix.lower() not in PICTURES:
                continue
            try:
                image = Image.open(path).convert("L" if channels == 1 else "RGB")
            except OSError as problem:
                raise _damaged(path, problem) from problem
            pictures.append(np.asarray(image.resize((width, height))))
            labels.append(label)
            # GTSRB names a file TRACK_FRAME: frames of one track show one physical sign.
            track = re.fullmatch(r"(\d{5})_\d{5}", path.stem)
            groups.append(label * 100_000 + int(track[1]) if track else -len(groups) - 1)
    if not pictures:
        raise DataNotFound(f"{folder} holds no pictures of {', '.join(classes[:3])}, …")
    x = np.stack(pictures).reshape(len(pictures), height, width, channels)
    return x, np.array(labels), np.array(groups)


def _read_cifar_batches(folder: Path, source: Source) -> Dataset:
    """CIFAR-10 as its authors publish it, and as Keras unpacks it."""

    def batch(name: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        try:
            with open(folder / name, "rb") as file:
                content = pickle.load(file, encoding="bytes")
            x = content[b"data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            return x, np.array(content[b"labels"], np.int64)
        except (OSError, EOFError, pickle.UnpicklingError, KeyError, ValueError) as problem:
            raise _damaged(folder / name, problem) from problem

    x, y = zip(*(batch(f"data_batch_{i}") for i in range(1, 6)), strict=True)
    provenance = f"{source.title}; the authors' files in {folder.name}"
    x_test, y_test = batch("test_batch")
    return Dataset(
        np.concatenate(x), np.concatenate(y), x_test, y_test, CIFAR10_CLASSES, provenance
    )


# --------------------------------------------------------------------------------------- download


def _download(name, source) -> Dataset:
    if not source.url:
        raise _not_found(name, source, "")
    target = _keras_cache() / Path(source.url).name
    try:
        fetch(source.url, target, source.sha256)
    except (urllib.error.URLError, OSError, TimeoutError) as problem:
        reason = f", and {source.url} cannot be reached ({problem})"
        raise _not_found(name, source, reason) from problem
    if target.suffix == ".npz":
        return _read_npz(target, source)
    folder = _keras_cache() / source.keras_cache
    with tarfile.open(target) as archive:
        archive.extractall(folder.parent, filter="data")
    return _read_cifar_batches(folder, source)


def fetch(
    url: str,
    target: Path,
    sha256: str | None,
    *,
    timeout=15,
    opener: Callable = urllib.request.urlopen,
):
    """Download ``url`` to ``target`` with a progress bar; a part of a file is never left behind.

    Raises DamagedData where the file's SHA-256 is not ``sha256``.
    """
    from tqdm import tqdm

    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    digest = hashlib.sha256()
    try:
        with opener(url, timeout=timeout) as response, open(part, "wb") as file:
            size = int(response.headers.get("Content-Length") or 0) or None
            with tqdm(total=size, unit="B", unit_scale=True, desc=target.name) as bar:
                while chunk := response.read(1 << 16):
                    file.write(chunk)
                    digest.update(chunk)
                    bar.update(len(chunk))
        if sha256 and digest.hexdigest() != sha256:
            raise DamagedData(
                f"{url} gave a file whose SHA-256 is {digest.hexdigest()[:12]}…, expected "
                f"{sha256[:12]}…; the download broke off or the file changed: try again"
            )
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
