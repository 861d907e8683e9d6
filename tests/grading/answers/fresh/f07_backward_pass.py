"""The backward pass, from the students' notebook alone."""

from .writing import PRELUDE, but, cell

ASSIGNMENT = "07-backward-pass"

GIVEN = cell(ASSIGNMENT, "conv2d")
LOOPS = """
        pad, step, size = self.padding, self.stride, self.weights.shape[-1]
        grad_padded = np.zeros(self.padded.shape)
        grad_weights = np.zeros(self.weights.shape)
        for i in range(grad_output.shape[2]):
            for j in range(grad_output.shape[3]):
                top, left = i * step, j * step
                g = grad_output[:, :, i, j]
                window = self.padded[:, :, top : top + size, left : left + size]
                grad_weights += np.einsum("nk,nchw->kchw", g, window)
                grad_padded[:, :, top : top + size, left : left + size] += np.einsum("nk,kchw->nchw", g, self.weights)
        self.grad_weights = grad_weights
        self.grad_biases = grad_output.sum(axis=(0, 2, 3))
        h, w = self.x.shape[2:]
        return grad_padded[:, :, pad : pad + h, pad : pad + w]
"""


def layer(*changes: tuple[str, str], after: str = "") -> str:
    """Return the notebook's class with this backward, `changes` made in the whole."""
    code = GIVEN.split("        # your code here")[0].rstrip() + LOOPS
    return PRELUDE + but(code, *changes) + after


