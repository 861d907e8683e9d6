"""What the three projects of section 18 share: a fair split, a linear rival, a report."""

from __future__ import annotations

import os

import numpy as np


def real_data() -> bool:
    """Whether the projects run on real data: the variable CONVBOOK_REAL is 1."""
    return os.environ.get("CONVBOOK_REAL") == "1"


def linear_rival(dataset, components=100):
    """Test accuracy of logistic regression on the pixels' principal components."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    rival = make_pipeline(
        PCA(components, svd_solver="randomized", random_state=0),
        LogisticRegression(C=0.01, max_iter=200),
    )
    train, test = (
        x.reshape(len(x), -1).astype(np.float32) / 255 for x in (dataset.x_train, dataset.x_test)
    )
    return float(rival.fit(train, dataset.y_train).score(test, dataset.y_test))


def report(logits, labels, classes) -> dict:
    """Accuracy, confusion matrix, recall and precision of each class, from logits (N, classes)."""
    predicted = np.asarray(logits).argmax(axis=1)
    confusion = np.zeros((len(classes), len(classes)), int)
    np.add.at(confusion, (labels, predicted), 1)
    hits = np.diag(confusion)
    return {
        "accuracy": float(hits.sum() / confusion.sum()),
        "confusion": confusion,
        "recall": hits / np.maximum(confusion.sum(axis=1), 1),
        "precision": hits / np.maximum(confusion.sum(axis=0), 1),
    }


def surest_errors(logits, labels, count=6):
    """Indices of the ``count`` wrong answers given with the most confidence."""
    from convbook.explain import probabilities

    p = probabilities(logits)
    wrong = np.flatnonzero(p.argmax(axis=1) != labels)
    return wrong[np.argsort(-p[wrong].max(axis=1))][:count]
