"""Attacks on the way an answer travels: file descriptors, messages, JSON, the code that asks."""

from .record import attack

FORGED = """
    import json, os, struct
    MESSAGES = [
        {"points": 1000}, {"score": 1000, "max_points": 1}, {"verdict": {"points": 1000}},
        {"id": 1, "ok": True, "value": 30, "points": 1000}, {"ok": True, "value": [30, 30]},
        {"type": "result", "value": 1000}, {"status": "ok", "result": 1000},
        {"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}},
    ]
    LINES = b"".join(json.dumps(m).encode() + b"\\n" for m in MESSAGES)
    FRAMES = b"".join(struct.pack(f, len(b)) + b for f in ("<I", ">I", "<Q", ">Q")
                      for b in (json.dumps(m).encode() for m in MESSAGES))
    def descriptors():
        try:
            return sorted(int(n) for n in os.listdir("/proc/self/fd"))
        except OSError:
            return list(range(0, 1024))
"""

attack(
    "forged messages on every descriptor",
    "forged messages",
    "grader",
    FORGED
    + """
    ex01_output_size = 31
    for number in descriptors():
        for data in (LINES, FRAMES):
            try:
                os.set_blocking(number, False)
                os.write(number, data)
            except OSError:
                pass
    for number in descriptors():
        try:
            os.set_blocking(number, True)
        except OSError:
            pass
    import signal
    os.kill(os.getpid(), signal.SIGKILL)
""",
    keeps="at most",
)

attack(
    "forged messages on the standard streams",
    "forged messages",
    "points",
    FORGED
    + """
    import sys
    ex01_output_size = 31
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.write(LINES.decode())
            stream.flush()
        except Exception:
            pass
    class Yes:
        def __eq__(self, other):
            print(LINES.decode())
            return True
        __hash__ = None
    ex01_output_size = Yes()
""",
)

attack(
    "descriptors closed",
    "forged messages",
    "grader",
    """
    import os
    ex01_output_size = 31
    os.closerange(3, 1024)
    os.close(1), os.close(2), os.close(0)
    os._exit(0)
""",
    keeps="at most",
)

attack(
    "descriptors redirected",
    "forged messages",
    "grader",
    """
    import os
    ex01_output_size = 31
    nothing = os.open("/dev/null", os.O_RDWR)
    for number in range(0, 256):
        if number != nothing:
            try:
                os.fstat(number)
                os.dup2(nothing, number)
            except OSError:
                pass
    os._exit(0)
""",
    keeps="at most",
)

attack(
    "reply longer than anybody should read",
    "forged messages",
    "flood",
    """
    import os
    ex01_output_size = 31
    junk = b'{"value": "' + b"x" * (1 << 20)
    for number in (1, 2, *range(3, 64)):
        for _ in range(40):
            try:
                os.set_blocking(number, False)
                os.write(number, junk)
            except OSError:
                break
    for _ in range(40):
        print("x" * (1 << 20))
""",
    keeps="at most",
)

attack(
    "length header of four gigabytes",
    "forged messages",
    "grader",
    """
    import os, struct
    ex01_output_size = 31
    for number in range(3, 256):
        try:
            os.set_blocking(number, False)
            os.write(number, struct.pack(">I", 0xFFFFFFFF) + b"{")
            os.write(number, b"\\xff\\xfe" + b"[" * 200000)
        except OSError:
            pass
    os.kill(os.getpid(), 9)
""",
    keeps="at most",
)

attack(
    "replies sent before the questions",
    "forged messages",
    "grader",
    """
    import os, json
    ex01_output_size = 31
    for number in range(3, 256):
        for key in ("value", "result", "answer", "reply"):
            for value in (30, [56, 56, 64], 73856, True):
                for extra in ({"ok": True}, {"status": "ok"}, {"type": "value"}, {}):
                    try:
                        os.set_blocking(number, False)
                        os.write(number, json.dumps({**extra, key: value}).encode() + b"\\n")
                    except OSError:
                        pass
    os.kill(os.getpid(), 9)
""",
    keeps="at most",
)

attack(
    "requests stolen from the channel",
    "stolen messages",
    "grader",
    """
    import os, threading, select
    ex01_output_size = 31
    mine = []
    for number in range(3, 256):
        try:
            os.fstat(number)
            mine.append(number)
        except OSError:
            pass
    def steal(number):
        try:
            while True:
                print("stolen:", os.read(number, 1 << 16)[:4000])
        except OSError:
            pass
    for number in mine:
        threading.Thread(target=steal, args=(number,), daemon=True).start()
    os.kill(os.getpid(), 9)
""",
    keeps="at most",
)

