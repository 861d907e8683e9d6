"""Attacks on whoever compares: equality, NumPy's asserts, built-ins, IPython, the test's own text."""

from .record import attack

# --- objects that agree with everything -----------------------------------------------------

attack(
    "always-equal object",
    "always-equal",
    "points",
    """
    class Yes:
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        def __hash__(self): return 0
    ex01_output_size = Yes()
""",
)

attack(
    "always-equal integer",
    "always-equal",
    "points",
    """
    class Yes(int):
        def __eq__(self, other): return True
        def __ne__(self, other): return False
        __hash__ = int.__hash__
    ex01_output_size = Yes(1)
""",
)

attack(
    "float whose difference is always zero",
    "always-equal",
    "points",
    cell="ex09-count",
    honest=("ex01", "ex02"),
    code="""
    class Near(float):
        def __sub__(self, other): return 0.0
        __rsub__ = __sub__
        def __eq__(self, other): return True
        __hash__ = float.__hash__
    ex09_parameters = Near(1.0)
""",
)

attack(
    "array subclass that agrees",
    "always-equal",
    "points",
    """
    import numpy as np
    class Agree(np.ndarray):
        def __array_function__(self, func, types, args, kwargs):
            return True
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return True
    ex01_output_size = np.array(7.0).view(Agree)
""",
)

attack(
    "integer with a lying class",
    "always-equal",
    "points",
    """
    class Liar:
        __class__ = int
        def __eq__(self, other): return True
        def __index__(self): return 30
        def __int__(self): return 1
        def __float__(self): return float("nan")
        def __repr__(self): return "30, 2, 5"
        def __hash__(self): return 30
    ex01_output_size = Liar()
""",
)

attack(
    "enumeration that equals every member",
    "always-equal",
    "points",
    """
    import enum
    class Any(enum.IntEnum):
        GUESS = 1
        def __eq__(self, other): return True
        __hash__ = int.__hash__
    ex01_output_size = Any.GUESS
""",
)

attack(
    "answer that copies what it is compared with",
    "reads the expected value",
    "points",
    """
    import sys
    class Chameleon:
        def __eq__(self, other):
            self.seen = other
            print("expected value:", other)
            return True
        def __hash__(self): return 1
    ex01_output_size = Chameleon()
""",
)

# --- patched comparisons --------------------------------------------------------------------

attack(
    "patched numpy.testing",
    "patched NumPy",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import numpy as np
    for name in dir(np.testing):
        if name.startswith("assert"):
            setattr(np.testing, name, lambda *a, **k: None)
    ex02_parameters = 0
""",
)

attack(
    "patched NumPy comparisons",
    "patched NumPy",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import numpy as np
    import numpy._core.numeric as numeric
    for module in (np, numeric, np.testing, np.testing._private.utils):
        for name in ("allclose", "array_equal", "isclose", "assert_allclose", "assert_array_compare"):
            if hasattr(module, name):
                setattr(module, name, lambda *a, **k: True)
    ex02_parameters = 0
""",
)

attack(
    "false module in sys.modules",
    "patched imports",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import sys, types, numpy
    fake = types.ModuleType("numpy.testing")
    fake.__getattr__ = lambda name: (lambda *a, **k: None)
    sys.modules["numpy.testing"] = fake
    numpy.testing = fake
    ex02_parameters = 0
""",
)

attack(
    "import hook that hands out fakes",
    "patched imports",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import builtins, types
    real = builtins.__import__
    def hooked(name, *args, real=real, **kwargs):
        module = real(name, *args, **kwargs)
        if name.startswith("numpy"):
            for sub in (module, getattr(module, "testing", None)):
                for each in dir(sub or ()):
                    if each.startswith("assert"):
                        setattr(sub, each, lambda *a, **k: None)
        return module
    builtins.__import__ = hooked
    import numpy.testing
    ex02_parameters = 0
""",
)

