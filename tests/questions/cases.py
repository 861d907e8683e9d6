"""Mistakes as learners make them: assignment -> question -> (misconception, notebook source)."""

LAYERS_13 = [f"conv{b}_{i}" for b, n in enumerate((2, 2, 3, 3, 3), 1) for i in range(1, n + 1)]


def vgg(bias: int, inputs_of_fc6: int) -> str:
    """VGG-16's table as a learner computes it, perhaps without biases or with a wrong fc6."""
    return f"""
        ex13_parameters, c = {{}}, 3
        for name, k in zip({LAYERS_13!r}, [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6):
            ex13_parameters[name] = k * (9 * c + {bias})
            c = k
        ex13_parameters["fc6"] = 4096 * ({inputs_of_fc6} + {bias})
        ex13_parameters["fc7"] = 4096 * (4096 + {bias})
        ex13_parameters["fc8"] = 1000 * (4096 + {bias})
        ex13_total = sum(ex13_parameters.values())
        ex13_largest = "fc6"
    """


SAME = """
    def ex25_same(input_size, kernel_size, stride=1):
        outputs = {outputs}
        total = {total}
        return {result}
"""
CEIL = "-(-input_size // stride)"
TOTAL = "max((outputs - 1) * stride + kernel_size - input_size, 0)"
SPLIT = "total // 2, total - total // 2"


def same(outputs=CEIL, total=TOTAL, result=SPLIT) -> str:
    return SAME.format(outputs=outputs, total=total, result=result)


