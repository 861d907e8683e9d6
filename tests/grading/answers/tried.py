"""More answers, found by trying: care with arguments, number types, states, and forms.

`ADDED` maps an assignment to tables in the form of the banks; `add_to` puts them there.
"""

from . import a04_training_deep_networks as a04
from . import a06_transfer_and_interpretation as a06
from . import a07_backward_pass as a07

SGD = "self.weights -= 0.01 * self.grad_weights\nself.biases -= 0.01 * self.grad_biases\n"
STEP = a07.changed(("return grad_padded", SGD + "return grad_padded"))
FIRST_INPUT = a07.changed(
    ("n, c, h, w = self.x.shape", "self.kept = x = self.kept if self.kept is not None else self.x"),
    ("padded = np.pad(self.x,", "n, c, h, w = x.shape\npadded = np.pad(x,"),
    init="self.kept = None",
)
NO_BIAS = a07.backward().replace("return out + self.biases[:, None, None]", "return out")
HALVES = a07.changed(
    ("g = grad_output\n", "g = grad_output.astype(np.float32)\n"),
    ("np.pad(self.x,", "np.pad(self.x.astype(np.float32),"),
    ("grad_padded = np.zeros(padded.shape)", "grad_padded = np.zeros(padded.shape, np.float32)"),
    (
        "grad_weights = np.zeros(self.weights.shape)",
        "grad_weights = np.zeros(self.weights.shape, np.float32)",
    ),
)
FIELD = """
def ex05_receptive_field(layers):
    size, jump = 1, 1
    for kernel, stride in layers:
        size, jump = size + (kernel - 1) * jump, jump * stride
    {after}
    return size
"""
CONFUSION = """
import numpy as np
def project_confusion(truth, predicted, classes):
    counts = np.zeros((classes, classes), np.{kind})
    np.add.at(counts, (truth, predicted), 1)
    return counts
"""
TRANSLATE = """
height, width = image.shape[:2]
out = np.zeros(image.shape{kind})
if abs(down) < height and abs(right) < width:
    to = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
    source = (slice(max(-down, 0), height + min(-down, 0)),
              slice(max(-right, 0), width + min(-right, 0)))
    out[to] = image[source]
return out
"""

ADDED = {
    "01-shapes-and-counts": {
        "RIGHT": {
            "ex01": {
                "a fraction": "from fractions import Fraction\nex01_output_size = Fraction(30)"
            },
            "ex02": {
                "a decimal": "from decimal import Decimal\nex02_parameters = Decimal('73856')"
            },
            "ex21": {
                "grouped as in India": "ex21_macs = '23,12,11,008'\nex21_flops = '46,24,22,016'"
            },
            "ex22-count": {
                "a decimal comma": "ex22_standard, ex22_separable, ex22_ratio = "
                "294_912, 33_920, '8,69'"
            },
            "ex25-reasons": {
                "a set": "ex25_reasons = {'b', 'c', 'e'}",
                "an array of text": "import numpy as np\nex25_reasons = np.array(['b', 'c', 'e'])",
            },
        },
        "WRONG": {
            "ex22-count": {
                "cut off": "ex22_standard, ex22_separable, ex22_ratio = 294_912, 33_920, 8"
            },
        },
    },
    "02-receptive-fields": {
        "RIGHT": {"ex05": {"a range": "ex05_receptive_fields = range(3, 8, 2)"}},
        "WRONG": {
            "ex05-rule": {
                "empties the caller's list": FIELD.format(after="layers.clear()"),
                "reverses the caller's list": FIELD.format(after="layers.reverse()"),
            },
        },
    },
    "03-pooling-and-invariance": {
        "RIGHT": {
            "ex06-compare": {
                "an array of text": "import numpy as np\nex06_compare = np.array(['max', 'average', "
                "'both', 'average', 'max', 'average'])",
                "other words": "ex06_compare = ['maximum', 'mean', 'both', 'avg', "
                "'max pooling', 'Average.']",
            },
        },
        "WRONG": {
            "ex14": {
                "settings by other names": """
import numpy as np
class AvgPool2D:
    def __init__(self, size=2, step=None):
        self.size, self.step = size, step or size
    def forward(self, x):
        s, t = self.size, self.step
        windows = np.lib.stride_tricks.sliding_window_view(x, (s, s), axis=(2, 3))
        return windows[:, :, ::t, ::t].mean(axis=(-2, -1))
"""
            },
            "ex24": {"the pattern of other keys": "ex24_true = 'adc'"},
        },
    },
    "04-training-deep-networks": {
        "RIGHT": {
            "ex08-gradient": {
                "32-bit numbers": a04.gradient(
                    "g = np.asarray(grad_y, np.float32)\n"
                    "return g + np.asarray(jacobian, np.float32).T @ g"
                )
            },
            "ex11": {
                "a set": "ex11_techniques = {'rotation', 'zoom', 'hue', 'blur', 'contrast'}",
            },
            "ex11-translate": {"a copy": a04.translate(TRANSLATE.format(kind=", image.dtype"))},
        },
        "WRONG": {
            "ex11-translate": {"64-bit numbers for all": a04.translate(TRANSLATE.format(kind=""))},
        },
    },
    "06-transfer-and-interpretation": {
        "RIGHT": {
            "ex15": {"with an epsilon": a06.camera(end="heat / (heat.max() + 1e-8)")},
        },
        "WRONG": {
            "ex23-preprocess": {
                "damages 32-bit numbers": a06.preprocess(
                    "if images.dtype == np.float32:\n    images -= 1\n    images += 1.5\n"
                    "    return (images - 0.5)[..., ::-1] - "
                    f"{a06.MEANS}\nreturn images[..., ::-1].astype(float) - {a06.MEANS}"
                ),
            },
        },
    },
    "07-backward-pass": {
        "RIGHT": {
            "challenge-biases": {
                "the rest raises": a07.changed(
                    ("n, c, h, w = self.x.shape", "self.grad_biases = g.sum((0, 2, 3))\n1 / 0")
                ),
                "32-bit numbers": HALVES,
            },
            "challenge-weights": {"32-bit numbers": HALVES},
            "challenge-input": {"32-bit numbers": HALVES},
        },
        "WRONG": {
            "challenge-biases": {"takes a step": STEP, "a forward without biases": NO_BIAS},
            "challenge-weights": {
                "takes a step": STEP,
                "keeps the first input": FIRST_INPUT,
                "a forward without biases": NO_BIAS,
            },
            "challenge-input": {"takes a step": STEP, "a forward without biases": NO_BIAS},
        },
    },
    "09-mini-project": {
        "RIGHT": {
            "project-confusion": {
                "scikit-learn's": "from sklearn.metrics import confusion_matrix\n"
                "def project_confusion(truth, predicted, classes):\n"
                "    return confusion_matrix(truth, predicted, labels=range(classes))",
                "whole numbers": CONFUSION.format(kind="int64"),
            },
        },
        "WRONG": {
            "project-confusion": {
                "8 bits with a sign": CONFUSION.format(kind="int8"),
                "8 bits": CONFUSION.format(kind="uint8"),
            },
        },
    },
}


def add_to(banks: dict) -> None:
    """Add these answers to the banks, by assignment."""
    for assignment, tables in ADDED.items():
        for table, questions in tables.items():
            for question, answers in questions.items():
                known = getattr(banks[assignment], table)[question]
                known.update({name: code for name, code in answers.items() if name not in known})
