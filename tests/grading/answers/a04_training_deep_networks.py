"""Right and wrong answers for the assignment on training deep networks."""

from textwrap import indent

ASSIGNMENT = "04-training-deep-networks"

NAMES = {
    "ex07": [("ex07_diagnose", "function")],
    "ex07-identity": [("ex07_identity", "function")],
    "ex08": [("ex08_minus", "value"), ("ex08_tanh", "value")],
    "ex08-gradient": [("ex08_gradient", "function")],
    "ex08-true": [("ex08_true", "value")],
    "ex10": [
        ("ex10_parameters", "value"),
        ("ex10_trainable", "value"),
        ("ex10_placement", "value"),
    ],
    "ex10-function": [("ex10_batch_norm", "function")],
    "ex11": [("ex11_techniques", "value")],
    "ex11-label": [("ex11_label_kept", "value")],
    "ex11-flip": [("ex11_flip", "function")],
    "ex11-translate": [("ex11_translate", "function")],
    "ex19": [("ex19_convolve", "function")],
    "ex19-choice": [("ex19_used", "value"), ("ex19_same", "value")],
}


def function(head: str, body: str) -> str:
    return f"import numpy as np\ndef {head}:\n{indent(body, '    ')}"


def diagnose(body: str) -> str:
    return function("ex07_diagnose(shallow_train, shallow_test, deep_train, deep_test)", body)


def identity(body: str) -> str:
    return function("ex07_identity(channels, kernel_size=3)", body)


def gradient(body: str) -> str:
    return function("ex08_gradient(grad_y, jacobian)", body)


def norm(body: str) -> str:
    return function("ex10_batch_norm(x, gamma, beta, epsilon=1e-5)", body)


def flip(body: str) -> str:
    return function("ex11_flip(images)", body)


def translate(body: str) -> str:
    return function("ex11_translate(image, down, right)", body)


def convolve(body: str) -> str:
    return function("ex19_convolve(image, kernel)", body)


KEPT = {"a": True, "b": False, "c": False, "d": True, "e": False, "f": True}


def kept(**changes) -> str:
    return f"ex11_label_kept = {KEPT | changes!r}"


BROADCAST = "g, b = gamma[:, None, None], beta[:, None, None]\n"
SHIFT = (
    "out = np.zeros_like(image)\n"
    "h, w = image.shape[:2]\n"
    "for i in range(h):\n"
    "    for j in range(w):\n"
    "        if 0 <= i - down < h and 0 <= j - right < w:\n"
    "            out[i, j] = image[i - down, j - right]\n"
    "return out"
)
SLIDE = (
    "h, w = kernel.shape\n"
    "k = {kernel}\n"
    "out = np.zeros(({rows}, {columns}){type})\n"
    "for i in range(out.shape[0]):\n"
    "    for j in range(out.shape[1]):\n"
    "        out[i, j] = {value}\n"
    "return out"
)


def sliding(
    kernel="kernel[::-1, ::-1]",
    rows="image.shape[0] - h + 1",
    columns="image.shape[1] - w + 1",
    kind="",
    value="(image[i:i + h, j:j + w] * k).sum()",
) -> str:
    return SLIDE.format(kernel=kernel, rows=rows, columns=columns, type=kind, value=value)


