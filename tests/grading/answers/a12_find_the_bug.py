"""Right and wrong answers for the six broken layers."""

from textwrap import indent

ASSIGNMENT = "12-find-the-bug"

LAYERS = {
    "bug-conv": ("x, weights, biases, stride", (5, 5, 3, 1), (5, 5, 3, 2)),
    "bug-pool": ("x, grad, size, stride", (4, 4, 2, 2), (6, 6, 3, 1)),
    "bug-norm": ("x, gamma, beta", (4, 3, 5, 1), (4, 3, 5, 2)),
    "bug-dense": ("x, grad", (1, 3, 2), (4, 3, 2)),
    "bug-loss": ("logits, labels", (3, 4, 5), (3, 4, 800)),
    "bug-depthwise": ("x, weights, biases", (1, 4, 4, 3), (3, 4, 4, 3)),
}
NAMES = {
    question: [
        (f"{question.replace('-', '_')}_{end}", kind)
        for end, kind in (("right", "value"), ("wrong", "value"), ("mended", "function"))
    ]
    for question in LAYERS
}


def answer(question: str, body: str, right=None, wrong=None) -> str:
    """A hand-in: the mended layer and the two sizes."""
    arguments, good, bad = LAYERS[question]
    name = question.replace("-", "_")
    return (
        f"import numpy as np\ndef {name}_mended({arguments}):\n{indent(body, '    ')}\n"
        f"{name}_right = {good if right is None else right!r}\n"
        f"{name}_wrong = {bad if wrong is None else wrong!r}"
    )


CONV = """f = weights.shape[-1]
windows = np.lib.stride_tricks.sliding_window_view(x, (f, f), axis=(2, 3))[:, :, ::stride, ::stride]
return np.einsum("nchwij,kcij->nkhw", windows, weights) + biases[:, None, None]"""
CONV_LOOPS = """f = weights.shape[-1]
h, w = (x.shape[2] - f) // stride + 1, (x.shape[3] - f) // stride + 1
out = np.zeros((len(x), len(weights), h, w))
for a in range(f):
    for b in range(f):
        part = x[:, :, a:a + h * stride:stride, b:b + w * stride:stride][:, :, :h, :w]
        out += np.einsum("nchw,kc->nkhw", part, weights[:, :, a, b])
return out + biases.reshape(-1, 1, 1)"""
POOL = """back = np.zeros(x.shape)
for n, c, i, j in np.ndindex(grad.shape):
    window = x[n, c, i * stride:i * stride + size, j * stride:j * stride + size]
    place = int(window.argmax())
    back[n, c, i * stride + place // size, j * stride + place % size] += grad[n, c, i, j]
return back"""
POOL_AT = """windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
best = windows.reshape(*windows.shape[:4], -1).argmax(-1)
n, c, i, j = np.indices(grad.shape)
back = np.zeros(x.shape)
np.add.at(back, (n, c, i * stride + best // size, j * stride + best % size), grad)
return back"""
NORM = """m, v = x.mean((0, 2, 3)), x.var((0, 2, 3))
column = lambda a: a[:, None, None]
return column(gamma) * (x - column(m)) / np.sqrt(column(v) + 1e-3) + column(beta)"""
NORM_ROWS = """rows = x.transpose(1, 0, 2, 3).reshape(x.shape[1], -1)
scale = gamma / np.sqrt(rows.var(1) + 0.001)
shift = beta - scale * rows.mean(1)
return x * scale[:, None, None] + shift[:, None, None]"""
DENSE = "return x.T @ grad"
DENSE_LOOP = "return sum(np.outer(a, g) for a, g in zip(x, grad))"
LOSS = """z = logits - logits.max(1, keepdims=True)
return np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(len(labels)), labels])"""
LOSS_AT = """return float(np.mean([
    np.logaddexp.reduce(row) - row[label] for row, label in zip(logits, labels)]))"""
WISE = """f = weights.shape[-1]
windows = np.lib.stride_tricks.sliding_window_view(x, (f, f), axis=(2, 3))
return np.einsum("nchwij,cij->nchw", windows, weights) + biases[:, None, None]"""
WISE_LOOP = """f = weights.shape[-1]
h, w = x.shape[2] - f + 1, x.shape[3] - f + 1
out = np.zeros((*x.shape[:2], h, w)) + biases[:, None, None]
for c in range(len(weights)):
    for a in range(f):
        for b in range(f):
            out[:, c] += weights[c, a, b] * x[:, c, a:a + h, b:b + w]
return out"""

BODIES = {
    "bug-conv": (CONV, CONV_LOOPS),
    "bug-pool": (POOL, POOL_AT),
    "bug-norm": (NORM, NORM_ROWS),
    "bug-dense": (DENSE, DENSE_LOOP),
    "bug-loss": (LOSS, LOSS_AT),
    "bug-depthwise": (WISE, WISE_LOOP),
}
# Other sizes that are right and wrong.
OTHERS = {
    "bug-conv": ((9, 4, 2, 1), (3, 9, 1, 4)),
    "bug-pool": ((9, 9, 2, 3), (8, 5, 4, 1)),
    "bug-norm": ((2, 1, 1, 1), (1, 1, 1, 7)),
    "bug-dense": ((1, 1, 1), (2, 1, 1)),
    "bug-loss": ((1, 2, 1), (1, 2, 2000)),
    "bug-depthwise": ((1, 1, 9, 1), (2, 3, 3, 1)),
}
RIGHT = {
    question: {
        "one way": answer(question, bodies[0]),
        "another way": answer(question, bodies[1]),
        "other sizes": answer(question, bodies[0], *OTHERS[question]),
        "sizes as lists": answer(question, bodies[1], *map(list, OTHERS[question])),
    }
    for question, bodies in BODIES.items()
}


