"""Training deep networks, from the students' notebook alone."""

from .writing import function, letter, several, table, values

ASSIGNMENT = "04-training-deep-networks"

NORMALISE = """
mean = x.mean(axis={axes}, keepdims=True)
spread = x.{spread}(axis={axes}, keepdims=True)
return {result}
"""


def normalise(
    axes="(0, 2, 3)",
    spread="var",
    result="(x - mean) / np.sqrt(spread + epsilon) * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)",
) -> str:
    return NORMALISE.format(axes=axes, spread=spread, result=result)


MOVE = """
out = np.zeros{like}
h, w = image.shape[:2]
for i in range(h):
    for j in range(w):
        a, b = i {sign} down, j {sign} right
        if 0 <= a < h and 0 <= b < w:
            out[{to}] = image[{source}]
return out
"""


def move(like="_like(image)", sign="+", to="a, b", source="i, j") -> str:
    return MOVE.format(like=like, sign=sign, to=to, source=source)


CONVOLVE = """
kernel = kernel{turn}
h, w = kernel.shape
rows, columns = image.shape[0] - h + 1, image.shape[1] - w + 1
out = np.zeros((rows, columns){kind})
for i in range(rows):
    for j in range(columns):
        out[i, j] = (image[i : i + h, j : j + w] * kernel).{total}
return out
"""


def convolve(turn="[::-1, ::-1]", kind="", total="sum()") -> str:
    return CONVOLVE.format(turn=turn, kind=kind, total=total)


SYMMETRIC = [
    "[[0, 1, 0], [1, −4, 1], [0, 1, 0]]",
    "[[1, 2, 1], [2, 4, 2], [1, 2, 1]]",
    "[[1, 2, 0], [3, 5, 3], [0, 2, 1]]",
]
SAME = "".join(sorted(letter(ASSIGNMENT, "ex19-choice", kernel) for kernel in SYMMETRIC))
OTHERS = [chosen for chosen in (SAME[:2], SAME[1:], SAME[0] + SAME[2], "abcde") if chosen != SAME]

