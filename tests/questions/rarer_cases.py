"""Rarer mistakes, in the form of `cases.MISTAKES`: with them, every known mistake is tried."""

from cases import (
    counted,
    counts_04,
    factor,
    hand,
    layer,
    measure,
    norm,
    pool,
    shuffle,
    vgg,
)

SHAPES = {
    "ex02": [("one-filter", "ex02_parameters = 9 * 64")],
    "ex09-count": [
        ("bias-per-weight", "ex09_weights = 512 * 64; ex09_parameters = 2 * 512 * 64"),
    ],
    "ex09-pointwise": [
        (
            "depthwise-for-pointwise",
            """
            def ex09_pointwise(x, weights):
                return np.stack([row[k % len(x)] * x[k % len(x)] for k, row in enumerate(weights)])
            """,
        ),
        (
            "reshape-for-transpose",
            """
            def ex09_pointwise(x, weights):
                c, h, w = x.shape
                return (weights @ x.reshape(c, h * w)).reshape(h, w, len(weights))
            """,
        ),
        ("adds-bias", "def ex09_pointwise(x, w): return 1 + np.tensordot(w, x, 1)"),
    ],
    "ex13": [
        ("convolutions-only", vgg(1, 25088) + "\n        ex13_total = 14_714_688"),
        ("dense-only", vgg(1, 25088) + "\n        ex13_total = 123_642_856"),
    ],
    "ex21": [
        ("halves-macs", "ex21_macs = 9 * 256 * 512 * 196; ex21_flops = ex21_macs // 2"),
    ],
}

FIELDS = {
    "ex04": [("one-filter", counts_04(True, two=2 * (9 * 256 + 1)))],
    "ex05-rule": [
        (
            "starts-at-zero",
            """
            def ex05_receptive_field(layers):
                size, distance = 0, 1
                for kernel, stride in layers:
                    size += (kernel - 1) * distance
                    distance *= stride
                return size
            """,
        ),
    ],
    "ex05-drawing": [
        (
            "never-zero",
            """
            def ex05_drawing(size):
                m = abs(np.arange(size) - size // 2)
                return np.maximum(np.maximum(m[:, None], m[None, :]), 1)
            """,
        ),
    ],
    "added-hand-convolution": [
        ("transposed-output", hand("x(P, K).T")),
    ],
}

POOLING = {
    "ex06": [
        ("max-for-min", "ex06_max = [[0, 1], [0, 0]]; ex06_average = [[1.5, 2.5], [2.25, 2.25]]"),
        ("max-for-average", "ex06_max = [[3, 4], [5, 6]]; ex06_average = ex06_max"),
        (
            "median-for-mean",
            "ex06_max = [[3, 4], [5, 6]]; ex06_average = [[1.5, 2.5], [2, 1.5]]",
        ),
    ],
    "ex14": [
        ("stride-always-two", pool(stride="2")),
        ("square-or-even-only", pool(x="x[:, :, : min(x.shape[2:]), : min(x.shape[2:])]")),
        (
            "keeps-state",
            """
            class AvgPool2D:
                def __init__(self, pool_size=2, stride=None):
                    self.p, self.s, self.kept = pool_size, stride or pool_size, None
                def forward(self, x):
                    if self.kept is None:
                        v = np.lib.stride_tricks.sliding_window_view(x, (self.p, self.p), (2, 3))
                        self.kept = v[:, :, :: self.s, :: self.s].mean((4, 5))
                    return self.kept
            """,
        ),
    ],
    "ex17": [
        (
            slug,
            f"ex17_gap_length, ex17_gap_parameters = {a}, 0\n"
            f"ex17_flatten_parameters, ex17_classifier_parameters = {b}, {c}",
        )
        for slug, a, b, c in [
            ("averages-over-everything", 1, 102_764_544, 1_025_000),
            ("bias-per-input", 512, 25088 * 4097, 1_025_000),
            ("bias-per-input", 512, 102_764_544, 1024 * 1001),
            ("forgot-flatten", 512, 512 * 4096, 1_025_000),
            ("forgot-bias", 512, 102_764_544, 1024 * 1000),
        ]
    ],
    "ex17-function": [
        ("sum-for-mean", "def ex17_global_average(x): return x.sum(axis=(2, 3))"),
        ("channels-last", "def ex17_global_average(x): return x.mean(axis=(0, 1))"),
        (
            "damages-input",
            """
            def ex17_global_average(x):
                found = x.mean(axis=(2, 3))
                x -= 1
                return found
            """,
        ),
    ],
    "ex24-measure": [
        ("image-never-moved", measure().replace("np.roll(image, shift, 1)", "image")),
    ],
    "added-shuffle": [
        ("mixes-pictures", shuffle("np.stack([x[0].ravel()[p].reshape(x[0].shape)] * len(x))")),
        ("nothing-moved", shuffle(weights="w")),
        ("transposed", shuffle(weights="w[p].T")),
    ],
}