RIGHT = {
    "ex07": {
        "branches": diagnose(
            'if deep_train > shallow_train:\n    return "degradation"\n'
            'if deep_test > shallow_test:\n    return "overfitting"\nreturn "no problem"'
        ),
        "other spelling": diagnose(
            'if deep_train > shallow_train: return "Degradation"\n'
            'return " OVERFITTING" if deep_test > shallow_test else "no-problem"'
        ),
        "table": diagnose(
            "i = 2 * (deep_train > shallow_train) + (deep_test > shallow_test)\n"
            'return ["no_problem", "overfitting", "degradation", "degradation"][i]'
        ),
        "nested": diagnose(
            'if not deep_train <= shallow_train:\n    word = "degradation"\n'
            'elif deep_test - shallow_test > 0:\n    word = "overfitting"\n'
            'else:\n    word = "no problem"\nreturn word'
        ),
    },
    "ex07-identity": {
        "loop": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "for c in range(channels):\n    w[c, c, kernel_size // 2, kernel_size // 2] = 1\nreturn w"
        ),
        "unit matrix": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size), np.float32)\n"
            "w[:, :, kernel_size // 2, kernel_size // 2] = np.eye(channels)\nreturn w"
        ),
        "outer product": identity(
            "d = (np.arange(kernel_size) == kernel_size // 2).astype(int)\n"
            "return np.einsum('kc,i,j->kcij', np.eye(channels), d, d)"
        ),
        "lists": identity(
            "m = kernel_size // 2\n"
            "return [[[[int(a == b and i == j == m) for j in range(kernel_size)]"
            " for i in range(kernel_size)] for b in range(channels)] for a in range(channels)]"
        ),
    },
    "ex08": {
        "numbers": "ex08_minus = 0\nex08_tanh = 0.1",
        "floats": "import numpy as np\nex08_minus = np.float64(0)\nex08_tanh = np.array(0.1)",
        "text": 'ex08_minus = "0"\nex08_tanh = "0.1"',
        "differences": "import math\n"
        "f = lambda x: 0.3 * math.tanh(-3 * (x - 2)) + x\ng = lambda x: -x + x\n"
        "ex08_minus = (g(1.001) - g(0.999)) / 0.002\n"
        "ex08_tanh = (f(2 + 1e-5) - f(2 - 1e-5)) / 2e-5",
    },
    "ex08-gradient": {
        "matrix product": gradient("return (np.eye(len(grad_y)) + jacobian).T @ grad_y"),
        "two paths": gradient("return grad_y + jacobian.T @ grad_y"),
        "einsum": gradient("return np.einsum('ij,i->j', jacobian, grad_y) + grad_y"),
        "loops": gradient(
            "n = len(grad_y)\n"
            "return [grad_y[j] + sum(jacobian[i][j] * grad_y[i] for i in range(n)) for j in range(n)]"
        ),
        "row vector": gradient("return grad_y @ (jacobian + np.identity(jacobian.shape[0]))"),
    },
    "ex08-true": {
        "list": 'ex08_true = ["a", "b"]',
        "string": 'ex08_true = "ab"',
        "capitals": 'ex08_true = "B, A"',
        "tuple": 'ex08_true = ("a)", "(b)")',
    },
    "ex10": {
        "numbers": 'ex10_parameters = 256\nex10_trainable = 128\nex10_placement = "before"',
        "computed": "ex10_parameters = 4 * 64\nex10_trainable = 2 * 64\n"
        'ex10_placement = " Before "',
        "forms": "import numpy as np\n"
        'ex10_parameters = np.int16(256)\nex10_trainable = "128"\nex10_placement = "BEFORE"',
    },
    "ex10-function": {
        "mean and variance": norm(
            "m, v = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)\n"
            + BROADCAST
            + "return g * (x - m) / np.sqrt(v + epsilon) + b"
        ),
        "channel by channel": norm(
            "out = np.empty(x.shape)\n"
            "for c in range(x.shape[1]):\n"
            "    z = x[:, c].astype(float)\n"
            "    z = z - z.mean()\n"
            "    out[:, c] = gamma[c] * z / (np.mean(z * z) + epsilon) ** 0.5 + beta[c]\n"
            "return out"
        ),
        "channels last": norm(
            "y = np.moveaxis(np.asarray(x, np.float64), 1, -1)\n"
            "flat = y.reshape(-1, y.shape[-1])\n"
            "y = (y - flat.mean(0)) / np.sqrt(flat.var(0) + epsilon) * gamma + beta\n"
            "return np.moveaxis(y, -1, 1)"
        ),
        "scale and offset": norm(
            "x = x.astype(float)\n"
            "s = gamma / np.sqrt(x.var(axis=(0, 2, 3)) + epsilon)\n"
            "o = beta - s * x.mean(axis=(0, 2, 3))\n"
            "return x * s[None, :, None, None] + o.reshape(1, -1, 1, 1)"
        ),
    },
    "ex11": {
        "five": 'ex11_techniques = ["horizontal flip", "rotation", "zoom", "brightness", "mixup"]',
        "other five": 'ex11_techniques = ("Random Crop", "hue", "cutmix", "gaussian-noise", "blur")',
        "underscores": 'ex11_techniques = ["random_erasing", "translation", "saturation", '
        '"contrast", " rotation "]',
    },
    "ex11-label": {
        "dictionary": kept(),
        "list": f"ex11_label_kept = {list(KEPT.values())!r}",
        "NumPy": f"import numpy as np\nex11_label_kept = np.array({list(KEPT.values())!r})",
        "capitals": "ex11_label_kept = " + repr({k.upper(): v for k, v in KEPT.items()}),
    },
    "ex11-flip": {
        "slice": flip("return images[:, :, ::-1]"),
        "NumPy": flip("return np.flip(images, axis=2)"),
        "indices": flip("return images[:, :, np.arange(images.shape[2] - 1, -1, -1), :].copy()"),
        "loop": flip("return np.stack([np.fliplr(image) for image in images])"),
        "lists": flip("return [[row[::-1] for row in image] for image in images.tolist()]"),
    },
    "ex11-translate": {
        "loop": translate(SHIFT),
        "slices": translate(
            "out = np.zeros_like(image)\n"
            "h, w = image.shape[:2]\n"
            "if abs(down) >= h or abs(right) >= w:\n    return out\n"
            "out[max(down, 0):h + min(down, 0), max(right, 0):w + min(right, 0)] = "
            "image[max(-down, 0):h - max(down, 0), max(-right, 0):w - max(right, 0)]\n"
            "return out"
        ),
        "padding": translate(
            "h, w = image.shape[:2]\n"
            "p = np.pad(image, ((abs(down),) * 2, (abs(right),) * 2, (0, 0)))\n"
            "i, j = abs(down) - down, abs(right) - right\n"
            "return p[i:i + h, j:j + w].copy()"
        ),
        "roll and blank": translate(
            "h, w = image.shape[:2]\n"
            "out = np.roll(image, (down, right), axis=(0, 1)).copy()\n"
            "i, j = np.arange(h) - down, np.arange(w) - right\n"
            "out[(i < 0) | (i >= h)] = 0\nout[:, (j < 0) | (j >= w)] = 0\nreturn out"
        ),
    },
    "ex19": {
        "loops": convolve(sliding()),
        "window view": convolve(
            "v = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)\n"
            "return np.einsum('ijab,ab->ij', v, kernel[::-1, ::-1])"
        ),
        "sum of shifts": convolve(
            "h, w = kernel.shape\n"
            "H, W = image.shape\n"
            "return sum(kernel[h - 1 - a, w - 1 - b] * image[a:H - h + 1 + a, b:W - w + 1 + b]"
            " for a in range(h) for b in range(w))"
        ),
        "turned twice": convolve(
            sliding(kernel="np.rot90(kernel, 2)", value="np.vdot(image[i:i + h, j:j + w], k)")
        ),
        "Fourier": convolve(
            "h, w = kernel.shape\n"
            "H, W = image.shape\n"
            "s = (H + h - 1, W + w - 1)\n"
            "full = np.fft.irfft2(np.fft.rfft2(image, s) * np.fft.rfft2(kernel, s), s)\n"
            "return full[h - 1:H, w - 1:W]"
        ),
    },
    "ex19-choice": {
        "list": 'ex19_used = "cross-correlation"\nex19_same = ["a", "d", "e"]',
        "string": 'ex19_used = "Cross correlation"\nex19_same = "ade"',
        "underscore": 'ex19_used = "cross_correlation"\nex19_same = "E, D, A"',
    },
}