FRESH = {
    "ex07": function(
        "def ex07_diagnose(shallow_train, shallow_test, deep_train, deep_test):",
        {
            "by the text": "if deep_train > shallow_train:\n    return 'degradation'\nif deep_test > shallow_test:\n    return 'overfitting'\nreturn 'no problem'",
            "in one line": "return 'degradation' if shallow_train < deep_train else 'overfitting' if shallow_test < deep_test else 'no problem'",
            "NumPy": "return np.select([deep_train > shallow_train, deep_test > shallow_test], ['degradation', 'overfitting'], 'no problem')",
            "capitals": "return 'Degradation' if deep_train > shallow_train else 'Overfitting' if deep_test > shallow_test else 'No problem'",
        },
        {
            "test errors first": "if deep_test > shallow_test:\n    return 'overfitting'\nif deep_train > shallow_train:\n    return 'degradation'\nreturn 'no problem'",
            "equal counts": "if deep_train >= shallow_train:\n    return 'degradation'\nif deep_test >= shallow_test:\n    return 'overfitting'\nreturn 'no problem'",
            "gap of the deep one": "if deep_train > shallow_train:\n    return 'degradation'\nreturn 'overfitting' if deep_test > deep_train else 'no problem'",
            "both must be higher": "if deep_train > shallow_train and deep_test > shallow_test:\n    return 'degradation'\nreturn 'overfitting' if deep_test > shallow_test else 'no problem'",
            "accuracies for errors": "if deep_train < shallow_train:\n    return 'degradation'\nreturn 'overfitting' if deep_test < shallow_test else 'no problem'",
            "names swapped": "if deep_train > shallow_train:\n    return 'overfitting'\nreturn 'degradation' if deep_test > shallow_test else 'no problem'",
            "never no problem": "return 'degradation' if deep_train > shallow_train else 'overfitting'",
            "always degradation": "return 'degradation'",
            "a margin": "if deep_train > shallow_train + 1:\n    return 'degradation'\nreturn 'overfitting' if deep_test > shallow_test + 1 else 'no problem'",
            "whole percents": "if int(deep_train) > int(shallow_train):\n    return 'degradation'\nreturn 'overfitting' if int(deep_test) > int(shallow_test) else 'no problem'",
            "none when fine": "if deep_train > shallow_train:\n    return 'degradation'\nif deep_test > shallow_test:\n    return 'overfitting'",
            "sums": "return 'degradation' if deep_train + deep_test > shallow_train + shallow_test else 'no problem'",
        },
    ),
    "ex07-identity": function(
        "def ex07_identity(channels, kernel_size=3):",
        {
            "loop": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nfor k in range(channels):\n    w[k, k, kernel_size // 2, kernel_size // 2] = 1\nreturn w",
            "eye": "w = np.zeros((channels, channels, kernel_size, kernel_size), int)\nw[:, :, kernel_size // 2, kernel_size // 2] = np.eye(channels)\nreturn w",
            "outer": "point = np.zeros(kernel_size)\npoint[kernel_size // 2] = 1\nreturn np.einsum('kc,i,j->kcij', np.eye(channels), point, point)",
        },
        {
            "ones everywhere": "return np.ones((channels, channels, kernel_size, kernel_size))",
            "zeros": "return np.zeros((channels, channels, kernel_size, kernel_size))",
            "all channels": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nw[:, :, kernel_size // 2, kernel_size // 2] = 1\nreturn w",
            "averages": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nw[:, :, kernel_size // 2, kernel_size // 2] = 1 / channels\nreturn w",
            "corner": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nfor k in range(channels):\n    w[k, k, 0, 0] = 1\nreturn w",
            "middle of a 3": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nfor k in range(channels):\n    w[k, k, min(1, kernel_size - 1), min(1, kernel_size - 1)] = 1\nreturn w",
            "diagonal kernel": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nfor k in range(channels):\n    w[k, k] = np.eye(kernel_size)\nreturn w",
            "size fixed": "w = np.zeros((channels, channels, 3, 3))\nfor k in range(channels):\n    w[k, k, 1, 1] = 1\nreturn w",
            "first channel": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nw[:, 0, kernel_size // 2, kernel_size // 2] = 1\nreturn w",
            "channels turned": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nfor k in range(channels):\n    w[k, channels - 1 - k, kernel_size // 2, kernel_size // 2] = 1\nreturn w",
            "Keras's order": "w = np.zeros((kernel_size, kernel_size, channels, channels))\nfor k in range(channels):\n    w[kernel_size // 2, kernel_size // 2, k, k] = 1\nreturn w",
            "blur": "w = np.zeros((channels, channels, kernel_size, kernel_size))\nfor k in range(channels):\n    w[k, k] = 1 / kernel_size**2\nreturn w",
        },
    ),
    "ex08": values(
        "ex08_minus, ex08_tanh",
        [
            "0, 0.1",
            "0.0, 1 - 0.9",
            "-1 + 1, 1 + 0.3 * -3",
            "'0', '0.1'",
            "Fraction(0), Fraction(1, 10)",
        ],
        [
            "-1, -0.9",
            "0, 1.9",
            "0, -0.9",
            "2, 0.1",
            "0, 0.7",
            "1, 0.1",
            "0, 1.3",
            "0, 1.0",
            "0.1, 0",
            "0, -0.1",
            "0, 0.19",
        ],
    ),
    "ex08-gradient": function(
        "def ex08_gradient(grad_y, jacobian):",
        {
            "transpose": "return grad_y + jacobian.T @ grad_y",
            "from the left": "return grad_y @ (jacobian + np.eye(len(grad_y)))",
            "loops": "n = len(grad_y)\nreturn [sum(grad_y[i] * (jacobian[i, j] + (i == j)) for i in range(n)) for j in range(n)]",
        },
        {
            "not transposed": "return grad_y + jacobian @ grad_y",
            "no skip": "return jacobian.T @ grad_y",
            "skip only": "return grad_y.copy()",
            "plus one": "return jacobian.T @ grad_y + 1",
            "skip twice": "return 2 * grad_y + jacobian.T @ grad_y",
            "product": "return grad_y * (jacobian.T @ grad_y)",
            "diagonal": "return grad_y * (1 + np.diag(jacobian))",
            "minus": "return grad_y - jacobian.T @ grad_y",
            "a column": "return (grad_y + jacobian.T @ grad_y)[:, None]",
            "a matrix": "return grad_y * (jacobian + np.eye(len(grad_y)))",
            "in place": "grad_y += jacobian.T @ grad_y\nreturn grad_y",
            "ones added everywhere": "return (jacobian + 1).T @ grad_y",
            "summed": "return np.sum(grad_y + jacobian.T @ grad_y)",
        },
    ),
    "ex08-true": several(
        ASSIGNMENT,
        "ex08-true",
        "ex08_true",
        ["adds a path on which", "brought to the shape of F(x)"],
    ),
    "ex10": values(
        "ex10_parameters, ex10_trainable, ex10_placement",
        [
            "256, 128, 'before'",
            "4 * 64, 2 * 64, 'Before'",
            "'256', '128', ' before '",
            "256.0, 128.0, np.str_('before')",
        ],
        [
            "256, 128, 'after'",
            "128, 256, 'before'",
            "256, 256, 'before'",
            "128, 64, 'before'",
            "4, 2, 'before'",
            "64, 64, 'before'",
            "256, 64, 'before'",
            "256, 128, ''",
            "256, 128, None",
            "320, 128, 'before'",
            "128, 128, 'before'",
            "256, 192, 'before'",
        ],
    ),
    "ex10-function": function(
        "def ex10_batch_norm(x, gamma, beta, epsilon=1e-5):",
        {
            "by the text": normalise(),
            "by channel": "out = np.empty(x.shape)\nfor c in range(x.shape[1]):\n    m = x[:, c].mean()\n    v = ((x[:, c] - m) ** 2).mean()\n    out[:, c] = gamma[c] * (x[:, c] - m) / (v + epsilon) ** 0.5 + beta[c]\nreturn out",
            "channels last inside": "y = np.moveaxis(x, 1, -1)\nflat = y.reshape(-1, y.shape[-1])\nz = (flat - flat.mean(0)) / np.sqrt(flat.var(0) + epsilon) * gamma + beta\nreturn np.moveaxis(z.reshape(y.shape), -1, 1)",
        },
        {
            "layer norm": normalise(axes="(1, 2, 3)"),
            "instance norm": normalise(axes="(2, 3)"),
            "over the batch only": normalise(axes="0"),
            "everything": normalise(axes="(0, 1, 2, 3)"),
            "epsilon outside the root": normalise(
                spread="std",
                result="(x - mean) / (spread + epsilon) * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)",
            ),
            "no epsilon": normalise(
                result="(x - mean) / np.sqrt(spread) * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)"
            ),
            "variance for deviation": normalise(
                result="(x - mean) / (spread + epsilon) * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)"
            ),
            "unbiased": normalise().replace(
                "keepdims=True)\nreturn", "keepdims=True, ddof=1)\nreturn"
            ),
            "no beta": normalise(
                result="(x - mean) / np.sqrt(spread + epsilon) * gamma.reshape(1, -1, 1, 1)"
            ),
            "no gamma": normalise(
                result="(x - mean) / np.sqrt(spread + epsilon) + beta.reshape(1, -1, 1, 1)"
            ),
            "gamma after beta": normalise(
                result="((x - mean) / np.sqrt(spread + epsilon) + beta.reshape(1, -1, 1, 1)) * gamma.reshape(1, -1, 1, 1)"
            ),
            "mean kept": normalise(
                result="x / np.sqrt(spread + epsilon) * gamma.reshape(1, -1, 1, 1) + beta.reshape(1, -1, 1, 1)"
            ),
            "epsilon fixed": "epsilon = 1e-5\n" + normalise(),
            "in place": "x -= x.mean(axis=(0, 2, 3), keepdims=True)\n" + normalise(),
        },
    ),
    "ex11": values(
        "ex11_techniques",
        [
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'translation']",
            "('Brightness', 'contrast', 'hue', 'saturation', 'blur')",
            "['mixup', 'cutmix', 'random erasing', 'gaussian noise', 'blur']",
            "np.array(['zoom', 'hue', 'mixup', 'blur', 'rotation'])",
            "'zoom, hue, mixup, blur, rotation'",
        ],
        [
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'zoom']",
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'token masking']",
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'max pooling']",
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'weight decay']",
            "['horizontal flip', 'rotation', 'random crop', 'zoom']",
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'hue', 'early stopping']",
            "['horizontal flip', 'rotation', 'random crop', 'zoom', 'dropout']",
            "['batch normalisation', 'max pooling', 'early stopping', 'weight decay', 'learning rate decay']",
            "['', '', '', '', '']",
            "['...', '...', '...', '...', '...']",
            "5",
            "['horizontal flip', 'Horizontal Flip', 'random crop', 'zoom', 'hue']",
        ],
    ),
    "ex11-label": table(
        ASSIGNMENT,
        "ex11-label",
        "ex11_label_kept",
        {
            "photograph of a cat": True,
            '"turn left" traffic sign': False,
            "handwritten 6": False,
            "handwritten 3": True,
            "letter b": False,
            "10 % brighter": True,
        },
    ),
    "ex11-flip": function(
        "def ex11_flip(images):",
        {
            "slice": "return images[:, :, ::-1]",
            "np.flip": "return np.flip(images, axis=2)",
            "fliplr": "return np.array([np.fliplr(image) for image in images])",
            "lists": "return [[list(reversed(row)) for row in image.tolist()] for image in images]",
        },
        {
            "upside down": "return images[:, ::-1]",
            "batch": "return images[::-1]",
            "colours": "return images[..., ::-1]",
            "turned": "return images[:, ::-1, ::-1]",
            "everything": "return np.flip(images)",
            "transposed": "return images.transpose(0, 2, 1, 3)",
            "unchanged": "return images",
            "in place": "images[:] = images[:, :, ::-1].copy()\nreturn images",
            "first image": "return images[0][:, ::-1]",
            "rolled": "return np.roll(images, images.shape[2] // 2, axis=2)",
            "fliplr of the batch": "return np.fliplr(images)",
        },
    ),
    "ex11-translate": function(
        "def ex11_translate(image, down, right):",
        {
            "loops": move(),
            "roll and blank": "out = np.roll(image, (down, right), axis=(0, 1))\nh, w = image.shape[:2]\ni, j = np.arange(h)[:, None] - down, np.arange(w)[None] - right\ninside = (i >= 0) & (i < h) & (j >= 0) & (j < w)\nreturn np.where(inside[..., None], out, 0).astype(image.dtype)",
            "padding": "h, w = image.shape[:2]\nd, r = max(-h, min(h, down)), max(-w, min(w, right))\nbig = np.pad(image, ((h, h), (w, w), (0, 0)))\nreturn big[h - d : 2 * h - d, w - r : 2 * w - r]",
        },
        {
            "wraps round": "return np.roll(image, (down, right), axis=(0, 1))",
            "wrong way": move(sign="-"),
            "swapped": "down, right = right, down\n" + move(),
            "floats": move(like="(image.shape)"),
            "border repeated": "h, w = image.shape[:2]\ni = np.clip(np.arange(h) - down, 0, h - 1)\nj = np.clip(np.arange(w) - right, 0, w - 1)\nreturn image[i][:, j]",
            "no negative moves": "out = np.zeros_like(image)\nh, w = image.shape[:2]\nout[down:, right:] = image[: h - down, : w - right]\nreturn out",
            "down only": "right = 0\n" + move(),
            "cut": "h, w = image.shape[:2]\nreturn image[max(0, -down) : h - max(0, down), max(0, -right) : w - max(0, right)]",
            "grows": "return np.pad(image, ((abs(down), 0), (abs(right), 0), (0, 0)))",
            "ones outside": move(like="_like(image) + 1"),
            "always uint8": move(like="(image.shape, np.uint8)"),
            "in place": "image[:] = np.roll(image, (down, right), axis=(0, 1))\nreturn image",
        },
    ),
    "ex19": function(
        "def ex19_convolve(image, kernel):",
        {
            "loops": convolve(),
            "windows": "k = np.flip(kernel)\nreturn np.einsum('ijkl,kl->ij', np.lib.stride_tricks.sliding_window_view(image, k.shape), k)",
            "by shifts": "h, w = kernel.shape\nH, W = image.shape\nreturn sum(kernel[h - 1 - a, w - 1 - b] * image[a : H - h + 1 + a, b : W - w + 1 + b] for a in range(h) for b in range(w))",
            "SciPy": "from scipy.signal import convolve2d\nreturn convolve2d(image, kernel, mode='valid')",
        },
        {
            "not turned": convolve(turn=""),
            "rows turned": convolve(turn="[::-1]"),
            "columns turned": convolve(turn="[:, ::-1]"),
            "transposed": convolve(turn=".T"),
            "turned by 90": convolve(turn=".T[::-1]"),
            "mean": convolve(total="mean()"),
            "whole": convolve(kind=", int"),
            "square kernel": convolve().replace("h, w = kernel.shape", "h = w = kernel.shape[0]"),
            "same size": "from scipy.signal import convolve2d\nreturn convolve2d(image, kernel, mode='same')",
            "full": "from scipy.signal import convolve2d\nreturn convolve2d(image, kernel)",
            "turns the caller's": "kernel[:] = kernel[::-1, ::-1].copy()\n" + convolve(turn=""),
            "image turned": "image = image[::-1, ::-1]\n" + convolve(turn=""),
            "one short": convolve().replace("- h + 1", "- h").replace("- w + 1", "- w"),
            "8-bit": convolve(kind=", np.int8"),
        },
    ),
    "ex19-choice": values(
        "ex19_used, ex19_same",
        [
            f"'cross-correlation', {SAME!r}",
            f"'Cross-Correlation', {list(SAME)!r}",
            f"'cross-correlation', {', '.join(SAME)!r}",
            f"'cross-correlation', set({SAME!r})",
        ],
        [
            f"'convolution', {SAME!r}",
            *(f"'cross-correlation', {chosen!r}" for chosen in OTHERS),
            "'cross-correlation', ''",
            "'cross-correlation', None",
            f"'correlation?', {SAME!r}",
            f"'both', {SAME!r}",
            f"'cross-correlation', {SAME[0]!r}",
            f"None, {SAME!r}",
        ],
    ),
}
