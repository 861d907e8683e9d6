"""The build-up, from the students' notebook alone."""

import re

from .writing import PRELUDE, but, cell

ASSIGNMENT = "11-build-up"
TOOLS = cell(ASSIGNMENT, "tools").split("rng = ")[0]


def layer(name: str, forward: str, backward: str, *changes: tuple[str, str]) -> str:
    """The class of the notebook with these two bodies, and something else in some places."""
    given = re.split(r"\ncompare\(", cell(ASSIGNMENT, name))[0]
    for body in (forward, backward):
        given = given.replace("        # your code here\n", body.lstrip("\n"), 1)
    return f"{PRELUDE}{TOOLS}{but(given, *changes)}\n"


def bank(name: str, forward: str, backward: str, right: dict, wrong: dict) -> dict:
    """Right and wrong classes: both are changes of a class that is right."""
    good = {n: layer(name, *bodies) for n, bodies in right.items()}
    good["plain"] = layer(name, forward, backward)
    return {
        "RIGHT": good,
        "WRONG": {n: layer(name, forward, backward, *changes) for n, changes in wrong.items()},
    }


DENSE_FORWARD = """
        self.x = x
        return x @ self.weights + self.biases
"""
DENSE_BACKWARD = """
        self.grad_weights = self.x.T @ grad
        self.grad_biases = grad.sum(axis=0)
        return grad @ self.weights.T
"""
DENSE = bank(
    "build-dense-answer",
    DENSE_FORWARD,
    DENSE_BACKWARD,
    {
        "einsum": (
            """
        self.kept = np.array(x)
        return np.einsum("ni,iu->nu", x, self.weights) + self.biases[None]
""",
            """
        self.grad_weights = np.einsum("ni,nu->iu", self.kept, grad)
        self.grad_biases = np.einsum("nu->u", grad)
        return np.einsum("nu,iu->ni", grad, self.weights)
""",
        ),
        "image by image": (
            """
        self.x = x
        return np.stack([sum(v * w for v, w in zip(row, self.weights)) + self.biases for row in x])
""",
            """
        self.grad_weights = np.zeros(self.weights.shape)
        self.grad_biases = np.zeros(self.biases.shape)
        back = np.zeros(self.x.shape)
        for n, g in enumerate(grad):
            self.grad_weights += np.outer(self.x[n], g)
            self.grad_biases += g
            back[n] = self.weights @ g
        return back
""",
        ),
    },
    {
        "no biases": [(" + self.biases", "")],
        "biases taken off": [("+ self.biases", "- self.biases")],
        "mean over the batch": [("self.x.T @ grad", "self.x.T @ grad / len(grad)")],
        "biases' mean": [("grad.sum(axis=0)", "grad.mean(axis=0)")],
        "biases over units": [("grad.sum(axis=0)", "grad.sum(axis=1)")],
        "weights for input transposed": [("grad @ self.weights.T", "(self.weights @ grad.T)")],
        "weights' gradient transposed": [("self.x.T @ grad", "(grad.T @ self.x)")],
        "first image": [("self.x.T @ grad", "np.outer(self.x[0], grad[0])")],
        "added up over calls": [
            ("self.grad_weights = ", "self.grad_weights = getattr(self, 'grad_weights', 0) + ")
        ],
        "a step inside": [
            (
                "return grad @ self.weights.T",
                "back = grad @ self.weights.T\n        self.weights = self.weights - 0.1 * self.grad_weights\n        return back",
            )
        ],
        "input kept from the first call": [
            (
                "self.x = x",
                "self.x = x if not hasattr(self, 'x') or self.x.shape != x.shape else self.x",
            )
        ],
        "damages the gradient": [
            ("return grad @", "grad[:] = grad * 1.0 + 1\n        return grad @")
        ],
        "ReLU inside": [
            (
                "return x @ self.weights + self.biases",
                "return np.maximum(x @ self.weights + self.biases, 0)",
            )
        ],
    },
)

