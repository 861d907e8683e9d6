"""Right and wrong answers for the code challenge: the backward pass of a convolution."""

from textwrap import indent

ASSIGNMENT = "07-backward-pass"

NAMES = {
    "challenge-biases": [("Conv2D", "class")],
    "challenge-weights": [("Conv2D", "class")],
    "challenge-input": [("Conv2D", "class")],
}

GIVEN = """import numpy as np
class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        shape = (out_channels, in_channels, kernel_size, kernel_size)
        self.weights = np.random.default_rng(0).normal(size=shape)
        self.biases = np.zeros(out_channels)
    def set_parameters(self, weights, biases):
        self.weights = np.array(weights, float)
        self.biases = np.array(biases, float)
    def forward(self, x):
        self.x = x = np.asarray(x, float)
        p, s, f = self.padding, self.stride, self.kernel_size
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))
        windows = windows[:, :, ::s, ::s]
        out = np.einsum("nchwij,kcij->nkhw", windows, self.weights)
        return out + self.biases[:, None, None]
"""

LOOPS = """g = grad_output
p, s, f = self.padding, self.stride, self.kernel_size
n, c, h, w = self.x.shape
padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)))
grad_padded = np.zeros(padded.shape)
grad_weights = np.zeros(self.weights.shape)
for i in range(g.shape[2]):
    for j in range(g.shape[3]):
        a, b = i * s, j * s
        window = padded[:, :, a:a + f, b:b + f]
        grad_weights += np.einsum("nk,ncij->kcij", g[:, :, i, j], window)
        grad_padded[:, :, a:a + f, b:b + f] += np.einsum("nk,kcij->ncij", g[:, :, i, j], self.weights)
self.grad_weights = grad_weights
self.grad_biases = g.sum((0, 2, 3))
return grad_padded[:, :, p:p + h, p:p + w]
"""


def backward(body: str = LOOPS, init: str = "") -> str:
    given = GIVEN
    if init:
        given = given.replace(
            "        self.biases = np.zeros(out_channels)\n",
            "        self.biases = np.zeros(out_channels)\n" + indent(init, " " * 8) + "\n",
        )
    return given + "    def backward(self, grad_output):\n" + indent(body, " " * 8)


def changed(*pairs: tuple[str, str], init: str = "") -> str:
    """The right backward pass with some of its text replaced."""
    body = LOOPS
    for old, new in pairs:
        if old not in body:
            raise ValueError(f"{old!r} is not in the backward pass")
        body = body.replace(old, new)
    return backward(body, init)


WINDOWS = """p, s, f = self.padding, self.stride, self.kernel_size
g = np.asarray(grad_output)
n, c, h, w = self.x.shape
padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)))
windows = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))[:, :, ::s, ::s]
self.grad_weights = np.einsum("nkhw,nchwij->kcij", g, windows)
self.grad_biases = np.einsum("nkhw->k", g)
spread = np.zeros((n, g.shape[1], h + 2 * p - f + 1, w + 2 * p - f + 1))
spread[:, :, ::s, ::s] = g
spread = np.pad(spread, ((0, 0), (0, 0), (f - 1, f - 1), (f - 1, f - 1)))
views = np.lib.stride_tricks.sliding_window_view(spread, (f, f), axis=(2, 3))
full = np.einsum("nkhwij,kcij->nchw", views, self.weights[:, :, ::-1, ::-1])
return full[:, :, p:p + h, p:p + w]
"""

OFFSETS = """p, s, f = self.padding, self.stride, self.kernel_size
g = grad_output
ho, wo = g.shape[2:]
padded = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)))
back = np.zeros_like(padded)
self.grad_weights = np.zeros_like(self.weights)
for a in range(f):
    for b in range(f):
        rows, columns = slice(a, a + s * (ho - 1) + 1, s), slice(b, b + s * (wo - 1) + 1, s)
        self.grad_weights[:, :, a, b] = np.tensordot(g, padded[:, :, rows, columns], ((0, 2, 3), (0, 2, 3)))
        back[:, :, rows, columns] += np.einsum("nkhw,kc->nchw", g, self.weights[:, :, a, b])
self.grad_biases = g.sum(axis=(0, 2, 3)).tolist()
return back[:, :, p:back.shape[2] - p, p:back.shape[3] - p]
"""