SHAPES = {
    "ex01": [
        ("half-a-window", "ex01_output_size = (64 - 5) / 2 + 1"),
        ("ceil-for-floor", "import math; ex01_output_size = math.ceil((64 - 5) / 2) + 1"),
        ("forgot-plus-one", "ex01_output_size = (64 - 5) // 2"),
        ("forgot-stride", "ex01_output_size = 64 - 5 + 1"),
        ("same-for-valid", "ex01_output_size = '32'"),
        ("area-for-side", "ex01_output_size = 30 * 30"),
    ],
    "ex02": [
        ("forgot-bias", "ex02_parameters = 128 * 9 * 64"),
        ("ignores-input-channels", "ex02_parameters = 128 * (9 + 1)"),
        ("ignores-input-channels", "ex02_parameters = 128 * 9"),
        ("bias-per-input-channel", "ex02_parameters = 128 * 9 * 64 + 64"),
        ("single-bias", "ex02_parameters = 128 * 9 * 64 + 1"),
        ("bias-per-kernel", "ex02_parameters = 128 * 64 * (9 + 1)"),
        ("bias-per-weight", "ex02_parameters = 2 * 128 * 9 * 64"),
        ("kernel-not-squared", "ex02_parameters = 128 * (3 * 64 + 1)"),
        ("one-filter", "ex02_parameters = 9 * 64 + 1"),
    ],
    "ex03": [
        (slug, f"ex03_after_convolution = {first}; ex03_after_pooling = {second}")
        for slug, first, second in [
            ("channels-first", (64, 112, 112), (56, 56, 64)),
            ("padding-not-doubled", (111, 111, 64), (56, 56, 64)),
            ("forgot-padding", (109, 109, 64), (56, 56, 64)),
            ("ceil-for-floor", (113, 113, 64), (56, 56, 64)),
            ("forgot-plus-one", (111, 111, 64), (56, 56, 64)),
            ("forgot-stride", (224, 224, 64), (56, 56, 64)),
            ("keeps-input-channels", (112, 112, 3), (56, 56, 64)),
            ("multiplies-channels", (112, 112, 192), (56, 56, 64)),
            ("pooling-changes-channels", (112, 112, 64), (56, 56, 1)),
            ("no-pooling", (112, 112, 64), (112, 112, 64)),
            ("forgot-padding", (112, 112, 64), (55, 55, 64)),
            ("ceil-for-floor", (112, 112, 64), (57, 57, 64)),
            ("wrong-channels", (112, 112, 7), (56, 56, 64)),
        ]
        if slug != "forgot-plus-one"  # the same numbers as a padding that is not doubled
    ],
    "ex09-count": [
        ("counts-bias", "ex09_weights = 512 * 64 + 64; ex09_parameters = 512 * 64 + 64"),
        ("3x3-for-1x1", "ex09_weights = 9 * 512 * 64; ex09_parameters = 512 * 64 + 64"),
        ("ignores-input-channels", "ex09_weights = 64; ex09_parameters = 512 * 64 + 64"),
        ("one-filter", "ex09_weights = 512; ex09_parameters = 512 * 64 + 64"),
        ("forgot-bias", "ex09_weights = 512 * 64; ex09_parameters = 512 * 64"),
        ("bias-per-input-channel", "ex09_weights = 512 * 64; ex09_parameters = 512 * 64 + 512"),
        ("single-bias", "ex09_weights = 512 * 64; ex09_parameters = 512 * 64 + 1"),
    ],
    "ex09-pointwise": [
        (
            "transposed-weights",
            "def ex09_pointwise(x, weights): return np.tensordot(weights.T, x, 1)",
        ),
        (
            "channels-last",
            "def ex09_pointwise(x, w): return np.tensordot(x, w, ([0], [1]))",
        ),
        (
            "mean-for-sum",
            """
            def ex09_pointwise(x, weights):
                return np.stack([(w[:, None, None] * x).mean(0) for w in weights])
            """,
        ),
        (
            "applies-relu",
            "def ex09_pointwise(x, w): return np.maximum(np.tensordot(w, x, 1), 0)",
        ),
        (
            "damages-input",
            """
            def ex09_pointwise(x, weights):
                result = np.tensordot(weights, x, 1)
                x *= 0
                return result
            """,
        ),
    ],
    "ex13": [
        ("forgot-bias", vgg(0, 25088)),
        ("forgot-flatten", vgg(1, 512)),
        ("missed-pooling", vgg(1, 512 * 14 * 14)),
        ("convolutions-are-largest", vgg(1, 25088) + "\n        ex13_largest = 'conv5_1'"),
    ],
    "ex21": [
        (slug, f"ex21_macs = {macs}; ex21_flops = {flops}")
        for slug, macs, flops in [
            ("flops-for-macs", "2 * 9 * 256 * 512 * 196", "2 * 9 * 256 * 512 * 196"),
            ("counts-bias", "9 * 256 * 512 * 196 + 512 * 196", "2 * 9 * 256 * 512 * 196"),
            ("parameters-for-macs", "9 * 256 * 512", "18 * 256 * 512"),
            ("ignores-input-channels", "9 * 512 * 196", "18 * 512 * 196"),
            ("one-filter", "9 * 256 * 196", "18 * 256 * 196"),
            ("one-side", "9 * 256 * 512 * 14", "18 * 256 * 512 * 14"),
            ("valid-output", "9 * 256 * 512 * 144", "18 * 256 * 512 * 144"),
            ("kernel-not-squared", "3 * 256 * 512 * 196", "6 * 256 * 512 * 196"),
            ("macs-for-flops", "9 * 256 * 512 * 196", "9 * 256 * 512 * 196"),
            ("counts-bias", "9 * 256 * 512 * 196", "18 * 256 * 512 * 196 + 512 * 196"),
        ]
    ],
    "ex22-count": [
        (slug, f"ex22_standard = {a}; ex22_separable = {b}; ex22_ratio = {r}")
        for slug, a, b, r in [
            ("counts-bias", 294_912 + 256, 33_920, 8.69),
            ("ignores-input-channels", 9 * 256, 33_920, 8.69),
            ("depthwise-only", 294_912, 9 * 128, 8.69),
            ("pointwise-only", 294_912, 128 * 256, 8.69),
            ("depthwise-per-output", 294_912, 9 * 256 + 128 * 256, 8.69),
            ("product-for-sum", 294_912, 9 * 128 * 128 * 256, 8.69),
            ("upside-down", 294_912, 33_920, 0.115),
            ("percent-for-ratio", 294_912, 33_920, 88.5),
            ("limit-for-ratio", 294_912, 33_920, 9),
        ]
    ],
    "ex22-saving": [
        (slug, f"def ex22_saving(f, c, k): return {value}")
        for slug, value in [
            ("upside-down", "(f*f*c + c*k) / (f*f*c*k)"),
            ("limit-for-ratio", "f * f"),
            ("whole-number-division", "f*f*c*k // (f*f*c + c*k)"),
            ("rounds-too-early", "round(f*f*c*k / (f*f*c + c*k), 2)"),
            ("depthwise-per-output", "f*f*c*k / (f*f*k + c*k)"),
            ("depthwise-only", "f*f*c*k / (f*f*c)"),
            ("counts-bias", "k*(f*f*c + 1) / (f*f*c + c*k + k)"),
            ("only-3x3", "9*c*k / (9*c + c*k)"),
            ("kernel-not-squared", "f*c*k / (f*c + c*k)"),
        ]
    ],
    "ex25-reasons": [
        ("padding-has-parameters", "ex25_reasons = 'bace'"),
        ("zero-padding-is-neutral", "ex25_reasons = ['b', 'c', 'e', 'd']"),
    ],
    "ex25-symmetric": [
        ("ignores-dilation", "def ex25_symmetric(f, dilation=1): return (f - 1) // 2"),
        ("total-for-one-side", "def ex25_symmetric(f, dilation=1): return dilation * (f - 1)"),
        ("half-the-kernel", "def ex25_symmetric(f, dilation=1): return (f + 1) // 2"),
        ("dilates-the-kernel", "def ex25_symmetric(f, dilation=1): return (f * dilation - 1) // 2"),
    ],
    "ex25-same": [
        ("extra-at-the-start", same(result="total - total // 2, total // 2")),
        ("stride-1-rule", same(result="(kernel_size - 1) // 2, (kernel_size - 1) // 2")),
        ("stride-1-rule", same(total="kernel_size - 1")),
        ("floor-for-ceil", same(outputs="max(input_size // stride, 1)")),
        ("negative-padding", same(total="(outputs - 1) * stride + kernel_size - input_size")),
        ("keeps-input-size", same(outputs="input_size")),
        ("loses-the-extra", same(result="total // 2, total // 2")),
        ("total-on-both-sides", same(result="total, total")),
        ("all-at-the-end", same(result="0, total")),
    ],
}