CONV_FORWARD = """
        pad, f = self.padding, self.weights.shape[-1]
        self.padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        h, w = self.padded.shape[2] - f + 1, self.padded.shape[3] - f + 1
        out = np.zeros((len(x), len(self.weights), h, w)) + self.biases[:, None, None]
        for a in range(f):
            for b in range(f):
                part = self.padded[:, :, a : a + h, b : b + w]
                out += np.einsum("nchw,kc->nkhw", part, self.weights[:, :, a, b])
        return out
"""
CONV_BACKWARD = """
        pad, f = self.padding, self.weights.shape[-1]
        h, w = grad.shape[2:]
        self.grad_biases = grad.sum(axis=(0, 2, 3))
        self.grad_weights = np.zeros(self.weights.shape)
        back = np.zeros(self.padded.shape)
        for a in range(f):
            for b in range(f):
                part = self.padded[:, :, a : a + h, b : b + w]
                self.grad_weights[:, :, a, b] = np.einsum("nchw,nkhw->kc", part, grad)
                back[:, :, a : a + h, b : b + w] += np.einsum("nkhw,kc->nchw", grad, self.weights[:, :, a, b])
        return back[:, :, pad : back.shape[2] - pad, pad : back.shape[3] - pad]
"""
CUT = "back[:, :, pad : back.shape[2] - pad, pad : back.shape[3] - pad]"
CONV = bank(
    "build-conv-answer",
    CONV_FORWARD,
    CONV_BACKWARD,
    {
        "windows": (
            """
        p, f = self.padding, self.weights.shape[-1]
        self.shape = x.shape
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        self.windows = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))
        return np.einsum("nchwab,kcab->nkhw", self.windows, self.weights) + self.biases.reshape(-1, 1, 1)
""",
            """
        p, f = self.padding, self.weights.shape[-1]
        self.grad_weights = np.einsum("nchwab,nkhw->kcab", self.windows, grad)
        self.grad_biases = grad.sum((0, 2, 3))
        wide = np.pad(grad, ((0, 0), (0, 0), (f - 1, f - 1), (f - 1, f - 1)))
        around = np.lib.stride_tricks.sliding_window_view(wide, (f, f), axis=(2, 3))
        whole = np.einsum("nkhwab,kcab->nchw", around, self.weights[:, :, ::-1, ::-1])
        return whole[:, :, p : p + self.shape[2], p : p + self.shape[3]]
""",
        ),
        "position by position": (
            """
        p, f = self.padding, self.weights.shape[2]
        self.x, self.big = x, np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        rows, columns = self.big.shape[2] - f + 1, self.big.shape[3] - f + 1
        out = np.empty((x.shape[0], self.weights.shape[0], rows, columns))
        for i in range(rows):
            for j in range(columns):
                window = self.big[:, None, :, i : i + f, j : j + f]
                out[:, :, i, j] = (window * self.weights).sum(axis=(2, 3, 4)) + self.biases
        return out
""",
            """
        p, f = self.padding, self.weights.shape[2]
        self.grad_weights, self.grad_biases = 0 * self.weights, 0 * self.biases
        big = 0.0 * self.big
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                g = grad[:, :, i, j]
                self.grad_biases += g.sum(0)
                self.grad_weights += np.tensordot(g, self.big[:, :, i : i + f, j : j + f], (0, 0))
                big[:, :, i : i + f, j : j + f] += np.tensordot(g, self.weights, (1, 0))
        return big[:, :, p : p + self.x.shape[2], p : p + self.x.shape[3]]
""",
        ),
    },
    {
        "flipped": [
            ("part, self.weights[:, :, a, b]", "part, self.weights[:, :, f - 1 - a, f - 1 - b]")
        ],
        "no biases": [(" + self.biases[:, None, None]", "")],
        "padding forgotten": [
            ("np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))", "np.array(x)")
        ],
        "ring kept": [(CUT, "back")],
        "ring cut with a minus": [(CUT, "back[:, :, pad:-pad, pad:-pad]")],
        "ring cut at the far side": [
            (CUT, "back[:, :, : back.shape[2] - 2 * pad, : back.shape[3] - 2 * pad]")
        ],
        "input overwritten": [('b : b + w] += np.einsum("nkhw', 'b : b + w] = np.einsum("nkhw')],
        "weights' mean": [
            (
                'np.einsum("nchw,nkhw->kc", part, grad)',
                'np.einsum("nchw,nkhw->kc", part, grad) / len(grad)',
            )
        ],
        "biases of one image": [("grad.sum(axis=(0, 2, 3))", "grad[0].sum(axis=(1, 2))")],
        "biases over rows only": [("grad.sum(axis=(0, 2, 3))", "grad.sum(axis=(0, 2))")],
        "input by the flipped kernel": [
            ("grad, self.weights[:, :, a, b]", "grad, self.weights[:, :, f - 1 - a, f - 1 - b]")
        ],
        "added up over calls": [
            ("self.grad_biases = grad", "self.grad_biases = getattr(self, 'grad_biases', 0) + grad")
        ],
        "square images only": [("h, w = grad.shape[2:]", "h = w = grad.shape[2]")],
        "damages its input": [("        return out", "        x *= 0\n        return out")],
    },
)