def identity(assign: str) -> str:
    return f"""
        def ex07_identity(channels, kernel_size=3):
            w = np.zeros((channels, channels, kernel_size, kernel_size))
            m = kernel_size // 2
            {assign}
            return w
    """


def gradient(body: str) -> str:
    return f"def ex08_gradient(g, j): return {body}"


def convolve(kernel="kernel[::-1, ::-1]", image="image", windows="kernel") -> str:
    return f"""
        def ex19_convolve(image, kernel):
            k = kernel.T
            v = np.lib.stride_tricks.sliding_window_view({image}, {windows}.shape)
            return np.einsum("ijkl,kl->ij", v, {kernel})
    """


KEPT = {"a": True, "b": False, "c": False, "d": True, "e": False, "f": True}

DEPTH = {
    "ex07": [
        (
            "training-error-ignored",
            """
            def ex07_diagnose(shallow_train, shallow_test, deep_train, deep_test):
                return "degradation" if deep_test > shallow_test else "no problem"
            """,
        ),
        (
            "swapped-names",
            """
            def ex07_diagnose(shallow_train, shallow_test, deep_train, deep_test):
                if deep_train > shallow_train: return "overfitting"
                return "degradation" if deep_test > shallow_test else "no problem"
            """,
        ),
    ],
    "ex07-identity": [
        ("all-ones", identity("w += 1")),
        ("one-over-channels", identity("w[:, :, m, m] = 1 / channels")),
        (
            "always-3x3",
            """
            def ex07_identity(channels, kernel_size=3):
                w = np.zeros((channels, channels, 3, 3))
                w[:, :, 1, 1] = np.eye(channels)
                return w
            """,
        ),
        (
            "spatial-diagonal",
            identity("w[range(channels), range(channels)] = np.eye(kernel_size)"),
        ),
    ],
    "ex08": [("product-for-sum", "ex08_minus = 0; ex08_tanh = 1.3")],
    "ex08-gradient": [
        ("skip-only", gradient("g + 0 * j[0]")),
        ("gradient-clipped-at-one", gradient("np.maximum(g + j.T @ g, g)")),
        ("elementwise-product", gradient("g * (1 + np.diag(j))")),
    ],
    "ex10": [
        ("nothing-trained", "ex10_parameters = 256; ex10_trainable = 0; ex10_placement = 'before'"),
        (
            "one-per-channel",
            "ex10_parameters = 256; ex10_trainable = 64; ex10_placement = 'before'",
        ),
        ("per-layer", "ex10_parameters = 256; ex10_trainable = 2; ex10_placement = 'before'"),
    ],
    "ex10-function": [
        ("forgot-epsilon", norm(divide="np.sqrt(v)")),
    ],
    "ex11-label": [
        ("flips-everything", f"ex11_label_kept = {KEPT | {'b': True, 'c': True}}"),
    ],
    "ex11-flip": [
        ("transposes", "def ex11_flip(x): return x.transpose(0, 2, 1, 3)"),
        ("nothing-moved", "def ex11_flip(x): return x"),
    ],
    "ex11-translate": [
        (
            "positive-only",
            """
            def ex11_translate(image, down, right):
                h, w, _ = image.shape
                down, right = abs(down), abs(right)
                return np.pad(image, ((down, 0), (right, 0), (0, 0)))[:h, :w]
            """,
        ),
        (
            "positive-only",
            """
            def ex11_translate(image, down, right):
                h, w, _ = image.shape
                down, right = max(down, 0), max(right, 0)
                return np.pad(image, ((down, 0), (right, 0), (0, 0)))[:h, :w]
            """,
        ),
        ("nothing-moved", "def ex11_translate(image, down, right): return image"),
        (
            "damages-input",
            """
            def ex11_translate(image, down, right):
                h, w, _ = image.shape
                a, b = abs(down), abs(right)
                p = np.pad(image, ((a, a), (b, b), (0, 0)))
                image[:] = 0
                return p[a - down : a - down + h, b - right : b - right + w]
            """,
        ),
    ],
    "ex19": [
        ("transposes-kernel", convolve("kernel.T")),
        ("transposes-kernel", convolve("k", windows="k")),
        ("quarter-turn", convolve("np.rot90(kernel)")),
        (
            "full-for-valid",
            convolve(image="np.pad(image, [(n - 1, n - 1) for n in kernel.shape])"),
        ),
        (
            "cuts-fractions",
            """
            def ex19_convolve(image, kernel):
                v = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
                out = np.empty(v.shape[:2], image.dtype)
                out[:] = np.einsum("ijkl,kl->ij", v, kernel[::-1, ::-1])
                return out
            """,
        ),
    ],
}

