"""Right and wrong answers for the multiple-choice assignment."""

ASSIGNMENT = "08-multiple-choice"

# The options as the questions' text has them; the first entry is the right letter.
OPTIONS = {
    "mcq01": ("d", {"a": "27×27", "b": "30×30", "c": "32×32", "d": "28×28"}),
    "mcq02": ("a", {"a": "73,792", "b": "36,928", "c": "73,728", "d": "73,856"}),
    "mcq03": ("c", {"a": "convolution", "b": "average pooling", "c": "ReLU", "d": "flatten"}),
    "mcq04": (
        "d",
        {"a": "11×11 filters", "b": "parallel branches", "c": "dropout", "d": "skip connections"},
    ),
    "mcq05": (
        "b",
        {
            "a": "the new classifier head",
            "b": "the early convolution layers",
            "c": "only the last convolution block",
            "d": "nothing",
        },
    ),
    "mcq06": (
        "a",
        {
            "a": "flatten and large dense layers",
            "b": "the convolutions",
            "c": "the activations",
            "d": "batch normalisation",
        },
    ),
    "mcq07": (
        "d",
        {
            "a": "blurs the picture",
            "b": "halves height and width",
            "c": "enlarges the receptive field",
            "d": "mixes the channels at each pixel and can reduce their number",
        },
    ),
    "mcq08": (
        "c",
        {
            "a": "the input",
            "b": "the first convolution",
            "c": "the last convolution",
            "d": "the softmax",
        },
    ),
    "mcq09": (
        "a",
        {"a": "token masking", "b": "random crop", "c": "horizontal flip", "d": "colour jitter"},
    ),
    "mcq10": (
        "b",
        {"a": "conv1_1", "b": "fc6", "c": "the convolutions of block 5", "d": "fc8"},
    ),
}

NAMES = {question: [(question, "value")] for question in OPTIONS}


def right(question: str) -> dict[str, str]:
    letter, options = OPTIONS[question]
    return {
        "letter": f"{question} = {letter!r}",
        "capital": f"{question} = {letter.upper()!r}",
        "brackets": f"{question} = '({letter})'",
        "bracket and blank": f"{question} = ' {letter}) '",
        "dot": f"{question} = '{letter.upper()}.'",
        "text of the option": f"{question} = {options[letter]!r}",
        "text in capitals": f"{question} = {options[letter].upper()!r}",
    }


def wrong(question: str) -> dict[str, str]:
    letter, options = OPTIONS[question]
    others = [other for other in options if other != letter]
    answers = {f"letter {other}": f"{question} = {other!r}" for other in others}
    answers |= {f"text of {other}": f"{question} = {options[other]!r}" for other in others}
    return answers | {
        "all letters": f"{question} = 'abcd'",
        "list of all": f"{question} = {list(options)!r}",
        "two letters": f"{question} = '{letter} or {others[0]}'",
        "two in a list": f"{question} = {[letter, others[0]]!r}",
        "two texts": f"{question} = {options[letter] + ', ' + options[others[0]]!r}",
        "number of the option": f"{question} = {list(options).index(letter) + 1}",
        "letter that is not there": f"{question} = 'e'",
        "everything between": f"{question} = 'a-d'",
    }


RIGHT = {question: right(question) for question in OPTIONS}
WRONG = {question: wrong(question) for question in OPTIONS}
PARTIAL: dict = {}
