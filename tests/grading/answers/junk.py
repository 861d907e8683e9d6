"""Answers that are wrong for every question: nothing, zeros, NaN, text, foreign objects.

`WORTHLESS` earns nothing anywhere. `HOLLOW` is never all right, but one of its parts may be.
"""

WORTHLESS = {
    "untouched": "...",
    "None": "None",
    "not a number": 'float("nan")',
    "a sentence": '"I do not know"',
    "an empty string": '""',
    "a foreign object": "object()",
    "a function": "(lambda *args, **kwargs: None)",
    "bytes": 'b"30"',
    "a complex number": "3 + 4j",
    "a set": "{1, 2, 3}",
    "an infinity": 'float("inf")',
    "an integer of 5,000 digits": "10 ** 5000",
    "an empty list": "[]",
    "an empty dictionary": "{}",
    "nested nothing": "[[[[]]]]",
    "an array of NaN": '__import__("numpy").full((2, 2), float("nan"))',
    "an array of objects": '__import__("numpy").array([None, "a"], dtype=object)',
}

HOLLOW = {
    "zero": "0",
    "one": "1",
    "minus one": "-1",
    "true": "True",
    "false": "False",
    "a letter": '"z"',
    "every letter": '"abcdefghij"',
    "zeros": "[0] * 3",
    "an array of zeros": '__import__("numpy").zeros((2, 2))',
    "a huge float": "1e308",
}


def assigned(names: list[tuple[str, str]], value: str) -> str:
    """Student code that puts `value` wherever the question asks for something.

    A function returns it for every call; a class is one whose methods all return it.
    """
    lines = []
    for name, kind in names:
        if kind == "value":
            lines.append(f"{name} = {value}")
        elif kind == "function":
            lines.append(f"def {name}(*args, **kwargs):\n    return {value}")
        elif kind == "class":
            lines.append(
                f"class {name}:\n"
                "    def __init__(self, *args, **kwargs): pass\n"
                f"    def __getattr__(self, attribute): return lambda *args, **kwargs: {value}"
            )
        else:
            raise ValueError(f"{name}: kind is {kind!r}, expected value, function or class")
    return "\n".join(lines)
