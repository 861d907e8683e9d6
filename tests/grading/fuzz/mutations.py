"""How an input is spoilt: in its tree, in its text, in its bytes."""

from __future__ import annotations

import copy
import json
import random

ODD_TEXT = (
    "", "\x00", "\ud800", "\udfff\ud800", "\ufeff", "\u202e", "é" * 50, "null", "1e999", "../../x",
    "<script>owned</script>", "[owned](javascript&colon;owned)", "{{ owned }}", "%s%n", "\x1b[2J",
    "x" * 5000, "ex01", "ex02-answer", "code", "markdown", "execute_result", "1000", "NaN", "\r\n",
    "\u2028", "`" * 40, "$" * 30, "#" * 70, "![](attachment:x)", "| a |\n|---|\n",
)  # fmt: skip
ODD_VALUES = (
    None, True, False, 0, -1, 1, 2**63, -(2**70), 10**50, 0.5, -0.0, 1e308, 1e-320, [], {}, [[]],
    [None], {"": None}, {"nbgrader": {}}, [[[[[]]]]], {"a": {"a": {"a": {}}}}, ["x", 1, None, {}],
)  # fmt: skip


def odd(rng: random.Random):
    """A value that nobody expects."""
    if rng.random() < 0.4:
        return rng.choice(ODD_TEXT)
    if rng.random() < 0.1:
        return [rng.choice(ODD_VALUES) for _ in range(rng.randrange(40))]
    return copy.deepcopy(rng.choice(ODD_VALUES))


def places(tree) -> list[tuple]:
    """Every `(container, key)` of a JSON tree."""
    found, stack = [], [tree]
    while stack:
        here = stack.pop()
        items = here.items() if isinstance(here, dict) else enumerate(here)
        for key, value in list(items):
            found.append((here, key))
            if isinstance(value, dict | list):
                stack.append(value)
    return found


def spoil_tree(tree, rng: random.Random, times: int = 3):
    """Change, remove, double, swap or nest some places of a JSON tree; the tree is copied first."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.randint(1, times)):
        found = places(tree)
        if not found:
            return odd(rng)
        here, key = rng.choice(found)
        change = rng.randrange(7)
        if change == 0:
            here[key] = odd(rng)
        elif change == 1:
            del here[key]
        elif change == 2 and isinstance(here, list):
            here.insert(rng.randrange(len(here) + 1), copy.deepcopy(here[key]))
        elif change == 3 and isinstance(here, dict):
            here[rng.choice(ODD_TEXT)] = here.pop(key)
        elif change == 4:
            other, place = rng.choice(found)
            if place in other if isinstance(other, dict) else place < len(other):
                here[key], other[place] = copy.deepcopy(other[place]), copy.deepcopy(here[key])
        elif change == 5:
            here[key] = rng.choice(([here[key]], {"x": here[key]}, str(here[key])))
        else:
            here[key] = rng.choice((odd(rng), here[key]))
    return tree


def spoil_bytes(raw: bytes, rng: random.Random) -> bytes:
    """Flip, cut, repeat, insert or exchange some bytes."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data) + 1)
        change = rng.randrange(7)
        if change == 0 and at < len(data):
            data[at] = rng.randrange(256)
        elif change == 1:
            del data[at : at + rng.choice((1, 2, 10, 1000))]
        elif change == 2:
            data[at:at] = rng.randbytes(rng.choice((1, 3, 50)))
        elif change == 3:
            data[at:at] = rng.choice(
                (
                    b"\xff\xfe",
                    b"\x00",
                    b"[" * 3000,
                    b'{"a":' * 500,
                    b"1e999",
                    b"NaN",
                    b"9" * 6000,
                    b'"\\ud800"',
                    b"\xef\xbb\xbf",
                    b"\\u0000",
                    b"//",
                )
            )
        elif change == 4:
            del data[at:]
        elif change == 5:
            end = rng.randrange(at, len(data) + 1)
            data[at:at] = data[at : min(end, at + 5000)]
        elif at < len(data):
            other = rng.randrange(len(data))
            data[at], data[other] = data[other], data[at]
    return bytes(data)


def spoil(document, rng: random.Random) -> bytes:
    """One mutated file or message made from a JSON document."""
    if rng.random() < 0.7:
        document = spoil_tree(document, rng)
    raw = json.dumps(document, ensure_ascii=rng.random() < 0.8).encode("utf-8", "surrogatepass")
    if rng.random() < 0.4:
        raw = spoil_bytes(raw, rng)
    if rng.random() < 0.03:
        raw = raw.decode("utf-8", "replace").encode(
            rng.choice(("utf-16", "utf-32", "cp037")), "replace"
        )
    return raw
