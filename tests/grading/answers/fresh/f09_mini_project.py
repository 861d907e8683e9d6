"""The mini-project's tools, from the students' notebook alone."""

from .writing import function

ASSIGNMENT = "09-mini-project"

COUNT = """
counts = np.zeros((classes, classes){kind})
for t, p in zip(truth, predicted):
    counts[{place}] {change}
return counts
"""


def count(kind=", int", place="t, p", change="+= 1") -> str:
    return COUNT.format(kind=kind, place=place, change=change)


FRESH = {
    "project-confusion": function(
        "def project_confusion(truth, predicted, classes):",
        {
            "loop": count(),
            "add.at": "counts = np.zeros((classes, classes), int)\nnp.add.at(counts, (truth, predicted), 1)\nreturn counts",
            "bincount": "return np.bincount(classes * np.asarray(truth, int) + np.asarray(predicted, int), minlength=classes**2).reshape(classes, classes)",
            "scikit-learn": "from sklearn.metrics import confusion_matrix\nreturn confusion_matrix(truth, predicted, labels=range(classes))",
            "lists of floats": count(kind="").replace("return counts", "return counts.tolist()"),
        },
        {
            "turned": count(place="p, t"),
            "each pair once": "counts = np.zeros((classes, classes), int)\ncounts[truth, predicted] += 1\nreturn counts",
            "shares": count(kind="").replace("return counts", "return counts / max(len(truth), 1)"),
            "rows to one": count(kind="").replace(
                "return counts", "return counts / np.maximum(counts.sum(1, keepdims=True), 1)"
            ),
            "classes seen": "from sklearn.metrics import confusion_matrix\nreturn confusion_matrix(truth, predicted)",
            "right ones only": count().replace("    counts", "    if t == p:\n        counts"),
            "wrong ones only": count().replace("    counts", "    if t != p:\n        counts"),
            "ones": count(change="= 1"),
            "accuracy": "return (np.asarray(truth) == np.asarray(predicted)).mean()",
            "starts at one": count().replace("np.zeros", "np.ones"),
            "8-bit": count(kind=", np.uint8"),
            "one class more": "classes += 1\n" + count(),
            "sorts": "truth.sort()\n" + count(),
        },
    ),
    "project-recall": function(
        "def project_recalls(counts):",
        {
            "divide": "counts = np.asarray(counts)\nrows = counts.sum(axis=1)\nreturn np.divide(np.diag(counts), rows, out=np.zeros(len(counts)), where=rows > 0)",
            "loop": "return [row[i] / sum(row) if sum(row) else 0 for i, row in enumerate(counts)]",
            "maximum": "return np.diag(counts) / np.maximum(np.sum(counts, axis=1), 1)",
        },
        {
            "precision": "return np.diag(counts) / np.maximum(counts.sum(axis=0), 1)",
            "NaN": "return np.diag(counts) / counts.sum(axis=1)",
            "of all": "return np.diag(counts) / max(counts.sum(), 1)",
            "accuracy": "return np.trace(counts) / counts.sum()",
            "errors": "return 1 - np.diag(counts) / np.maximum(counts.sum(axis=1), 1)",
            "one for none": "n = counts.sum(axis=1)\nreturn np.where(n > 0, np.diag(counts) / np.maximum(n, 1), 1)",
            "whole": "return np.diag(counts) // np.maximum(counts.sum(axis=1), 1)",
            "percent": "return 100 * np.diag(counts) / np.maximum(counts.sum(axis=1), 1)",
            "without the diagonal": "n = counts.sum(axis=1) - np.diag(counts)\nreturn np.diag(counts) / np.maximum(n, 1)",
            "none left out": "n = counts.sum(axis=1)\nreturn (np.diag(counts)[n > 0] / n[n > 0])",
            "one added": "return np.diag(counts) / (counts.sum(axis=1) + 1)",
            "mean recall": "return (np.diag(counts) / np.maximum(counts.sum(axis=1), 1)).mean()",
            "damages": "r = np.diag(counts) / np.maximum(counts.sum(axis=1), 1)\ncounts[...] = 0\nreturn r",
        },
    ),
}
