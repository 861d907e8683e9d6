"""Exercise 16: the depth, the parameters and the accuracy of three known networks."""

from collections.abc import Sequence

from autograder.handin import forms
from autograder.marking import Attempt, Custom, Part, given, question, same_number
from convbook import shapes
from questions.mistakes import COUNT
from questions.pages import section_link
from questions.vgg import VGG16_BLOCKS, VGG16_DENSE, vgg16_parameters

_HISTORY = section_link("3.5", "Timeline")

#: (filters, kernel, groups) of AlexNet's convolutions as in its paper, and its dense layers.
ALEXNET = ((96, 11, 1), (256, 5, 2), (384, 3, 1), (384, 3, 2), (256, 3, 2))
ALEXNET_DENSE = ((6 * 6 * 256, 4096), (4096, 4096), (4096, 1000))

#: How near a wrong number of parameters is when a layer's small change is counted otherwise.
NEAR = 0.005

#: Blocks in each stage of ResNet-50, and the width of its bottlenecks.
RESNET50 = ((3, 64), (4, 128), (6, 256), (3, 512))

#: Top-5 accuracy in percent as the table of Keras Applications gives it (keras.io/api/applications,
#: read 2025): single model, single centre crop of 224×224 for these two.
KERAS_TOP5 = {"VGG-16": 90.1, "ResNet-50": 92.1}


def alexnet_parameters(grouped: bool = True) -> int:
    """Count AlexNet's parameters, with the paper's two groups or with one."""
    total, channels = 0, 3
    for filters, kernel, groups in ALEXNET:
        groups = groups if grouped else 1
        total += shapes.conv2d_parameters(channels, filters, kernel, groups=groups)
        channels = filters
    return total + sum(shapes.dense_parameters(*layer) for layer in ALEXNET_DENSE)


def resnet50_parameters() -> int:
    """Count ResNet-50's parameters as in Keras: biases in the convolutions, batch norm in full."""

    def conv(channels, filters, kernel):
        return shapes.conv2d_parameters(channels, filters, kernel) + sum(
            shapes.batch_norm_parameters(filters)
        )

    total, channels = conv(3, 64, 7), 64
    for blocks, width in RESNET50:
        total += conv(channels, 4 * width, 1)  # the projection of the stage's first block
        for _ in range(blocks):
            total += conv(channels, width, 1) + conv(width, width, 3) + conv(width, 4 * width, 1)
            channels = 4 * width
    return total + shapes.dense_parameters(channels, 1000)


def architecture_table() -> dict[str, dict]:
    """Return the right entries; where two are right, a tuple of them."""
    return {
        "AlexNet": {
            "layers": len(ALEXNET) + len(ALEXNET_DENSE),
            "parameters": (alexnet_parameters(), alexnet_parameters(grouped=False)),
        },
        "VGG-16": {
            "layers": sum(map(len, VGG16_BLOCKS)) + len(VGG16_DENSE),
            "parameters": (sum(vgg16_parameters().values()),),
            "top5": KERAS_TOP5["VGG-16"],
        },
        "ResNet-50": {
            "layers": 2 + 3 * sum(blocks for blocks, _ in RESNET50),
            "parameters": (resnet50_parameters(),),
            "top5": KERAS_TOP5["ResNet-50"],
        },
    }


@question("ex16", objectives=(6,), bloom="analyse")
def ex16() -> Sequence[Part]:
    """AlexNet, VGG-16 and ResNet-50 side by side."""
    slugs = (
        "other-depth",
        "small-change",
        "fraction-for-percent",
        "error",
        "ensemble-for-single",
        "top1-for-top5",
        "other-weights",
    )
    return [Custom(points=4, judge=_table, slugs=slugs)]


