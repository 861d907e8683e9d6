"""Values as JSON, in a closed set of types, on their way into and out of the jail.

None, bool, int, float and str are themselves; any other value is an object with one key, its kind:
``{"tuple": [...]}``, ``{"list": [...]}``, ``{"set": [...]}``, ``{"dict": [[key, value], ...]}``,
``{"float": "nan"}``, ``{"array": {"dtype": "float32", "shape": [2, 3], "data": "<base64>"}}`` and
``{"handle": 7}`` for a thing that stays inside. Nothing here can name a type, a module or a
function, so decoding a hostile message can fail but can't run anything. Both sides of the jail use
this file, and the check of an answer's form: what can cross is what can be handed in.
"""

import base64
import json
import math
import numbers
from decimal import Decimal

import numpy as np

# The largest answer of an honest notebook takes a quarter of a megabyte: a trained network.
MAX_BYTES = 4 * 2**20
MAX_DEPTH = 24
MAX_ITEMS = 200_000
MAX_TEXT = 100_000
MAX_KEY = 1_000
MAX_INT_DIGITS = 100
DTYPES = frozenset(
    {"bool", "float16", "float32", "float64"}
    | {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
)


class WireError(ValueError):
    """The value, or the message, is outside what may cross."""


class HandleRef:
    """Stands for a thing that lives inside the jail."""

    def __init__(self, number):
        self.number = number


# Types that may be named: a name that students can choose would carry out what they like.
KINDS = frozenset(
    {"ellipsis", "complex", "bytes", "function", "method", "type", "module", "object"}
)
OTHER_DTYPES = frozenset({"object", "complex64", "complex128", "longdouble", "str", "bytes"})
TOO_DEEP = f"it is nested more than {MAX_DEPTH} deep"
TOO_MANY_DIGITS = f"it is a whole number of more than {MAX_INT_DIGITS} digits"
OTHER_KEYS = "it is a dict with keys that are not strings"
TOO_LONG_A_TEXT = f"it holds a text of more than {MAX_TEXT:,} characters, or a key of {MAX_KEY:,}"
TOO_LARGE = f"it takes more than the {MAX_BYTES:,} bytes that may cross"
READ_ONCE = "it is an iterator, which can be read only once: write list(...) round it"
NOT_REAL = "it is a number, but no real one"
# All that the inside can say of a value that doesn't cross.
REASONS = frozenset(
    {TOO_DEEP, TOO_MANY_DIGITS, OTHER_KEYS, TOO_LONG_A_TEXT, TOO_LARGE, READ_ONCE, NOT_REAL}
    | {f"it is of type {kind}" for kind in KINDS}
    | {f"it is an array of dtype {dtype}" for dtype in OTHER_DTYPES}
)
# The exceptions that are told apart where the message could hold a hidden input.
ERRORS = (
    *(TypeError, ValueError, IndexError, KeyError, AttributeError, NameError),
    *(ZeroDivisionError, AssertionError),
)


def _describe(value):
    names = (kind.__name__ for kind in type(value).__mro__)
    return next((name for name in names if name in KINDS), "object")


def to_plain(value, depth=0):
    """Turn `value` into what `json` can write; subclasses become their plain base type."""
    if depth > MAX_DEPTH:
        raise WireError(TOO_DEEP)
    if value is None or isinstance(value, (bool, np.bool_)):
        return None if value is None else bool(value)
    if isinstance(value, (int, np.integer)):
        value = int(value)
        if abs(value) >= 10**MAX_INT_DIGITS:
            raise WireError(TOO_MANY_DIGITS)
        return value
    if isinstance(value, (float, np.floating)):
        value = float(value)
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, str):
        return _text(str(value), MAX_TEXT)
    if isinstance(value, HandleRef):
        return {"handle": value.number}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [to_plain(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise WireError(OTHER_KEYS)
        return {
            "dict": [
                [_text(str(key), MAX_KEY), to_plain(item, depth + 1)] for key, item in value.items()
            ]
        }
    if isinstance(value, (set, frozenset)):
        return {"set": [to_plain(item, depth + 1) for item in sorted(value, key=repr)]}
    if isinstance(value, range):
        if len(value) > MAX_ITEMS:
            raise WireError(TOO_LARGE)
        return {"list": list(value)}
    if not isinstance(value, np.ndarray) and hasattr(value, "__array__"):
        value = np.asarray(value)  # a tensor of another library
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "UO":  # text, or a mixture: what it holds says what may cross
            return to_plain(value.tolist(), depth + 1)
        return {"array": _plain_array(value)}
    if _is_number(value):
        return to_plain(_as_number(value), depth + 1)
    if isinstance(value, (type({}.keys()), type({}.values()))):
        return {"list": [to_plain(item, depth + 1) for item in value]}
    if hasattr(value, "__next__"):
        raise WireError(READ_ONCE)
    raise WireError(f"it is of type {_describe(value)}")


def _text(text, longest):
    if len(text) > longest:
        raise WireError(TOO_LONG_A_TEXT)
    return text


def _is_number(value):
    """Whether it is a number of another kind: a Fraction, a Decimal, a number of SymPy's."""
    if isinstance(value, (numbers.Real, Decimal)):
        return True
    return getattr(value, "is_number", False) is True and hasattr(value, "__float__")


def _as_number(value):
    """The int that it equals, or else the nearest float."""
    try:
        found = float(value)
        whole = int(value) if math.isfinite(found) else None
        return whole if whole is not None and whole == value else found
    except (TypeError, ValueError, ArithmeticError) as error:
        raise WireError(NOT_REAL) from error


def _plain_array(array):
    if array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype(np.float64)  # more digits than any tolerance asks for
    dtype = array.dtype.name
    if dtype not in DTYPES:
        raise WireError(f"it is an array of dtype {dtype if dtype in OTHER_DTYPES else 'object'}")
    if array.nbytes > MAX_BYTES * 3 // 4 - 1000:
        raise WireError(TOO_LARGE)
    array = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)
    data = base64.b64encode(array.tobytes()).decode("ascii")
    return {"dtype": dtype, "shape": list(array.shape), "data": data}


def from_plain(plain, depth=0, handles=None):
    """Rebuild the value from parsed JSON; inside the jail, `handles` looks a handle up."""
    if depth > MAX_DEPTH:
        raise WireError("nested too deep")
    if isinstance(plain, str):
        return _text(plain, MAX_TEXT)
    if plain is None or isinstance(plain, (bool, int)):
        return plain
    if isinstance(plain, float):
        return plain
    if not isinstance(plain, dict) or len(plain) != 1:
        raise WireError("not a value")
    [(kind, body)] = plain.items()
    if kind in ("list", "tuple") and isinstance(body, list):
        items = [from_plain(item, depth + 1, handles) for item in body]
        return items if kind == "list" else tuple(items)
    if kind == "set" and isinstance(body, list):
        items = [from_plain(item, depth + 1, handles) for item in body]
        if not all(isinstance(item, (bool, int, float, str)) for item in items):
            raise WireError("it is a set of things that are neither numbers nor text")
        return frozenset(items)
    if kind == "dict" and isinstance(body, list):
        pairs = [pair for pair in body if isinstance(pair, list) and len(pair) == 2]
        if len(pairs) != len(body) or not all(isinstance(key, str) for key, _ in pairs):
            raise WireError("not a dict")
        return {_text(key, MAX_KEY): from_plain(item, depth + 1, handles) for key, item in pairs}
    if kind == "float" and body in ("nan", "inf", "-inf"):
        return float(body)
    if kind == "array":
        return _array(body)
    if kind == "handle" and type(body) is int and handles is not None:
        return handles[body]
    raise WireError("unknown kind")


def _array(body):
    if not isinstance(body, dict) or set(body) != {"dtype", "shape", "data"}:
        raise WireError("not an array")
    dtype, shape, data = body["dtype"], body["shape"], body["data"]
    if not isinstance(dtype, str) or dtype not in DTYPES or not isinstance(data, str):
        raise WireError("not an array")
    if not isinstance(shape, list) or len(shape) > 16:
        raise WireError("not a shape")
    if not all(type(n) is int and n >= 0 for n in shape):
        raise WireError("not a shape")
    # Beside a 0, NumPy still refuses sizes whose product is too much.
    if math.prod(max(n, 1) for n in shape) > MAX_BYTES:
        raise WireError("not a shape")
    try:
        raw = base64.b64decode(data.encode("ascii"), validate=True)
    except ValueError as error:
        raise WireError("not base64") from error
    if len(raw) != math.prod(shape) * np.dtype(dtype).itemsize:
        raise WireError("the shape does not fit the data")
    if dtype == "bool" and raw.strip(b"\0\1"):
        raise WireError("not booleans")
    return np.frombuffer(raw, np.dtype(dtype).newbyteorder("<")).astype(dtype).reshape(shape)


def dumps(message) -> bytes:
    """Write one message (a dict whose values are already plain) as UTF-8 JSON, capped in size."""
    # ensure_ascii keeps lone surrogates, which UTF-8 can't carry, as escapes.
    raw = json.dumps(message, allow_nan=False, ensure_ascii=True, separators=(",", ":")).encode()
    if len(raw) > MAX_BYTES:
        raise WireError(TOO_LARGE)
    return raw


def _refuse_constant(name):
    raise WireError(f"{name} is not JSON")


def _short_int(digits):
    if len(digits) > MAX_INT_DIGITS + 1:
        raise WireError("a whole number of too many digits")
    return int(digits)


def loads(raw: bytes):
    """Parse one message; anything but a JSON object of sane size is a `WireError`."""
    if len(raw) > MAX_BYTES:
        raise WireError("too long")
    if raw.count(b",") > MAX_ITEMS or raw.count(b"[") + raw.count(b"{") > MAX_ITEMS:
        raise WireError("too many items")
    try:
        message = json.loads(raw, parse_constant=_refuse_constant, parse_int=_short_int)
    except (ValueError, RecursionError) as error:
        raise WireError("not JSON") from error
    if not isinstance(message, dict):
        raise WireError("not a message")
    return message


def crossed(value):
    """The value as it looks after a trip through the wire (for checks without a jail)."""
    return from_plain(loads(dumps({"value": to_plain(value)}))["value"])