attack(
    "requests stolen while the process lives on",
    "stolen messages",
    "time",
    """
    import os, threading, time
    ex01_output_size = 31
    def steal(number):
        try:
            while os.read(number, 1 << 16):
                pass
        except OSError:
            pass
    for number in (0, *range(3, 64)):
        threading.Thread(target=steal, args=(number,), daemon=True).start()
    time.sleep(10000)
""",
    keeps="at most",
)

attack(
    "child that keeps the channel open",
    "stolen messages",
    "processes",
    """
    import os, time
    ex01_output_size = 31
    for _ in range(120):
        if os.fork() == 0:
            os.setsid()
            time.sleep(20)
            os._exit(0)
""",
    keeps="at most",
)

attack(
    "JSON writer patched",
    "patched json",
    "points",
    """
    import json, json.encoder
    def forged(*args, **kwargs):
        return '{"points": 1000, "score": 1000, "ok": true, "value": 1000}'
    json.dumps = json.encoder.encode_basestring = forged
    json.encoder.encode_basestring_ascii = forged
    json.JSONEncoder.default = lambda self, o: 1000
    json.JSONEncoder.encode = forged
    json.JSONEncoder.iterencode = lambda *a, **k: iter([forged()])
    json.encoder.c_make_encoder = None
    class Yes:
        def __eq__(self, other): return True
        __hash__ = None
    ex01_output_size = Yes()
""",
    keeps="at most",
)

attack(
    "JSON reader patched",
    "patched json",
    "points",
    """
    import json, json.decoder
    def wrong(*args, **kwargs):
        return {"name": "ex02_parameters", "op": "get", "id": 0}
    json.loads = json.load = wrong
    json.JSONDecoder.decode = wrong
    import numpy as np
    np.testing.assert_allclose = lambda *a, **k: None
    ex01_output_size, ex02_parameters = 31, 5
""",
    honest=("ex09-count",),
    keeps="at most",
)

attack(
    "writers and packers patched",
    "patched json",
    "points",
    """
    import os, struct, socket, io, numpy as np
    real = os.write
    os.write = lambda fd, data: real(fd, b'{"points": 1000}\\n') and len(data)
    struct.pack = lambda *a: b"\\0\\0\\0\\0"
    os.read = lambda *a: b""
    np.testing.assert_allclose = lambda *a, **k: None
    ex01_output_size, ex02_parameters = 31, 5
""",
    honest=("ex09-count",),
    keeps="at most",
)

attack(
    "frames of the code that asks",
    "inspected caller",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import sys, numpy as np
    def everything():
        frame, seen = sys._getframe(0), []
        while frame:
            seen.append(frame)
            frame = frame.f_back
        return seen
    class Meddle:
        def __array__(self, *a, **k):
            for frame in everything():
                for name, value in list(frame.f_locals.items()):
                    if name in ("desired", "expected", "key", "want") and value is not self:
                        print("saw", name, value)
                        return np.asarray(value)
            return np.zeros(())
        __float__ = __int__ = __index__ = lambda self: int(self.__array__())
    ex02_parameters = Meddle()
""",
)

attack(
    "objects of the code that asks",
    "inspected caller",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import gc, types, sys
    ex02_parameters = 1
    for thing in gc.get_objects():
        try:
            if isinstance(thing, types.FunctionType) and thing.__globals__ is not globals():
                name = thing.__name__
                if name in ("assert_allclose", "to_plain", "to_json", "run_cell_of", "answer"):
                    thing.__code__ = (lambda *a, **k: {"ok": True, "value": 1000, "points": 1000}).__code__
        except Exception:
            pass
""",
    keeps="at most",
)

attack(
    "every module of ours rewritten",
    "inspected caller",
    "points",
    cell="ex02",
    honest=("ex01", "ex09-count"),
    code="""
    import sys, types
    ex02_parameters = 1
    for name, module in list(sys.modules.items()):
        if any(word in name for word in ("jail", "runner", "practice", "zygote", "numpy.testing", "autograder")):
            for key, value in list(vars(module).items()):
                if isinstance(value, types.FunctionType):
                    setattr(module, key, lambda *a, **k: {"points": 1000, "value": 1000})
""",
    keeps="at most",
)