LONG_NORM = "m, v = x.mean({m}, keepdims=True), x.var({v}, keepdims=True)\n" + BROADCAST


def normed(
    mean="(0, 2, 3)", variance="(0, 2, 3)", end="return g * (x - m) / np.sqrt(v + epsilon) + b"
) -> str:
    return norm(LONG_NORM.format(m=mean, v=variance) + end)


WRONG = {
    "ex07": {
        "test before training": diagnose(
            'if deep_test > shallow_test:\n    return "overfitting"\n'
            'if deep_train > shallow_train:\n    return "degradation"\nreturn "no problem"'
        ),
        "ties count as higher": diagnose(
            'if deep_train >= shallow_train:\n    return "degradation"\n'
            'if deep_test >= shallow_test:\n    return "overfitting"\nreturn "no problem"'
        ),
        "ties in the test count as higher": diagnose(
            'if deep_train > shallow_train:\n    return "degradation"\n'
            'if deep_test >= shallow_test:\n    return "overfitting"\nreturn "no problem"'
        ),
        "words swapped": diagnose(
            'if deep_train > shallow_train:\n    return "overfitting"\n'
            'if deep_test > shallow_test:\n    return "degradation"\nreturn "no problem"'
        ),
        "gap between training and test": diagnose(
            'if deep_test - deep_train > shallow_test - shallow_train:\n    return "overfitting"\n'
            'if deep_train > shallow_train:\n    return "degradation"\nreturn "no problem"'
        ),
        "accuracies for errors": diagnose(
            'if deep_train < shallow_train:\n    return "degradation"\n'
            'if deep_test < shallow_test:\n    return "overfitting"\nreturn "no problem"'
        ),
        "needs both to be higher": diagnose(
            'if deep_train > shallow_train and deep_test > shallow_test:\n    return "degradation"\n'
            'if deep_test > shallow_test:\n    return "overfitting"\nreturn "no problem"'
        ),
        "whole numbers only": diagnose(
            'if int(deep_train) > int(shallow_train):\n    return "degradation"\n'
            'if int(deep_test) > int(shallow_test):\n    return "overfitting"\nreturn "no problem"'
        ),
        "never no problem": diagnose(
            'return "degradation" if deep_train > shallow_train else "overfitting"'
        ),
        "never overfitting": diagnose(
            'return "degradation" if deep_train > shallow_train else "no problem"'
        ),
        "always degradation": diagnose('return "degradation"'),
        "nothing in the last case": diagnose(
            'if deep_train > shallow_train:\n    return "degradation"\n'
            'if deep_test > shallow_test:\n    return "overfitting"'
        ),
        "arguments in another order": function(
            "ex07_diagnose(shallow_train, deep_train, shallow_test, deep_test)",
            'if deep_train > shallow_train:\n    return "degradation"\n'
            'if deep_test > shallow_test:\n    return "overfitting"\nreturn "no problem"',
        ),
        "all words at once": diagnose('return "degradation, overfitting or no problem"'),
        "list of words": diagnose('return ["degradation", "overfitting", "no problem"]'),
    },
    "ex07-identity": {
        "ones": identity("return np.ones((channels, channels, kernel_size, kernel_size))"),
        "zeros": identity("return np.zeros((channels, channels, kernel_size, kernel_size))"),
        "every channel reads all": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[:, :, kernel_size // 2, kernel_size // 2] = 1\nreturn w"
        ),
        "mean of the channels": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[:, :, kernel_size // 2, kernel_size // 2] = 1 / channels\nreturn w"
        ),
        "first corner": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[:, :, 0, 0] = np.eye(channels)\nreturn w"
        ),
        "unit matrix in the kernel": identity(
            "return np.tile(np.eye(kernel_size), (channels, channels, 1, 1))"
        ),
        "middle of three always": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "m = min(1, kernel_size - 1)\nw[:, :, m, m] = np.eye(channels)\nreturn w"
        ),
        "three by three always": identity(
            "w = np.zeros((channels, channels, 3, 3))\nw[:, :, 1, 1] = np.eye(channels)\nreturn w"
        ),
        "middle row": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[:, :, kernel_size // 2, :] = np.eye(channels)[..., None]\nreturn w"
        ),
        "channels reversed": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[:, :, kernel_size // 2, kernel_size // 2] = np.eye(channels)[::-1]\nreturn w"
        ),
        "one off the middle": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "m = (kernel_size + 1) // 2 % kernel_size\nw[:, :, m, m] = np.eye(channels)\nreturn w"
        ),
        "kernel axes first": identity(
            "w = np.zeros((kernel_size, kernel_size, channels, channels))\n"
            "w[kernel_size // 2, kernel_size // 2] = np.eye(channels)\nreturn w"
        ),
        "one filter": identity(
            "w = np.zeros((1, channels, kernel_size, kernel_size))\n"
            "w[0, 0, kernel_size // 2, kernel_size // 2] = 1\nreturn w"
        ),
        "first channel only": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[0, 0, kernel_size // 2, kernel_size // 2] = 1\nreturn w"
        ),
        "needs the size": function(
            "ex07_identity(channels, kernel_size)",
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[:, :, kernel_size // 2, kernel_size // 2] = np.eye(channels)\nreturn w",
        ),
        "averaging": identity(
            "w = np.zeros((channels, channels, kernel_size, kernel_size))\n"
            "w[range(channels), range(channels)] = 1 / kernel_size ** 2\nreturn w"
        ),
    },
    "ex08": {
        "forgot the skip": "ex08_minus = -1\nex08_tanh = -0.9",
        "never below one": "ex08_minus = 1\nex08_tanh = 1",
        "added absolute values": "ex08_minus = 2\nex08_tanh = 1.9",
        "sign lost": "ex08_minus = 0\nex08_tanh = 1.9",
        "forgot the inner derivative": "ex08_minus = 0\nex08_tanh = 1.3",
        "value for derivative": "ex08_minus = 0\nex08_tanh = 2.0",
        "nearly": "ex08_minus = 0\nex08_tanh = 0.1001",
        "coarse difference": "ex08_minus = 0\nex08_tanh = 0.109",
        "percent": 'ex08_minus = 0\nex08_tanh = "10"',
        "not a number": 'ex08_minus = float("nan")\nex08_tanh = 0.1',
        "swapped": "ex08_minus = 0.1\nex08_tanh = 0",
    },
    "ex08-gradient": {
        "not transposed": gradient("return grad_y + jacobian @ grad_y"),
        "forgot the skip": gradient("return jacobian.T @ grad_y"),
        "skip only": gradient("return grad_y.copy()"),
        "ones for the unit matrix": gradient("return (1 + jacobian).T @ grad_y"),
        "skip twice": gradient("return 2 * grad_y + jacobian.T @ grad_y"),
        "diagonal only": gradient("return grad_y * (1 + np.diag(jacobian))"),
        "product for sum": gradient("return grad_y * (jacobian.T @ grad_y)"),
        "subtracts": gradient("return grad_y - jacobian.T @ grad_y"),
        "adds one": gradient("return 1 + jacobian.T @ grad_y"),
        "never below the skip": gradient("return np.maximum(grad_y + jacobian.T @ grad_y, grad_y)"),
        "magnitude at least one": gradient(
            "g = grad_y + jacobian.T @ grad_y\nreturn np.sign(g) * np.maximum(abs(g), 1)"
        ),
        "matrix": gradient("return (np.eye(len(grad_y)) + jacobian) * grad_y[:, None]"),
        "single precision trap": gradient(
            "return ((np.eye(len(grad_y)) + jacobian).T @ grad_y).astype(np.float16)"
        ),
        "integer result": gradient("return (grad_y + jacobian.T @ grad_y).astype(int)"),
        "damages grad_y": gradient("grad_y += jacobian.T @ grad_y\nreturn grad_y"),
        "damages the jacobian": gradient(
            "jacobian += np.eye(len(grad_y))\nreturn jacobian.T @ grad_y"
        ),
        "number": gradient("return float(np.sum(grad_y + jacobian.T @ grad_y))"),
        "inverse": gradient("return np.linalg.pinv(np.eye(len(grad_y)) + jacobian).T @ grad_y"),
    },
    "ex08-true": {
        "everything": 'ex08_true = "adbc"',
        "never vanishes": 'ex08_true = "ad"',
        "no projection": 'ex08_true = "a"',
        "no ReLU": 'ex08_true = "abc"',
        "only the false one": 'ex08_true = "d"',
        "one letter": 'ex08_true = "a"',
        "letters that are not there": 'ex08_true = "abe"',
    },
    "ex10": {
        "trained only": 'ex10_parameters = 128\nex10_trainable = 128\nex10_placement = "before"',
        "all trained": 'ex10_parameters = 256\nex10_trainable = 256\nex10_placement = "before"',
        "one number a channel": 'ex10_parameters = 64\nex10_trainable = 64\nex10_placement = "before"',
        "per layer for per channel": 'ex10_parameters = 4\nex10_trainable = 2\nex10_placement = "before"',
        "after": 'ex10_parameters = 256\nex10_trainable = 128\nex10_placement = "after"',
        "both": 'ex10_parameters = 256\nex10_trainable = 128\nex10_placement = "before or after"',
        "swapped": 'ex10_parameters = 128\nex10_trainable = 256\nex10_placement = "before"',
        "with the convolution": 'ex10_parameters = 320\nex10_trainable = 192\nex10_placement = "before"',
        "list of words": 'ex10_parameters = 256\nex10_trainable = 128\nex10_placement = ["before", "after"]',
    },
    "ex10-function": {
        "over everything": normed("None", "None"),
        "over the batch only": normed("0", "0"),
        "over the positions only": normed("(2, 3)", "(2, 3)"),
        "over channels and positions": normed("(1, 2, 3)", "(1, 2, 3)"),
        "forgot the positions' columns": normed("(0, 2)", "(0, 2)"),
        "unbiased variance": norm(
            "m = x.mean((0, 2, 3), keepdims=True)\nv = x.var((0, 2, 3), keepdims=True, ddof=1)\n"
            + BROADCAST
            + "return g * (x - m) / np.sqrt(v + epsilon) + b"
        ),
        "ignores epsilon": normed(end="return g * (x - m) / np.sqrt(np.where(v > 0, v, 1)) + b"),
        "epsilon outside the root": normed(end="return g * (x - m) / (np.sqrt(v) + epsilon) + b"),
        "default epsilon always": normed(end="return g * (x - m) / np.sqrt(v + 1e-5) + b"),
        "variance for deviation": normed(end="return g * (x - m) / (v + epsilon) + b"),
        "forgot beta": normed(end="return g * (x - m) / np.sqrt(v + epsilon)"),
        "forgot gamma": normed(end="return (x - m) / np.sqrt(v + epsilon) + b"),
        "gamma and beta swapped": normed(end="return b * (x - m) / np.sqrt(v + epsilon) + g"),
        "gamma after beta": normed(end="return g * ((x - m) / np.sqrt(v + epsilon) + b)"),
        "parameters along the width": norm(
            "m, v = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)\n"
            "g, b = np.resize(gamma, x.shape[3]), np.resize(beta, x.shape[3])\n"
            "return g * (x - m) / np.sqrt(v + epsilon) + b"
        ),
        "first channel's parameters": norm(
            "m, v = x.mean((0, 2, 3), keepdims=True), x.var((0, 2, 3), keepdims=True)\n"
            "return gamma[0] * (x - m) / np.sqrt(v + epsilon) + beta[0]"
        ),
        "not centred": normed(end="return g * x / np.sqrt(v + epsilon) + b"),
        "damages x": normed(end="x -= m\nreturn g * x / np.sqrt(v + epsilon) + b"),
        "in the type of x": normed(
            end="return (g * (x - m) / np.sqrt(v + epsilon) + b).astype(x.dtype)"
        ),
        "half precision": normed(
            end="return (g * (x - m) / np.sqrt(v + epsilon) + b).astype(np.float16)"
        ),
        "needs epsilon": function(
            "ex10_batch_norm(x, gamma, beta, epsilon=None)",
            LONG_NORM.format(m="(0, 2, 3)", v="(0, 2, 3)")
            + "return g * (x - m) / np.sqrt(v + epsilon) + b",
        ),
        "batch axis kept apart": norm(
            "return np.stack([gamma[:, None, None] * (i - i.mean((1, 2), keepdims=True)) / "
            "np.sqrt(i.var((1, 2), keepdims=True) + epsilon) + beta[:, None, None] for i in x])"
        ),
        "divides by zero": normed(
            end="return np.where(v == 0, np.nan, g * (x - m) / np.sqrt(v + epsilon) + b)"
        ),
    },
    "ex11": {
        "token masking among them": 'ex11_techniques = ["rotation", "zoom", "hue", "blur", "token masking"]',
        "regularisation for augmentation": 'ex11_techniques = ["rotation", "zoom", "weight decay", '
        '"early stopping", "batch normalisation"]',
        "one twice": 'ex11_techniques = ["rotation", "rotation", "zoom", "hue", "blur"]',
        "one twice in another spelling": 'ex11_techniques = ["random crop", "Random-Crop", "zoom", '
        '"hue", "blur"]',
        "four": 'ex11_techniques = ["rotation", "zoom", "hue", "blur"]',
        "six": 'ex11_techniques = ["rotation", "zoom", "hue", "blur", "mixup", "cutmix"]',
        "the whole list": 'ex11_techniques = ["horizontal flip", "rotation", "random crop", "zoom", '
        '"translation", "brightness", "contrast", "saturation", "hue", "gaussian noise", "blur", '
        '"random erasing", "mixup", "cutmix", "token masking", "batch normalisation", "max pooling", '
        '"early stopping", "weight decay", "learning rate decay"]',
        "not in the list": 'ex11_techniques = ["rotation", "zoom", "hue", "blur", "magic"]',
        "one text": 'ex11_techniques = "rotation"',
        "numbers": "ex11_techniques = [1, 2, 3, 4, 5]",
        "five times the same": 'ex11_techniques = ["rotation"] * 5',
        "lists of lists": 'ex11_techniques = [["rotation"], ["zoom"], ["hue"]]',
        "a thousand": 'ex11_techniques = ["rotation", "zoom"] * 500',
    },
    "ex11-label": {
        "all kept": f"ex11_label_kept = {dict.fromkeys(KEPT, True)!r}",
        "none kept": f"ex11_label_kept = {dict.fromkeys(KEPT, False)!r}",
        "opposite": f"ex11_label_kept = { ({k: not v for k, v in KEPT.items()})!r}",
        "signs may be mirrored": kept(b=True),
        "six stays six": kept(c=True),
        "letters may be mirrored": kept(e=True),
        "a shift changes the digit": kept(d=False),
        "five letters": f"ex11_label_kept = {dict(list(KEPT.items())[:5])!r}",
        "text that is always true": f"ex11_label_kept = {dict.fromkeys(KEPT, 'False')!r}",
        "both": kept(a="True or False"),
        "probabilities": "ex11_label_kept = [0.9, 0.1, 0.1, 0.9, 0.1, 0.9]",
    },
    "ex11-flip": {
        "upside down": flip("return images[:, ::-1]"),
        "order of the pictures": flip("return images[::-1]"),
        "colours": flip("return images[..., ::-1]"),
        "last axis of all": flip("return np.flip(images)"),
        "turned": flip("return images[:, ::-1, ::-1]"),
        "unchanged": flip("return images"),
        "fliplr on the batch": flip("return np.fliplr(images)"),
        "first picture only": flip("out = images.copy()\nout[0] = out[0, :, ::-1]\nreturn out"),
        "last column missing": flip("return images[:, :, -2::-1]"),
        "off by one": flip("return np.roll(images[:, :, ::-1], 1, axis=2)"),
        "transposed": flip("return images.transpose(0, 2, 1, 3)"),
        "damages the pictures": flip("out = images[:, :, ::-1].copy()\nimages[:] = 0\nreturn out"),
        "mirrors in place": flip("images[:] = images[:, :, ::-1].copy()\nreturn images"),
        "half only": flip(
            "out = images.copy()\nw = images.shape[2]\n"
            "for j in range(w // 2):\n    out[:, :, j] = out[:, :, w - 1 - j]\nreturn out"
        ),
        "right for squares only": flip(
            "return images.transpose(0, 2, 1, 3)[:, ::-1].transpose(0, 2, 1, 3)"
            ".reshape(len(images), images.shape[2], images.shape[1], -1)"
        ),
    },
    "ex11-translate": {
        "rolls round": translate("return np.roll(image, (down, right), axis=(0, 1))"),
        "other direction": translate(
            "return (lambda down, right: " + "np.roll(image, (down, right), (0, 1)))(-down, -right)"
        ),
        "rows and columns swapped": translate("down, right = right, down\n" + SHIFT),
        "up and left": translate("down, right = -down, -right\n" + SHIFT),
        "positive only": translate("down, right = max(down, 0), max(right, 0)\n" + SHIFT),
        "amounts only": translate("down, right = abs(down), abs(right)\n" + SHIFT),
        "fails at zero": translate(
            "out = np.zeros_like(image)\nh, w = image.shape[:2]\n"
            "if down >= 0 and right >= 0:\n    out[down:, right:] = image[:-down, :-right]\n"
            "elif down >= 0:\n    out[down:, :right] = image[:-down, -right:]\n"
            "elif right >= 0:\n    out[:down, right:] = image[-down:, :-right]\n"
            "else:\n    out[:down, :right] = image[-down:, -right:]\nreturn out"
        ),
        "repeats the border": translate(
            "h, w = image.shape[:2]\n"
            "return image[np.clip(np.arange(h) - down, 0, h - 1)][:, np.clip(np.arange(w) - right, 0, w - 1)]"
        ),
        "off by one": translate("down = down + (down > 0)\n" + SHIFT),
        "grows": translate(
            "return np.pad(image, ((max(down, 0), max(-down, 0)), (max(right, 0), max(-right, 0)), (0, 0)))"
        ),
        "other number type": translate("image = image.astype(float) / 255\n" + SHIFT),
        "damages the picture": translate(SHIFT.replace("return out", "image[:] = 0\nreturn out")),
        "moves in place": translate(SHIFT.replace("return out", "image[:] = out\nreturn image")),
        "right for squares only": translate(
            SHIFT.replace("h, w = image.shape[:2]", "h = w = min(image.shape[:2])")
        ),
        "first channel only": translate(
            SHIFT.replace(
                "out[i, j] = image[i - down, j - right]",
                "out[i, j, 0] = image[i - down, j - right, 0]",
            )
        ),
        "too far wraps": translate(
            "h, w = image.shape[:2]\ndown, right = int(np.fmod(down, h)), int(np.fmod(right, w))\n"
            + SHIFT
        ),
        "columns only": translate("down = 0\n" + SHIFT),
    },
    "ex19": {
        "cross-correlation": convolve(sliding(kernel="kernel")),
        "upside down only": convolve(sliding(kernel="kernel[::-1]")),
        "mirrored only": convolve(sliding(kernel="kernel[:, ::-1]")),
        "transposed": convolve("kernel = kernel.T\n" + sliding(kernel="kernel[::-1, ::-1]")),
        "turned by a quarter": convolve("kernel = np.rot90(kernel)\n" + sliding(kernel="kernel")),
        "flips the picture": convolve("image = image[::-1, ::-1]\n" + sliding(kernel="kernel")),
        "off by one": convolve(sliding(rows="image.shape[0] - h", columns="image.shape[1] - w")),
        "same size": convolve(
            "h, w = kernel.shape\n"
            "image = np.pad(image, ((h // 2, (h - 1) // 2), (w // 2, (w - 1) // 2)))\n" + sliding()
        ),
        "full": convolve(
            "h, w = kernel.shape\n"
            "image = np.pad(image, ((h - 1, h - 1), (w - 1, w - 1)))\n" + sliding()
        ),
        "right for square kernels only": convolve(
            "kernel = kernel[:, :kernel.shape[0]]\n" + sliding()
        ),
        "right for square pictures only": convolve(sliding(columns="image.shape[0] - w + 1")),
        "odd kernels only": convolve(
            "r, q = kernel.shape[0] // 2, kernel.shape[1] // 2\nk = kernel[::-1, ::-1]\n"
            "return np.array([[(image[i - r:i + r + 1, j - q:j + q + 1] * k).sum() "
            "for j in range(q, image.shape[1] - q)] for i in range(r, image.shape[0] - r)])"
        ),
        "damages the picture": convolve(
            sliding().replace("return out", "image[:] = 0\nreturn out")
        ),
        "damages the kernel": convolve(
            sliding().replace(
                "k = kernel[::-1, ::-1]", "kernel[:] = kernel[::-1, ::-1].copy()\nk = kernel"
            )
        ),
        "half precision": convolve(sliding(kind=", np.float16")),
        "integer result": convolve(sliding(kind=", int")),
        "mean for sum": convolve(sliding(value="(image[i:i + h, j:j + w] * k).mean()")),
        "matrix product": convolve(sliding(value="(image[i:i + h, j:j + w].T @ k).sum()")),
        "clipped": convolve(sliding(value="max((image[i:i + h, j:j + w] * k).sum(), 0)")),
    },
    "ex19-choice": {
        "convolution": 'ex19_used = "convolution"\nex19_same = "ade"',
        "both": 'ex19_used = "convolution or cross-correlation"\nex19_same = "ade"',
        "everything": 'ex19_used = "cross-correlation"\nex19_same = "abcde"',
        "Sobel too": 'ex19_used = "cross-correlation"\nex19_same = "abde"',
        "shift too": 'ex19_used = "cross-correlation"\nex19_same = "acde"',
        "mirror symmetry asked": 'ex19_used = "cross-correlation"\nex19_same = "ad"',
        "word only": 'ex19_used = "cross-correlation"\nex19_same = ...',
        "letters only": 'ex19_used = None\nex19_same = "ade"',
        "correlation": 'ex19_used = "correlation coefficient"\nex19_same = "ade"',
    },
}

PARTIAL = {
    "ex08": {
        "first only": ("ex08_minus = 0\nex08_tanh = 1", 0),
        "second only": ("ex08_minus = 1\nex08_tanh = 0.1", 1),
    },
    "ex08-true": {
        "one too many": ('ex08_true = "adb"', 1),
        "everything": ('ex08_true = "adbc"', 0),
        "one missing": ('ex08_true = "a"', 1),
    },
    "ex10": {
        "placement only": ('ex10_parameters = 1\nex10_trainable = 1\nex10_placement = "before"', 0),
        "after": (WRONG["ex10"]["after"], 2),
    },
    "ex11": {
        "four": (WRONG["ex11"]["four"], 1.25),
        "one twice": (WRONG["ex11"]["one twice"], 1.25),
        "six": (WRONG["ex11"]["six"], 0),
        "two of five": (WRONG["ex11"]["regularisation for augmentation"], 0),
    },
    "ex11-label": {
        "one wrong": (kept(b=True), 1.5),
        "all kept": (WRONG["ex11-label"]["all kept"], 0),
    },
    "ex19-choice": {
        "word only": (WRONG["ex19-choice"]["word only"], 0),
        "letters only": (WRONG["ex19-choice"]["letters only"], 2),
    },
}