def field(step: str) -> str:
    return f"""
        def ex05_receptive_field(layers):
            size, distance = 1, 1
            for kernel, stride in layers:
                {step}
            return size
    """


def hand(valid="[[0, -1], [1, -2]]", padded=None, channels=None) -> str:
    right = """
        def x(p, k, s=1):
            r = range(0, len(p) - 2, s)
            return np.array([[np.sum(p[i:i+3, j:j+3] * k) for j in r] for i in r])
        P = np.array([[1, 2, 0, 1], [0, 3, 1, 2], [2, 1, 0, 1], [1, 0, 2, 3]])
        K = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
        Q = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]])
        L = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
        Z = np.pad(P, 1)
    """
    return (
        right
        + f"""
        added_hand_valid = {valid}
        added_hand_padded = {padded or "x(Z, K, 2)"}
        added_hand_channels = {channels or "x(P, K) + x(Q, L) + 2"}
    """
    )


def counts_04(bias=False, two=None, one=None, saved=None, percent=None, fields=(5, 5)) -> str:
    b = int(bias)
    two = two if two is not None else 2 * 256 * (9 * 256 + b)
    one = one if one is not None else 256 * (25 * 256 + b)
    return f"""
        ex04_with_biases = {bias}
        ex04_two_3x3 = {two}
        ex04_one_5x5 = {one}
        ex04_saved = {saved if saved is not None else one - two}
        ex04_saved_percent = {percent if percent is not None else 100 * (one - two) / one}
        ex04_receptive_fields = {fields}
    """


FIELDS = {
    "ex04": [
        ("other-convention", counts_04(True, two=2 * 9 * 256 * 256)),
        ("one-layer", counts_04(two=9 * 256 * 256)),
        ("ignores-input-channels", counts_04(two=2 * 9 * 256)),
        ("ignores-channels", counts_04(two=18)),
        ("sign", counts_04(saved=-458_752)),
        ("remaining-for-saved", counts_04(percent=72)),
        ("wrong-base", counts_04(percent=38.9)),
        ("adds-kernels", counts_04(fields=(6, 5))),
        ("stack-sees-no-more", counts_04(fields=(3, 5))),
    ],
    "ex05": [
        ("adds-kernels", "ex05_receptive_fields = [3, 6, 9]"),
        ("multiplies-kernels", "ex05_receptive_fields = [3, 9, 27]"),
        ("stack-sees-no-more", "ex05_receptive_fields = (3, 3, 3)"),
        ("area-for-side", "ex05_receptive_fields = [9, 25, 49]"),
        ("reversed", "ex05_receptive_fields = [7, 5, 3]"),
    ],
    "ex05-rule": [
        ("ignores-stride", field("size += kernel - 1")),
        ("own-stride-counts", field("distance *= stride; size += (kernel - 1) * distance")),
        ("last-stride-only", field("size += (kernel - 1) * distance; distance = stride")),
        ("adds-strides", field("size += (kernel - 1) * distance; distance += stride - 1")),
        ("adds-kernels", field("size += kernel * distance; distance *= stride")),
        (
            "reversed",
            """
            def ex05_receptive_field(layers):
                size, distance = 1, 1
                for kernel, stride in reversed(layers):
                    size += (kernel - 1) * distance
                    distance *= stride
                return size
            """,
        ),
        ("always-3x3", field("size += 2 * distance; distance *= stride")),
    ],
    "ex05-drawing": [
        (
            "diamond",
            """
            def ex05_drawing(size):
                m, out = size // 2, np.zeros((size, size), int)
                for i in range(size):
                    for j in range(size):
                        d = abs(i - m) + abs(j - m)
                        out[i, j] = max(d, 1) if d <= 3 else 0
                return out
            """,
        ),
        (
            "largest-first",
            """
            def ex05_drawing(size):
                m, out = size // 2, np.zeros((size, size), int)
                for n, reach in ((1, 3), (2, 2), (3, 1)):
                    out[m - reach : m + reach + 1, m - reach : m + reach + 1] = n
                return out
            """,
        ),
        (
            "centre-is-zero",
            """
            def ex05_drawing(size):
                m, out = size // 2, np.zeros((size, size), int)
                for n in (3, 2, 1):
                    out[m - n : m + n + 1, m - n : m + n + 1] = n
                out[m, m] = 0
                return out
            """,
        ),
    ],
    "added-hand-convolution": [
        ("flipped-kernel", hand("x(P, K[::-1, ::-1])")),
        ("transposed-kernel", hand("x(P, K.T)")),
        ("forgot-padding", hand("x(P, K)", padded="x(P, K)")),
        ("forgot-bias", hand("x(P, K)", channels="x(P, K) + x(Q, L)")),
        ("first-channel-only", hand("x(P, K)", channels="x(P, K) + 2")),
        ("bias-per-channel", hand("x(P, K)", channels="x(P, K) + 2 + x(Q, L) + 2")),
        ("one-map-per-channel", hand("x(P, K)", channels="np.stack([x(P, K), x(Q, L)])")),
    ],
}