POOL_FORWARD = """
        s = self.size
        n, c, h, w = x.shape
        self.shape = x.shape
        cut = x[:, :, : h // s * s, : w // s * s]
        windows = cut.reshape(n, c, h // s, s, w // s, s).transpose(0, 1, 2, 4, 3, 5)
        windows = windows.reshape(n, c, h // s, w // s, s * s)
        self.best = windows.argmax(axis=-1)
        return windows.max(axis=-1)
"""
POOL_BACKWARD = """
        s, back = self.size, np.zeros(self.shape)
        n, c, i, j = np.indices(grad.shape)
        back[n, c, i * s + self.best // s, j * s + self.best % s] = grad
        return back
"""
POOL = bank(
    "build-pool-answer",
    POOL_FORWARD,
    POOL_BACKWARD,
    {
        "window by window": (
            """
        self.x, s = x, self.size
        out = np.zeros((*x.shape[:2], x.shape[2] // s, x.shape[3] // s))
        for n, c, i, j in np.ndindex(out.shape):
            out[n, c, i, j] = x[n, c, i * s : i * s + s, j * s : j * s + s].max()
        return out
""",
            """
        s, back = self.size, np.zeros(self.x.shape)
        for n, c, i, j in np.ndindex(grad.shape):
            window = self.x[n, c, i * s : i * s + s, j * s : j * s + s]
            a, b = np.argwhere(window == window.max())[0]
            back[n, c, i * s + a, j * s + b] = grad[n, c, i, j]
        return back
""",
        ),
        "one-hot": (
            """
        s, (n, c, h, w) = self.size, x.shape
        self.shape, self.rows, self.columns = x.shape, h // s, w // s
        block = x[:, :, : self.rows * s, : self.columns * s]
        block = block.reshape(n, c, self.rows, s, self.columns, s).swapaxes(3, 4)
        flat = block.reshape(n, c, self.rows, self.columns, -1)
        self.hot = np.eye(s * s)[flat.argmax(-1)]
        return (flat * self.hot).sum(-1)
""",
            """
        s, (n, c) = self.size, self.shape[:2]
        flat = self.hot * np.asarray(grad)[..., None]
        block = flat.reshape(n, c, self.rows, self.columns, s, s).swapaxes(3, 4)
        back = np.zeros(self.shape)
        back[:, :, : self.rows * s, : self.columns * s] = block.reshape(n, c, self.rows * s, self.columns * s)
        return back
""",
        ),
    },
    {
        "mean": [("windows.max(axis=-1)", "windows.mean(axis=-1)")],
        "smallest": [("argmax", "argmin"), ("windows.max(", "windows.min(")],
        "last of the largest": [
            ("windows.argmax(axis=-1)", "s * s - 1 - windows[..., ::-1].argmax(axis=-1)")
        ],
        "rest padded": [
            (
                "cut = x[:, :, : h // s * s, : w // s * s]",
                "h, w = -(-h // s) * s, -(-w // s) * s\n        cut = np.pad(x, ((0, 0), (0, 0), (0, h - x.shape[2]), (0, w - x.shape[3])))",
            )
        ],
        "windows cut at the front": [
            ("cut = x[:, :, : h // s * s, : w // s * s]", "cut = x[:, :, h % s :, w % s :]")
        ],
        "rows for columns": [
            ("self.best // s, j * s + self.best % s", "self.best % s, j * s + self.best // s")
        ],
        "shared equally": [
            (
                "back[n, c, i * s + self.best // s, j * s + self.best % s] = grad",
                "for a in range(s):\n            for b in range(s):\n                back[n, c, i * s + a, j * s + b] = grad / s**2",
            )
        ],
        "gradient of ones": [("] = grad", "] = 1")],
        "always two": [("s = self.size\n", "s = 2\n")],
        "windows taken across": [(".transpose(0, 1, 2, 4, 3, 5)", "")],
        "negative pixels cut": [("windows.max(axis=-1)", "windows.max(axis=-1, initial=0)")],
        "shape of the cut": [
            ("self.shape = x.shape", "self.shape = (n, c, h // s * s, w // s * s)")
        ],
        "damages its input": [
            ("        return windows.max", "        x[:] = 0\n        return windows.max")
        ],
    },
)

