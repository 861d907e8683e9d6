"""Right and wrong answers for the two measuring tools of the mini-project."""

from textwrap import indent

ASSIGNMENT = "09-mini-project"

NAMES = {
    "project-confusion": [("project_confusion", "function")],
    "project-recall": [("project_recalls", "function")],
}


def matrix(body: str, before: str = "") -> str:
    head = f"import numpy as np\n{before}\ndef project_confusion(truth, predicted, classes):\n"
    return head + indent(body, "    ")


def recalls(body: str) -> str:
    return "import numpy as np\ndef project_recalls(counts):\n" + indent(body, "    ")


ADD_AT = "counts = np.zeros((classes, classes))\nnp.add.at(counts, (truth, predicted), 1)\n"
LOOP = """
counts = np.zeros((classes, classes), dtype=int)
for t, p in zip(truth, predicted):
    counts[t, p] += 1
return counts
"""

RIGHT = {
    "project-confusion": {
        "loop": matrix(LOOP),
        "add at": matrix(ADD_AT + "return counts"),
        "nested lists": matrix(
            "return [[int(((truth == i) & (predicted == j)).sum()) for j in range(classes)]\n"
            "        for i in range(classes)]"
        ),
        "one bin a pair": matrix(
            "pairs = truth * classes + predicted\n"
            "return np.bincount(pairs, minlength=classes ** 2).reshape(classes, classes)"
        ),
        "product of one-hot rows": matrix(
            "one = np.eye(classes)\nreturn one[truth].T @ one[predicted]"
        ),
        "scikit-learn": matrix(
            "if len(truth) == 0:\n    return np.zeros((classes, classes))\n"
            "return confusion_matrix(truth, predicted, labels=range(classes))",
            "from sklearn.metrics import confusion_matrix",
        ),
        "histogram": matrix(
            "edges = np.arange(classes + 1) - 0.5\n"
            "return np.histogram2d(truth, predicted, bins=[edges, edges])[0]"
        ),
        "dictionary of pairs": matrix(
            "from collections import Counter\n"
            "found = Counter(zip(truth.tolist(), predicted.tolist()))\n"
            "return [[found[i, j] for j in range(classes)] for i in range(classes)]"
        ),
        "unsigned": matrix(LOOP.replace("dtype=int", "dtype=np.uint16")),
    },
    "project-recall": {
        "divide where": recalls(
            "total = counts.sum(axis=1)\n"
            "return np.divide(np.diag(counts), total, out=np.zeros(len(counts)), where=total > 0)"
        ),
        "loop": recalls(
            "found = []\nfor i, row in enumerate(counts):\n"
            "    found.append(row[i] / row.sum() if row.sum() else 0)\nreturn found"
        ),
        "guarded divisor": recalls("return counts.diagonal() / np.maximum(counts.sum(1), 1)"),
        "NaN to zero": recalls(
            "with np.errstate(all='ignore'):\n"
            "    return np.nan_to_num(np.diag(counts) / counts.sum(axis=1))"
        ),
        "tuple of floats": recalls(
            "return tuple(float(r[i]) / float(max(sum(r), 1)) for i, r in enumerate(counts.tolist()))"
        ),
        "shares first": recalls(
            "rows = counts / np.where(counts.sum(1) == 0, 1, counts.sum(1))[:, None]\n"
            "return np.einsum('ii->i', rows)"
        ),
        "single precision": recalls(
            "total = np.maximum(counts.sum(1), 1).astype(np.float32)\n"
            "return np.diag(counts).astype(np.float32) / total"
        ),
    },
}

