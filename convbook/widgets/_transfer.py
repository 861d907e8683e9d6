"""How good each kind of transfer is with how few pictures: measured, for TransferAdvisor.

A pocket net learned five kinds of CIFAR-10 (about half of the training set). Then four ways of
starting were measured on two new tasks of five classes: the other five kinds of CIFAR-10 (like what
it knew) and five handwritten Devanagari letters (unlike). ``python -m convbook.widgets._transfer``
measures again, for some forty minutes on two cores; it needs both data sets and Keras.
"""

from __future__ import annotations

import json
from functools import cache

import numpy as np

from ._bundle import FOLDER

RECORD = FOLDER / "shared" / "transfer_curves.json"
COUNTS = (5, 20, 80, 320)
#: Epochs for each count: at least 150 steps of at most 32 pictures.
EPOCHS = {5: 150, 20: 50, 80: 25, 320: 10}
SEEDS = 3
WAYS = ("head", "last", "all", "scratch")
#: Peak learning rate of each way that trains more than the head.
RATES = {"last": 0.01, "all": 0.01, "scratch": 0.1}
KNOWN = (0, 1, 2, 3, 4)
TEST_PICTURES = 2_000


@cache
def record() -> dict:
    """Accuracies by task ("alike", "unlike"), way and pictures a class, one number a seed."""
    return json.loads(RECORD.read_text(encoding="utf-8"))


def mean_accuracy(task: str, way: str, count: int) -> float:
    """Mean test accuracy over the seeds, in [0, 1]."""
    return float(np.mean(record()["accuracies"][task][way][str(count)]))


def _only(x, y, classes):
    """Pictures of some classes, their labels counted anew from 0."""
    chosen = np.isin(y, classes)
    return x[chosen], np.searchsorted(classes, y[chosen])


def _backbone(cifar):
    """A pocket net that learned the first five kinds of CIFAR-10, and its accuracy on them."""
    from convbook import models
    from convbook.models.training import Recipe, score, train

    models.seed(5)
    model = models.pocket_net(num_classes=len(KNOWN), l2=2e-4)
    recipe = Recipe(7, peak_learning_rate=0.12, label_smoothing=0.05, shift=4, flip=True, seed=5)
    x, y = _only(cifar.x_train, cifar.y_train, KNOWN)
    x_test, y_test = _only(cifar.x_test, cifar.y_test, KNOWN)
    train(model, recipe, (x, y, x_test[:500], y_test[:500]))
    return model, recipe, score(model, x_test, y_test)["accuracy"]


def _tasks(cifar) -> dict:
    """Two tasks of five classes: (x_train, y_train, x_test, y_test), and whether to mirror."""
    from convbook import data

    new = [c for c in range(10) if c not in KNOWN]
    alike = [*_only(cifar.x_train, cifar.y_train, new), *_only(cifar.x_test, cifar.y_test, new)]
    letters = data.load("devanagari")
    first = (0, 1, 2, 3, 4)
    unlike = [
        *_only(letters.x_train, letters.y_train, first),
        *_only(letters.x_test, letters.y_test, first),
    ]
    unlike[0], unlike[2] = (np.repeat(x, 4 - x.shape[-1], axis=-1)[..., :3] for x in unlike[::2])
    tasks = {"alike": (alike, True), "unlike": (unlike, False)}
    about = {
        "alike": [cifar.provenance, [cifar.classes[c] for c in new]],
        "unlike": [letters.provenance, [letters.classes[c] for c in first]],
    }
    return {name: (*task, about[name]) for name, task in tasks.items()}


def _start(backbone, head, way):
    """A network ready to train: the head already fitted, batch norm at rest unless from scratch."""
    import keras

    from convbook import models
    from convbook.models import transfer

    # A copy, so that one way does not train the backbone of the next.
    own = keras.models.clone_model(backbone)
    own.set_weights(backbone.get_weights())
    net = transfer.with_new_head(own, len(KNOWN))
    if way == "scratch":
        net.set_weights(models.fresh_copy(net).get_weights())
        return net
    net.get_layer("new_logits").set_weights(head)
    for layer in net.layers:
        late = layer.name.startswith(("stage2_block", "new_logits"))
        rests = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = not rests and (late or way == "all")
    return net


def _fitted_head(features, labels):
    """A dense layer's (weights, biases), trained to its end on frozen features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(features)
    head = LogisticRegression(C=0.05, max_iter=500).fit(scaler.transform(features), labels)
    weights = head.coef_.T / scaler.scale_[:, None]
    return [weights, head.intercept_ - scaler.mean_ @ weights]


def _accuracies(backbone, task, flip, seed, count) -> dict[str, float]:
    """Test accuracy of every way with ``count`` pictures a class."""
    from convbook import models
    from convbook.models import transfer

    x, y, x_test, y_test = task
    x_test, y_test = x_test[:TEST_PICTURES], y_test[:TEST_PICTURES]
    few = transfer.few_per_class(y, count, seed=seed)
    weights, biases = _fitted_head(transfer.features(backbone, x[few]), y[few])
    answers = transfer.features(backbone, x_test) @ weights + biases
    found = {"head": float((answers.argmax(axis=1) == y_test).mean())}
    for way, rate in RATES.items():
        models.seed(seed)
        found[way] = transfer.trained(
            _start(backbone, [weights, biases], way), x[few], y[few], x_test, y_test,
            epochs=EPOCHS[count], rate=rate, flip=flip, seed=seed,
        )  # fmt: skip
    return {way: round(value, 4) for way, value in found.items()}


def measure() -> None:
    """Train the backbone, measure every task, way, count and seed, and write the record."""
    from dataclasses import asdict

    import keras

    from convbook import data
    from convbook.models.training import hardware

    cifar = data.load("cifar10")
    backbone, recipe, known = _backbone(cifar)
    tasks = _tasks(cifar)
    accuracies = {
        name: {way: {str(count): [] for count in COUNTS} for way in WAYS} for name in tasks
    }
    for seed in range(SEEDS):
        for name, (task, flip, _) in tasks.items():
            for count in COUNTS:
                keras.backend.clear_session(free_memory=True)
                for way, value in _accuracies(backbone, task, flip, seed, count).items():
                    accuracies[name][way][str(count)].append(value)
                print(name, seed, count, {w: accuracies[name][w][str(count)][-1] for w in WAYS})
        kept = {
            "data": {name: about[0] for name, (*_, about) in tasks.items()},
            "classes": {name: about[1] for name, (*_, about) in tasks.items()},
            "test_pictures": {n: min(len(t[3]), TEST_PICTURES) for n, (t, *_) in tasks.items()},
            "backbone": {
                "network": "pocket_net",
                "classes": [cifar.classes[c] for c in KNOWN],
                "recipe": asdict(recipe),
                "test_accuracy": round(known, 4),
            },
            "epochs": {str(count): EPOCHS[count] for count in COUNTS},
            "peak_learning_rate": RATES,
            "seeds": seed + 1,
            "hardware": hardware(),
            "accuracies": accuracies,
        }
        RECORD.write_text(json.dumps(kept, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    measure()