NORM_FORWARD = """
        shape = (1, -1, 1, 1)
        if training:
            mean, variance = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            m = self.momentum
            self.moving_mean = m * self.moving_mean + (1 - m) * mean
            self.moving_variance = m * self.moving_variance + (1 - m) * variance
        else:
            mean, variance = self.moving_mean, self.moving_variance
        self.root = np.sqrt(variance + self.epsilon).reshape(shape)
        self.normal = (x - mean.reshape(shape)) / self.root
        return self.gamma.reshape(shape) * self.normal + self.beta.reshape(shape)
"""
NORM_BACKWARD = """
        axes = (0, 2, 3)
        self.grad_gamma = (grad * self.normal).sum(axis=axes)
        self.grad_beta = grad.sum(axis=axes)
        g = grad * self.gamma.reshape(1, -1, 1, 1)
        own = g.mean(axis=axes, keepdims=True)
        along = (g * self.normal).mean(axis=axes, keepdims=True)
        return (g - own - self.normal * along) / self.root
"""
NORM = bank(
    "build-norm-answer",
    NORM_FORWARD,
    NORM_BACKWARD,
    {
        "three paths": (
            """
        self.x, column = x, lambda a: a[:, None, None]
        if not training:
            scaled = (x - column(self.moving_mean)) / np.sqrt(column(self.moving_variance) + self.epsilon)
            return column(self.gamma) * scaled + column(self.beta)
        self.mean, self.variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
        keep = self.momentum
        self.moving_mean = keep * self.moving_mean + (1 - keep) * self.mean
        self.moving_variance = keep * self.moving_variance + (1 - keep) * self.variance
        self.hat = (x - column(self.mean)) / np.sqrt(column(self.variance) + self.epsilon)
        return column(self.gamma) * self.hat + column(self.beta)
""",
            """
        column, axes = lambda a: a[:, None, None], (0, 2, 3)
        count = self.x.size // self.x.shape[1]
        self.grad_gamma, self.grad_beta = (grad * self.hat).sum(axes), grad.sum(axes)
        hat = grad * column(self.gamma)
        off, inverse = self.x - column(self.mean), 1 / np.sqrt(self.variance + self.epsilon)
        variance = (hat * off).sum(axes) * -0.5 * inverse**3
        mean = -hat.sum(axes) * inverse + variance * (-2 * off).mean(axes)
        return hat * column(inverse) + column(variance) * 2 * off / count + column(mean) / count
""",
        ),
        "channel by channel": (
            """
        out, self.parts = np.empty(x.shape), []
        for k in range(x.shape[1]):
            mean, variance = self.moving_mean[k], self.moving_variance[k]
            if training:
                mean, variance = np.mean(x[:, k]), np.var(x[:, k])
            root = (variance + self.epsilon) ** 0.5
            hat = (x[:, k] - mean) / root
            self.parts.append((hat, root))
            out[:, k] = hat * self.gamma[k] + self.beta[k]
            if training:
                self.moving_mean = self.moving_mean.copy()
                self.moving_variance = self.moving_variance.copy()
                self.moving_mean[k] += (1 - self.momentum) * (mean - self.moving_mean[k])
                self.moving_variance[k] += (1 - self.momentum) * (variance - self.moving_variance[k])
        return out
""",
            """
        back = np.empty(grad.shape)
        self.grad_gamma, self.grad_beta = np.zeros(len(self.gamma)), np.zeros(len(self.beta))
        for k, (hat, root) in enumerate(self.parts):
            g = grad[:, k]
            self.grad_gamma[k], self.grad_beta[k] = (g * hat).sum(), g.sum()
            back[:, k] = self.gamma[k] / root * (g - g.mean() - hat * (g * hat).mean())
        return back
""",
        ),
    },
    {
        "mean and variance held fast": [("g - own - self.normal * along", "g")],
        "variance held fast": [(" - self.normal * along", "")],
        "mean held fast": [("g - own - self", "g - self")],
        "gamma forgotten on the way back": [
            ("g = grad * self.gamma.reshape(1, -1, 1, 1)", "g = grad * 1.0")
        ],
        "each image by itself": [
            (
                "x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))",
                "x[0].mean(axis=(1, 2)), x[0].var(axis=(1, 2))",
            )
        ],
        "sample variance": [("x.var(axis=(0, 2, 3))", "x.var(axis=(0, 2, 3), ddof=1)")],
        "momentum the wrong way": [("m = self.momentum", "m = 1 - self.momentum")],
        "moving statistics never change": [
            (
                "            self.moving_mean = m * self.moving_mean + (1 - m) * mean\n            self.moving_variance = m * self.moving_variance + (1 - m) * variance\n",
                "",
            )
        ],
        "moving statistics change in inference too": [
            (
                "            mean, variance = self.moving_mean, self.moving_variance\n",
                "            mean, variance = self.moving_mean, self.moving_variance\n            self.moving_mean = 0.9 * mean + 0.1 * x.mean(axis=(0, 2, 3))\n",
            )
        ],
        "the batch's in inference too": [("        if training:", "        if True:")],
        "epsilon outside the root": [
            ("np.sqrt(variance + self.epsilon)", "(np.sqrt(variance) + self.epsilon)")
        ],
        "epsilon of its own": [("+ self.epsilon", "+ 1e-5")],
        "moving root instead of variance": [("(1 - m) * variance", "(1 - m) * np.sqrt(variance)")],
        "gradients' means": [("(grad * self.normal).sum(", "(grad * self.normal).mean(")],
        "gamma's gradient with the output": [
            (
                "(grad * self.normal).sum",
                "(grad * (self.gamma.reshape(1, -1, 1, 1) * self.normal + 1)).sum",
            )
        ],
    },
)