BIASES = "grad_output.sum(axis=(0, 2, 3))"
RIGHT = {
    "loops": layer(),
    "by offset": layer(
        (
            """        for i in range(grad_output.shape[2]):
            for j in range(grad_output.shape[3]):
                top, left = i * step, j * step
                g = grad_output[:, :, i, j]
                window = self.padded[:, :, top : top + size, left : left + size]
                grad_weights += np.einsum("nk,nchw->kchw", g, window)
                grad_padded[:, :, top : top + size, left : left + size] += np.einsum("nk,kchw->nchw", g, self.weights)
""",
            """        rows, columns = grad_output.shape[2:]
        for a in range(size):
            for b in range(size):
                there = np.s_[:, :, a : a + step * (rows - 1) + 1 : step, b : b + step * (columns - 1) + 1 : step]
                grad_weights[:, :, a, b] = np.einsum("nkij,ncij->kc", grad_output, self.padded[there])
                grad_padded[there] += np.einsum("nkij,kc->ncij", grad_output, self.weights[:, :, a, b])
""",
        )
    ),
    "biases by two sums": layer((BIASES, "grad_output.sum(axis=(2, 3)).sum(axis=0)")),
}
# What is wrong in a part of backward, and which parts it may not leave whole.
BUGS = {
    "challenge-biases": {
        "mean": layer((BIASES, "grad_output.mean(axis=(0, 2, 3))")),
        "one picture": layer((BIASES, "grad_output[0].sum(axis=(1, 2))")),
        "over filters": layer((BIASES, "grad_output.sum(axis=(1, 2, 3))")),
        "mean of the batch": layer((BIASES, "grad_output.sum(axis=(2, 3)).mean(axis=0)")),
        "rows only": layer((BIASES, "grad_output.sum(axis=2)")),
        "ones": layer((BIASES, "np.ones(len(self.biases))")),
        "one number": layer((BIASES, "grad_output.sum()")),
        "kept dimensions": layer((BIASES, "grad_output.sum(axis=(0, 2, 3), keepdims=True)")),
        "added up over calls": layer(
            (BIASES, BIASES + " + (0 if self.grad_biases is None else self.grad_biases)")
        ),
        "minus": layer((BIASES, "-" + BIASES)),
        "never stored": layer(("self.grad_biases = grad_output", "grad_biases = grad_output")),
        "position 0": layer((BIASES, "grad_output[:, :, 0, 0].sum(axis=0)")),
    },
    "challenge-weights": {
        "last window": layer(("grad_weights += np", "grad_weights = np")),
        "mean": layer(
            ("self.grad_weights = grad_weights", "self.grad_weights = grad_weights / len(self.x)")
        ),
        "turned": layer(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights[:, :, ::-1, ::-1]",
            )
        ),
        "transposed": layer(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights.transpose(0, 1, 3, 2)",
            )
        ),
        "stride forgotten": layer(
            (
                "top, left = i * step, j * step\n                g",
                "top, left = i, j\n                g",
            )
        ),
        "no padding": layer(
            (
                "window = self.padded[:, :, top : top + size, left : left + size]\n                grad",
                "window = np.pad(self.x, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))[:, :, top : top + size, left : left + size]\n                grad",
            )
        ),
        "one picture": layer(('"nk,nchw->kchw", g, window', '"k,chw->kchw", g[0], window[0]')),
        "added up over calls": layer(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights + (0 if self.grad_weights is None else self.grad_weights)",
            )
        ),
        "weights for the window": layer(
            ('"nk,nchw->kchw", g, window', '"nk,kchw->kchw", g, self.weights')
        ),
        "with the biases' gradient": layer(
            (
                "self.grad_weights = grad_weights\n",
                "self.grad_weights = grad_weights + grad_output.sum(axis=(0, 2, 3))[:, None, None, None]\n",
            )
        ),
        "steps": layer(
            (
                "        h, w = self.x.shape[2:]\n",
                "        self.weights = self.weights - 0.01 * grad_weights\n        h, w = self.x.shape[2:]\n",
            )
        ),
        "never stored": layer(("        self.grad_weights = grad_weights\n", "")),
        "first input kept": layer(
            (
                "        self.x, self.padded = x, padded",
                "        self.x = x\n        self.padded = padded if not hasattr(self, 'padded') or self.padded.shape != padded.shape else self.padded",
            )
        ),
        "rows short": layer(
            ("for i in range(grad_output.shape[2]):", "for i in range(grad_output.shape[2] - 1):")
        ),
    },
    "challenge-input": {
        "overwritten": layer(("left : left + size] += np", "left : left + size] = np")),
        "padding kept": layer(
            ("return grad_padded[:, :, pad : pad + h, pad : pad + w]", "return grad_padded")
        ),
        "cut from the corner": layer(
            (
                "return grad_padded[:, :, pad : pad + h, pad : pad + w]",
                "return grad_padded[:, :, :h, :w]",
            )
        ),
        "cut by minus": layer(
            (
                "return grad_padded[:, :, pad : pad + h, pad : pad + w]",
                "return grad_padded[:, :, pad:-pad, pad:-pad]",
            )
        ),
        "weights turned": layer(
            (
                '"nk,kchw->nchw", g, self.weights)',
                '"nk,kchw->nchw", g, self.weights[:, :, ::-1, ::-1])',
            )
        ),
        "rows for columns": layer(
            (
                '"nk,kchw->nchw", g, self.weights)',
                '"nk,kchw->nchw", g, self.weights.transpose(0, 1, 3, 2))',
            )
        ),
        "mean over the batch": layer(
            (
                "return grad_padded[",
                "return grad_padded.mean(axis=0, keepdims=True).repeat(len(self.x), 0)[",
            )
        ),
        "divided by the batch": layer(
            (
                "return grad_padded[:, :, pad : pad + h, pad : pad + w]",
                "return grad_padded[:, :, pad : pad + h, pad : pad + w] / len(self.x)",
            )
        ),
        "nothing": layer(("        return grad_padded[:, :, pad : pad + h, pad : pad + w]\n", "")),
        "stride forgotten": layer(
            (
                "grad_padded[:, :, top : top + size, left : left + size] +=",
                "grad_padded[:, :, i : i + size, j : j + size] +=",
            )
        ),
        "damages": layer(
            ("        return grad_padded[", "        grad_output *= 0\n        return grad_padded[")
        ),
        "first filter": layer(
            ('"nk,kchw->nchw", g, self.weights)', '"n,chw->nchw", g[:, 0], self.weights[0])')
        ),
        "whole numbers": layer(
            (
                "grad_padded = np.zeros(self.padded.shape)",
                "grad_padded = np.zeros(self.padded.shape, int)",
            ),
            (
                '+= np.einsum("nk,kchw->nchw", g, self.weights)',
                '+= np.einsum("nk,kchw->nchw", g, self.weights).astype(int)',
            ),
        ),
        "weights changed since": layer(
            (
                "        self.weights, self.biases = np.array(weights), np.array(biases)",
                "        self.weights, self.biases = np.array(weights), np.array(biases)\n        self.kept = self.weights if not hasattr(self, 'kept') or self.kept.shape != self.weights.shape else self.kept",
            ),
            (
                '"nk,kchw->nchw", g, self.weights)',
                '"nk,kchw->nchw", g, getattr(self, "kept", self.weights))',
            ),
        ),
    },
}

FRESH = {question: {"RIGHT": RIGHT, "WRONG": wrong} for question, wrong in BUGS.items()}