def pool(window="w.mean((2, 3))", stride="p if stride is None else stride", x="x") -> str:
    return f"""
        class AvgPool2D:
            def __init__(self, pool_size=2, stride=None):
                p = pool_size
                self.p, self.s = p, {stride}
            def forward(self, x):
                p, s = self.p, self.s
                x = {x}
                h, v = (x.shape[2] - p) // s + 1, (x.shape[3] - p) // s + 1
                out = np.zeros((*x.shape[:2], h, v))
                for i in range(h):
                    for j in range(v):
                        w = x[:, :, i*s:i*s+p, j*s:j*s+p]
                        out[:, :, i, j] = {window}
                return out
    """


def measure(a="np.abs(s - b).mean()", b="np.abs(s - r).mean()", axis=1, direction="shift") -> str:
    return f"""
        def same_map(image, kernel):
            p = kernel.shape[0] // 2
            image = np.pad(image, p)
            return np.einsum(
                "ijkl,kl->ij", np.lib.stride_tricks.sliding_window_view(image, kernel.shape), kernel
            )
        def ex24_measure(image, kernel, shift):
            b = same_map(image, kernel)
            s = same_map(np.roll(image, shift, {axis}), kernel)
            r = np.roll(b, {direction}, {axis})
            return {a}, {b}, abs(s.mean() - b.mean())
    """


def shuffle(
    pixels="x.reshape(len(x), -1)[:, p].reshape(x.shape)", weights="w[p]", true="bc"
) -> str:
    return f"""
        def added_shuffle_pixels(x, p): return {pixels}
        def added_shuffle_weights(w, p): return {weights}
        added_shuffle_true = "{true}"
    """