CLASSES = "\n".join(
    layer(name, forward, backward).replace(PRELUDE, "").replace(TOOLS, "")
    for name, forward, backward in (
        ("build-dense-answer", DENSE_FORWARD, DENSE_BACKWARD),
        ("build-conv-answer", CONV_FORWARD, CONV_BACKWARD),
        ("build-pool-answer", POOL_FORWARD, POOL_BACKWARD),
        ("build-norm-answer", NORM_FORWARD, NORM_BACKWARD),
    )
)
TRAIN = """
def build_up_losses(images, labels, parameters, rate):
    kernels, biases, gamma, beta, weights, last = [np.array(p, dtype=float) for p in parameters]
    conv = Conv2D(kernels.shape[1], len(kernels), kernels.shape[2], padding=kernels.shape[2] // 2)
    norm, pool, dense = BatchNorm2D(len(gamma)), MaxPool2D(2), Dense(*weights.shape)
    conv.set_parameters(kernels, biases)
    norm.set_parameters(gamma, beta)
    dense.set_parameters(weights, last)
    losses = []
    for x, y in zip(images, labels):
        before = norm.forward(conv.forward(x), True)
        pooled = pool.forward(np.maximum(before, 0))
        loss, grad = softmax_cross_entropy(dense.forward(pooled.reshape(len(x), -1)), y)
        losses.append(loss)
        grad = pool.backward(dense.backward(grad).reshape(pooled.shape)) * (before > 0)
        conv.backward(norm.backward(grad))
        for layer, names in ((conv, ("weights", "biases")), (norm, ("gamma", "beta")), (dense, ("weights", "biases"))):
            for name in names:
                setattr(layer, name, getattr(layer, name) - rate * getattr(layer, "grad_" + name))
    return losses
"""


def train(*changes: tuple[str, str]) -> str:
    return f"{PRELUDE}{TOOLS}{CLASSES}{but(TRAIN, *changes)}"