attack(
    "meta path finder",
    "patched imports",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import sys, importlib.abc, importlib.machinery, types
    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path=None, target=None):
            if name.startswith(("numpy.testing", "convbook", "autograder")):
                return importlib.machinery.ModuleSpec(name, self)
        def create_module(self, spec):
            fake = types.ModuleType(spec.name)
            fake.__path__ = []
            fake.__getattr__ = lambda name: (lambda *a, **k: True)
            return fake
        def exec_module(self, module): pass
    sys.meta_path.insert(0, Finder())
    for name in [n for n in sys.modules if n.startswith(("numpy.testing", "convbook", "autograder"))]:
        del sys.modules[name]
    import numpy
    if "testing" in vars(numpy):
        del numpy.testing
    import numpy.testing
    numpy.testing = sys.modules["numpy.testing"]
    ex02_parameters = 0
""",
)

attack(
    "patched built-ins",
    "patched built-ins",
    "points",
    cell="ex09-count",
    honest=("ex01", "ex02"),
    code="""
    import builtins
    builtins.abs = lambda x: 0
    builtins.all = lambda x: True
    ex09_parameters = 1
""",
)

attack(
    "built-ins hidden by names of one's own",
    "patched built-ins",
    "points",
    cell="ex09-count",
    honest=("ex01", "ex02"),
    code="""
    isinstance = lambda *a: True
    abs = lambda x: -1
    type = lambda *a: int
    ex09_parameters = 1j
""",
)

attack(
    "AssertionError that cannot be raised",
    "patched built-ins",
    "points",
    code="""
    import builtins, sys
    class Quiet(Exception): pass
    get_ipython().set_custom_exc((AssertionError,), lambda *a, **k: None)
    get_ipython().showtraceback = lambda *a, **k: None
    run = get_ipython().run_cell
    def silent(*args, **kwargs):
        result = run(*args, **kwargs)
        result.error_in_exec = None
        return result
    get_ipython().run_cell = silent
    ex01_output_size = 31
""",
)

# --- IPython and the interpreter ------------------------------------------------------------

attack(
    "tree transformer that drops asserts",
    "IPython",
    "points",
    code="""
    import ast
    class Drop(ast.NodeTransformer):
        def visit_Assert(self, node):
            return ast.copy_location(ast.Pass(), node)
    get_ipython().ast_transformers.append(Drop())
    ex01_output_size = 31
""",
)

attack(
    "input transformer that empties cells",
    "IPython",
    "points",
    code="""
    get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])
    ex01_output_size = 31
""",
    keeps="at most",
)

attack(
    "run_code replaced",
    "IPython",
    "points",
    code="""
    async def nothing(code_obj, result=None, **kwargs):
        return False
    get_ipython().run_code = nothing
    ex01_output_size = 31
""",
    keeps="at most",
)

attack(
    "cell hook that rewrites answers",
    "IPython",
    "points",
    code="""
    import re
    ex01_output_size = 31
    def before(info):
        found = re.search(r"ex01_output_size == (\\d+)", info.raw_cell)
        if found:
            get_ipython().user_ns["ex01_output_size"] = int(found[1])
    get_ipython().events.register("pre_run_cell", before)
""",
)

attack(
    "every cell displays a thousand points",
    "IPython",
    "points",
    code="""
    import sys, builtins
    ex01_output_size = 31
    get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "1000"}, {})
    sys.displayhook = lambda value: print("1000")
    async def thousand(code_obj, result=None, **kwargs):
        if result is not None:
            result.result = 1000
        return False
    get_ipython().run_code = thousand
    1000
""",
    keeps="at most",
)

attack(
    "check helper overridden",
    "patched helper",
    "points",
    code="""
    class Frozen(dict):
        def __setitem__(self, name, value):
            if name != "check":
                dict.__setitem__(self, name, value)
    def check(*args, **kwargs):
        return True
    import builtins
    builtins.check = check
    class Yes:
        __eq__ = check
        __hash__ = None
    ex01_output_size = Yes()
