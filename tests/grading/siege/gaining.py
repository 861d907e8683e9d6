"""Tries for points without an answer: forged replies, odd values, a patched inside."""

#: Each is the code of an answer cell of ``ex01`` that knows no answer.
GAINING = {
    "an object that equals everything": """
class All:
    def __eq__(self, other): return True
    def __hash__(self): return 1
    def __float__(self): return float("nan")
    def __index__(self): return 30
ex01_output_size = All()
""",
    "a whole number that changes its mind": """
class Odd(int):
    reads = 0
    def __int__(self):
        Odd.reads += 1
        return Odd.reads
    __index__ = __int__
ex01_output_size = Odd(5)
""",
    "every candidate at once": "ex01_output_size = list(range(200))",
    "every candidate in an array": "import numpy as np\nex01_output_size = np.arange(200)",
    "no element": "import numpy as np\nex01_output_size = np.zeros((0,))",
    "a masked number": "import numpy as np\nex01_output_size = np.ma.masked_all((1,))",
    "not a number": "ex01_output_size = float('nan')",
    "infinitely many": "ex01_output_size = float('inf')",
    "a range in words": "ex01_output_size = '1 to 100'",
    "an exponent that explodes": "from decimal import Decimal\n"
    "ex01_output_size = Decimal('1e999999999')",
    "a fraction that explodes": "from fractions import Fraction\n"
    "ex01_output_size = Fraction(10)**10**6",
    "a number of a million digits": "ex01_output_size = 10 ** 10**6",
    "a set with an evil repr": """
class Evil:
    def __repr__(self): raise SystemExit
    def __hash__(self): return 1
ex01_output_size = {Evil(), Evil()}
""",
    "a patched json": """
import json, sys
real = json.dumps
def forged(message, **rest):
    return real({**message, "value": 77, "points": 31, "score": 31}, **rest)
json.dumps = forged
ex01_output_size = 1
""",
    "a patched wire": """
import sys
wire = sys.modules["wire"]
wire.to_plain = lambda *_, **__: {"points": 31, "right": True}
ex01_output_size = 1
""",
    "an inside that answers for all": """
import gc
for thing in gc.get_objects():
    if type(thing).__name__ == "Inmate":
        type(thing).answer = lambda self, request: {"verdict": "right", "points": 99}
ex01_output_size = 1
""",
    "a thread that answers first": """
import json, os, struct, threading
def talk():
    raw = json.dumps({"id": "0" * 16, "value": 77, "over": True}).encode()
    for number in range(3, 12):
        try: os.write(number, struct.pack(">I", len(raw)) + raw)
        except OSError: pass
threading.Timer(0.3, talk).start()
ex01_output_size = 1
""",
    "a child that stays for the next questions": """
import os, time
if os.fork() == 0:
    for _ in range(300):
        time.sleep(0.05)
        for number in range(3, 12):
            try: os.write(number, b"\\0\\0\\0\\x02{}")
            except OSError: pass
    os._exit(0)
ex01_output_size = 1
""",
    "output that looks like points": """
print("31.0")
print("execute_result: 31.0")
ex01_output_size = 1
31.0
""",
    "a file that looks like a result": """
import json
for name in ("result.json", "/tmp/01-shapes-and-counts.json", "gradebook.db"):
    open(name, "w").write(json.dumps({"result": {"points": 31}}))
ex01_output_size = 1
""",
    "an exit with success": "import os, atexit\natexit.register(lambda: os._exit(0))\n"
    "ex01_output_size = 1",
    "an import hook": """
import sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        return None
sys.meta_path.insert(0, Hook())
sys.modules["numpy"] = None
ex01_output_size = 1
""",
}
