"""Answers that are no answers: endless, enormous, lying, exploding, or poison for whoever prints them.

Each is handed in for a question whose right answer it is not, so it earns nothing there; and where
it does no harm to its own process the other answers count in full.
"""

from .record import attack


def value(name: str, harm: str, code: str, **fields) -> None:
    attack(name, fields.pop("family", "strange values"), harm, code, **fields)


# An unguarded loop that turns answers into records is what these are measured against: it calls
# `json.dumps(repr(answer))`, compares, and keeps what it was given.

value("integer of five thousand digits", "batch", "ex01_output_size = 10 ** 5000")
value("integer of ten million bits", "batch", "ex01_output_size = 1 << 10_000_000")
value(
    "string of a million digits", "batch", "ex01_output_size = '9' * 1_000_000", family="giant text"
)
value(
    "string of two hundred megabytes",
    "flood",
    "ex01_output_size = 'x' * 200_000_000",
    family="giant text",
)
value(
    "not a number",
    "points",
    """
    class Nan(float):
        def __eq__(self, other): return True
        __hash__ = float.__hash__
    ex01_output_size = Nan("nan")
""",
    family="NaN and infinity",
)
value(
    "numbers beyond the scale",
    "batch",
    """
    import numpy as np
    ex01_output_size = [float("nan"), float("inf"), -float("inf"), np.float16(70000), 1e308 * 10]
""",
    family="NaN and infinity",
    keeps="all",
)
value(
    "list that contains itself",
    "batch",
    """
    ex01_output_size = []
    ex01_output_size.append(ex01_output_size)
    ex01_output_size.append({"me": ex01_output_size})
""",
)
value(
    "hundred thousand nested lists",
    "batch",
    """
    ex01_output_size = []
    for _ in range(100_000):
        ex01_output_size = [ex01_output_size]
""",
)
value(
    "list of eight million numbers",
    "flood",
    "ex01_output_size = [30] * 8_000_000",
    keeps="at most",
)
value(
    "array of a terabyte that costs nothing",
    "memory",
    """
    import numpy as np
    ex01_output_size = np.broadcast_to(30.0, (1_000_000, 125_000))
""",
    keeps="at most",
)
value("range of a trillion", "batch", "ex01_output_size = range(10 ** 12)", keeps="at most")
value(
    "list without an end",
    "time",
    """
    class Endless(list):
        def __iter__(self):
            while True:
                yield 30
        def __len__(self): return 1
        def __repr__(self):
            while True:
                pass
        def __eq__(self, other):
            while True:
                pass
    ex01_output_size = Endless([30])
""",
    keeps="at most",
)
value(
    "dictionary without an end",
    "time",
    """
    class Endless(dict):
        def items(self):
            while True:
                yield ("a", 30)
        def __eq__(self, other): return list(self.items())
        def __repr__(self): return str(list(self.items()))
    ex01_output_size = Endless(a=30)
""",
    keeps="at most",
)
value(
    "generator without an end",
    "time",
    """
    def endless():
        while True:
            yield 30
    class Gen:
        def __eq__(self, other): return all(x == other for x in endless())
        def __repr__(self): return str(sum(endless()))
        def __iter__(self): return endless()
    ex01_output_size = Gen()
""",
    keeps="at most",
)
value(
    "representation of two hundred megabytes",
    "flood",
    """
    class Loud:
        def __repr__(self): return "x" * 200_000_000
        __str__ = __repr__
        def __eq__(self, other):
            print(self)
            return False
        __hash__ = None
    ex01_output_size = Loud()
""",
    family="giant representations",
)
value(
    "representation that raises",
    "batch",
    """
    class Broken:
        def __repr__(self): raise RuntimeError("no representation")
        __str__ = __format__ = __bytes__ = __repr__
    ex01_output_size = Broken()
""",
    family="giant representations",
)
value(
    "attribute access that leaves Python",
    "grader",
    """
    import os
    class Trap:
        def __getattribute__(self, name): os._exit(3)
        def __eq__(self, other): os._exit(3)
        __hash__ = None
    ex01_output_size = Trap()
""",
    keeps="at most",
)
value(
    "exceptions that nobody catches",
    "batch",
    """
    class Trap(int):
        def __eq__(self, other): raise SystemExit(0)
        def __repr__(self): raise KeyboardInterrupt
        def __index__(self): raise GeneratorExit
        def __float__(self): raise BaseException("out")
        __hash__ = None
    ex01_output_size = Trap(3)
""",
    keeps="all",
)
value(
    "class that raises when asked what it is",
    "batch",
    """
    class Meta(type):
        def __instancecheck__(cls, other): raise SystemExit
        def __subclasscheck__(cls, other): raise SystemExit
        def __repr__(cls): raise SystemExit
    class Trap(metaclass=Meta):
        @property
        def __class__(self): raise SystemExit
        @property
        def dtype(self): raise SystemExit
        @property
        def shape(self): raise SystemExit
        def __repr__(self): raise SystemExit
    ex01_output_size = Trap()
""",
)
value(
    "array whose list is a lie",
    "points",
    """
    import numpy as np
    class Lie(np.ndarray):
        def tolist(self): return [{"points": 1000}]
        def item(self, *a): return "1000"
        dtype = property(lambda self: "points")
        shape = property(lambda self: (-1,))
        def __array_function__(self, *a, **k): return True
        def __array_ufunc__(self, *a, **k): return np.ones((), bool)
    ex01_output_size = np.zeros(()).view(Lie)
""",
    family="subclassed arrays",
)
value(
    "array that reads foreign memory",
    "grader",
    """
    import numpy as np
    class Wild:
        __array_interface__ = {"shape": (1 << 20,), "typestr": "<f8", "data": (4096, True), "version": 3}
    print(np.asarray(Wild()).sum())
    ex01_output_size = np.asarray(Wild())
""",
    family="subclassed arrays",
    keeps="at most",
)
value(
    "arrays of objects, records and dates",
    "batch",
    """
    import numpy as np
    class Broken:
        def __repr__(self): raise RuntimeError("no representation")
    ex01_output_size = np.array([Broken(), None], dtype=object)
    ex02_parameters = np.zeros(3, dtype=[("points", "f8"), ("name", "U5")])
    ex03_output_shape = np.array(["2020-01-01"], dtype="datetime64[D]")
""",
    family="subclassed arrays",
    honest=("ex09-count",),
)
value(
    "lone surrogates",
    "batch",
    r"""
    ex01_output_size = "\ud800 thirty \udfff"
    print("\u0000 \u202e \ufffe")
""",
    family="unicode",
)
value(
    "surrogates in names and errors",
    "batch",
    r"""
    def ex25_same_padding(*args, **kwargs):
        raise type("\udcff" + "Error" * 3, (Exception,), {})("\ud800\x00\x1b[2J")
    ex01_output_size = "\ud800\x00"
    ex02_answers = {"\ud800": 1, "\x00": 2}
""",
    family="unicode",
)
value(
    "look-alike letters",
    "secret",
    r"""
    еx01_output_size = 30  # the first letter is Cyrillic
    print("the key is", 30, "says the page beside: ", open("@COURSE@/solutions/key.txt").read())
""",
    family="unicode",
)
value(
    "digits that are no digits",
    "points",
    """
    class Digits(str):
        def __eq__(self, other): return True
        def __float__(self): return 30.0
        __hash__ = str.__hash__
    ex01_output_size = Digits("³⁰")
""",
    family="unicode",
)
value(
    "text that a careless reader would run",
    "neighbour",
    """
    ex01_output_size = "__import__('os').system('touch @COURSE@/owned') or 30"
    ex03_output_shape = "{0.__class__.__mro__} %s%n {points}"
    raise type("Stop", (BaseException,), {})("the rest of the notebook does not run")
""",
    keeps="at most",
    honest=(),
)
value(
    "answers that are recipes for objects",
    "points",
    """
    class Recipe:
        def __reduce__(self):
            import os
            return (os.system, ("touch @COURSE@/owned",))
        def __eq__(self, other):
            return True
        def __getstate__(self): return {}
        __hash__ = None
    ex01_output_size = Recipe()
""",
)
value(
    "function that changes its mind",
    "points",
    """
    calls = []
    class Turncoat(int):
        def __eq__(self, other):
            calls.append(other)
            return True
        def __int__(self): return 30 if len(calls) % 2 else 31
        __index__ = __int__
        __hash__ = int.__hash__
    ex01_output_size = Turncoat(31)
""",
)