""",
)

attack(
    "hand_in replaced by a payment",
    "patched helper",
    "points",
    code="""
    import sys, types
    class Paid(types.ModuleType):
        def __getattr__(self, name):
            return lambda *a, **k: 1000
    sys.modules["convbook.practice"] = Paid("convbook.practice")
    import numpy as np
    np.testing.assert_allclose = lambda *a, **k: 1000
    hand_in = lambda *a, **k: 1000
    ex01_output_size, ex02_parameters = 31, 1
""",
    honest=("ex09-count",),
)

attack(
    "trace function that rewrites the comparison",
    "sys.settrace",
    "points",
    cell="ex09-count",
    honest=("ex01", "ex02"),
    code="""
    import sys, ctypes
    class Guess(float):
        pass
    def trace(frame, event, arg):
        for name in ("expected", "key", "want"):
            if isinstance(frame.f_locals.get(name), (int, float)):
                globals()["ex09_parameters"] = frame.f_locals[name]
                frame.f_locals["answer"] = frame.f_locals[name]
                ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
        return trace
    sys.settrace(trace)
    ex09_parameters = 1.0
""",
)

attack(
    "namespace that answers every name",
    "namespace",
    "points",
    code="""
    class Everything(dict):
        def __missing__(self, name): return self["_any"]
    class Yes:
        def __eq__(self, other): return True
        def __hash__(self): return 3
        def __call__(self, *a, **k): return self
    shell = get_ipython()
    space = Everything(shell.user_ns, _any=Yes())
    try:
        shell.user_ns = space
        shell.user_module.__dict__.update(space)
    except Exception:
        pass
    ex01_output_size = Yes()
""",
)

attack(
    "main module with computed attributes",
    "namespace",
    "points",
    code="""
    import sys, types
    class Yes:
        def __eq__(self, other): return True
        def __hash__(self): return 3
    class Computed(types.ModuleType):
        def __getattribute__(self, name):
            return Yes() if name.startswith("ex") else types.ModuleType.__getattribute__(self, name)
    main = sys.modules["__main__"]
    main.__class__ = Computed
    ex01_output_size = Yes()
""",
)

# --- code that acts later -------------------------------------------------------------------

attack(
    "thread that acts after the cell",
    "delayed",
    "points",
    code="""
    import threading, time
    ex01_output_size = 31
    def later():
        import numpy as np
        end = time.monotonic() + 8
        class Yes(int):
            def __eq__(self, other): return True
            __hash__ = int.__hash__
        while time.monotonic() < end:
            globals()["ex01_output_size"] = Yes(3)
            np.testing.assert_allclose = lambda *a, **k: None
            time.sleep(0.001)
    threading.Thread(target=later, daemon=True).start()
    time.sleep(0.05)
""",
)

attack(
    "destructor that acts on the way out",
    "delayed",
    "points",
    code="""
    import builtins
    class Yes(int):
        def __eq__(self, other): return True
        __hash__ = int.__hash__
    class Trap:
        def __del__(self, Yes=Yes, space=globals()):
            space["ex01_output_size"] = Yes(3)
            print('{"points": 1000, "id": 1, "ok": true, "value": 30}')
    trap = Trap()
    ex01_output_size = 31
    del trap
""",
)

attack(
    "signal handler that acts on the way",
    "delayed",
    "points",
    code="""
    import signal
    ex01_output_size = 31
    class Yes(int):
        def __eq__(self, other): return True
        __hash__ = int.__hash__
    def later(*args):
        globals()["ex01_output_size"] = Yes(3)
    signal.signal(signal.SIGALRM, later)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    for _ in range(100000):
        pass
""",
)

attack(
    "exit handler that writes marks",
    "delayed",
    "neighbour",
    code="""
    import atexit, glob, os
    def later(course="@COURSE@"):
        for path in glob.glob(course + "/**/*.ipynb", recursive=True) + glob.glob(course + "/*.db"):
            try:
                with open(path, "a") as file:
                    file.write("changed on the way out")
            except OSError:
                pass
    atexit.register(later)
    ex01_output_size = 31
""",
)
