"""Find the bug, from the students' notebook alone."""

from textwrap import dedent, indent

from .writing import PRELUDE, but

ASSIGNMENT = "12-find-the-bug"


def mended(question: str, head: str, right, wrong, body: str) -> str:
    """A hand-in: two sizes, and the mended layer."""
    name = question.replace("-", "_")
    return (
        f"{PRELUDE}{name}_right = {right}\n{name}_wrong = {wrong}\n"
        f"def {name}_mended({head}):\n{indent(dedent(body).strip(), '    ')}\n"
    )


def tables(question: str, head: str, sizes: tuple, right: dict, wrong: dict, sized: dict) -> dict:
    """Right and wrong bodies with good sizes; `sized` are wrong sizes beside the first right body."""
    first = next(iter(right.values()))
    good = {n: mended(question, head, *sizes, b) for n, b in right.items()}
    bad = {n: mended(question, head, *sizes, b) for n, b in wrong.items()}
    bad |= {n: mended(question, head, *pair, first) for n, pair in sized.items()}
    return {"RIGHT": good, "WRONG": bad}


CONV = """
    size = weights.shape[-1]
    down = (x.shape[2] - size) // stride + 1
    across = (x.shape[3] - size) // stride + 1
    output = np.zeros((len(x), len(weights), down, across))
    for i in range(down):
        for j in range(across):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            output[:, :, i, j] = np.einsum("nchw,kchw->nk", window, weights) + biases
    return output
"""
WINDOW = "x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]"
POOL = """
    back = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(grad.shape):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + size, left : left + size]
        a, b = np.unravel_index(window.argmax(), window.shape)
        back[n, c, top + a, left + b] += grad[n, c, i, j]
    return back
"""
NORM = """
    mean = x.mean(axis=(0, 2, 3), keepdims=True)
    variance = x.var(axis=(0, 2, 3), keepdims=True)
    normal = (x - mean) / np.sqrt(variance + 1e-3)
    return gamma[:, None, None] * normal + beta[:, None, None]
"""
LOSS = """
    top = logits.max(axis=1, keepdims=True)
    logs = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    return -logs[np.arange(len(labels)), labels].mean()
"""
WISE = """
    size = weights.shape[-1]
    rows, columns = x.shape[2] - size + 1, x.shape[3] - size + 1
    output = np.zeros((*x.shape[:2], rows, columns))
    for a in range(size):
        for b in range(size):
            output += weights[:, a, b][:, None, None] * x[:, :, a : a + rows, b : b + columns]
    return output + biases[:, None, None]
"""