OWN = """
def build_up_losses(images, labels, parameters, rate):
    p = [np.array(each, dtype=float) for each in parameters]
    f, pad = p[0].shape[-1], p[0].shape[-1] // 2
    losses = []
    for x, y in zip(np.asarray(images, float), labels):
        n, _, h, w = x.shape
        padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (f, f), axis=(2, 3))
        maps = np.einsum("nchwab,kcab->nkhw", windows, p[0]) + p[1][:, None, None]
        mean, root = maps.mean((0, 2, 3), keepdims=True), np.sqrt(maps.var((0, 2, 3), keepdims=True) + 1e-3)
        hat = (maps - mean) / root
        z = p[2][:, None, None] * hat + p[3][:, None, None]
        a = np.maximum(z, 0)
        rows, columns = maps.shape[2] // 2, maps.shape[3] // 2
        cut = a[:, :, : rows * 2, : columns * 2].reshape(n, -1, rows, 2, columns, 2).swapaxes(3, 4)
        flat = cut.reshape(n, -1, rows, columns, 4)
        best, top = flat.argmax(-1), flat.max(-1)
        features = top.reshape(n, -1)
        logits = features @ p[4] + p[5]
        logits = logits - logits.max(1, keepdims=True)
        chance = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        losses.append(float(-np.log(chance[np.arange(n), y]).mean()))
        chance[np.arange(n), y] -= 1
        g = chance / n
        grads = [None] * 4 + [features.T @ g, g.sum(0)]
        gt = (g @ p[4].T).reshape(top.shape)
        back = (np.eye(4)[best] * gt[..., None]).reshape(n, -1, rows, columns, 2, 2).swapaxes(3, 4)
        gz = np.zeros_like(a)
        gz[:, :, : rows * 2, : columns * 2] = back.reshape(n, -1, rows * 2, columns * 2)
        gz = gz * (z > 0)
        grads[2], grads[3] = (gz * hat).sum((0, 2, 3)), gz.sum((0, 2, 3))
        gh = gz * p[2][:, None, None]
        gm = (gh - gh.mean((0, 2, 3), keepdims=True) - hat * (gh * hat).mean((0, 2, 3), keepdims=True)) / root
        grads[0], grads[1] = np.einsum("nchwab,nkhw->kcab", windows, gm), gm.sum((0, 2, 3))
        p = [one - rate * grad for one, grad in zip(p, grads)]
    return losses
"""
STEP = 'setattr(layer, name, getattr(layer, name) - rate * getattr(layer, "grad_" + name))'
LEARNS = {
    "RIGHT": {
        "layers in a row": train(),
        "without a class": f"{PRELUDE}{OWN}",
        "an array of losses": train(("return losses", "return np.array(losses)")),
    },
    "WRONG": {
        "after the step": train(
            ("losses.append(loss)", "pass"),
            (
                "    return losses",
                "        again = norm.forward(conv.forward(x), True)\n        again = pool.forward(np.maximum(again, 0)).reshape(len(x), -1)\n        losses.append(softmax_cross_entropy(dense.forward(again), y)[0])\n    return losses",
            ),
        ),
        "no step": train((STEP, "pass")),
        "a step upwards": train(("- rate", "+ rate")),
        "half the rate": train(("- rate", "- rate / 2")),
        "kernels left alone": train(('((conv, ("weights", "biases")), ', "(")),
        "gamma and beta left alone": train(('(norm, ("gamma", "beta")), ', "")),
        "ReLU's gradient forgotten": train((" * (before > 0)", "")),
        "no padding": train((", padding=kernels.shape[2] // 2", "")),
        "inference": train(("conv.forward(x), True)", "conv.forward(x), False)")),
        "ReLU before the normalisation": train(
            (
                "norm.forward(conv.forward(x), True)",
                "norm.forward(np.maximum(conv.forward(x), 0), True)",
            )
        ),
        "flattened channels last": train(
            ("pooled.reshape(len(x), -1)", "pooled.transpose(0, 2, 3, 1).reshape(len(x), -1)")
        ),
        "dense layer moved before its gradient went back": train(
            (
                "        grad = pool.backward(dense",
                "        dense.x_kept = None\n        early = dense.backward(grad)\n        dense.weights = dense.weights - rate * dense.grad_weights\n        grad = pool.backward(dense",
            ),
            ('(dense, ("weights", "biases"))', '(dense, ("biases",))'),
        ),
        "sum for mean": train(
            (
                "loss, grad = softmax",
                "loss, grad = (lambda pair: (pair[0] * len(x), pair[1]))(softmax",
            ),
            ("-1)), y)", "-1)), y))"),
        ),
        "last loss only": train(("return losses", "return losses[-1:]")),
        "batches backwards": train(("zip(images, labels)", "zip(images[::-1], labels[::-1])")),
    },
}

FRESH = {
    "build-dense": DENSE,
    "build-conv": CONV,
    "build-pool": POOL,
    "build-norm": NORM,
    "build-train": LEARNS,
}
