"""Figures of trainings, for pages: curves, confusion matrices, reliability."""

from __future__ import annotations

from html import escape

import numpy as np

from convbook.plotting import plot


def curves(records, what="validation_accuracy", caption=""):
    """Learning curves of several recorded runs: ``records`` maps a label to a record."""

    def draw(axes):
        for label, record in records.items():
            rows = [row for row in record["epochs"] if row[what] is not None]
            axes.plot([r["epoch"] for r in rows], [r[what] for r in rows], label=label)
        axes.set(xlabel="epoch", ylabel=what.replace("_", " "))
        axes.legend(frameon=False, fontsize=8)

    ends = "; ".join(f"{label} ends at {r['epochs'][-1][what]:.3f}" for label, r in records.items())
    return plot(draw, f"Curves of {what.replace('_', ' ')} against the epoch: {ends}.", caption)


def confusion(matrix, classes, caption=""):
    """A confusion matrix: rows are true classes, columns what the network said."""
    matrix = np.asarray(matrix)

    def draw(axes):
        axes.imshow(matrix / matrix.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
        ticks = np.arange(len(classes))
        axes.set_xticks(ticks, labels=classes, rotation=60, ha="right", fontsize=8)
        axes.set_yticks(ticks, labels=classes, fontsize=8)
        axes.set(xlabel="the network said", ylabel="it was")
        if len(classes) <= 12:
            for (row, column), count in np.ndenumerate(matrix):
                if count:
                    dark = count > 0.5 * matrix[row].sum()
                    colour = "white" if dark else "black"
                    axes.text(column, row, count, ha="center", va="center", size=7, color=colour)

    share = np.trace(matrix) / matrix.sum()
    off = matrix - np.diag(np.diag(matrix))
    row, column = np.unravel_index(off.argmax(), off.shape)
    alt = (
        f"Confusion matrix of {len(classes)} classes, {share:.1%} on the diagonal; the most "
        f"frequent error: {classes[row]} taken for {classes[column]}, {off.max()} times."
    )
    return plot(draw, alt, caption, size=(5.0, 4.4))


def reliability(calibration, caption=""):
    """How often a network is right, against how sure it is; the diagonal is honest."""
    counts, sure, right = np.array(calibration["bins"]).T

    def draw(axes):
        axes.plot([0, 1], [0, 1], color="#888888", linewidth=1)
        axes.scatter(sure, right, s=10 + 150 * counts / counts.max())
        axes.set(xlabel="confidence", ylabel="share that is right", xlim=(0, 1.02), ylim=(0, 1.02))

    error = calibration["expected_calibration_error"]
    alt = f"Accuracy against confidence in bins; the expected calibration error is {error:.3f}."
    return plot(draw, alt, caption, size=(3.4, 3.2))


def runs_table(records):
    """The recorded runs as an HTML table: data, size, epochs and test accuracy of each."""
    from IPython.display import HTML

    heads = ("run", "data", "training pictures", "parameters", "epochs", "test accuracy")
    lines = [_row("th", heads)]
    for name, record in records.items():
        epochs = record["epochs"]
        cells = (
            name,
            record["data"].split(";")[0],
            record.get("split", f"{record.get('train_images', 0):,} to ").split(" to ")[0],
            f"{record['parameters']:,}",
            epochs if isinstance(epochs, int) else len(epochs),
            f"{record['test']['accuracy']:.2%}",
        )
        lines.append(_row("td", cells))
    return HTML(f"<table>{''.join(lines)}</table>")


def _row(tag, cells):
    return "<tr>" + "".join(f"<{tag}>{escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"