ARCHITECTURES = {
    "ex20": [("forgot-depth", factor("width**2 * resolution**2"))],
}

TRANSFER = {
    "ex12": [
        (slug, f"ex12_head_trainable = {a}; ex12_total = {b}; ex12_unfrozen_trainable = {c}")
        for slug, a, b, c in [
            ("forgot-bias", 2048 * 256 + 512 + 256 * 5, 24_114_565, 9_457_669),
            ("trained-for-total", 526_341, 526_341, 9_457_669),
            ("forgot-batch-norm", 526_341, 23_587_712 + 525_829, 9_457_669),
            ("everything-unfrozen", 526_341, 24_114_565, 23_587_712 + 526_341),
            ("head-only", 526_341, 24_114_565, 526_341),
        ]
    ],
    "ex15": [
        (
            "stretched",
            """
            def ex15_grad_cam(m, g):
                h = (m * g.mean((0, 1))).sum(-1)
                span = h.max() - h.min()
                return (h - h.min()) / span if span else np.zeros_like(h)
            """,
        ),
        (
            "averages-over-channels",
            """
            def ex15_grad_cam(m, g):
                h = np.maximum((m * g.mean(2)[..., None]).sum(-1), 0)
                return h / h.max() if h.max() else h
            """,
        ),
    ],
    "ex23": [
        ("counts-frozen-base", "ex23_trainable = 23_608_202; ex23_total = 23_608_202"),
        ("trained-for-total", "ex23_trainable = 20_490; ex23_total = 20_490"),
        ("forgot-bias", "ex23_trainable = 20_490; ex23_total = 23_587_712 + 20_480"),
    ],
    "ex23-preprocess": [
        (
            "wraps-around",
            """
            def ex23_preprocess(x):
                m = np.array([103.939, 116.779, 123.68])
                return (x[..., ::-1] - m.astype(x.dtype)).astype(x.dtype)
            """,
        ),
        ("only-bgr", "def ex23_preprocess(x): return x[..., ::-1].astype(float)"),
        ("scaled", "def ex23_preprocess(x): return x / 127.5 - 1"),
    ],
    "ex23-split": [
        (
            "not-a-partition",
            """
            def ex23_split(photographers, test_fraction=0.25, seed=0):
                return list(range(len(photographers))), [0]
            """,
        ),
    ],
}