NUMERIC = """g = np.asarray(grad_output)
x = self.x
total = lambda: float((Conv2D.forward(self, x) * g).sum())
def difference(array):
    out = np.zeros(array.shape)
    for at in np.ndindex(array.shape):
        kept = array[at]
        array[at] = kept + 0.5
        up = total()
        array[at] = kept - 0.5
        down = total()
        array[at] = kept
        out[at] = up - down
    return out
x = x.copy()
self.grad_weights = difference(self.weights)
self.grad_biases = difference(self.biases)
grad = difference(x)
self.x = x
return grad
"""

CORRECT = {
    "loops over the output": backward(),
    "windows and a spread gradient": backward(WINDOWS),
    "loops over the kernel": backward(OFFSETS),
    "differences": backward(NUMERIC),
}

RIGHT = {question: dict(CORRECT) for question in NAMES}

WINDOW_GRADIENT = 'grad_weights += np.einsum("nk,ncij->kcij", g[:, :, i, j], window)'
BACK = 'np.einsum("nk,kcij->ncij", g[:, :, i, j], self.weights)'
BIAS = "g.sum((0, 2, 3))"

COMMON = {
    "raises": backward('raise NotImplementedError("later")'),
    "damages grad_output": changed(("return grad", "grad_output *= 0\nreturn grad")),
    "forgets the stride": backward(
        LOOPS.replace("a, b = i * s, j * s", "a, b = i, j").replace(
            BIAS, "g[:, :, ::s, ::s].sum((0, 2, 3))"
        )
    ),
}

