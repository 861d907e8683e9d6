"""A jail that is none: whatever it is asked, it sends back a spoilt reply.

It stands in for `autograder.jail.isolation.Jail` below the code that asks, so that everything on the
trusted side is the real thing: framing, parsing, decoding, the checkers, the verdicts.
"""

from __future__ import annotations

import base64
import contextlib
import json
import random
import struct
from types import SimpleNamespace

import numpy as np

from .mutations import odd, spoil, spoil_bytes

KINDS = (
    "bool",
    "float16",
    "float32",
    "float64",
    "int8",
    "int16",
    "int64",
    "uint8",
    "object",
    "V8",
    "f8",
)


def array(rng: random.Random) -> dict:
    """An array as it travels, mostly well formed and sometimes a lie."""
    kind = rng.choice(KINDS)
    shape = [
        rng.choice((0, 1, 2, 3, 4, 7, 2**31, -1, 10**9))
        if rng.random() < 0.1
        else rng.choice((1, 2, 3, 4, 5))
        for _ in range(rng.randrange(6))
    ]
    try:
        count = int(np.prod(shape)) * np.dtype(kind).itemsize
        data = rng.randbytes(count) if 0 <= count < 100_000 else b"x"
    except (TypeError, ValueError, OverflowError):
        data = b""
    if rng.random() < 0.1:
        data += b"x"
    text = base64.b64encode(data).decode()
    return {
        "array": {
            "dtype": kind,
            "shape": shape,
            "data": text if rng.random() < 0.97 else text + "é",
        }
    }


def value(rng: random.Random, depth: int = 0):
    """A value of the wire's closed set of types, or nearly one; never a right answer on purpose."""
    draw = rng.randrange(12 if depth < 3 else 6)
    if draw < 3:
        return rng.choice(
            (
                None,
                True,
                False,
                rng.randint(-5, 5),
                rng.randint(10**9, 10**40),
                rng.random(),
                -rng.random() * 1e300,
                "x",
                rng.choice("pqrst"),
                "p, q",
                "12:30",
            )
        )
    if draw == 3:
        return {"float": rng.choice(("nan", "inf", "-inf", "1", 7))}
    if draw == 4:
        return array(rng)
    if draw == 5:
        return odd(rng)
    if draw < 10:
        return {
            rng.choice(("list", "tuple")): [value(rng, depth + 1) for _ in range(rng.randrange(5))]
        }
    if draw == 10:
        keys = ("a", "b", "conv1_1", "fc6", "VGG-16", "layers", "", "\ud800")
        return {
            "dict": [[rng.choice(keys), value(rng, depth + 1)] for _ in range(rng.randrange(5))]
        }
    return {
        rng.choice(("handle", "set", "__class__", "missing", "error")): rng.choice(
            (1, True, "x", None)
        )
    }


class Liar:
    """The socket of a child that lies; it counts its spoilt replies in `tally`."""

    def __init__(self, rng: random.Random, tally: SimpleNamespace):
        self.rng, self.tally, self.waiting = rng, tally, b""
        self.question = ""

    def settimeout(self, seconds):
        pass

    def close(self):
        pass

    def sendall(self, raw: bytes):
        request = json.loads(raw[4:])
        if request["op"] == "question":
            self.question = request["id"]  # the reply comes when the question is done
        elif request["op"] == "done":
            self.waiting += self.framed(json.dumps({"id": self.question, "over": True}).encode())
        else:
            self.tally.replies += 1
            self.waiting += self.reply(request)

    def framed(self, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + body

    def reply(self, request: dict) -> bytes:
        rng, reply = self.rng, {"id": request["id"]}
        if request["op"] == "cell":
            reply |= {"text": "x", "error": None, "magic": False}
        elif request["op"] in ("create", "hold"):
            reply["value"] = {"handle": rng.randint(1, 9)} if rng.random() < 0.9 else value(rng)
        elif rng.random() < 0.1:
            reply["error"] = rng.choice(
                (
                    {"type": odd(rng), "message": odd(rng), "line": odd(rng)},
                    {"timeout": odd(rng)},
                    {"unreadable": odd(rng)},
                    odd(rng),
                )
            )
        else:
            reply["value"] = value(rng)
        draw = rng.random()
        if draw < 0.95:
            # spoilt inside, but still a reply to this very request
            if draw < 0.5 and "value" in reply:
                kept = (
                    spoil(reply["value"], rng) if isinstance(reply["value"], dict | list) else None
                )
                with contextlib.suppress(ValueError, RecursionError):
                    reply["value"] = json.loads(kept) if kept else reply["value"]
            return self.framed(json.dumps(reply, allow_nan=True).encode("utf-8", "surrogatepass"))
        if draw < 0.97:
            return self.framed(spoil(reply, rng))
        if draw < 0.98:
            reply["id"] = rng.choice((self.question, "0" * 16, None, 7, [reply["id"]]))
            return self.framed(json.dumps(reply).encode())
        if draw < 0.99:
            return spoil_bytes(self.framed(json.dumps(reply).encode()), rng)
        return struct.pack(">I", rng.choice((0, 2**31, 2**32 - 1, 5))) + rng.randbytes(
            rng.randrange(9)
        )

    def recv(self, count: int) -> bytes:
        part, self.waiting = self.waiting[:count], self.waiting[count:]
        return part


class LyingJail:
    """Has the face of a `Jail`, and a `Liar` behind every channel."""

    def __init__(self, seed: int):
        self.rng = random.Random(seed)
        self.tally = SimpleNamespace(replies=0)
        self.profile = SimpleNamespace(seconds=1, wall_seconds=600, memory_megabytes=100)

    def open_channel(self, seconds: float) -> Liar:
        return Liar(self.rng, self.tally)

    def usage(self) -> dict[str, float]:
        return {"cpu": 0.0, "waited": 0.0}

    def close_channel(self, channel) -> str:
        return "exit"