def _sizes(question: str) -> dict[str, str]:
    """What can be wrong with the two sizes, and with what is no layer."""
    body = BODIES[question][0]
    _, good, bad = LAYERS[question]
    return {
        "exchanged sizes": answer(question, body, bad, good),
        "wrong on both": answer(question, body, bad, bad),
        "right on both": answer(question, body, good, good),
        "sizes of nothing": answer(question, body, (0,) * len(good), bad),
        "one size too few": answer(question, body, good[:-1], bad),
        "returns zeros": answer(question, f"return 0 * np.asarray(({BODIES_AS_LAMBDA[question]}))"),
        "raises": answer(question, "raise ValueError('later')"),
        "damages its input": answer(
            question,
            body.replace(
                "return ", f"{'logits' if question == 'bug-loss' else 'x'}[...] = 0\nreturn ", 1
            ),
        ),
    }


BODIES_AS_LAMBDA = {
    "bug-conv": "x",
    "bug-pool": "x",
    "bug-norm": "x",
    "bug-dense": "x.T @ grad",
    "bug-loss": "1.0",
    "bug-depthwise": "x",
}


def changed(question: str, *pairs: tuple[str, str]) -> str:
    body = BODIES[question][0]
    for old, new in pairs:
        if old not in body:
            raise ValueError(f"{old!r} is not in it")
        body = body.replace(old, new)
    return answer(question, body)


WRONG = {question: _sizes(question) for question in LAYERS}
WRONG["bug-conv"] |= {
    "not mended": answer(
        "bug-conv",
        CONV.replace("::stride, ::stride]", "::stride, :(x.shape[3] - f) // stride + 1]"),
    ),
    "stride nowhere": changed("bug-conv", ("[:, :, ::stride, ::stride]", "")),
    "no bias": changed("bug-conv", (" + biases[:, None, None]", "")),
    "kernel turned": changed(
        "bug-conv", ("windows, weights)", "windows, weights[..., ::-1, ::-1])")
    ),
}
WRONG["bug-pool"] |= {
    "not mended": changed("bug-pool", ("] += grad", "] = grad")),
    "to all pixels": changed(
        "bug-pool",
        ("back[n, c, i * stride + place // size, j * stride + place % size]",
         "back[n, c, i * stride:i * stride + size, j * stride:j * stride + size]"),
    ),
    "rows for columns": changed("bug-pool", ("place // size", "place % size + 0 * size")),
    "smallest": changed("bug-pool", ("argmax", "argmin")),
}  # fmt: skip
WRONG["bug-norm"] |= {
    "not mended": answer(
        "bug-norm",
        "m, v = x.mean((0, 2), keepdims=True), x.var((0, 2), keepdims=True)\n"
        "return gamma[:, None, None] * (x - m) / np.sqrt(v + 1e-3) + beta[:, None, None]",
    ),
    "by image": answer(
        "bug-norm",
        "m, v = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True)\n"
        "return gamma[:, None, None] * (x - m) / np.sqrt(v + 1e-3) + beta[:, None, None]",
    ),
    "all channels together": answer(
        "bug-norm",
        "return gamma[:, None, None] * (x - x.mean()) / np.sqrt(x.var() + 1e-3) + beta[:, None, None]",
    ),
    "by position": answer(
        "bug-norm",
        "m, v = x.mean(0), x.var(0)\n"
        "return gamma[:, None, None] * (x - m) / np.sqrt(v + 1e-3) + beta[:, None, None]",
    ),
    "no scale": changed("bug-norm", ("column(gamma) * ", "")),
}
WRONG["bug-dense"] |= {
    "not mended": answer("bug-dense", "return x.T @ grad / len(x)"),
    "transposed": answer("bug-dense", "return grad.T @ x"),
    "last image": answer("bug-dense", "return np.outer(x[-1], grad[-1])"),
    "mean over units": answer("bug-dense", "return x.T @ grad / grad.shape[1]"),
}
WRONG["bug-loss"] |= {
    "not mended": answer(
        "bug-loss",
        "p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)\n"
        "return -np.log(p[np.arange(len(labels)), labels]).mean()",
    ),
    "sum": changed("bug-loss", ("np.mean(", "np.sum(")),
    "a tiny number": answer(
        "bug-loss",
        "z = logits - logits.max(1, keepdims=True)\n"
        "p = np.exp(z) / np.exp(z).sum(1, keepdims=True)\n"
        "return -np.log(p[np.arange(len(labels)), labels] + 1e-12).mean()",
    ),
    "bits": changed("bug-loss", ("return ", "return 1.4427 * ")),
    "accuracy": answer("bug-loss", "return (logits.argmax(1) == labels).mean()"),
}
WRONG["bug-depthwise"] |= {
    "not mended": changed(
        "bug-depthwise", ("windows, weights)", "windows, weights[:1].repeat(len(weights), 0))")
    ),
    "channels mixed": answer(
        "bug-depthwise",
        WISE.replace("return ", "out = ").replace(" + biases[:, None, None]", "")
        + "\nreturn out.sum(1, keepdims=True).repeat(len(weights), 1) + biases[:, None, None]",
    ),
    "no bias": changed("bug-depthwise", (" + biases[:, None, None]", "")),
    "kernel turned": changed(
        "bug-depthwise", ("windows, weights)", "windows, weights[..., ::-1, ::-1])")
    ),
}

PARTIAL: dict = {
    question: {
        "sizes alone": (answer(question, "..."), 0),
        "mended alone": (WRONG[question]["wrong on both"], 2),
    }
    for question in LAYERS
}