POOLING = {
    "ex06": [
        ("average-for-max", "ex06_max = [[1.5, 2.5], [2.25, 2.25]]; ex06_average = ex06_max"),
        ("sum-for-mean", "ex06_max = [[3, 4], [5, 6]]; ex06_average = [[6, 10], [9, 9]]"),
        ("whole-number-division", "ex06_max = [[3, 4], [5, 6]]; ex06_average = [[1, 2], [2, 2]]"),
    ],
    "ex14": [
        ("max-for-average", pool("w.max((2, 3))")),
        ("sum-for-mean", pool("w.sum((2, 3))")),
        ("divides-by-four", pool("w.sum((2, 3)) / 4")),
        ("averages-over-batch", pool("w.mean((0, 2, 3))")),
        ("averages-over-channels", pool("w.mean((1, 2, 3))[:, None]")),
        ("ignores-stride", pool(stride="p")),
        ("stride-none-is-one", pool(stride="stride or 1")),
        (
            "whole-number-division",
            pool("w.sum((2, 3)) // p**2 if x.dtype.kind in 'iu' else w.mean((2, 3))"),
        ),
        (
            "damages-input",
            pool("w.sum((2, 3))", x="np.divide(x, p * p, out=x if x.dtype == float else None)"),
        ),
    ],
    "ex17": [
        (
            slug,
            f"ex17_gap_length, ex17_gap_parameters = {a}, {b}\n"
            f"ex17_flatten_parameters, ex17_classifier_parameters = {c}, {d}",
        )
        for slug, a, b, c, d in [
            ("flatten-for-gap", 25088, 0, 102_764_544, 1_025_000),
            ("averages-over-channels", 49, 0, 102_764_544, 1_025_000),
            ("counts-outputs", 512, 512, 102_764_544, 1_025_000),
            ("forgot-bias", 512, 0, 25088 * 4096, 1_025_000),
            ("forgot-flatten", 512, 0, 513 * 4096, 1_025_000),
            ("gap-removes-everything", 512, 0, 102_764_544, 0),
        ]
    ],
    "ex17-function": [
        ("max-for-average", "def ex17_global_average(x): return x.max(axis=(2, 3))"),
        ("averages-over-channels", "def ex17_global_average(x): return x.mean(axis=(1, 2))"),
        ("keeps-axes", "def ex17_global_average(x): return x.mean(axis=(2, 3), keepdims=True)"),
        ("averages-over-batch", "def ex17_global_average(x): return x.mean(axis=(0, 2, 3))"),
        ("averages-over-everything", "def ex17_global_average(x): return x.mean()"),
        ("one-side", "def ex17_global_average(x): return x.mean(axis=-1)"),
    ],
    "ex24": [
        ("equivariance-is-invariance", "ex24_true = 'abdf'"),
        ("pooling-is-exactly-invariant", "ex24_true = 'adcf'"),
        ("stride-keeps-equivariance", "ex24_true = 'adef'"),
    ],
    "ex24-measure": [
        ("wrong-axis", measure(axis=0)),
        ("max-for-mean", measure(a="np.abs(s - b).max()")),
        ("sum-for-mean", measure(a="np.abs(s - b).sum()")),
        ("rolls-back", measure(direction="-shift")),
    ],
    "added-shuffle": [
        (
            "inverse-permutation",
            shuffle("x.reshape(len(x), -1)[:, np.argsort(p)].reshape(x.shape)"),
        ),
        ("inverse-permutation", shuffle(weights="w[np.argsort(p)]")),
        ("keeps-flat", shuffle("x.reshape(len(x), -1)[:, p]")),
        ("nothing-moved", shuffle("x.copy()")),
        ("shuffling-loses-information", shuffle(true="abc")),
    ],
}


def norm(axes="(0, 2, 3)", divide="np.sqrt(v + epsilon)", gamma="g", beta="b", ddof=0) -> str:
    return f"""
        def ex10_batch_norm(x, gamma, beta, epsilon=1e-5):
            m, v = x.mean({axes}, keepdims=True), x.var({axes}, keepdims=True, ddof={ddof})
            g, b = gamma.reshape(1, -1, 1, 1), beta.reshape(1, -1, 1, 1)
            return (x - m) / ({divide}) * {gamma} + {beta}
    """


def diagnose(train, test, order="") -> str:
    return f"""
        def ex07_diagnose(shallow_train, shallow_test, deep_train, deep_test):
            {order}
            if {train}: return "degradation"
            if {test}: return "overfitting"
            return "no problem"
    """