WRONG = {
    "project-confusion": {
        "rows and columns exchanged": matrix(LOOP.replace("[t, p]", "[p, t]")),
        "adds once": matrix(
            "counts = np.zeros((classes, classes))\ncounts[truth, predicted] += 1\nreturn counts"
        ),
        "right ones only": matrix(
            "return np.diag(np.bincount(truth[truth == predicted], minlength=classes))"
        ),
        "mistakes only": matrix(ADD_AT + "np.fill_diagonal(counts, 0)\nreturn counts"),
        "shares of all": matrix(ADD_AT + "return counts / max(len(truth), 1)"),
        "shares of a row": matrix(
            ADD_AT + "return counts / np.maximum(counts.sum(1, keepdims=True), 1)"
        ),
        "classes that occur": matrix(
            "k = max(truth.max(initial=0), predicted.max(initial=0)) + 1\n"
            "counts = np.zeros((k, k))\nnp.add.at(counts, (truth, predicted), 1)\nreturn counts"
        ),
        "classes from one on": matrix(LOOP.replace("[t, p]", "[t - 1, p - 1]")),
        "first picture missing": matrix(
            LOOP.replace("zip(truth, predicted)", "zip(truth[1:], predicted[1:])")
        ),
        "last picture missing": matrix(
            LOOP.replace("zip(truth, predicted)", "zip(truth[:-1], predicted[:-1])")
        ),
        "always three classes": matrix(LOOP.replace("(classes, classes)", "(3, 3)")),
        "symmetric": matrix(ADD_AT + "return counts + counts.T"),
        "bytes that overflow": matrix(
            "counts = np.zeros((classes, classes), dtype=np.uint8)\n"
            "np.add.at(counts, (truth, predicted), 60)\nreturn counts // 60"
        ),
        "damages truth": matrix(ADD_AT + "truth *= 0\nreturn counts"),
        "damages predicted": matrix(ADD_AT + "predicted.sort()\nreturn counts"),
        "adds up over calls": matrix(
            "global KEPT\nif KEPT is None or len(KEPT) != classes:\n"
            "    KEPT = np.zeros((classes, classes))\n"
            "np.add.at(KEPT, (truth, predicted), 1)\nreturn KEPT",
            "KEPT = None",
        ),
        "flat": matrix(ADD_AT + "return counts.ravel()"),
        "accuracy": matrix("return (truth == predicted).mean() if len(truth) else 0"),
    },
    "project-recall": {
        "precision": recalls("return np.diag(counts) / np.maximum(counts.sum(axis=0), 1)"),
        "of everything": recalls("return np.diag(counts) / counts.sum()"),
        "accuracy": recalls("return np.trace(counts) / counts.sum()"),
        "accuracy for every class": recalls(
            "return np.full(len(counts), np.trace(counts) / counts.sum())"
        ),
        "NaN for an empty row": recalls(
            "with np.errstate(all='ignore'):\n    return np.diag(counts) / counts.sum(axis=1)"
        ),
        "one for an empty row": recalls(
            "total = counts.sum(axis=1)\n"
            "return np.divide(np.diag(counts), total, out=np.ones(len(counts)), where=total > 0)"
        ),
        "leaves an empty row out": recalls(
            "total = counts.sum(axis=1)\nreturn np.diag(counts)[total > 0] / total[total > 0]"
        ),
        "one pixel added": recalls("return (np.diag(counts) + 1) / (counts.sum(axis=1) + 1)"),
        "whole-number division": recalls("return np.diag(counts) // np.maximum(counts.sum(1), 1)"),
        "percent": recalls("return 100 * np.diag(counts) / np.maximum(counts.sum(1), 1)"),
        "rounded": recalls("return np.round(np.diag(counts) / np.maximum(counts.sum(1), 1), 2)"),
        "miss rate": recalls("return 1 - np.diag(counts) / np.maximum(counts.sum(1), 1)"),
        "mean recall": recalls("return (np.diag(counts) / np.maximum(counts.sum(1), 1)).mean()"),
        "largest of a row": recalls("return counts.max(axis=1) / np.maximum(counts.sum(1), 1)"),
        "other diagonal": recalls("return np.diag(counts[:, ::-1]) / np.maximum(counts.sum(1), 1)"),
        "without the diagonal": recalls(
            "rest = counts.sum(1) - np.diag(counts)\nreturn np.diag(counts) / np.maximum(rest, 1)"
        ),
        "counts": recalls("return np.diag(counts)"),
        "F1": recalls(
            "both = counts.sum(0) + counts.sum(1)\nreturn 2 * np.diag(counts) / np.maximum(both, 1)"
        ),
        "damages the matrix": recalls(
            "found = np.diag(counts) / np.maximum(counts.sum(1), 1)\n"
            "np.fill_diagonal(counts, 0)\nreturn found"
        ),
        "three classes only": recalls(
            "return [counts[i, i] / max(counts[i].sum(), 1) for i in range(min(3, len(counts)))]"
        ),
    },
}

PARTIAL: dict = {}