WRONG = {
    "challenge-biases": {
        "over the batch only": changed((BIAS, "g.sum(0)")),
        "forgot the batch": changed((BIAS, "g[0].sum((1, 2))")),
        "mean over the batch": changed((BIAS, "g.sum((2, 3)).mean(0)")),
        "mean for sum": changed((BIAS, "g.mean((0, 2, 3))")),
        "over the filters": changed((BIAS, "g.sum((1, 2, 3))")),
        "last column missing": changed((BIAS, "g[..., :-1].sum((0, 2, 3))")),
        "one number": changed((BIAS, "np.full(self.out_channels, g.sum())")),
        "adds up over calls": changed(
            ("self.grad_biases = " + BIAS, "self.grad_biases = self.grad_biases + " + BIAS),
            init="self.grad_biases = 0.0",
        ),
        "ones": changed((BIAS, "np.ones(self.out_channels)")),
        "half precision": changed((BIAS, "g.sum((0, 2, 3)).astype(np.float16)")),
        "integers": changed((BIAS, "g.sum((0, 2, 3)).astype(int)")),
        "with a batch axis": changed((BIAS, "g.sum((0, 2, 3))[None].repeat(2, 0)")),
        "times the bias": changed((BIAS, "g.sum((0, 2, 3)) * self.biases")),
        "negative": changed((BIAS, "-g.sum((0, 2, 3))")),
        "forgot to store": changed(("self.grad_biases", "grad_biases")),
        "stride counted": changed((BIAS, "g.sum((0, 2, 3)) * self.stride")),
    },
    "challenge-weights": {
        "ignores the stride": changed(
            ("window = padded[:, :, a:a + f, b:b + f]", "window = padded[:, :, i:i + f, j:j + f]")
        ),
        "ignores the padding": changed(
            (
                "window = padded[:, :, a:a + f, b:b + f]",
                "window = np.pad(self.x, ((0, 0), (0, 0), (0, 2 * p), (0, 2 * p)))[:, :, a:a + f, b:b + f]",
            )
        ),
        "first image only": changed(
            (WINDOW_GRADIENT, 'grad_weights += np.einsum("k,cij->kcij", g[0, :, i, j], window[0])')
        ),
        "mean over the batch": changed(
            ("self.grad_weights = grad_weights", "self.grad_weights = grad_weights / n")
        ),
        "mean over the positions": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights / (g.shape[2] * g.shape[3])",
            )
        ),
        "flipped": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights[:, :, ::-1, ::-1]",
            )
        ),
        "kernel axes swapped": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights.transpose(0, 1, 3, 2)",
            )
        ),
        "the same for every channel": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights.mean(1, keepdims=True).repeat(c, 1)",
            )
        ),
        "remembers the first input": backward(init="self.x = None").replace(
            "self.x = x = np.asarray(x, float)",
            "x = np.asarray(x, float)\n        self.x = x if self.x is None else self.x",
        ),
        "adds up over calls": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = self.grad_weights + grad_weights",
            ),
            init="self.grad_weights = 0.0",
        ),
        "last position missing": changed(
            ("for i in range(g.shape[2]):", "for i in range(g.shape[2] - 1):")
        ),
        "overwrites for adds": changed((WINDOW_GRADIENT, WINDOW_GRADIENT.replace("+=", "="))),
        "uses the weights": changed(
            (WINDOW_GRADIENT, "grad_weights += self.weights * g[:, :, i, j].sum()")
        ),
        "ignores the gradient": changed((WINDOW_GRADIENT, "grad_weights += window.sum(0)[None]")),
        "half precision": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = grad_weights.astype(np.float16)",
            )
        ),
        "single precision": changed(
            (
                "self.grad_weights = grad_weights",
                "self.grad_weights = (1 + 1e-4) * grad_weights.astype(np.float32)",
            )
        ),
        "square outputs only": changed(
            ("for j in range(g.shape[3]):", "for j in range(min(g.shape[2], g.shape[3])):")
        ),
        "updates the weights": changed(
            (
                "self.grad_weights = grad_weights",
                "self.weights = self.weights - grad_weights\nself.grad_weights = self.weights",
            )
        ),
        "transposed": changed(
            ("self.grad_weights = grad_weights", "self.grad_weights = grad_weights.swapaxes(0, 1)")
        ),
        "forgot to store": changed(("self.grad_weights = grad_weights", "pass")),
    },
    "challenge-input": {
        "ignores the stride": changed(
            ("grad_padded[:, :, a:a + f, b:b + f]", "grad_padded[:, :, i:i + f, j:j + f]")
        ),
        "keeps the padding": changed(
            ("return grad_padded[:, :, p:p + h, p:p + w]", "return grad_padded")
        ),
        "cuts at the wrong side": changed(
            ("grad_padded[:, :, p:p + h, p:p + w]", "grad_padded[:, :, :h, :w]")
        ),
        "cuts what floor leaves unused": changed(
            (
                "return grad_padded[:, :, p:p + h, p:p + w]",
                "e, d = (g.shape[2] - 1) * s + f, (g.shape[3] - 1) * s + f\n"
                "return grad_padded[:, :, p:min(p + h, e), p:min(p + w, d)]",
            )
        ),
        "overwrites for adds": changed(
            ("grad_padded[:, :, a:a + f, b:b + f] +=", "grad_padded[:, :, a:a + f, b:b + f] =")
        ),
        "flipped kernel": changed(
            (BACK, BACK.replace("self.weights", "self.weights[:, :, ::-1, ::-1]"))
        ),
        "transposed kernel": changed(
            (BACK, BACK.replace("self.weights", "self.weights.swapaxes(2, 3)"))
        ),
        "first filter only": changed(
            (BACK, 'np.einsum("n,cij->ncij", g[:, 0, i, j], self.weights[0])')
        ),
        "first image only": changed(
            (BACK, 'np.einsum("k,kcij->cij", g[0, :, i, j], self.weights)')
        ),
        "mean over the filters": changed((BACK, BACK + " / self.out_channels")),
        "adds up over calls": changed(
            (
                "return grad_padded[:, :, p:p + h, p:p + w]",
                "new = grad_padded[:, :, p:p + h, p:p + w]\n"
                "self.kept = new + (self.kept if np.shape(self.kept) == new.shape else 0)\nreturn self.kept",
            ),
            init="self.kept = 0.0",
        ),
        "last row missing": changed(
            ("for i in range(g.shape[2]):", "for i in range(g.shape[2] - 1):")
        ),
        "square outputs only": changed(
            ("for j in range(g.shape[3]):", "for j in range(min(g.shape[2], g.shape[3])):")
        ),
        "returns the output's gradient": changed(
            ("return grad_padded[:, :, p:p + h, p:p + w]", "return g")
        ),
        "zeros": changed(
            ("return grad_padded[:, :, p:p + h, p:p + w]", "return np.zeros(self.x.shape)")
        ),
        "half precision": changed(
            (
                "return grad_padded[:, :, p:p + h, p:p + w]",
                "return grad_padded[:, :, p:p + h, p:p + w].astype(np.float16)",
            )
        ),
        "returns nothing": changed(("return grad_padded[:, :, p:p + h, p:p + w]", "pass")),
        "damages the weights first": changed(
            (
                "grad_weights = np.zeros(self.weights.shape)",
                "grad_weights = np.zeros(self.weights.shape)\nself.weights = self.weights - 0.01",
            )
        ),
        "channels in a row": changed(
            (
                "return grad_padded[:, :, p:p + h, p:p + w]",
                "return grad_padded[:, ::-1, p:p + h, p:p + w]",
            )
        ),
    },
}
for _question, _answers in WRONG.items():
    _answers.update(COMMON)

PARTIAL: dict = {}