DEPTH = {
    "ex07": [
        (
            "overfitting-for-degradation",
            """
            def ex07_diagnose(a, b, c, d):
                if d > b: return "overfitting"
                return "degradation" if c > a else "no problem"
            """,
        ),
        (
            "ties-count-as-higher",
            diagnose("deep_train >= shallow_train", "deep_test >= shallow_test"),
        ),
        (
            "needs-both-higher",
            diagnose(
                "deep_train > shallow_train and deep_test > shallow_test",
                "deep_test > shallow_test",
            ),
        ),
        (
            "gap-for-comparison",
            diagnose("deep_train > shallow_train", "deep_test > deep_train"),
        ),
    ],
    "ex07-identity": [
        (
            "sums-channels",
            """
            def ex07_identity(channels, kernel_size=3):
                w = np.zeros((channels, channels, kernel_size, kernel_size))
                w[..., kernel_size // 2, kernel_size // 2] = 1
                return w
            """,
        ),
        (
            "spatial-diagonal",
            """
            def ex07_identity(channels, kernel_size=3):
                return np.tile(np.eye(kernel_size), (channels, channels, 1, 1))
            """,
        ),
        (
            "corner-for-middle",
            """
            def ex07_identity(channels, kernel_size=3):
                w = np.zeros((channels, channels, kernel_size, kernel_size))
                for k in range(channels): w[k, k, 0, 0] = 1
                return w
            """,
        ),
    ],
    "ex08": [
        ("forgot-skip", "ex08_minus = -1; ex08_tanh = 0.1"),
        ("gradient-at-least-one", "ex08_minus = 1; ex08_tanh = 0.1"),
        ("forgot-skip", "ex08_minus = 0; ex08_tanh = -0.9"),
        ("sign", "ex08_minus = 0; ex08_tanh = 1.9"),
    ],
    "ex08-gradient": [
        ("forgot-skip", "def ex08_gradient(g, j): return j.T @ g"),
        ("forgot-transpose", "def ex08_gradient(g, j): return (np.eye(len(g)) + j) @ g"),
        ("ones-for-identity", "def ex08_gradient(g, j): return (j.T + 1) @ g"),
        ("elementwise-product", "def ex08_gradient(g, j): return (np.eye(len(g)) + j) * g"),
        (
            "damages-input",
            "def ex08_gradient(g, j):\n    h = j.T @ g\n    g += h\n    return g",
        ),
    ],
    "ex08-true": [("gradient-at-least-one", "ex08_true = 'abd'")],
    "ex10": [
        (slug, f"ex10_parameters = {a}; ex10_trainable = {b}; ex10_placement = '{c}'")
        for slug, a, b, c in [
            ("forgot-moving-statistics", 128, 128, "before"),
            ("per-layer", 4, 128, "before"),
            ("one-per-channel", 64, 128, "before"),
            ("statistics-are-trained", 256, 256, "before"),
            ("placement", 256, 128, "after"),
        ]
    ],
    "ex10-function": [
        ("averages-over-batch-only", norm(axes="0")),
        ("layer-norm", norm(axes="(1, 2, 3)")),
        ("instance-norm", norm(axes="(2, 3)")),
        ("all-together", norm(axes="None")),
        ("unbiased-variance", norm(ddof=1)),
        ("epsilon-outside-root", norm(divide="np.sqrt(v) + epsilon")),
        ("forgot-root", norm(divide="v + epsilon")),
        ("fixed-epsilon", norm(divide="np.sqrt(v + 1e-5)")),
        ("forgot-gamma", norm(gamma="1")),
        ("forgot-beta", norm(beta="0")),
        ("forgot-gamma-beta", norm(gamma="1", beta="0")),
    ],
    "ex11": [
        (
            "not-augmentation",
            "ex11_techniques = ['rotation', 'zoom', 'hue', 'blur', 'max pooling']",
        ),
    ],
    "ex11-flip": [
        ("vertical-flip", "def ex11_flip(x): return x[:, ::-1]"),
        ("flips-channels", "def ex11_flip(x): return x[..., ::-1]"),
        ("flips-batch", "def ex11_flip(x): return x[::-1]"),
        ("rotates", "def ex11_flip(x): return x[:, ::-1, ::-1]"),
        ("damages-input", "def ex11_flip(x):\n    x[:] = x[:, :, ::-1].copy()\n    return x"),
    ],
    "ex11-translate": [
        ("wraps-around", "def ex11_translate(i, d, r): return np.roll(i, (d, r), (0, 1))"),
        (
            "axes-exchanged",
            """
            def ex11_translate(image, right, down):
                h, w, _ = image.shape
                a, b = abs(down), abs(right)
                p = np.pad(image, ((a, a), (b, b), (0, 0)))
                return p[a - down : a - down + h, b - right : b - right + w]
            """,
        ),
        (
            "other-direction",
            """
            def ex11_translate(image, down, right):
                h, w, _ = image.shape
                a, b = abs(down), abs(right)
                p = np.pad(image, ((a, a), (b, b), (0, 0)))
                return p[a + down : a + down + h, b + right : b + right + w]
            """,
        ),
    ],
    "ex19": [
        (
            slug,
            f"""
            def ex19_convolve(image, kernel):
                v = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
                return np.einsum("ijkl,kl->ij", v, {kernel}){after}
        """,
        )
        for slug, kernel, after in [
            ("flipped-kernel", "kernel", ""),
            ("flips-one-axis", "kernel[::-1]", ""),
            ("flips-one-axis", "kernel[:, ::-1]", ""),
            ("flips-output", "kernel", "[::-1, ::-1]"),
        ]
    ],
    "ex19-choice": [
        ("libraries-convolve", "ex19_used = 'convolution'; ex19_same = 'ade'"),
        ("mirror-for-half-turn", "ex19_used = 'cross-correlation'; ex19_same = 'ad'"),
    ],
}


def factor(body) -> str:
    return f"ex20_growth = 1.92\ndef ex20_flops_factor(depth, width, resolution): return {body}"


def table_16(**changes) -> str:
    rows = {
        "AlexNet": {"layers": 8, "parameters": 61.0},
        "VGG-16": {"layers": 16, "parameters": 138.4, "top5": 90.1},
        "ResNet-50": {"layers": 50, "parameters": 25.6, "top5": 92.1},
    }
    for model, change in changes.items():
        rows[{"vgg": "VGG-16", "resnet": "ResNet-50"}[model]] |= change
    return f"ex16_table = {rows!r}"