FRESH = {
    "bug-conv": tables(
        "bug-conv",
        "x, weights, biases, stride",
        ((7, 6, 3, 1), (7, 6, 3, 2)),
        {
            "two slices": CONV,
            "lists of outputs": """
                n, (k, _, f, _) = len(x), weights.shape
                rows = range(0, x.shape[2] - f + 1, stride)
                columns = range(0, x.shape[3] - f + 1, stride)
                found = [[(x[:, None, :, r:r + f, c:c + f] * weights).sum((2, 3, 4)) + biases
                          for c in columns] for r in rows]
                return np.array(found).transpose(2, 3, 0, 1)
            """,
            "weight by weight in single precision": """
                f = weights.shape[-1]
                h, w = (x.shape[2] - f) // stride + 1, (x.shape[3] - f) // stride + 1
                out = np.zeros((len(x), len(weights), h, w), np.float32)
                for a in range(f):
                    for b in range(f):
                        part = x[:, :, a::stride, b::stride][:, :, :h, :w].astype(np.float32)
                        out += np.tensordot(part, weights[:, :, a, b].astype(np.float32), ([1], [1])).transpose(0, 3, 1, 2)
                return out + biases[None, :, None, None].astype(np.float32)
            """,
        },
        {
            "as it was": but(CONV, ("j * stride : j * stride + size]", "j : j + size]")),
            "the other direction broken": but(
                CONV, ("i * stride : i * stride + size,", "i : i + size,")
            ),
            "no stride at all": but(CONV, (WINDOW, "x[:, :, i : i + size, j : j + size]")),
            "flipped kernels": but(
                CONV, ("window, weights)", "window, weights[:, :, ::-1, ::-1])")
            ),
            "no bias": but(CONV, (" + biases", "")),
            "channels by one kernel slice": but(
                CONV, ('"nchw,kchw->nk", window, weights', '"nchw,khw->nk", window, weights[:, 0]')
            ),
            "mean of the window": but(CONV, ("+ biases", "/ size**2 + biases")),
            "damages its input": but(CONV, ("    return output", "    x *= 0\n    return output")),
            "windows that jump by their size": but(
                CONV, ("j * stride : j * stride + size]", "j * size : j * size + size]")
            ),
        },
        {
            "sizes swapped": ((7, 6, 3, 2), (7, 6, 3, 1)),
            "right by luck of the first column only": ((7, 6, 3, 2), (7, 5, 3, 2)),
            "kernel larger than the image": ((2, 2, 3, 1), (7, 6, 3, 2)),
        },
    ),
    "bug-pool": tables(
        "bug-pool",
        "x, grad, size, stride",
        ((6, 6, 2, 2), (5, 5, 3, 1)),
        {
            "added up": POOL,
            "loops": """
                back = x * 0.0
                for n in range(len(x)):
                    for c in range(x.shape[1]):
                        for i in range(grad.shape[2]):
                            for j in range(grad.shape[3]):
                                best = None
                                for a in range(i * stride, i * stride + size):
                                    for b in range(j * stride, j * stride + size):
                                        if best is None or x[n, c, a, b] > x[n, c, best[0], best[1]]:
                                            best = (a, b)
                                back[n, c, best[0], best[1]] = back[n, c, best[0], best[1]] + grad[n, c, i, j]
                return back
            """,
            "np.add.at": """
                back = np.zeros(x.shape)
                rows, columns = np.arange(grad.shape[2]) * stride, np.arange(grad.shape[3]) * stride
                stack = np.stack([x[:, :, rows[:, None] + a, columns + b] for a in range(size) for b in range(size)])
                first = stack.argmax(0)
                n, c = np.ogrid[:x.shape[0], :x.shape[1]]
                np.add.at(back, (n[..., None, None], c[..., None, None], rows[:, None] + first // size, columns + first % size), grad)
                return back
            """,
        },
        {
            "as it was": but(POOL, ("+= grad", "= grad")),
            "last of the largest": but(
                POOL,
                ("window.argmax()", "window.size - 1 - window[::-1, ::-1].argmax()"),
            ),
            "shared among equals": but(
                POOL,
                ("        a, b = np.unravel_index(window.argmax(), window.shape)\n", ""),
                (
                    "back[n, c, top + a, left + b] += grad[n, c, i, j]",
                    "best = window == window.max()\n        back[n, c, top:top + size, left:left + size] += grad[n, c, i, j] * best / best.sum()",
                ),
            ),
            "to all equals": but(
                POOL,
                ("        a, b = np.unravel_index(window.argmax(), window.shape)\n", ""),
                (
                    "back[n, c, top + a, left + b] += grad[n, c, i, j]",
                    "back[n, c, top:top + size, left:left + size] += grad[n, c, i, j] * (window == window.max())",
                ),
            ),
            "average pooling": but(
                POOL,
                (
                    "back[n, c, top + a, left + b] += grad[n, c, i, j]",
                    "back[n, c, top:top + size, left:left + size] += grad[n, c, i, j] / size**2",
                ),
            ),
            "smallest": but(POOL, ("argmax", "argmin")),
            "largest by magnitude": but(POOL, ("window.argmax()", "abs(window).argmax()")),
            "largest gradient kept": but(
                POOL,
                (
                    "back[n, c, top + a, left + b] += grad[n, c, i, j]",
                    "back[n, c, top + a, left + b] = max(back[n, c, top + a, left + b], grad[n, c, i, j])",
                ),
            ),
            "the stride forgotten": but(POOL, ("i * stride, j * stride", "i * size, j * size")),
            "whole numbers": but(POOL, ("np.zeros(x.shape)", "np.zeros(x.shape, int)")),
        },
        {
            "sizes swapped": ((5, 5, 3, 1), (6, 6, 2, 2)),
            "a stride above the size is still side by side": ((6, 6, 2, 2), (7, 7, 2, 3)),
            "overlap that is called right": ((5, 5, 2, 1), (5, 5, 3, 1)),
        },
    ),
    "bug-norm": tables(
        "bug-norm",
        "x, gamma, beta",
        ((4, 3, 6, 1), (4, 3, 6, 5)),
        {
            "three axes": NORM,
            "channel by channel": """
                out = np.empty(x.shape)
                for c in range(x.shape[1]):
                    values = x[:, c]
                    out[:, c] = (values - values.mean()) / (values.var() + 0.001) ** 0.5 * gamma[c] + beta[c]
                return out
            """,
            "rows of channels": """
                flat = x.swapaxes(0, 1).reshape(x.shape[1], -1)
                flat = (flat - flat.mean(1, keepdims=True)) / np.sqrt(flat.var(1, keepdims=True) + 1e-3)
                flat = flat * gamma[:, None] + beta[:, None]
                return flat.reshape(x.shape[1], len(x), *x.shape[2:]).swapaxes(0, 1)
            """,
        },
        {
            "as it was": but(NORM, ("(0, 2, 3)", "(0, 2)")),
            "columns without rows": but(NORM, ("(0, 2, 3)", "(0, 3)")),
            "each image by itself": but(NORM, ("(0, 2, 3)", "(2, 3)")),
            "over channels too": but(NORM, ("(0, 2, 3)", "(0, 1, 2, 3)")),
            "each place by itself": but(NORM, ("(0, 2, 3)", "0")),
            "mean mended, variance not": but(NORM, ("x.var(axis=(0, 2, 3)", "x.var(axis=(0, 2)")),
            "sample variance": but(
                NORM, ("keepdims=True)\n    normal", "keepdims=True, ddof=1)\n    normal")
            ),
            "epsilon beside the root": but(
                NORM, ("np.sqrt(variance + 1e-3)", "(np.sqrt(variance) + 1e-3)")
            ),
            "another epsilon": but(NORM, ("1e-3", "1e-5")),
            "no shift": but(NORM, (" + beta[:, None, None]", "")),
            "scale along the columns": but(NORM, ("gamma[:, None, None] *", "gamma.mean() *")),
            "divided by the variance": but(NORM, ("np.sqrt(variance + 1e-3)", "(variance + 1e-3)")),
        },
        {
            "sizes swapped": ((4, 3, 6, 5), (4, 3, 6, 1)),
            "one row instead of one column": ((4, 3, 1, 6), (4, 3, 6, 5)),
            "one image": ((1, 3, 6, 5), (4, 3, 6, 5)),
        },
    ),
    "bug-dense": tables(
        "bug-dense",
        "x, grad",
        ((1, 5, 2), (6, 5, 2)),
        {
            "matrix product": "return x.T @ grad",
            "einsum": 'return np.einsum("ni,nu->iu", x, grad)',
            "outer products": "return sum(np.outer(a, b) for a, b in zip(x, grad))",
            "32 bits": "return x.astype(np.float32).T @ grad.astype(np.float32)",
        },
        {
            "as it was": "return x.T @ grad / len(x)",
            "times the batch": "return x.T @ grad * len(x)",
            "divided by the inputs": "return x.T @ grad / x.shape[1]",
            "transposed": "return grad.T @ x",
            "first image": "return np.outer(x[0], grad[0])",
            "mean of outer products": "return np.mean([np.outer(a, b) for a, b in zip(x, grad)], axis=0)",
            "sums multiplied": "return np.outer(x.sum(0), grad.sum(0))",
            "minus": "return -x.T @ grad",
            "nothing returned": "x.T @ grad",
            "divides what it is given": "grad /= len(x)\nreturn x.T @ grad * len(x)",
        },
        {
            "sizes swapped": ((6, 5, 2), (1, 5, 2)),
            "one input": ((6, 1, 2), (6, 5, 2)),
            "one unit": ((1, 5, 2), (1, 5, 1)),
        },
    ),
    "bug-loss": tables(
        "bug-loss",
        "logits, labels",
        ((3, 4, 10), (3, 4, 900)),
        {
            "log of the sum": LOSS,
            "np.logaddexp": """
                total = np.logaddexp.reduce(logits, axis=1)
                return (total - np.take_along_axis(logits, labels[:, None], 1)[:, 0]).mean()
            """,
            "image by image": """
                losses = []
                for row, label in zip(logits, labels):
                    m = max(row)
                    losses.append(m + np.log(sum(np.exp(v - m) for v in row)) - row[label])
                return float(np.mean(losses))
            """,
        },
        {
            "as it was": """
                with np.errstate(all="ignore"):
                    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
                    return -np.log(p[np.arange(len(labels)), labels]).mean()
            """,
            "shifted, still the log of a ratio": """
                with np.errstate(all="ignore"):
                    e = np.exp(logits - logits.max(axis=1, keepdims=True))
                    return -np.log((e / e.sum(axis=1, keepdims=True))[np.arange(len(labels)), labels]).mean()
            """,
            "an epsilon in the logarithm": """
                e = np.exp(logits - logits.max(axis=1, keepdims=True))
                p = e / e.sum(axis=1, keepdims=True)
                return -np.log(p[np.arange(len(labels)), labels] + 1e-12).mean()
            """,
            "clipped logits": LOSS.replace(
                "    top =", "    logits = np.clip(logits, -500, 500)\n    top =", 1
            ),
            "one maximum for all images": but(
                LOSS, ("logits.max(axis=1, keepdims=True)", "logits.max()")
            ),
            "sum over images": but(LOSS, (".mean()", ".sum()")),
            "base two": but(LOSS, (".mean()", ".mean() / np.log(2)")),
            "sign": but(LOSS, ("return -logs", "return logs")),
            "over classes": but(LOSS, ("axis=1", "axis=0")),
            "a loss for each image": but(LOSS, (".mean()", "")),
            "nan to a number": """
                with np.errstate(all="ignore"):
                    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
                    return np.nan_to_num(-np.log(p[np.arange(len(labels)), labels])).mean()
            """,
        },
        {
            "sizes swapped": ((3, 4, 900), (3, 4, 10)),
            "large, but not too large for exp": ((3, 4, 10), (3, 4, 300)),
            "too large already": ((3, 4, 1000), (3, 4, 2000)),
        },
    ),
    "bug-depthwise": tables(
        "bug-depthwise",
        "x, weights, biases",
        ((1, 6, 5, 3), (4, 6, 5, 3)),
        {
            "its own weight": WISE,
            "windows": """
                f = weights.shape[-1]
                windows = np.lib.stride_tricks.sliding_window_view(x, (f, f), axis=(2, 3))
                return np.einsum("nchwab,cab->nchw", windows, weights) + biases.reshape(1, -1, 1, 1)
            """,
            "channel by channel": """
                f = weights.shape[-1]
                h, w = x.shape[2] - f + 1, x.shape[3] - f + 1
                out = np.empty((len(x), x.shape[1], h, w))
                for c in range(x.shape[1]):
                    for i in range(h):
                        for j in range(w):
                            out[:, c, i, j] = (x[:, c, i:i + f, j:j + f] * weights[c]).sum((1, 2)) + biases[c]
                return out
            """,
        },
        {
            "as it was": but(WISE, ("weights[:, a, b][:, None, None]", "weights[0, a, b]")),
            "last channel's kernel": but(
                WISE, ("weights[:, a, b][:, None, None]", "weights[-1, a, b]")
            ),
            "mean kernel": but(
                WISE, ("weights[:, a, b][:, None, None]", "weights[:, a, b].mean()")
            ),
            "channels mixed": but(
                WISE,
                (
                    "* x[:, :, a : a + rows, b : b + columns]",
                    "* x[:, :, a : a + rows, b : b + columns].sum(1, keepdims=True)",
                ),
            ),
            "kernels transposed": but(WISE, ("weights[:, a, b]", "weights[:, b, a]")),
            "kernels flipped": but(
                WISE, ("weights[:, a, b]", "weights[:, size - 1 - a, size - 1 - b]")
            ),
            "no bias": but(WISE, (" + biases[:, None, None]", "")),
            "one bias": but(WISE, ("biases[:, None, None]", "biases[0]")),
            "bias for each weight": but(
                WISE,
                (
                    "    return output + biases[:, None, None]",
                    "    return output + biases[:, None, None] * size**2",
                ),
            ),
            "same padding": WISE.replace(
                "    rows, columns",
                "    pad = size // 2\n    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))\n    rows, columns",
                1,
            ),
            "damages its weights": but(WISE, ("    return", "    weights[:] = 0\n    return")),
        },
        {
            "sizes swapped": ((4, 6, 5, 3), (1, 6, 5, 3)),
            "a kernel of one pixel is no way out": ((4, 6, 5, 1), (4, 6, 5, 3)),
            "kernel larger than the image": ((1, 2, 2, 3), (4, 6, 5, 3)),
        },
    ),
}