def _table(attempt: Attempt) -> None:
    """Half a point for each entry that is right.

    Two depths stand in the networks' names, so a depth counts together with its parameters.
    """
    sheet, name, key = attempt.sheet, "ex16_table", architecture_table()
    table = forms.table(given(attempt.student, name), name, key)
    for model, entries in key.items():
        with sheet.part():
            place = f'{name}["{model}"]'
            if table[model] is None:
                raise forms.WrongForm(f"`{place}`: there is no entry yet.")
            own = forms.table(table[model], place, _columns(model, table[model]))
            for column in ("parameters", "layers", "top5"):
                if column in entries:
                    with sheet.part():
                        right = _mark_entry(
                            attempt, model, column, own[column], entries[column], place
                        )
                        attempt.note(f'{place}["{column}"]', own[column], right)


def _columns(model, row):
    """What a row may hold: AlexNet's top-5 isn't asked for, but does no harm."""
    wanted = ["layers", "parameters", "top5"]
    if model == "AlexNet" and (not isinstance(row, dict) or "top5" not in row):
        return wanted[:2]
    return wanted


def _mark_entry(attempt, model, column, value, key, place) -> bool:
    sheet, where = attempt.sheet, f'{place}["{column}"]'
    if value is None:
        raise forms.WrongForm(f"`{where}`: there is no number yet.")
    if column == "layers":
        needs = (f'{place}["parameters"]',)
        _mark_layers(attempt, forms.whole_number(value, where), key, where, needs)
    elif column == "parameters":
        found = forms.number(value, where)
        found = found / 1e6 if found > 1e5 else found
        if any(_is_rounded(found, count / 1e6) for count in key):
            sheet.earn(0.5)
            return True
        elif any(abs(found - count / 1e6) <= NEAR * count / 1e6 for count in key):
            sheet.say(
                f"`{where}`: nearly. Count everything that the plan names, biases and the numbers "
                f"of batch normalisation too, each once, and round only at the end. {COUNT}",
                "small-change",
            )
        elif model == "ResNet-50" and same_number(found, 60.4, 1.3):
            sheet.say(f"`{where}`: this belongs to the 152-layer ResNet. {_HISTORY}", "other-depth")
        else:
            sheet.say(f"`{where}`: count it again from the plan, layer by layer. {COUNT}")
    else:
        _mark_top5(sheet, model, forms.number(value, where, percent=True), key, where)
    return False


def _is_rounded(found: float, exact: float) -> bool:
    """Whether a number is the exact one, or that one rounded to some number of decimals.

    In 32 bits, too: 138.36 is 138.36000061 there.
    """
    dust = 1e-9 + 1e-7 * abs(exact)
    return any(abs(found - round(exact, digits)) < dust for digits in range(7))


def _mark_layers(attempt, found, key, where, needs):
    if found == key:
        attempt.sheet.earn(0.5 if attempt.rests_on(f"`{where}`", needs) else 0)
    else:
        attempt.sheet.say(
            f"`{where}`: count the layers that have weights, on the main path: convolutions and "
            f"dense layers, no pooling and no batch norm. {_HISTORY}"
        )


def _mark_top5(sheet, model, found, key, where):
    if _is_rounded(found, key):
        sheet.earn(0.5)
    elif same_number(100 * found, key, 0.5):
        sheet.say(f"`{where}`: give it in percent.", "fraction-for-percent")
    elif same_number(100 - found, key, 0.5):
        sheet.say(f"`{where}`: this is the error; the question asks for the accuracy.", "error")
    elif model == "ResNet-50" and same_number(found, 92.86, 0.05):
        sheet.say(
            f"`{where}`: this is what another library measures with other weights; take the "
            "number of images that the question gives.",
            "other-weights",
        )
    elif found > key:
        sheet.say(
            f"`{where}`: this is better than a single model with a single crop: is it the figure "
            f"of a competition ensemble? {section_link('14')}",
            "ensemble-for-single",
        )
    elif found < 80:
        sheet.say(f"`{where}`: is this the top-1 accuracy?", "top1-for-top5")
    else:
        sheet.say(
            f"`{where}`: work out again which share of all images the question's number of right "
            "ones is."
        )