ARCHITECTURES = {
    "ex16": [
        ("other-depth", table_16(resnet={"parameters": 60.4})),
        ("fraction-for-percent", table_16(vgg={"top5": 0.901})),
        ("error", table_16(vgg={"top5": 9.9})),
        ("ensemble-for-single", table_16(resnet={"top5": 96.4})),
        ("top1-for-top5", table_16(resnet={"top5": 74.9})),
    ],
    "ex20": [
        ("width-counted-once", factor("depth * width * resolution**2")),
        ("resolution-counted-once", factor("depth * width**2 * resolution")),
        ("no-squares", factor("depth * width * resolution")),
        ("squares-depth", factor("(depth * width * resolution) ** 2")),
        ("sum-for-product", factor("depth + width**2 + resolution**2")),
        ("forgot-resolution", factor("depth * width**2")),
        ("rule-of-thumb", factor("depth * width**2 * resolution**2") + "\nex20_growth = 2"),
    ],
    "ex20-choice": [
        ("scaling-is-depth", "ex20_true = 'abcd'"),
        ("resolution-adds-parameters", "ex20_true = 'acd'"),
    ],
}


def cam(
    weights="g.mean((0, 1))", relu="np.maximum(h, 0)", last="h / h.max() if h.max() else h"
) -> str:
    return f"""
        def ex15_grad_cam(m, g):
            h = (m * ({weights})).sum(-1)
            h = {relu}
            return {last}
    """


def shortcut(share="h[m > 0].sum() / h.sum() if h.sum() else 0", network="B") -> str:
    return f"def added_share(h, m): return {share}\nadded_shortcut_network = '{network}'"


TRANSFER = {
    "ex12": [
        (slug, f"ex12_head_trainable = {a}; ex12_total = {b}; ex12_unfrozen_trainable = {c}")
        for slug, a, b, c in [
            ("statistics-are-trained", 526_341 + 512, 24_114_565, 9_457_669),
            ("forgot-batch-norm", 525_829, 24_114_565, 9_457_669),
            ("forgot-gap", 256 * (100_352 + 1) + 512 + 1285, 24_114_565, 9_457_669),
            ("counts-frozen-base", 526_341 + 23_587_712, 24_114_565, 9_457_669),
            ("forgot-moving-statistics", 526_341, 24_114_053, 9_457_669),
            ("base-only", 526_341, 23_587_712, 9_457_669),
            ("forgot-head", 526_341, 24_114_565, 8_931_328),
        ]
    ],
    "ex15": [
        ("not-divided", cam(last="h")),
        ("forgot-relu", cam(relu="h", last="h / h.max() if h.max() > 0 else h")),
        ("absolute-for-relu", cam(relu="abs(h)")),
        ("relu-on-gradients", cam(weights="np.maximum(g, 0).mean((0, 1))")),
        ("not-pooled", cam(weights="g")),
        ("max-for-mean", cam(weights="g.max((0, 1))")),
        ("ignores-gradients", cam(weights="1")),
        ("sum-for-maximum", cam(last="h / h.sum() if h.sum() else h")),
    ],
    "ex15-true": [
        ("heat-map-is-proof", "ex15_true = 'bacd'"),
        ("one-map-for-all-classes", "ex15_true = 'bcde'"),
    ],
    "ex23": [
        ("forgot-bias", "ex23_trainable = 20480; ex23_total = 23_608_202"),
        ("forgot-gap", "ex23_trainable = 1_003_530; ex23_total = 23_608_202"),
        ("base-only", "ex23_trainable = 20490; ex23_total = 23_587_712"),
    ],
    "ex23-preprocess": [
        (slug, f"M = np.array([103.939, 116.779, 123.68])\ndef ex23_preprocess(x): return {body}")
        for slug, body in [
            ("forgot-bgr", "x - M[::-1]"),
            ("means-exchanged", "x - M"),
            ("means-exchanged", "(x - M)[..., ::-1]"),
            ("scaled", "x[..., ::-1] / 255 - M"),
            ("flips-pictures", "x[:, :, ::-1] - M"),
        ]
    ],
    "ex23-split": [
        (
            "leaks",
            """
            def ex23_split(photographers, test_fraction=0.25, seed=0):
                n = len(photographers)
                order = np.random.default_rng(seed).permutation(n).tolist()
                k = min(max(round(test_fraction * n), 1), n - 1)
                return order[k:], order[:k]
            """,
        ),
        (
            "wrong-size",
            """
            def ex23_split(photographers, test_fraction=0.25, seed=0):
                first = sorted(set(photographers))[0]
                train = [i for i, p in enumerate(photographers) if p == first]
                return train, [i for i, p in enumerate(photographers) if p != first]
            """,
        ),
        (
            "not-repeatable",
            """
            def ex23_split(photographers, test_fraction=0.25, seed=0):
                people = np.random.permutation(sorted(set(photographers))).tolist()
                test = set()
                for person in people[:-1]:
                    test.add(person)
                    if sum(p in test for p in photographers) >= test_fraction * len(photographers):
                        break
                return (
                    [i for i, p in enumerate(photographers) if p not in test],
                    [i for i, p in enumerate(photographers) if p in test],
                )
            """,
        ),
    ],
    "ex23-steps": [
        ("unfreezes-first", "ex23_order = 'beacd'"),
        ("tests-too-early", "ex23_order = 'becda'"),
        ("splits-late", "ex23_order = 'ecbad'"),
    ],
    "added-shortcut": [
        ("outside-for-inside", shortcut("h[~(m > 0)].sum() / h.sum() if h.sum() else 0")),
        ("mean-for-share", shortcut("h[m > 0].mean() if (m > 0).any() else 0")),
        ("sum-for-share", shortcut("h[m > 0].sum()")),
        ("area-for-heat", shortcut("(m > 0).mean()")),
    ],
}