REMEMBERS = """
            def forward(self, x):
                self.x = x
"""
FIRST_ONLY = """
            def forward(self, x):
                self.x = getattr(self, 'x', x)
"""
DAMAGES = """
            def backward(self, g):
                result = self.sent_back(g)
                g *= 0
                return result
            def sent_back(self, g):
"""

BACKWARD = {
    "challenge-biases": [
        ("keeps-positions", layer(biases="g.sum(0)")),
        ("everything-summed", layer(biases="g.sum()")),
        (
            "damages-input",
            layer().replace("            def backward(self, g):", DAMAGES.strip("\n")),
        ),
    ],
    "challenge-weights": [
        ("mean-for-sum", layer(dw="p[:, :, r, c] / g.shape[2] / g.shape[3]")),
        (
            "last-picture-only",
            layer()
            .replace('"nk,nchw->kchw", e, p', '"nk,nchw->kchw", e[-1:], p[-1:]')
            .replace("p[-1:][:, :, r, c]", "p[-1:, :, r, c]"),
        ),
        (
            "forgot-padding",
            layer().replace(
                "np.zeros_like(w), np.zeros_like(p)",
                "np.zeros_like(w), np.zeros_like(p)\n                p = x",
            ),
        ),
        ("remembers-first", layer().replace(REMEMBERS, FIRST_ONLY)),
    ],
    "challenge-input": [
        (
            "one-filter",
            layer(here="w[:1]").replace('"nk,kchw->nchw", e, w', '"nk,kchw->nchw", e[:, :1], w'),
        ),
    ],
}


def recalls(body: str) -> str:
    return f"def project_recalls(c): return {body}"


RECALL = "np.diag(c) / np.maximum(c.sum(1), 1)"

PROJECT = {
    "project-confusion": [
        (
            "shares-for-counts",
            counted(
                "np.add.at(counts, (truth, predicted), 1); counts = counts / max(len(truth), 1)"
            ),
        ),
        (
            "shares-for-counts",
            counted(
                "np.add.at(counts, (truth, predicted), 1); "
                "counts = counts / np.maximum(counts.sum(1, keepdims=True), 1)"
            ),
        ),
        (
            "mistakes-only",
            counted("np.add.at(counts, (truth, predicted), 1); np.fill_diagonal(counts, 0)"),
        ),
        (
            "both-directions",
            counted("np.add.at(counts, (truth, predicted), 1); counts = counts + counts.T"),
        ),
        (
            "classes-that-occur",
            """
            def project_confusion(truth, predicted, classes):
                last = max(truth.max(), predicted.max())
                counts = np.zeros((last + 1, last + 1))
                np.add.at(counts, (truth, predicted), 1)
                return counts
            """,
        ),
        ("damages-input", counted("np.add.at(counts, (truth, predicted), 1); truth *= 0")),
    ],
    "project-recall": [
        ("one-for-nothing", recalls(f"{RECALL} + (c.sum(1) == 0)")),
        ("skips-empty-classes", recalls(f"({RECALL})[c.sum(1) > 0]")),
        ("missed-for-found", recalls(f"1 - {RECALL}")),
        ("largest-for-diagonal", recalls("c.max(1) / np.maximum(c.sum(1), 1)")),
        ("right-to-wrong", recalls("np.diag(c) / np.maximum(c.sum(1) - np.diag(c), 1)")),
        ("counts-for-shares", recalls("np.diag(c)")),
        ("percent-for-share", recalls(f"100 * {RECALL}")),
        ("whole-number-division", recalls("np.diag(c) // np.maximum(c.sum(1), 1)")),
        ("rounds-too-early", recalls(f"np.round({RECALL}, 2)")),
    ],
}

RARER = {
    "01-shapes-and-counts": SHAPES,
    "02-receptive-fields": FIELDS,
    "03-pooling-and-invariance": POOLING,
    "04-training-deep-networks": DEPTH,
    "05-architectures": ARCHITECTURES,
    "06-transfer-and-interpretation": TRANSFER,
    "07-backward-pass": BACKWARD,
    "09-mini-project": PROJECT,
}