def layer(
    biases="g.sum((0, 2, 3))", here="w", add="+=", step="s", crop=True, dw="p[:, :, r, c]"
) -> str:
    cut = "[:, :, q : q + h, q : q + v]" if crop else ""
    return f"""
        class Conv2D:
            def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
                self.s, self.q, self.f = stride, padding, kernel_size
            def set_parameters(self, weights, biases):
                self.weights, self.biases = np.array(weights), np.array(biases)
            def forward(self, x):
                self.x = x
            def backward(self, g):
                x, w, s, q, f = self.x, self.weights, self.s, self.q, self.f
                h, v = x.shape[2:]
                p = np.pad(x, ((0, 0), (0, 0), (q, q), (q, q)))
                self.grad_biases = {biases}
                self.grad_weights, dp = np.zeros_like(w), np.zeros_like(p)
                for i in range(g.shape[2]):
                    for j in range(g.shape[3]):
                        r, c = slice(i * {step}, i * {step} + f), slice(j * {step}, j * {step} + f)
                        e = g[:, :, i, j]
                        self.grad_weights += np.einsum("nk,nchw->kchw", e, {dw})
                        dp[:, :, r, c] {add} np.einsum("nk,kchw->nchw", e, {here})
                return dp{cut}
    """


BACKWARD = {
    "challenge-biases": [
        ("mean-for-sum", layer(biases="g.mean((0, 2, 3))")),
        ("averages-over-batch", layer(biases="g.sum((2, 3)).mean(0)")),
        ("keeps-batch", layer(biases="g.sum((2, 3))")),
        ("wrong-axes", layer(biases="g.sum((1, 2, 3))")),
        (
            "accumulates",
            layer(
                biases="g.sum((0, 2, 3)) + (0 if not hasattr(self, 'grad_biases') "
                "else self.grad_biases)"
            ),
        ),
    ],
    "challenge-weights": [
        ("averages-over-batch", layer(dw="p[:, :, r, c] / len(x)")),
        ("flipped-kernel", layer(dw="p[:, :, r, c][:, :, ::-1, ::-1]")),
        ("transposed-kernel", layer(dw="p[:, :, r, c].swapaxes(2, 3)")),
        ("ignores-stride", layer(step="1")),
    ],
    "challenge-input": [
        ("flipped-kernel", layer(here="w[:, :, ::-1, ::-1]")),
        ("ignores-stride", layer(step="1")),
        ("forgot-crop", layer(crop=False)),
        ("overwrites-overlap", layer(add="=")),
    ],
}


def counted(body: str) -> str:
    return f"""
        def project_confusion(truth, predicted, classes):
            counts = np.zeros((classes, classes), int)
            {body}
            return counts
    """


PROJECT = {
    "project-confusion": [
        ("transposed", counted("np.add.at(counts, (predicted, truth), 1)")),
        ("counts-once", counted("counts[truth, predicted] += 1")),
        (
            "right-ones-only",
            counted("np.add.at(counts, (truth[truth == predicted],) * 2, 1)"),
        ),
    ],
    "project-recall": [
        (
            "precision-for-recall",
            "def project_recalls(c): return np.diag(c) / np.maximum(c.sum(axis=0), 1)",
        ),
        ("divides-by-everything", "def project_recalls(c): return np.diag(c) / c.sum()"),
        ("accuracy-for-recall", "def project_recalls(c): return np.trace(c) / c.sum()"),
    ],
}

MISTAKES = {
    "01-shapes-and-counts": SHAPES,
    "02-receptive-fields": FIELDS,
    "03-pooling-and-invariance": POOLING,
    "04-training-deep-networks": DEPTH,
    "05-architectures": ARCHITECTURES,
    "06-transfer-and-interpretation": TRANSFER,
    "07-backward-pass": BACKWARD,
    "09-mini-project": PROJECT,
}
